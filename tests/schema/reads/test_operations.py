"""The operations of the contract that concern records, search and periods: their answers and their statements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.kit.ids import encode
from tests.schema.reads.desk import Desk

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


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("role", ["anyone", "clerk", "officer", "archivist", "supervisor", "leader", "staff"])
def test_an_operation_of_the_contract_is_one_statement(desk: Desk, name: str, role: str) -> None:
    text = (OPERATIONS / f"{name}.graphql").read_text()
    plan = desk.plan(text, desk.world.actors[role], VARIABLES[name])
    assert len(plan.statements) == 1
    assert plan.rest is None
    assert desk.ask(text, role, **VARIABLES[name])
