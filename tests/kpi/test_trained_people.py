"""2.2 through the service: people due in the year, trained with evidence, gone before it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.access.actor import the_public
from hub.kpi.breakdown import By, breakdown
from hub.kpi.values import Result
from tests.kpi.city import CUT_OFF, City, parts, side
from tests.kpi.offices import owing, person

TRAINED: dict[str, Any] = {"trained_on": date(2025, 4, 1), "evidence": "CN-1"}


def test_people_trained_of_those_due_in_the_year(city: City) -> None:
    first, second, none = (city.agency(code) for code in "PQR")
    person(city, first, "An", **TRAINED)
    person(city, first, "Bình")
    person(city, second, "An", **TRAINED | {"evidence": None})
    person(city, second, "Chi", 2024)
    value = city.value("2.2")
    assert (parts(value), value.percent, value.missing, value.result) == ((1, 3), "33.33", 1, Result.NOT_MET)
    assert (value.agencies_reported, value.agencies_expected) == (2, 3)
    assert owing(city, "2.2") == {
        first: ("NOT_TRAINED", 1, "Còn người đến hạn chưa được đào tạo"),
        second: ("EVIDENCE_LACKING", 1, "Đã đào tạo nhưng thiếu chứng chỉ hoặc danh sách tham dự"),
    }
    nobody = city.value("2.2", none)
    assert (parts(nobody), nobody.result) == ((0, 0), Result.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"trained_on": CUT_OFF}, (1, 1)),
        ({"trained_on": date(2025, 7, 1)}, (0, 1)),
        ({"trained_on": date(2024, 12, 1)}, (1, 1)),  # ahead of the year's plan
        ({"evidence": " "}, (0, 1)),
        ({"left_on": date(2025, 3, 31)}, (0, 0)),  # before the training
        ({"left_on": date(2025, 4, 1)}, (1, 1)),
        ({"left_on": date(2025, 5, 1)}, (1, 1)),
        ({"trained_on": None, "left_on": CUT_OFF}, (0, 0)),
        ({"trained_on": None, "left_on": date(2025, 7, 1)}, (0, 1)),
    ],
)
def test_training_and_leaving_count_by_their_dates(
    city: City, told: dict[str, Any], expected: tuple[int, int]
) -> None:
    person(city, city.agency("P"), "An", **TRAINED | told)
    assert parts(city.value("2.2")) == expected


def test_a_person_due_in_several_years_is_one_in_the_total(city: City) -> None:
    agency = city.agency("P")
    person(city, agency, "An", 2022, trained_on=date(2022, 5, 1), evidence="CN-1")
    person(city, agency, "An", 2025)
    person(city, agency, "Bình", 2023, trained_on=date(2023, 5, 1), evidence="CN-2")
    person(city, agency, "Chi", 2020)  # before the plan's window
    value = city.value("2.2")
    assert (parts(value), side(value, "2.2.total")) == ((0, 1), (1, 2, "50.00"))
    earlier = city.value("2.2", as_of=date(2022, 12, 31))
    assert (parts(earlier), side(earlier, "2.2.total")) == ((1, 1), (1, 1, "100.00"))
    total = city.value("2.2.total")
    lines = breakdown(city.session, the_public(), total.indicator, CUT_OFF, By.YEAR)
    assert [(line.key, line.numerator, line.denominator) for line in lines] == [
        ("2023", 1, 1),
        ("2025", 0, 1),
    ]


def test_people_follow_the_successor_of_their_body_and_are_never_two(city: City) -> None:
    day = date(2025, 3, 1)
    old = city.agency("P", valid_to=day)
    first, second = city.agency("Q"), city.agency("R")
    person(city, old, "An")
    for heir in (first, second):  # a split
        city.succession(old, heir, day)
    assert parts(city.value("2.2", old, date(2025, 2, 28))) == (0, 1)
    assert [parts(city.value("2.2", agency)) for agency in (None, old, first, second)] == [
        (0, 1),
        (0, 0),
        (0, 1),
        (0, 0),
    ]
