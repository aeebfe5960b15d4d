"""Figures counted from the records as known now: what a page shows to those who may read provisional figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.errors import NotFound
from hub.kpi.breakdown import By, breakdowns
from hub.kpi.history import half_year_ends
from hub.kpi.scorecard import check_reached, scorecards
from hub.kpi.values import BreakdownRow, IndicatorValue
from hub.returns.owed import HANDED_IN, OWES
from hub.web.rights import may_read_returns
from hub.web.sheet import Line, Returns, Sheet

# The plan in force at the date, who reports to the City for himself, the period that ends on the date, and how many
# returns of it have come.
_FRAME = text(
    f"""
    select p.code, p.issued_on, r.returns_due_on, r.state,
           (select count(*) from agency a where {OWES.format(a="a", day="r.deadline")}) as expected,
           array(select a.code from agency a where a.kind <> 'UNIT') as reporting,
           (select count(*) from agency_return t where t.period_id = r.id and t.state in {HANDED_IN}) as handed_in,
           exists (select from published_report d where d.period_id = r.id and d.state = 'PUBLISHED'
                     and d.agency_id is not distinct from cast(:agency_id as bigint)) as published
      from plan p
      left join reporting_period r on r.plan_id = p.id and r.deadline = :as_of and r.kind = 'HALF_YEAR'
     order by p.period_from <= :as_of desc, case when p.period_from <= :as_of then p.period_from end desc nulls last,
              p.period_from
     limit 1
    """
)


@dataclass(frozen=True)
class Frame:
    """What stands around the figures of a date."""

    plan: str
    days: tuple[date, ...]
    reporting: frozenset[str]
    returns: Returns | None
    published: bool


def frame_of(session: Session, actor: Actor, as_of: date, agency_id: int | None = None) -> Frame:
    """The plan of a date, the half-years to choose from, and the returns of that period; one statement.

    Raises NotFound where no plan has been loaded.
    """
    today = clock.today()
    row = session.execute(_FRAME, {"as_of": as_of, "agency_id": agency_id}).first()
    if row is None:
        raise NotFound("kế hoạch nào", "any plan", path=("plan",))
    returns = None
    if row.returns_due_on is not None and row.state in ("OPEN", "CLOSED") and may_read_returns(actor):
        late = row.returns_due_on < today
        returns = Returns(row.returns_due_on, row.expected, row.handed_in, late)
    return Frame(
        row.code,
        tuple(half_year_ends(row.issued_on, today)),
        frozenset(row.reporting),
        returns,
        row.published,
    )


def sheet(
    session: Session,
    actor: Actor,
    as_of: date,
    compared_on: date | None,
    agency_id: int | None = None,
    codes: Sequence[str] | None = None,
    *,
    with_history: bool = True,
    with_lines: bool = True,
    with_sides: bool = False,
) -> Sheet:
    """The figures at a date, by default the targets of part II, with trends and agencies.

    Without a date to compare with, the half-year before. Five statements at most. Raises FutureDate, NotFound.
    """
    for day in filter(None, (as_of, compared_on)):
        check_reached(day, clock.today())
    frame = frame_of(session, actor, as_of, agency_id)
    earlier = [day for day in frame.days if day < as_of]
    compared_on = compared_on or (earlier[-1] if earlier else None)
    past = [*earlier, as_of] if with_history else [as_of]
    days = sorted({*past, *([compared_on] if compared_on else [])})
    told = scorecards(session, actor, frame.plan, days, agency_id, codes, sides=with_sides)
    values = told[as_of]
    return Sheet(
        plan=frame.plan,
        as_of=as_of,
        agency=values[0].agency if values else None,
        values=tuple(values),
        compared_on=compared_on,
        before={value.indicator.code: value for value in told.get(compared_on or as_of, ())},
        history=_history(told, past),
        lines=lines_of(session, actor, values) if with_lines and agency_id is None else {},
        reporting=frame.reporting,
        days=frame.days,
        published_too=frame.published,
        returns=frame.returns,
    )


def lines_of(session: Session, actor: Actor, values: Sequence[IndicatorValue]) -> dict[str, tuple[Line, ...]]:
    """Each figure by agency, in one statement."""
    cut = breakdowns(session, actor, [(value.as_of, value.indicator) for value in values], By.AGENCY)
    return {
        value.indicator.code: tuple(_line(row) for row in rows)
        for value, rows in zip(values, cut, strict=True)
    }


def _line(row: BreakdownRow) -> Line:
    return Line(
        row.key, row.label, row.numerator, row.denominator, row.percent, row.result, row.missing, row.excluded
    )


def _history(
    told: dict[date, list[IndicatorValue]], days: Sequence[date]
) -> dict[str, tuple[IndicatorValue, ...]]:
    found: dict[str, list[IndicatorValue]] = {}
    for day in days:
        for value in told[day]:
            found.setdefault(value.indicator.code, []).append(value)
    return {code: tuple(values) for code, values in found.items()}
