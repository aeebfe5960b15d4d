"""Agencies that declare a thing done where no record can prove it (3.1, 4.2, and figures beside other rows).

    numerator      agencies whose newest declaration says that all of it is done: as much as they name, at least 1;
                   with `needs_document` it names a document too, with number and date, the date reached
    denominator    agencies with an archive

The declaration is about the row itself, or about the duty of part IV that `duty` names (IV.5.a). None, or one without
a count or without the document it needs, is missing data (R3). Dates true at the cut-off (R3b): `as_of` of the
declaration, the newest entered of a day; the document's own date. What a body declared ends with the body (R13).
The plan grants no exclusions here (R5b).
"""

from hub.kpi.lacks import Lack
from hub.kpi.registers import BODIES
from hub.kpi.registry import Measure

_DECLARED = f"""
{BODIES},
newest as (
    select distinct on (p.agency_id) p.agency_id, p.numerator, coalesce(p.denominator, 1) as denominator,
           p.document_date, btrim(p.document_number) <> '' and p.document_date is not null as has_document
      from declared_progress p
      left join duty d on d.id = p.duty_id
     where p.as_of <= @as_of
       and (case when @duty = '' then p.indicator_id = @row
                 else d.code = @duty and d.plan_id = (select i.plan_id from indicator i where i.id = @row) end)
     order by p.agency_id, p.as_of desc, p.declared_at desc, p.id desc
),
told as (
    select b.agency_id, n.agency_id is not null as is_told, n.numerator is not null as is_counted,
           (n.numerator > 0 and n.numerator >= n.denominator) is true as is_claimed,
           @needs_document = 0 or n.has_document is true as has_document,
           @needs_document = 0 or (n.document_date <= @as_of) is true as is_dated
      from body b left join newest n on n.agency_id = b.agency_id
     where b.has_archive
),
judged as (
    select t.*, is_claimed and has_document and is_dated as is_done,
           not is_counted or is_claimed and not has_document as is_unknown
      from told t
)
"""

_FACTS = f"""
with {_DECLARED}
select agency_id, {{year}} as year, 'declared' as figure, cast(is_done as integer) as numerator, 1 as denominator,
       0 as excluded, 0 as excluded_numerator, cast(is_unknown as integer) as missing, 0 as covered, 0 as whole,
       0 as uncounted, is_told as held, true as expected
  from judged
"""

_MEMBERS = f"""
with {_DECLARED}
select 'agency' as kind, agency_id as id, agency_id, cast(is_done as integer) as numerator, 1 as denominator,
       0 as excluded,
       case when is_done then null
            when not is_told then 'NOT_DECLARED'
            when not is_counted then 'COUNT_UNKNOWN'
            when is_claimed and not has_document then 'DOCUMENT_UNKNOWN'
            else 'NOT_DONE' end as reason
  from judged
"""

MEASURE = Measure(
    name="declared_agencies",
    headline="declared",
    facts=_FACTS,
    year="cast(null as integer)",
    of_agency="true",
    members=_MEMBERS,
    reasons={
        "NOT_DECLARED": ("Chưa báo cáo", "Nothing has been declared"),
        "COUNT_UNKNOWN": ("Báo cáo không có số liệu", "The declaration has no figure"),
        "DOCUMENT_UNKNOWN": (
            "Báo cáo thiếu số hoặc ngày của văn bản",
            "The declaration lacks the number or the date of the document",
        ),
        "NOT_DONE": ("Báo cáo chưa hoàn thành", "Declared as not done yet"),
    },
    parameters={"duty": "", "needs_document": 0},
    mends={
        "NOT_DECLARED": Lack.EVIDENCE,
        "COUNT_UNKNOWN": Lack.EVIDENCE,
        "DOCUMENT_UNKNOWN": Lack.EVIDENCE,
    },
)
