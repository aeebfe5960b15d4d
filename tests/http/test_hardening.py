"""The production profile under the twelve checks that scanners like graphql-cop make, and what word lists learn."""

from __future__ import annotations

from typing import Any

import pytest

from schema.errors import INVALID
from tests.http.conftest import Client, Open
from tests.http.probe import HAPPENED, probe

pytestmark = pytest.mark.anyio

_MANY = 10_000
INTROSPECTION = {
    "the whole schema": "{ __schema { types { name } } }",
    "a type": '{ __type(name: "Query") { fields { name } } }',
    "below an alias": "{ s: __schema { queryType { name } } }",
    "in a fragment": "{ ...f } fragment f on Query { __schema { queryType { name } } }",
    "in an inline fragment": '{ ... on Query { __type(name: "Item") { name } } }',
    "beside a read": "{ files(first: 1) { nodes { id } } __schema { queryType { name } } }",
    "left out by a directive": "{ __typename __schema @skip(if: true) { queryType { name } } }",
    "by a mutation": "mutation { __schema { queryType { name } } }",
}
# What a word list tries: a wrong name, a right one used wrongly, a near miss.
PROBING = {
    "an unknown field": "{ nosuch }",
    "a near miss": "{ file_ }",
    "a field without its selection": "{ files }",
    "a scalar with a selection": "{ __typename { id } }",
    "an unknown argument": "{ files(nosuch: 1) { nodes { id } } }",
    "a missing argument": "{ search { totalCount } }",
    "a wrong kind of literal": '{ files(first: "x") { nodes { id } } }',
    "a day that is none": '{ indicators(asOf: "x") { id } }',
    "an unknown field of an input": "{ files(filter: {nosuch: 1}) { nodes { id } } }",
    "an unknown enum value": "{ files(orderBy: NOSUCH) { nodes { id } } }",
    "an unknown type": "{ ... on Nosuch { id } }",
    "a known type elsewhere": "{ ... on Item { id } }",
    "an unknown directive": "{ __typename @nosuch }",
    "an unknown mutation": "mutation { nosuch }",
    "an unused fragment": "{ __typename } fragment f on Item { id }",
    "an undeclared variable": "{ files(first: $n) { nodes { id } } }",
    "a variable of an unknown type": "query($n: Nosuch) { files(first: $n) { nodes { id } } }",
    "an unknown operation": "subscription { nosuch }",
    "no single operation": "query A { __typename } query B { __typename }",
}


async def _refused(client: Client, query: str, role: str | None = None) -> dict[str, Any]:
    answer = await client.ask(
        query, role=role, accept="application/graphql-response+json", accept_language="en"
    )
    assert answer.status_code == 400, answer.text
    body: dict[str, Any] = answer.json()
    assert "data" not in body
    return body


@pytest.mark.parametrize("query", INTROSPECTION.values(), ids=INTROSPECTION)
@pytest.mark.parametrize("role", [None, "sysadmin"])
async def test_nobody_introspects(hub: Open, query: str, role: str | None) -> None:
    async with hub(profile="production") as client:
        assert (await _refused(client, query, role))["errors"][0]["message"] == INVALID.message_en
        got = await client.http.get("/graphql", params={"query": query})
        assert got.status_code == 405


async def test_every_wrong_text_is_told_the_same(hub: Open) -> None:
    """Different answers to wrong names are how a schema is read without introspection."""
    async with hub(profile="production") as client:
        told = [await _refused(client, query) for query in PROBING.values()]
    for body in told:
        body["errors"][0]["extensions"].pop("requestId")
    assert told == [
        {
            "errors": [
                {"message": INVALID.message_en, "extensions": {"code": "BAD_REQUEST", "retryAfter": None}}
            ]
        }
    ] * len(PROBING)


async def test_a_variable_that_does_not_fit_is_named_and_its_type_is_not(hub: Open) -> None:
    asked = (
        "query($filter: FileFilter, $asOf: Date!)"
        " {files(filter: $filter) {totalCount} indicators(asOf: $asOf) {id}}"
    )
    change = "mutation($input: OpenFondsInput!) { openFonds(input: $input) { __typename } }"
    async with hub(profile="production") as client:
        for query, variables, name in (
            (asked, {"asOf": "2025-13-45"}, "asOf"),
            (asked, {"asOf": "2025-01-01", "filter": {"agencyCode": ["x"]}}, "filter"),
            (change, {"input": {"codes": "x"}}, "input"),
        ):
            body = (await client.ask(query, variables, role="officer", accept_language="en")).json()
            [error] = body["errors"]
            assert error["extensions"]["code"] == "BAD_REQUEST"
            assert f'"${name}" does not fit' in error["message"]
            assert not {"mean", "Date", "agencyCodes", "required"} & set(error["message"].split())
            assert "locations" not in error


async def test_a_slip_of_the_pen_is_explained(hub: Open) -> None:
    """The grammar is public, so its errors keep their place."""
    async with hub(profile="production") as client:
        [error] = (await _refused(client, "{ files(first: 1 { nodes { id } } }"))["errors"]
        assert error["locations"]


async def test_the_development_profile_explains_itself(hub: Open) -> None:
    async with hub() as client:
        answer = await client.ask("{ filess { id } }", accept_language="en")
        assert "Did you mean" in answer.text


# ---- the twelve checks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ " + " ".join(f"a{i}: __typename" for i in range(_MANY)) + " }", "COST_EXCEEDED"),
        ("{ " + "__typename " * _MANY + "}", "COST_EXCEEDED"),
        ("{ __typename " + "@aa " * 10 + "}", "COST_EXCEEDED"),
        ("{ __typename " + "@include(if: true) " * 10 + "}", "COST_EXCEEDED"),
        ("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", "BAD_REQUEST"),
        ("{ __typename ...a } fragment a on Query { __typename ...a }", "BAD_REQUEST"),
    ],
    ids=[
        "aliases",
        "fields",
        "unknown directives",
        "directives",
        "circular fragments",
        "a fragment in itself",
    ],
)
async def test_floods_are_refused(hub: Open, query: str, code: str) -> None:
    async with hub(profile="production") as client:
        for role in (None, "officer"):
            assert await client.code(query, role=role) == code


async def test_no_page_for_trying_operations(hub: Open) -> None:
    async with hub(profile="production") as client:
        for path in (
            "/graphql",
            "/graphql/",
            "/graphiql",
            "/playground",
            "/console",
            "/graphql/ide/index.html",
        ):
            answer = await client.http.get(path, headers={"accept": "text/html"})
            assert answer.status_code in (404, 405)
            assert "<script" not in answer.text


async def test_no_suggestions(hub: Open) -> None:
    async with hub(profile="production") as client:
        assert "mean" not in (await client.ask("{ fille { id } }", accept_language="en")).text


async def test_no_change_by_get_nor_by_a_form(hub: Open) -> None:
    HAPPENED.clear()
    mutation = "mutation { happen }"
    async with hub(probe(), profile="production") as client:
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
            answer = await client.http.request(method, "/graphql", params={"query": mutation})
            assert answer.status_code == 405
        assert (await client.http.post("/graphql", params={"query": mutation})).status_code == 415
        assert (await client.http.post("/graphql", data={"query": mutation})).status_code == 415
        form = {"operations": (None, f'{{"query": "{mutation}"}}'), "map": (None, "{}")}
        assert (await client.http.post("/graphql", files=form)).status_code == 415
    assert HAPPENED == []


async def test_no_batches(hub: Open) -> None:
    async with hub(probe(), profile="production") as client:
        answer = await client.http.post("/graphql", json=[{"query": "{hello}"}] * 10)
        assert answer.status_code == 400
        assert "hello hub" not in answer.text


async def test_no_tracing_and_no_word_about_the_machinery(hub: Open) -> None:
    async with hub(profile="production") as client:
        for query in ("{ __typename }", "{ nosuch }"):
            answer = await client.ask(query, apollo_federation_include_trace="ftv1", x_apollo_tracing="1")
            assert not {"tracing", "ftv1", "debug", "exception"} & set(answer.json().get("extensions", {}))
            assert not {"server", "x-powered-by"} & set(answer.headers)


async def test_https_is_asked_for_wherever_browsers_speak_it(hub: Open) -> None:
    for public_url, sent in (("https://luutru.example.vn", True), (None, False)):
        async with hub(probe(), public_url=public_url) as client:
            answer = await client.ask("{hello}")
            assert ("strict-transport-security" in answer.headers) == sent
