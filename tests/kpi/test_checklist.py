"""Checklists (II.2.a, II.2.d, 3.2) and milestones (3.1.a, 3.1.b, 4.1, 4.5) through the service: k of n, no percent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.access.actor import the_public
from hub.kpi.breakdown import By, breakdown
from hub.kpi.values import Result, Schedule
from hub.plan.load import load_plan
from tests.kpi.city import CUT_OFF, City, parts, side
from tests.kpi.offices import declaration, owing

FUNCTIONS = [
    "acquisition",
    "preservation",
    "use",
    "extraction",
    "mobile",
    "data",
    "users",
    "security",
    "from_agencies",
    "to_state",
]


@pytest.fixture
def bodies(city: City) -> dict[str, int]:
    """The head of the tree, Sở Nội vụ, the historical archive; the plan finds its leads among them."""
    top = city.agency("UBND-TP", kind="CITY", archive_since=None)
    home = city.agency("SNV", parent_id=top, archive_since=None)
    city.session.connection().exec_driver_sql(f"update agency set name = 'Sở Nội vụ' where id = {home}")
    archive = city.archive(parent_id=home)
    load_plan(city.session)
    return {"top": top, "home": home, "archive": archive}


def test_a_checklist_is_met_when_no_part_is_left_and_shows_no_percent(
    city: City, bodies: dict[str, int]
) -> None:
    value = city.value("II.2.a")
    assert (parts(value), value.percent, value.result) == ((0, 2), None, Result.NOT_MET)
    city.deliverable("II.2.a", part_code="plan", document_number="15/KH-TTLTLS")
    value = city.value("II.2.a")
    assert (parts(value), value.percent, value.percent_with_excluded) == ((1, 2), None, None)
    assert (value.result, value.status_text) == (Result.NOT_MET, "chưa đạt (đang thực hiện)")
    assert owing(city, "II.2.a") == {
        bodies["archive"]: ("PARTS_LACKING", 1, "Chưa có văn bản cho: Giải pháp bảo quản")
    }
    city.deliverable("II.2.a", part_code="solution", document_date=CUT_OFF)
    value = city.value("II.2.a")
    assert (parts(value), value.percent, value.result) == ((2, 2), None, Result.MET)
    assert value.status_text == "đạt"
    assert owing(city, "II.2.a") == {}
    assert [(one.part, one.document_number, one.document_date) for one in value.indicator.evidence] == [
        ("plan", "15/KH-TTLTLS", date(2022, 3, 1)),
        ("solution", "1/KH", CUT_OFF),
    ]


@pytest.mark.parametrize(
    ("told", "as_of", "counts"),
    [
        ({}, date(2022, 3, 1), True),
        ({}, date(2022, 2, 28), False),
        ({"state": "DRAFTED"}, CUT_OFF, False),
        ({"state": "PLANNED"}, CUT_OFF, False),
        ({"document_number": " "}, CUT_OFF, False),
        ({"part_code": "other"}, CUT_OFF, False),
        ({"part_code": None}, CUT_OFF, False),
        ({"state": "CANCELLED", "cancelled_on": date(2024, 1, 1)}, date(2023, 12, 31), True),
        ({"state": "CANCELLED", "cancelled_on": date(2024, 1, 1)}, date(2024, 1, 1), False),
        ({"state": "CANCELLED"}, CUT_OFF, False),
    ],
)
def test_a_part_counts_by_its_documents_number_date_and_state(
    city: City, told: dict[str, Any], as_of: date, counts: bool
) -> None:
    city.agency("UBND-TP", kind="CITY")
    city.deliverable("II.2.d", **{"part_code": "central"} | told)
    assert parts(city.value("II.2.d", as_of=as_of)) == (int(counts), 3)


def test_two_documents_for_a_part_are_one_part(city: City, bodies: dict[str, int]) -> None:
    for number in ("1/KH", "2/KH"):
        city.deliverable("II.2.d", part_code="central", document_number=number)
    assert parts(city.value("II.2.d")) == (1, 3)
    assert len(city.value("II.2.d").indicator.evidence) == 4


def test_the_list_is_the_body_s_that_answers_for_it(city: City, bodies: dict[str, int]) -> None:
    for part in FUNCTIONS[:9]:
        city.deliverable("3.2", part_code=part)
    value = city.value("3.2", as_of=date(2022, 12, 31))
    assert (parts(value), value.result, value.schedule) == ((9, 10), Result.NOT_MET, Schedule.PAST_DUE)
    assert value.status_text == "quá hạn"
    assert parts(city.value("3.2", bodies["home"])) == (9, 10)
    elsewhere = city.value("3.2", bodies["archive"])
    assert (parts(elsewhere), elsewhere.result) == ((0, 0), Result.NOT_APPLICABLE)
    assert parts(city.value("II.2.a", bodies["archive"])) == (0, 2)
    assert parts(city.value("4.5", bodies["top"])) == (0, 1)  # its lead is not in the hub
    (line,) = breakdown(city.session, the_public(), value.indicator, CUT_OFF, By.AGENCY)
    assert (line.numerator, line.denominator, line.percent, line.result) == (9, 10, None, Result.NOT_MET)
    (whole,) = breakdown(city.session, the_public(), value.indicator, CUT_OFF, By.YEAR)
    assert (whole.percent, whole.result) == (None, Result.NOT_MET)


def test_a_lead_that_was_merged_is_followed_by_its_successor(city: City, bodies: dict[str, int]) -> None:
    day = date(2025, 3, 1)
    new = city.agency("SNV2", parent_id=bodies["top"])
    city.succession(bodies["home"], new, day)
    assert parts(city.value("4.1", bodies["home"], date(2025, 2, 28))) == (0, 1)
    assert parts(city.value("4.1", new, date(2025, 2, 28))) == (0, 0)
    assert parts(city.value("4.1", new)) == (0, 1)


@pytest.mark.parametrize("code", ["3.1.a", "3.1.b", "4.1", "4.5"])
def test_a_milestone_is_reached_by_a_document_with_number_and_date(
    city: City, bodies: dict[str, int], code: str
) -> None:
    city.deliverable(code, state="DRAFTED", document_date=None)
    value = city.value(code)
    assert (parts(value), value.percent, value.status_text) == ((0, 1), None, "quá hạn")
    responsible = bodies["home"] if code == "4.1" else bodies["top"]
    proof = "Chưa có văn bản chứng minh đã hoàn thành"
    assert owing(city, code) == {responsible: ("NOT_REACHED", 1, proof)}
    city.deliverable(code, document_number="9/BB", document_date=CUT_OFF)
    value = city.value(code)
    assert (parts(value), value.percent, value.result) == ((1, 1), None, Result.MET)
    assert [(one.document_number, one.state) for one in value.indicator.evidence] == [
        ("9/BB", "APPROVED"),
        (None, "DRAFTED"),
    ]
    assert parts(city.value(code, as_of=date(2025, 6, 29))) == (0, 1)
    assert owing(city, code) == {}


def test_agencies_live_stand_beside_the_rollout(city: City, bodies: dict[str, int]) -> None:
    live, silent = city.agency("P"), city.agency("Q")
    declaration(city, "3.1.b.live", live)
    declaration(city, "3.1.b", silent)  # about the milestone, which rests on documents
    assert side(city.value("3.1.b"), "3.1.b.live") == (1, 2, "50.00")
