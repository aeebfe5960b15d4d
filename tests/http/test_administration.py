"""Administration from the networks, within the hours and on the port that are set, and from nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import httpx
import psycopg
import pytest

from hub.access.administration import is_open, is_within
from hub.kit import clock
from hub.kit.ids import encode
from hub.settings import Hours
from tests.http.conftest import City, Client, Open

pytestmark = pytest.mark.anyio

USERS = "{ users(first: 3) { totalCount } }"
SPREAD = "query { ...All } fragment All on Query { found: grants(first: 1) { totalCount } }"
CREATE = """mutation($name: String!) { createUser(input: {name: $name, fullName: "Lan"}) {
  __typename ... on Problem { code message } ... on NotPermitted { action } } }"""
DELEGATE = """mutation($g: ID!, $u: String!) { delegateRole(input: {grantId: $g, userName: $u, validTo: "2099-01-01"}) {
  __typename ... on Problem { code message } } }"""
OFFICE = Hours(time(7, 30), time(17, 30))


def denials(city: City) -> list[tuple[str, str]]:
    with psycopg.connect(city.owner_dsn) as connection:
        return connection.execute(
            "select event_type, reason from audit_event where reason = 'ADMINISTRATION_CLOSED' order by id"
        ).fetchall()


def users(city: City) -> Any:
    with psycopg.connect(city.owner_dsn) as connection:
        return connection.execute("select count(*), max(version) from app_user").fetchone()


async def refused(client: Client, city: City, word: str) -> None:
    """Lists and deeds of administration are refused by name and told; the rest of what he asks is answered."""
    before, told = users(city), len(denials(city))
    for text, action in ((USERS, "user:read"), (SPREAD, "grant:read")):
        answer = (await client.ask(text, role="sysadmin", accept_language="en")).json()
        [error] = answer["errors"]
        assert error["extensions"]["code"] == "NOT_PERMITTED"
        assert (action in error["message"], word in error["message"]) == (True, True), error
    answer = (await client.ask(CREATE, {"name": "lan"}, role="sysadmin", accept_language="en")).json()
    made = answer["data"]["createUser"]
    assert (made["code"], made["action"]) == ("ADMINISTRATION_CLOSED", "user:create")
    assert word in made["message"]
    with psycopg.connect(city.owner_dsn) as connection:
        [(own,)] = connection.execute(
            "select g.id from role_grant g join app_user u on u.id = g.user_id"
            " where u.name = 'demo.sysadmin' and g.role = 'sysadmin'"
        ).fetchall()
    given = {"g": encode("RoleGrant", own), "u": "demo.user"}
    answer = (await client.ask(DELEGATE, given, role="sysadmin", accept_language="en")).json()
    assert answer["data"]["delegateRole"]["code"] == "ADMINISTRATION_CLOSED", answer
    assert users(city) == before
    assert [one[0] for one in denials(city)[told:]] == [
        "user:read",
        "grant:read",
        "user:create",
        "grant:delegate",
    ]
    for text in ("{ viewer { user { name } } }", "{ agencies(first: 1) { totalCount } }"):
        assert "errors" not in (await client.ask(text, role="sysadmin")).json()
    assert (await client.ask(USERS, role="officer")).json()["data"]["users"]["totalCount"] == 1
    assert await client.code("{ auditEvents(first: 1) { totalCount } }", role="itsec") == "NOT_PERMITTED"


async def test_from_another_network(hub: Open, city: City) -> None:
    async with hub(admin_cidrs=("10.20.0.0/16", "fd00::/8")) as client:
        await refused(client, city, "networks")
    async with hub(admin_cidrs=("127.0.0.0/8",)) as client:
        answer = (await client.ask(USERS, role="sysadmin")).json()
        assert answer["data"]["users"]["totalCount"] > 10


async def test_out_of_hours_though_he_was_let_in_a_moment_ago(
    hub: Open, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now().astimezone(clock.HANOI)
    async with hub(admin_hours=OFFICE) as client:
        monkeypatch.setattr(clock, "now", lambda: now.replace(hour=9))
        for _ in range(2):  # the second by the kept plan
            assert "errors" not in (await client.ask(USERS, role="sysadmin")).json()
        monkeypatch.setattr(clock, "now", lambda: now.replace(hour=20))
        await refused(client, city, "07:30 to 17:30")


async def test_on_another_port(hub: Open, city: City) -> None:
    async with hub(admin_port=8443) as client:
        await refused(client, city, "8443")
        transport = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub.test:8443") as http:
            inner = Client(client.app, http, client.tokens)
            # what the request says of itself does not count
            assert "errors" not in (await inner.ask(USERS, role="sysadmin", host="hub.test")).json()
        assert await client.code(USERS, role="sysadmin", host="hub.test:8443") == "NOT_PERMITTED"


def test_networks_and_hours() -> None:
    office = ("10.20.0.0/16", "fd00::/8")
    assert is_within(office, "10.20.3.4")
    assert is_within(office, "::ffff:10.20.3.4")
    assert is_within(office, "fd00::1")
    assert not any(is_within(office, other) for other in ("10.21.0.1", "2001:db8::1", None))
    at = [
        datetime(2026, 11, 26, hour, 30, tzinfo=UTC) for hour in (0, 5, 10, 23)
    ]  # 07:30, 12:30, 17:30, 06:30
    assert [is_open(OFFICE, moment) for moment in at] == [True, True, False, False]
    night = Hours(time(17, 30), time(7, 30))
    assert [is_open(night, moment) for moment in at] == [False, False, True, True]
