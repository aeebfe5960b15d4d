"""Counts below five are not told to the public, nor what they can be reckoned from; others read them all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import select

from hub.kpi import small
from hub.kpi.frozen import freeze
from hub.kpi.scorecard import scorecard
from hub.plan.load import load_plan
from hub.plan.models import Plan
from hub.records.models import ArchivalFile, Item
from hub.returns.models import PublishedReport, ReportingPeriod, Snapshot
from tests.mutations.conftest import Ask, Town, anyio_backend, ask, town

__all__ = ["anyio_backend", "ask", "town"]

BREAKDOWN = """query($by: BreakdownBy!) { indicators(asOf: "2025-06-30", codes: ["II.1.a"]) { numerator denominator
  breakdown(by: $by) { nodes { label numerator denominator percent isWithheld } } } }"""
AGENCY = """query($a: String!) { indicators(asOf: "2025-06-30", codes: ["II.1.a"], agencyCode: $a) {
  numerator denominator percent isWithheld history { numerator } breakdown(by: YEAR) { nodes { numerator isWithheld } }
  shortfall { totalCount hiddenCount } forecast { outlook } } }"""


def test_a_single_small_line_takes_the_smallest_other_with_it() -> None:
    lines = {"a": small.cells(2, 40), "b": small.cells(30, 60), "c": small.cells(20, 30), "d": (0, 0, 0)}
    assert small.withheld(lines) == {"a", "c"}
    assert small.withheld({**lines, "b": small.cells(57, 60)}) == {"a", "b"}
    assert small.withheld({"b": lines["b"], "c": lines["c"]}) == set()
    assert small.withheld(lines, free={"a"}) == set()


def test_small_is_from_one_to_four() -> None:
    assert [number for number in (None, 0, 1, 4, 5, 80) if small.is_small(number)] == [1, 4]


@pytest.fixture
def holdings(town: Town) -> Town:
    """A has 2 born-digital documents of 12, B 6 of 14, the unit of A 8 of 20; a plan that counts them."""
    world = town.world
    load_plan(town.session)
    fonds = {"a": world.fonds, "b": world.fonds_b}
    for place, (digital, whole) in {"a": (2, 12), "b": (6, 14)}.items():
        file = world.add(
            ArchivalFile,
            title="Kho",
            code="KHO",
            fonds=fonds[place],
            access_level=1,
            state="ACCEPTED",
            accepted_at=datetime(2021, 1, 15, tzinfo=UTC),
            start_date=date(2020, 2, 1),
            end_date=date(2020, 11, 30),
            retention_kind="PERMANENT",
        )
        for number in range(whole):
            world.add(
                Item,
                subject=f"Tờ {number}",
                code=f"K{number}",
                file=file,
                ordinal=number + 1,
                access_level=1,
                issued_date=date(2022, 3, 1),
                signature_evidence="VERIFIED",
                origin="BORN_DIGITAL" if number < digital else "DIGITIZED",
            )
    town.session.commit()
    return town


@pytest.mark.anyio
async def test_the_public_is_told_no_small_cell_and_nothing_to_reckon_it_from(
    holdings: Town, ask: Ask
) -> None:
    lines = await told(ask, "anyone")
    assert any(line["isWithheld"] for line in lines), lines
    for line in lines:
        assert line["isWithheld"] == (line["numerator"] is None) == (line["denominator"] is None)
        assert not small.is_small(*small.cells(line["numerator"] or 0, line["denominator"] or 0))
    assert sum(line["isWithheld"] for line in lines) != 1
    [figure] = (await ask(AGENCY, role="anyone", a="A"))["indicators"]
    assert figure["isWithheld"]
    assert figure["numerator"] is figure["percent"] is figure["forecast"] is None
    assert figure["history"] == []
    assert figure["breakdown"]["nodes"] == [{"numerator": None, "isWithheld": True}]
    assert figure["shortfall"] == {"totalCount": 0, "hiddenCount": 0}


@pytest.mark.anyio
async def test_who_reads_the_figures_reads_them_all(holdings: Town, ask: Ask) -> None:
    lines = await told(ask, "supervisor")
    assert not any(line["isWithheld"] for line in lines)
    [figure] = (await ask(AGENCY, role="officer", a="A"))["indicators"]
    assert not figure["isWithheld"]
    [figure] = (await ask(AGENCY, role="officer", place="b", a="A"))["indicators"]
    assert figure["isWithheld"]


async def told(ask: Ask, role: str) -> list[dict[str, Any]]:
    [figure] = (await ask(BREAKDOWN, role=role, by="AGENCY"))["indicators"]
    return figure["breakdown"]["nodes"]


FROZEN = """query($id: ID!) { snapshotIndicators(reportId: $id) { id indicator { code } numerator denominator percent
  isWithheld } }"""
DETAILS = (
    'indicatorChange(code: "II.1.a", from: "2024-06-30", to: "2025-06-30", agencyCode: $a) { points }',
    'dataQuality(asOf: "2025-06-30", agencyCode: $a) { records }',
    'transferRadar(asOf: "2025-06-30", agencyCode: $a) { asOf }',
)


def publish(town: Town) -> dict[str, str]:
    """The reports of A and of B at 30/6/2025, with what was counted then: ids by agency."""
    session, world = town.session, town.world
    found = {}
    period = world.add(
        ReportingPeriod,
        plan_id=session.exec(select(Plan.id)).first(),
        deadline=date(2025, 6, 30),
        returns_due_on=date(2025, 6, 20),
        data_cutoff=date(2025, 6, 30),
    )
    for code, agency in (("A", world.a), ("B", world.b)):
        figures = scorecard(session, world.as_role("leader"), "67/KH-UBND", date(2025, 6, 30), agency.id)
        report = world.add(
            PublishedReport, period_id=period.id, agency_id=agency.id, revision=1, state="PUBLISHED"
        )
        world.add(
            Snapshot, report_id=report.id, as_of=date(2025, 6, 30), formula_version="1", sha256="",
            figures=freeze("67/KH-UBND", figures),
        )  # fmt: skip
        found[code] = town.id(report)
    session.commit()
    return found


@pytest.mark.anyio
async def test_a_report_of_one_agency_gives_away_no_small_cell_of_another(holdings: Town, ask: Ask) -> None:
    """B has no small cell, but with the city's total its figure would tell that of A."""
    reports = publish(holdings)
    for code in ("A", "B"):
        for told in (
            (await ask(FROZEN, role="anyone", id=reports[code]))["snapshotIndicators"][0],
            (await ask(AGENCY.replace("numerator denominator", "indicator { code } numerator denominator"),
                       role="anyone", a=code))["indicators"][0],
        ):  # fmt: skip
            assert told["indicator"] == {"code": "II.1.a"}
            assert told["isWithheld"], (code, told)
            assert (told["numerator"], told["denominator"], told["percent"]) == (None, None, None)
            assert (told.get("history", []), told.get("forecast")) == ([], None)
    again = "query($id: ID!) { node(id: $id) { ... on IndicatorValue { numerator isWithheld } } }"
    [frozen, *_] = (await ask(FROZEN, role="anyone", id=reports["B"]))["snapshotIndicators"]
    assert (await ask(again, role="anyone", id=frozen["id"]))["node"] == {
        "numerator": None,
        "isWithheld": True,
    }
    for role, place in (("supervisor", "a"), ("officer", "b")):
        [told, *_] = (await ask(FROZEN, role=role, place=place, id=reports["B"]))["snapshotIndicators"]
        assert (told["numerator"], told["denominator"], told["isWithheld"]) == (6, 14, False)


@pytest.mark.anyio
async def test_what_goes_into_single_agencies_is_for_who_reads_their_figures(
    holdings: Town, ask: Ask
) -> None:
    for detail in DETAILS:
        for role, place in (("anyone", "a"), ("clerk", "b"), ("officer", "b")):
            told = await ask(f"query($a: String) {{ {detail} }}", role=role, place=place, a="A")
            assert isinstance(told, list), (detail, role)
            assert told[0]["extensions"]["code"] == "NOT_PERMITTED", detail
        assert isinstance(await ask(f"query($a: String) {{ {detail} }}", role="officer", a="A"), dict), detail
