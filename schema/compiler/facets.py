"""Facets: how many rows hold each value of a field, under the other filters and the law.

A facet leaves out the filter that is its own, so that another of its values can be chosen. Facets that look at
the same rows are counted in one pass over them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLEnumType, get_named_type

from schema.compiler.catalogue import Field, enum_value
from schema.compiler.declarations import Facet, Record
from schema.compiler.jsontext import Form, Value, constant, list_of
from schema.compiler.rows import Columns
from schema.compiler.selections import Selected
from schema.compiler.statement import Statement
from schema.compiler.values import Given

# More values than a person reads; the rarest are left out.
MOST_BUCKETS = 200

Rows = Callable[[str, frozenset[str]], str]


@dataclass(frozen=True)
class _Counted:
    """Where the counts of one facet stand: a table, the mark of its rows, the column of its value."""

    table: str
    mark: int
    column: str


def facets(s: Statement, selected: Selected, field: Field, filter_: Given | None, rows: Rows) -> str:
    """JSON text of the asked facets; `rows(t, without)` is `from` and `where` with some filters left out."""
    kind = get_named_type(field.graphql.args["fields"].type)
    assert isinstance(kind, GraphQLEnumType)
    given = selected.argument(field.graphql, "fields")
    names: Any = given.value(s.variables) if given else None
    listed = list(dict.fromkeys(names)) if names is not None else list(kind.values)
    if not listed:
        return "'[]'"
    wanted = {name: enum_value(kind, name) for name in listed}
    active = frozenset((filter_.value(s.variables) if filter_ else None) or ())
    tables, counted = _count(s, wanted, active, rows)
    found = [_facet(s, selected, field, name, facet, counted[name]) for name, facet in wanted.items()]
    return f"(with {', '.join(tables)} select {list_of(found)})"


def unmasked(s: Statement, record: Record, t: str) -> str:
    """What keeps records out of counts by value whose words the caller has no need to read: ` and …`, or nothing."""
    masked = s.masked(record, t)
    return "" if masked == "false" else f" and not {masked}"


def _count(
    s: Statement, wanted: dict[str, Facet], active: frozenset[str], rows: Rows
) -> tuple[list[str], dict[str, _Counted]]:
    alike: dict[frozenset[str], list[str]] = {}
    for name, facet in wanted.items():
        alike.setdefault(active.intersection(facet.own), []).append(name)
    tables, counted = [], {}
    for without, names in alike.items():
        table, t = s.alias(), s.alias()
        columns = [f"v{number}" for number in range(len(names))]
        values = ", ".join(
            f"{s.text(wanted[name].group, t)} as {column}"
            for name, column in zip(names, columns, strict=True)
        )
        marked = f"grouping({', '.join(columns)})"
        sets = ", ".join(f"({column})" for column in columns)
        tables.append(
            f"{table} as materialized (select {marked} as mark, {', '.join(columns)}, count(*) as n"
            f" from (select {values} from {rows(t, without)}) g group by grouping sets ({sets}))"
        )
        # grouping() has a bit for each column, the last one lowest; it is 0 for the column grouped by
        everything = (1 << len(names)) - 1
        for number, (name, column) in enumerate(zip(names, columns, strict=True)):
            counted[name] = _Counted(table, everything ^ (1 << (len(names) - 1 - number)), column)
    return tables, counted


def _facet(
    s: Statement, selected: Selected, field: Field, name: str, facet: Facet, counted: _Counted
) -> Value:
    pairs = []
    for one in s.selections.of(selected.sets, field.target):
        if one.name == "field":
            value = constant(name)
        elif one.name == "buckets":
            value = _buckets(s, one, s.catalogue.field(field.target, "buckets"), facet, counted)
        elif one.name == "unknownCount":
            value = Value(_unknown(s, counted), Form.BARE)
        else:
            value = constant(field.target.name)
        pairs.append((one.key, value))
    return Columns(tuple(pairs)).one()


def _unknown(s: Statement, counted: _Counted) -> str:
    """How many of the same rows hold no value."""
    g = s.alias()
    where = f"{g}.mark = {counted.mark} and {g}.{counted.column} is null"
    return f"coalesce((select {g}.n from {counted.table} {g} where {where}), 0)"


def _buckets(s: Statement, selected: Selected, field: Field, facet: Facet, counted: _Counted) -> Value:
    g = s.alias()
    held = f"{g}.{counted.column}"
    pairs = []
    for one in s.selections.of(selected.sets, field.target):
        match one.name:
            case "value":
                value = Value(s.text(facet.value, g, names={"v": held}))
            case "label":
                value = Value(s.text(facet.label, g, names={"v": held}))
            case "labelEn":
                value = Value(s.text(facet.label_en, g, names={"v": held}))
            case "count":
                value = Value(f"{g}.n", Form.BARE)
            case _:
                value = constant(field.target.name)
        pairs.append((one.key, value))
    tail = (
        f" from {counted.table} {g} where {g}.mark = {counted.mark} and {held} is not null"
        f" order by {g}.n desc, {held} limit {MOST_BUCKETS}"
    )
    return Columns(tuple(pairs)).many(tail)
