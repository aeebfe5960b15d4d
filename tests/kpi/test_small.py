"""Counts below five are not told to the public, nor what they can be reckoned from; others read them all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.kpi import small
from hub.plan.load import load_plan
from hub.records.models import ArchivalFile, Item
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
