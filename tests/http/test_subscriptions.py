"""What is followed, by WebSocket and by server-sent events: seen as the law of the moment allows, and ended with it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import time
from typing import Any

import orjson
import psycopg
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from hub.kit import clock, progress
from hub.kit.ids import encode
from hub.settings import Hours, Settings
from schema.http import streams, subscriptions
from tests.http.conftest import City, Client, Open
from tests.http.test_audits import served

pytestmark = pytest.mark.anyio
FOLLOW = "subscription($id: ID!) { jobUpdated(id: $id) { ...f } } fragment f on Job { id state done message }"
PORTAL = "https://tracuu.example.vn"
WAIT = 20


def _job(client: Client, owner: str) -> int:
    with psycopg.connect(client.services.settings.dsn or "") as connection:
        [key] = connection.execute("select id from app_user where name = %s", [owner]).fetchone() or (0,)
    return progress.started(client.services.seam, "test", by=int(key), total=3)


class Wire:
    """A WebSocket as a server sees it, driven by a test."""

    def __init__(self, client: Client, headers: dict[str, str], protocols: list[str]) -> None:
        self._in: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        sent = [(name.encode(), value.encode()) for name, value in {"host": "hub.test", **headers}.items()]
        scope = {
            "type": "websocket", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "scheme": "ws",
            "headers": sent, "subprotocols": protocols, "client": ("192.0.2.9", 1), "server": ("hub.test", 80),
            "root_path": "", "app": client.app,
        }  # fmt: skip
        self._in.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(client.app(scope, self._in.get, self._out.put))  # type: ignore[arg-type]

    def say(self, message: Any) -> None:
        text = message if isinstance(message, str) else orjson.dumps(message).decode()
        self._in.put_nowait({"type": "websocket.receive", "text": text})

    async def hear(self) -> Any:
        event = await asyncio.wait_for(self._out.get(), WAIT)
        if event["type"] == "websocket.send":
            return orjson.loads(event["text"])
        return event.get("code", event["type"])

    async def hang_up(self) -> None:
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(asyncio.gather(self.task, return_exceptions=True), WAIT)


@contextlib.asynccontextmanager
async def _wire(client: Client, protocols: list[str] | None = None, **headers: str) -> AsyncIterator[Wire]:
    wire = Wire(client, headers, [streams.PROTOCOL] if protocols is None else protocols)
    try:
        yield wire
    finally:
        await wire.hang_up()


@contextlib.asynccontextmanager
async def _known(client: Client, role: str | None, **headers: str) -> AsyncIterator[Wire]:
    async with _wire(client, **headers) as wire:
        assert await wire.hear() == "websocket.accept"
        payload = {"authorization": f"Bearer {client.tokens[role]}"} if role else {}
        wire.say({"type": "connection_init", "payload": payload})
        assert await wire.hear() == {"type": "connection_ack"}
        yield wire


def _subscribe(job: int, name: str = "1", query: str = FOLLOW) -> dict[str, Any]:
    payload = {"query": query, "variables": {"id": encode("Job", job)}}
    return {"type": "subscribe", "id": name, "payload": payload}


def _seen(message: Any) -> tuple[Any, ...]:
    assert message["type"] == "next", message
    told = message["payload"]["data"]["jobUpdated"]
    return told["state"], told["done"], told["message"]


async def test_work_is_followed_to_its_end(hub: Open) -> None:
    async with hub() as client, _known(client, "officer") as wire:
        seam, job = client.services.seam, _job(client, "demo.officer")
        wire.say(_subscribe(job))
        assert _seen(await wire.hear()) == ("RUNNING", 0, None)
        await asyncio.to_thread(lambda: progress.advanced(seam, job, done=1, message="một"))
        assert _seen(await wire.hear()) == ("RUNNING", 1, "một")
        await asyncio.to_thread(lambda: progress.ended(seam, job, "SUCCEEDED", result={"sums": 7}))
        assert _seen(await wire.hear()) == ("SUCCEEDED", 1, "một")
        assert await wire.hear() == {"id": "1", "type": "complete"}
        wire.say({"type": "ping"})
        assert await wire.hear() == {"type": "pong"}


async def test_absent_and_unseen_work_are_told_alike(hub: Open) -> None:
    async with hub() as client:
        job = _job(client, "demo.officer")
        for role in (None, "clerk"):
            async with _known(client, role) as wire:
                told = []
                for key in (job, 999_999_999):
                    wire.say(_subscribe(key))
                    message = await wire.hear()
                    assert message["type"] == "error"
                    [error] = message["payload"]
                    assert error["extensions"]["code"] == "NOT_FOUND"
                    told.append(message)
                assert told[0] == told[1]


async def test_a_revoked_key_closes_the_socket(
    hub: Open, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub() as client, _known(client, "officer") as wire:
        seam, job = client.services.seam, _job(client, "demo.officer")
        wire.say(_subscribe(job))
        assert _seen(await wire.hear())[0] == "RUNNING"
        change = (
            "update access_token set revoked_at = %s where user_id ="
            " (select id from app_user where name = 'demo.officer')"
        )
        with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
            connection.execute(change, ["2020-01-01"])
            try:
                await asyncio.to_thread(lambda: progress.advanced(seam, job, done=2))
                assert await wire.hear() == 4401
            finally:
                connection.execute(change, [None])


async def test_a_key_that_ends_is_noticed_without_any_change(
    hub: Open, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "CHECK_SECONDS", 0.05)
    async with hub() as client, _known(client, "clerk") as wire:
        wire.say(_subscribe(_job(client, "demo.clerk")))
        assert _seen(await wire.hear())[0] == "RUNNING"
        with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
            connection.execute("update app_user set disabled_at = now() where name = 'demo.clerk'")
            try:
                assert await wire.hear() == 4401
            finally:
                connection.execute("update app_user set disabled_at = null where name = 'demo.clerk'")


async def test_a_right_that_ends_ends_what_is_followed(hub: Open, city: City) -> None:
    """The system administrator sees everybody's work by his role alone."""
    async with hub() as client, _known(client, "sysadmin") as wire:
        seam, job = client.services.seam, _job(client, "demo.clerk")
        wire.say(_subscribe(job))
        assert _seen(await wire.hear())[0] == "RUNNING"
        which = "user_id = (select id from app_user where name = 'demo.sysadmin')"
        with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
            connection.execute(f"update role_grant set valid_to = valid_from where {which}")
            try:
                await asyncio.to_thread(lambda: progress.advanced(seam, job, done=2))
                assert await wire.hear() == {"id": "1", "type": "complete"}
            finally:
                connection.execute(f"update role_grant set valid_to = null where {which}")


async def test_a_right_that_rests_out_of_hours_ends_what_is_followed(
    hub: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now().astimezone(clock.HANOI)
    monkeypatch.setattr(clock, "now", lambda: now.replace(hour=9))
    async with (
        hub(admin_hours=Hours(time(7, 30), time(17, 30))) as client,
        _known(client, "sysadmin") as wire,
    ):
        seam, job = client.services.seam, _job(client, "demo.clerk")
        wire.say(_subscribe(job))
        assert _seen(await wire.hear())[0] == "RUNNING"
        monkeypatch.setattr(clock, "now", lambda: now.replace(hour=20))
        await asyncio.to_thread(lambda: progress.advanced(seam, job, done=2))
        assert await wire.hear() == {"id": "1", "type": "complete"}


RESTRICTED = """subscription($id: ID!) { jobUpdated(id: $id) {
  done reportTasks { agency { files(first: 1, filter: {accessModes: [CONDITIONAL]}) { nodes { id } } } } } }"""


@pytest.fixture
def reporting(city: City) -> Iterator[int]:
    """Work of the supervisor about the report of an agency, to whose files it leads."""
    with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
        [job] = connection.execute(
            """with it as (insert into job (kind, state, created_by)
                           select 'test', 'RUNNING', id from app_user where name = 'demo.supervisor' returning id),
                    task as (insert into report_task (job_id, deed, period_id, agency_id)
                             select it.id, 'DRAFT', min(p.id), min(f.agency_id) from it, reporting_period p, file f
                              where f.access_level = 1 group by it.id)
               select id from it"""
        ).fetchone() or (0,)
        yield job
        connection.execute("delete from report_task where job_id = %s", [job])


def _reads(city: City) -> list[tuple[Any, ...]]:
    with psycopg.connect(city.owner_dsn) as connection:
        return connection.execute(
            "select u.name, e.request_id is not null, host(e.client_ip) from audit_event e"
            " join app_user u on u.id = e.agent_id where e.event_type = 'record:read' order by e.id"
        ).fetchall()


async def test_restricted_records_that_are_followed_are_told_with_each_event(
    hub: Open, city: City, reporting: int
) -> None:
    async with hub() as client:
        seam, before = client.services.seam, len(_reads(city))
        async with _known(client, "supervisor") as wire:
            wire.say(_subscribe(reporting, query=RESTRICTED))
            [task] = (await wire.hear())["payload"]["data"]["jobUpdated"]["reportTasks"]
            assert task["agency"]["files"]["nodes"]
            assert _reads(city)[before:] == [("demo.supervisor", True, "192.0.2.9")]
            await asyncio.to_thread(lambda: progress.advanced(seam, reporting, done=1))
            assert (await wire.hear())["payload"]["data"]["jobUpdated"]["done"] == 1
            assert len(_reads(city)) == before + 2
        progress.ended(seam, reporting, "SUCCEEDED")
        given = {"id": encode("Job", reporting)}
        await client.ask(RESTRICTED, given, role="supervisor", accept="text/event-stream")
        assert [told[:2] for told in _reads(city)[before:]] == [("demo.supervisor", True)] * 3


async def test_a_bad_credential_opens_nothing(hub: Open) -> None:
    async with hub() as client, _wire(client) as wire:
        assert await wire.hear() == "websocket.accept"
        wire.say({"type": "connection_init", "payload": {"authorization": "Bearer hub_nothing"}})
        assert await wire.hear() == 4401


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"type": "subscribe", "id": "1", "payload": {"query": "{__typename}"}}, 4401),
        ("no json", 4400),
        ("[1]", 4400),
        ({"type": "connection_init", "payload": {"authorization": "Basic x"}}, 4401),
    ],
)
async def test_who_does_not_introduce_himself_is_shut_out(hub: Open, first: Any, code: int) -> None:
    async with hub() as client, _wire(client) as wire:
        assert await wire.hear() == "websocket.accept"
        wire.say(first)
        assert await wire.hear() == code


@pytest.mark.parametrize(
    ("origin", "opens"),
    [
        (PORTAL, True),
        ("http://hub.test", True),
        ("https://evil.example", False),
        ("null", False),
        ("http://localhost:1", False),
    ],
)
async def test_pages_of_other_origins_open_no_socket(hub: Open, origin: str, opens: bool) -> None:
    async with (
        hub(profile="production", allowed_origins=(PORTAL,)) as client,
        _wire(client, origin=origin) as wire,
    ):
        assert await wire.hear() == ("websocket.accept" if opens else 4403)


async def test_another_protocol_is_not_spoken(hub: Open) -> None:
    async with hub() as client, _wire(client, ["graphql-ws"]) as wire:
        assert await wire.hear() == 4406


async def test_a_socket_has_limits(hub: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_OPERATIONS", 2)
    async with hub() as client:
        job = _job(client, "demo.officer")
        async with _known(client, "officer") as wire:
            for name in ("1", "2"):
                wire.say(_subscribe(job, name))
                assert (await wire.hear())["type"] == "next"
            wire.say(_subscribe(job, "3"))
            assert await wire.hear() == 4429
        async with _known(client, "officer") as wire:
            wire.say(_subscribe(job))
            assert (await wire.hear())["type"] == "next"
            wire.say(_subscribe(job))
            assert await wire.hear() == 4409
        async with _known(client, "officer") as wire:
            wire.say({"type": "connection_init"})
            assert await wire.hear() == 4429
        monkeypatch.setattr(streams, "INIT_SECONDS", 0.01)
        async with _wire(client) as wire:
            assert await wire.hear() == "websocket.accept"
            assert await wire.hear() == 4408


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{__typename}", "BAD_REQUEST"),
        ("subscription {nosuch}", "BAD_REQUEST"),
        ('subscription {jobUpdated(id: "x") {id}}', "BAD_REQUEST"),
        (
            "subscription($id: ID!) {...f} fragment f on Subscription {jobUpdated(id: $id) {id}}",
            "BAD_REQUEST",
        ),
        ("subscription($id: ID!) {a: jobUpdated(id: $id) {id} b: jobUpdated(id: $id) {id}}", "BAD_REQUEST"),
        ("subscription($id: ID!) {jobUpdated(id: $id) {" + "id " * 3_000 + "}}", "COST_EXCEEDED"),
    ],
)
async def test_what_cannot_be_followed_is_an_error(hub: Open, query: str, code: str) -> None:
    async with hub() as client, _known(client, "officer") as wire:
        wire.say(_subscribe(1, query=query))
        message = await wire.hear()
        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["code"] == code


def test_a_real_server_speaks_the_protocol(settings: Settings, city: City) -> None:
    with served(settings) as url:
        address = url.replace("http://", "ws://")
        with connect(address, subprotocols=[Subprotocol(streams.PROTOCOL)]) as socket:
            shown = f"Bearer {city.tokens['officer']}"
            socket.send(
                orjson.dumps({"type": "connection_init", "payload": {"authorization": shown}}).decode()
            )
            assert orjson.loads(socket.recv(WAIT)) == {"type": "connection_ack"}
            socket.send(orjson.dumps(_subscribe(999_999_999)).decode())
            assert orjson.loads(socket.recv(WAIT))["payload"][0]["extensions"]["code"] == "NOT_FOUND"
        with pytest.raises(InvalidStatus):
            connect(address, origin=Origin("https://evil.example"))


async def test_a_subscription_by_an_ordinary_request_is_told_the_way(hub: Open) -> None:
    async with hub() as client:
        assert await client.code(FOLLOW, {"id": encode("Job", 1)}, role="officer") == "BAD_REQUEST"


async def test_server_sent_events_tell_the_same(hub: Open) -> None:
    async with hub() as client:
        seam, job = client.services.seam, _job(client, "demo.officer")
        progress.ended(seam, job, "FAILED", problems=["hỏng"])
        answer = await client.ask(
            FOLLOW, {"id": encode("Job", job)}, role="officer", accept="text/event-stream"
        )
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        first, second = answer.text.strip().split("\n\n")
        kind, data = first.split("\n")
        assert kind == "event: next"
        assert orjson.loads(data.removeprefix("data: "))["data"]["jobUpdated"]["state"] == "FAILED"
        assert second.startswith("event: complete")
        for token, status in (("Bearer hub_nothing", 401), (f"Bearer {client.tokens['clerk']}", 200)):
            refused = await client.ask(
                FOLLOW, {"id": encode("Job", job)}, authorization=token, accept="text/event-stream"
            )
            assert refused.status_code == status
            assert refused.json()["errors"]


async def test_work_is_cancelled_by_whoever_asked_for_it(hub: Open) -> None:
    cancel = """mutation($id: ID!) { cancelJob(input: {id: $id}) {
        __typename ... on Job { id state } ... on Problem { problem: code } } }"""
    async with hub() as client:
        seam, job = client.services.seam, _job(client, "demo.officer")
        given = {"id": encode("Job", job)}
        for role in (None, "clerk"):
            told = (await client.ask(cancel, given, role=role)).json()["data"]["cancelJob"]
            assert told == {"__typename": "NotFound", "problem": "NOT_FOUND"}
        progress.advanced(seam, job, done=1)  # nobody has asked it to stop
        for _ in range(2):
            told = (await client.ask(cancel, given, role="officer")).json()["data"]["cancelJob"]
            assert told["state"] == "RUNNING"
        with pytest.raises(progress.Stopped):
            progress.advanced(seam, job, done=2)
        progress.ended(seam, job, "CANCELLED")
        progress.ended(seam, job, "SUCCEEDED")
        told = (await client.ask(cancel, given, role="officer")).json()["data"]["cancelJob"]
        assert told["state"] == "CANCELLED"
