"""Agencies with an accepted records system (3.4, II.1.a: xây dựng hoàn chỉnh Hệ thống CSDL), in agencies.

    numerator      those served by a system that passed acceptance and is not retired
    denominator    agencies with an archive

A system in operation whose date of acceptance is not known makes its agency missing data (R3). Dates true at the
cut-off (R3b): `accepted_on`, `retired_on`, the link's, the archive's. A system follows its agency's successor (R13).
The plan grants no exclusions here (R5b).
"""

from hub.kpi.lacks import Lack
from hub.kpi.registers import BODIES, SYSTEMS
from hub.kpi.registry import Measure
from hub.kpi.relations import HEIRS

_AGENCIES = f"""
{HEIRS},
{BODIES},
{SYSTEMS},
line as (
    select b.agency_id, count(y.id) as systems, coalesce(bool_or(y.accepted_on <= @as_of), false) as is_accepted,
           coalesce(bool_or(y.accepted_on is null) filter (where y.id is not null), false) as is_unknown,
           string_agg(y.code, ', ' order by y.code) as codes
      from body b
      left join served v on v.agency_id = b.agency_id
      left join system_at y on y.id = v.system_id
     where b.has_archive
     group by b.agency_id
)
"""

_FACTS = f"""
with recursive {_AGENCIES}
select agency_id, {{year}} as year, 'agencies' as figure, cast(is_accepted as integer) as numerator, 1 as denominator,
       0 as excluded, 0 as excluded_numerator, cast(is_unknown and not is_accepted as integer) as missing,
       0 as covered, 0 as whole, 0 as uncounted, systems > 0 as held, true as expected
  from line
"""

_MEMBERS = f"""
with recursive {_AGENCIES}
select 'agency' as kind, agency_id as id, agency_id, cast(is_accepted as integer) as numerator, 1 as denominator,
       0 as excluded,
       case when is_accepted then null
            when systems = 0 then 'NO_SYSTEM'
            when is_unknown then 'ACCEPTANCE_UNKNOWN'
            else 'NOT_ACCEPTED' end as reason,
       codes as detail, codes as detail_en
  from line
"""

MEASURE = Measure(
    name="accepted_systems",
    headline="agencies",
    facts=_FACTS,
    year="cast(null as integer)",
    of_agency="true",
    members=_MEMBERS,
    reasons={
        "NO_SYSTEM": ("Chưa có hệ thống", "There is no system"),
        "ACCEPTANCE_UNKNOWN": (
            "Chưa rõ ngày nghiệm thu hệ thống",
            "The date on which the system was accepted is not known",
        ),
        "NOT_ACCEPTED": ("Hệ thống chưa được nghiệm thu", "The system has not been accepted"),
    },
    detail="system",
    mends={
        "ACCEPTANCE_UNKNOWN": Lack.SYSTEM_DATES,
    },
)
