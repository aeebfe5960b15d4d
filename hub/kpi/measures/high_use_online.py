"""High-use holdings of the historical archive digitised, described and online (annex 3.3), in files.

    numerator      files of the denominator with every page digitised, described in full, and offered online at service
                   level `service_level_min` or higher
    denominator    files at the historical archive on a high-use list in force that are not born digital

The list (danh mục tần suất sử dụng cao) is a decided one; it names fonds, series or files. Born-digital files need no
scan and the plan's row does not speak of them. Digitised means that every page was accepted; described in full is
what II.2.c means by it, the access mode known. Unknown origin without any scan, unknown mode and no page count are
missing data (R3). Dates and custody as in II.2.b and II.2.c; the plan grants no exclusions here (R5b).

Side figures: files digitised; described; online.
Source: Kế hoạch 67/KH-UBND, annex 3.3; domain facts 10.3.
"""

from hub.kpi.lacks import Lack
from hub.kpi.registry import Measure
from hub.kpi.relations import ACCESS_LEVEL, LACKING, LACKING_MENDS, LACKING_REASONS, ONLINE, PAGES, listed

_FILES = f"""
{listed("HIGH_USE")},
{ONLINE},
scope as materialized (
    select f.id, f.custodian_id as agency_id, f.origin, f.page_count, coalesce(f.end_date, f.start_date) as day,
           {ACCESS_LEVEL} as mode, {LACKING} as lacking, p.level
      from file f
      join agency a on a.id = f.custodian_id and a.is_historical_archive
      left join online p on p.file_id = f.id
     where f.id in (select id from listed_file)
       and f.state <> 'DISPOSED' and f.origin is distinct from 'BORN_DIGITAL'
       and (f.transferred_on is null or f.transferred_on <= @as_of)
       and {{of_agency}}
),
{PAGES},
judged as materialized (
    select h.*, digitised and described and online as served
      from (select *, coalesce(done >= pages, false) and (origin is not null or accepted > 0) as digitised,
                   lacking is null and mode is not null as described,
                   coalesce(level >= @service_level_min, false) as online,
                   pages is null or mode is null or (origin is null and accepted = 0) as missing
              from holding) h
)
"""

_FACTS = f"""
with recursive {_FILES},
files as (
    select agency_id, {{year}} as year, count(*) as n, count(*) filter (where served) as served,
           count(*) filter (where digitised) as digitised, count(*) filter (where described) as described,
           count(*) filter (where online) as online, count(*) filter (where missing) as missing
      from judged group by 1, 2
),
place as (
    select agency_id, year from files
    union
    select a.id, null from agency a
     where a.is_historical_archive
       and (a.valid_from is null or a.valid_from <= @as_of) and (a.valid_to is null or @as_of < a.valid_to)
)
select p.agency_id, p.year, v.figure, coalesce(v.numerator, 0) as numerator, coalesce(f.n, 0) as denominator,
       0 as excluded, 0 as excluded_numerator, coalesce(v.missing, 0) as missing, 0 as covered, 0 as whole,
       0 as uncounted, f.agency_id is not null as held, true as expected
  from place p
  left join files f on f.agency_id = p.agency_id and f.year is not distinct from p.year
 cross join lateral (values
       ('files', f.served, f.missing),
       ('digitised', f.digitised, 0),
       ('described', f.described, 0),
       ('online', f.online, 0)
       ) as v (figure, numerator, missing)
"""

_MEMBERS = f"""
with recursive {_FILES}
select 'file' as kind, id, agency_id, case when served then 1 else 0 end as numerator, 1 as denominator, 0 as excluded,
       case when served then null
            when origin is null and accepted = 0 then 'ORIGIN_UNKNOWN'
            when pages is null then 'LACKS_PAGE_COUNT'
            when done = 0 and pages > 0 then 'NOT_DIGITISED'
            when not digitised then 'PARTLY_DIGITISED'
            when mode is null then 'ACCESS_UNKNOWN'
            when lacking is not null then 'LACKS_' || lacking
            when level is null then 'NOT_PUBLISHED'
            else 'LEVEL_TOO_LOW' end as reason
  from judged
"""

MEASURE = Measure(
    name="high_use_online",
    headline="files",
    facts=_FACTS,
    year="cast(extract(year from day) as integer)",
    of_agency="f.custodian_id = @agency",
    members=_MEMBERS,
    reasons={
        "ORIGIN_UNKNOWN": (
            "Chưa rõ nguồn gốc (gốc điện tử, số hóa hay giấy)",
            "It is not known whether it is electronic, digitised or paper",
        ),
        "NOT_DIGITISED": ("Chưa số hóa", "Not digitised"),
        "PARTLY_DIGITISED": ("Mới số hóa một phần", "Only part of the pages is digitised"),
        "ACCESS_UNKNOWN": ("Chưa rõ mức độ tiếp cận", "The access mode is not known"),
        **LACKING_REASONS,
        "NOT_PUBLISHED": ("Chưa phục vụ trực tuyến", "Not offered online"),
        "LEVEL_TOO_LOW": (
            "Phục vụ trực tuyến ở mức độ thấp hơn yêu cầu",
            "Offered online at too low a service level",
        ),
    },
    parameters={"service_level_min": 3},
    mends={"ORIGIN_UNKNOWN": Lack.ORIGIN, "ACCESS_UNKNOWN": Lack.ACCESS_MODE, **LACKING_MENDS},
)
