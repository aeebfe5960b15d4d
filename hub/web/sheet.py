"""What a page says of the city or of one agency at a date, before anybody decides how it looks.

Live figures and published ones have the same shape; `publication` tells them apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from hub.kpi.forecast import Forecast, Outlook, can_be_forecast, carried_on, days_before
from hub.kpi.values import AgencyRef, Evidence, EvidenceState, IndicatorRow, IndicatorValue, Result
from reports.model import Standing
from reports.readings import standing


@dataclass(frozen=True)
class Publication:
    """The report whose figures these are."""

    report_id: int
    deadline: date
    published_at: datetime | None
    revision: int
    number: str | None


@dataclass(frozen=True)
class Line:
    """An agency's part in one figure."""

    code: str
    name: str
    numerator: int | None
    denominator: int | None
    percent: str | None
    result: Result
    missing: int | None = None
    excluded: int | None = None
    agency_id: int | None = None
    withheld: bool = False

    def standing(self, value: IndicatorValue) -> Standing:
        """Result and schedule as one word, as those of the whole figure."""
        return standing(self.result, value.schedule)


@dataclass(frozen=True)
class Returns:
    """The agencies' returns of the period that ends on the date shown."""

    due_on: date
    expected: int
    handed_in: int
    is_late: bool

    @property
    def missing(self) -> int:
        """How many have not come."""
        return max(0, self.expected - self.handed_in)


@dataclass(frozen=True)
class Sheet:
    """The figures at `as_of`, those they are compared with, their history, and the agencies behind them.

    `reporting` are the codes of the agencies that report for themselves, None where every line is of one of them.
    `days` are the dates to choose from, oldest first; `history` gives the figures of a code at `days` up to `as_of`.
    """

    plan: str
    as_of: date
    agency: AgencyRef | None
    values: tuple[IndicatorValue, ...]
    compared_on: date | None = None
    before: Mapping[str, IndicatorValue] = field(default_factory=dict)
    history: Mapping[str, tuple[IndicatorValue, ...]] = field(default_factory=dict)
    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    reporting: frozenset[str] | None = None
    days: tuple[date, ...] = ()
    publication: Publication | None = None
    published_too: bool = False
    returns: Returns | None = None

    @property
    def official(self) -> bool:
        """Whether these are the figures of a published report."""
        return self.publication is not None

    def standings(self) -> dict[Standing, list[str]]:
        """The codes of the figures by where they stand."""
        found: dict[Standing, list[str]] = {}
        for value in self.values:
            found.setdefault(standing_of(value), []).append(value.indicator.code)
        return found

    def forecast(self, value: IndicatorValue) -> Forecast | None:
        """The figure carried on at its pace; None for what has no target by a day."""
        if not can_be_forecast(value.indicator):
            return None
        basis = days_before(value.as_of)
        past = [one for one in self.history.get(value.indicator.code, ()) if one.as_of in basis]
        return carried_on([*past, value])

    def is_at_risk(self, value: IndicatorValue) -> bool:
        """Whether the figure will be below its target on the day, at the pace of the last half-years."""
        found = self.forecast(value)
        return found is not None and found.outlook in (Outlook.WILL_BE_MISSED, Outlook.WILL_FALL_BELOW)

    def change(self, value: IndicatorValue) -> Decimal | None:
        """Percentage points since the date compared with; None when either is unknown."""
        before = self.before.get(value.indicator.code)
        if before is None or before.percent is None or value.percent is None:
            return None
        return Decimal(value.percent) - Decimal(before.percent)


def standing_of(value: IndicatorValue) -> Standing:
    """Result and schedule of a figure as one word (R8)."""
    if value.indicator.wanted is None and value.percent is not None:
        return Standing.NO_TARGET
    return standing(value.result, value.schedule)


def paper_standing(paper: Evidence) -> Standing:
    """A document's state as the shape beside it: only one that is issued proves anything."""
    if paper.state is EvidenceState.MISSING:
        return Standing.MISSING_DATA
    return Standing.MET if paper.state is EvidenceState.APPROVED else Standing.IN_PROGRESS


def past_standing(percent: Decimal, row: IndicatorRow) -> Standing:
    """How a point of a history is drawn: the target reached or not; what it was called then is not asked again."""
    if row.target_percent is None:
        return Standing.NO_TARGET
    return Standing.MET if percent >= row.target_percent else Standing.IN_PROGRESS


def shared_due(values: Sequence[IndicatorValue]) -> date | None:
    """The day that all figures are due on, so that it is said once; None where they differ."""
    days = {value.indicator.due_on for value in values}
    return days.pop() if len(days) == 1 else None
