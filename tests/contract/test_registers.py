"""Figures of agencies, systems, papers and people from outside, against a recount, at every half-year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from hub.kit.ids import encode
from tests.contract.conftest import City, Hub
from tests.contract.registers import RECOUNTS, Rows

HALF_YEARS = [date(year, month, day) for year in range(2021, 2026) for month, day in ((6, 30), (12, 31))][:9]
ASKED = """query($day: Date!, $codes: [String!]) { indicators(asOf: $day, codes: $codes) {
  indicator { code kind } numerator denominator excluded missing percent result statusText
  evidence { part partTitleVi title documentNumber documentDate state }
  breakdown(by: AGENCY, first: 60) { nodes { agency { id } numerator denominator percent } pageInfo { hasNextPage } }
  shortfall(first: 60) { totalCount hiddenCount edges { weight reason { code message } node { __typename id } } } } }"""


@pytest.fixture(scope="module")
def rows(city: City) -> Rows:
    """The tables as they are."""
    return Rows(city)


@pytest.fixture(scope="module")
def told(hub: Hub) -> dict[date, dict[str, Any]]:
    """Every figure at every half-year, as the leadership reads it."""
    found: dict[date, dict[str, Any]] = {}
    for day in HALF_YEARS:
        values = hub.ask(ASKED, "leader", day=day.isoformat(), codes=list(RECOUNTS)).data["indicators"]
        found[day] = {value["indicator"]["code"]: value for value in values}
    return found


@pytest.mark.parametrize("code", RECOUNTS)
def test_a_figure_is_that_of_a_recount_for_every_agency_at_every_half_year(
    rows: Rows, told: dict[date, dict[str, Any]], code: str
) -> None:
    for day in HALF_YEARS:
        value, count = told[day][code], RECOUNTS[code](rows, day)
        lines = value["breakdown"]["nodes"]
        assert not value["breakdown"]["pageInfo"]["hasNextPage"]
        found = {line["agency"]["id"]: (line["numerator"], line["denominator"]) for line in lines}
        assert found == {encode("Agency", agency): sums for agency, sums in count.items()}, day
        numerator, denominator = _sums(count.values())
        assert (value["numerator"], value["denominator"]) == (numerator, denominator), day
        whole = value["indicator"]["kind"] == "RATIO"
        assert (value["percent"] is None) == (denominator == 0 or not whole), day


def _sums(lines: Iterable[tuple[int, int]]) -> tuple[int, int]:
    told = list(lines)
    return sum(one for one, _ in told), sum(one for _, one in told)


def test_the_agencies_that_keep_a_figure_down_are_named_with_their_reason(
    rows: Rows, told: dict[date, dict[str, Any]]
) -> None:
    for day in HALF_YEARS:
        for code in RECOUNTS:
            headline = {"II.1.b.agencies": "II.1.b", "2.2.total": "2.2"}.get(
                code, "II.1.c" if code.startswith("II.1.c") else code
            )
            count = RECOUNTS[headline](rows, day)
            shortfall = told[day][code]["shortfall"]
            short = {
                encode("Agency", agency): denominator - numerator
                for agency, (numerator, denominator) in count.items()
                if numerator < denominator or (denominator == 0 and headline not in ("2.2", "II.1.c"))
            }
            assert {edge["node"]["id"]: edge["weight"] for edge in shortfall["edges"]} == short, (day, code)
            assert {edge["node"]["__typename"] for edge in shortfall["edges"]} <= {"Agency"}
            assert all(edge["reason"]["message"] for edge in shortfall["edges"])
            assert (shortfall["totalCount"], shortfall["hiddenCount"]) == (len(short), 0)


def test_every_result_appears_and_history_grows(told: dict[date, dict[str, Any]]) -> None:
    results = {value["result"] for values in told.values() for value in values.values()}
    assert results == {"MET", "NOT_MET", "MISSING_DATA", "NOT_APPLICABLE"}
    first, last = told[HALF_YEARS[0]], told[HALF_YEARS[-1]]
    for code in RECOUNTS:
        assert last[code]["numerator"] >= first[code]["numerator"], code
    assert [told[day]["1.2"]["result"] for day in HALF_YEARS[:3]] == ["MISSING_DATA", "NOT_MET", "MET"]
    assert {last[code]["statusText"] for code in ("II.1.b", "4.2", "3.1")} == {
        "chưa đạt (đang thực hiện)",
        "đạt",
        "quá hạn",
    }


def test_a_checklist_and_a_milestone_show_their_documents(told: dict[date, dict[str, Any]]) -> None:
    before, after = (told[day]["II.2.a"] for day in (date(2024, 6, 30), date(2024, 12, 31)))
    assert [(one["part"], one["state"], one["documentNumber"]) for one in before["evidence"]] == [
        ("plan", "APPROVED", "31/KH-TTLTLS"),
        ("solution", "PLANNED", None),
    ]
    assert after["evidence"][1] == {
        "part": "solution",
        "partTitleVi": "Giải pháp bảo quản",
        "title": "Giải pháp bảo quản tài liệu điện tử (mẫu)",
        "documentNumber": "142/TTr-TTLTLS",
        "documentDate": "2024-10-18",
        "state": "APPROVED",
    }
    assert (before["result"], after["result"]) == ("NOT_MET", "MET")
    (paper,) = told[HALF_YEARS[-1]]["3.1.a"]["evidence"]
    assert (paper["part"], paper["documentNumber"], paper["documentDate"]) == (
        None,
        "214/BB-VPUB",
        "2021-09-28",
    )
    lacking = [one["part"] for one in told[HALF_YEARS[-1]]["3.2"]["evidence"] if one["state"] != "APPROVED"]
    assert lacking == ["to_state"]


def test_an_archive_excluded_by_law_is_told(told: dict[date, dict[str, Any]]) -> None:
    assert [told[day]["II.1.c"]["excluded"] for day in HALF_YEARS] == [0] * 4 + [1] * 5


@pytest.mark.parametrize(("role", "knows"), [("supervisor", True), ("leader", False), ("anyone", False)])
def test_the_names_of_systems_are_for_those_who_may_read_systems(hub: Hub, role: str, knows: bool) -> None:
    query = """query { indicators(asOf: "2025-06-30", codes: ["4.2.level", "3.2"]) {
      shortfall(first: 50) { hiddenCount edges { reason { message } } } } }"""
    functions, levels = hub.ask(query, role).data["indicators"]
    messages = [edge["reason"]["message"] for edge in levels["shortfall"]["edges"]]
    assert levels["shortfall"]["hiddenCount"] == 0
    assert messages
    assert all((": HT-" in message) == knows for message in messages)
    assert [edge["reason"]["message"] for edge in functions["shortfall"]["edges"]] == [
        "Chưa có văn bản cho: Tích hợp được vào Hệ thống Phông Lưu trữ Nhà nước"
    ]


def test_what_is_lacking_is_named_in_the_callers_language(hub: Hub) -> None:
    query = """query { indicators(asOf: "2024-06-30", codes: ["II.2.a"]) {
      evidence { partTitle } shortfall { edges { reason { message } } } } }"""
    (value,) = hub.ask(query, "leader", "en").data["indicators"]
    assert value["shortfall"]["edges"][0]["reason"]["message"] == (
        "There is no document yet for: Preservation solution"
    )
    assert [one["partTitle"] for one in value["evidence"]] == ["Preservation plan", "Preservation solution"]
