"""Every test talks to a real PostgreSQL: the embedded one, or the server that HUB_DSN names.

The template is migrated once and named by a hash of what made it; each process of the run (xdist worker or
not) has a clone of it, and most tests roll back. Every process attaches to the server by itself, as any
user of the hub would: the embedded server is shared by design, and a test that needs no database starts
none.

Databases are named `hub_test_*`. Each is guarded by an advisory lock held on the maintenance database as
long as its process lives, so that the next run can tell what a killed one left behind, and drop it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Engine, create_engine
from sqlmodel import Session

from hub.kit import db
from hub.kit.embedded import APP, embedded_postgres
from reports.pdf import PdfUnavailable, check_printer

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "hub_test_"
REAL_SERVER = pytest.StashKey[str | None]()
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

settings.register_profile("hub", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("hub")


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

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """An autocommitting connection to the maintenance database."""
        return psycopg.connect(self.owner_dsn, autocommit=True)


def _hash() -> str:
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)}):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def _databases(connection: psycopg.Connection[tuple[object, ...]]) -> set[str]:
    found = connection.execute(
        "select datname from pg_database where datname like %s", [PREFIX.replace("_", r"\_") + "%"]
    )
    return {str(row[0]) for row in found}


def _drop(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _drop_if_unguarded(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    """Drop a database whose process is gone."""
    if connection.execute("select pg_try_advisory_lock(%s)", [_key(name)]).fetchone() == (True,):
        try:
            _drop(connection, name)
        finally:
            connection.execute("select pg_advisory_unlock(%s)", [_key(name)])


def pytest_configure(config: pytest.Config) -> None:
    """Take HUB_DSN, and leave no setting of the surroundings to the code under test."""
    worker = getattr(config, "workerinput", None)
    config.stash[REAL_SERVER] = worker["hub_dsn"] if worker else os.environ.get("HUB_DSN")
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        del os.environ[name]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist's workers inherit an environment without it."""
    node.workerinput["hub_dsn"] = node.config.stash[REAL_SERVER]


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """The server of this run."""
    with contextlib.ExitStack() as stack:
        if dsn := pytestconfig.stash[REAL_SERVER]:
            yield Server(dsn, real=True)
        else:
            embedded = stack.enter_context(embedded_postgres(ROOT / ".cache" / "tests", fast=True))
            yield Server(embedded.dsn("postgres"), real=False)


@pytest.fixture(scope="session")
def guard(server: Server) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The connection whose advisory locks say which test databases are in use."""
    with server.connect() as connection:
        for name in _databases(connection):
            _drop_if_unguarded(connection, name) if not name.startswith(
                f"{PREFIX}template_{_hash()}"
            ) else None
        if connection.execute("select 1 from pg_roles where rolname = %s", [APP]).fetchone() is None:
            password = conninfo_to_dict(server.owner_dsn).get("password")
            login = (
                sql.SQL("login password {}").format(sql.Literal(password)) if password else sql.SQL("login")
            )
            with contextlib.suppress(psycopg.errors.DuplicateObject):
                connection.execute(sql.SQL("create role {} {}").format(sql.Identifier(APP), login))
        yield connection


@pytest.fixture(scope="session")
def template(server: Server, guard: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    """The migrated database that the clones are made from; kept for the next run, except on a real server."""
    name = f"{PREFIX}template_{_hash()}"
    guard.execute("select pg_advisory_lock(%s)", [_key(PREFIX)])  # one builder at a time
    try:
        guard.execute("select pg_advisory_lock_shared(%s)", [_key(name)])
        if name not in _databases(guard):
            _build(server, guard, name)
    finally:
        guard.execute("select pg_advisory_unlock(%s)", [_key(PREFIX)])
    yield name
    guard.execute("select pg_advisory_unlock_shared(%s)", [_key(name)])
    if server.real:
        _drop_if_unguarded(guard, name)


def _build(server: Server, connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    from hub.migrate import upgrade

    half = f"{name}_tmp"
    connection.execute("select pg_advisory_lock(%s)", [_key(half)])
    try:
        _drop(connection, half)
        connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(half)))
        upgrade(server.dsn(half))
        # A template must have no open connection; a half-made one must not pass for whole: hence the rename.
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [half]
        )
        connection.execute(
            sql.SQL("alter database {} rename to {}").format(sql.Identifier(half), sql.Identifier(name))
        )
    finally:
        _drop(connection, half)
        connection.execute("select pg_advisory_unlock(%s)", [_key(half)])


@pytest.fixture(scope="session")
def clone(
    server: Server, guard: psycopg.Connection[tuple[object, ...]], template: str
) -> Callable[[], contextlib.AbstractContextManager[str]]:
    """Makes a database from the template and drops it on leaving; yields its address as the owner."""

    @contextlib.contextmanager
    def make() -> Iterator[str]:
        name = f"{PREFIX}{uuid.uuid4().hex[:16]}"
        guard.execute("select pg_advisory_lock(%s)", [_key(name)])
        try:
            guard.execute(
                sql.SQL("create database {} template {} strategy file_copy").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
            yield server.dsn(name)
        finally:
            _drop(guard, name)
            guard.execute("select pg_advisory_unlock(%s)", [_key(name)])

    return make


@pytest.fixture(scope="session")
def database_url(clone: Callable[[], contextlib.AbstractContextManager[str]]) -> Iterator[str]:
    """This process's own migrated database, as its owner. Tests that use it roll back what they do."""
    with clone() as dsn:
        yield dsn


def as_app(owner_url: str) -> str:
    """The same database as the application's role, which owns nothing; as in production, no login of its own."""
    return db.as_app(owner_url)


@pytest.fixture(scope="session")
def app_url(database_url: str) -> str:
    """This process's database as the application sees it: by a role that owns nothing."""
    return as_app(database_url)


@pytest.fixture
def fresh_database(
    clone: Callable[[], contextlib.AbstractContextManager[str]],
) -> Iterator[Callable[[], str]]:
    """Makes databases of the test's own, for tests that commit; `as_app(url)` is the application's way."""
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(clone())


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """SQLAlchemy's engine on this process's database, as the owner."""
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://", 1))
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session as the owner; whatever the test does, commits included, is rolled back afterwards."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(bind=connection, join_transaction_mode="create_savepoint") as session:
            yield session
        if transaction.is_active:
            transaction.rollback()


@pytest.fixture(scope="session")
def printer() -> None:
    """Skips the test on a machine without pango or a Times-metric font."""
    try:
        check_printer()
    except PdfUnavailable as error:
        pytest.skip(error.message_en)
