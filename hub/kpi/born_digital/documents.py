"""The documents that an agency archive answers for at a date, one row each, as the records say now."""

from hub.kpi.relations import EXCLUSIONS, HEIRS, IN_SCOPE, ONLY_SPECIAL

# One row for each document, or for each file's unlisted documents with `n` of them. A document without a date of
# issue stands at its file's date. `guest`: its own file is out of scope, but a file in scope lists it.
_DOCUMENTS = f"""
{HEIRS},
{EXCLUSIONS},
{{special}}candidate as (
    select f.id, f.creator_id, coalesce(w.agency_id, f.agency_id) as owner_id, f.series_id, f.origin,
           f.origin_declared, f.item_count, f.total_doc, coalesce(f.end_date, f.start_date) as day, o.end_year,
           f.accepted_at < @until or f.transferred_on <= @as_of
               or (f.accepted_at is null and f.transferred_on is null
                   and (f.transferred or f.state in ('ACCEPTED', 'TRANSFERRED'))) as held,
           f.closed_on <= @as_of or (f.closed_on is null and f.state <> 'OPEN') as closed,
           coalesce(f.work_ended_on, f.end_latest, f.end_date, f.closed_on) as ended,
           f.retention_kind, f.retention_years
      from file f
      join fonds o on o.id = f.fonds_id
      left join owned w on w.fonds_id = f.fonds_id
      join agency k on k.id = f.custodian_id
     where {IN_SCOPE}
       and {{{{of_agency}}}} {{only}}
),
due as (
    select c.*,
           held is not true and (ended is null or retention_kind not in ('PERMANENT', 'LEGACY_LONG', 'YEARS')) as unsure
      from candidate c
     where held
        or (closed and (ended is null or ended + make_interval(years => @due_after_years) <= @as_of)
            and (retention_kind <> 'YEARS' or retention_years >= @retention_years_min))
),
scope as materialized (
    select d.id, d.creator_id, d.owner_id, d.origin, d.origin_declared, d.day, d.unsure,
           greatest(coalesce(d.total_doc, 0) - d.item_count, 0) as unlisted,
           d.item_count = 0 and d.total_doc is null as uncounted,
           case when d.day is null then coalesce(d.end_year >= extract(year from @window_from), true)
                else d.day between @window_from and @window_to end as in_window,
           exists (select from excluded_file x where x.id = d.id)
               or exists (select from excluded_series x where x.id = d.series_id) as excluded
      from due d
),
listed as materialized (
    -- Each once (R11). Worked out once: tables filled since the last analyze look empty to the planner, which
    -- then repeats this for every file.
    select l.item_id as id, min(l.file_id) as file_id
      from item_listing l join scope s on s.id = l.file_id join item i on i.id = l.item_id
     where not exists (select from scope h where h.id = i.file_id)
     group by l.item_id
),
member as (
    select i.id, i.file_id, i.state, i.issued_date, i.origin, i.direction, i.signature_evidence, false as guest
      from item i
    union all
    select i.id, l.file_id, i.state, i.issued_date, i.origin, i.direction, i.signature_evidence, true
      from listed l join item i on i.id = l.id
),
document as (
    select 'item' as kind, i.id, s.creator_id, s.owner_id, cast(1 as bigint) as n, i.guest,
           coalesce(i.issued_date, s.day) as day,
           case when i.issued_date is null then s.in_window
                else i.issued_date between @window_from and @window_to end as in_window,
           i.issued_date is null as undated, s.unsure, i.origin, i.direction,
           coalesce(i.signature_evidence, 'UNKNOWN') as evidence,
           s.excluded or i.id in (select id from excluded_item) as excluded
      from member i
      join scope s on s.id = i.file_id
     where i.state = 'ACTIVE' and (coalesce(i.issued_date, s.day) <= @as_of or coalesce(i.issued_date, s.day) is null)
    union all
    select 'file', s.id, s.creator_id, s.owner_id, s.unlisted, false, s.day, s.in_window, s.day is null, s.unsure,
           case when s.origin_declared <> 'MIXED' then s.origin_declared end, null, 'NOT_REQUIRED', s.excluded
      from scope s
     where s.unlisted > 0 and (s.day is null or s.day <= @as_of)
),
judged as (
    select d.*,
           undated or unsure or origin is null or (origin = 'BORN_DIGITAL' and evidence = 'UNKNOWN') as missing
      from document d
)
"""

# What the counters do not hold: exceptions by law, which come and go, and documents that count for a file that
# lists them. Everything that decides about one of these is in `special`.
_SPECIAL = """
special as (
    select id from excluded_file
    union
    select f.id from file f join excluded_series x on x.id = f.series_id
    union
    select i.file_id from item i join excluded_item x on x.id = i.id
    union
    select l.file_id from item_listing l
    union
    select i.file_id from item_listing l join item i on i.id = l.item_id
),
"""

EVERY = _DOCUMENTS.format(special="", only="")
SPECIAL = _DOCUMENTS.format(special=_SPECIAL, only=ONLY_SPECIAL.format(id="f.id"))
