"""3.4, II.1.a's second half, and the security levels beside 4.2, through the service."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.kpi.values import Result
from tests.kpi.city import CUT_OFF, City, parts, side
from tests.kpi.offices import owing, serves, system


def test_agencies_with_an_accepted_system_of_all_with_an_archive(city: City) -> None:
    served, shared, bare, working = (city.agency(code) for code in ("A", "B", "C", "D"))
    city.agency("E", archive_since=None)
    city.agency("F", archive_since=date(2025, 7, 1))
    city.agency("G", archive_until=CUT_OFF)
    city.agency("H", valid_to=CUT_OFF)
    system(city, served, shared)
    system(city, served, accepted_on=None)  # a second one, whatever its date, takes nothing away
    system(city, working, accepted_on=None, code="HT-D")
    value = city.value("3.4")
    assert (parts(value), value.percent, value.missing, value.result) == ((2, 4), "50.00", 1, Result.NOT_MET)
    assert (value.agencies_reported, value.agencies_expected) == (3, 4)
    assert owing(city, "3.4") == {
        bare: ("NO_SYSTEM", 1, "Chưa có hệ thống"),
        working: ("ACCEPTANCE_UNKNOWN", 1, "Chưa rõ ngày nghiệm thu hệ thống: HT-D"),
    }
    assert side(city.value("II.1.a"), "II.1.a.system") == (2, 4, "50.00")
    beside = city.value("II.1.a.system")
    assert (parts(beside), beside.result) == ((2, 4), Result.NOT_MET)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"accepted_on": CUT_OFF}, (1, 1)),
        ({"accepted_on": date(2025, 7, 1)}, (0, 1)),  # in operation before it was accepted
        ({"state": "BUILDING", "accepted_on": None, "operating_since": None}, (0, 1)),
        ({"state": "RETIRED", "retired_on": CUT_OFF}, (0, 1)),
        ({"state": "RETIRED", "retired_on": date(2025, 7, 1)}, (1, 1)),
    ],
)
def test_acceptance_and_retirement_count_by_their_dates(
    city: City, told: dict[str, Any], expected: tuple[int, int]
) -> None:
    system(city, city.agency("P"), **told)
    assert parts(city.value("3.4")) == expected


def test_a_system_follows_its_agencys_successor_and_the_past_stays(city: City) -> None:
    day = date(2024, 7, 1)
    first, second = city.agency("P", valid_to=day), city.agency("Q", valid_from=day)
    serves(city, system(city), first, until=day)
    city.succession(first, second, day)
    assert parts(city.value("3.4", first, date(2024, 6, 30))) == (1, 1)
    assert parts(city.value("3.4", second, date(2024, 6, 30))) == (0, 0)
    assert (parts(city.value("3.4")), parts(city.value("3.4", second))) == ((1, 1), (1, 1))


def test_a_level_of_security_counts_once_it_is_approved_by_a_dated_decision(city: City) -> None:
    agency, other = city.agency("P"), city.agency("Q")
    system(city, agency, other)
    system(city, agency, security_decided_on=CUT_OFF)
    system(city, agency, security_decided_on=date(2025, 7, 1), code="HT-LATE")
    system(city, agency, security_decision=" ", code="HT-NUMBER")
    system(city, agency, security_decided_on=None, code="HT-DATE")
    system(city, agency, security_level=None, code="HT-LEVEL")
    system(city, agency, state="RETIRED", retired_on=date(2025, 1, 1))
    assert side(city.value("4.2"), "4.2.level") == (3, 7, "42.86")
    value = city.value("4.2.level")
    assert (parts(value), value.missing, value.result) == ((3, 7), 2, Result.NOT_APPLICABLE)
    assert owing(city, "4.2.level") == {
        agency: (
            "NOT_APPROVED", 4,
            "Hệ thống chưa được phê duyệt cấp độ an toàn: HT-DATE, HT-LATE, HT-LEVEL, HT-NUMBER",
        )
    }  # fmt: skip
    assert owing(city, "4.2.level", role="leader")[agency][2] == "Hệ thống chưa được phê duyệt cấp độ an toàn"


def test_a_level_whose_decision_is_unknown_is_named_as_such(city: City) -> None:
    agency = city.agency("P")
    system(city, agency, security_decision=None)
    assert owing(city, "4.2.level")[agency][0] == "DECISION_UNKNOWN"
