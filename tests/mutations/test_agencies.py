"""Mutations on agencies as the application's own role of the database: the tree changes, rights follow at once."""

from __future__ import annotations

import pytest

from tests.mutations.conftest import Ask, Town

pytestmark = pytest.mark.anyio

CREATE = """mutation($input: CreateAgencyInput!) { createAgency(input: $input) {
  __typename ... on Agency { id code name kind validFrom parent { code } codes { scheme value } version } } }"""
MERGE = """mutation($input: MergeAgenciesInput!) { mergeAgencies(input: $input) {
  __typename
  ... on Agency { code version predecessors { nodes { code validTo } } fondsList { nodes { code } } }
  ... on Problem { message } } }"""


async def test_a_new_unit_is_reached_by_the_officer_above_it_at_once(ask: Ask, town: Town) -> None:
    said = {
        "name": "Phòng Nội vụ",
        "kind": "UNIT",
        "parentId": town.id(town.world.a),
        "code": "A.NV",
        "validFrom": "2025-01-01",
    }
    made = (await ask(CREATE, role="supervisor", input=said))["createAgency"]
    assert made == {
        "__typename": "Agency",
        "id": made["id"],
        "code": "A.NV",
        "name": "Phòng Nội vụ",
        "kind": "UNIT",
        "validFrom": "2025-01-01",
        "parent": {"code": "A"},
        "codes": [{"scheme": "HUB", "value": "A.NV"}],
        "version": 1,
    }
    open_fonds = """mutation($input: OpenFondsInput!) { openFonds(input: $input) {
      __typename ... on Fonds { title agency { code } } } }"""
    fonds = {"agencyId": made["id"], "title": "Phông Phòng Nội vụ"}
    assert (await ask(open_fonds, role="officer", place="b", input=fonds))["openFonds"][
        "__typename"
    ] == "NotPermitted"
    assert (await ask(open_fonds, role="officer", input=fonds))["openFonds"] == {
        "__typename": "Fonds",
        "title": "Phông Phòng Nội vụ",
        "agency": {"code": "A.NV"},
    }


async def test_after_a_merger_the_successor_works_on_and_the_old_rights_are_gone(
    ask: Ask, town: Town
) -> None:
    world = town.world
    said = {
        "predecessors": [{"id": town.id(world.a), "expectedVersion": 1}],
        "successorId": town.id(world.b),
        "effectiveOn": "2025-06-30",
        "decision": "Nghị quyết 1656",
    }
    merged = (await ask(MERGE, role="supervisor", input=said))["mergeAgencies"]
    assert merged == {
        "__typename": "Agency",
        "code": "B",
        "version": 2,
        "predecessors": {"nodes": [{"code": "A", "validTo": "2025-06-30"}]},
        "fondsList": {"nodes": [{"code": "A.P01"}, {"code": "P01"}]},
    }
    file = "query($id: ID!) { file(id: $id) { code agency { code } creator { code } } }"
    assert await ask(file, role="clerk", id=town.id(world.file)) == {"file": None}
    assert await ask(file, role="clerk", place="b", id=town.id(world.file)) == {
        "file": {"code": "A.H01", "agency": {"code": "B"}, "creator": {"code": "A"}}
    }


async def test_a_renamed_agency_shows_its_codes_with_their_dates(ask: Ask, town: Town) -> None:
    query = """mutation($input: RenameAgencyInput!) { renameAgency(input: $input) {
      __typename ... on Agency { name code codes { value validTo } }
      ... on ReferenceCodeTaken { referenceCode } ... on Invalid { errors { field } } } }"""
    said = {"id": town.id(town.world.a), "expectedVersion": 1, "code": "A2", "effectiveOn": "2025-06-01"}
    assert (await ask(query, role="sysadmin", input=said))["renameAgency"] == {
        "__typename": "Agency",
        "name": "Cơ quan A",
        "code": "A2",
        "codes": [{"value": "A2", "validTo": None}, {"value": "A", "validTo": "2025-06-01"}],
    }
    before = town.trace()
    again = {"id": town.id(town.world.a), "expectedVersion": 2, "code": "B"}
    assert (await ask(query, role="sysadmin", input=again))["renameAgency"] == {
        "__typename": "ReferenceCodeTaken",
        "referenceCode": "B",
    }
    assert (await ask(query, role="sysadmin", input={**again, "code": ""}))["renameAgency"]["errors"] == [
        {"field": "code"}
    ]
    assert town.trace() == before
