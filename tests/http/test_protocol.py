"""GraphQL over HTTP: methods, media types, status codes. The npm audit suite says the same, in 61 ways."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.conftest import Open
from tests.http.probe import HAPPENED, probe

pytestmark = pytest.mark.anyio
GRAPHQL_JSON = "application/graphql-response+json"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/graphql-response+json", GRAPHQL_JSON),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json;q=0.5, application/graphql-response+json", GRAPHQL_JSON),
        ("application/graphql-response+json;q=0.1, application/json", "application/json"),
        ("text/html, application/graphql-response+json", GRAPHQL_JSON),
    ],
)
async def test_the_answer_has_the_media_type_the_client_likes_best(
    hub: Open, accept: str, media_type: str
) -> None:
    async with hub(probe()) as client:
        answer = await client.ask("{hello}", accept=accept)
        assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
        assert answer.json()["data"] == {"hello": "hello hub"}


async def test_a_client_that_takes_neither_media_type_is_told(hub: Open) -> None:
    async with hub(probe()) as client:
        answer = await client.ask("{hello}", accept="text/csv")
        assert answer.status_code == 406
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("query", "accept", "status"),
    [
        ("{hello", "application/json", 200),
        ("{hello", GRAPHQL_JSON, 400),
        ("{nosuch}", "application/json", 200),
        ("{nosuch}", GRAPHQL_JSON, 400),
        ("query A{hello} query B{hello}", GRAPHQL_JSON, 400),
        ("query($name: String!){hello(name: $name)}", GRAPHQL_JSON, 400),
        ("{absent}", GRAPHQL_JSON, 200),
    ],
)
async def test_a_wrong_operation_has_the_status_of_its_media_type(
    hub: Open, query: str, accept: str, status: int
) -> None:
    async with hub(probe()) as client:
        answer = await client.ask(query, accept=accept)
        assert answer.status_code == status
        body = answer.json()
        assert ("data" in body) == (query == "{absent}")
        assert 1 <= len(body["errors"]) <= 3


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"query={hello}", "application/x-www-form-urlencoded", 415),
        (b"{hello}", "text/plain", 415),
        (b"{hello}", "application/graphql", 415),
        (
            b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{}\r\n--x--',
            "multipart/form-data; boundary=x",
            415,
        ),
        (b'{"query":"{hello}"}', "application/json; charset=iso-8859-1", 415),
        (b'{"query":"{hello}"', "application/json", 400),
        (b'[{"query":"{hello}"}]', "application/json", 400),
        (b'"{hello}"', "application/json", 400),
        (b"{}", "application/json", 400),
        (b'{"query":7}', "application/json", 400),
        (b'{"query":"{hello}","variables":[1]}', "application/json", 400),
        (b'{"query":"{hello}","operationName":{}}', "application/json", 400),
        (b'{"query":"{hello}","extensions":"x"}', "application/json", 400),
    ],
)
async def test_a_body_that_is_no_request_is_refused(
    hub: Open, body: bytes, content_type: str, status: int
) -> None:
    async with hub(probe()) as client:
        answer = await client.http.post("/graphql", content=body, headers={"content-type": content_type})
        assert answer.status_code == status
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_a_body_at_the_limit_is_read_and_one_byte_more_is_not(hub: Open) -> None:
    async with hub(probe(), max_body=100) as client:
        query = '{"query":"{hello}"}'
        for size, status in ((100, 200), (101, 413)):
            body = query.ljust(size).encode()
            json = {"content-type": "application/json"}
            assert (await client.http.post("/graphql", content=body, headers=json)).status_code == status

            async def pieces(body: bytes = body) -> Any:
                yield body[:50]
                yield body[50:]

            assert (await client.http.post("/graphql", content=pieces(), headers=json)).status_code == status


async def test_get_answers_queries_in_development_and_never_a_mutation(hub: Open) -> None:
    HAPPENED.clear()
    async with hub(probe()) as client:
        answer = await client.http.get(
            "/graphql", params={"query": "query($n:String!){hello(name:$n)}", "variables": '{"n":"Hà Nội"}'}
        )
        assert answer.json()["data"] == {"hello": "hello Hà Nội"}
        refused = await client.http.get("/graphql", params={"query": "mutation{happen}"})
        assert (refused.status_code, refused.headers["allow"], HAPPENED) == (405, "POST", [])
        assert (await client.http.put("/graphql")).status_code == 405


async def test_production_has_no_get_no_page_and_no_introspection(hub: Open) -> None:
    async with hub(probe(), profile="production") as client:
        for headers in ({}, {"accept": "text/html"}):
            answer = await client.http.get("/graphql", params={"query": "{hello}"}, headers=headers)
            assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert (await client.http.get("/graphql/ide/ide.js")).status_code == 404
        assert await client.code("{__schema{queryType{name}}}") == "BAD_REQUEST"
        assert "mean" not in (await client.ask("{hell}", accept_language="en")).text
        assert (await client.ask("{__typename}")).json()["data"] == {"__typename": "Query"}


async def test_the_development_profile_introspects(hub: Open) -> None:
    async with hub() as client:
        answer = await client.ask("{__schema{queryType{name}}}")
        assert answer.json()["data"] == {"__schema": {"queryType": {"name": "Query"}}}


async def test_every_answer_has_an_id_and_the_security_headers(hub: Open) -> None:
    async with hub(probe()) as client:
        own = await client.ask("{who}", x_request_id="my-request-0001")
        assert own.headers["x-request-id"] == "my-request-0001"
        assert own.json()["data"]["who"] == "/vi/my-request-0001"
        ids = set()
        for answer in (await client.ask("{who}", x_request_id="no\tgood"), await client.ask("{nosuch}")):
            ids.add(answer.headers["x-request-id"])
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["cache-control"] == "no-store"
        assert len(ids) == 2


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [("", "vi"), ("en", "en"), ("fr, en;q=0.5, vi;q=0.4", "en"), ("vi-VN, en", "vi"), ("fr", "vi")],
)
async def test_the_language_follows_the_client(hub: Open, accept_language: str, language: str) -> None:
    async with hub(probe()) as client:
        answer = await client.ask("{who}", accept_language=accept_language)
        assert answer.json()["data"]["who"].split("/")[1] == language
