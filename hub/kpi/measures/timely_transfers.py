"""Permanent documents handed over to the historical archive in time (II.1.d, 3.6: chuyển giao trong 03 năm).

    numerator      V of the denominator with a transfer accepted by the end of the day it is due
    denominator    V created electronically (origin 01), kept permanently, of an agency on the source list, created
                   since the window began, and due by the date: created + `years`
                   - V excluded by law (R5), which leave both sides

Due is the same day `years` later, 29/2 becomes 28/2, to 23:59:59 in Hà Nội (R12). `accepted_at` is the only day that
counts: sent is not transferred. A transfer names a file, and with it the documents whose home it is, or one document.
With `channel` only transfers made through it count (3.6: tích hợp).

Retention is the document's own, else its file's, as now known. Unknown origin, retention or date of issue is missing
data: in the denominator, never in the numerator (R3). A document without a date is placed by its file's end (else
start, else the end of its fonds); one that nothing dates counts from `missing_date_from` and is only listed before.

Dates true at the cut-off (R3b): `issued_date`, `accepted_at`, membership of the source list of the agency that
answers then for the record (R13). A record at the historical archive keeps its creating agency (R10), unless it came
there without a transfer. Only ACTIVE items of files not disposed of count (R7), each once (R11).

Side figures: late; submitted in time and not decided yet; in files still open and not handed over in time; scans
(origin 02, created on the day the scan was accepted); files, all of whose documents are electronic, due `years` after
`end_date`. Coverage is the share of these files whose documents are listed.
Source: Kế hoạch 67/KH-UBND, II.1.d and annex 3.6; domain facts 10.1 and 10.2.
"""

from hub.kpi.lacks import Lack
from hub.kpi.registry import Measure
from hub.kpi.relations import EXCLUSIONS, HEIR_OF_PAIR, HEIRS

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
moment as (
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
     where e.item_id is null group by e.file_id
),
whole_scan as (
    select file_id, min(accepted_on) as scanned_on
      from page_acceptance where item_id is null and accepted_on <= @as_of group by file_id
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
     where f.state <> 'DISPOSED'
       and (not k.is_historical_archive or f.transferred or f.transferred_on is not null)
       and {{of_agency}}
),
pair as (
    select p.creator_id, p.owner_id, {HEIR_OF_PAIR} as agency_id
      from (select distinct creator_id, owner_id from candidate) p
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

_FACTS = f"""
with recursive {_COHORT},
summed as (
    select agency_id, kind, scanned, {{year}} as year, count(*) filter (where not excluded) as n,
           count(*) filter (where in_time and not missing and not excluded) as in_time,
           count(*) filter (where excluded) as excluded,
           count(*) filter (where in_time and not missing and excluded) as excluded_in_time,
           count(*) filter (where missing and not excluded) as missing,
           count(*) filter (where late and not missing and not excluded) as late,
           count(*) filter (where waiting and not missing and not excluded) as waiting,
           count(*) filter (where open and not missing and not in_time and not excluded) as open,
           count(*) filter (where uncounted and not excluded) as uncounted
      from judged where counts group by 1, 2, 3, 4
),
expected as (
    select a.id as agency_id
      from agency a
      join source_membership m on m.agency_id = a.id
                              and m.valid_from <= @as_of and (m.valid_to is null or @as_of < m.valid_to)
     where (a.valid_from is null or a.valid_from <= @as_of) and (a.valid_to is null or @as_of < a.valid_to)
       and exists (select from heir h where h.agency_id = a.id and h.origin_id = a.id)
),
place as (
    select agency_id, year from summed union select agency_id, cast(null as integer) from expected
)
select p.agency_id, p.year, v.figure, coalesce(v.numerator, 0) as numerator, coalesce(v.denominator, 0) as denominator,
       coalesce(v.excluded, 0) as excluded, coalesce(v.excluded_numerator, 0) as excluded_numerator,
       coalesce(v.missing, 0) as missing, coalesce(f.n - f.uncounted, 0) as covered, coalesce(f.n, 0) as whole,
       coalesce(f.uncounted, 0) as uncounted,
       exists (select from source s where s.agency_id = p.agency_id) as held, true as expected
  from place p
  left join summed d
    on d.agency_id = p.agency_id and d.year is not distinct from p.year and d.kind = 'item' and not d.scanned
  left join summed s
    on s.agency_id = p.agency_id and s.year is not distinct from p.year and s.kind = 'item' and s.scanned
  left join summed f
    on f.agency_id = p.agency_id and f.year is not distinct from p.year and f.kind = 'file'
 cross join lateral (values
       ('electronic', d.in_time, d.n, d.excluded, d.excluded_in_time, d.missing),
       ('late', d.late, d.n, 0, 0, 0),
       ('waiting', d.waiting, d.n, 0, 0, 0),
       ('open', d.open, d.n, 0, 0, 0),
       ('scanned', s.in_time, s.n, 0, 0, s.missing),
       ('file', f.in_time, f.n, 0, 0, f.missing)
       ) as v (figure, numerator, denominator, excluded, excluded_numerator, missing)
"""

_MEMBERS = f"""
with recursive {_COHORT}
select kind, id, agency_id,
       case when counts and in_time and not missing and not excluded then 1 else 0 end as numerator,
       case when counts and not excluded then 1 else 0 end as denominator,
       case when counts and excluded then 1 else 0 end as excluded,
       case when excluded or (in_time and not missing) then null
            when undated then 'DATE_UNKNOWN'
            when origin is null then 'ORIGIN_UNKNOWN'
            when retention = 'UNKNOWN' then 'RETENTION_UNKNOWN'
            when late then 'LATE'
            when other_way then 'OTHER_CHANNEL'
            when waiting then 'WAITING'
            when open then 'FILE_OPEN'
            when moved then 'NO_ACCEPTANCE'
            else 'NOT_TRANSFERRED' end as reason
  from judged where kind = 'item' and not scanned
union all
select 'file', id, agency_id, 0, 0, 0, 'NOT_LISTED'
  from judged where kind = 'file' and counts and uncounted and not excluded
"""

MEASURE = Measure(
    name="timely_transfers",
    headline="electronic",
    facts=_FACTS,
    year="cast(extract(year from day) as integer)",
    of_agency="f.creator_id in (select origin_id from lineage where agency_id = @agency)",
    members=_MEMBERS,
    reasons={
        "DATE_UNKNOWN": ("Thiếu ngày ban hành", "The date of issue is missing"),
        "ORIGIN_UNKNOWN": (
            "Chưa rõ nguồn gốc (gốc điện tử, số hóa hay giấy)",
            "It is not known whether it is electronic, digitised or paper",
        ),
        "RETENTION_UNKNOWN": ("Chưa rõ thời hạn lưu trữ", "The retention is not known"),
        "LATE": ("Đã chuyển giao nhưng quá thời hạn", "Handed over, but late"),
        "OTHER_CHANNEL": (
            "Đã chuyển giao nhưng không qua kênh tích hợp",
            "Handed over, but not through the integrated channel",
        ),
        "WAITING": ("Nộp đúng hạn, đang chờ tiếp nhận", "Submitted in time, acceptance pending"),
        "FILE_OPEN": ("Hồ sơ chưa kết thúc", "Its file is still open"),
        "NO_ACCEPTANCE": (
            "Đã ở Lưu trữ lịch sử nhưng không có đợt giao nộp được tiếp nhận",
            "It is at the historical archive, but no transfer of it was accepted",
        ),
        "NOT_TRANSFERRED": ("Chưa chuyển giao", "Not handed over"),
        "NOT_LISTED": (
            "Hồ sơ điện tử chưa liệt kê đủ tài liệu",
            "The electronic file does not list all its documents",
        ),
    },
    parameters={"years": 3, "missing_date_from": "0001-01-01", "channel": "", "exclusions": 0},
    mends={
        "DATE_UNKNOWN": Lack.DATE,
        "ORIGIN_UNKNOWN": Lack.ORIGIN,
        "RETENTION_UNKNOWN": Lack.RETENTION,
        "NOT_LISTED": Lack.DOCUMENTS,
    },
)
