"""What is asked of an agency in a return: the rows of the annex it leads or that all lead, and its duties of part IV.

Names in a plan are words on paper («Các cơ quan, tổ chức», «Sở Nội vụ (Trung tâm Lưu trữ lịch sử)»), so they are
compared as words. What units declared and was accepted stands beside, to be consolidated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit.errors import NotFound
from hub.plan.parties import is_named
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.owed import place_of

_ROWS = text(
    """
    select i.code, i.title_vi as title, i.part, i.unit, '[]'::jsonb as quantities,
           array(select p.name from indicator_party p where p.indicator_id = i.id and p.role = 'LEAD') as named,
           i.position, 1 as half
      from indicator i where i.plan_id = :plan and i.part = 'ANNEX'
    union all
    select d.code, d.text_vi, 'DUTY', null, d.quantities, array[d.responsible], d.position, 2
      from duty d where d.plan_id = :plan
     order by half, position
    """
)
# What accepted returns of the units that report to the agency say, by code; of those that the caller may read.
_OF_UNITS = """
    with told as (
    select r.id from agency_return r
     where r.period_id = :period and r.reports_to_id = :agency and r.state = 'ACCEPTED' and {seen}
    )
    select coalesce(i.code, d.code) as code, sum(l.numerator) as numerator, sum(l.denominator) as denominator,
           count(distinct l.return_id) as units,
           (select jsonb_object_agg(q.key, q.total) from (
               select e.key, sum(e.value::numeric)::text as total
                 from return_line m, jsonb_each_text(m.quantities) e
                where m.return_id in (select id from told) and m.duty_id = d.id group by e.key) q) as quantities
      from return_line l
      left join indicator i on i.id = l.indicator_id
      left join duty d on d.id = l.duty_id
     where l.return_id in (select id from told)
     group by i.code, d.code, d.id
"""


@dataclass(frozen=True)
class OfUnits:
    """What accepted returns of units say of a row or duty together."""

    units: int
    numerator: Decimal | None
    denominator: Decimal | None
    quantities: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """A row or duty that a return speaks to; `part` is ANNEX or DUTY."""

    code: str
    title: str
    part: str
    unit: str | None
    quantities: list[dict[str, Any]]
    of_units: OfUnits | None


def asked_of(session: Session, actor: Actor, agency_id: int, period: ReportingPeriod) -> list[Asked]:
    """What the agency's return for the period speaks to, in plan order. Raises NotFound for who may not read it."""
    place = place_of(session, agency_id, period.deadline)
    future = AgencyReturn(period_id=period.id or 0, agency_id=agency_id)
    if place is None or not actor.may("read", "return", future):
        raise NotFound("báo cáo của cơ quan", "the agency's return")
    seen = actor.sees("return", AgencyReturn, alias="r").text
    values = {"period": period.id, "agency": agency_id, **actor.values(seen)}
    told = {
        row.code: OfUnits(row.units, row.numerator, row.denominator, row.quantities or {})
        for row in session.execute(text(_OF_UNITS.format(seen=seen)), values)
    }
    return [
        Asked(row.code, row.title, row.part, row.unit, row.quantities, told.get(row.code))
        for row in session.execute(_ROWS, {"plan": period.plan_id})
        if not row.named or any(is_named(party, place.name) for party in row.named)
    ]
