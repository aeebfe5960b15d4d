"""Whoever was read before is asked about by one number: it moves with every change of access, and with no other."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest

from hub.access.queries import CALLER_SQL, IDENTITY_SQL, STATE, STATE_SQL
from hub.kit import clock
from tests.http.conftest import City, Client, Open, said

pytestmark = pytest.mark.anyio
FILES = "{files(first: 3) { nodes { id code } }}"
Connection = psycopg.Connection[tuple[Any, ...]]

TABLES = {"u": "app_user", "h": "app_user", "g": "role_grant", "f": "step_up"}
OFFICER = "(select id from app_user where name = 'demo.officer')"
# What moves the number, and what puts things in order afterwards.
CHANGES = {
    "a key is revoked": (
        f"update access_token set revoked_at = now() where user_id = {OFFICER}",
        f"update access_token set revoked_at = null where user_id = {OFFICER}",
    ),
    "a key is taken away": (
        "delete from access_token where label = 'probe'",
        "delete from access_token where label = 'probe'",
    ),
    "a user is shut out": (
        "update app_user set disabled_at = now() where name = 'demo.officer'",
        "update app_user set disabled_at = null where name = 'demo.officer'",
    ),
    "a role is given": (
        "insert into role_grant (user_id, role, agency_id, valid_from, reason)"
        f" select {OFFICER}, 'staff', min(agency_id), '2000-01-01', 'probe' from role_grant where user_id = {OFFICER}",
        "delete from role_grant where reason = 'probe'",
    ),
    "somebody proves himself": (
        f"insert into step_up (sha256, user_id, until) values (sha256('probe'), {OFFICER}, now())",
        "delete from step_up where sha256 = sha256('probe')",
    ),
    "an identity is linked": (
        f"insert into user_identity (user_id, issuer, subject) values ({OFFICER}, 'probe', 'probe')",
        "delete from user_identity where issuer = 'probe'",
    ),
}


@pytest.fixture
def owner(city: City) -> Iterator[Connection]:
    with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
        yield connection


def _number(connection: Connection) -> int:
    found = connection.execute("select access_version from access_state").fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_moves_the_number_when_it_is_committed(city: City, owner: Connection, what: str) -> None:
    change, back = CHANGES[what]
    owner.execute(
        "insert into access_token (user_id, label, sha256, prefix)"
        f" values ({OFFICER}, 'probe', sha256('probe'), 'probe')"
    )
    before = _number(owner)
    try:
        with psycopg.connect(city.owner_dsn) as writing:
            writing.execute(change)
            assert _number(owner) == before
            writing.rollback()
            assert _number(owner) == before
            assert writing.execute(change).rowcount
            writing.commit()
        assert _number(owner) != before
    finally:
        owner.execute(back)
        owner.execute("delete from access_token where label = 'probe'")


def test_that_a_key_was_used_moves_nothing(owner: Connection) -> None:
    before = _number(owner)
    owner.execute("update access_token set last_used_at = now()")
    owner.execute("update app_user set email = email")
    assert _number(owner) == before


def test_a_change_undone_to_a_savepoint_leaves_the_next_one_to_be_told(city: City, owner: Connection) -> None:
    change, back = CHANGES["a user is shut out"]
    before = _number(owner)
    with psycopg.connect(city.owner_dsn) as writing:
        writing.execute("set constraints all immediate")
        with writing.transaction(force_rollback=True):
            writing.execute(change)
        writing.execute(back)
        writing.commit()
    assert _number(owner) != before


def test_writers_do_not_wait_for_each_other(city: City, owner: Connection) -> None:
    numbers = [_number(owner)]
    with psycopg.connect(city.owner_dsn) as one, psycopg.connect(city.owner_dsn) as other:
        for writing, name in ((one, "demo.clerk"), (other, "demo.leader")):
            writing.execute("set lock_timeout = '2s'")
            writing.execute("update app_user set disabled_at = null where name = %s", [name])
        for writing in (other, one):  # who waits fails by the timeout above
            writing.commit()
            numbers.append(_number(owner))
    assert len(set(numbers)) == 3


def test_whoever_changes_access_waits_for_no_merger(city: City, owner: Connection) -> None:
    """It holds the number of the tree, and ends grants while others change some."""
    before = _number(owner)
    grants = (
        "role_grant set reason = reason where user_id = (select id from app_user where name = 'demo.clerk')"
    )
    with psycopg.connect(city.owner_dsn) as merging, psycopg.connect(city.owner_dsn) as writing:
        writing.execute("set lock_timeout = '2s'")
        merging.execute("update agency set parent_id = parent_id where code = 'UBND-BADINH'")
        writing.execute(f"update {grants}")
        writing.commit()
        assert _number(owner) != before
        merging.execute(f"update {grants}")
        merging.commit()


def test_every_column_that_is_read_of_a_caller_moves_the_number(owner: Connection) -> None:
    moved = {
        (table, column): {"delete": bool(kinds & 8), "update": bool(kinds & 16)}
        for table, column, kinds in owner.execute(
            """select c.relname, a.attname, t.tgtype from pg_trigger t
                 join pg_class c on c.oid = t.tgrelid
                 join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
                  and (t.tgattr = ''::int2vector or a.attnum = any(t.tgattr))
                where t.tgfoid = 'hub_access_changed'::regproc and t.tgdeferrable and t.tginitdeferred"""
        )
    }
    read = set()
    for sql, key in ((CALLER_SQL, "access_token"), (IDENTITY_SQL, "user_identity")):
        for alias, column in re.findall(r"\b([tuhgf])\.(\w+)", sql):
            read.add((TABLES.get(alias, key), column))
    assert len(read) > 20
    for table, column in read - {(table, "id") for table, _ in read}:  # keys of rows never change
        assert moved.get((table, column)) == {"delete": True, "update": True}, (table, column)
    emptied = owner.execute(
        "select count(*) from pg_trigger where tgfoid = 'hub_access_changed'::regproc and tgtype & 32 > 0"
    ).fetchone()
    assert emptied == (len({table for table, _ in read}),)


async def _warm(client: Client, role: str) -> bytes:
    return [said(await client.ask(FILES, role=role)) for _ in range(3)][-1]


async def test_whoever_is_known_is_asked_about_by_the_state_alone(hub: Open) -> None:
    async with hub(pool_size=1) as client:
        await _warm(client, "officer")
        with tempfile.TemporaryFile() as wire:
            async with client.services.pool.connection() as connection:
                connection.pgconn.trace(wire.fileno())
            answer = await client.ask(FILES, role="officer")
            async with client.services.pool.connection() as connection:
                connection.pgconn.untrace()
            assert answer.status_code == 200
            wire.seek(0)
            rows = [line.split(b"\t") for line in wire.read().splitlines() if b"\tDataRow\t" in line]
        assert rows[0][4].split()[0] == str(len(STATE)).encode(), STATE_SQL


@pytest.fixture
def past_the_hour(owner: Connection) -> Iterator[Callable[[], datetime]]:
    """The key of finance ends in an hour; a clock that stands behind it."""
    which = "user_id = (select id from app_user where name = 'demo.finance')"
    later = clock.now() + timedelta(hours=2)
    owner.execute(f"update access_token set expires_at = now() + interval '1 hour' where {which}")
    yield lambda: later
    owner.execute(f"update access_token set expires_at = null where {which}")


async def test_a_key_ends_at_its_hour(
    hub: Open, past_the_hour: Callable[[], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub() as client:
        await _warm(client, "finance")
        monkeypatch.setattr(clock, "now", past_the_hour)
        assert (await client.ask(FILES, role="finance")).status_code == 401


async def test_a_role_ends_with_its_day(
    hub: Open, owner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    which = "user_id = (select id from app_user where name = 'demo.staff')"
    async with hub() as client:
        try:
            owner.execute(f"update role_grant set valid_to = '2090-01-01' where {which}")
            seen = await _warm(client, "staff")
            assert seen != said(await client.ask(FILES))
            monkeypatch.setenv("HUB_TODAY", "2090-01-01")
            assert said(await client.ask(FILES, role="staff")) == said(await client.ask(FILES))
        finally:
            owner.execute(f"update role_grant set valid_to = null where {which}")


async def test_whoever_has_waited_for_a_connection_past_his_end_is_refused(
    hub: Open, past_the_hour: Callable[[], datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hub(pool_size=1) as client:
        await _warm(client, "finance")
        pool = client.services.pool
        async with pool.connection():
            asking = asyncio.create_task(client.ask(FILES, role="finance"))
            while not pool.get_stats()["requests_waiting"]:
                await asyncio.sleep(0)
            monkeypatch.setattr(clock, "now", past_the_hour)
        assert (await asking).status_code == 401
