"""What a caller learns when something breaks: a code, a text in his language, an id; and nothing else."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import psycopg
import pytest

from hub.app import create_app
from hub.kit.errors import Unavailable
from hub.settings import Settings
from tests.http.conftest import City, Open, said
from tests.http.probe import SECRET, probe

pytestmark = pytest.mark.anyio
ITEMS = "{items(first: 5) { totalCount nodes { id subject } }}"


def _cut(city: City, *, also_refuse: bool) -> None:
    """Cut every connection to the city's database, as a stopped server would."""
    name = psycopg.conninfo.conninfo_to_dict(city.owner_dsn)["dbname"]
    with psycopg.connect(city.owner_dsn, autocommit=True, dbname="postgres") as connection:
        if also_refuse:
            connection.execute(f'alter database "{name}" allow_connections false')
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name]
        )


def _mend(city: City) -> None:
    name = psycopg.conninfo.conninfo_to_dict(city.owner_dsn)["dbname"]
    with psycopg.connect(city.owner_dsn, autocommit=True, dbname="postgres") as connection:
        connection.execute(f'alter database "{name}" allow_connections true')


async def test_the_unexpected_is_masked_and_logged_under_the_requests_id(
    hub: Open, caplog: pytest.LogCaptureFixture
) -> None:
    async with hub(probe()) as client:
        with caplog.at_level(logging.ERROR, "hub.graphql"):
            answer = await client.ask("{boom}", accept_language="en")
        error = answer.json()["errors"][0]
        assert error["extensions"]["code"] == "INTERNAL"
        assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
        assert "hunter2" not in answer.text
        assert answer.headers["x-request-id"] in caplog.text
        assert SECRET in caplog.text


async def test_an_expected_problem_of_a_read_speaks_the_callers_language(hub: Open) -> None:
    async with hub(probe()) as client:
        for language, words in (("vi", "Không tìm thấy hồ sơ"), ("en", "The file was not found")):
            error = (await client.ask("{absent}", accept_language=language)).json()["errors"][0]
            assert error["extensions"]["code"] == "NOT_FOUND"
            assert words in error["message"]


async def test_at_most_three_errors_are_told(hub: Open) -> None:
    async with hub() as client:
        answer = await client.ask("{a b c d e f g}")
        assert len(answer.json()["errors"]) == 3


@pytest.mark.parametrize("role", [None, "officer"])
async def test_a_restarted_database_is_not_noticed(hub: Open, city: City, role: str | None) -> None:
    async with hub() as client:
        before = await client.ask(ITEMS, role=role)
        _cut(city, also_refuse=False)
        after = await client.ask(ITEMS, role=role)
        assert (after.status_code, said(after)) == (200, said(before))


@pytest.mark.parametrize("role", [None, "officer"])
async def test_a_database_that_is_away_is_unavailable_and_says_no_more(
    hub: Open, city: City, role: str | None
) -> None:
    async with hub() as client:
        before = said(await client.ask(ITEMS, role=role))
        _cut(city, also_refuse=True)
        try:
            answer = await client.ask(ITEMS, role=role, accept_language="en")
            healthz = await client.http.get("/healthz")
        finally:
            _mend(city)
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) == 5
        error = answer.json()["errors"][0]
        assert error["extensions"]["code"] == "UNAVAILABLE"
        assert error["extensions"]["retryAfter"] == 5
        assert "hub_test" not in answer.text
        assert "psycopg" not in answer.text
        assert healthz.status_code == 503
        assert said(await client.ask(ITEMS, role=role)) == before
        assert (await client.http.get("/healthz")).json() == {"status": "ok"}


async def test_a_statement_that_takes_too_long_is_stopped(hub: Open) -> None:
    async with hub(probe(), statement_timeout=50) as client:
        answer = await client.ask("{sleeping}")
        assert answer.status_code == 504
        assert answer.json()["errors"][0]["extensions"]["code"] == "TIMEOUT"


@pytest.mark.parametrize("role", [None, "officer"])
async def test_a_compiled_statement_that_takes_too_long_is_stopped(
    hub: Open, city: City, role: str | None
) -> None:
    async with hub(statement_timeout=300) as client:
        before = await client.ask(ITEMS, role=role)
        with psycopg.connect(city.owner_dsn) as connection:
            connection.execute("lock table item in access exclusive mode")
            assert await client.code(ITEMS, role=role) == "TIMEOUT"
            assert await client.code(ITEMS, role=role, authorization="Bearer gone") == "UNAUTHENTICATED"
        assert said(await client.ask(ITEMS, role=role)) == said(before)


async def test_a_request_that_takes_too_long_is_stopped(hub: Open) -> None:
    async with hub(probe(), request_timeout=50) as client:
        answer = await asyncio.wait_for(client.ask("{slow}"), 10)
        assert answer.status_code == 504
        assert answer.json()["errors"][0]["extensions"]["code"] == "TIMEOUT"


async def test_an_application_without_its_database_does_not_start(settings: Settings) -> None:
    away = replace(settings, dsn="postgresql://nobody@127.0.0.1:1/nothing")
    app = create_app(away)
    with pytest.raises(Unavailable, match="cannot be reached"):
        async with app.router.lifespan_context(app):
            pass


@pytest.mark.parametrize(
    "query",
    [
        '{node(id: "not an id") { id }}',
        '{node(id: "QXJjaGl2YWxGaWxlOjEy") { id }}',
        '{files(first: 1, after: "not a cursor") { nodes { id } }}',
        '{files(first: 1, after: "eyJ2IjoxfQ==") { nodes { id } }}',
        "{files(first: -1) { nodes { id } }}",
        '{node(id: "QXJjaGl2YWxGaWxlOjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk=") { id }}',
        '{items(first: 1, filter: {text: "\\u0000"}) { nodes { id } }}',
        "{files(first: 99999999999) { nodes { id } }}",
    ],
)
async def test_forged_values_are_a_clear_error_or_nothing(hub: Open, query: str) -> None:
    async with hub() as client:
        answer = await client.ask(query, role="officer")
        body = answer.json()
        if "errors" in body:
            assert body["errors"][0]["extensions"]["code"] in ("BAD_REQUEST", "COST_EXCEEDED")
        else:
            assert body["data"] == {"node": None}
