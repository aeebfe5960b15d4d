"""viewAs: another user's rights as decisions and counts, for who administrates him, and each look is an event."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from hub.access.models import AppUser
from hub.kit.ids import encode
from tests.mutations.conftest import Ask, Town

pytestmark = pytest.mark.anyio

QUESTION = """query($user: ID!, $resources: [String!]) { viewAs(user: $user, resources: $resources) {
    user { name } roles { role agency { code } } rights { resource action allowed count }
} }"""


async def _view(ask: Ask, by: str, user: AppUser, *resources: str) -> Any:
    answer = await ask(
        QUESTION, role=by, user=encode("AppUser", user.id or 0), resources=list(resources) or None
    )
    return answer["viewAs"] if isinstance(answer, dict) else answer[0]["extensions"]["code"]


def _events(town: Town) -> list[tuple[Any, ...]]:
    rows = town.session.connection().execute(
        text(
            "select agent_id, object_id, outcome from audit_event where event_type = 'user:view_as' order by id"
        )
    )
    found = [tuple(row) for row in rows]
    town.session.rollback()
    return found


async def test_the_counts_are_those_of_his_own_lists(ask: Ask, town: Town) -> None:
    for role in ("clerk", "officer", "supervisor", "leader", "archivist", "agency_admin"):
        lists = ("files", "items", "fondsList", "users", "grants")
        own = await ask(f"{{ {' '.join(f'{one} {{ totalCount }}' for one in lists)} }}", role=role)
        told = await _view(ask, "sysadmin", town.world.user(role), "file", "item", "fonds", "user", "grant")
        counts = {one["resource"]: one["count"] for one in told["rights"] if one["action"] == "read"}
        assert counts == {
            "file": own["files"]["totalCount"],
            "item": own["items"]["totalCount"],
            "fonds": own["fondsList"]["totalCount"],
            "user": own["users"]["totalCount"],
            "grant": own["grants"]["totalCount"],
        }
        assert [one["role"] for one in told["roles"]] == [role.upper()]


async def test_every_deed_of_the_law_is_told(ask: Ask, town: Town) -> None:
    told = await _view(ask, "sysadmin", town.world.user("staff"))
    rights = {(one["resource"], one["action"]): one for one in told["rights"]}
    assert rights[("file", "close")]["count"] == 1  # the one he made
    assert rights[("file", "create")] == {
        "resource": "file", "action": "create", "allowed": True, "count": None,
    }  # fmt: skip
    assert rights[("digital", "download")]["allowed"]
    assert not rights[("setting", "update")]["allowed"]
    assert rights[("setting", "update")]["count"] is None


async def test_each_look_is_an_event_and_so_is_each_refusal(ask: Ask, town: Town) -> None:
    clerk, admin = town.world.user("clerk"), town.world.user("sysadmin")
    await _view(ask, "sysadmin", clerk, "file")
    assert _events(town) == [(admin.id, clerk.id, "success")]
    assert await _view(ask, "officer", clerk, "file") == "NOT_FOUND"
    assert _events(town)[1:] == [(town.world.user("officer").id, clerk.id, "denied")]
    assert await _view(ask, "anyone", clerk, "file") == "NOT_FOUND"
    assert len(_events(town)) == 2


async def test_nobody_looks_through_one_above_him(ask: Ask, town: Town) -> None:
    """An agency's administrator does not count the city's records through a supervisor who works there."""
    for role in ("supervisor", "clerk"):
        town.session.connection().execute(
            text("update app_user set agency_id = :agency where id = :id"),
            {"agency": town.world.a.id, "id": town.world.user(role).id},
        )
    town.session.commit()
    assert await _view(ask, "agency_admin", town.world.user("supervisor"), "file") == "NOT_PERMITTED"
    assert (await _view(ask, "agency_admin", town.world.user("clerk"), "file"))["user"]


async def test_an_unknown_kind_of_record_is_refused(ask: Ask, town: Town) -> None:
    assert await _view(ask, "sysadmin", town.world.user("clerk"), "scroll") == "BAD_REQUEST"
    assert _events(town) == []
