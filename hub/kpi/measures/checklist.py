"""Parts of a plan's row that are done, of all its parts (II.2.a, II.2.d, 3.2: danh mục kiểm tra), k of n.

    numerator      parts with an issued document: approved, with a number, its date reached
    denominator    parts that the row names (`parts`: code, title, title_vi)

Met when no part is left; no percent (R8b). The whole list is the body's that answers for the row: who leads it, or
with `at_historical_archive` the historical archive. Dates true at the cut-off (R3b): the document's own date, until
it was cancelled. The plan grants no exclusions here (R5b).
"""

from hub.kpi.registers import BODIES, PAPERS, RESPONSIBLE
from hub.kpi.registry import Measure
from hub.kpi.relations import HEIRS

_PARTS = f"""
{HEIRS},
{BODIES},
{RESPONSIBLE},
{PAPERS},
part as (
    select r.agency_id, o.place, o.told ->> 'title' as title, o.told ->> 'title_vi' as title_vi,
           exists (select from paper p where p.part_code = o.told ->> 'code' and p.is_issued) as is_done
      from responsible r cross join jsonb_array_elements(@parts) with ordinality o (told, place)
)
"""

_FACTS = f"""
with recursive {_PARTS}
select agency_id, {{year}} as year, 'parts' as figure, count(*) filter (where is_done) as numerator,
       count(*) as denominator, 0 as excluded, 0 as excluded_numerator, 0 as missing, 0 as covered, 0 as whole,
       0 as uncounted, true as held, true as expected
  from part group by agency_id
"""

_MEMBERS = f"""
with recursive {_PARTS}
select 'agency' as kind, agency_id as id, agency_id, count(*) filter (where is_done) as numerator,
       count(*) as denominator, 0 as excluded, case when not bool_and(is_done) then 'PARTS_LACKING' end as reason,
       string_agg(title_vi, '; ' order by place) filter (where not is_done) as detail,
       string_agg(title, '; ' order by place) filter (where not is_done) as detail_en
  from part group by agency_id
"""

MEASURE = Measure(
    name="checklist",
    headline="parts",
    facts=_FACTS,
    year="cast(null as integer)",
    of_agency="true",
    members=_MEMBERS,
    reasons={"PARTS_LACKING": ("Chưa có văn bản cho", "There is no document yet for")},
    parameters={"parts": [], "at_historical_archive": 0},
    detail="indicator",
)
