"""Steps that cannot be taken say so, and what one step has set the next one does not mistake for a fact."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mutations.conftest import Ask, Town

pytestmark = pytest.mark.anyio
PROBLEM = "... on Problem { problem: code message path } ... on Invalid { errors { field message } }"


async def _do(ask: Ask, deed: str, fields: str, role: str = "officer", **given: Any) -> Any:
    kind = deed[0].upper() + deed[1:]
    query = f"mutation($input: {kind}Input!) {{ {deed}(input: $input) {{ __typename {PROBLEM} {fields} }} }}"
    return (await ask(query, role=role, input=given))[deed]


async def test_a_correction_to_a_taken_code_is_a_problem(ask: Ask, town: Town) -> None:
    fonds = town.id(town.world.fonds)
    for code in ("X1", "X2"):
        await _do(ask, "openFile", "... on ArchivalFile { id }", fondsId=fonds, title="Hồ sơ", code=code)
    found = await ask('{ file(agencyCode: "A", code: "X2") { id version } }', role="officer")
    before = town.trace()
    told = await _do(ask, "describeFile", "", id=found["file"]["id"], expectedVersion=1, code="X1")
    assert (told["__typename"], told["problem"]) == ("ReferenceCodeTaken", "REFERENCE_CODE_TAKEN")
    assert town.trace() == before


async def test_reopening_takes_back_the_end_that_closing_had_set(ask: Ask, town: Town) -> None:
    id = town.id(town.world.file)
    fields = "... on ArchivalFile { version state viewerCan }"
    opened = await ask("query($id: ID!) { file(id: $id) { viewerCan } }", role="officer", id=id)
    assert opened["file"]["viewerCan"] == ["DESCRIBE_FILE", "CLOSE_FILE"]
    closed = await _do(ask, "closeFile", fields, id=id, expectedVersion=1)
    assert closed["viewerCan"] == ["DESCRIBE_FILE", "REOPEN_FILE", "SUBMIT_FILE"]
    again = await _do(ask, "reopenFile", fields, id=id, expectedVersion=2)
    assert (again["state"], again["viewerCan"]) == ("OPEN", ["DESCRIBE_FILE", "CLOSE_FILE"])
    town.session.rollback()
    town.session.refresh(town.world.file)
    assert (town.world.file.closed_on, town.world.file.work_ended_on) == (None, None)


async def test_a_fonds_is_not_closed_before_its_records(ask: Ask, town: Town) -> None:
    fields = "... on Fonds { id version } "
    made = await _do(
        ask, "openFonds", fields, agencyId=town.id(town.world.a), title="Phông mới", startYear=2020
    )
    before = town.trace()
    told = await _do(ask, "closeFonds", "", id=made["id"], expectedVersion=1, closedOn="1990-01-01")
    assert told["__typename"] == "Invalid"
    assert [error["field"] for error in told["errors"]] == ["closedOn"]
    assert town.trace() == before
    done = await _do(ask, "closeFonds", fields, id=made["id"], expectedVersion=1, closedOn="2020-01-01")
    assert done["version"] == 2


async def test_nothing_is_not_a_key_and_zero_is_not_a_place(ask: Ask, town: Town) -> None:
    before = town.trace()
    fonds = town.id(town.world.fonds)
    told = await _do(ask, "openFile", "", fondsId=fonds, title="Hồ sơ", idempotencyKey="")
    assert [error["field"] for error in told["errors"]] == ["idempotencyKey"]
    item, file = town.id(town.world.item), town.id(town.world.file)
    told = await _do(ask, "moveItem", "", id=item, expectedVersion=1, fileId=file, ordinal=0)
    assert [error["field"] for error in told["errors"]] == ["ordinal"]
    assert town.trace() == before
