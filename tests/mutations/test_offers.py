"""viewerCan against the deeds themselves: what is offered works, what is not offered does not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import text

from hub.records.models.words import FILE_STATES
from tests.mutations.conftest import Ask, Town

pytestmark = pytest.mark.anyio

ROLES = ("staff", "clerk", "officer", "approver", "client", "archivist", "supervisor")
ON_FILE: dict[str, dict[str, Any]] = {
    "describeFile": {"keywords": "thu chi"},
    "closeFile": {},
    "reopenFile": {},
    "submitFile": {},
    "acceptFile": {},
    "sendBackFile": {"reason": "thiếu trang"},
}
ON_ITEM: dict[str, dict[str, Any]] = {
    "correctItem": {"keywords": "thu"},
    "moveItem": {"fileId": None},
    "listItem": {"fileId": None},
}


def _word(deed: str) -> str:
    return re.sub("([A-Z])", r"_\1", deed).upper()


async def _offered(ask: Ask, role: str, id: str, kind: str) -> set[str]:
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ viewerCan }} }} }}"
    node = (await ask(query, role=role, id=id))["node"]
    return set(node["viewerCan"]) if node else set()


async def _works(ask: Ask, role: str, deed: str, **said: Any) -> bool:
    query = (
        f"mutation($input: {deed[0].upper()}{deed[1:]}Input!) {{ {deed}(input: $input) {{ __typename }} }}"
    )
    answer = await ask(query, role=role, input=said)
    return str(answer[deed]["__typename"]) in ("ArchivalFile", "Item", "Fonds", "Agency")


def _sql(town: Town, statement: str, **values: Any) -> Any:
    found = town.session.connection().execute(text(statement), values)
    rows = found.all() if found.returns_rows else []
    town.session.commit()
    return rows


_SET_STATE = """
update file set state = :state, submitted_at = null, accepted_by = null, accepted_at = null,
       submitted_by = case when :state in ('SUBMITTED', 'ACCEPTED') then cast(:staff as bigint) end,
       closed_on = case when :state <> 'OPEN' then date '2025-05-01' end
 where id = :id returning version
"""


@pytest.mark.parametrize("fonds", ["OPEN", "CLOSED"])
@pytest.mark.parametrize("state", FILE_STATES)
async def test_offers_on_a_file_and_its_documents_are_what_works(
    ask: Ask, town: Town, state: str, fonds: str
) -> None:
    world, wrong, offers = town.world, [], 0
    _sql(
        town,
        "update fonds set state = :state, closed_on = '2025-06-01' where id = :id",
        state=fonds,
        id=world.fonds.id,
    )
    now = {"state": state, "staff": world.user("staff").id, "id": world.file.id}
    for role in ROLES:
        _sql(town, _SET_STATE, **now)
        offered = await _offered(ask, role, town.id(world.file), "ArchivalFile")
        offers += len(offered)
        for deed, more in ON_FILE.items():
            [(version,)] = _sql(town, _SET_STATE, **now)
            said = {"id": town.id(world.file), "expectedVersion": version, **more}
            if await _works(ask, role, deed, **said) != (_word(deed) in offered):
                wrong.append((role, deed, _word(deed) in offered))
        _sql(town, _SET_STATE, **now)
        offered = await _offered(ask, role, town.id(world.item), "Item")
        offers += len(offered)
        for deed, more in ON_ITEM.items():
            _sql(town, "delete from item_listing")
            [(version,)] = _sql(
                town,
                "update item set file_id = :file, ordinal = 1 where id = :id returning version",
                file=world.file.id,
                id=world.item.id,
            )
            # Into a file that he may work on, so that only this record decides.
            _sql(
                town,
                "update file set created_by = :by where id = :id",
                by=world.user(role).id,
                id=world.other_file.id,
            )
            more = {"fileId": town.id(world.other_file)} if more == {"fileId": None} else more
            said = {"id": town.id(world.item), "expectedVersion": version, **more}
            if await _works(ask, role, deed, **said) != (_word(deed) in offered):
                wrong.append((role, deed, _word(deed) in offered))
    assert wrong == []
    assert (offers > 0) == (state != "DISPOSED")


@pytest.mark.parametrize("state", ["OPEN", "CLOSED"])
async def test_a_closed_fonds_is_not_offered_to_be_closed(ask: Ask, town: Town, state: str) -> None:
    world = town.world
    _sql(town, "update file set state = 'CLOSED'")
    _sql(town, "update fonds set state = :state where id = :id", state=state, id=world.fonds.id)
    offered = await _offered(ask, "officer", town.id(world.fonds), "Fonds")
    said = {"id": town.id(world.fonds), "expectedVersion": 1}
    assert ("CLOSE_FONDS" in offered) == (state == "OPEN")
    assert await _works(ask, "officer", "closeFonds", **said) == (state == "OPEN")


@pytest.mark.parametrize(("ended", "lives"), [(None, True), ("2025-07-01", True), ("2025-06-30", False)])
async def test_a_body_that_has_ended_is_offered_no_name_and_no_merger(
    ask: Ask, town: Town, ended: str | None, lives: bool
) -> None:
    world = town.world
    _sql(town, "update agency set valid_to = cast(:ended as date) where id = :id", ended=ended, id=world.a.id)
    offered = await _offered(ask, "supervisor", town.id(world.a), "Agency")
    deeds = {"RENAME_AGENCY", "MOVE_AGENCY", "MERGE_AGENCIES", "SPLIT_AGENCY", "DISSOLVE_AGENCY"}
    assert offered == (deeds if lives else set())
    one = {"id": town.id(world.a), "expectedVersion": 1}
    assert await _works(ask, "supervisor", "renameAgency", **one, name="Tên") == lives
    one["expectedVersion"] += lives
    assert await _works(ask, "supervisor", "moveAgency", **one, parentId=town.id(world.b)) == lives
    one["expectedVersion"] += lives
    merger = {"predecessors": [one], "successorId": town.id(world.b)}
    assert await _works(ask, "supervisor", "mergeAgencies", **merger) == lives


@pytest.mark.parametrize("ended", [False, True])
async def test_a_body_that_has_ended_is_offered_no_split_and_no_dissolution(
    ask: Ask, town: Town, ended: bool
) -> None:
    world = town.world
    if ended:
        _sql(
            town,
            "update agency set valid_to = '2025-06-30' where id = any(:ids)",
            ids=[world.a.id, world.b.id],
        )
    parts = [{"successorId": town.id(one)} for one in (world.city, world.archive)]
    split = {"id": town.id(world.a), "expectedVersion": 1, "parts": parts}
    assert await _works(ask, "supervisor", "splitAgency", **split) != ended
    end = {"id": town.id(world.b), "expectedVersion": 1, "decision": "QĐ 1", "decidedOn": "2025-06-01"}
    assert await _works(ask, "supervisor", "dissolveAgency", **end) != ended
