"""Deadlines as the plan words them (R9)."""

from datetime import date

import pytest

from hub.plan.rules import allows_exclusions, deadline_days


@pytest.mark.parametrize(
    ("wording", "first", "last"),
    [
        ("Năm 2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("Năm 2021-2025", date(2021, 1, 1), date(2025, 12, 31)),
        ("Năm 2021 – 2022", date(2021, 1, 1), date(2022, 12, 31)),
        ("Quý III năm 2021", date(2021, 7, 1), date(2021, 9, 30)),
        ("Quý III + IV năm 2021", date(2021, 7, 1), date(2021, 12, 31)),
        ("Quý I năm 2024", date(2024, 1, 1), date(2024, 3, 31)),
        ("Giai đoạn 2020-2025", date(2020, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_deadline_in_words_is_a_first_and_a_last_day(wording: str, first: date, last: date) -> None:
    assert deadline_days(wording) == (first, last)


@pytest.mark.parametrize(
    "wording", ["", "Sớm", "Năm 2025-2021", "Quý V năm 2021", "Quý IV + I năm 2021", "2021"]
)
def test_other_wordings_are_not_guessed(wording: str) -> None:
    assert deadline_days(wording) is None


def test_exclusions_need_the_plans_own_word() -> None:
    assert allows_exclusions({"exclusions": True})
    assert not allows_exclusions({"exclusions": "yes"})
    assert not allows_exclusions({})
