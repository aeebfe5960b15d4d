"""A city in a database of its own, and a desk to ask it from."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

import psycopg
import pytest

from schema import HubSchema, build_schema
from tests.schema.reads.desk import Desk
from tests.schema.reads.making import make
from tests.schema.reads.reference import Reference
from tests.schema.reads.world import TODAY, World, read


@pytest.fixture(scope="session")
def schema() -> HubSchema:
    """The schema of the hub."""
    return build_schema()


@pytest.fixture(scope="session")
def city_url(clone: Callable[[], contextlib.AbstractContextManager[str]]) -> Iterator[str]:
    """The address of the city."""
    with clone() as dsn:
        with psycopg.connect(dsn, autocommit=True) as connection:
            make(connection)
            connection.execute("analyze")
        yield dsn


@pytest.fixture(scope="session")
def world(city_url: str) -> World:
    """Every row of the city."""
    with psycopg.connect(city_url) as connection:
        return read(connection)


@pytest.fixture(scope="session")
def desk(schema: HubSchema, city_url: str, world: World) -> Iterator[Desk]:
    """Asks the city on one connection, which is read-only for PostgreSQL too."""
    with asyncio.Runner() as runner:
        connection = runner.run(psycopg.AsyncConnection.connect(city_url, autocommit=True))
        runner.run(connection.set_read_only(True))
        yield Desk(schema, runner, connection, world)
        runner.run(connection.close())


@pytest.fixture(scope="session")
def reference(schema: HubSchema, world: World) -> Reference:
    """The other way to an answer."""
    return Reference(schema.as_str(), world)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The city's clock stands still."""
    monkeypatch.setenv("HUB_TODAY", TODAY.isoformat())
