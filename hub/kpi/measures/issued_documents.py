"""Documents, or steps of organisation, done of those on the list (1.1–1.4, 2.1: văn bản đã ban hành), in documents.

    numerator      documents on the list that are issued: approved, with a number, the date reached
    denominator    documents on the list (deliverables planned and not cancelled), or `planned` where nobody made one

Where there is no list and `planned` is 0, nobody knows how many there should be, and data are missing (1.2). A
document belongs to the body that owes it, or to who answers for the row. Dates true at the cut-off (R3b): `planned_on`
(unknown: always on the list), the document's own date, `cancelled_on`. The plan grants no exclusions here (R5b).
"""

from hub.kpi.lacks import Lack
from hub.kpi.registers import BODIES, PAPERS, RESPONSIBLE
from hub.kpi.registry import Measure
from hub.kpi.relations import HEIRS

_LISTS = f"""
{HEIRS},
{BODIES},
{RESPONSIBLE},
{PAPERS},
owed as (
    select p.id, p.title, p.is_issued, coalesce(o.agency_id, r.agency_id) as agency_id
      from paper p
     cross join responsible r
      left join lateral (
           select b.agency_id from heir h join body b on b.agency_id = h.agency_id
            where h.origin_id = p.agency_id order by b.agency_id limit 1) o on true
),
list as (
    select agency_id, count(*) as n, count(*) filter (where is_issued) as issued,
           string_agg(title, '; ' order by id) filter (where not is_issued) as lacking
      from owed group by agency_id
    union all
    select agency_id, @planned, 0, null from responsible where not exists (select from paper)
)
"""

_FACTS = f"""
with recursive {_LISTS}
select agency_id, {{year}} as year, 'documents' as figure, issued as numerator, n as denominator, 0 as excluded,
       0 as excluded_numerator, 0 as missing, 0 as covered, 0 as whole, case n when 0 then 1 else 0 end as uncounted,
       n > 0 as held, true as expected
  from list
"""

_MEMBERS = f"""
with recursive {_LISTS}
select 'agency' as kind, agency_id as id, agency_id, issued as numerator, n as denominator, 0 as excluded,
       case when n = 0 then 'NO_LIST' when issued < n then 'NOT_ISSUED' end as reason,
       lacking as detail, lacking as detail_en
  from list
"""

MEASURE = Measure(
    name="issued_documents",
    headline="documents",
    facts=_FACTS,
    year="cast(null as integer)",
    of_agency="true",
    members=_MEMBERS,
    reasons={
        "NO_LIST": (
            "Chưa có danh mục văn bản phải ban hành",
            "There is no list of the documents to be issued",
        ),
        "NOT_ISSUED": ("Chưa ban hành", "Not issued yet"),
    },
    parameters={"planned": 0, "at_historical_archive": 0},
    detail="indicator",
    mends={
        "NO_LIST": Lack.EVIDENCE,
    },
)
