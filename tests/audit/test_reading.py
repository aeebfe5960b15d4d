"""The trail through GraphQL: who may read it, what it hides of hidden records, and the history of a record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from hub.kit.db import as_app, sqlalchemy_url
from tests.audit.conftest import Trail
from tests.mutations.conftest import Ask, Town, anyio_backend, ask, town

__all__ = ["anyio_backend", "ask", "town"]
pytestmark = pytest.mark.anyio

EVENTS = """query($filter: AuditFilter) { auditEvents(filter: $filter, first: 100, orderBy: ID_ASC) { nodes {
  eventType premisType agent objectType objectId outcome reason detail isRedacted number seal policyVersion } } }"""
DESCRIBE = """mutation($id: ID!, $v: Int!) { describeFile(input: {id: $id, expectedVersion: $v, title: "Hồ sơ chi"})
  { __typename ... on Problem { code } } }"""
CHANGES = """query($id: ID!) { file(id: $id) { changes(first: 10) { totalCount nodes
  { eventType premisType agent detail } } } }"""


async def changed(town: Town, ask: Ask) -> str:
    """File A described by its officer, and an attempt at it by the clerk of B; its id."""
    file = town.id(town.world.file)
    answer = await ask(DESCRIBE, role="officer", id=file, v=1)
    assert answer == {"describeFile": {"__typename": "ArchivalFile"}}
    assert (await ask(DESCRIBE, role="clerk", place="b", id=file, v=2))["describeFile"]["code"] == "NOT_FOUND"
    return file


async def told(ask: Ask, role: str, place: str = "a", **filter: Any) -> list[dict[str, Any]]:
    data = await ask(EVENTS, role=role, place=place, filter=filter)
    return list(data["auditEvents"]["nodes"])


async def test_it_security_sees_that_something_happened_and_not_what_records_say(
    town: Town, ask: Ask
) -> None:
    file = await changed(town, ask)
    done, refused = await told(ask, "itsec", objectIds=[file], eventTypes=["file:update"])
    assert (done["agent"], done["outcome"], done["objectId"]) == ("officer.a", "SUCCESS", file)
    assert (done["detail"], done["reason"], done["isRedacted"]) == (None, None, True)
    assert (refused["agent"], refused["outcome"], refused["isRedacted"]) == ("clerk.b", "DENIED", True)
    assert done["premisType"] == "metadata modification"


async def test_the_approver_sees_the_values_in_his_tree_and_no_other_agency(town: Town, ask: Ask) -> None:
    file = await changed(town, ask)
    [done] = await told(ask, "approver", objectIds=[file], eventTypes=["file:update"], outcomes=["SUCCESS"])
    assert done["detail"] == {"changed": {"title": ["Hồ sơ thu chi", "Hồ sơ chi"]}}
    assert not done["isRedacted"]
    assert await told(ask, "approver", "b", objectIds=[file]) == []


async def test_everybody_sees_his_own(town: Town, ask: Ask) -> None:
    file = await changed(town, ask)
    [mine] = await told(ask, "clerk", "b")
    assert (mine["eventType"], mine["outcome"], mine["objectId"], mine["isRedacted"]) == (
        "file:update",
        "DENIED",
        file,
        True,
    )
    assert {event["agent"] for event in await told(ask, "officer")} == {"officer.a"}
    assert await told(ask, "anyone") == []


async def test_events_are_found_by_agent_agency_type_outcome_and_time(town: Town, ask: Ask) -> None:
    file = await changed(town, ask)
    assert {event["agent"] for event in await told(ask, "itsec", agents=["officer.a"])} == {"officer.a"}
    assert {event["agent"] for event in await told(ask, "itsec", agents=["officer.a", "clerk.b"])} == {
        "officer.a",
        "clerk.b",
    }
    assert len(await told(ask, "itsec", outcomes=["DENIED"])) == 1
    assert await told(ask, "itsec", objectIds=[file], atTo="2020-01-01T00:00:00Z") == []
    assert await told(ask, "itsec", agencyCodes=["B"], objectIds=[file]) == []
    kinds = [
        event["eventType"] for event in await told(ask, "itsec", objectIds=[file, town.id(town.world.item)])
    ]
    assert kinds == ["file:update", "record:read", "file:update"]


async def test_words_do_not_find_what_is_redacted(town: Town, ask: Ask) -> None:
    await changed(town, ask)
    assert [one["outcome"] for one in await told(ask, "itsec", text="file update")] == ["SUCCESS", "DENIED"]
    assert await told(ask, "itsec", text="found") == []  # the reason of the refusal: NOT_FOUND


async def test_an_id_of_a_type_without_events_is_refused(town: Town, ask: Ask) -> None:
    answer = await ask(EVENTS, role="itsec", filter={"objectIds": ["QXVkaXRFdmVudDox"]})
    assert answer[0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_record_tells_its_changes_to_those_who_work_with_it(town: Town, ask: Ask) -> None:
    file = await changed(town, ask)
    data = await ask(CHANGES, role="staff", id=file)
    assert data["file"]["changes"]["totalCount"] == 1
    [change] = data["file"]["changes"]["nodes"]
    assert (change["eventType"], change["agent"]) == ("file:update", "officer.a")
    assert change["detail"]["changed"]["title"] == ["Hồ sơ thu chi", "Hồ sơ chi"]
    town.session.connection().execute(
        text("update file set access_level = 0, published = true where id = :id"), {"id": town.world.file.id}
    )
    town.session.commit()
    for role in ("anyone", "leader"):
        data = await ask(CHANGES, role=role, id=file)
        assert data["file"]["changes"] == {"totalCount": 0, "nodes": []}


async def test_seals_are_told_to_those_who_read_the_whole_trail(town: Town, ask: Ask, tmp_path: Path) -> None:
    query = "{ auditSeals(first: 5) { nodes { number events hash previous root keyId epoch note } } }"
    assert (await ask(query, role="itsec"))["auditSeals"]["nodes"] == []
    await changed(town, ask)
    engine = create_engine(sqlalchemy_url(as_app(town.dsn)))
    Trail(town.dsn, engine, tmp_path).seal()
    engine.dispose()
    seal = (await ask(query, role="itsec"))["auditSeals"]["nodes"][-1]
    assert (seal["number"], seal["previous"], seal["epoch"]) == ("1", "00" * 32, 1)
    assert len(seal["hash"]) == 64
    for role in ("approver", "officer", "anyone"):
        assert (await ask(query, role=role))["auditSeals"]["nodes"] == []
    events = await told(ask, "itsec", eventTypes=["file:update"])
    assert all(event["seal"] for event in events)
