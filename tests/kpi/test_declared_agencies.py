"""What agencies declare (3.1, 4.2, and beside 1.1, 1.3) through the service: the newest declaration holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.kpi.values import Result
from tests.kpi.city import CUT_OFF, City, parts, side
from tests.kpi.offices import declaration, owing

DOCUMENT: dict[str, Any] = {"document_number": "12/STTTT-HD", "document_date": date(2024, 3, 1)}


def test_agencies_that_declare_all_done_of_all_with_an_archive(city: City) -> None:
    done, part, none, counted, silent = (city.agency(code) for code in "ABCDE")
    outside = city.agency("F", archive_since=None)
    declaration(city, "3.1", done, numerator=4, denominator=4)
    declaration(city, "3.1", part, numerator=3, denominator=4)
    declaration(city, "3.1", none, numerator=0)
    declaration(city, "3.1", counted, numerator=None, value="đang mua sắm")
    declaration(city, "3.1", outside)
    value = city.value("3.1")
    assert (parts(value), value.percent, value.missing, value.result) == ((1, 5), "20.00", 2, Result.NOT_MET)
    assert (value.agencies_reported, value.agencies_expected) == (4, 5)
    assert owing(city, "3.1") == {
        part: ("NOT_DONE", 1, "Báo cáo chưa hoàn thành"),
        none: ("NOT_DONE", 1, "Báo cáo chưa hoàn thành"),
        counted: ("COUNT_UNKNOWN", 1, "Báo cáo không có số liệu"),
        silent: ("NOT_DECLARED", 1, "Chưa báo cáo"),
    }


def test_nothing_of_nothing_is_not_done(city: City) -> None:
    declaration(city, "3.1", city.agency("P"), numerator=0, denominator=0)
    assert parts(city.value("3.1")) == (0, 1)


def test_the_newest_declaration_up_to_the_date_holds(city: City) -> None:
    agency = city.agency("P")
    declaration(city, "3.1", agency, date(2022, 6, 30), numerator=1)
    declaration(city, "3.1", agency, date(2023, 6, 30), numerator=0)
    declaration(city, "3.1", agency, date(2023, 6, 30), numerator=1)  # a correction of the same day
    declaration(city, "3.1", agency, date(2024, 6, 30), numerator=0)
    days = [date(2022, 6, 29), date(2022, 6, 30), date(2023, 6, 29), date(2023, 6, 30), date(2024, 6, 30)]
    assert [parts(city.value("3.1", as_of=day)) for day in days] == [(0, 1), (1, 1), (1, 1), (1, 1), (0, 1)]


@pytest.mark.parametrize(
    ("told", "counts", "missing"),
    [
        ({}, 1, 0),
        ({"document_date": CUT_OFF}, 1, 0),
        ({"document_date": date(2025, 7, 1)}, 0, 0),
        ({"document_date": None}, 0, 1),
        ({"document_number": " "}, 0, 1),
        ({"document_number": None, "document_date": None}, 0, 1),
        ({"numerator": 0, "document_number": None, "document_date": None}, 0, 0),
    ],
)
def test_agencies_guided_are_those_with_a_dated_document(
    city: City, told: dict[str, Any], counts: int, missing: int
) -> None:
    agency = city.agency("P")
    declaration(city, "4.2", agency, **DOCUMENT | told)
    value = city.value("4.2")
    assert (*parts(value), value.missing) == (counts, 1, missing)
    if missing:
        assert owing(city, "4.2")[agency][0] == "DOCUMENT_UNKNOWN"


def test_an_own_plan_is_a_duty_of_part_four(city: City) -> None:
    first, second = city.agency("P"), city.agency("Q")
    declaration(city, "IV.5.a", first, **DOCUMENT)
    declaration(city, "IV.5.a", second)
    declaration(city, "IV.5.b", second, **DOCUMENT)
    declaration(city, "1.1", second, **DOCUMENT)
    assert side(city.value("1.1"), "1.1.own_plan") == (1, 2, "50.00")
    assert owing(city, "1.1.own_plan")[second][0] == "DOCUMENT_UNKNOWN"


def test_each_figure_has_its_own_declarations(city: City) -> None:
    first, second = city.agency("P"), city.agency("Q")
    declaration(city, "1.3.applied", first)
    declaration(city, "1.3.applied", second)
    declaration(city, "3.1", first)
    assert side(city.value("1.3"), "1.3.applied") == (2, 2, "100.00")
    assert parts(city.value("3.1")) == (1, 2)


def test_what_a_body_declared_ends_with_the_body(city: City) -> None:
    day = date(2025, 3, 1)
    first, second = city.agency("P", valid_to=day), city.agency("Q")
    declaration(city, "3.1", first, date(2024, 12, 20))
    city.succession(first, second, day)
    assert parts(city.value("3.1", as_of=date(2025, 2, 28))) == (1, 2)
    assert (parts(city.value("3.1")), parts(city.value("3.1", first))) == ((0, 1), (0, 0))
    declaration(city, "3.1", second, date(2025, 3, 1))
    assert parts(city.value("3.1")) == (1, 1)
