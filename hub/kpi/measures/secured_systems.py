"""Records systems with an approved level of security (4.2: cấp độ an toàn theo NĐ 85/2016), in systems.

    numerator      systems whose level was approved: level, number of the decision, its date reached
    denominator    systems accepted or in operation; a shared one counts once for each agency it serves, as in II.1.b

A level without the number or date of its decision is missing data (R3). Dates true at the cut-off (R3b):
`security_decided_on`, and those of II.1.b. A system follows its agency's successor (R13). No exclusions (R5b).
"""

from hub.kpi.lacks import Lack
from hub.kpi.registers import BODIES, SYSTEMS
from hub.kpi.registry import Measure
from hub.kpi.relations import HEIRS

_SYSTEMS = f"""
{HEIRS},
{BODIES},
{SYSTEMS},
levelled as (
    select v.agency_id, y.code,
           (y.security_level is not null and btrim(y.security_decision) <> ''
               and y.security_decided_on <= @as_of) is true as is_approved,
           y.security_level is not null and (btrim(y.security_decision) <> '' is not true
               or y.security_decided_on is null) as is_unknown
      from served v join system_at y on y.id = v.system_id
),
line as (
    select agency_id, count(*) as n, count(*) filter (where is_approved) as approved,
           count(*) filter (where is_unknown) as unknown,
           string_agg(code, ', ' order by code) filter (where not is_approved) as lacking
      from levelled group by agency_id
)
"""

_FACTS = f"""
with recursive {_SYSTEMS}
select agency_id, {{year}} as year, 'systems' as figure, approved as numerator, n as denominator, 0 as excluded,
       0 as excluded_numerator, unknown as missing, 0 as covered, 0 as whole, 0 as uncounted, true as held,
       true as expected
  from line
"""

_MEMBERS = f"""
with recursive {_SYSTEMS}
select 'agency' as kind, agency_id as id, agency_id, approved as numerator, n as denominator, 0 as excluded,
       case when approved = n then null
            when approved + unknown = n then 'DECISION_UNKNOWN'
            else 'NOT_APPROVED' end as reason,
       lacking as detail, lacking as detail_en
  from line
"""

MEASURE = Measure(
    name="secured_systems",
    headline="systems",
    facts=_FACTS,
    year="cast(null as integer)",
    of_agency="true",
    members=_MEMBERS,
    reasons={
        "DECISION_UNKNOWN": (
            "Chưa rõ số hoặc ngày của quyết định phê duyệt cấp độ",
            "The number or date of the decision on the level is not known",
        ),
        "NOT_APPROVED": (
            "Hệ thống chưa được phê duyệt cấp độ an toàn",
            "No level of security has been approved for the system",
        ),
    },
    detail="system",
    mends={
        "DECISION_UNKNOWN": Lack.EVIDENCE,
    },
)
