"""Mutations on agencies as the application's own role of the database: the tree changes, rights follow at once."""

from __future__ import annotations

from datetime import date

import pytest

from hub.agencies.models import AgencyCode
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


PROBLEM = "__typename ... on Invalid { errors { field code message } }"


@pytest.mark.parametrize(
    ("language", "what_to_do"),
    [("vi", "Hãy ghi ngày 02/06/2025 hoặc muộn hơn"), ("en", "2025-06-02 is the earliest")],
)
async def test_a_code_is_in_force_for_a_day_at_least(
    ask: Ask, town: Town, language: str, what_to_do: str
) -> None:
    rename = f"mutation($input: RenameAgencyInput!) {{ renameAgency(input: $input) {{ {PROBLEM} }} }}"
    merge = f"mutation($input: MergeAgenciesInput!) {{ mergeAgencies(input: $input) {{ {PROBLEM} }} }}"
    key, day = town.id(town.world.a), "2025-06-01"
    said = {"id": key, "expectedVersion": 1, "code": "A2", "effectiveOn": day}
    done = await ask(rename, role="supervisor", input=said)
    assert done == {"renameAgency": {"__typename": "Agency"}}
    before = town.trace()
    ending = {"predecessors": [{"id": key, "expectedVersion": 2}], "successorId": town.id(town.world.b)}
    for query, again in (
        (rename, {"id": key, "expectedVersion": 2, "code": "A3", "effectiveOn": day}),
        (merge, {**ending, "effectiveOn": day}),
    ):
        [told] = (await ask(query, role="supervisor", language=language, input=again)).values()
        [error] = told["errors"]
        assert (error["field"], error["code"]) == ("effectiveOn", "TOO_EARLY")
        assert what_to_do in error["message"]
    assert town.trace() == before
    done = await ask(merge, role="supervisor", input={**ending, "effectiveOn": "2025-06-02"})
    assert done == {"mergeAgencies": {"__typename": "Agency"}}


async def test_a_body_does_not_end_before_a_code_of_another_scheme_began(ask: Ask, town: Town) -> None:
    merge = f"mutation($input: MergeAgenciesInput!) {{ mergeAgencies(input: $input) {{ {PROBLEM} }} }}"
    town.world.add(
        AgencyCode, agency_id=town.world.a.id, scheme="H26", value="H26.1", valid_from=date(2025, 6, 1)
    )
    town.session.commit()
    before = town.trace()
    said = {
        "predecessors": [{"id": town.id(town.world.a), "expectedVersion": 1}],
        "successorId": town.id(town.world.b),
        "effectiveOn": "2025-05-01",
    }
    [error] = (await ask(merge, role="supervisor", input=said))["mergeAgencies"]["errors"]
    assert (error["field"], error["code"]) == ("effectiveOn", "TOO_EARLY")
    assert town.trace() == before
