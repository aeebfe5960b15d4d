"""Databases of a test run: a template, named by a hash of what made it, beginnings that are kept, and clones.

Databases are named `hub_test_*`. Each is guarded by an advisory lock held on the maintenance database as
long as its process lives, so that the next run can tell what a killed one left behind, and drop it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from hub.kit.embedded import APP

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "hub_test_"
# What the migrated template depends on; a change in any of these makes a new one.
SOURCES = (
    "migrations/**/*",
    "policies/**/*",
    "hub/**/*.sql",
    "hub/**/models.py",
    "hub/**/models/*.py",
    "hub/plan/**/*",
    "hub/kit/*.py",
)
# And what a demo city or a smaller beginning depends on.
CITY_SOURCES = (
    "migrations/**/*",
    "policies/**/*",
    "hub/**/*",
    "reports/**/*",
    "tests/**/conftest.py",
    "tests/**/world.py",
    "tests/databases.py",
    "tests/kpi/city.py",
)

Maintenance = psycopg.Connection[tuple[object, ...]]
MEMORY = Path("/dev/shm")
ENOUGH = 1 << 30  # bytes for the clones of all processes of a run


@dataclass(frozen=True)
class Server:
    """The PostgreSQL of this run; `owner_dsn` leads to its maintenance database."""

    owner_dsn: str
    real: bool

    def dsn(self, database: str, user: str | None = None) -> str:
        """The address of another database on the same server, as a URL."""
        parts = {
            key: str(value) for key, value in conninfo_to_dict(self.owner_dsn).items() if value is not None
        }
        user = user or parts.get("user", "")
        login = quote(user, safe="") + (
            f":{quote(parts['password'], safe='')}" if "password" in parts else ""
        )
        rest = {k: v for k, v in parts.items() if k not in ("user", "password", "dbname")}
        return f"postgresql://{login}@/{quote(database)}?{urlencode(rest)}"

    def connect(self) -> Maintenance:
        """An autocommitting connection to the maintenance database."""
        return psycopg.connect(self.owner_dsn, autocommit=True)


@cache
def _hash(sources: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in sorted({path for pattern in sources for path in ROOT.glob(pattern)}):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def _databases(connection: Maintenance) -> set[str]:
    found = connection.execute(
        "select datname from pg_database where datname like %s", [PREFIX.replace("_", r"\_") + "%"]
    )
    return {str(row[0]) for row in found}


def _drop(connection: Maintenance, name: str) -> None:
    dropped = sql.SQL("drop database if exists {}").format(sql.Identifier(name))
    try:
        connection.execute(dropped + sql.SQL(" with (force)"))
    except psycopg.errors.InsufficientPrivilege:
        # Before PostgreSQL 17 an ordinary owner may not end autovacuum's work; asked without force, it steps aside.
        connection.execute(dropped)


def _drop_if_unguarded(connection: Maintenance, name: str) -> None:
    """Drop a database whose process is gone."""
    if connection.execute("select pg_try_advisory_lock(%s)", [_key(name)]).fetchone() == (True,):
        try:
            _drop(connection, name)
        finally:
            connection.execute("select pg_advisory_unlock(%s)", [_key(name)])


@contextlib.contextmanager
def guarding(server: Server) -> Iterator[Maintenance]:
    """The connection whose locks say which databases are in use; what a killed run has left behind is dropped."""
    with server.connect() as connection:
        still = (template_name(), city_name(""))
        for name in _databases(connection):
            if not name.startswith(still):
                _drop_if_unguarded(connection, name)
        _open_role(server, connection)
        yield connection


def _open_role(server: Server, connection: Maintenance) -> None:
    if connection.execute("select 1 from pg_roles where rolname = %s", [APP]).fetchone() is not None:
        return
    password = conninfo_to_dict(server.owner_dsn).get("password")
    login = sql.SQL("login password {}").format(sql.Literal(password)) if password else sql.SQL("login")
    with contextlib.suppress(psycopg.errors.DuplicateObject):
        connection.execute(sql.SQL("create role {} {}").format(sql.Identifier(APP), login))


def template_name() -> str:
    """The migrated database of this code."""
    return f"{PREFIX}template_{_hash(SOURCES)}"


def city_name(beginning: str) -> str:
    """The database of a beginning, as this code makes it."""
    return f"{PREFIX}city_{_hash(CITY_SOURCES)}_{beginning}"


@contextlib.contextmanager
def kept(
    server: Server, guard: Maintenance, name: str, source: str, fill: Callable[[str], str]
) -> Iterator[str]:
    """A database to make clones of; kept for the next run, except on a real server.

    `fill` is given the address of a copy of `source`, and what it returns becomes the comment.
    """
    guard.execute("select pg_advisory_lock(%s)", [_key(f"{name}, being made")])  # one builder at a time
    try:
        guard.execute("select pg_advisory_lock_shared(%s)", [_key(name)])
        if name not in _databases(guard):
            _build(server, guard, name, source, fill)
    finally:
        guard.execute("select pg_advisory_unlock(%s)", [_key(f"{name}, being made")])
    yield name
    guard.execute("select pg_advisory_unlock_shared(%s)", [_key(name)])
    if server.real:
        _drop_if_unguarded(guard, name)


def _build(
    server: Server, connection: Maintenance, name: str, source: str, fill: Callable[[str], str]
) -> None:
    half = f"{name}_tmp"
    connection.execute("select pg_advisory_lock(%s)", [_key(half)])
    try:
        _drop(connection, half)
        _copy(connection, half, source)
        comment = fill(server.dsn(half))
        # A template must have no open connection; a half-made one must not pass for whole: hence the rename.
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [half]
        )
        told = sql.SQL("comment on database {} is {}")
        connection.execute(told.format(sql.Identifier(half), sql.Literal(comment)))
        renamed = sql.SQL("alter database {} rename to {}")
        connection.execute(renamed.format(sql.Identifier(half), sql.Identifier(name)))
    finally:
        _drop(connection, half)
        connection.execute("select pg_advisory_unlock(%s)", [_key(half)])


def _copy(connection: Maintenance, name: str, source: str, room: str | None = None) -> None:
    made = sql.SQL("create database {} template {} strategy file_copy").format(
        sql.Identifier(name), sql.Identifier(source)
    )
    if room:
        made += sql.SQL(" tablespace {}").format(sql.Identifier(room))
    connection.execute(made)
    # As every connection of the hub has it: a server compiles each statement of a test for longer than it runs.
    connection.execute(sql.SQL("alter database {} set jit = off").format(sql.Identifier(name)))


@cache
def _room_of_clones(server: Server) -> str | None:
    """A tablespace in memory, where there is enough of it: a clone has nine hundred files.

    A disk's file system searches long for the place of each where as many have just been removed.
    """
    if server.real:
        return None
    room = f"{PREFIX}memory"
    with server.connect() as connection:
        connection.execute("select pg_advisory_lock(%s)", [_key(room)])  # until the connection ends
        found = connection.execute(
            "select pg_tablespace_location(oid) from pg_tablespace where spcname = %s", [room]
        ).fetchone()
        if found and Path(str(found[0])).is_dir():
            return room
        if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH:
            return None
        try:
            _open_room(connection, room)
        except (OSError, psycopg.Error):  # a folder that is closed to us, or to the account of the server
            return None
    return room


def _open_room(connection: Maintenance, room: str) -> None:
    """Make the tablespace, or make it anew where the machine has been started since and its folder is gone."""
    lost = connection.execute(
        "select datname from pg_database d join pg_tablespace t on t.oid = d.dattablespace where spcname = %s",
        [room],
    )
    for (name,) in lost.fetchall():
        _drop(connection, str(name))
    connection.execute(sql.SQL("drop tablespace if exists {}").format(sql.Identifier(room)))
    [(data,)] = connection.execute("select current_setting('data_directory')")
    folder = MEMORY / f"hub-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    owner = Path(str(data)).stat()
    if owner.st_uid != os.getuid():
        os.chown(folder, owner.st_uid, owner.st_gid)
    made = sql.SQL("create tablespace {} location {}")
    connection.execute(made.format(sql.Identifier(room), sql.Literal(str(folder))))


@contextlib.contextmanager
def cloned(server: Server, guard: Maintenance, source: str) -> Iterator[str]:
    """The address, as the owner, of a clone of a database; it is dropped on leaving."""
    name = f"{PREFIX}{uuid.uuid4().hex[:16]}"
    guard.execute("select pg_advisory_lock(%s)", [_key(name)])
    try:
        _copy(guard, name, source, _room_of_clones(server))
        yield server.dsn(name)
    finally:
        _drop(guard, name)
        guard.execute("select pg_advisory_unlock(%s)", [_key(name)])
