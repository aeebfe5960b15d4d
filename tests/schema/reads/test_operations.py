"""The operations of the contract that concern records, search and periods: their answers and their statements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.kit.ids import encode
from tests.schema.reads.desk import Desk
from tests.schema.reads.reference import Reference

OPERATIONS = Path(__file__).parents[2] / "contract" / "operations"
VARIABLES: dict[str, dict[str, Any]] = {
    "FileBrowse": {"text": "quy hoạch"},
    "FileList": {"agency": "CQ-1"},
    "FilePage": {"agency": "CQ-1", "origins": ["PAPER", "BORN_DIGITAL"]},
    "FileScreen": {"id": encode("ArchivalFile", 5)},
    "FilesWithItems": {"fonds": encode("Fonds", 1)},
    "FondsTree": {"agency": "CQ-1"},
    "ItemPage": {"agency": "CQ-2"},
    "ReturnsOverview": {"from": "2024-01-01"},
    "Search": {"text": "quy ho"},
}


PEOPLE = ["anyone", "clerk", "officer", "archivist", "supervisor", "leader", "staff"]


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize("name", VARIABLES)
def test_an_operation_of_the_contract_is_one_statement(
    desk: Desk, reference: Reference, name: str, role: str
) -> None:
    text, actor = (OPERATIONS / f"{name}.graphql").read_text(), desk.world.actors[role]
    plan = desk.plan(text, actor, VARIABLES[name])
    assert len(plan.statements) == 1
    assert plan.rest is None
    answer = desk.ask(text, role, **VARIABLES[name])
    if name == "Search":  # its order is PostgreSQL's own; test_search.py looks at what is found
        assert answer["search"]["totalCount"] >= len(answer["search"]["nodes"])
    else:
        assert answer == reference.answer(text, actor, VARIABLES[name])


def test_a_file_on_its_screen(desk: Desk) -> None:
    """One answer written out, so that a reader sees what the hub says."""
    text = (OPERATIONS / "FileScreen.graphql").read_text()
    screen = desk.ask(text, "supervisor", id=encode("ArchivalFile", 5))["node"]
    row = desk.world.one("file", 5)
    assert row is not None
    assert list(screen)[:4] == ["__typename", "id", "code", "title"]
    assert (screen["__typename"], screen["code"], screen["state"]) == ("ArchivalFile", "H004", row.state)
    assert screen["agency"]["code"] == f"CQ-{row.agency_id}"
    assert screen["viewerCan"] == []
    assert set(screen["retention"]) == {"kind", "years"}
