"""On which days an agency is reminded: in working days, each occasion once, a missed night made up for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hub.returns.reminders.schedule import Occasion, occasion_on, working_days_between

DUE = date(2025, 6, 20)  # a Friday
# 2 June off; the Saturday after it worked in exchange
EXCEPTIONS = {date(2025, 6, 2): False, date(2025, 6, 7): True}


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2025-05-08", None), ("2025-05-09", "ahead-30"), ("2025-05-30", "ahead-30"), ("2025-06-02", None),
        ("2025-06-03", "ahead-14"), ("2025-06-07", "ahead-14"), ("2025-06-08", None), ("2025-06-11", "ahead-7"),
        ("2025-06-19", "ahead-1"), ("2025-06-20", "ahead-1"), ("2025-06-21", None), ("2025-06-23", "overdue"),
        ("2025-07-31", "overdue"),
    ],
)  # fmt: skip
def test_the_occasion_of_a_day(day: str, name: str | None) -> None:
    found = occasion_on(date.fromisoformat(day), DUE, EXCEPTIONS)
    assert (found.name if found else None) == name


def test_five_occasions_come_one_after_the_other() -> None:
    days = [DUE + timedelta(days=number) for number in range(-60, 20)]
    found = dict.fromkeys(one for day in days if (one := occasion_on(day, DUE, EXCEPTIONS)))
    assert list(found) == [
        *(Occasion("AHEAD", f"ahead-{number}") for number in (30, 14, 7, 1)), Occasion("OVERDUE", "overdue"),
    ]  # fmt: skip


def test_working_days_are_counted_both_ways() -> None:
    assert working_days_between(date(2025, 6, 11), DUE, EXCEPTIONS) == 7
    assert working_days_between(date(2025, 6, 6), date(2025, 6, 9), EXCEPTIONS) == 2
    assert working_days_between(date(2025, 6, 23), DUE, EXCEPTIONS) == -1
    assert working_days_between(DUE, DUE, EXCEPTIONS) == 0
