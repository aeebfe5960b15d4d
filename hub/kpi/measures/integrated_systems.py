"""Records systems of source agencies integrated with that of the historical archive (II.1.b: tích hợp), in systems.

    numerator      those in operation whose integration works: begun, not ended, and an accepted exchange (a heartbeat
                   counts) on the cut-off or at most `freshness_days` before it
    denominator    systems of agencies on the source list; a shared one counts once for each agency it serves

An agency without a system is in neither: coverage is source agencies with a system / source agencies, and with
`full_coverage` a ratio that meets the target is met only when coverage is whole too, else data are missing; so it is
where no agency has one. A system accepted or in operation is one; planned or being built it is not yet. An unknown
date of integration or operation is missing data (R3).

Dates true at the cut-off (R3b): the source list's, the link's, `accepted_on`, `operating_since`, `integrated_on`,
`integration_ended_on`, `retired_on`, `at` of an exchange by the day in Hà Nội. A body's place on the list, its systems
and their exchanges follow its successor (R13). The plan grants no exclusions here (R5b).

Side figure: source agencies that have a system ("6/6 hệ thống, 6/10 cơ quan").
"""

from hub.kpi.lacks import Lack
from hub.kpi.registers import BODIES, INTEGRATION, SYSTEMS
from hub.kpi.registry import Measure
from hub.kpi.relations import HEIRS

_SOURCES = f"""
{HEIRS},
{BODIES},
{SYSTEMS},
{INTEGRATION},
source as (
    select distinct b.agency_id
      from source_membership m
      join heir h on h.origin_id = m.agency_id
      join body b on b.agency_id = h.agency_id
     where m.valid_from <= @as_of and (m.valid_to is null or @as_of < m.valid_to)
),
line as (
    select s.agency_id, count(i.code) as n, count(i.code) filter (where is_live and is_fresh) as integrated,
           count(i.code) filter (where is_unknown) as unknown, bool_and(is_live) as all_live,
           string_agg(i.code, ', ' order by i.code) filter (where not (is_live and is_fresh)) as lacking
      from source s left join integration i on i.agency_id = s.agency_id
     group by s.agency_id
)
"""

_FACTS = f"""
with recursive {_SOURCES}
select l.agency_id, {{year}} as year, v.figure, v.numerator, v.denominator, 0 as excluded, 0 as excluded_numerator,
       v.missing, sign(l.n) as covered, 1 as whole, case l.n when 0 then 1 else 0 end as uncounted, l.n > 0 as held,
       true as expected
  from line l
 cross join lateral (values
       ('systems', l.integrated, l.n, l.unknown),
       ('agencies', sign(l.n), 1, 0)
       ) as v (figure, numerator, denominator, missing)
"""

_MEMBERS = f"""
with recursive {_SOURCES}
select 'agency' as kind, agency_id as id, agency_id, integrated as numerator, n as denominator, 0 as excluded,
       case when n = 0 then 'NO_SYSTEM'
            when integrated = n then null
            when unknown > 0 then 'INTEGRATION_UNKNOWN'
            when not all_live then 'NOT_INTEGRATED'
            else 'NO_EXCHANGE' end as reason,
       lacking as detail, lacking as detail_en
  from line
"""

MEASURE = Measure(
    name="integrated_systems",
    headline="systems",
    facts=_FACTS,
    year="cast(null as integer)",
    of_agency="true",
    members=_MEMBERS,
    reasons={
        "NO_SYSTEM": ("Chưa có hệ thống", "There is no system"),
        "INTEGRATION_UNKNOWN": (
            "Chưa rõ ngày tích hợp hoặc ngày vận hành của hệ thống",
            "The date of integration or of operation is not known",
        ),
        "NOT_INTEGRATED": ("Hệ thống chưa được tích hợp", "The system is not integrated"),
        "NO_EXCHANGE": (
            "Hệ thống không có trao đổi thành công gần đây",
            "The system has had no accepted exchange lately",
        ),
    },
    parameters={"freshness_days": 184},
    detail="system",
    mends={
        "INTEGRATION_UNKNOWN": Lack.SYSTEM_DATES,
    },
)
