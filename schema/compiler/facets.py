"""Facets: how many rows hold each value of a field, under the other filters and the law."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLEnumType, get_named_type

from schema.compiler.catalogue import Field, enum_value
from schema.compiler.declarations import Facet
from schema.compiler.rows import Columns
from schema.compiler.selections import Selected
from schema.compiler.statement import Statement
from schema.compiler.values import Given

# More values than a person reads; the rarest are left out.
MOST_BUCKETS = 200

Rows = Callable[[str, frozenset[str]], str]


def facets(s: Statement, selected: Selected, field: Field, filter_: Given | None, rows: Rows) -> str:
    """JSON of the asked facets; `rows(t, without)` is `from` and `where` with some filters left out."""
    kind = get_named_type(field.graphql.args["fields"].type)
    assert isinstance(kind, GraphQLEnumType)
    given = selected.argument(field.graphql, "fields")
    names: Any = given.value(s.variables) if given else None
    listed = list(dict.fromkeys(names)) if names is not None else list(kind.values)
    found = [_facet(s, selected, field, name, enum_value(kind, name), rows) for name in listed]
    return f"json_build_array({', '.join(found)})" if found else "'[]'::json"


def _facet(s: Statement, selected: Selected, field: Field, name: str, facet: Facet, rows: Rows) -> str:
    pairs = []
    for one in s.selections.of(selected.sets, field.target):
        if one.name == "field":
            sql = f"'{name}'::text"
        elif one.name == "buckets":
            sql = _buckets(s, one, s.catalogue.field(field.target, "buckets"), facet, rows)
        else:
            sql = f"'{field.target.name}'::text"
        pairs.append((one.key, sql))
    return Columns(tuple(pairs)).one()


def _buckets(s: Statement, selected: Selected, field: Field, facet: Facet, rows: Rows) -> str:
    t, g = s.alias(), s.alias()
    names = {"v": f"{g}.v"}
    pairs = []
    for one in s.selections.of(selected.sets, field.target):
        match one.name:
            case "value":
                sql = s.text(facet.value, t, names=names)
            case "label":
                sql = s.text(facet.label, t, names=names)
            case "count":
                sql = f"{g}.n"
            case _:
                sql = f"'{field.target.name}'::text"
        pairs.append((one.key, sql))
    group = s.text(facet.group, t)
    counted = f"select {group} as v, count(*) as n from {rows(t, frozenset(facet.own))} group by 1"
    tail = f" from ({counted}) {g} where {g}.v is not null order by {g}.n desc, {g}.v limit {MOST_BUCKETS}"
    return f"array({Columns(tuple(pairs)).rows(tail)})"
