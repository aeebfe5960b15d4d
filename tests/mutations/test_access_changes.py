"""Wider access waits for a second person: until then nobody sees, counts or finds what it would open."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from hub.access.commands import create_token
from hub.access.queries import actor_for_user
from hub.records.models import ArchivalFile
from hub.records.personal import MASK
from tests.mutations.conftest import Ask, Town, anyio_backend, ask, town
from tests.records.world import ON

__all__ = ["anyio_backend", "ask", "town"]
pytestmark = pytest.mark.anyio

DESCRIBE = """mutation($id: ID!, $v: Int!, $a: AccessMode, $p: Boolean, $t: String) { describeFile(input: {
  id: $id, expectedVersion: $v, access: $a, hasPersonalData: $p, title: $t}) {
  ... on ArchivalFile { title access hasPersonalData version accessChangePending {
    id version state accessBefore accessAfter personalDataBefore personalDataAfter proposedByName } }
  ... on Problem { code message } ... on Invalid { errors { field code } } } }"""
CONFIRM = """mutation($id: ID!, $v: Int!, $k: String) { confirmAccessChange(input: {
  id: $id, expectedVersion: $v, idempotencyKey: $k}) {
  ... on AccessChange { state version decidedByName file { access accessChangePending { id } } }
  ... on Problem { code message } } }"""
REJECT = """mutation($id: ID!, $v: Int!, $r: String!) { rejectAccessChange(input: {
  id: $id, expectedVersion: $v, reason: $r}) {
  ... on AccessChange { state note } ... on Problem { code } ... on Invalid { errors { code } } } }"""
PENDING = """query { accessChanges(filter: {states: PROPOSED, agencyCodes: "A"}) { totalCount nodes {
  id version accessBefore accessAfter proposedByName file { code } agency { code } viewerCan } } }"""
# Whatever tells of files: the row, lists, counts, facets, search, suggestions of words.
SEEN = """query($id: ID!) { file(id: $id) { title } node(id: $id) { id }
  files(filter: {text: "thu chi"}) { totalCount nodes { code } facets { field buckets { value count } unknownCount } }
  search(text: "thu chi") { totalCount facets { field buckets { value count } } }
  fondsList { nodes { files { totalCount } } } }"""


async def _proposed(town: Town, ask: Ask) -> dict[str, Any]:
    file = town.world.file
    answer = await ask(DESCRIBE, role="officer", id=town.id(file), v=file.version, a="OPEN")
    found: dict[str, Any] = answer["describeFile"]
    return found


async def test_nothing_tells_of_an_opening_until_a_second_person_confirms_it(town: Town, ask: Ask) -> None:
    id = town.id(town.world.file)
    before = await ask(SEEN, role="leader", id=id)
    done = await _proposed(town, ask)
    waiting = done["accessChangePending"]
    assert (done["access"], waiting["state"], waiting["proposedByName"]) == (
        "CONDITIONAL",
        "PROPOSED",
        "officer.a",
    )
    assert (waiting["accessBefore"], waiting["accessAfter"]) == ("CONDITIONAL", "OPEN")
    assert await ask(SEEN, role="leader", id=id) == before
    listed = (await ask(PENDING, role="approver"))["accessChanges"]
    assert listed["nodes"][0]["viewerCan"] == ["CONFIRM_ACCESS_CHANGE", "REJECT_ACCESS_CHANGE"]
    assert (listed["nodes"][0]["file"], listed["nodes"][0]["agency"]) == ({"code": "H01"}, {"code": "A"})
    own = (await ask(PENDING, role="officer"))["accessChanges"]
    assert own["nodes"][0]["viewerCan"] == ["REJECT_ACCESS_CHANGE"]
    for role, place in (
        ("officer", "b"),
        ("approver", "b"),
        ("leader", "a"),
        ("anyone", "a"),
        ("sysadmin", "a"),
    ):
        assert (await ask(PENDING, role=role, place=place))["accessChanges"]["totalCount"] == 0, role
    sent = {"id": waiting["id"], "v": waiting["version"], "k": "once"}
    done = (await ask(CONFIRM, role="approver", **sent))["confirmAccessChange"]
    assert (done["state"], done["decidedByName"]) == ("CONFIRMED", "approver.a")
    assert done["file"] == {"access": "OPEN", "accessChangePending": None}
    assert (await ask(CONFIRM, role="approver", **sent))["confirmAccessChange"] == done  # the same key
    after = await ask(SEEN, role="leader", id=id)
    assert (before["file"], after["file"]) == (None, {"title": "Hồ sơ thu chi"})
    assert after["files"]["totalCount"] == before["files"]["totalCount"] + 1 == after["search"]["totalCount"]
    told = town.session.connection().execute(
        text("select event_type, detail from audit_event where event_type ~ 'access|file:' order by id")
    )
    steps = [(row.event_type, row.detail.get("changed")) for row in told]
    assert steps == [
        ("accesschange:create", None), ("file:confirm_access", {"access_level": [1, 0]}), ("accesschange:approve", None)
    ]  # fmt: skip


async def test_who_proposed_it_or_has_no_right_confirms_nothing(town: Town, ask: Ask) -> None:
    waiting = (await _proposed(town, ask))["accessChangePending"]
    sent = {"id": waiting["id"], "v": waiting["version"]}
    operator = actor_for_user(town.session, today=ON)
    town.tokens["approver", "plain"] = create_token(
        town.session, operator, town.world.user("approver"), "plain"
    )
    town.session.commit()
    before = town.trace()
    expected = {
        ("officer", "a"): "NOT_PERMITTED",  # he proposed it
        ("clerk", "a"): "NOT_PERMITTED",
        ("supervisor", "a"): "NOT_PERMITTED",
        ("approver", "b"): "NOT_FOUND",
        ("leader", "a"): "NOT_FOUND",
        ("anyone", "a"): "NOT_FOUND",
        ("approver", "plain"): "STEP_UP_REQUIRED",
    }
    told = {who: (await ask(CONFIRM, *who, **sent))["confirmAccessChange"] for who in expected}
    assert {who: one["code"] for who, one in told.items()} == expected
    assert "Somebody else" in told["officer", "a"]["message"]
    assert (await ask(CONFIRM, "approver", **{**sent, "v": 7}))["confirmAccessChange"][
        "code"
    ] == "STALE_VERSION"
    answer = (await ask(REJECT, "approver", **sent, r=" "))["rejectAccessChange"]
    assert answer["errors"] == [{"code": "REQUIRED"}]
    assert (await ask(REJECT, "clerk", **sent, r="x"))["rejectAccessChange"]["code"] == "NOT_PERMITTED"
    assert town.trace() == before
    assert {event for event, _, _ in town.denials()} == {"accesschange:approve", "accesschange:return"}
    # whoever proposed it takes it back; then there is nothing to confirm
    answer = (await ask(REJECT, "officer", **sent, r="Nhầm hồ sơ"))["rejectAccessChange"]
    assert answer == {"state": "REJECTED", "note": "Nhầm hồ sơ"}
    answer = (await ask(CONFIRM, "approver", **{**sent, "v": 2}))["confirmAccessChange"]
    assert answer["code"] == "ACCESS_CHANGE_DECIDED"


async def test_a_lifted_flag_of_personal_data_shows_no_word_until_it_is_confirmed(
    town: Town, ask: Ask
) -> None:
    known = {"access_level": 0, "published": True, "has_personal_data": True}
    file = town.world.add(ArchivalFile, title="Đơn của ông Khánh", code="D1", fonds=town.world.fonds, **known)
    town.session.commit()
    seen = """query($id: ID!) { file(id: $id) { title }
      files(filter: {text: "Khanh"}) { totalCount } search(text: "Khanh") { totalCount } }"""
    masked = {"file": {"title": MASK}, "files": {"totalCount": 0}, "search": {"totalCount": 0}}
    done = (await ask(DESCRIBE, role="officer", id=town.id(file), v=1, p=False, t="Đơn của ông Trần Khánh"))[
        "describeFile"
    ]
    waiting = done["accessChangePending"]
    assert (done["title"], done["hasPersonalData"], done["version"]) == ("Đơn của ông Trần Khánh", True, 2)
    assert (waiting["personalDataBefore"], waiting["personalDataAfter"]) == (True, False)
    assert await ask(seen, role="anyone", id=town.id(file)) == masked
    await ask(CONFIRM, role="approver", id=waiting["id"], v=waiting["version"])
    found = await ask(seen, role="anyone", id=town.id(file))
    assert found["file"] == {"title": "Đơn của ông Trần Khánh"}
    assert found["files"]["totalCount"] == found["search"]["totalCount"] == 1


async def test_tightening_counts_at_once_and_replaces_what_waits(town: Town, ask: Ask) -> None:
    file = town.world.file
    await _proposed(town, ask)
    done = (await ask(DESCRIBE, role="officer", id=town.id(file), v=1, p=True))["describeFile"]
    assert (done["hasPersonalData"], done["accessChangePending"], done["version"]) == (True, None, 2)
    # the words of a secret are not written before it is declassified
    town.session.connection().execute(
        text(
            "update file set access_level = 2, title = 'Hồ sơ thuộc danh mục bí mật nhà nước' where id = :id"
        ),
        {"id": file.id},
    )
    town.session.commit()
    done = (await ask(DESCRIBE, role="officer", id=town.id(file), v=2, a="OPEN"))["describeFile"]
    assert done["code"] == "NOT_PERMITTED"  # to declassify is the archive head's
    states = town.session.connection().scalars(text("select state from access_change order by id")).all()
    assert states == ["REPLACED"]
