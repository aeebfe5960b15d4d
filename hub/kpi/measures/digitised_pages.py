"""Holdings of the historical archive digitised (II.2.b: số hóa tài liệu không ở định dạng điện tử), in pages.

    numerator      accepted pages of those files, each page once however often it was scanned,
                   capped at the pages of the item and of the file
    denominator    pages of files at the historical archive that are not born digital

In a mixed file the pages of its born-digital items are on neither side, nor are items that are no longer active
(R7). A file of unknown origin is in the denominator, and missing data until pages of it were accepted (R3). A file
without a page count has as many pages as were accepted of it, and makes the figure an estimate.

Unarranged material has no pages, only shelf metres. Coverage is metres described / metres in all, from the last
measurement of each fonds; `percent_low` takes what is not described as not digitised. Below the target is missed;
met only when the lower bound is met too; between the two, and where no fonds was measured, data are missing.

Dates true at the cut-off (R3b): pages by `accepted_on`, custody by `transferred_on` (a file without one was always
there), metres by `measured_on`. The plan grants no exclusions here (R5b).

Side figures: files digitised in full (every page accepted, and the totals agree) and shelf metres described.
"""

from hub.kpi.lacks import Lack
from hub.kpi.registry import Measure
from hub.kpi.relations import EXTENT, KEPT_UNTIL, PAGES

_HOLDINGS = f"""
scope as materialized (
    select f.id, f.fonds_id, f.custodian_id as agency_id, f.origin, f.page_count, f.page_count_declared,
           coalesce(f.end_date, f.start_date) as day
      from file f
      join agency a on a.id = f.custodian_id and a.is_historical_archive
     where f.state <> 'DISPOSED' and f.origin is distinct from 'BORN_DIGITAL'
       and (f.transferred_on is null or f.transferred_on <= @as_of)
       and {{of_agency}}
),
{PAGES}
"""

_FILES = """
files as (
    select agency_id, {year} as year, count(*) as n, sum(coalesce(pages, done)) as pages, sum(done) as done,
           sum(coalesce(pages, 0)) filter (where origin is null and accepted = 0) as missing,
           count(*) filter (where pages > 0 and accepted = pages
                              and coalesce(page_count_declared = page_count, true)) as full_files,
           count(*) filter (where pages is null) as pageless
      from holding group by 1, 2
)
"""
_KEPT_FILES = f"""
files as (
    select agency_id, {{year}} as year, sum(files) as n, sum(pages) as pages, sum(done) as done,
           sum(missing) as missing, sum(files_full) as full_files, sum(files_pageless) as pageless
      from (select c.agency_id, make_date(c.year, 1, 1) as day, c.files, c.pages, c.done, c.missing, c.files_full,
                   c.files_pageless
              from digitised_pages_count c where {KEPT_UNTIL} and {{of_counted}}) kept
     group by 1, 2 having sum(files) > 0
)
"""
_FIGURES = """
metres as (
    select agency_id, sum(described_metres) as described, sum(total_metres) as total from extent group by 1
),
unmeasured as (
    select o.custodian_id as agency_id, count(*) as n
      from fonds o
      join agency a on a.id = o.custodian_id and a.is_historical_archive
     where not exists (select from fonds_extent e where e.fonds_id = o.id and e.measured_on <= @as_of)
       and exists (select from file f
                    where f.fonds_id = o.id and f.custodian_id = o.custodian_id and f.state <> 'DISPOSED'
                      and f.origin is distinct from 'BORN_DIGITAL'
                      and (f.transferred_on is null or f.transferred_on <= @as_of))
     group by 1
),
place as (
    select agency_id, year from files
    union
    select agency_id, cast(null as integer) from metres
    union
    select a.id, null from agency a
     where a.is_historical_archive
       and (a.valid_from is null or a.valid_from <= @as_of) and (a.valid_to is null or @as_of < a.valid_to)
)
select p.agency_id, p.year, v.figure, coalesce(v.numerator, 0) as numerator, coalesce(v.denominator, 0) as denominator,
       0 as excluded, 0 as excluded_numerator, coalesce(v.missing, 0) as missing,
       coalesce(m.described, 0) as covered, coalesce(m.total, 0) as whole,
       coalesce(f.pageless, 0) + coalesce(u.n, 0) as uncounted, f.agency_id is not null as held, true as expected
  from place p
  left join files f on f.agency_id = p.agency_id and f.year is not distinct from p.year
  left join metres m on m.agency_id = p.agency_id and p.year is null
  left join unmeasured u on u.agency_id = p.agency_id and p.year is null
 cross join lateral (values
       ('pages', f.done, f.pages, f.missing),
       ('file', f.full_files, f.n, 0),
       ('shelf', m.described, m.total, 0)
       ) as v (figure, numerator, denominator, missing)
"""
_FACTS = f"with {_HOLDINGS}, {EXTENT}, {_FILES}, {_FIGURES}"
_COUNTED = f"with {EXTENT}, {_KEPT_FILES}, {_FIGURES}"

_MEMBERS = f"""
with {_HOLDINGS}, {EXTENT}
select 'file' as kind, id, agency_id, done as numerator, coalesce(pages, done) as denominator, 0 as excluded,
       case when pages is null then 'PAGES_UNKNOWN'
            when accepted > pages and done = pages then 'PAGES_DISAGREE'
            when done >= pages then null
            when done > 0 then 'PARTLY_DIGITISED'
            when origin is null then 'ORIGIN_UNKNOWN'
            else 'NOT_DIGITISED' end as reason
  from holding
union all
select 'fonds', fonds_id, agency_id, 0, 0, 0, 'NOT_DESCRIBED' from extent where described_metres < total_metres
"""

MEASURE = Measure(
    name="digitised_pages",
    headline="pages",
    facts=_FACTS,
    counted=_COUNTED,
    of_counted="c.agency_id = @agency",
    year="cast(extract(year from day) as integer)",
    of_agency="f.custodian_id = @agency",
    members=_MEMBERS,
    reasons={
        "PAGES_UNKNOWN": ("Chưa rõ số trang của hồ sơ", "The number of pages is not known"),
        "PAGES_DISAGREE": (
            "Số trang đã nghiệm thu nhiều hơn số trang của hồ sơ",
            "More pages were accepted than the file has",
        ),
        "PARTLY_DIGITISED": ("Mới số hóa một phần", "Only part of the pages is digitised"),
        "ORIGIN_UNKNOWN": (
            "Chưa rõ nguồn gốc (gốc điện tử, số hóa hay giấy)",
            "It is not known whether it is electronic, digitised or paper",
        ),
        "NOT_DIGITISED": ("Chưa số hóa", "Not digitised"),
        "NOT_DESCRIBED": (
            "Còn tài liệu chưa chỉnh lý, chưa có số trang",
            "Part of the fonds is not arranged and has no page count",
        ),
    },
    bounded=True,
    mends={
        "PAGES_UNKNOWN": Lack.PAGE_COUNT,
        "PAGES_DISAGREE": Lack.PAGE_COUNT,
        "ORIGIN_UNKNOWN": Lack.ORIGIN,
        "NOT_DESCRIBED": Lack.ARRANGEMENT,
    },
)
