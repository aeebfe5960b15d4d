"""The borders of an operation, at each border and one beyond, for both kinds of caller."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import psycopg
import pytest
from graphql import OperationDefinitionNode, parse

from hub.kit.errors import CostExceeded
from schema import build_schema
from schema.compiler import cache
from schema.costs import SCORECARD, cost_of
from schema.http import documents
from schema.http.endpoint import GraphQLEndpoint
from schema.limits import ANONYMOUS, SIGNED_IN, check_shape, measure
from tests.http.conftest import City, Open

pytestmark = pytest.mark.anyio
OPERATIONS = sorted((Path(__file__).parents[1] / "contract" / "operations").glob("*.graphql"))


def _files(first: int, items: int | None = None) -> str:
    inner = f"items(first: {items}) {{ nodes {{ id }} }}" if items is not None else "id"
    return f"{{ files(first: {first}) {{ nodes {{ {inner} }} }} }}"


def _deep(levels: int) -> str:
    """A query whose deepest field is on this level."""
    return (
        "{ agencies(first: 1) { nodes {" + " parent {" * (levels - 3) + " id " + "}" * (levels - 3) + " } } }"
    )


def _aliases(number: int) -> str:
    return "{ " + " ".join(f"a{i}: __typename" for i in range(number)) + " }"


def _directives(number: int) -> str:
    return "{ __typename " + "@include(if: true) " * number + "}"


def _tokens(number: int) -> str:
    """A query of exactly so many tokens."""
    query = "{ files(first: 1, filter: {origins: [%s]}) { nodes { id } } }"
    return query % " ".join(["PAPER"] * (number - parse(query % "").token_count))


def _letters(number: int) -> str:
    """A query of exactly so many letters."""
    query = "{ __typename } #"
    return query + "a" * (number - len(query))


BORDERS = [
    (_files(1000), _files(1001), "officer"),
    (_files(100), _files(101), None),
    (_files(1000, 20), _files(1000, 21), "officer"),
    (_files(100, 20), _files(100, 21), None),
    (
        "{ items(first: 1000) {nodes {id}}" + _files(950, 20)[1:],
        "{ items(first: 1000) {nodes {id}}" + _files(951, 20)[1:],
        "officer",
    ),
    (_deep(12), _deep(13), None),
    (_aliases(30), _aliases(31), None),
    (_tokens(1000), _tokens(1001), None),
    (_tokens(2000), _tokens(2001), "officer"),
    (_letters(20_000), _letters(20_001), None),
    (_letters(100_000), _letters(100_001), "officer"),
]


@pytest.mark.parametrize(("within", "beyond", "role"), BORDERS)
async def test_a_border_is_inside_and_one_more_is_not(
    hub: Open, within: str, beyond: str, role: str | None
) -> None:
    async with hub() as client:
        inside = await client.ask(within, role=role)
        assert "errors" not in inside.json(), inside.text
        assert await client.code(beyond, role=role) == "COST_EXCEEDED"


async def test_three_directives_on_a_field_are_looked_at_and_four_are_not(hub: Open) -> None:
    async with hub() as client:
        assert await client.code(_directives(3)) == "BAD_REQUEST"  # graphql's own rule: not repeatable
        assert await client.code(_directives(4)) == "COST_EXCEEDED"


async def test_what_a_signed_in_caller_may_ask_the_public_may_not_even_when_the_text_is_known(
    hub: Open,
) -> None:
    async with hub() as client:
        for query in (_files(1000), _tokens(1500), _letters(50_000)):
            assert (await client.ask(query, role="officer")).status_code == 200
            assert await client.code(query) == "COST_EXCEEDED"


@pytest.mark.parametrize(("role", "most"), [(None, b"100"), ("officer", b"1000")])
async def test_a_page_size_counts_however_its_number_is_written(
    hub: Open, role: str | None, most: bytes
) -> None:
    query = (
        b"query($n: Int, $m: Int = 1) { files(first: $n) { nodes { items(first: $m) { nodes { id } } } } }"
    )
    headers = {"content-type": "application/json"}
    async with hub() as client:
        if role is not None:
            headers["authorization"] = f"Bearer {client.tokens[role]}"

        async def ask(variables: bytes) -> dict[str, Any]:
            body = b'{"query":"%b","variables":%b}' % (query, variables)
            told: dict[str, Any] = (await client.http.post("/graphql", content=body, headers=headers)).json()
            return told

        for number in (b"%b.0", b"%b0e-1", b"%be0"):
            for _ in range(2):
                told = await ask(b'{"n":%b}' % (number % most))
                assert told["extensions"]["cost"]["requested"] == int(most)
            for over in (b'{"n":%b}' % (number % (most + b"1")), b'{"n":50,"m":%b}' % (number % b"501")):
                assert (await ask(over))["errors"][0]["extensions"]["code"] == "COST_EXCEEDED", over


@pytest.mark.parametrize("role", [None, "officer"])
async def test_a_default_counts_though_null_was_sent_before(hub: Open, role: str | None) -> None:
    """null stands for no size, fifty; nothing sent, for the default."""
    most = 1000 if role else 100
    query = f"query($n: Int = {most}) {{ files(first: $n) {{ nodes {{ items(first: 21) {{ nodes {{ id }} }} }} }} }}"
    async with hub() as client:
        for _ in range(3):
            told = (await client.ask(query, {"n": None}, role=role)).json()
            assert told["extensions"]["cost"]["requested"] == 50 * 21
        for _ in range(3):
            assert await client.code(query, {}, role=role) == "COST_EXCEEDED"


async def test_a_figure_counts_though_a_word_was_sent_before(hub: Open) -> None:
    query = "query($id: ID!) { node(id: $id) { id } }"
    async with hub() as client:
        told = (await client.ask('{ indicators(asOf: "2025-06-30") { id } }', role="leader")).json()
        figure = told["data"]["indicators"][0]["id"]
        for _ in range(3):
            assert await client.code(query, {"id": "figure"}, role="leader") == "BAD_REQUEST"
        told = (await client.ask(query, {"id": figure}, role="leader")).json()
        assert told["data"]["node"] == {"id": figure}
        assert told["extensions"]["cost"]["requested"] >= SCORECARD


async def test_page_sizes_in_variables_count_as_much(hub: Open) -> None:
    query = (
        "query($n: Int = 100, $all: Boolean!) { files(first: $n) { nodes { id } }"
        " items(first: 1000) @include(if: $all) { nodes { id } } }"
    )
    async with hub() as client:
        assert (await client.ask(query, {"all": False})).json()["data"]["files"]
        assert await client.code(query, {"all": True}) == "COST_EXCEEDED"
        assert await client.code(query, {"all": False, "n": 101}) == "COST_EXCEEDED"


async def test_a_page_without_a_size_counts_fifty(hub: Open) -> None:
    inner = "{ files { nodes { items(first: %d) { nodes { id } } } } }"
    async with hub() as client:
        assert "errors" not in (await client.ask(inner % 40)).json()
        assert await client.code(inner % 41) == "COST_EXCEEDED"


async def test_hostile_texts_are_refused_quickly_and_before_any_statement(hub: Open, city: City) -> None:
    overlapping = (
        "{ agencies(first: 1) { nodes {"
        + " ".join(f"...f{i}" for i in range(200))
        + "} } } "
        + " ".join(f"fragment f{i} on Agency {{ id name parent {{ id name }} }}" for i in range(200))
    )
    loop = "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"
    laugh = (
        "{ ...f0 } "
        + " ".join(
            f"fragment f{i} on Query {{ a{i}: __typename ...f{i + 1} b{i}: __typename ...f{i + 1} }}"
            for i in range(28)
        )
        + " fragment f28 on Query { __typename }"
    )
    exploding = (
        "{ files(first: 100) " + "{ nodes { items(first: 100) " * 3 + "{ totalCount }" + " } }" * 3 + " }"
    )
    async with hub() as client:
        with psycopg.connect(city.owner_dsn) as connection:
            connection.execute(
                "lock table file, item, agency in access exclusive mode"
            )  # a statement would wait
            assert await client.code(overlapping, role="officer") == "COST_EXCEEDED"
            assert await client.code(loop, role=None) == "BAD_REQUEST"
            assert await client.code(laugh, role=None) == "COST_EXCEEDED"
            assert await client.code(
                exploding.replace(
                    "items(first: 100) { nodes { items", "items(first: 100) { nodes { file { items"
                ),
                role=None,
            ) in ("COST_EXCEEDED", "BAD_REQUEST")


# More than the public may ask for; the others are for everybody.
NOT_FOR_THE_PUBLIC = {"IndicatorByAgency", "ItemPage"}


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_the_contracts_operations_are_inside_the_limits_of_their_roles(path: Path) -> None:
    document = parse(path.read_text())
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    for limits in (SIGNED_IN, ANONYMOUS):
        check_shape(measure(document), limits)
        refused = limits is ANONYMOUS and path.stem in NOT_FOR_THE_PUBLIC
        with pytest.raises(CostExceeded) if refused else contextlib.nullcontext():
            cost_of(build_schema()._schema, document, operation, {}, limits)


def test_every_operation_of_the_contract_is_looked_at() -> None:
    assert len(OPERATIONS) == 11


LONG = "x" * 95_000
WORDY = "query($f: [FileFacetField!]) { files(first: 1) { facets(fields: $f) { field } } }"


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ files(first: 1) { nodes { id } } } #%s" + LONG, None),
        ('{ files(first: 1, filter: {codes: ["%s", "' + LONG + '"]}) { totalCount } }', None),
        (WORDY, {"f": ["ORIGIN"] * 20_000}),
    ],
)
async def test_long_requests_are_not_kept_without_end(
    hub: Open, monkeypatch: pytest.MonkeyPatch, query: str, variables: dict[str, list[str]] | None
) -> None:
    """Each of few tokens: by tokens alone thousands of them would be kept, and their plans."""
    monkeypatch.setattr(documents, "ROOM", 4_000_000)
    monkeypatch.setattr(cache, "ROOM", 4_000_000)
    async with hub() as client:
        graphql: GraphQLEndpoint = client.app.state.graphql
        for number in range(12):
            if variables is not None:
                variables = {"f": [*variables["f"], "ORIGIN"]}
                answer = await client.ask(query, variables, role="officer")
            else:
                answer = await client.ask(query % number, role="officer")
            assert "errors" not in answer.json()
        assert 0 < len(graphql.documents) <= 6
        assert 0 < len(graphql.plans) <= 6


async def test_a_long_request_is_answered_and_a_short_one_is_kept(hub: Open) -> None:
    async with hub() as client:
        graphql: GraphQLEndpoint = client.app.state.graphql
        for text in (_files(1), _files(2)):
            for _ in range(2):
                assert (await client.ask(text)).status_code == 200
        assert (len(graphql.documents), len(graphql.plans)) == (2, 2)
