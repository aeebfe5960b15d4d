"""On which days an agency is reminded of its return, in working days; pure.

Source: 30, 14, 7 and 1 working days before the day on which it is due, and the first working day after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hub.kit.calendar import add_working_days, is_working_day

AHEAD = (30, 14, 7, 1)
OVERDUE = "overdue"


@dataclass(frozen=True)
class Occasion:
    """A reminder that is due: its kind and the name under which it happens once for each due day."""

    kind: str
    name: str


def occasion_on(day: date, due_on: date, exceptions: Mapping[date, bool]) -> Occasion | None:
    """The occasion of a day: the last one that has come, so that a night that was missed is made up for once.

    None on a day off, and until the first has come.
    """
    if not is_working_day(day, exceptions):
        return None
    if day >= add_working_days(due_on, 1, exceptions):
        return Occasion("OVERDUE", OVERDUE)
    come = [days for days in AHEAD if day >= add_working_days(due_on, -days, exceptions)]
    return Occasion("AHEAD", f"ahead-{come[-1]}") if come else None


def working_days_between(first: date, last: date, exceptions: Mapping[date, bool]) -> int:
    """How many working days come after `first`, until `last` included; negative when `last` lies before."""
    if last < first:
        return -working_days_between(last, first, exceptions)
    days = range(1, (last - first).days + 1)
    return sum(is_working_day(first + timedelta(days=number), exceptions) for number in days)
