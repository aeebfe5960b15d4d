"""The hub over HTTP with the small city of tests/records in it, every person with a key."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import Session, create_engine

from hub.app import create_app
from hub.kit.db import sqlalchemy_url
from hub.kit.ids import encode
from hub.settings import Settings
from tests.conftest import Prepared
from tests.records.world import ON, World, settle, trace


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


class Town:
    """The small city in a database of the test's own, committed; rows by name as in `World`."""

    def __init__(self, dsn: str, keys: str, session: Session) -> None:
        self.dsn, self.session = dsn, session
        self.world = World(session)
        self.tokens = {(role, place): key for role, place, key in json.loads(keys)}
        session.commit()

    def id(self, row: Any) -> str:
        """The global id of a row."""
        return encode(type(row).__name__, row.id)

    def trace(self) -> dict[str, Any]:
        """Everything a deed could touch, read anew."""
        self.session.rollback()
        self.session.expire_all()
        return trace(self.session)

    def denials(self) -> list[tuple[str, str, Any]]:
        """The denied attempts in the audit."""
        rows = self.session.connection().execute(
            text("select event_type, reason, object_id from audit_event where outcome = 'denied' order by id")
        )
        return [tuple(row) for row in rows]


@pytest.fixture
def town(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setenv("HUB_TODAY", ON.isoformat())
    with prepared("settled", settle) as (dsn, keys):
        engine = create_engine(sqlalchemy_url(dsn))
        with Session(engine, expire_on_commit=False) as session:
            yield Town(dsn, keys, session)
        engine.dispose()


Ask = Callable[..., Any]


@pytest.fixture
async def ask(town: Town) -> AsyncIterator[Ask]:
    """Asks as a role: `await ask(query, role="clerk", place="a", **variables)` answers `data`, or the errors."""
    settings = Settings(dsn=town.dsn, profile="development", pool_size=2, today=ON, request_timeout=120_000)
    app = create_app(settings)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        http = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub.test")
        )

        async def ask(
            query: str, role: str = "clerk", place: str = "a", language: str = "en", **variables: Any
        ) -> Any:
            token = town.tokens.get((role, place)) or town.tokens.get((role, "a"))
            headers = {"accept-language": language} | ({"authorization": f"Bearer {token}"} if token else {})
            sent = {"query": query, "variables": variables}
            answer = (await http.post("/graphql", json=sent, headers=headers)).json()
            return answer["data"] if "errors" not in answer else answer["errors"]

        yield ask
