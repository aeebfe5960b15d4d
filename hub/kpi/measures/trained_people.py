"""People trained of those due in the year's plan (2.2: đào tạo, bồi dưỡng), in people.

    numerator      those trained, with a certificate or an attendance list (`evidence`)
    denominator    people due in the year of the cut-off, each once for each agency,
                   less those who left before they were trained

A training without evidence is missing data (R3). Dates true at the cut-off (R3b): `trained_on` and `left_on`; who is
trained on the day he leaves is trained. People follow the successor of their body (R13). The plan grants no
exclusions here (R5b).

Side figure: all years of the window up to the cut-off's, each person once, by the last year in which he was due.
"""

from hub.kpi.lacks import Lack
from hub.kpi.registers import BODIES
from hub.kpi.registry import Measure
from hub.kpi.relations import HEIRS

_PEOPLE = f"""
{HEIRS},
{BODIES},
person as (
    select t.agency_id as origin_id, t.person, t.due_year, o.agency_id,
           t.due_year = extract(year from @as_of) as is_of_year,
           (t.trained_on <= @as_of and btrim(t.evidence) <> '') is true as is_trained,
           (t.trained_on <= @as_of and btrim(t.evidence) <> '' is not true) is true as is_unknown
      from training_participant t
     cross join lateral (
           select b.agency_id from heir h join body b on b.agency_id = h.agency_id
            where h.origin_id = t.agency_id order by b.agency_id limit 1) o
     where t.due_year between extract(year from @window_from) and extract(year from @as_of)
       and (t.left_on is null or t.left_on > @as_of or t.trained_on <= t.left_on)
),
counted as (
    select 'year' as figure, agency_id, due_year, is_trained, is_unknown from person where is_of_year
    union all
    select 'total', agency_id, due_year, is_trained, is_unknown
      from (select distinct on (origin_id, person) * from person order by origin_id, person, due_year desc) p
)
"""

_FACTS = f"""
with recursive {_PEOPLE},
line as (
    select agency_id, {{year}} as year, figure, count(*) as n, count(*) filter (where is_trained) as trained,
           count(*) filter (where is_unknown) as unknown
      from counted group by 1, 2, 3
),
place as (
    select agency_id, year, figure from line
    union
    select b.agency_id, cast(null as integer), f.figure
      from body b cross join (values ('year'), ('total')) f (figure) where b.has_archive
)
select p.agency_id, p.year, p.figure, coalesce(l.trained, 0) as numerator, coalesce(l.n, 0) as denominator,
       0 as excluded, 0 as excluded_numerator, coalesce(l.unknown, 0) as missing, 0 as covered, 0 as whole,
       0 as uncounted, l.n is not null as held, true as expected
  from place p
  left join line l on l.agency_id = p.agency_id and l.year is not distinct from p.year and l.figure = p.figure
"""

_MEMBERS = f"""
with recursive {_PEOPLE}
select 'agency' as kind, agency_id as id, agency_id, count(*) filter (where is_trained) as numerator,
       count(*) as denominator, 0 as excluded,
       case when bool_and(is_trained) then null
            when bool_and(is_trained or is_unknown) then 'EVIDENCE_LACKING'
            else 'NOT_TRAINED' end as reason
  from counted where figure = 'year'
 group by agency_id
"""

MEASURE = Measure(
    name="trained_people",
    headline="year",
    facts=_FACTS,
    year="cast(due_year as integer)",
    of_agency="true",
    members=_MEMBERS,
    reasons={
        "EVIDENCE_LACKING": (
            "Đã đào tạo nhưng thiếu chứng chỉ hoặc danh sách tham dự",
            "Trained, without a certificate or an attendance list",
        ),
        "NOT_TRAINED": (
            "Còn người đến hạn chưa được đào tạo",
            "People who were due have not been trained",
        ),
    },
    mends={
        "EVIDENCE_LACKING": Lack.EVIDENCE,
    },
)
