"""Who is asking: no credential is the public, a bad one is refused, and an ended right ends with the next request."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import timedelta

import psycopg
import pytest
from sqlmodel import Session

from hub.access.queries import actor_for_user, user_by_name
from hub.access.sessions import cookie_name, end_session, open_link, redeem_link
from hub.kit.clock import now
from tests.http.conftest import City, Client, Open, said
from tests.http.probe import HAPPENED, probe

pytestmark = pytest.mark.anyio
FILES = "{files(first: 3) { nodes { id code } }}"


async def test_no_credential_is_the_public(hub: Open) -> None:
    async with hub(probe()) as client:
        assert (await client.ask("{who}")).json()["data"]["who"].startswith("/vi/")
        assert (await client.ask("{who}", role="officer")).json()["data"]["who"].startswith("demo.officer/")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer hub_00000000_nothing",
        "Basic aHViOmh1Yg==",
        "hub",
        "",
        "Bearer \xe9",
    ],
)
async def test_a_bad_credential_is_never_the_public(hub: Open, header: str) -> None:
    HAPPENED.clear()
    async with hub(probe()) as client:
        for query in ("{who}", "mutation{happen}", "{no such text"):
            answer = await client.ask(query, authorization=header)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
            assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["UNAUTHENTICATED"]
            assert "data" not in answer.json()
    assert HAPPENED == []


async def test_a_credential_that_ends_is_refused_with_the_next_request(hub: Open, city: City) -> None:
    ended = ("revoked_at = now()", f"expires_at = '{now() - timedelta(seconds=1)}'")
    async with hub() as client:
        for change in ended:
            assert (await client.ask(FILES, role="finance")).status_code == 200
            with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
                token = "id in (select t.id from access_token t join app_user u on u.id = t.user_id"
                where = f"{token} where u.name = 'demo.finance')"
                connection.execute(f"update access_token set {change} where {where}")
                try:
                    assert (await client.ask(FILES, role="finance")).status_code == 401
                finally:
                    connection.execute(
                        f"update access_token set revoked_at = null, expires_at = null where {where}"
                    )
        assert (await client.ask(FILES, role="finance")).status_code == 200


async def test_a_revoked_caller_is_refused_even_when_his_data_fail(hub: Open, city: City) -> None:
    """The data are asked in one journey with the caller: their failure must not speak before him."""
    async with hub(statement_timeout=300) as client:
        assert (await client.ask(FILES, role="leader")).status_code == 200
        sha256 = hashlib.sha256(city.tokens["leader"].encode()).digest()
        with psycopg.connect(city.owner_dsn) as locking:
            locking.execute("lock table file in access exclusive mode")
            assert await client.code(FILES, role="leader") == "TIMEOUT"
            with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
                revoke = "update access_token set revoked_at = %s where sha256 = %s"
                connection.execute(revoke, [now(), sha256])
                try:
                    assert await client.code(FILES, role="leader") == "UNAUTHENTICATED"
                finally:
                    connection.execute(revoke, [None, sha256])


async def test_an_ended_grant_counts_from_the_next_request(hub: Open, city: City) -> None:
    async with hub() as client:
        seen = (await client.ask(FILES, role="staff")).json()["data"]["files"]["nodes"]
        assert len(seen) == 3
        public = (await client.ask(FILES)).json()["data"]["files"]["nodes"]
        assert public != seen
        with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
            which = "user_id = (select id from app_user where name = 'demo.staff')"
            connection.execute(f"update role_grant set valid_to = valid_from where {which}")
            try:
                assert (await client.ask(FILES, role="staff")).json()["data"]["files"]["nodes"] == public
            finally:
                connection.execute(f"update role_grant set valid_to = null where {which}")
        assert (await client.ask(FILES, role="staff")).json()["data"]["files"]["nodes"] == seen


async def test_a_disabled_user_is_refused(hub: Open, city: City) -> None:
    async with hub(probe()) as client:
        with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
            connection.execute("update app_user set disabled_at = now() where name = 'demo.itsec'")
            try:
                assert (await client.ask("{who}", role="itsec")).status_code == 401
            finally:
                connection.execute("update app_user set disabled_at = null where name = 'demo.itsec'")


@pytest.mark.parametrize(
    ("role", "query", "statements"),
    [
        (None, "{__typename hello: __typename}", 0),
        (None, FILES, 1),
        ("officer", FILES, 2),
        (
            "officer",
            "{a: files(first: 1) {nodes{id}} b: items(first: 1) {nodes{id}} c: agencies {nodes{id}}}",
            4,
        ),
        (
            "leader",
            "{files(first: 2) {totalCount nodes {id title agency {name} items(first: 2) {nodes {id}}}}}",
            2,
        ),
    ],
)
async def test_one_statement_for_the_caller_and_one_for_each_root_field(
    hub: Open, role: str | None, query: str, statements: int
) -> None:
    async with hub(pool_size=1) as client:
        assert (await client.ask(query, role=role)).status_code == 200  # the law is new to this process
        with tempfile.TemporaryFile() as wire:
            async with client.services.pool.connection() as connection:
                connection.pgconn.trace(wire.fileno())
            answer = await client.ask(query, role=role)
            async with client.services.pool.connection() as connection:
                connection.pgconn.untrace()
            assert answer.json()["data"]
            wire.seek(0)
            messages = [line.split(b"\t") for line in wire.read().splitlines()]
        sent = [words for words in messages if words[1] == b"F" and words[3] in (b"Execute", b"Query")]
        assert len(sent) == statements


async def test_a_warm_answer_is_the_cold_one_byte_for_byte(hub: Open) -> None:
    """The first request compiles, the second finds the plan, the third guesses the caller too."""
    query = (
        "query Mixed($n: Int!, $text: String) { __typename viewer { user { name } }"
        " files(first: $n, filter: {text: $text}) { totalCount pageInfo { endCursor } nodes { id title } } }"
    )
    alone = query.replace("viewer { user { name } }", "")
    async with hub() as client:
        for role in (None, "clerk", "archivist"):
            for text in (query, alone):
                answers = [await client.ask(text, {"n": 3, "text": "hồ sơ"}, role=role) for _ in range(3)]
                assert "errors" not in answers[0].json()
                headers = {"authorization": f"Bearer {client.tokens[role]}"} if role else {}
                given = {"query": text, "variables": '{"n": 3, "text": "hồ sơ"}'}
                answers.append(await client.http.get("/graphql", params=given, headers=headers))
                assert len({said(answer) for answer in answers}) == 1


async def test_a_guessed_caller_is_told_of_a_wrong_request_like_any_other(hub: Open) -> None:
    async with hub() as client:
        for _ in range(2):
            assert (await client.ask(FILES, role="clerk")).status_code == 200
            assert await client.code("{files(first: 1001) {nodes {id}}}", role="clerk") == "COST_EXCEEDED"
            assert await client.code("{nosuch}", role="clerk") == "BAD_REQUEST"
            assert (
                await client.code("query($n: Int!) {files(first: $n) {nodes {id}}}", role="clerk")
                == "BAD_REQUEST"
            )


async def _session(client: Client, role: str) -> str:
    """The secret of a session of the role, as signing in to the pages gives it."""

    def work(session: Session) -> str:
        user = user_by_name(session, f"demo.{role}")
        return redeem_link(session, open_link(session, actor_for_user(session), user)).secret

    return await client.services.seam.change(work)


async def test_the_hubs_own_pages_ask_with_the_session_cookie(hub: Open) -> None:
    async with hub(probe()) as client:
        secret = await _session(client, "leader")
        cookie = f"{cookie_name(secure=False)}={secret}"
        for own in ({"sec_fetch_site": "same-origin"}, {"origin": "http://hub.test"}):
            answer = await client.ask("{who}", cookie=cookie, **own)
            assert answer.json()["data"]["who"].startswith("demo.leader/")
        officer = await client.ask("{who}", role="officer", cookie=cookie, sec_fetch_site="same-origin")
        assert officer.json()["data"]["who"].startswith("demo.officer/")  # a key says more than a cookie
        asked = await client.http.get("/graphql", params={"query": "{who}"}, headers={"cookie": cookie})
        assert asked.json()["data"]["who"].startswith("/")


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "null"}, {"sec_fetch_site": "same-site", "origin": "http://localhost:5173"}],
)
async def test_a_session_cookie_does_nothing_for_other_pages(hub: Open, headers: dict[str, str]) -> None:
    HAPPENED.clear()
    async with hub(probe()) as client:
        cookie = f"{cookie_name(secure=False)}={await _session(client, 'leader')}"
        answer = await client.ask("mutation{happen}", None, cookie=cookie, **headers)
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert HAPPENED == []


async def test_a_session_that_is_over_is_never_the_public(hub: Open) -> None:
    async with hub(probe()) as client:
        secret = await _session(client, "leader")
        own = {"cookie": f"{cookie_name(secure=False)}={secret}", "sec_fetch_site": "same-origin"}
        assert "data" in (await client.ask("{who}", **own)).json()
        await client.services.seam.change(lambda session: end_session(session, secret))
        assert (await client.ask("{who}", **own)).status_code == 401
        wrong = {**own, "cookie": f"{cookie_name(secure=False)}=hub_00000000_nothing"}
        assert (await client.ask("{who}", **wrong)).status_code == 401
        bearer = {"authorization": f"Bearer {secret}"}  # a session is no key
        assert (await client.ask("{who}", **bearer)).status_code == 401


async def test_over_https_only_the_cookie_bound_to_this_host_counts(hub: Open) -> None:
    async with hub(probe(), public_url="https://hub.test") as client:
        secret = await _session(client, "leader")
        own = {"sec_fetch_site": "same-origin"}
        plain = await client.ask("{who}", cookie=f"{cookie_name(secure=False)}={secret}", **own)
        assert plain.json()["data"]["who"].startswith("/")
        bound = await client.ask("{who}", cookie=f"{cookie_name(secure=True)}={secret}", **own)
        assert bound.json()["data"]["who"].startswith("demo.leader/")
