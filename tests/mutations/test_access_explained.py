"""viewerAccess: the rule, the grant and its end; whom to ask; and one answer for absent and unseen."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from hub.kit.ids import encode
from tests.mutations.conftest import Ask, Town

pytestmark = pytest.mark.anyio

QUESTION = """query($id: ID, $action: String!, $at: String) { viewerAccess(id: $id, action: $action, agencyCode: $at) {
    action allowed until requestable
    rule { line text words allows }
    by { role agency { code } validFrom validTo onBehalfOf }
    requests { role agency { code } granters }
} }"""


async def _ask(ask: Ask, role: str, action: str, **more: Any) -> Any:
    answer = await ask(QUESTION, role=role, action=action, **more)
    return answer["viewerAccess"] if isinstance(answer, dict) else answer[0]


def _sql(town: Town, statement: str, **values: Any) -> None:
    town.session.connection().execute(text(statement), values)
    town.session.commit()


async def test_the_rule_and_the_grant_that_allow_it(ask: Ask, town: Town) -> None:
    told = await _ask(ask, "clerk", "closeFile", id=town.id(town.world.file))
    assert (told["action"], told["allowed"], told["until"], told["requests"]) == (
        "file:close",
        True,
        None,
        [],
    )
    assert told["rule"]["text"] == "p, role:clerk, file, close, self, draft+!transferred, allow"
    assert told["rule"]["words"].startswith("The clerk")
    assert told["by"] == {
        "role": "CLERK", "agency": {"code": "A"}, "validFrom": "2020-01-01", "validTo": None, "onBehalfOf": None,
    }  # fmt: skip
    vietnamese = await _ask(ask, "clerk", "file:close", id=town.id(town.world.file), language="vi")
    assert vietnamese["rule"]["words"].startswith("Văn thư được kết thúc hồ sơ")


async def test_until_is_the_last_day_of_the_longest_grant(ask: Ask, town: Town) -> None:
    clerk = town.world.user("clerk").id
    _sql(town, "update role_grant set valid_to = '2025-12-31' where user_id = :user", user=clerk)
    told = await _ask(ask, "clerk", "close", id=town.id(town.world.file))
    assert (told["until"], told["by"]["validTo"]) == ("2025-12-31", "2025-12-31")
    public = await _ask(ask, "clerk", "read", id=town.id(town.world.a))
    assert (public["allowed"], public["by"], public["until"]) == (True, None, None)


async def test_what_could_be_asked_for_and_from_whom(ask: Ask, town: Town) -> None:
    told = await _ask(ask, "staff", "describeFile", id=town.id(town.world.other_file))
    assert (told["allowed"], told["rule"], told["requestable"]) == (False, None, True)
    asked = {one["role"]: one for one in told["requests"]}
    assert list(asked) == ["CLERK", "OFFICER", "ARCHIVIST"]
    assert asked["CLERK"]["agency"] == {"code": "A"}
    assert asked["CLERK"]["granters"] == ["agency_admin a", "sysadmin a"]
    assert asked["ARCHIVIST"]["granters"] == ["sysadmin a"]


async def test_against_a_denial_no_role_helps(ask: Ask, town: Town) -> None:
    _sql(
        town,
        "update file set state = 'SUBMITTED', closed_on = '2025-05-01', submitted_by = :user where id = :id",
        user=town.world.user("officer").id,
        id=town.world.file.id,
    )
    told = await _ask(ask, "officer", "acceptFile", id=town.id(town.world.file))
    assert (told["allowed"], told["rule"]["allows"], told["requestable"]) == (False, False, False)
    assert "submitted_by_me" in told["rule"]["text"]


async def test_roles_in_conflict_with_ones_own_are_not_offered(ask: Ask, town: Town) -> None:
    told = await _ask(ask, "agency_admin", "openFile", at="A")
    assert (told["allowed"], told["requestable"]) == (False, False)


async def test_making_is_asked_about_a_place(ask: Ask, town: Town) -> None:
    assert (await _ask(ask, "officer", "openFonds", at="A"))["allowed"]
    assert not (await _ask(ask, "officer", "openFonds", at="B"))["allowed"]
    assert (await _ask(ask, "agency_admin", "grantRole", at="A"))["by"]["role"] == "AGENCY_ADMIN"
    assert (await _ask(ask, "officer", "closeFile", at="A"))["extensions"]["code"] == "BAD_REQUEST"
    assert (await _ask(ask, "officer", "openFonds", at="NOWHERE"))["extensions"]["code"] == "NOT_FOUND"
    assert (await _ask(ask, "officer", "flyFile"))["extensions"]["code"] == "BAD_REQUEST"


async def test_absent_and_unseen_are_one_answer(ask: Ask, town: Town) -> None:
    for role, seen, kind in (
        ("staff", town.id(town.world.file_b), "ArchivalFile"),
        ("anyone", town.id(town.world.file), "ArchivalFile"),
        ("staff", town.id(town.world.item_b), "Item"),
        ("staff", encode("AppUser", town.world.user("sysadmin").id), "AppUser"),
    ):
        answers = [await _ask(ask, role, "read", id=id) for id in (seen, encode(kind, 999_999_999))]
        for answer in answers:
            answer["extensions"].pop("requestId")
        assert answers[0] == answers[1]
        assert answers[0]["extensions"]["code"] == "NOT_FOUND"


async def test_the_public_is_told_without_names(ask: Ask, town: Town) -> None:
    told = await _ask(ask, "anyone", "renameAgency", id=town.id(town.world.a))
    assert (told["allowed"], told["requestable"], told["requests"]) == (False, False, [])
