"""A milestone with its evidence (3.1.a, 3.1.b, 4.1, 4.5: mốc), reached or not: 1 of 1 or 0 of 1.

    numerator      1 when a document proves it: approved, with a number, its date reached
    denominator    1

Met when reached; no percent (R8b). It is the body's that answers for the row: who leads it, else the head of the
tree. Dates true at the cut-off (R3b): the document's own date, until it was cancelled. The plan grants no exclusions
here (R5b).
"""

from hub.kpi.registers import BODIES, PAPERS, RESPONSIBLE
from hub.kpi.registry import Measure
from hub.kpi.relations import HEIRS

_REACHED = f"""
{HEIRS},
{BODIES},
{RESPONSIBLE},
{PAPERS},
reached as (
    select r.agency_id, exists (select from paper p where p.is_issued) as is_reached from responsible r
)
"""

_FACTS = f"""
with recursive {_REACHED}
select agency_id, {{year}} as year, 'reached' as figure, cast(is_reached as integer) as numerator, 1 as denominator,
       0 as excluded, 0 as excluded_numerator, 0 as missing, 0 as covered, 0 as whole, 0 as uncounted, true as held,
       true as expected
  from reached
"""

_MEMBERS = f"""
with recursive {_REACHED}
select 'agency' as kind, agency_id as id, agency_id, cast(is_reached as integer) as numerator, 1 as denominator,
       0 as excluded, case when not is_reached then 'NOT_REACHED' end as reason
  from reached
"""

MEASURE = Measure(
    name="milestone",
    headline="reached",
    facts=_FACTS,
    year="cast(null as integer)",
    of_agency="true",
    members=_MEMBERS,
    reasons={
        "NOT_REACHED": (
            "Chưa có văn bản chứng minh đã hoàn thành",
            "There is no document yet that proves its completion",
        ),
    },
    parameters={"at_historical_archive": 0},
)
