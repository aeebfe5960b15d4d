"""The hub as others see it: one demo city behind HTTP, asked as every role, and the same rows in plain SQL.

The city is loaded once and stirred (canary.py), so that levels, listings and returns of every kind occur and each
text names the record it belongs to. Tests are synchronous; one runner holds the application for the session.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy import Engine, event
from sqlmodel import Session, create_engine
from starlette.applications import Starlette

from hub.access.actor import Actor, the_public
from hub.access.queries import actor_for_user
from hub.app import create_app
from hub.demo.evidence import TODAY
from hub.kit.db import sqlalchemy_url
from hub.settings import Settings
from tests.conftest import Cities
from tests.contract.canary import stir
from tests.records.told import told

ITEMS = 2_500
ROLES = (
    "anyone", "user", "staff", "clerk", "officer", "approver", "archivist", "archive_head", "supervisor",
    "supervisor_head", "leader", "finance", "itsec", "agency_admin", "sysadmin", "client",
)  # fmt: skip
# Every kind of sight: nothing but the published, an own agency, custody, the city without secrets or restrictions.
SIGHTS = ("anyone", "staff", "officer", "archivist", "archive_head", "supervisor", "leader", "sysadmin")
# Of these, who reads the figures of every agency, however small, and what goes into single ones (kpi:read).
READING = ("supervisor", "leader")
HERE = "UBND-BADINH"  # the agency of the agency roles
ELSEWHERE = "UBND-HOANKIEM"  # one where none of them has anything to say
ARCHIVE = "TTLTLS"

RESOURCES = ("fonds", "series", "file", "item", "digital", "transfer", "return")
TABLES = {"digital": "digital_object", "return": "agency_return"}
_WITH_FILE_STATE = "select t.*, f.state as file_state from {} t join file f on f.id = t.file_id"


@cache
def operation(name: str) -> str:
    """The text of an operation of the contract."""
    return (Path(__file__).parent / "operations" / f"{name}.graphql").read_text()


OPERATIONS = tuple(sorted(path.stem for path in (Path(__file__).parent / "operations").glob("*.graphql")))


@dataclass
class City:
    """A database with a stirred demo city, the keys of its people, and who they are for the law."""

    dsn: str
    connection: psycopg.Connection[Any]
    tokens: dict[str, str]
    actors: dict[str, Actor]
    _rows: dict[str, dict[int, SimpleNamespace]] = field(default_factory=dict)
    _known: dict[tuple[str, str, int], bool] = field(default_factory=dict)
    _places: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _accepted: dict[int, list[SimpleNamespace]] = field(default_factory=dict)

    def sql(self, text: str, *values: Any) -> list[SimpleNamespace]:
        """Rows of a plain statement, by the owner."""
        return [SimpleNamespace(**row) for row in self.connection.execute(text, values or None)]

    def rows(self, kind: str) -> dict[int, SimpleNamespace]:
        """The rows of a kind of record by id, with what the law asks of them; read once."""
        if kind not in self._rows:
            table = TABLES.get(kind, kind)
            wide = kind in ("item", "digital")
            source = _WITH_FILE_STATE.format(table) if wide else f"select t.* from {table} t"
            self._rows[kind] = {row.id: row for row in self.sql(f"{source} order by t.id")}
        return self._rows[kind]

    def sees(self, role: str, kind: str, key: int | None) -> bool:
        """Whether enforce() lets the role read the record."""
        if key is None:
            return False
        known = self._known.get((role, kind, key))
        if known is None:
            row = self.rows(kind)[key]
            known = self._known[role, kind, key] = self.actors[role].may("read", kind, row)
        return known

    def seen(
        self, role: str, kind: str, rows: Iterable[SimpleNamespace] | None = None
    ) -> list[SimpleNamespace]:
        """Those of the rows, by default of all of a kind, that enforce() lets the role read."""
        found = self.rows(kind).values() if rows is None else rows
        return [row for row in found if self.sees(role, kind, row.id)]

    def contents(self, role: str, file: int) -> list[tuple[int, SimpleNamespace]]:
        """The items of a file with their places there: its own and those listed in it, as far as the role sees."""
        if not self._places:
            for row in self.sql(
                "select file_id, ordinal, id from item union all select file_id, ordinal, item_id from item_listing"
                " order by 1, 2, 3"
            ):
                self._places.setdefault(row.file_id, []).append((row.ordinal, row.id))
        items = self.rows("item")
        return [
            (place, items[key]) for place, key in self._places.get(file, ()) if self.sees(role, "item", key)
        ]

    def told(self, role: str, file: SimpleNamespace) -> dict[str, Any]:
        """What a file tells the role of its documents."""
        items = [item for _, item in self.contents(role, file.id)]
        if not self._accepted:
            for row in self.sql("select file_id, item_id, first_page, last_page from page_acceptance"):
                self._accepted.setdefault(row.file_id, []).append(row)
        home = [item for item in items if item.file_id == file.id]
        return told(file, home, [item for item in items if item not in home], self._accepted.get(file.id, ()))

    def agency(self, code: str) -> SimpleNamespace:
        """An agency by its code."""
        return next(row for row in self.rows("agency").values() if row.code == code)


@contextlib.contextmanager
def stirred_city(cities: Cities, items: int, *, stirred: bool = True) -> Iterator[City]:
    """A demo city of so many items, stirred as canary.py does."""
    with cities(items) as loaded:
        dsn = loaded.owner_dsn
        engine = create_engine(sqlalchemy_url(dsn))
        with Session(engine) as session:
            if stirred:
                stir(session.connection())
            session.commit()
            actors = {role: actor_for_user(session, f"demo.{role}", today=TODAY) for role in ROLES[1:]}
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("analyze")
        engine.dispose()
        with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as owner:
            yield City(dsn, owner, loaded.tokens, {"anyone": the_public(), **actors})


@dataclass
class Answer:
    """What came over HTTP: `data`, or the first error's code and the rest of it."""

    response: httpx.Response
    body: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.body = self.response.json()

    @property
    def text(self) -> str:
        return self.response.text

    @property
    def said(self) -> bytes:
        """The bytes but for the account, which changes from one request to the next."""
        return re.sub(rb',"extensions":\{"cost":\{[^}]*\}\}\}$', b"}", self.response.content)

    @property
    def data(self) -> Any:
        assert "errors" not in self.body, self.text[:2000]
        return self.body["data"]

    @property
    def error(self) -> dict[str, Any]:
        assert self.body.get("data") is None, self.text[:500]
        error: dict[str, Any] = self.body["errors"][0]
        return error

    @property
    def code(self) -> str:
        return str(self.error["extensions"]["code"])


@dataclass
class Hub:
    """The application over a city, asked by HTTP."""

    city: City
    app: Starlette
    http: httpx.AsyncClient
    runner: asyncio.Runner

    def ask(
        self, query: str, role: str = "anyone", language: str | None = None, /, **variables: Any
    ) -> Answer:
        """The answer to a query, or to an operation of the contract by its name."""
        text = operation(query) if query in OPERATIONS else query
        return self.post({"query": text, "variables": variables}, role, language)

    def post(self, body: Any, role: str = "anyone", language: str | None = None, /, **more: Any) -> Answer:
        """The answer to a body as it is."""
        headers = {"accept": "application/json", "content-type": "application/json"}
        if token := self.city.tokens.get(role):
            headers["authorization"] = f"Bearer {token}"
        if language:
            headers["accept-language"] = language
        return Answer(
            self.runner.run(self.http.post("/graphql", content=json.dumps(body), headers=headers | more))
        )

    def pages(self, query: str, role: str, field: str, **variables: Any) -> list[dict[str, Any]]:
        """Every page of a root connection, by endCursor to the end."""
        found = [self.ask(query, role, **variables).data[field]]
        while found[-1]["pageInfo"]["hasNextPage"]:
            assert len(found) < 100, "pages without an end"
            after = found[-1]["pageInfo"]["endCursor"]
            found.append(self.ask(query, role, **variables, after=after).data[field])
        return found

    def statements(self, query: str, role: str, **variables: Any) -> int:
        """How many statements travel to PostgreSQL for a query that was asked before: on the pool, read off the
        wire, and from the core, which says them to SQLAlchemy."""
        self.ask(query, role, **variables).data  # noqa: B018
        with tempfile.TemporaryFile() as wire, contextlib.ExitStack() as stack:
            for connection in self.runner.run(self._pooled()):
                connection.pgconn.trace(wire.fileno())
                stack.callback(connection.pgconn.untrace)
            said = stack.enter_context(_said_by_the_core())
            self.ask(query, role, **variables).data  # noqa: B018
            stack.close()
            wire.seek(0)
            lines = wire.read().decode(errors="replace").splitlines()
        # F: to the server. Execute ends a statement of the extended protocol, Query is a simple one.
        sent = [line for line in lines if "\tF\t" in line and ("\tExecute\t" in line or "\tQuery\t" in line)]
        return len(sent) + len(said)

    async def _pooled(self) -> list[Any]:
        pool = self.app.state.services.pool
        async with contextlib.AsyncExitStack() as stack:
            return [await stack.enter_async_context(pool.connection()) for _ in range(pool.max_size)]


@contextlib.contextmanager
def _said_by_the_core() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        # What tells the audit of restricted records comes on top: tests/audit/test_reads.py counts it. Which keys
        # were used is written once a minute, whoever asks then.
        beside = ("set transaction", "update access_token set last_used_at")
        if not statement.startswith(beside) and "into audit_event" not in statement:
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@contextlib.contextmanager
def served(city: City) -> Iterator[Hub]:
    settings = Settings(dsn=city.dsn, profile="development", pool_size=2, request_timeout=120_000)
    app = create_app(settings)
    with asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        runner.run(stack.enter_async_context(app.router.lifespan_context(app)))
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub.test")
        runner.run(stack.enter_async_context(http))
        try:
            yield Hub(city, app, http, runner)
        finally:
            runner.run(stack.aclose())


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's clock stands still."""
    monkeypatch.setenv("HUB_TODAY", TODAY.isoformat())


Clone = Callable[[], contextlib.AbstractContextManager[str]]


@contextlib.contextmanager
def small_city(cities: Cities) -> Iterator[City]:
    """A city that may be changed."""
    with stirred_city(cities, 40, stirred=False) as city:
        yield city


@pytest.fixture(scope="session")
def city(cities: Cities) -> Iterator[City]:
    """The city that nothing changes for good."""
    with stirred_city(cities, ITEMS) as city:
        yield city


@pytest.fixture(scope="session")
def hub(city: City) -> Iterator[Hub]:
    """The application over that city."""
    with served(city) as hub:
        yield hub
