"""Absent and unseen are one thing: over every query field and every mutation, with each kind of id in each place."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_composite_type,
)

from hub.kit.ids import encode
from schema import build_schema
from tests.contract.conftest import Hub

SCHEMA = build_schema()._schema
# Kinds of record with rows that somebody may not see, and how the law calls them.
KINDS = {
    "ArchivalFile": "file", "Item": "item", "Fonds": "fonds", "Series": "series", "Transfer": "transfer",
    "DigitalObject": "digital", "AgencyReturn": "return",
}  # fmt: skip
ABSENT = 999_999_999
ROLES = ("anyone", "clerk", "officer")
EXAMPLES = int(os.environ.get("HUB_EXAMPLES", "0"))  # with it every role asks every question
VALUES = {"String": "x", "Int": 1, "Boolean": True, "Date": "2025-06-30", "DateTime": "2025-06-30T00:00:00Z",
          "Decimal": "1.0", "BigInt": "1", "Percent": "1.00", "JSON": {}, "Float": 1.0}  # fmt: skip
Place = tuple[str, ...]


def _is_id(kind: Any) -> bool:
    return str(get_named_type(kind)) == "ID"


def _places(kind: Any, seen: tuple[str, ...] = ()) -> Iterator[Place]:
    """Where an input takes an id, by names of fields; () when the input is an id."""
    named = get_named_type(kind)
    if _is_id(kind):
        yield ()
    elif isinstance(named, GraphQLInputObjectType) and named.name not in seen:
        for name, field in named.fields.items():
            yield from ((name, *rest) for rest in _places(field.type, (*seen, named.name)))


def _filled(kind: Any, place: Place | None, named: str) -> Any:
    """A value of the kind with the id at the place, and whatever else it cannot be without."""
    bare = get_nullable_type(kind)
    if isinstance(bare, GraphQLList):
        return [_filled(bare.of_type, place, named)]
    if isinstance(bare, GraphQLInputObjectType):
        fields: dict[str, GraphQLInputField] = bare.fields
        return {
            name: _filled(field.type, place[1:] if place and place[0] == name else None, named)
            for name, field in fields.items()
            if (place and place[0] == name) or isinstance(field.type, GraphQLNonNull)
        }
    if isinstance(bare, GraphQLEnumType):
        return next(iter(bare.values))
    return named if _is_id(bare) else VALUES.get(str(bare), "x")


def _selection(kind: Any) -> str:
    if not is_composite_type(get_named_type(kind)):
        return ""
    return " { __typename ... on Problem { code message path } ... on Node { id } }"


def _operations() -> Iterator[tuple[str, str, str, GraphQLArgument, Place, dict[str, GraphQLArgument]]]:
    for root, word in ((SCHEMA.query_type, "query"), (SCHEMA.mutation_type, "mutation")):
        assert isinstance(root, GraphQLObjectType)
        for name, field in root.fields.items():
            for argument, declared in field.args.items():
                if argument == "filter":
                    continue  # its parents are looked at below, and its other conditions in test_interference
                for place in _places(declared.type):
                    yield word, name, argument, declared, place, field.args


CASES = list(_operations())


def _asked(hub: Hub, role: str, case: Any, named: str) -> tuple[str, Any]:
    word, name, argument, _, place, arguments = case
    given = {
        one: _filled(declared.type, place if one == argument else None, named)
        for one, declared in arguments.items()
        if one == argument or isinstance(declared.type, GraphQLNonNull)
    }
    root = SCHEMA.query_type if word == "query" else SCHEMA.mutation_type
    assert root is not None
    heads = ", ".join(f"${one}: {arguments[one].type}" for one in given)
    calls = ", ".join(f"{one}: ${one}" for one in given)
    kind = root.fields[name].type
    selection = _selection(kind)
    if get_named_type(kind).name.endswith("Connection"):
        selection = " { totalCount }"
    text = f"{word}({heads}) {{ {name}({calls}){selection} }}"
    answer = hub.post({"query": text, "variables": given}, role, "en", **{"x-request-id": "the-same-request"})
    body = {part: answer.body.get(part) for part in ("data", "errors")}
    # An id that comes back is the one that was sent.
    return text, json.loads(json.dumps(body).replace(named, "ID"))


def test_every_field_that_takes_an_id_is_looked_at() -> None:
    names = {name for _, name, *_ in CASES}
    assert {
        "node",
        "nodes",
        "file",
        "item",
        "job",
        "closeFile",
        "moveItem",
        "listItem",
        "openSeries",
    } <= names
    assert len(CASES) > 50


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{name}-{'.'.join((argument, *place))}" for _, name, argument, _, place, _ in CASES]
)
def test_an_unseen_record_is_answered_like_an_absent_one(hub: Hub, case: Any) -> None:
    compared = 0
    turn = CASES.index(case) % len(ROLES)
    for role in ROLES if EXAMPLES else ROLES[turn : turn + 1]:
        for kind, resource in KINDS.items():
            hidden = next(
                (key for key in hub.city.rows(resource) if not hub.city.sees(role, resource, key)), None
            )
            if hidden is None:
                continue
            text, unseen = _asked(hub, role, case, encode(kind, hidden))
            _, absent = _asked(hub, role, case, encode(kind, ABSENT))
            assert unseen == absent, (role, kind, text)
            assert not [e for e in unseen["errors"] or () if e["extensions"]["code"] == "INTERNAL"], text
            compared += 1
    assert compared


# A filter's parents: the root field, the filter's field, the kind of the parent, the column of the child, its kind.
PARENTS = (
    ("items", "fileId", "file", "file_id", "item"),
    ("items", "fondsId", "fonds", "fonds_id", "item"),
    ("files", "fondsId", "fonds", "fonds_id", "file"),
    ("files", "seriesId", "series", "series_id", "file"),
    ("seriesList", "fondsId", "fonds", "fonds_id", "series"),
)


@pytest.mark.parametrize(
    ("root", "name", "parent", "column", "child"), PARENTS, ids=[f"{one[0]}-{one[1]}" for one in PARENTS]
)
def test_a_filter_by_an_unseen_parent_finds_what_one_by_an_absent_parent_finds(
    hub: Hub, root: str, name: str, parent: str, column: str, child: str
) -> None:
    """Though rows of that parent are seen: whoever may read a document need not know the file it lies in."""
    kinds = {resource: kind for kind, resource in KINDS.items()}
    compared = 0
    facets = "" if root == "seriesList" else "facets { field buckets { value count } unknownCount }"
    text = f"query($id: ID!) {{ {root}(filter: {{{name}: $id}}, first: 3) {{ totalCount nodes {{ id }} {facets} }} }}"
    for role in ("anyone", "clerk", "leader", "archivist"):
        above = {
            getattr(row, column)
            for row in hub.city.rows(child).values()
            if hub.city.sees(role, child, row.id)
        } - {None}
        hidden = next((key for key in sorted(above) if not hub.city.sees(role, parent, key)), None)
        seen = next((key for key in sorted(above) if hub.city.sees(role, parent, key)), None)
        if hidden is not None:
            absent = hub.ask(text, role, id=encode(kinds[parent], ABSENT))
            assert hub.ask(text, role, id=encode(kinds[parent], hidden)).said == absent.said, (role, hidden)
            assert absent.data[root]["totalCount"] == 0
            compared += 1
        if seen is not None:
            assert hub.ask(text, role, id=encode(kinds[parent], seen)).data[root]["totalCount"] > 0
    assert compared
