"""The hub's figures of an agency for a return: at the data cut-off, beside those of the period before, explained.

Nobody types a figure that the hub counts. What the last report said comes from its snapshot, where one was published;
else it is counted again, as known now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.errors import NotFound
from hub.kit.numerals import day, number
from hub.kpi.frozen import thaw
from hub.kpi.scorecard import scorecards
from hub.kpi.values import IndicatorValue
from hub.plan.models import Plan
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.queries import published_at

_BEFORE = text(
    "select data_cutoff from reporting_period where plan_id = :plan and kind = 'HALF_YEAR' and data_cutoff < :cutoff"
    " order by data_cutoff desc limit 1"
)
_NOTES = text(
    "select i.code, l.note from return_line l join indicator i on i.id = l.indicator_id"
    " where l.return_id = :id and l.note is not null"
)


@dataclass(frozen=True)
class Figure:
    """One figure now and in the period before; `was_published`: as the last report said it, not counted again.

    `sentence` is the hub's explanation in both languages, `note` the agency's.
    """

    now: IndicatorValue
    before: IndicatorValue | None
    was_published: bool
    note: str | None

    @property
    def points(self) -> Decimal | None:
        """How far the percent moved, in percentage points; None where one of them has none."""
        if self.before is None or self.now.percent is None or self.before.percent is None:
            return None
        return Decimal(self.now.percent) - Decimal(self.before.percent)

    @property
    def sentence(self) -> tuple[str, str]:
        """What moved and by which counts, Vietnamese and English."""
        if self.before is None:
            return "Chưa có kỳ trước để so sánh.", "There is no period before to compare with."
        if self.points is None:
            return (
                f"{self.now.status_text}; kỳ trước: {self.before.status_text}.",
                f"{self.now.status_text_en}; the period before: {self.before.status_text_en}.",
            )
        sides = (self.before, self.now)
        parts = [
            f"{number(one.numerator or 0)}/{number(one.denominator or 0)} ({number(Decimal(one.percent or 0), 2)}%)"
            for one in sides
        ]
        english = [f"{one.numerator or 0:,}/{one.denominator or 0:,} ({one.percent}%)" for one in sides]
        moved = abs(self.points)
        if not moved:
            return f"Không đổi so với {day(self.before.as_of)}: {parts[1]}.", f"Unchanged: {english[1]}."
        way = ("Tăng", "Rose") if self.points > 0 else ("Giảm", "Fell")
        return (
            f"{way[0]} {number(moved, 2)} điểm so với {day(self.before.as_of)}: {parts[0]} → {parts[1]}.",
            f"{way[1]} by {moved} points since {self.before.as_of}: {english[0]} → {english[1]}.",
        )


def form_figures(
    session: Session, actor: Actor, agency_id: int, period: ReportingPeriod, row: AgencyReturn | None
) -> tuple[str, list[Figure]]:
    """The plan's code, and the targets of part II of an agency for a period with what its return explains of them.

    Up to today where the cut-off has not come. Whoever may read the agency's return may read them. Raises NotFound.
    """
    explained = session.execute(_NOTES, {"id": row.id}) if row is not None else ()
    notes = {one.code: one.note for one in explained}
    plan = session.get_one(Plan, period.plan_id)
    return plan.code, _figures(session, actor, agency_id, period, notes)


def _figures(
    session: Session, actor: Actor, agency_id: int, period: ReportingPeriod, notes: Mapping[str, str]
) -> list[Figure]:
    asked = AgencyReturn(period_id=period.id or 0, agency_id=agency_id)
    if not actor.may("read", "return", asked):
        raise NotFound("báo cáo của cơ quan", "the agency's return")
    plan = session.get_one(Plan, period.plan_id)
    last = min(period.data_cutoff, clock.today())
    first = day_before(session, period, last)
    days = [*([first] if first else []), last]
    counted = scorecards(session, actor, plan.code, days, agency_id, sides=False)
    before, published = _reported(session, plan.code, first, agency_id, counted)
    return [
        Figure(value, before.get(value.indicator.code), published, notes.get(value.indicator.code))
        for value in counted[last]
    ]


def day_before(session: Session, period: ReportingPeriod, last: date) -> date | None:
    """The data cut-off of the half-year before a day of a period, of a summary before all it covers; None for none."""
    first = min(last, period.covers_from or last)
    found: date | None = session.execute(_BEFORE, {"plan": period.plan_id, "cutoff": first}).scalar()
    return found


def _reported(
    session: Session,
    plan: str,
    first: date | None,
    agency_id: int,
    counted: Mapping[date, list[IndicatorValue]],
) -> tuple[dict[str, IndicatorValue], bool]:
    if first is None:
        return {}, False
    found = published_at(session, plan, first, agency_id)
    values = counted[first] if found is None else thaw(found.figures)
    return {value.indicator.code: value for value in values}, found is not None


def frozen_figures(
    session: Session, actor: Actor, row: AgencyReturn, period: ReportingPeriod
) -> dict[str, Any]:
    """The figures as they stand when a return is submitted, by code: what its head sees when he approves."""
    return {
        figure.now.indicator.code: told(figure.now, figure.before)
        for figure in _figures(session, actor, row.agency_id, period, {})
    }


def told(now: IndicatorValue, before: IndicatorValue | None) -> dict[str, Any]:
    """A figure as a return keeps it."""
    return {
        "asOf": now.as_of.isoformat(),
        "numerator": now.numerator,
        "denominator": now.denominator,
        "percent": now.percent,
        "result": now.result.value,
        "before": before.percent if before else None,
    }
