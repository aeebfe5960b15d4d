"""High-use records of agencies digitised (annex 3.5: số hóa tài liệu tần suất sử dụng cao theo lộ trình), in pages.

    numerator      accepted pages of those files, each once however often it was scanned, capped as in II.2.b
    denominator    pages of agencies' files on a high-use list in force that are not born digital

The list is a decided one; it names fonds, series or files, each with its kind: `administrative` (hành chính),
`specialised` (chuyên ngành) or `procedure` (hồ sơ giải quyết thủ tục hành chính). A file named under two kinds stands
in the side figures of both and once in the whole.

A file at the historical archive keeps its creating agency (R10), unless it came there without a transfer. Who answers
for it is the agency that has followed by the date (R13). Unknown origin without any scan is missing data (R3). A file
without a page count has as many pages as were accepted, lowers coverage and makes the figure an estimate. Dates true
at the cut-off (R3b): pages by `accepted_on`, lists by their dates. The plan grants no exclusions here (R5b).

Side figures: the three kinds; files described in full (as II.2.c means it, the access mode known); files digitised.
Source: Kế hoạch 67/KH-UBND, annex 3.5 and III.2.b; domain facts 10.3.
"""

from hub.kpi.lacks import Lack
from hub.kpi.registry import Measure
from hub.kpi.relations import ACCESS_LEVEL, HEIR_OF_PAIR, HEIRS, LACKING, PAGES, listed

_FILES = f"""
{HEIRS},
{listed("HIGH_USE")},
scope as materialized (
    select f.id, f.creator_id, coalesce(w.agency_id, f.agency_id) as owner_id, f.origin, f.page_count, l.kinds,
           coalesce(f.end_date, f.start_date) as day, {ACCESS_LEVEL} is not null and {LACKING} is null as described
      from (select id, array_agg(lower(category)) as kinds from listed_file group by id) l
      join file f on f.id = l.id
      left join owned w on w.fonds_id = f.fonds_id
      join agency k on k.id = f.custodian_id
     where f.state <> 'DISPOSED' and f.origin is distinct from 'BORN_DIGITAL'
       and (not k.is_historical_archive or f.transferred or f.transferred_on is not null)
       and {{of_agency}}
),
pair as (
    select p.creator_id, p.owner_id, {HEIR_OF_PAIR} as agency_id
      from (select distinct creator_id, owner_id from scope) p
),
{PAGES}
"""

_FACTS = f"""
with recursive {_FILES},
files as (
    select p.agency_id, {{year}} as year, count(*) as n, sum(h.size) as pages, sum(h.done) as done,
           sum(coalesce(h.pages, 0)) filter (where h.origin is null and h.accepted = 0) as missing,
           sum(h.size) filter (where 'administrative' = any(kinds)) as office_pages,
           sum(h.done) filter (where 'administrative' = any(kinds)) as office_done,
           sum(h.size) filter (where 'specialised' = any(kinds)) as trade_pages,
           sum(h.done) filter (where 'specialised' = any(kinds)) as trade_done,
           sum(h.size) filter (where 'procedure' = any(kinds)) as case_pages,
           sum(h.done) filter (where 'procedure' = any(kinds)) as case_done,
           count(*) filter (where h.described) as described, count(*) filter (where h.pages is null) as pageless,
           count(*) filter (where h.done >= h.pages and h.accepted > 0) as full_files
      from (select *, coalesce(pages, done) as size from holding) h join pair p using (creator_id, owner_id)
     group by 1, 2
),
expected as (
    select a.id as agency_id
      from agency a
     where a.archive_since <= @as_of and (a.archive_until is null or @as_of < a.archive_until)
       and (a.valid_from is null or a.valid_from <= @as_of) and (a.valid_to is null or @as_of < a.valid_to)
),
place as (
    select agency_id, year from files union select agency_id, cast(null as integer) from expected
)
select p.agency_id, p.year, v.figure, coalesce(v.numerator, 0) as numerator, coalesce(v.denominator, 0) as denominator,
       0 as excluded, 0 as excluded_numerator, coalesce(v.missing, 0) as missing,
       coalesce(f.n - f.pageless, 0) as covered, coalesce(f.n, 0) as whole, coalesce(f.pageless, 0) as uncounted,
       f.agency_id is not null as held, true as expected
  from place p
  left join files f on f.agency_id = p.agency_id and f.year is not distinct from p.year
 cross join lateral (values
       ('pages', f.done, f.pages, f.missing),
       ('administrative', f.office_done, f.office_pages, 0),
       ('specialised', f.trade_done, f.trade_pages, 0),
       ('procedure', f.case_done, f.case_pages, 0),
       ('described', f.described, f.n, 0),
       ('file', f.full_files, f.n, 0)
       ) as v (figure, numerator, denominator, missing)
"""

_MEMBERS = f"""
with recursive {_FILES}
select 'file' as kind, h.id, p.agency_id, h.done as numerator, coalesce(h.pages, h.done) as denominator, 0 as excluded,
       case when h.pages is null then 'PAGES_UNKNOWN'
            when h.done >= h.pages then null
            when h.done > 0 then 'PARTLY_DIGITISED'
            when h.origin is null then 'ORIGIN_UNKNOWN'
            else 'NOT_DIGITISED' end as reason
  from holding h join pair p using (creator_id, owner_id)
"""

MEASURE = Measure(
    name="high_use_pages",
    headline="pages",
    facts=_FACTS,
    year="cast(extract(year from day) as integer)",
    of_agency="f.creator_id in (select origin_id from lineage where agency_id = @agency)",
    members=_MEMBERS,
    reasons={
        "PAGES_UNKNOWN": ("Chưa rõ số trang của hồ sơ", "The number of pages is not known"),
        "PARTLY_DIGITISED": ("Mới số hóa một phần", "Only part of the pages is digitised"),
        "ORIGIN_UNKNOWN": (
            "Chưa rõ nguồn gốc (gốc điện tử, số hóa hay giấy)",
            "It is not known whether it is electronic, digitised or paper",
        ),
        "NOT_DIGITISED": ("Chưa số hóa", "Not digitised"),
    },
    mends={"PAGES_UNKNOWN": Lack.PAGE_COUNT, "ORIGIN_UNKNOWN": Lack.ORIGIN},
)
