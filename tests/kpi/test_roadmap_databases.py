"""4.3 through the service: everybody on the decided roadmap, with a system or without."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from hub.kit.clock import HANOI
from hub.kpi.values import Result
from tests.kpi.city import CUT_OFF, City, parts
from tests.kpi.offices import owing, roadmap, source, system


def test_the_roadmap_asks_for_all_it_names_and_only_for_them(city: City) -> None:
    named = [city.agency(code) for code in ("A", "B", "C", "D", "E")]
    outside = city.agency("F")
    roadmap(city, *named)
    source(city, outside)
    system(city, named[0], outside)
    system(city, named[1], heard=datetime(2024, 1, 1, tzinfo=HANOI))
    system(city, named[2], is_integrated=False, integrated_on=None)
    system(city, named[3], integrated_on=None, code="HT-D")
    value = city.value("4.3")
    assert (parts(value), value.percent, value.missing, value.result) == ((1, 5), "20.00", 1, Result.NOT_MET)
    assert {agency: reason for agency, (reason, _, _) in owing(city, "4.3").items()} == {
        named[1]: "NO_EXCHANGE",
        named[2]: "NOT_INTEGRATED",
        named[3]: "INTEGRATION_UNKNOWN",
        named[4]: "NO_SYSTEM",
    }
    assert owing(city, "4.3")[named[3]][2].endswith("của hệ thống: HT-D")
    assert parts(city.value("4.3", outside)) == (0, 0)


def test_an_agency_with_two_systems_counts_once_and_one_integrated_is_enough(city: City) -> None:
    agency = city.agency("P")
    roadmap(city, agency)
    system(city, agency)
    system(city, agency, integrated_on=None)
    value = city.value("4.3")
    assert (parts(value), value.missing, value.result) == ((1, 1), 0, Result.MET)


@pytest.mark.parametrize(
    ("since", "until", "in_force"),
    [
        (CUT_OFF, None, True),
        (date(2025, 7, 1), None, False),
        (date(2021, 1, 1), date(2025, 7, 1), True),
        (date(2021, 1, 1), CUT_OFF, False),
    ],
)
def test_without_a_roadmap_in_force_data_are_missing(
    city: City, since: date, until: date | None, in_force: bool
) -> None:
    top = city.agency("UB", kind="CITY", archive_since=None)
    agency = city.agency("P", parent_id=top)
    system(city, agency)
    roadmap(city, agency, since=since, until=until)
    value = city.value("4.3")
    assert (parts(value), value.result) == (
        ((1, 1), Result.MET) if in_force else ((0, 0), Result.MISSING_DATA)
    )
    if not in_force:
        assert {agency: reason for agency, (reason, _, _) in owing(city, "4.3").items()} == {
            top: "NO_ROADMAP"
        }
        assert city.value("4.3", agency).result is Result.NOT_APPLICABLE


def test_a_place_on_the_roadmap_follows_the_successor(city: City) -> None:
    day = date(2025, 3, 1)
    first, second, third = city.agency("P", valid_to=day), city.agency("Q", valid_to=day), city.agency("R")
    roadmap(city, first, second)
    for old in (first, second):
        city.succession(old, third, day)
    assert parts(city.value("4.3", as_of=date(2025, 2, 28))) == (0, 2)
    system(city, third)
    assert parts(city.value("4.3")) == (1, 1)
    assert parts(city.value("4.3", third)) == (1, 1)
