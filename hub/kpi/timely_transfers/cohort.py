"""The documents and files that are due by a date, one row each, with what became of them, as the records say now."""

from hub.kpi.relations import EXCLUSIONS, HEIR_OF_PAIR, HEIRS, IN_SCOPE, ONLY_SPECIAL

# What the transfers of a file, or of one item, did.
_HANDED = """
min(t.accepted_on) filter (where @channel in ('', t.channel)) as accepted_on,
min(t.accepted_on) as accepted_anyhow_on,
min(t.waiting_since) filter (where @channel in ('', t.channel)) as waiting_since
"""

# One row for each document of the cohort, scans apart, and one for each file of it.
_COHORT = f"""
{HEIRS},
{EXCLUSIONS},
{{special}}moment as (
    -- Days of Hà Nội on which a transfer was accepted, or since when it waits, as far as the date knows.
    select id as transfer_id, lower(channel) as channel,
           case when accepted_at < @until
                then cast(accepted_at at time zone 'Asia/Ho_Chi_Minh' as date) end as accepted_on,
           case when submitted_at < @until and state <> 'RETURNED' and (accepted_at < @until) is not true
                then cast(submitted_at at time zone 'Asia/Ho_Chi_Minh' as date) end as waiting_since
      from transfer
),
whole as (
    select e.file_id, {_HANDED} from transfer_entry e join moment t using (transfer_id)
     where e.item_id is null {{of_special}} group by e.file_id
),
whole_scan as (
    select file_id, min(accepted_on) as scanned_on
      from page_acceptance where item_id is null and accepted_on <= @as_of {{of_special}} group by file_id
),
candidate as materialized (
    select f.id, f.creator_id, coalesce(w.agency_id, f.agency_id) as owner_id, f.retention_kind as retention, f.origin,
           f.end_date,
           f.item_count < coalesce(f.total_doc, 1) and (f.item_count = 0 or f.origin_declared = 'BORN_DIGITAL')
               as unlisted,
           coalesce(f.end_date, f.start_date,
                    case when o.end_year < extract(year from cast(@window_from as date))
                         then make_date(o.end_year, 12, 31) end) as day,
           case when f.closed_on is null then f.state = 'OPEN' else f.closed_on > @as_of end as open,
           k.is_historical_archive and (f.transferred_on is null or f.transferred_on <= @as_of) as moved,
           exists (select from excluded_file x where x.id = f.id)
               or exists (select from excluded_series x where x.id = f.series_id) as excluded,
           h.accepted_on, h.accepted_anyhow_on, h.waiting_since, s.scanned_on
      from file f
      join fonds o on o.id = f.fonds_id
      left join owned w on w.fonds_id = f.fonds_id
      join agency k on k.id = f.custodian_id
      left join whole h on h.file_id = f.id
      left join whole_scan s on s.file_id = f.id
     where {IN_SCOPE}
       and {{{{of_agency}}}} {{of_special_id}}
),
pair as (
    select p.creator_id, p.owner_id, {HEIR_OF_PAIR} as agency_id
      from (select distinct creator_id, owner_id from {{pairs}}) p
),
source as materialized (
    select p.creator_id, p.owner_id, p.agency_id
      from pair p
     where exists (select from source_membership m
                    where m.agency_id = p.agency_id
                      and m.valid_from <= @as_of and (m.valid_to is null or @as_of < m.valid_to))
),
created as (
    -- One pass over the items: those of the file, created on the day of issue, and scans, on the day of the scan. What
    -- is known of one item alone is looked up by it: right after a bulk load the planner takes every list for empty,
    -- and would join two long ones row by row.
    select 'item' as kind, i.id, i.id as item_id, i.origin, i.origin is not distinct from 'DIGITIZED' as scanned,
           case i.origin when 'DIGITIZED' then least(own.scanned_on, c.scanned_on)
                         else coalesce(i.issued_date, c.day) end as day,
           i.issued_date is null and i.origin is distinct from 'DIGITIZED' as undated,
           case i.retention_kind when 'UNKNOWN' then c.retention else i.retention_kind end as retention,
           c.creator_id, c.owner_id, c.open, c.moved, c.excluded, c.accepted_on, c.accepted_anyhow_on, c.waiting_since,
           false as uncounted
      from item i
      join candidate c on c.id = i.file_id
      left join lateral (select min(a.accepted_on) as scanned_on
                           from page_acceptance a
                          where i.origin = 'DIGITIZED' and a.item_id = i.id and a.accepted_on <= @as_of) own on true
     where i.state = 'ACTIVE' and i.retention_kind in ('PERMANENT', 'UNKNOWN')
       and (i.origin in ('BORN_DIGITAL', 'DIGITIZED') or i.origin is null)
       and (i.origin is distinct from 'DIGITIZED' or own.scanned_on is not null or c.scanned_on is not null)
    union all
    select 'file', c.id, null, c.origin, false, c.day, c.end_date is null, c.retention, c.creator_id, c.owner_id,
           c.open, c.moved, c.excluded, c.accepted_on, c.accepted_anyhow_on, c.waiting_since, c.unlisted
      from candidate c
     where (c.origin = 'BORN_DIGITAL' or c.origin is null) and (c.end_date is not null or not c.open)
),
cohort as materialized (
    select t.*, s.agency_id, cast(t.day + make_interval(years => @years) as date) as due
      from created t
      join source s using (creator_id, owner_id)
     where t.retention in ('PERMANENT', 'UNKNOWN')
       and (t.day is null
            or (t.day between @window_from and @window_to and t.day + make_interval(years => @years) <= @as_of))
),
judged as materialized (
    select c.kind, c.id, c.agency_id, c.scanned, c.day, c.open, c.moved, c.uncounted, c.retention, c.origin, c.undated,
           c.day is not null or @as_of >= cast(@missing_date_from as date) as counts,
           c.undated or c.origin is null or c.retention = 'UNKNOWN' as missing,
           c.excluded or exists (select from excluded_item x where x.id = c.item_id) as excluded,
           coalesce(least(c.accepted_on, own.accepted_on) <= c.due, false) as in_time,
           least(c.accepted_on, own.accepted_on) > c.due as late,
           coalesce(c.accepted_anyhow_on, own.accepted_anyhow_on) is not null
               and coalesce(c.accepted_on, own.accepted_on) is null as other_way,
           coalesce(c.accepted_on, own.accepted_on) is null
               and least(c.waiting_since, own.waiting_since) <= c.due as waiting
      from cohort c
      left join lateral (select {_HANDED} from transfer_entry e join moment t using (transfer_id)
                          where e.item_id = c.item_id) own on true
)
"""

# What the counters do not hold: exceptions by law, which come and go.
_SPECIAL = """
special as (
    select id from excluded_file
    union
    select f.id from file f join excluded_series x on x.id = f.series_id
    union
    select i.file_id from item i join excluded_item x on x.id = i.id
),
"""
# A file's first step counts it, so its creator and fonds stand in the sums by year, or in the changes not added yet.
_PAIRS_COUNTED = """(
    select creator_id, owner_id from candidate
    union
    select c.creator_id, coalesce(w.agency_id, o.agency_id)
      from timely_transfers_count c
      join fonds o on o.id = c.fonds_id
      left join owned w on w.fonds_id = c.fonds_id
     where c.grain in ('YEAR', 'NEW') and {of_counted}
)"""

EVERY = _COHORT.format(special="", of_special="", of_special_id="", pairs="candidate")
SPECIAL = _COHORT.format(
    special=_SPECIAL,
    of_special=ONLY_SPECIAL.format(id="file_id"),
    of_special_id=ONLY_SPECIAL.format(id="f.id"),
    pairs=f"{_PAIRS_COUNTED} every_pair",
)
