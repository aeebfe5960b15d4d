"""Whoever hangs up stops his statement; a time limit does, too; a mutation is done as a whole."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import orjson
import psycopg
import pytest
import strawberry
from sqlalchemy import text
from sqlmodel import Session

from hub.kit.seam import Seam
from schema import HubSchema
from tests.http.conftest import City, Client, Open
from tests.http.probe import Info, Query, probe

pytestmark = pytest.mark.anyio
DONE: list[str] = []
WAIT = 20  # seconds until a test gives up


@strawberry.type
class Slow:
    @strawberry.mutation
    async def pause(self, info: Info) -> str:
        def work(session: Session) -> str:
            session.connection().execute(text("select pg_sleep(0.6)"))
            return "done"

        DONE.append(await info.context.seam.change(work))
        return "done"


async def _hang_up(client: Client, query: str, role: str | None, when: Any) -> list[dict[str, Any]]:
    """Ask, hang up once `when` is true, and give back what was sent nevertheless."""
    sent: list[dict[str, Any]] = []
    asked = [{"type": "http.request", "body": orjson.dumps({"query": query}), "more_body": False}]

    async def receive() -> dict[str, Any]:
        if asked:
            return asked.pop()
        await _until(when)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    if role:
        headers.append((b"authorization", f"Bearer {client.tokens[role]}".encode()))
    scope = {
        "type": "http", "method": "POST", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"",
        "headers": headers, "scheme": "http", "server": ("hub.test", 80), "client": ("192.0.2.1", 1),
        "http_version": "1.1", "root_path": "", "app": client.app,
    }  # fmt: skip
    await asyncio.wait_for(client.app(scope, receive, send), WAIT)  # type: ignore[arg-type]
    return sent


async def _until(true: Any) -> None:
    """Ask again and again, leaving the loop to others in between."""
    end = time.monotonic() + WAIT
    while not await asyncio.to_thread(true):
        assert time.monotonic() < end


def _busy(city: City, words: str, wanted: bool) -> Any:
    def look() -> bool:
        with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
            found = connection.execute(
                "select count(*) from pg_stat_activity where state = 'active' and query like %s"
                " and pid <> pg_backend_pid() and datname = current_database()",
                [f"%{words}%"],
            ).fetchone()
        return bool(found and found[0]) == wanted

    return look


async def test_a_read_of_the_core_stops_with_its_client(hub: Open, city: City) -> None:
    async with hub(probe()) as client:
        sent = await _hang_up(client, "{sleeping}", None, _busy(city, "pg_sleep(60)", True))
        assert sent == []
        await _until(_busy(city, "pg_sleep(60)", False))
        assert (await client.ask("{hello}")).status_code == 200


@pytest.mark.parametrize("role", [None, "officer"])
async def test_a_compiled_statement_stops_with_its_client(hub: Open, city: City, role: str | None) -> None:
    query = "{items(first: 7) {totalCount nodes {id}}}"
    async with hub(statement_timeout=60_000, request_timeout=60_000) as client:
        before = (await client.ask(query, role=role)).json()["data"]
        with psycopg.connect(city.owner_dsn) as locking:
            locking.execute("lock table item in access exclusive mode")
            assert await _hang_up(client, query, role, _busy(city, "item", True)) == []
            await _until(_busy(city, "from item", False))
        assert (await client.ask(query, role=role)).json()["data"] == before


async def test_a_time_limit_stops_the_statement(hub: Open, city: City) -> None:
    async with hub(probe(), request_timeout=300, statement_timeout=60_000) as client:
        answer = await client.ask("{sleeping}", accept_language="en", x_request_id="limit-000001")
        assert answer.status_code == 504
        [error] = answer.json()["errors"]
        assert error["extensions"]["code"] == "TIMEOUT"
        assert error["extensions"]["requestId"] == "limit-000001"
        await _until(_busy(city, "pg_sleep(60)", False))


async def test_a_mutation_is_done_though_nobody_waits(hub: Open, city: City) -> None:
    DONE.clear()
    async with hub(HubSchema(Query, Slow)) as client:
        await _hang_up(client, "mutation {pause}", None, _busy(city, "pg_sleep(0.6)", True))
    assert DONE == ["done"]


async def test_a_client_that_hangs_up_while_it_sends_is_no_request(hub: Open) -> None:
    async with hub(probe()) as client:
        gone = [{"type": "http.disconnect"}]
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return gone.pop()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "scheme": "http",
            "headers": [(b"content-type", b"application/json")], "client": None, "app": client.app,
        }  # fmt: skip
        await client.app(scope, receive, send)  # type: ignore[arg-type]
        assert sent == []


async def test_work_that_is_over_is_not_stopped(hub: Open) -> None:
    """The connection may serve somebody else by then."""
    async with hub(probe()) as client:
        seam: Seam = client.services.seam
        assert await seam.read(lambda session: session.connection().scalar(text("select 1"))) == 1
        task = asyncio.create_task(
            seam.read(lambda session: session.connection().scalar(text("select pg_sleep(60)")))
        )
        await asyncio.to_thread(lambda: None)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await seam.change(lambda session: session.connection().scalar(text("select 2"))) == 2
