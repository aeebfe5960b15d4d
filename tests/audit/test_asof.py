"""A record as it was on a day, told by the trail: also after its deletion, and only to who might have read it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.mutations.conftest import Ask, Town, anyio_backend, ask, town

__all__ = ["anyio_backend", "ask", "town"]
pytestmark = pytest.mark.anyio

ASKED = """query($id: ID!, $on: Date!) { recordAsOf(id: $id, on: $on) { id on values unknown deletedAt
  history { eventType agent reason changed } } }"""
OPEN = """mutation($f: ID!) { openFile(input: {fondsId: $f, title: "Ban đầu", access: CONDITIONAL})
  { ... on ArchivalFile { id version } ... on Problem { code message } } }"""
CHANGE = """mutation($id: ID!, $v: Int!, $t: String!) { describeFile(input: {id: $id, expectedVersion: $v, title: $t})
  { __typename ... on Problem { code } } }"""


def day(town: Town, ago: int) -> str:
    """The day in Hà Nội so many days before the trail's last event: it is told by real instants."""
    last = "select (max(at) at time zone 'Asia/Ho_Chi_Minh')::date - cast(:ago as int) from audit_event"
    return str(town.session.connection().scalar(text(last), {"ago": ago}))


async def asked(ask: Ask, id: str, on: str, role: str = "officer", place: str = "a") -> Any:
    data = await ask(ASKED, role=role, place=place, id=id, on=on)
    return data["recordAsOf"]


def backdate(town: Town, days: int) -> None:
    """Let what was written so far be of some days ago."""
    connection = town.session.connection()
    connection.execute(text("alter table audit_event disable trigger audit_event_kept"))
    connection.execute(text("update audit_event set at = at - make_interval(days => :days)"), {"days": days})
    connection.execute(text("alter table audit_event enable always trigger audit_event_kept"))
    connection.execute(
        text("update file set created_at = created_at - make_interval(days => :days)"), {"days": days}
    )
    town.session.commit()


async def described(town: Town, ask: Ask) -> str:
    """A file opened ten days ago, called anew five days ago and today."""
    made = (await ask(OPEN, role="officer", f=town.id(town.world.fonds)))["openFile"]
    backdate(town, 5)
    await ask(CHANGE, role="officer", id=made["id"], v=1, t="Năm ngày trước")
    backdate(town, 5)
    await ask(CHANGE, role="officer", id=made["id"], v=2, t="Hôm nay")
    return str(made["id"])


async def test_a_record_is_told_as_it_was_on_each_day(town: Town, ask: Ask) -> None:
    id = await described(town, ask)
    titles = {
        days: (found["values"]["title"] if (found := await asked(ask, id, day(town, days))) else None)
        for days in (12, 10, 6, 5, 1, 0)
    }
    assert titles == {
        12: None,
        10: "Ban đầu",
        6: "Ban đầu",
        5: "Năm ngày trước",
        1: "Năm ngày trước",
        0: "Hôm nay",
    }
    found = await asked(ask, id, day(town, 1))
    assert [one["eventType"] for one in found["history"]] == ["file:create", "file:update"]
    assert found["history"][1]["changed"] == {"title": ["Ban đầu", "Năm ngày trước"]}
    assert (found["unknown"], found["deletedAt"]) == ([], None)


async def test_a_deleted_record_is_still_told_to_who_could_read_it(town: Town, ask: Ask) -> None:
    id = await described(town, ask)
    town.session.connection().execute(text("delete from file where title = 'Hôm nay'"))
    town.session.commit()
    for on, title in ((day(town, 1), "Năm ngày trước"), (day(town, -1), "Hôm nay")):
        found = await asked(ask, id, on)
        assert found["values"]["title"] == title
    assert [one["eventType"] for one in (await asked(ask, id, day(town, 0)))["history"]] == [
        "file:create",
        "file:update",
        "file:update",
    ]
    for role, place in (("officer", "b"), ("leader", "a"), ("anyone", "a"), ("itsec", "a")):
        assert await asked(ask, id, day(town, 1), role, place) is None


async def test_what_was_restricted_then_is_hidden_from_who_may_read_it_only_now(town: Town, ask: Ask) -> None:
    id = await described(town, ask)
    access = """mutation($id: ID!) {
      describeFile(input: {id: $id, expectedVersion: 3, access: OPEN}) {
        ... on ArchivalFile { accessChangePending { id } } } }"""
    done = await ask(access, role="officer", id=id)
    confirm = (
        """mutation($id: ID!) { confirmAccessChange(input: {id: $id, expectedVersion: 1}) { __typename } }"""
    )
    await ask(confirm, role="approver", id=done["describeFile"]["accessChangePending"]["id"])
    assert (await asked(ask, id, day(town, 0), "leader"))["values"]["title"] == "Hôm nay"
    assert await asked(ask, id, day(town, 1), "leader") is None


async def test_a_past_state_of_a_restricted_record_is_a_read(town: Town, ask: Ask) -> None:
    id = await described(town, ask)
    before = town.session.connection().scalar(
        text("select count(*) from audit_event where event_type = 'record:read'")
    )
    town.session.rollback()
    await asked(ask, id, day(town, 1))
    after = town.session.connection().scalar(
        text("select count(*) from audit_event where event_type = 'record:read'")
    )
    assert (after or 0) - (before or 0) == 1
