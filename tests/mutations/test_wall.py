"""The wall behind the commands: with their own check taken out, or their doer not told, PostgreSQL still refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hub.access.actor import Actor
from schema.mutations import doing
from tests.mutations.conftest import Town

pytestmark = pytest.mark.anyio

DESCRIBE = """
mutation($id: ID!) { describeFile(input: {id: $id, expectedVersion: 1, title: "Của người khác"}) {
    ... on ArchivalFile { title } ... on Problem { code message } } }
"""
OPEN = """
mutation($id: ID!) { openFile(input: {fondsId: $id, title: "Hồ sơ mới"}) {
    ... on ArchivalFile { title } ... on Problem { code message } } }
"""
REGISTER = """
mutation($id: ID!) { registerItem(input: {fileId: $id, subject: "Văn bản mới"}) {
    ... on Item { subject } ... on Problem { code message } } }
"""


async def _nothing(town: Town, ask: Callable[..., Any], place: str) -> None:
    """Every deed of a clerk on what is A's ends as a fault of the program, and leaves nothing behind."""
    before = town.trace()
    for query, row in (
        (DESCRIBE, town.world.file),
        (OPEN, town.world.fonds),
        (REGISTER, town.world.file),
    ):
        answer = await ask(query, "clerk", place, id=town.id(row))
        assert isinstance(answer, list), (query, answer)
        assert answer[0]["extensions"]["code"] == "INTERNAL", answer
    assert town.trace() == before


async def test_a_command_that_forgets_to_ask_changes_nothing_of_another_agency(
    town: Town, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: every check of the application says yes."""
    monkeypatch.setattr(Actor, "require", lambda *_, **__: None)
    monkeypatch.setattr(Actor, "may", lambda *_, **__: True)
    await _nothing(town, ask, "b")
    answer = await ask(DESCRIBE, "clerk", "a", id=town.id(town.world.file))
    assert answer["describeFile"] == {"title": "Của người khác"}  # the same deed in its own agency


async def test_a_mutation_that_does_not_tell_who_acts_changes_nothing(
    town: Town, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doing, "act_as", lambda *_: None)
    await _nothing(town, ask, "a")
