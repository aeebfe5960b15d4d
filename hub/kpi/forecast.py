"""Whether a target will be met at the pace of the last half-years, what is needed to meet it, and when it will be.

Numerator and denominator are carried on apart, each from its value now by the slope of a least-squares line through
the last half-year ends (at most four, and the day itself). Units are carried on, not percentages: documents, pages and
agencies come in at a pace, while the percent of two growing sums does not move along a line and cannot pass 100. All
is exact (fractions); nothing is rounded before it is shown. A half-year is 182.625 days.

It is an assumption, not a promise, and says so in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil

from sqlmodel import Session

from hub.access.actor import Actor
from hub.kpi import rules
from hub.kpi.history import back, half_year_ends, history
from hub.kpi.values import IndicatorRow, IndicatorValue

HALF_YEARS = 4
HALF_YEAR = Fraction(1461, 8)  # days
HORIZON = 40  # half-years: what comes later is not worth a date


class Outlook(StrEnum):
    """What the pace says."""

    STAYS_MET = "STAYS_MET"
    WILL_BE_MET = "WILL_BE_MET"
    WILL_BE_MISSED = "WILL_BE_MISSED"
    WILL_FALL_BELOW = "WILL_FALL_BELOW"
    PAST_DUE = "PAST_DUE"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Forecast:
    """A figure carried on at its pace.

    Paces are units a half-year. `needed` is what the numerator must gain each half-year to meet the target by its day
    while the denominator keeps its pace; None once the day has come. `met_on` is the day on which the target would be
    met at this pace, None for never (or not within 20 years), the day itself where it is met already.
    """

    value: IndicatorValue
    basis: tuple[IndicatorValue, ...]
    outlook: Outlook
    numerator_pace: Fraction | None = None
    denominator_pace: Fraction | None = None
    needed: Fraction | None = None
    expected: Fraction | None = None
    met_on: date | None = None

    @property
    def expected_percent(self) -> str | None:
        """The percent on the day of the target, two places, never rounded up to it."""
        return rules.percent(self.expected, self.value.indicator.target_percent)


def forecasts(
    session: Session,
    actor: Actor,
    plan: str,
    values: Sequence[IndicatorValue],
) -> dict[str, Forecast | None]:
    """The forecast of each figure (all of one day and one agency), by code; three statements however many.

    None for checklists, milestones and rows without a target.
    """
    asked = {value.indicator.code: value for value in values if can_be_forecast(value.indicator)}
    told: dict[str, Forecast | None] = dict.fromkeys(value.indicator.code for value in values)
    if not asked:
        return told
    first = next(iter(asked.values()))
    agency_id = first.agency.id if first.agency else None
    before = days_before(first.as_of)
    past = history(session, actor, plan, list(asked), before, agency_id)
    return told | {code: carried_on([*past[code], value]) for code, value in asked.items()}


def can_be_forecast(row: IndicatorRow) -> bool:
    """Is the row a ratio with a target and a day? Checklists and milestones are done or not (R8b)."""
    return row.kind == "RATIO" and row.target_percent is not None and row.due_on is not None


def days_before(as_of: date) -> list[date]:
    """The half-year ends whose figures tell the pace."""
    return half_year_ends(back(as_of, 6 * (HALF_YEARS + 1)), as_of - timedelta(days=1))[-HALF_YEARS:]


def carried_on(values: Sequence[IndicatorValue]) -> Forecast:
    """The last of `values` (one row, days in order) carried on at the pace of them all."""
    now = values[-1]
    row = now.indicator
    if row.target_percent is None or row.due_on is None:
        raise ValueError(f"{row.code} has no target to forecast")
    basis = tuple(value for value in values if value.denominator)
    past_due = now.as_of >= row.due_on
    if len(basis) < 2 or not now.denominator or now.numerator is None:
        return Forecast(now, basis, Outlook.PAST_DUE if past_due else Outlook.UNKNOWN)
    days = [Fraction((value.as_of - now.as_of).days) / HALF_YEAR for value in basis]
    up, wide = (
        slope(days, [Fraction(part or 0) for part in parts])
        for parts in (
            [value.numerator for value in basis],
            [value.denominator for value in basis],
        )
    )
    target = Fraction(row.target_percent) / 100
    numerator, denominator = Fraction(now.numerator), Fraction(now.denominator)
    met = numerator >= target * denominator
    met_on = now.as_of if met else _reached(now.as_of, target * denominator - numerator, up - target * wide)
    if past_due:
        return Forecast(now, basis, Outlook.PAST_DUE, up, wide, met_on=met_on)
    left = Fraction((row.due_on - now.as_of).days) / HALF_YEAR
    whole = max(denominator + wide * left, Fraction(0))
    part = min(max(numerator + up * left, Fraction(0)), whole)
    needed = max((target * whole - numerator) / left, Fraction(0))
    expected = part / whole if whole else None
    reached = expected is not None and expected >= target
    outlook = {
        (True, True): Outlook.STAYS_MET,
        (False, True): Outlook.WILL_BE_MET,
        (False, False): Outlook.WILL_BE_MISSED,
        (True, False): Outlook.WILL_FALL_BELOW,
    }[met, reached]
    return Forecast(now, basis, outlook, up, wide, needed, expected, met_on)


def slope(days: Sequence[Fraction], counts: Sequence[Fraction]) -> Fraction:
    """The slope of the least-squares line through points of different days."""
    middle, level = sum(days, Fraction(0)) / len(days), sum(counts, Fraction(0)) / len(counts)
    together = ((day - middle) * (count - level) for day, count in zip(days, counts, strict=True))
    return sum(together, Fraction(0)) / sum(((day - middle) ** 2 for day in days), Fraction(0))


def _reached(start: date, gap: Fraction, closing: Fraction) -> date | None:
    """When a gap is closed that shrinks by `closing` each half-year."""
    if closing <= 0 or gap / closing > HORIZON:
        return None
    return start + timedelta(days=ceil(gap / closing * HALF_YEAR))
