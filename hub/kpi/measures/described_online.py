"""Holdings of the historical archive described for online readers (II.2.c: phục vụ trực tuyến mức độ 3; 4), in files.

    numerator      files of the denominator with access mode 01 (công khai), described in full, and offered online at
                   service level `service_level_min` or higher
    denominator    files at the historical archive that are not on a restriction list in force, mode 03 (mật) outside

The restriction list (danh mục hạn chế sử dụng) is a decided list with its dates, not the mode: a file of mode 02
that no list names stays in the denominator, so that nobody raises the figure by changing modes. So do files of
unknown mode, which are missing data (R3). A legacy file whose field was left blank is unrestricted (HD169_blank).

Described in full are the fields that NĐ 113/2025 asks of a hồ sơ, each filled and valid: archival code, title,
retention, access mode, language, first date, last date, number of documents, number of pages (the remark may be
empty). A code lent by the hub until there is one (TAM-...) is no archival code. The fields that it asks of each
document are not part of this: among them is the document's digital object, and the plan asks no digitisation here.

Dates true at the cut-off (R3b): publications by `published_on` and `withdrawn_on`, lists by their dates, custody by
`transferred_on`; description and mode as now known. The plan grants no exclusions here (R5b).

Side figures: files described in full; files of mode 02 on no list; files on the list, of all but mode 03; pages.
Coverage is shelf metres described / metres in all: what is not arranged has no files to count.
Source: Kế hoạch 67/KH-UBND, II.2.c; domain facts 3.5 and 10.2.
"""

from hub.kpi.lacks import Lack
from hub.kpi.registry import Measure
from hub.kpi.relations import (
    ACCESS_LEVEL,
    EXTENT,
    KEPT_UNTIL,
    LACKING,
    LACKING_MENDS,
    LACKING_REASONS,
    ONLINE,
    listed,
)

_HOLDINGS = f"""
{listed("RESTRICTED")},
{ONLINE},
{EXTENT},
holding as materialized (
    select h.*, not restricted and mode = 0 and lacking is null and level >= @service_level_min as served
      from (select f.id, f.custodian_id as agency_id, coalesce(f.end_date, f.start_date) as day,
                   coalesce(f.page_count, 0) as pages, {ACCESS_LEVEL} as mode, {LACKING} as lacking, p.level,
                   f.id in (select id from listed_file) as restricted
              from file f
              join agency a on a.id = f.custodian_id and a.is_historical_archive
              left join online p on p.file_id = f.id
             where f.state <> 'DISPOSED' and f.access_level is distinct from 2
               and (f.transferred_on is null or f.transferred_on <= @as_of)
               and {{of_agency}}) h
)
"""

_FILES = """
files as (
    select agency_id, {year} as year, count(*) as whole, count(*) filter (where restricted) as restricted,
           count(*) filter (where not restricted) as n, count(*) filter (where served) as served,
           count(*) filter (where not restricted and mode is null) as missing,
           count(*) filter (where not restricted and mode is not null and lacking is null) as described,
           count(*) filter (where not restricted and mode = 1) as conditional,
           sum(pages) filter (where not restricted) as pages, sum(pages) filter (where served) as served_pages
      from holding group by 1, 2
)
"""
_KEPT_FILES = f"""
files as (
    select agency_id, {{year}} as year, sum(files) as whole, sum(restricted) as restricted,
           sum(files) - sum(restricted) as n, sum(served) as served, sum(missing) as missing,
           sum(described) as described, sum(conditional) as conditional, sum(pages) as pages,
           sum(served_pages) as served_pages
      from (select c.agency_id, make_date(c.year, 1, 1) as day, c.files, c.restricted, c.served, c.missing,
                   c.described, c.conditional, c.pages, c.served_pages
              from described_online_count c where {KEPT_UNTIL} and {{of_counted}}) k
     group by 1, 2 having sum(files) > 0
)
"""
_FIGURES = """
metres as (
    select agency_id, sum(described_metres) as described, sum(total_metres) as total from extent group by 1
),
place as (
    select agency_id, year from files
    union
    select a.id, null from agency a
     where a.is_historical_archive
       and (a.valid_from is null or a.valid_from <= @as_of) and (a.valid_to is null or @as_of < a.valid_to)
)
select p.agency_id, p.year, v.figure, coalesce(v.numerator, 0) as numerator, coalesce(v.denominator, 0) as denominator,
       0 as excluded, 0 as excluded_numerator, coalesce(v.missing, 0) as missing,
       coalesce(m.described, 0) as covered, coalesce(m.total, 0) as whole, 0 as uncounted,
       f.agency_id is not null as held, true as expected
  from place p
  left join files f on f.agency_id = p.agency_id and f.year is not distinct from p.year
  left join metres m on m.agency_id = p.agency_id and p.year is null
 cross join lateral (values
       ('files', f.served, f.n, f.missing),
       ('described', f.described, f.n, f.missing),
       ('conditional', f.conditional, f.n, 0),
       ('restricted', f.restricted, f.whole, 0),
       ('pages', f.served_pages, f.pages, 0)
       ) as v (figure, numerator, denominator, missing)
"""

_FACTS = f"with recursive {_HOLDINGS}, {_FILES}, {_FIGURES}"
_COUNTED = f"with {EXTENT}, {_KEPT_FILES}, {_FIGURES}"

_MEMBERS = f"""
with recursive {_HOLDINGS}
select 'file' as kind, id, agency_id, case when served then 1 else 0 end as numerator, 1 as denominator, 0 as excluded,
       case when served then null
            when mode is null then 'ACCESS_UNKNOWN'
            when mode <> 0 then 'CONDITIONAL'
            when lacking is not null then 'LACKS_' || lacking
            when level is null then 'NOT_PUBLISHED'
            else 'LEVEL_TOO_LOW' end as reason
  from holding where not restricted
union all
select 'fonds', fonds_id, agency_id, 0, 0, 0, 'NOT_DESCRIBED' from extent where described_metres < total_metres
"""

MEASURE = Measure(
    name="described_online",
    headline="files",
    facts=_FACTS,
    counted=_COUNTED,
    of_counted="c.agency_id = @agency",
    kept={"service_level_min": (3,)},
    year="cast(extract(year from day) as integer)",
    of_agency="f.custodian_id = @agency",
    members=_MEMBERS,
    reasons={
        "ACCESS_UNKNOWN": ("Chưa rõ mức độ tiếp cận", "The access mode is not known"),
        "CONDITIONAL": (
            "Sử dụng có điều kiện nhưng không có trong danh mục hạn chế",
            "Conditional access, but on no restriction list",
        ),
        **LACKING_REASONS,
        "NOT_PUBLISHED": ("Chưa phục vụ trực tuyến", "Not offered online"),
        "LEVEL_TOO_LOW": (
            "Phục vụ trực tuyến ở mức độ thấp hơn yêu cầu",
            "Offered online at too low a service level",
        ),
        "NOT_DESCRIBED": (
            "Còn tài liệu chưa chỉnh lý, chưa lập hồ sơ",
            "Part of the fonds is not arranged into files",
        ),
    },
    parameters={"service_level_min": 3},
    mends={"ACCESS_UNKNOWN": Lack.ACCESS_MODE, **LACKING_MENDS, "NOT_DESCRIBED": Lack.ARRANGEMENT},
)
