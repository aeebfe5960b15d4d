"""Keys, sessions and step-up by GraphQL: secrets told once, under the law, and what waits for a code says so."""

from __future__ import annotations

from typing import Any

import pyotp
import pytest
from graphql import GraphQLUnionType, get_named_type
from sqlmodel import Session

from hub.access.commands import create_token
from hub.access.credentials import second_factor
from hub.access.queries import actor_for_user, user_by_name
from hub.access.sessions import cookie_name, open_link, redeem_link
from hub.kit import clock
from policies.actions import ACTIONS
from policies.step_up import needs_step_up
from schema import build_schema
from tests.http.conftest import Client, Open

pytestmark = pytest.mark.anyio
CREATE = """
mutation($agency: ID!, $key: String) {
  createApiKey(input: {agencyId: $agency, label: "QLVB", ipRanges: ["127.0.0.0/8"], idempotencyKey: $key}) {
    __typename ... on NewApiKey { key apiKey { id label prefix state ipRanges agency { code } lastUsedAt } }
    ... on Problem { problem: code message } ... on StepUpRequired { action }
  }
}
"""
ROTATE = """
mutation($id: ID!) { rotateApiKey(input: {id: $id, overlapHours: 24}) {
  __typename ... on NewApiKey { key apiKey { id } } ... on Problem { problem: code } } }
"""
REVOKE = """
mutation($id: ID!) { revokeApiKey(input: {id: $id})
  { __typename ... on ApiKey { state } ... on Problem { problem: code } } }
"""
STEP_UP = """
mutation($code: String!) { stepUp(input: {code: $code})
  { __typename ... on SteppedUp { until } ... on Problem { problem: code } } }
"""


async def _data(client: Client, query: str, variables: dict[str, Any] | None = None, **words: Any) -> Any:
    answer = await client.ask(query, variables, **words)
    told = answer.json()
    assert "errors" not in told, told
    [value] = told["data"].values()
    return value


async def _agency(client: Client, code: str = "UBND-BADINH") -> str:
    found: str = (await _data(client, "query($code: String!) {agency(code: $code) { id }}", {"code": code}))[
        "id"
    ]
    return found


async def test_a_key_of_a_system_is_made_told_once_used_rotated_and_revoked(hub: Open) -> None:
    async with hub() as client:
        given = {"agency": await _agency(client), "key": "one"}
        made = await _data(client, CREATE, given, role="agency_admin")
        assert made["apiKey"]["agency"] == {"code": "UBND-BADINH"}
        assert (made["apiKey"]["state"], made["apiKey"]["ipRanges"]) == ("ACTIVE", ["127.0.0.0/8"])
        assert made["apiKey"]["lastUsedAt"] is None
        again = await _data(client, CREATE, given, role="agency_admin")
        assert (again["key"], again["apiKey"]["id"]) == (None, made["apiKey"]["id"])

        async def roles(key: str) -> Any:
            answer = await client.ask(
                "{viewer { roles { role agency { code } } }}", authorization=f"Bearer {key}"
            )
            return answer.status_code, answer.json().get("data")

        held = {"viewer": {"roles": [{"role": "client", "agency": {"code": "UBND-BADINH"}}]}}
        assert await roles(made["key"]) == (200, held)
        await client.app.state.graphql.uses.write()  # what happens by itself every minute
        node = "query($id: ID!) {apiKey(id: $id) { lastUsedAt }}"
        used = await _data(client, node, {"id": made["apiKey"]["id"]}, role="itsec")
        assert used["lastUsedAt"] is not None

        rotated = await _data(client, ROTATE, {"id": made["apiKey"]["id"]}, role="agency_admin")
        assert [await roles(key) for key in (made["key"], rotated["key"])] == [(200, held)] * 2
        ended = await _data(client, REVOKE, {"id": made["apiKey"]["id"]}, role="itsec")
        assert ended["state"] == "REVOKED"
        assert (await roles(made["key"]))[0] == 401
        assert (await roles(rotated["key"]))[0] == 200


async def test_keys_are_seen_by_administrators_of_the_agency_and_by_nobody_else(hub: Open) -> None:
    listed = "{apiKeys(filter: {ofSystems: true}) { totalCount nodes { label agency { code } } }}"
    async with hub() as client:
        for code in ("UBND-BADINH", "SXD"):
            await _data(client, CREATE, {"agency": await _agency(client, code)}, role="sysadmin")
        theirs = await _data(client, listed, role="agency_admin")
        assert {node["agency"]["code"] for node in theirs["nodes"]} == {"UBND-BADINH"}
        assert (await _data(client, listed, role="itsec"))["totalCount"] > theirs["totalCount"]
        for role in ("officer", "leader", "client", "user"):
            assert (await _data(client, listed, role=role))["totalCount"] == 0
        denied = await _data(client, CREATE, {"agency": await _agency(client, "SXD")}, role="agency_admin")
        assert denied["problem"] == "NOT_PERMITTED"


async def test_a_key_from_elsewhere_is_no_credential(hub: Open) -> None:
    async with hub() as client:
        query = CREATE.replace("127.0.0.0/8", "10.0.0.0/8")
        made = await _data(client, query, {"agency": await _agency(client)}, role="agency_admin")
        assert (
            await client.code("{viewer { user { name } }}", authorization=f"Bearer {made['key']}")
            == "UNAUTHENTICATED"
        )


async def test_what_waits_for_a_code_says_so_and_goes_on_after_it(hub: Open) -> None:
    async with hub() as client:
        secret = client.services.seam.change_now(_enrolled)

        def key(session: Session) -> str:
            return create_token(session, actor_for_user(session), user_by_name(session, "demo.sysadmin"), "x")

        bearer = f"Bearer {client.services.seam.change_now(key)}"
        given = {"agency": await _agency(client)}
        waiting = await _data(client, CREATE, given, authorization=bearer)
        assert (waiting["__typename"], waiting["action"]) == ("StepUpRequired", "grant:create")
        assert "stepUp" in waiting["message"]
        wrong = await _data(client, STEP_UP, {"code": "000"}, authorization=bearer)
        assert wrong["problem"] == "WRONG_CODE"
        code = pyotp.TOTP(secret).at(clock.now())
        assert (await _data(client, STEP_UP, {"code": code}, authorization=bearer))[
            "__typename"
        ] == "SteppedUp"
        assert (await _data(client, CREATE, given, authorization=bearer))["__typename"] == "NewApiKey"
        for role, problem in (("officer", "NO_SECOND_FACTOR"), (None, "NOT_PERMITTED")):
            assert (await _data(client, STEP_UP, {"code": code}, role=role))["problem"] == problem


async def test_a_session_gets_a_new_cookie_with_it(hub: Open) -> None:
    async with hub() as client:
        secret = client.services.seam.change_now(_enrolled)
        code = pyotp.TOTP(secret).at(clock.now())

        def opened(session: Session) -> str:
            user = user_by_name(session, "demo.sysadmin")
            return redeem_link(session, open_link(session, actor_for_user(session), user)).secret

        name, old = cookie_name(secure=False), client.services.seam.change_now(opened)
        own = {"origin": "http://hub.test"}
        answer = await client.ask(STEP_UP, {"code": code}, cookie=f"{name}={old}", **own)
        assert answer.json()["data"]["stepUp"]["__typename"] == "SteppedUp"
        line = answer.headers["set-cookie"]
        assert "HttpOnly" in line
        new = line.partition("=")[2].partition(";")[0]
        client.http.cookies.clear()
        assert (
            await client.code("{viewer { user { name } }}", cookie=f"{name}={old}", **own)
            == "UNAUTHENTICATED"
        )
        given = {"agency": await _agency(client)}
        assert (await _data(client, CREATE, given, cookie=f"{name}={new}", **own))[
            "__typename"
        ] == "NewApiKey"


async def test_guessing_codes_is_a_rate_limit(hub: Open) -> None:
    async with hub() as client:
        client.services.seam.change_now(_enrolled)
        for _ in range(5):
            await _data(client, STEP_UP, {"code": "000"}, role="sysadmin")
        answer = await client.ask(STEP_UP, {"code": "000"}, role="sysadmin")
        assert answer.status_code == 429
        error = answer.json()["errors"][0]["extensions"]
        assert (error["code"], 0 < error["retryAfter"] <= 901) == ("RATE_LIMITED", True)


async def test_sessions_are_listed_and_ended(hub: Open) -> None:
    listed = "{sessions(filter: {alive: true}) { nodes { id userName method isAlive clientIp } }}"
    end = """mutation($id: ID!) { endSession(input: {id: $id})
      { ... on Session { isAlive } ... on Problem { problem: code } } }"""
    async with hub() as client:

        def opened(session: Session) -> None:
            user = user_by_name(session, "demo.leader")
            redeem_link(session, open_link(session, actor_for_user(session), user))

        client.services.seam.change_now(opened)
        own = await _data(client, listed, role="leader")
        assert {(node["userName"], node["method"], node["isAlive"]) for node in own["nodes"]} == {
            ("demo.leader", "LINK", True)
        }
        chosen = {"id": own["nodes"][0]["id"]}
        assert (await _data(client, end, chosen, role="officer"))["problem"] == "NOT_FOUND"
        assert (await _data(client, end, chosen, role="itsec"))["isAlive"] is False
        assert chosen["id"] not in {
            node["id"] for node in (await _data(client, listed, role="leader"))["nodes"]
        }


async def test_every_mutation_that_may_wait_says_so_in_its_result() -> None:
    mutations = build_schema()._schema.mutation_type
    assert mutations is not None
    for name, deed in ACTIONS.items():
        union = get_named_type(mutations.fields[name].type)
        assert isinstance(union, GraphQLUnionType)
        if needs_step_up(deed.resource, deed.act):
            assert "StepUpRequired" in {one.name for one in union.types}, name


def _enrolled(session: Session) -> str:
    """The secret of a second factor of the demo's administrator, who has confirmed it."""
    user = user_by_name(session, "demo.sysadmin")
    secret = second_factor.enrol(session, actor_for_user(session, "demo.sysadmin"))
    row = session.get_one(second_factor.SecondFactor, user.id)
    row.confirmed_at = clock.now()
    session.add(row)
    return secret
