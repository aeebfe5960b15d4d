"""The pages over the demo city, asked as a browser asks, as each kind of visitor."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session
from starlette.applications import Starlette

from hub.access.queries import actor_for_user, user_by_name
from hub.access.sessions import cookie_name, open_link, redeem_link
from hub.app import create_app
from hub.demo.evidence import TODAY
from hub.settings import Settings
from tests.conftest import Cities

ITEMS = 2_500
HOST = "http://hub.test"
OWN = {"origin": HOST}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's clock stands still."""
    monkeypatch.setenv("HUB_TODAY", TODAY.isoformat())


@pytest.fixture(scope="session")
def city(cities: Cities) -> Iterator[str]:
    """A demo city; its address as the owner."""
    with cities(ITEMS) as city:
        yield city.owner_dsn


@dataclass
class Site:
    """The application, asked by HTTP."""

    app: Starlette
    http: httpx.AsyncClient
    runner: asyncio.Runner

    def link(self, role: str, *, at_once: bool = False) -> str:
        """The path of a sign-in link for the demo's user of a role."""

        def work(session: Session) -> str:
            user = user_by_name(session, f"demo.{role}")
            return open_link(session, actor_for_user(session), user, at_once=at_once)

        return f"/sign-in/{self.app.state.services.seam.change_now(work)}"

    def session(self, role: str) -> dict[str, str]:
        """The cookie of somebody of that role; nothing for `anyone`."""
        if role == "anyone":
            return {}
        secret = self.link(role).rpartition("/")[2]
        opened = self.app.state.services.seam.change_now(lambda session: redeem_link(session, secret))
        return {cookie_name(secure=False): opened.secret}

    def get(self, path: str, role: str = "anyone", **words: Any) -> httpx.Response:
        """A page as somebody of that role sees it."""
        cookies = words.pop("cookies", None) or self.session(role)
        return self.ask("GET", path, cookies=cookies, **words)

    def ask(self, method: str, path: str, **words: Any) -> httpx.Response:
        """Any request; cookies are those given and no others."""
        cookies = "; ".join(f"{name}={value}" for name, value in words.pop("cookies", {}).items())
        headers = {**({"cookie": cookies} if cookies else {}), **words.pop("headers", {})}
        self.http.cookies.clear()
        return self.runner.run(self.http.request(method, path, headers=headers, **words))


@contextlib.contextmanager
def served(dsn: str, **changed: Any) -> Iterator[Site]:
    """The application over a database; the rest are settings."""
    # Patient, since a busy machine is no fault of the pages.
    patient = Settings(dsn=dsn, profile="development", pool_size=4, request_timeout=120_000)
    settings = replace(patient, **changed)
    app = create_app(settings)
    with asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        runner.run(stack.enter_async_context(app.router.lifespan_context(app)))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        http = httpx.AsyncClient(transport=transport, base_url=HOST)
        runner.run(stack.enter_async_context(http))
        try:
            yield Site(app, http, runner)
        finally:
            runner.run(stack.aclose())


@pytest.fixture(scope="session")
def site(city: str) -> Iterator[Site]:
    """The application over the demo city."""
    with served(city) as site:
        yield site


@contextlib.contextmanager
def statements() -> Iterator[list[str]]:
    """What is said to PostgreSQL meanwhile, but for the line that makes a transaction read-only."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("set transaction"):
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


CLOSED = date(2024, 12, 31)
