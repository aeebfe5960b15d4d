"""Mutations over HTTP: what they answer, what they refuse, and that a refusal changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.mutations.conftest import Ask, Town

pytestmark = pytest.mark.anyio

# A record has a code too: who asks for both names one of them otherwise.
PROBLEM = "__typename ... on Problem { problem: code message path }"
OPEN_FILE = "mutation($input: OpenFileInput!) { openFile(input: $input) { %s ... on ArchivalFile { %s } } }"


def opening(fields: str = "id code version") -> str:
    return OPEN_FILE % (PROBLEM, fields)


async def test_a_mutation_answers_whatever_a_query_can(ask: Ask, town: Town) -> None:
    query = """
    mutation($input: RegisterItemInput!, $n: Int!) {
      done: registerItem(input: $input) {
        __typename
        ... on Item { ...Told home: file { code itemCount ...Contents } }
        ... on Problem { problem: code message }
      }
    }
    fragment Contents on ArchivalFile {
      items(first: $n) { totalCount edges { ordinal isHome node { subject } } }
    }
    fragment Told on Item {
      code number subject access origin ordinal version createdAt issuedDate
      retention { kind years } signer { name } agency { id code name parent { code } } viewerCan
      issued { earliest latest precision text }
    }
    """
    said = {
        "fileId": town.id(town.world.file),
        "code": "V09",
        "number": "12",
        "subject": "  Quyết  định ",
        "access": "CONDITIONAL",
        "origin": "BORN_DIGITAL",
        "issuedDate": "3/2024",
        "retention": {"kind": "YEARS", "years": 10},
        "signer": {"name": "Nguyễn Văn A"},
    }
    done = (await ask(query, n=5, input=said))["done"]
    assert done["__typename"] == "Item"
    assert (done["code"], done["subject"], done["ordinal"], done["version"]) == ("V09", "Quyết định", 2, 1)
    assert (done["access"], done["origin"]) == ("CONDITIONAL", "BORN_DIGITAL")
    assert done["issuedDate"] == "2024-03-01"
    assert done["issued"] == {
        "earliest": "2024-03-01",
        "latest": "2024-03-31",
        "precision": "MONTH",
        "text": "3/2024",
    }
    assert done["retention"] == {"kind": "YEARS", "years": 10}
    assert done["agency"] == {
        "id": town.id(town.world.a),
        "code": "A",
        "name": "Cơ quan A",
        "parent": {"code": "TP"},
    }
    assert done["createdAt"].endswith("Z")
    assert "CORRECT_ITEM" in done["viewerCan"]
    assert done["home"]["itemCount"] == 2
    assert done["home"]["items"]["totalCount"] == 2
    assert done["home"]["items"]["edges"][1] == {
        "ordinal": 2,
        "isHome": True,
        "node": {"subject": "Quyết định"},
    }


async def test_the_answer_of_a_mutation_is_that_of_a_query(ask: Ask, town: Town) -> None:
    fields = (
        "id code title version state languages startDate dates { start { text } } retention { kind }"
        " createdAt updatedAt viewerCan agency { name } itemCount"
    )
    said = {
        "fondsId": town.id(town.world.fonds),
        "title": "Hồ sơ mới",
        "startDate": "2024",
        "languages": ["vie"],
    }
    made = (await ask(opening(fields), input=said))["openFile"]
    assert made.pop("__typename") == "ArchivalFile"
    read = await ask("query($id: ID!) { file(id: $id) { %s } }" % fields, id=made["id"])  # noqa: UP031
    assert read["file"] == made
    assert made["code"].startswith("TAM-2025-")


async def test_absent_leaves_alone_and_null_clears(ask: Ask, town: Town) -> None:
    query = """mutation($input: DescribeFileInput!) { describeFile(input: $input) {
      __typename ... on ArchivalFile { title keywords description version } } }"""
    id = town.id(town.world.file)
    await ask(query, input={"id": id, "expectedVersion": 1, "keywords": "thu chi", "description": "chú giải"})
    done = await ask(query, input={"id": id, "expectedVersion": 2, "keywords": None})
    assert done["describeFile"] == {
        "__typename": "ArchivalFile",
        "title": "Hồ sơ thu chi",
        "keywords": None,
        "description": "chú giải",
        "version": 3,
    }


async def test_problems_carry_their_facts_and_speak_the_callers_language(ask: Ask, town: Town) -> None:
    query = """mutation($input: CloseFileInput!) { closeFile(input: $input) {
      __typename
      ... on Problem { code message path }
      ... on StaleVersion { current }
      ... on WrongState { state allowed }
      ... on FileNotNumbered { ordinals } } }"""
    id = town.id(town.world.file)
    before = town.trace()
    stale = (await ask(query, input={"id": id, "expectedVersion": 7}))["closeFile"]
    assert (stale["__typename"], stale["code"], stale["current"]) == ("StaleVersion", "STALE_VERSION", 1)
    assert stale["path"] == ["input", "expectedVersion"]
    assert "version is now 1" in stale["message"]
    told = (await ask(query, language="vi", input={"id": id, "expectedVersion": 7}))["closeFile"]
    assert "phiên bản hiện tại là 1" in told["message"]
    assert town.trace() == before
    await ask(query, input={"id": id, "expectedVersion": 1})
    again = (await ask(query, input={"id": id, "expectedVersion": 2}))["closeFile"]
    assert (again["__typename"], again["state"], again["allowed"]) == ("WrongState", "CLOSED", ["OPEN"])


async def test_broken_rules_are_named_by_the_fields_of_the_input(ask: Ask, town: Town) -> None:
    query = """mutation($input: OpenFileInput!) { openFile(input: $input) {
      ... on Invalid { code path errors { row field code message } } } }"""
    before = town.trace()
    said = {
        "fondsId": town.id(town.world.fonds),
        "startDate": "31/02/2020",
        "retention": {"kind": "YEARS"},
        "pageCount": -1,
        "access": "CONDITIONAL",
    }
    found = (await ask(query, input=said))["openFile"]
    assert found["code"] == "INVALID"
    assert {(error["field"], error["code"]) for error in found["errors"]} == {
        ("title", "REQUIRED"),
        ("startDate", "BAD_DATE"),
        ("retention.years", "RETENTION_YEARS"),
        ("pageCount", "NEGATIVE"),
    }
    assert all(error["row"] is None and error["message"] for error in found["errors"])
    assert town.trace() == before


async def test_a_taken_code_and_a_twin_are_problems_with_facts(ask: Ask, town: Town) -> None:
    taken = """mutation($input: OpenFileInput!) { openFile(input: $input) {
      ... on ReferenceCodeTaken { code referenceCode path } } }"""
    said = {"fondsId": town.id(town.world.fonds), "title": "x", "code": "H02"}
    before = town.trace()
    assert (await ask(taken, input=said))["openFile"] == {
        "code": "REFERENCE_CODE_TAKEN",
        "referenceCode": "H02",
        "path": ["input", "code"],
    }
    assert town.trace() == before
    register = """mutation($input: RegisterItemInput!) { registerItem(input: $input) {
      __typename ... on Item { id } ... on DuplicateItem { code existing { id subject file { code } } } } }"""
    said = {
        "fileId": town.id(town.world.file),
        "subject": "Quyết định",
        "number": "1",
        "notation": "QĐ",
        "issuer": "UBND",
        "access": "OPEN",
    }
    first = (await ask(register, input=said))["registerItem"]
    second = (await ask(register, input=said))["registerItem"]
    assert second["existing"] == {"id": first["id"], "subject": "Quyết định", "file": {"code": "H01"}}
    third = (await ask(register, input={**said, "allowDuplicate": True}))["registerItem"]
    assert third["__typename"] == "Item"


async def test_the_same_key_answers_again_and_changes_nothing(ask: Ask, town: Town) -> None:
    said = {
        "fondsId": town.id(town.world.fonds),
        "title": "Một lần",
        "idempotencyKey": "k-1",
        "access": "OPEN",
    }
    first = (await ask(opening(), input=said))["openFile"]
    after = town.trace()
    assert (await ask(opening(), input=said))["openFile"] == first
    assert town.trace() == after
    other = (await ask(opening(), input={**said, "title": "Hai"}))["openFile"]
    assert (other["__typename"], other["problem"]) == ("IdempotencyKeyReused", "IDEMPOTENCY_KEY_REUSED")
    assert other["path"] == ["input", "idempotencyKey"]
    assert town.trace() == after
    # Another caller's keys are his own, and a refused deed leaves its key free.
    assert (await ask(opening(), role="officer", input=said))["openFile"]["__typename"] == "ArchivalFile"
    bad = {**said, "idempotencyKey": "k-2", "title": " "}
    assert (await ask(opening(), input=bad))["openFile"]["problem"] == "INVALID"
    assert (await ask(opening(), input={**bad, "title": "Ba"}))["openFile"]["__typename"] == "ArchivalFile"


async def test_a_denied_attempt_stands_in_the_audit_and_nothing_else_does(ask: Ask, town: Town) -> None:
    query = "mutation($input: CloseFileInput!) { closeFile(input: $input) { %s } }" % PROBLEM  # noqa: UP031
    world, before = town.world, town.trace()
    seen = {"id": town.id(world.file), "expectedVersion": 1}
    unseen = {"id": town.id(world.file_b), "expectedVersion": 1}
    assert (await ask(query, role="supervisor", input=seen))["closeFile"]["problem"] == "NOT_PERMITTED"
    assert (await ask(query, input=unseen))["closeFile"]["problem"] == "NOT_FOUND"
    assert (await ask(query, role="anyone", input=seen))["closeFile"]["problem"] == "NOT_FOUND"
    assert town.trace() == before
    assert town.denials() == [
        ("file:close", "NOT_PERMITTED", world.file.id),
        ("file:close", "NOT_FOUND", world.file_b.id),
    ]


@pytest.mark.parametrize(
    "id", ["", "x", "QXJjaGl2YWxGaWxlOg==", "QWdlbmN5OjE=", "QXJjaGl2YWxGaWxlOjk5OTk5OTk="]
)
async def test_a_forged_id_is_a_record_that_is_not_there(ask: Ask, town: Town, id: str) -> None:
    query = "mutation($input: CloseFileInput!) { closeFile(input: $input) { %s } }" % PROBLEM  # noqa: UP031
    before = town.trace()
    assert (await ask(query, input={"id": id, "expectedVersion": 1}))["closeFile"]["problem"] == "NOT_FOUND"
    assert town.trace() == before


async def test_a_selection_that_cannot_be_answered_is_refused_before_the_deed(ask: Ask, town: Town) -> None:
    query = """mutation($input: CloseFileInput!, $c: String) { closeFile(input: $input) {
      ... on ArchivalFile { items(first: 1, after: $c) { nodes { id } } } } }"""
    before = town.trace()
    said = {"id": town.id(town.world.file), "expectedVersion": 1}
    [error] = await ask(query, input=said, c="forged")
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert town.trace() == before


async def test_each_mutation_of_an_operation_is_a_transaction_of_its_own(ask: Ask, town: Town) -> None:
    query = """mutation($one: CloseFileInput!, $two: CloseFileInput!) {
      one: closeFile(input: $one) { __typename ... on ArchivalFile { state } }
      two: closeFile(input: $two) { __typename ... on ArchivalFile { state } }
      again: closeFile(input: $one) { __typename } }"""
    one = {"id": town.id(town.world.file), "expectedVersion": 1}
    two = {"id": town.id(town.world.other_file), "expectedVersion": 5}
    assert await ask(query, one=one, two=two) == {
        "one": {"__typename": "ArchivalFile", "state": "CLOSED"},
        "two": {"__typename": "StaleVersion"},
        "again": {"__typename": "StaleVersion"},
    }


async def test_the_audit_knows_the_request(ask: Ask, town: Town) -> None:
    said = {"fondsId": town.id(town.world.fonds), "title": "x", "access": "OPEN"}
    await ask(opening(), input=said)
    town.session.rollback()
    request_ids = town.session.connection().scalars(
        text("select request_id from audit_event where event_type = 'file:create'")
    )
    assert all(request_ids.all())


DEEDS: dict[str, tuple[str, dict[str, Any]]] = {
    "openFonds": ("OpenFonds", {"agencyId": "b", "title": "x"}),
    "closeFonds": ("CloseFonds", {"id": "fonds_b", "expectedVersion": 1}),
    "openSeries": ("OpenSeries", {"fondsId": "fonds_b", "title": "x"}),
    "moveSeries": ("MoveSeries", {"id": "series_b", "expectedVersion": 1, "parentId": None}),
    "openFile": ("OpenFile", {"fondsId": "fonds_b", "title": "x", "access": "OPEN"}),
    "describeFile": ("DescribeFile", {"id": "file_b", "expectedVersion": 1, "title": "x"}),
    "closeFile": ("CloseFile", {"id": "file_b", "expectedVersion": 1}),
    "reopenFile": ("ReopenFile", {"id": "file_b", "expectedVersion": 1}),
    "submitFile": ("SubmitFile", {"id": "file_b", "expectedVersion": 1}),
    "acceptFile": ("AcceptFile", {"id": "file_b", "expectedVersion": 1}),
    "sendBackFile": ("SendBackFile", {"id": "file_b", "expectedVersion": 1, "reason": "x"}),
    "registerItem": ("RegisterItem", {"fileId": "file_b", "subject": "x", "access": "OPEN"}),
    "correctItem": ("CorrectItem", {"id": "item_b", "expectedVersion": 1, "subject": "x"}),
    "moveItem": ("MoveItem", {"id": "item_b", "expectedVersion": 1, "fileId": "file"}),
    "listItem": ("ListItem", {"id": "item_b", "expectedVersion": 1, "fileId": "file"}),
    "unlistItem": ("UnlistItem", {"id": "item_b", "expectedVersion": 1, "fileId": "file"}),
    "createAgency": ("CreateAgency", {"name": "x", "kind": "UNIT", "parentId": "b"}),
    "renameAgency": ("RenameAgency", {"id": "b", "expectedVersion": 1, "name": "x"}),
    "mergeAgencies": (
        "MergeAgencies",
        {"predecessors": [{"id": "b", "expectedVersion": 1}], "successorId": "a"},
    ),
    "moveAgency": ("MoveAgency", {"id": "b", "expectedVersion": 1, "parentId": "a"}),
    "splitAgency": (
        "SplitAgency",
        {"id": "b", "expectedVersion": 1, "parts": [{"successorId": "a"}, {"successorId": "archive"}]},
    ),
    "dissolveAgency": (
        "DissolveAgency",
        {"id": "b", "expectedVersion": 1, "recordsToId": "a", "decision": "x", "decidedOn": "2025-06-01"},
    ),
}
# Whoever sees B's records without a right to them is told so; everybody else does not find them.
SEES_B = {"supervisor", "supervisor_head"}
OF_AGENCIES = {
    "createAgency", "renameAgency", "moveAgency", "mergeAgencies", "splitAgency", "dissolveAgency",
}  # fmt: skip
ON_AGENCIES = {*OF_AGENCIES, "openFonds"}
ROLES = (
    "anyone", "staff", "clerk", "officer", "approver", "agency_admin", "client", "archivist", "archive_head",
    "supervisor", "supervisor_head", "leader", "finance", "itsec", "sysadmin",
)  # fmt: skip
MAY = {(role, deed) for role in ("supervisor", "sysadmin") for deed in OF_AGENCIES}


async def test_no_role_of_another_agency_does_anything_to_bs_records(ask: Ask, town: Town) -> None:
    from hub.records.models import Series

    world = town.world
    rows = {
        name: getattr(world, name) for name in ("a", "b", "archive", "fonds_b", "file", "file_b", "item_b")
    }
    rows["series_b"] = world.add(Series, title="Nhóm của B", code="N01", fonds=world.fonds_b, access_level=1)
    town.session.commit()
    ids = {name: town.id(row) for name, row in rows.items()}
    before, wrong = town.trace(), []
    for role in ROLES:
        for mutation, (kind, said) in DEEDS.items():
            if (role, mutation) in MAY:
                continue
            query = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ {PROBLEM} }} }}"
            told = (await ask(query, role=role, input=_filled(said, ids)))[mutation].get("problem")
            expected = "NOT_PERMITTED" if role in SEES_B or mutation in ON_AGENCIES else "NOT_FOUND"
            if told != expected:
                wrong.append((role, mutation, told, expected))
    assert wrong == []
    assert town.trace() == before


def _filled(said: Any, ids: dict[str, str]) -> Any:
    if isinstance(said, dict):
        return {name: _filled(value, ids) for name, value in said.items()}
    if isinstance(said, list):
        return [_filled(one, ids) for one in said]
    return ids.get(said, said) if isinstance(said, str) else said
