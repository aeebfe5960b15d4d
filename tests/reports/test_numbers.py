"""Numbers and dates are written as an official Vietnamese document writes them."""

from datetime import date
from decimal import Decimal

import pytest

from reports import numbers
from reports.half_years import next_half_year, previous_half_year


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (999, "999"), (1000, "1.000"), (1234567, "1.234.567"), (-1500, "-1.500"), (None, "–")],
)
def test_thousands_are_parted_by_dots_and_the_unknown_is_a_dash(value: int | None, shown: str) -> None:
    assert numbers.number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("79.99", "79,99%"), ("100.00", "100,00%"), ("0.00", "0,00%"), ("1.64", "1,64%")],
)
def test_a_percentage_keeps_the_two_places_it_was_published_with(value: str, shown: str) -> None:
    assert numbers.percent(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("80.00", "80%"), ("100", "100%"), ("82.50", "82,5%"), ("1E+2", "100%")]
)
def test_a_target_is_written_as_the_plan_writes_it(value: str, shown: str) -> None:
    assert numbers.goal(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("day", "short", "long"),
    [
        (date(2025, 6, 30), "30/6/2025", "ngày 30 tháng 6 năm 2025"),
        (date(2025, 2, 5), "05/02/2025", "ngày 05 tháng 02 năm 2025"),
        (date(2016, 7, 1), "01/7/2016", "ngày 01 tháng 7 năm 2016"),
    ],
)
def test_days_under_ten_and_the_first_two_months_carry_a_zero(day: date, short: str, long: str) -> None:
    assert (numbers.day(day), numbers.long_day(day)) == (short, long)


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        (date(2025, 6, 30), date(2024, 12, 31), date(2025, 12, 31)),
        (date(2025, 12, 31), date(2025, 6, 30), date(2026, 6, 30)),
        (date(2025, 3, 1), date(2024, 12, 31), date(2025, 6, 30)),
    ],
)
def test_half_years_follow_one_another(day: date, before: date, after: date) -> None:
    assert (previous_half_year(day), next_half_year(day)) == (before, after)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 6, 30), "6 tháng đầu năm 2025"),
        (date(2024, 12, 31), "năm 2024"),
        (date(2025, 3, 1), "đến ngày 01/3/2025"),
    ],
)
def test_a_title_says_what_the_report_covers(day: date, name: str) -> None:
    assert numbers.half_year(day) == name
