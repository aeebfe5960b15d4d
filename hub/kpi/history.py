"""A figure through time: the days of a history, and the figures of many indicators at all of them.

A month's figure is that of its last day. What a period's figure was when it was reported is in its snapshot: here
facts are true at each day as known now (R3b).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit.errors import BadRequest
from hub.kpi.scorecard import scorecards
from hub.kpi.values import IndicatorValue

# Ten years of months. Each point is counted from the records, so that more would be a page nobody waits for.
MOST_POINTS = 120
# How far back a history goes when its first day is left out: the span of a plan.
YEARS_BACK = 5


class Grain(StrEnum):
    """How close the points of a history lie."""

    MONTH = "MONTH"
    PERIOD = "PERIOD"


def span(first: date | None, last: date | None, as_of: date) -> tuple[date, date]:
    """The first and last day of a history; left out, it ends at `as_of` and begins five years before its end.

    Raises BadRequest when the first lies after the last, or more than 120 months lie between them.
    """
    last = last or as_of
    first = first or back(last, 12 * YEARS_BACK)
    if first > last:
        raise BadRequest(
            f"Khoảng thời gian không hợp lệ: từ ngày {first:%d/%m/%Y} sau đến ngày {last:%d/%m/%Y}. Hãy đổi lại"
            " hai ngày.",
            f"The history would begin on {first}, after its end on {last}. Exchange the two days.",
        )
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > MOST_POINTS:
        raise BadRequest(
            f"Khoảng thời gian dài {months} tháng (tối đa {MOST_POINTS}). Hãy chọn khoảng ngắn hơn.",
            f"The history spans {months} months (at most {MOST_POINTS}). Ask for a shorter one.",
        )
    return first, last


def month_ends(first: date, last: date) -> list[date]:
    """The last days of months between two days, both included."""
    day = _month_end(first)
    found = []
    while day <= last:
        found.append(day)
        day = _month_end(day + timedelta(days=1))
    return found


def half_year_ends(first: date, last: date) -> list[date]:
    """The reporting dates of the plan (IV.1.g: 30/6 and 31/12) between two days, both included."""
    return [day for day in month_ends(first, last) if day.month in (6, 12)]


def back(day: date, months: int) -> date:
    """The same day so many months before, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def history(
    session: Session,
    actor: Actor,
    plan: str,
    codes: Sequence[str],
    days: Sequence[date],
    agency_id: int | None = None,
) -> dict[str, list[IndicatorValue]]:
    """The figures of each code at each day, in the order of the days; three statements however many there are.

    Raises what `scorecards` raises.
    """
    told: dict[str, list[IndicatorValue]] = {code: [] for code in codes}
    if not days or not codes:
        return told
    for values in scorecards(session, actor, plan, days, agency_id, list(told)).values():
        for value in values:
            told[value.indicator.code].append(value)
    return told


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
