"""II.1.c through the service: the procedure, its customers, the readings, exclusions by law."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.kpi.values import Result
from tests.kpi.city import CUT_OFF, City, parts, side
from tests.kpi.offices import owing, procedure, request

TESTED: dict[str, Any] = {"test_transaction_on": date(2025, 2, 10)}


def test_to_carry_out_a_procedure_is_to_apply_it(city: City) -> None:
    served, tested, idle, refused, unnumbered, bare = (city.agency(code) for code in "ABCDEF")
    city.agency("G", archive_since=None)
    for agency in (served, idle, refused):
        procedure(city, agency)
    procedure(city, tested, **TESTED)
    procedure(city, unnumbered, document_number=" ", **TESTED)
    request(city, served)
    request(city, refused, is_online=False)
    request(city, refused, state="REFUSED")
    value = city.value("II.1.c")
    assert (parts(value), value.percent, value.missing, value.result) == ((2, 6), "33.33", 1, Result.NOT_MET)
    assert side(value, "II.1.c.ready") == (3, 6, "50.00")
    assert side(value, "II.1.c.served") == (1, 6, "16.67")
    assert side(value, "II.1.c.idle") == (2, 6, "33.33")
    assert (value.agencies_reported, value.agencies_expected) == (5, 6)
    assert {agency: reason for agency, (reason, _, _) in owing(city, "II.1.c").items()} == {
        idle: "NOT_TESTED",
        refused: "NOT_SERVED",
        unnumbered: "NUMBER_UNKNOWN",
        bare: "NO_PROCEDURE",
    }


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"adopted_on": CUT_OFF}, 1),
        ({"adopted_on": date(2025, 7, 1)}, 0),
        ({"withdrawn_on": date(2025, 7, 1)}, 1),
        ({"withdrawn_on": CUT_OFF}, 0),
        ({"test_transaction_on": CUT_OFF}, 1),
        ({"test_transaction_on": date(2025, 7, 1)}, 0),
    ],
)
def test_a_procedure_counts_by_its_dates(city: City, told: dict[str, Any], expected: int) -> None:
    procedure(city, city.agency("P"), **TESTED | told)
    assert parts(city.value("II.1.c")) == (expected, 1)


@pytest.mark.parametrize(
    ("told", "served", "idle"),
    [
        ({}, True, False),
        ({"completed_on": CUT_OFF}, True, False),
        ({"completed_on": date(2025, 7, 1)}, False, False),  # still open at the date
        ({"received_on": date(2024, 6, 1), "completed_on": date(2024, 7, 1)}, True, False),
        ({"received_on": date(2024, 6, 1), "completed_on": date(2024, 6, 30)}, False, True),  # a year ago
        ({"received_on": date(2025, 7, 1), "completed_on": date(2025, 7, 1)}, False, True),
        ({"is_online": False}, False, False),
        ({"state": "APPROVED", "completed_on": None}, False, False),
        ({"state": "REFUSED"}, False, False),
        ({"state": "DRAFT"}, False, True),
        ({"state": "WITHDRAWN"}, False, True),
    ],
)
def test_requests_of_the_last_twelve_months(
    city: City, told: dict[str, Any], served: bool, idle: bool
) -> None:
    agency = city.agency("P")
    procedure(city, agency)
    request(city, agency, **told)
    value = city.value("II.1.c")
    assert parts(value) == (int(served), 1)
    assert side(value, "II.1.c.served")[0] == int(served)
    assert side(value, "II.1.c.idle")[0] == int(idle)


def test_the_months_are_a_decided_parameter(city: City) -> None:
    agency = city.agency("P")
    procedure(city, agency)
    request(city, agency, received_on=date(2025, 1, 1), completed_on=date(2025, 1, 5))
    city.decided("II.1.c", "request_months", 3, date(2025, 4, 1))
    assert parts(city.value("II.1.c", as_of=date(2025, 3, 31))) == (1, 1)
    assert parts(city.value("II.1.c")) == (0, 1)


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ({}, True),
        ({"received_on": date(2022, 1, 1), "completed_on": date(2022, 1, 1)}, True),  # a test has no end
        (
            {"received_on": date(2021, 12, 1), "completed_on": date(2021, 12, 31)},
            False,
        ),  # before it was adopted
        ({"state": "APPROVED", "completed_on": None}, False),
        ({"is_online": False}, False),
    ],
)
def test_a_test_request_completed_online_is_a_logged_test(
    city: City, told: dict[str, Any], counts: bool
) -> None:
    agency = city.agency("P")
    procedure(city, agency)
    request(city, agency, is_test=True, **told)
    value = city.value("II.1.c")
    assert parts(value) == (int(counts), 1)
    assert side(value, "II.1.c.served")[0] == 0


def test_a_request_belongs_to_the_archive_that_keeps_the_record(city: City) -> None:
    owner, keeper = city.agency("P"), city.agency("Q")
    procedure(city, owner, **TESTED)
    procedure(city, keeper)
    request(city, owner, custodian_id=keeper)
    assert parts(city.value("II.1.c", owner)) == (1, 1)
    assert side(city.value("II.1.c", owner), "II.1.c.served")[0] == 0
    assert side(city.value("II.1.c", keeper), "II.1.c.served")[0] == 1


def test_which_reading_is_the_headline_is_a_dated_parameter(city: City) -> None:
    procedure(city, city.agency("P"))
    assert parts(city.value("II.1.c")) == (0, 1)
    city.decided("II.1.c", "figure", "ready", date(2025, 6, 30))
    assert parts(city.value("II.1.c")) == (1, 1)
    assert parts(city.value("II.1.c", as_of=date(2025, 6, 29))) == (0, 1)
    city.decided("II.1.c", "figure", "served", date(2025, 5, 1))
    assert parts(city.value("II.1.c", as_of=date(2025, 6, 29))) == (0, 1)


def test_an_archive_excluded_by_law_leaves_both_sides(city: City) -> None:
    first, second = city.agency("P"), city.agency("Q")
    procedure(city, first, **TESTED)
    city.exclusion("II.1.c", first, whole_archive=True, valid_from=date(2025, 1, 1))
    city.exclusion("II.1.c", second, whole_archive=True, state="PROPOSED", approved_by=None, decided_at=None)
    value = city.value("II.1.c")
    assert (parts(value), value.excluded) == ((0, 1), 1)
    assert (value.percent, value.percent_with_excluded) == ("0.00", "50.00")
    assert list(owing(city, "II.1.c")) == [second]
    assert side(value, "II.1.c.ready") == (0, 1, "0.00")
    before = city.value("II.1.c", as_of=date(2024, 12, 31))
    assert (parts(before), before.excluded) == ((0, 2), 0)  # its test came later
    alone = city.value("II.1.c", first)
    assert (parts(alone), alone.result) == ((0, 0), Result.NOT_APPLICABLE)


def test_requests_follow_the_successor_and_the_procedure_ends_with_its_body(city: City) -> None:
    day = date(2025, 5, 1)
    first, second = city.agency("P", valid_to=day), city.agency("Q")
    procedure(city, first)
    request(city, first)
    city.succession(first, second, day)
    assert parts(city.value("II.1.c", as_of=date(2025, 4, 30))) == (1, 2)
    assert parts(city.value("II.1.c")) == (0, 1)
    procedure(city, second, adopted_on=date(2025, 5, 2))
    value = city.value("II.1.c")
    assert (parts(value), side(value, "II.1.c.served")) == ((1, 1), (1, 1, "100.00"))
