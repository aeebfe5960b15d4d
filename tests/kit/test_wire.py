"""Statements asked in one journey: what goes out and comes back, and what is left of a connection that failed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import psycopg
import pytest

from hub.kit import wire
from hub.kit.wire import Question, ask, checked, first_row, understood

pytestmark = pytest.mark.anyio
Connection = psycopg.AsyncConnection[tuple[object, ...]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as opened:
        yield opened


async def one(connection: Connection, sql: str, *values: object) -> bytes | None:
    [result] = checked(await ask(connection, [Question(sql, values)]))
    return result.get_value(0, 0)


async def test_answers_come_in_the_order_of_the_questions(connection: Connection) -> None:
    for _ in range(2):  # prepared, and prepared before
        asked = [Question("select $1::int + 1", [number]) for number in range(3)]
        results = checked(await ask(connection, [*asked, Question("select 'x'", ())]))
        assert [result.get_value(0, 0) for result in results] == [b"1", b"2", b"3", b"x"]
    assert checked(await ask(connection, [])) == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "đất 'đai' \\ {a,b}"),
        ("text", ""),
        ("text", None),
        ("text[]", ["a,b", '"', "\\", "", None, "null"]),
        ("bigint[]", ["1", "2"]),
        ("bool", True),
        ("bytea", b"\x00\\\xff"),
        ("date", date(2025, 6, 30)),
        ("timestamptz", datetime(2025, 6, 30, 1, 2, 3, 4, tzinfo=UTC)),
    ],
)
async def test_a_value_arrives_as_it_was(connection: Connection, kind: str, value: object) -> None:
    [result] = checked(await ask(connection, [Question(f"select $1::{kind} as it", [value])]))
    found = first_row(result)
    assert found is not None
    assert found["it"] == ([1, 2] if kind == "bigint[]" else value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "đất 'đai' \\ \"{a,b}\" \b\f\n\r\t\x01\x1f\x7f </script> \u2028 🏛"),
        ("text", ""),
        ("text", None),
        ("date", "2025-06-30"),
        ("date", "-infinity"),
        ("date", "0044-03-15 BC"),
        ("timestamptz", "2025-06-30 01:02:03.000004+07"),
    ],
)
async def test_a_scalar_is_the_same_json_whatever_the_server(
    connection: Connection, kind: str, value: str | None
) -> None:
    sql = f"select json_scalar($1::{kind})::text"
    older = understood(sql, 150_000)
    assert older == f"select to_json($1::{kind})::text"
    assert await one(connection, sql, value) == await one(connection, older, value)


async def test_no_row_is_none(connection: Connection) -> None:
    [result] = checked(await ask(connection, [Question("select 1 where false", ())]))
    assert first_row(result) is None


async def test_text_that_no_database_holds_is_refused_before_it_is_cut(connection: Connection) -> None:
    with pytest.raises(psycopg.DataError):
        await ask(connection, [Question("select $1::text", ["a\0b"])])
    assert await one(connection, "select 1") == b"1"


@pytest.mark.parametrize("broken", ["select 1 / $1::int", "select nothing_there, $1::int"])
async def test_results_end_with_the_first_that_failed(connection: Connection, broken: str) -> None:
    asked = [Question("select 1", ()), Question(broken, [0]), Question("select 2", ())]
    results = await ask(connection, asked)
    with pytest.raises((psycopg.errors.DivisionByZero, psycopg.errors.UndefinedColumn)):
        checked(results)
    assert len(results) <= 2
    assert await one(connection, "select 3") == b"3"


async def test_a_statement_that_is_waited_for_no_longer_ends(
    connection: Connection, database_url: str
) -> None:
    pid = connection.info.backend_pid
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await ask(connection, [Question("select pg_sleep(60)", ())])
    assert connection.closed
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as other:
        async with asyncio.timeout(10):
            while await one(other, "select count(*) from pg_stat_activity where pid = $1::int", pid) != b"0":
                pass


async def test_a_lost_connection_is_told(connection: Connection, database_url: str) -> None:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as other:
        waiting = asyncio.create_task(ask(connection, [Question("select pg_sleep(60)", ())]))
        ended = "select pg_terminate_backend($1::int)"
        await asyncio.sleep(0)
        assert await one(other, ended, connection.info.backend_pid) == b"t"
        with pytest.raises(psycopg.OperationalError):
            await waiting
    assert connection.closed
    with pytest.raises(psycopg.OperationalError):
        await ask(connection, [Question("select 1", ())])


async def test_between_journeys_the_loop_goes_on_listening(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, begun = asyncio.get_running_loop(), []
    begin = loop.add_reader
    monkeypatch.setattr(loop, "add_reader", lambda fd, *rest: (begun.append(fd), begin(fd, *rest)))
    for _ in range(3):
        assert await one(connection, "select 1") == b"1"
    assert len(begun) == 1
    await connection.execute("select 2")  # psycopg listens by itself
    for _ in range(2):
        assert await one(connection, "select 3") == b"3"


async def test_nothing_is_left_of_a_connection_that_has_ended(database_url: str) -> None:
    before = os.listdir("/proc/self/fd")
    for way in ("closed", "forgotten"):
        connection = await psycopg.AsyncConnection.connect(database_url, autocommit=True)
        assert await one(connection, "select 1") == b"1"
        assert len(os.listdir("/proc/self/fd")) > len(before)
        if way == "closed":
            await connection.close()
        else:
            connection.pgconn.finish()
            del connection
        async with asyncio.timeout(10):
            while len(os.listdir("/proc/self/fd")) > len(before):
                await asyncio.sleep(0)


async def test_more_than_a_socket_takes_at_once_goes_both_ways(connection: Connection) -> None:
    long = "đ" * 3_000_000
    assert await one(connection, "select $1::text", long) == long.encode()


async def test_statements_not_used_for_longest_are_forgotten(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PREPARED_MAX", 2)
    for number in (1, 2, 1, 3, 1, 2):
        assert await one(connection, f"select {number}") == b"%d" % number
    kept = (
        "select string_agg(statement, ' ' order by statement) from pg_prepared_statements where name ~ 'hub'"
    )
    async with connection.cursor() as cursor:
        assert await (await cursor.execute(kept)).fetchone() == ("select 1 select 2",)
