"""Users, grants and delegations over HTTP, as named roles: what is done, what is refused, and what stays unseen."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.access.commands import create_token
from hub.access.queries import actor_for_user, user_by_name
from hub.kit.ids import encode
from tests.mutations.conftest import Ask, Town
from tests.records.world import ON

pytestmark = pytest.mark.anyio

PROBLEM = "__typename ... on Problem { code message path } ... on Invalid { errors { field code } }"
USER = f"{{ {PROBLEM} ... on AppUser {{ id name fullName email isDisabled version viewerCan agency {{ code }} }} }}"
GRANT = (
    f"{{ {PROBLEM} ... on RoleGrant {{ id grantRole: role user {{ name }} userName agency {{ code }} validFrom validTo"
    " isInForce onBehalfOfName version viewerCan } %s }"
)


async def _do(ask: Ask, deed: str, by: str = "agency_admin", place: str = "a", /, **said: Any) -> Any:
    kind = f"{deed[0].upper()}{deed[1:]}Input"
    more = "" if deed.startswith("end") else "... on RolesInConflict { role held }"
    selected = USER if deed.endswith("User") else GRANT % more
    answer = await ask(
        f"mutation($input: {kind}!) {{ {deed}(input: $input) {selected} }}",
        role=by,
        place=place,
        input=said,
    )
    return answer[deed] if isinstance(answer, dict) else answer


async def _mai(ask: Ask, town: Town, **more: Any) -> Any:
    said = {"name": "mai", "fullName": "Trần Thị Mai", "agencyId": town.id(town.world.a), **more}
    return await _do(ask, "createUser", **said)


def _own_grant(town: Town, role: str) -> str:
    key = town.session.connection().scalar(
        text("select id from role_grant where user_id = :user"), {"user": town.world.user(role).id}
    )
    town.session.rollback()
    return encode("RoleGrant", key or 0)


async def test_an_agency_administrator_keeps_the_users_of_his_agency(ask: Ask, town: Town) -> None:
    mai = await _mai(ask, town, idempotencyKey="one")
    assert (mai["name"], mai["agency"], mai["version"]) == ("mai", {"code": "A"}, 1)
    assert mai["viewerCan"] == ["UPDATE_USER", "DISABLE_USER"]
    assert (await _mai(ask, town, idempotencyKey="one"))["id"] == mai["id"]
    assert (await _mai(ask, town))["code"] == "USER_NAME_TAKEN"

    called = await _do(
        ask,
        "updateUser",
        id=mai["id"],
        expectedVersion=1,
        email="mai@a.vn",
        agencyId=town.id(town.world.unit),
    )
    assert (called["email"], called["agency"], called["version"]) == ("mai@a.vn", {"code": "A.1"}, 2)
    stale = await _do(ask, "updateUser", id=mai["id"], expectedVersion=1, fullName="Mai")
    assert stale["code"] == "STALE_VERSION"
    out = await _do(ask, "disableUser", id=mai["id"], expectedVersion=2, reason="nghỉ việc")
    assert (out["isDisabled"], out["viewerCan"]) == (True, ["UPDATE_USER", "ENABLE_USER"])
    back = await _do(ask, "enableUser", id=mai["id"], expectedVersion=3)
    assert (back["isDisabled"], back["version"]) == (False, 4)
    wrong = await _do(ask, "updateUser", id=mai["id"], expectedVersion=4, fullName=None, email="no")
    assert [error["field"] for error in wrong["errors"]] == ["fullName", "email"]


async def test_a_role_is_given_and_ended(ask: Ask, town: Town) -> None:
    mai = await _mai(ask, town)
    place = town.id(town.world.unit)
    grant = await _do(ask, "grantRole", userId=mai["id"], role="STAFF", agencyId=place, reason="QĐ 12")
    assert (grant["grantRole"], grant["user"], grant["agency"]) == ("STAFF", {"name": "mai"}, {"code": "A.1"})
    assert (grant["validFrom"], grant["validTo"], grant["isInForce"]) == ("2025-06-30", None, True)
    assert grant["viewerCan"] == ["END_GRANT"]

    again = await _do(ask, "grantRole", userId=mai["id"], role="STAFF", agencyId=place)
    assert again["code"] == "ALREADY_GRANTED"
    conflict = await _do(ask, "grantRole", "sysadmin", userId=mai["id"], role="AGENCY_ADMIN", agencyId=place)
    assert (conflict["code"], conflict["role"], conflict["held"]) == (
        "ROLES_IN_CONFLICT",
        "AGENCY_ADMIN",
        "STAFF",
    )

    later = await _do(ask, "endGrant", id=grant["id"], expectedVersion=1, on="2025-12-31")
    assert (later["validTo"], later["isInForce"], later["version"]) == ("2025-12-31", True, 2)
    ended = await _do(ask, "endGrant", id=grant["id"], expectedVersion=2)
    assert (ended["validTo"], ended["isInForce"], ended["viewerCan"]) == ("2025-06-30", False, [])
    over = await _do(ask, "endGrant", id=grant["id"], expectedVersion=3)
    assert over["code"] == "GRANT_ENDED"


@pytest.mark.parametrize(
    ("role", "place", "given", "where", "code"),
    [
        ("agency_admin", "b", "STAFF", "b", "NOT_FOUND"),  # not his user
        ("agency_admin", "a", "STAFF", "b", "NOT_PERMITTED"),  # not his agency
        ("agency_admin", "a", "ARCHIVIST", "a", "NOT_PERMITTED"),  # a role above
        ("agency_admin", "a", "SYSADMIN", None, "NOT_PERMITTED"),
        ("agency_admin", "a", "STAFF", None, "INVALID"),  # nowhere
        ("officer", "a", "STAFF", "a", "NOT_FOUND"),  # no administrator sees no users
        ("supervisor", "a", "STAFF", "a", "NOT_FOUND"),
    ],
)
async def test_who_may_not_grant_changes_nothing(
    ask: Ask, town: Town, role: str, place: str, given: str, where: str | None, code: str
) -> None:
    mai = await _mai(ask, town)
    before = town.trace()
    at = {"agencyId": town.id(getattr(town.world, where))} if where else {}

    answer = await _do(ask, "grantRole", role, place, userId=mai["id"], role=given, **at)

    assert answer["code"] == code
    assert town.trace() == before
    if code != "INVALID":
        assert [event for event, _, _ in town.denials()] == ["grant:create"]


async def test_nobody_grants_to_himself(ask: Ask, town: Town) -> None:
    for role in ("agency_admin", "sysadmin"):
        before = town.trace()
        me = encode("AppUser", town.world.user(role).id)
        answer = await _do(ask, "grantRole", role, userId=me, role="STAFF", agencyId=town.id(town.world.a))
        assert answer["code"] == "NOT_PERMITTED"
        assert town.trace() == before


async def test_a_head_delegates_and_takes_back(ask: Ask, town: Town) -> None:
    mai = await _mai(ask, town)
    own = _own_grant(town, "approver")
    given = await _do(
        ask,
        "delegateRole",
        "approver",
        grantId=own,
        userName="mai",
        validTo="2025-08-01",
        reason="đi công tác",
    )
    assert (given["grantRole"], given["userName"], given["validTo"]) == ("APPROVER", "mai", "2025-08-01")
    assert given["onBehalfOfName"] == town.world.user("approver").name
    assert given["viewerCan"] == ["END_GRANT", "END_DELEGATION"]

    town.session.rollback()
    with Session(town.session.get_bind()) as session:
        key = create_token(session, actor_for_user(session, today=ON), user_by_name(session, "mai"), "test")
        session.commit()
    town.tokens[("mai", "a")] = key
    seen = await ask("{ viewer { roles { role } } grants { nodes { id onBehalfOfName } } }", role="mai")
    assert seen["viewer"]["roles"] == [{"role": "approver"}]
    assert [one["id"] for one in seen["grants"]["nodes"]] == [given["id"]]
    passed = await _do(ask, "delegateRole", "mai", grantId=given["id"], userName="mai", validTo="2025-07-15")
    assert passed["code"] == "NOT_PERMITTED"

    back = await _do(ask, "endDelegation", "approver", id=given["id"], expectedVersion=1)
    assert (back["isInForce"], back["version"]) == (False, 2)
    assert (await ask("{ viewer { roles { role } } }", role="mai"))["viewer"]["roles"] == []
    assert mai["id"]


async def test_a_delegation_without_end_does_not_parse(ask: Ask, town: Town) -> None:
    answer = await _do(ask, "delegateRole", "approver", grantId=_own_grant(town, "approver"), userName="mai")
    assert answer[0]["extensions"]["code"] == "BAD_REQUEST"


async def test_absent_and_unseen_are_told_alike(ask: Ask, town: Town) -> None:
    """Whether the id or the name means something, and whatever is asked."""
    mai = await _mai(ask, town)
    own = _own_grant(town, "approver")
    absent_user, absent_grant = encode("AppUser", 999_999), encode("RoleGrant", 999_999)
    before = town.trace()

    for one, other in (
        (("disableUser", {"id": mai["id"]}), ("disableUser", {"id": absent_user})),
        (("endGrant", {"id": own}), ("endGrant", {"id": absent_grant})),
        (("endDelegation", {"id": own}), ("endDelegation", {"id": absent_grant})),
    ):
        answers = [
            await _do(ask, deed, "staff", "b", expectedVersion=1, **said) for deed, said in (one, other)
        ]
        assert answers[0] == answers[1]
        assert answers[0]["code"] == "NOT_FOUND"
    told = [
        await _do(ask, "delegateRole", "staff", "b", grantId=grant, userName=name, validTo="2025-08-01")
        for grant in (own, absent_grant)
        for name in ("mai", "nobody")
    ]
    assert {str(one) for one in told} == {str(told[0])}
    for query in ("user(id: $id) { id }", "grant(id: $id) { id }"):
        ids = (mai["id"], absent_user) if query.startswith("user") else (own, absent_grant)
        for id in ids:
            answer = await ask(f"query($id: ID!) {{ {query} }}", role="staff", place="b", id=id)
            assert set(answer.values()) == {None}
    assert town.trace() == before


async def test_lists_hold_what_the_caller_may_see(ask: Ask, town: Town) -> None:
    await _mai(ask, town)
    names = "{ users(orderBy: NAME_ASC) { totalCount nodes { name } } }"
    assert (await ask(names, role="agency_admin"))["users"]["nodes"] == [
        {"name": town.world.user("agency_admin").name},
        {"name": "mai"},
    ]
    assert (await ask(names, role="agency_admin", place="b"))["users"]["totalCount"] == 1
    assert (await ask(names, role="staff"))["users"]["totalCount"] == 1
    everybody = (await ask(names, role="sysadmin"))["users"]["totalCount"]
    assert everybody == len(town.world.users) + 2  # mai and the local service user
    assert (await ask(names, role="anyone"))["users"]["totalCount"] == 0

    found = '{ users(filter: { text: "thi ma", agencyCodes: ["A"], disabled: false }) { nodes { name } } }'
    assert (await ask(found, role="sysadmin"))["users"]["nodes"] == [{"name": "mai"}]
    grants = (
        '{ grants(filter: { roles: [CLERK, OFFICER], agencyCodes: ["TP"], includeSubtree: true,'
        ' inForceOn: "2025-06-30", delegated: false }) { totalCount nodes { role userName } } }'
    )
    assert (await ask(grants, role="sysadmin"))["grants"]["totalCount"] == 4
    assert (await ask(grants, role="agency_admin"))["grants"]["totalCount"] == 2
    assert (await ask(grants, role="clerk"))["grants"]["totalCount"] == 1


async def test_what_a_delegate_does_is_told_as_done_on_behalf(ask: Ask, town: Town) -> None:
    await _mai(ask, town)
    own = _own_grant(town, "officer")
    given = await _do(ask, "delegateRole", "officer", grantId=own, userName="mai", validTo="2025-08-01")
    assert given["userName"] == "mai"
    town.session.rollback()
    with Session(town.session.get_bind()) as session:
        mai = user_by_name(session, "mai")
        town.tokens[("mai", "a")] = create_token(session, actor_for_user(session, today=ON), mai, "test")
        key = mai.id
        session.commit()
    said = {"id": town.id(town.world.file), "expectedVersion": town.world.file.version, "keywords": "thu"}
    answer = await ask(
        "mutation($input: DescribeFileInput!) { describeFile(input: $input) { __typename } }",
        role="mai",
        input=said,
    )
    assert answer == {"describeFile": {"__typename": "ArchivalFile"}}
    events = town.session.connection().execute(
        text(
            "select event_type, on_behalf_of from audit_event where agent_id = :mai and event_type like 'file:%'"
        ),
        {"mai": key},
    )
    assert [tuple(row) for row in events] == [("file:update", town.world.user("officer").id)]
