"""Documents created electronically (II.1.a: tài liệu được tạo lập dưới dạng điện tử), in documents.

    numerator      V with origin 01 (BORN_DIGITAL) whose signature, where one is required, is verified or declared
    denominator    V created in the plan's window, up to the date, held by the agency archive or due to it
                   + for each such file dated in the window: max(0, declared totalDoc - listed items)
                   - V excluded by law (R5), which leave both sides

Paper is catalogued by file and e-documents one by one, so the documents that a file declares and does not list
are counted too, by the file's *declared* origin; undeclared or mixed is missing data. Listed are own and listed-in
items, excluded ones too. A file with neither items nor totalDoc cannot be counted and lowers coverage.

Held: accepted by the agency archive (`accepted_at`), or moved on to the historical archive (`transferred_on`),
where it keeps its creating agency (R10). Due: closed (`closed_on`), kept for `retention_years_min` years or more,
`due_after_years` after its work ended. A retention whose length is not known is missing data, not a way out.
What the historical archive keeps without a transfer never was of an agency archive.

Dates true at the cut-off (R3b): V by `issued_date`, a file by `end_date`, else `start_date`. A document without a
date is missing data (R12), unless its file's date shows that it cannot lie in the window; a file without dates
likewise, unless its fonds ended before the window. Only ACTIVE items and files not disposed of count (R7); each V
once, in however many files it is listed (R11).

Side figures: own-created and incoming (both also of the cut-off's year), per file, with scans (broad), share of
verified signatures among counted documents that need one, and the stock of all years.
"""

from hub.kpi.lacks import Lack
from hub.kpi.registry import Measure
from hub.kpi.relations import EXCLUSIONS, HEIR_OF_PAIR, HEIRS

# One row for each document, or for each file's unlisted documents with `n` of them.
_DOCUMENTS = f"""
{HEIRS},
{EXCLUSIONS},
candidate as (
    select f.id, f.creator_id, f.agency_id as owner_id, f.series_id, f.origin, f.origin_declared, f.item_count,
           f.total_doc,
           coalesce(f.end_date, f.start_date,
                    case when o.end_year < extract(year from cast(@window_from as date))
                         then make_date(o.end_year, 12, 31) end) as day,
           f.accepted_at < @until or f.transferred_on <= @as_of
               or (f.accepted_at is null and f.transferred_on is null
                   and (f.transferred or f.state in ('ACCEPTED', 'TRANSFERRED'))) as held,
           f.closed_on <= @as_of or (f.closed_on is null and f.state <> 'OPEN') as closed,
           coalesce(f.work_ended_on, f.end_latest, f.end_date, f.closed_on) as ended,
           f.retention_kind, f.retention_years
      from file f
      join fonds o on o.id = f.fonds_id
      join agency k on k.id = f.custodian_id
     where f.state <> 'DISPOSED'
       and (not k.is_historical_archive or f.transferred or f.transferred_on is not null)
       and {{of_agency}}
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
           d.day is null or d.day between @window_from and @window_to as in_window,
           exists (select from excluded_file x where x.id = d.id)
               or exists (select from excluded_series x where x.id = d.series_id) as excluded
      from due d
),
listed as materialized (
    -- Documents whose own file is out of scope, but which a file in scope lists; each once (R11). Worked out once:
    -- tables filled since the last analyze look empty to the planner, which then repeats this for every file.
    select l.item_id as id, min(l.file_id) as file_id
      from item_listing l join scope s on s.id = l.file_id join item i on i.id = l.item_id
     where not exists (select from scope h where h.id = i.file_id)
     group by l.item_id
),
member as (
    select i.id, i.file_id, i.state, i.issued_date, i.origin, i.direction, i.signature_evidence from item i
    union all
    select i.id, l.file_id, i.state, i.issued_date, i.origin, i.direction, i.signature_evidence
      from listed l join item i on i.id = l.id
),
document as (
    select 'item' as kind, i.id, s.creator_id, s.owner_id, cast(1 as bigint) as n, i.issued_date as day,
           case when i.issued_date is null then s.in_window
                else i.issued_date between @window_from and @window_to end as in_window,
           i.issued_date is null as undated, s.unsure, i.origin, i.direction,
           coalesce(i.signature_evidence, 'UNKNOWN') as evidence,
           s.excluded or i.id in (select id from excluded_item) as excluded
      from member i
      join scope s on s.id = i.file_id
     where i.state = 'ACTIVE' and (i.issued_date is null or i.issued_date <= @as_of)
    union all
    select 'file', s.id, s.creator_id, s.owner_id, s.unlisted, s.day, s.in_window, s.day is null, s.unsure,
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

_PAIRS = f"""
pair as (
    select p.creator_id, p.owner_id, {HEIR_OF_PAIR} as agency_id
      from (select distinct creator_id, owner_id from scope) p
)
"""

# The sums of `counted`, which adds up by creator and owner; who answers for a pair is looked up once for each pair.
_SUMMED = (
    "n", "electronic", "missing", "excluded", "excluded_electronic", "broad", "signed", "verified", "own",
    "own_electronic", "own_year", "own_year_electronic", "incoming", "incoming_electronic", "incoming_year",
    "incoming_year_electronic", "stock", "stock_electronic",
)  # fmt: skip
_SUMS = ", ".join(f"sum({name}) as {name}" for name in _SUMMED)

_FACTS = f"""
with recursive {_DOCUMENTS},
files as (
    select creator_id, owner_id, {{year}} as year,
           count(*) as n,
           count(*) filter (where day is not null and not uncounted and not unsure and origin = 'BORN_DIGITAL'
                              and (unlisted = 0 or origin_declared = 'BORN_DIGITAL')) as electronic,
           count(*) filter (where day is null or uncounted or unsure or origin is null) as missing,
           count(*) filter (where not uncounted) as countable
      from scope where in_window and not excluded group by 1, 2, 3
),
{_PAIRS},
told as (
    -- Each flag is worked out once a row: without the fence the planner repeats it in every sum below.
    select creator_id, owner_id, {{year}} as year, n, missing, excluded, in_window, day >= @year_from as in_year,
           in_window and not excluded as counts,
           origin = 'BORN_DIGITAL' and not missing as electronic,
           origin in ('BORN_DIGITAL', 'DIGITIZED') and not missing as broad,
           direction in ('OUTGOING', 'INTERNAL') as own, direction = 'INCOMING' as incoming,
           kind = 'item' and evidence <> 'NOT_REQUIRED' as signed, evidence = 'VERIFIED' as verified
      from judged offset 0
),
counted as (
    select creator_id, owner_id, year,
           sum(n) filter (where counts) as n,
           sum(n) filter (where counts and electronic) as electronic,
           sum(n) filter (where counts and missing) as missing,
           sum(n) filter (where in_window and excluded) as excluded,
           sum(n) filter (where in_window and excluded and electronic) as excluded_electronic,
           sum(n) filter (where counts and broad) as broad,
           sum(n) filter (where counts and electronic and signed) as signed,
           sum(n) filter (where counts and electronic and verified) as verified,
           sum(n) filter (where counts and own) as own,
           sum(n) filter (where counts and own and electronic) as own_electronic,
           sum(n) filter (where counts and own and in_year) as own_year,
           sum(n) filter (where counts and own and in_year and electronic) as own_year_electronic,
           sum(n) filter (where counts and incoming) as incoming,
           sum(n) filter (where counts and incoming and electronic) as incoming_electronic,
           sum(n) filter (where counts and incoming and in_year) as incoming_year,
           sum(n) filter (where counts and incoming and in_year and electronic) as incoming_year_electronic,
           sum(n) filter (where not excluded) as stock,
           sum(n) filter (where not excluded and electronic) as stock_electronic
      from told group by 1, 2, 3
),
documents as (
    select p.agency_id, c.year, {_SUMS} from counted c join pair p using (creator_id, owner_id) group by 1, 2
),
wholes as (
    select p.agency_id, f.year, sum(f.n) as n, sum(f.electronic) as electronic, sum(f.missing) as missing,
           sum(f.countable) as countable
      from files f join pair p using (creator_id, owner_id) group by 1, 2
),
expected as (
    select a.id as agency_id
      from agency a
     where a.archive_since <= @as_of and (a.archive_until is null or @as_of < a.archive_until)
       and (a.valid_from is null or a.valid_from <= @as_of) and (a.valid_to is null or @as_of < a.valid_to)
),
place as (
    select agency_id, year from documents union select agency_id, year from wholes
    union select agency_id, cast(null as integer) from expected
)
select p.agency_id, p.year, v.figure, coalesce(v.numerator, 0) as numerator, coalesce(v.denominator, 0) as denominator,
       coalesce(v.excluded, 0) as excluded, coalesce(v.excluded_numerator, 0) as excluded_numerator,
       coalesce(v.missing, 0) as missing, coalesce(w.countable, 0) as covered, coalesce(w.n, 0) as whole,
       coalesce(w.n - w.countable, 0) as uncounted,
       d.agency_id is not null or w.agency_id is not null as held, true as expected
  from place p
  left join documents d on d.agency_id = p.agency_id and d.year is not distinct from p.year
  left join wholes w on w.agency_id = p.agency_id and w.year is not distinct from p.year
 cross join lateral (values
       ('created', d.electronic, d.n, d.excluded, d.excluded_electronic, d.missing),
       ('broad', d.broad, d.n, 0, 0, d.missing),
       ('own', d.own_electronic, d.own, 0, 0, 0),
       ('own_year', d.own_year_electronic, d.own_year, 0, 0, 0),
       ('incoming', d.incoming_electronic, d.incoming, 0, 0, 0),
       ('incoming_year', d.incoming_year_electronic, d.incoming_year, 0, 0, 0),
       ('verified', d.verified, d.signed, 0, 0, 0),
       ('stock', d.stock_electronic, d.stock, 0, 0, 0),
       ('file', w.electronic, w.n, 0, 0, w.missing)
       ) as v (figure, numerator, denominator, excluded, excluded_numerator, missing)
"""

_MEMBERS = f"""
with recursive {_DOCUMENTS},
{_PAIRS}
select j.kind, j.id, p.agency_id,
       case when not j.excluded and not j.missing and j.origin = 'BORN_DIGITAL' then j.n else 0 end as numerator,
       case when j.excluded then 0 else j.n end as denominator, case when j.excluded then j.n else 0 end as excluded,
       case when j.excluded or (not j.missing and j.origin = 'BORN_DIGITAL') then null
            when j.undated then 'DATE_UNKNOWN'
            when j.origin is null then 'ORIGIN_UNKNOWN'
            when j.unsure then 'RETENTION_UNKNOWN'
            when j.missing then 'SIGNATURE_UNKNOWN'
            when j.origin = 'DIGITIZED' then 'DIGITIZED'
            else 'NOT_ELECTRONIC' end as reason
  from judged j join pair p using (creator_id, owner_id)
 where j.in_window
union all
select 'file', s.id, p.agency_id, 0, 0, 0, 'NOT_COUNTED'
  from scope s join pair p using (creator_id, owner_id) where s.in_window and not s.excluded and s.uncounted
"""

MEASURE = Measure(
    name="born_digital",
    headline="created",
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
        "RETENTION_UNKNOWN": (
            "Chưa rõ thời hạn lưu trữ hoặc thời điểm kết thúc công việc",
            "Retention, or the end of the work, is not known",
        ),
        "SIGNATURE_UNKNOWN": ("Chưa có chứng cứ về chữ ký", "There is no evidence of the signature"),
        "DIGITIZED": (
            "Số hóa từ giấy, không phải gốc điện tử",
            "Digitised from paper, not created electronically",
        ),
        "NOT_ELECTRONIC": ("Không tạo lập dưới dạng điện tử", "Not created electronically"),
        "NOT_COUNTED": (
            "Hồ sơ không có tài liệu và không khai tổng số tài liệu",
            "The file lists no documents and declares no number of them",
        ),
    },
    parameters={"retention_years_min": 5, "due_after_years": 1, "exclusions": 0},
    mends={
        "DATE_UNKNOWN": Lack.DATE,
        "ORIGIN_UNKNOWN": Lack.ORIGIN,
        "RETENTION_UNKNOWN": Lack.RETENTION,
        "SIGNATURE_UNKNOWN": Lack.SIGNATURE_EVIDENCE,
        "NOT_COUNTED": Lack.TOTAL_DOC,
    },
)
