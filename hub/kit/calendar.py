"""Working days (ngày làm việc): terms counted in working days skip weekends, Tết and days off by decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from sqlmodel import Field, SQLModel

from hub.kit.tables import flag


class CalendarDay(SQLModel, table=True):
    """A day that differs from the week's rule: a day off, or a Saturday worked in exchange."""

    __tablename__ = "calendar_day"

    day: date = Field(primary_key=True)
    is_working: bool = flag()
    name: str
    decision: str | None = None


def is_working_day(day: date, exceptions: Mapping[date, bool]) -> bool:
    """Whether `day` counts in a term; `exceptions` maps a date to "is worked"."""
    return exceptions.get(day, day.weekday() < 5)


def add_working_days(start: date, days: int, exceptions: Mapping[date, bool]) -> date:
    """The day that is `days` working days after `start` (before it, when negative)."""
    step = timedelta(days=1 if days >= 0 else -1)
    left = abs(days)
    day = start
    while left:
        day += step
        left -= is_working_day(day, exceptions)
    return day
