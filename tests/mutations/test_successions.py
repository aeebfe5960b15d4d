"""Split, dissolved and moved bodies over GraphQL: problems as data, once for each key, the history readable."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mutations.conftest import Ask, Town

pytestmark = pytest.mark.anyio

TOLD = """__typename ... on Problem { problem: code message path }
  ... on Invalid { errors { field code message } } ... on StaleVersion { current }"""
SPLIT = f"mutation($input: SplitAgencyInput!) {{ splitAgency(input: $input) {{ {TOLD} ... on Agency {{ validTo }} }} }}"
DISSOLVE = f"""mutation($input: DissolveAgencyInput!) {{ dissolveAgency(input: $input) {{ {TOLD}
  ... on Agency {{ validTo }} }} }}"""
MOVE = f"""mutation($input: MoveAgencyInput!) {{ moveAgency(input: $input) {{ {TOLD}
  ... on Agency {{ parent {{ code }} version }} }} }}"""
RENAME = f"mutation($input: RenameAgencyInput!) {{ renameAgency(input: $input) {{ {TOLD} }} }}"
HISTORY = """query($code: String!) { agency(code: $code) { code name validTo
  createdFonds { nodes { code agency { code } isClosed } }
  history {
    names { name validFrom validTo decision }
    parents { parent { code } validFrom validTo }
    cameFrom { predecessor { code } kind effectiveOn decision decidedOn }
    wentInto { successor { code } kind effectiveOn decision decidedOn } } } }"""


async def test_the_history_of_a_body_is_read_from_either_end(ask: Ask, town: Town) -> None:
    world = town.world
    one = {"id": town.id(world.a), "expectedVersion": 1, "effectiveOn": "2024-02-29", "decision": "QĐ 1"}
    assert (await ask(RENAME, role="supervisor", input={**one, "name": "Quận A"}))["renameAgency"] == {
        "__typename": "Agency"
    }
    said = {
        "id": one["id"], "expectedVersion": 2, "effectiveOn": "2025-03-01", "decision": "NQ 202",
        "decidedOn": "2025-02-20", "idempotencyKey": "chia-1",
        "parts": [
            {"successorId": town.id(world.b)},
            {"successorId": town.id(world.archive), "seriesIds": [town.id(world.series)]},
        ],
    }  # fmt: skip
    for _ in range(2):  # the key makes the repeat harmless
        done = (await ask(SPLIT, role="supervisor", input=said))["splitAgency"]
        assert done == {"__typename": "Agency", "validTo": "2025-03-01"}
    step = {"kind": "DIVIDED", "effectiveOn": "2025-03-01", "decision": "NQ 202", "decidedOn": "2025-02-20"}
    assert (await ask(HISTORY, role="anyone", code="A"))["agency"] == {
        "code": "A",
        "name": "Quận A",
        "validTo": "2025-03-01",
        "createdFonds": {"nodes": []},  # unpublished: not for the public
        "history": {
            "names": [
                {"name": "Cơ quan A", "validFrom": None, "validTo": "2024-02-29", "decision": None},
                {"name": "Quận A", "validFrom": "2024-02-29", "validTo": None, "decision": "QĐ 1"},
            ],
            "parents": [{"parent": {"code": "TP"}, "validFrom": None, "validTo": None}],
            "cameFrom": [],
            "wentInto": [
                {"successor": {"code": "B"}, **step},
                {"successor": {"code": "LTLS"}, **step},
            ],
        },
    }
    seen = (await ask(HISTORY, role="supervisor", code="A"))["agency"]["createdFonds"]["nodes"]
    assert sorted((one["code"], one["agency"]["code"], one["isClosed"]) for one in seen) == [
        ("A.P01", "B", True),
        ("P01.T", "LTLS", True),
    ]
    assert (await ask(HISTORY, role="anyone", code="B"))["agency"]["history"]["cameFrom"] == [
        {"predecessor": {"code": "A"}, **step}
    ]
    unit = (await ask(HISTORY, role="anyone", code="A.1"))["agency"]["history"]["parents"]
    assert unit == [
        {"parent": {"code": "A"}, "validFrom": None, "validTo": "2025-03-01"},
        {"parent": {"code": "B"}, "validFrom": "2025-03-01", "validTo": None},
    ]


async def test_bodies_in_force_at_a_date_are_listed(ask: Ask, town: Town) -> None:
    end = {"id": town.id(town.world.a), "expectedVersion": 1, "decision": "QĐ 1", "decidedOn": "2025-01-05"}
    said = {**end, "effectiveOn": "2025-03-01", "recordsToId": town.id(town.world.b)}
    assert (await ask(DISSOLVE, role="sysadmin", input=said))["dissolveAgency"]["validTo"] == "2025-03-01"
    query = "query($day: Date!) { agencies(filter: {validOn: $day}, orderBy: CODE_ASC) { nodes { code } } }"

    async def being(day: str) -> list[str]:
        return [one["code"] for one in (await ask(query, day=day))["agencies"]["nodes"]]

    assert await being("2025-02-28") == ["A", "A.1", "B", "LTLS", "TP"]
    assert await being("2025-03-01") == ["A.1", "B", "LTLS", "TP"]


async def test_what_cannot_be_is_told_and_changes_nothing(ask: Ask, town: Town) -> None:
    world = town.world
    ids = {name: town.id(getattr(world, name)) for name in ("a", "b", "archive", "unit", "fonds_b", "file")}
    before = town.trace()

    async def told(query: str, language: str = "en", **said: Any) -> dict[str, Any]:
        given = {"id": ids["a"], "expectedVersion": 1, **said}
        [answer] = (await ask(query, role="supervisor", language=language, input=given)).values()
        assert isinstance(answer, dict)
        return answer

    two = [{"successorId": ids["b"]}, {"successorId": ids["archive"]}]
    wrong = await told(SPLIT, "vi", parts=[two[0], {**two[1], "fondsIds": [ids["fonds_b"]]}])
    assert (wrong["problem"], wrong["path"]) == ("INVALID", ["input", "parts", "fondsIds"])
    assert [(error["field"], error["code"]) for error in wrong["errors"]] == [
        ("parts.fondsIds", "NOT_ITS_OWN")
    ]
    assert "không phải của cơ quan bị chia" in wrong["message"]
    named = {**two[1], "fileIds": [ids["file"]] * 1001}
    assert (await told(SPLIT, parts=[two[0], named]))["errors"][0]["code"] == "TOO_MANY"
    assert (await told(SPLIT, parts=[two[0], {**two[1], "fileIds": ["eA=="]}]))["problem"] == "NOT_FOUND"
    assert (await told(SPLIT, parts=[two[0], two[0]]))["errors"][0]["code"] == "PARTS"
    assert (await told(SPLIT, parts=two, expectedVersion=7)) | {"message": ""} == {
        "__typename": "StaleVersion", "problem": "STALE_VERSION", "message": "", "path": ["input", "expectedVersion"],
        "current": 1,
    }  # fmt: skip
    assert (await told(MOVE, parentId=ids["unit"]))["errors"][0]["code"] == "AGENCY_CYCLE"
    end = {"decision": "", "decidedOn": "2025-06-01"}
    [error] = (await told(DISSOLVE, **end))["errors"]
    assert (error["field"], error["code"]) == ("decision", "REQUIRED")
    end = {"decision": "QĐ 1", "decidedOn": "2025-06-01", "effectiveOn": "2025-07-01"}
    assert (await told(DISSOLVE, **end))["errors"][0]["code"] == "IN_THE_FUTURE"
    assert town.trace() == before


async def test_a_torn_listing_undoes_the_whole_split(ask: Ask, town: Town) -> None:
    world = town.world
    listing = """mutation($input: ListItemInput!) { listItem(input: $input) { __typename } }"""
    said: dict[str, Any] = {
        "id": town.id(world.item),
        "expectedVersion": 1,
        "fileId": town.id(world.other_file),
    }
    assert (await ask(listing, role="officer", input=said))["listItem"]["__typename"] == "Item"
    before = town.trace()
    parts = [
        {"successorId": town.id(world.b)},
        {"successorId": town.id(world.archive), "fileIds": [said["fileId"]]},
    ]
    given = {"id": town.id(world.a), "expectedVersion": 1, "parts": parts}
    told = (await ask(SPLIT, role="supervisor", input=given))["splitAgency"]
    assert [error["code"] for error in told["errors"]] == ["LISTING_TORN"]
    assert town.trace() == before


async def test_a_moved_unit_is_reached_by_the_officer_above_it_at_once(ask: Ask, town: Town) -> None:
    world = town.world
    said = {"id": town.id(world.unit), "expectedVersion": 1, "parentId": town.id(world.b)}
    done = (await ask(MOVE, role="supervisor", input={**said, "effectiveOn": "2025-01-01"}))["moveAgency"]
    assert done == {"__typename": "Agency", "parent": {"code": "B"}, "version": 2}
    fonds = """mutation($input: OpenFondsInput!) { openFonds(input: $input) { __typename } }"""
    given = {"agencyId": town.id(world.unit), "title": "Phông mới"}
    assert (await ask(fonds, role="officer", input=given))["openFonds"]["__typename"] == "NotPermitted"
    answer = await ask(fonds, role="officer", place="b", input=given)
    assert answer["openFonds"]["__typename"] == "Fonds"


async def test_work_goes_on_in_open_files_at_the_successor(ask: Ask, town: Town) -> None:
    """An open file of a body that ended is worked on and closed where it went, in its closed fonds."""
    world = town.world
    end = {"id": town.id(world.a), "expectedVersion": 1, "decision": "QĐ 1", "decidedOn": "2025-01-05"}
    await ask(DISSOLVE, role="supervisor", input={**end, "recordsToId": town.id(world.b)})
    item = """mutation($input: RegisterItemInput!) { registerItem(input: $input) { __typename
      ... on Item { file { state version agency { code } } } } }"""
    said = {"fileId": town.id(world.file), "subject": "Văn bản tiếp theo", "access": "OPEN"}
    made = (await ask(item, role="clerk", place="b", input=said))["registerItem"]
    assert (made["file"]["state"], made["file"]["agency"]) == ("OPEN", {"code": "B"})
    close = """mutation($input: CloseFileInput!) { closeFile(input: $input) { __typename
      ... on ArchivalFile { state } } }"""
    given = {"id": town.id(world.file), "expectedVersion": made["file"]["version"]}
    closed = (await ask(close, role="clerk", place="b", input=given))["closeFile"]
    assert closed == {"__typename": "ArchivalFile", "state": "CLOSED"}
