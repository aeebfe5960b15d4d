"""The hub behind a real HTTP client, over a small demo city, as each role."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from hub.app import create_app
from hub.kit import clock
from hub.settings import Settings
from schema import HubSchema
from schema.http.context import Services
from tests.conftest import Cities
from tests.conftest import DemoCity as City

__all__ = ["City"]

ITEMS = 400
_ACCOUNT = re.compile(rb',"extensions":\{"cost":\{[^}]*\}\}\}$')


def said(answer: httpx.Response) -> bytes:
    """The bytes of an answer but for its account, which changes from one request to the next."""
    text, found = _ACCOUNT.subn(b"}", answer.content)
    assert found == 1, answer.text
    return text


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def city(cities: Cities) -> Iterator[City]:
    with cities(ITEMS, on=clock.today()) as city:
        yield city


@pytest.fixture
def settings(city: City) -> Settings:
    return Settings(dsn=city.owner_dsn, profile="development", pool_size=2)


class Client:
    """Asks as a role; every other word goes to httpx as it is."""

    def __init__(self, app: Starlette, http: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self.app, self.http, self.tokens = app, http, tokens

    @property
    def services(self) -> Services:
        services: Services = self.app.state.services
        return services

    async def ask(
        self, query: str, variables: dict[str, Any] | None = None, *, role: str | None = None, **headers: str
    ) -> httpx.Response:
        if role is not None:
            headers.setdefault("authorization", f"Bearer {self.tokens[role]}")
        sent = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
        body = {"query": query, "variables": variables}
        return await self.http.post("/graphql", json=body, headers=sent)

    async def code(self, query: str, variables: dict[str, Any] | None = None, **words: Any) -> str:
        """The code of the first error."""
        answer = (await self.ask(query, variables, **words)).json()
        assert "data" not in answer, answer
        code: str = answer["errors"][0]["extensions"]["code"]
        return code


Open = Callable[..., contextlib.AbstractAsyncContextManager[Client]]


@pytest.fixture
def hub(settings: Settings, city: City) -> Open:
    """Opens the application; `schema` puts another schema behind the same face, the rest are settings."""

    @contextlib.asynccontextmanager
    async def opened(schema: HubSchema | None = None, **changed: Any) -> AsyncIterator[Client]:
        app = create_app(replace(settings, **changed), schema)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://hub.test") as http,
        ):
            yield Client(app, http, city.tokens)

    return opened
