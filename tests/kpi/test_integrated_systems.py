"""II.1.b through the service: worked case 8 and each edge of the definition."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from hub.access.actor import the_public
from hub.kit.clock import HANOI
from hub.kpi.breakdown import By, breakdown
from hub.kpi.values import Result
from tests.kpi.city import CUT_OFF, City, parts, side
from tests.kpi.offices import exchange, owing, roadmap, serves, source, system


def moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=HANOI)


def test_worked_case_8_six_systems_of_ten_agencies_are_not_met(city: City) -> None:
    agencies = [city.agency(f"P{number}") for number in range(10)]
    source(city, *agencies)
    roadmap(city, *agencies)
    for agency in agencies[:6]:
        system(city, agency)
    value = city.value("II.1.b")
    assert (parts(value), value.percent, value.coverage) == ((6, 6), "100.00", "60.00")
    assert (value.result, value.status_text, value.estimated) == (Result.MISSING_DATA, "thiếu dữ liệu", False)
    assert side(value, "II.1.b.agencies") == (6, 10, "60.00")
    assert (value.agencies_reported, value.agencies_expected) == (6, 10)
    assert owing(city, "II.1.b") == dict.fromkeys(agencies[6:], ("NO_SYSTEM", 0, "Chưa có hệ thống"))
    roadmap_value = city.value("4.3")
    assert (parts(roadmap_value), roadmap_value.percent, roadmap_value.result) == (
        (6, 10),
        "60.00",
        Result.NOT_MET,
    )
    for agency in agencies[6:]:
        system(city, agency)
    assert city.value("II.1.b").result is Result.MET


def test_below_the_target_is_missed_whatever_the_coverage(city: City) -> None:
    first, second, third = (city.agency(code) for code in "PQR")
    source(city, first, second, third)
    system(city, first)
    system(city, second, is_integrated=False, integrated_on=None)
    value = city.value("II.1.b")
    assert (parts(value), value.result, value.coverage) == ((1, 2), Result.NOT_MET, "66.67")
    lines = breakdown(city.session, the_public(), value.indicator, CUT_OFF, By.AGENCY)
    assert [(line.numerator, line.denominator, line.result) for line in lines] == [
        (1, 1, Result.MET),
        (0, 1, Result.NOT_MET),
        (0, 0, Result.MISSING_DATA),
    ]


def test_without_any_system_or_source_agency_there_is_no_percent(city: City) -> None:
    agency = city.agency("P")
    assert city.value("II.1.b").result is Result.NOT_APPLICABLE
    source(city, agency)
    value = city.value("II.1.b")
    assert (parts(value), value.percent, value.result) == ((0, 0), None, Result.MISSING_DATA)


def test_a_shared_system_counts_once_for_each_source_agency_it_serves(city: City) -> None:
    first, second, outside = (city.agency(code) for code in "PQR")
    source(city, first, second)
    shared = system(city, first, second, outside, heard=None)
    exchange(city, shared, moment(2025, 6, 1), agency=first)
    assert parts(city.value("II.1.b")) == (1, 2)
    assert owing(city, "II.1.b")[second][0] == "NO_EXCHANGE"
    exchange(city, shared, moment(2025, 6, 2))
    assert parts(city.value("II.1.b")) == (2, 2)
    assert parts(city.value("II.1.b", second)) == (1, 1)
    assert parts(city.value("II.1.b", outside)) == (0, 0)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, (1, 1, 0)),
        ({"state": "ACCEPTED", "operating_since": None}, (0, 1, 0)),  # accepted, not yet in operation
        ({"operating_since": CUT_OFF}, (1, 1, 0)),
        ({"operating_since": date(2025, 7, 1)}, (0, 1, 0)),
        ({"state": "OPERATING", "operating_since": None}, (0, 1, 1)),
        ({"integrated_on": CUT_OFF}, (1, 1, 0)),
        ({"integrated_on": date(2025, 7, 1)}, (0, 1, 0)),
        ({"integrated_on": None}, (0, 1, 1)),
        ({"is_integrated": False}, (0, 1, 1)),  # it ended, and nobody knows when
        ({"is_integrated": False, "integration_ended_on": date(2025, 7, 1)}, (1, 1, 0)),
        ({"is_integrated": False, "integration_ended_on": CUT_OFF}, (0, 1, 0)),
        ({"accepted_on": date(2025, 7, 1), "operating_since": date(2025, 7, 1)}, (0, 0, 0)),
        ({"accepted_on": CUT_OFF, "operating_since": None}, (0, 1, 1)),
        ({"state": "BUILDING", "accepted_on": None, "operating_since": None}, (0, 0, 0)),
        ({"state": "RETIRED", "retired_on": date(2025, 7, 1)}, (1, 1, 0)),
        ({"state": "RETIRED", "retired_on": CUT_OFF}, (0, 0, 0)),
        ({"state": "RETIRED"}, (0, 0, 0)),
    ],
)
def test_a_system_counts_by_its_dates(
    city: City, told: dict[str, Any], expected: tuple[int, int, int]
) -> None:
    agency = city.agency("P")
    source(city, agency)
    system(city, agency, **told)
    value = city.value("II.1.b")
    assert (*parts(value), value.missing) == expected


@pytest.mark.parametrize(
    ("at", "accepted", "counts"),
    [
        (moment(2025, 6, 30, 23, 59), True, True),
        (moment(2025, 7, 1), True, False),  # after the end of the cut-off in Hà Nội, though 30/6 in UTC
        (moment(2024, 12, 28), True, True),  # 184 days before
        (moment(2024, 12, 27, 23, 59), True, False),
        (moment(2025, 6, 1), False, False),
    ],
)
def test_the_last_accepted_exchange_lies_inside_the_window(
    city: City, at: datetime, accepted: bool, counts: bool
) -> None:
    agency = city.agency("P")
    source(city, agency)
    exchange(city, system(city, agency, heard=None), at, accepted=accepted)
    assert parts(city.value("II.1.b")) == (int(counts), 1)


def test_the_window_is_a_decided_parameter(city: City) -> None:
    agency = city.agency("P")
    source(city, agency)
    system(city, agency, heard=moment(2025, 5, 1))
    city.decided("II.1.b", "freshness_days", 30, date(2025, 1, 1))
    assert parts(city.value("II.1.b")) == (0, 1)
    assert parts(city.value("II.1.b", as_of=date(2025, 5, 31))) == (1, 1)


@pytest.mark.parametrize(
    ("since", "until", "counts"),
    [
        (CUT_OFF, None, True),
        (date(2025, 7, 1), None, False),
        (date(2012, 1, 1), date(2025, 7, 1), True),
        (date(2012, 1, 1), CUT_OFF, False),
    ],
)
def test_the_source_list_and_the_link_are_those_in_force_at_the_date(
    city: City, since: date, until: date | None, counts: bool
) -> None:
    listed, linked = city.agency("P"), city.agency("Q")
    source(city, listed, since=since, until=until)
    source(city, linked)
    system(city, listed)
    served = system(city)
    serves(city, served, linked, since, until)
    assert parts(city.value("II.1.b", listed)) == (int(counts), int(counts))
    assert parts(city.value("II.1.b", linked)) == (int(counts), int(counts))


def test_after_a_merger_the_successor_answers_for_the_system_and_the_exchanges(city: City) -> None:
    day = date(2025, 3, 1)
    first, second = city.agency("P", valid_to=day), city.agency("Q")
    source(city, first)
    gone, idle = system(city, heard=None), system(city)
    exchange(city, gone, moment(2025, 2, 1), agency=first)
    serves(city, gone, first, until=day)
    serves(city, idle, first, until=date(2024, 1, 1))  # had stopped serving it before
    city.succession(first, second, day)
    assert parts(city.value("II.1.b", first, date(2025, 2, 28))) == (1, 1)
    assert parts(city.value("II.1.b", second, date(2025, 2, 28))) == (0, 0)
    value = city.value("II.1.b")
    assert (parts(value), value.agencies_expected) == ((1, 1), 1)
    assert parts(city.value("II.1.b", second)) == (1, 1)
    assert parts(city.value("II.1.b", first)) == (0, 0)


def test_the_name_of_a_system_is_told_to_those_who_may_read_systems(city: City) -> None:
    agency = city.agency("P")
    source(city, agency)
    system(city, agency, heard=None, code="HT-P")
    silent = "Hệ thống không có trao đổi thành công gần đây"
    assert owing(city, "II.1.b") == {agency: ("NO_EXCHANGE", 1, f"{silent}: HT-P")}
    assert owing(city, "II.1.b", role="leader") == {agency: ("NO_EXCHANGE", 1, silent)}
