"""Rows of one type as SQL: columns, groups of columns, the rows they point to.

Nested rows stay records until the outermost row turns the whole into JSON once: JSON inside JSON is copied as
text at every level.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import GraphQLNonNull, GraphQLObjectType, GraphQLString, SelectionSetNode

from policies.actions import actions_on
from policies.resources import RESOURCES
from schema.compiler import marks
from schema.compiler.catalogue import Field
from schema.compiler.declarations import (
    Bucket,
    Column,
    Expression,
    Identifier,
    OfEdge,
    Offers,
    Part,
    Several,
    ToOne,
)
from schema.compiler.selections import Selected
from schema.compiler.statement import Statement, conjunction

# PostgreSQL cuts names at 63 bytes; response keys are ASCII by the grammar of GraphQL.
LONGEST_NAME = 63


@dataclass(frozen=True)
class Place:
    """The row being written: its type, its alias, and what declared names mean at this place."""

    kind: GraphQLObjectType
    t: str
    names: Mapping[str, str] = field(default_factory=dict)
    edge: Mapping[str, str] = field(default_factory=dict)


Writer = Callable[[Statement, Selected, Field, Place], str]
WRITERS: dict[type[Any], Writer] = {}


def writes(*specs: type[Any]) -> Callable[[Writer], Writer]:
    """Registers the writer of fields that are declared so."""

    def register(writer: Writer) -> Writer:
        WRITERS.update(dict.fromkeys(specs, writer))
        return writer

    return register


@dataclass(frozen=True)
class Columns:
    """The select list of a row: response keys with their SQL."""

    pairs: tuple[tuple[str, str], ...]

    def rows(self, tail: str = "") -> str:
        """A select of whole records; `tail` is everything from `from` on."""
        return f"select {self._json()}{tail}" if self._is_json else f"select r from ({self._select(tail)}) r"

    def stream(self, tail: str) -> str:
        """A select of finished JSON texts."""
        if self._is_json:
            return f"select {self._json()}{tail}"
        return f"select row_to_json(r) from ({self._select(tail)}) r"

    def one(self, tail: str = "") -> str:
        """One record, or null where no row is."""
        return f"({self.rows(tail)})"

    @property
    def _is_json(self) -> bool:
        return any(len(key) > LONGEST_NAME for key, _ in self.pairs)

    def _select(self, tail: str) -> str:
        listed = ", ".join(f'{sql} as "{key}"' for key, sql in self.pairs)
        return f"select {listed}{tail}"

    def _json(self) -> str:
        members = " || ',' || ".join(
            f"""'"{key}":' || coalesce(to_json({sql})::text, 'null')""" for key, sql in self.pairs
        )
        return f"('{{' || {members} || '}}')::json"


def columns(s: Statement, sets: Iterable[SelectionSetNode], place: Place) -> Columns:
    """The columns that the selection sets ask of a row."""
    pairs = []
    for selected in s.selections.of(sets, place.kind):
        if selected.name == "__typename":
            sql = f"'{place.kind.name}'::text"
        else:
            declared = s.catalogue.field(place.kind, selected.name)
            sql = WRITERS[type(declared.spec)](s, selected, declared, place)
        pairs.append((selected.key, sql))
    record = s.catalogue.record_of(place.kind)
    if record is not None and pairs and s.is_watched(record):
        _mark(s, sets, place, record.resource, pairs)
    return Columns(tuple(pairs))


def _mark(
    s: Statement,
    sets: Iterable[SelectionSetNode],
    place: Place,
    resource: str,
    pairs: list[tuple[str, str]],
) -> None:
    """Let a restricted row say so: appended to a text that is never null, else as a member of its own."""
    for at, selected in enumerate(s.selections.of(sets, place.kind)):
        if _is_text(s, selected, place):
            key, sql = pairs[at]
            pairs[at] = key, marks.marked(sql, resource, place.t)
            return
    pairs.insert(0, (marks.KEY, marks.member(resource, place.t)))


def _is_text(s: Statement, selected: Selected, place: Place) -> bool:
    if selected.name == "__typename":
        return True
    field = s.catalogue.field(place.kind, selected.name)
    if isinstance(field.spec, Identifier):
        return True
    kind = field.graphql.type
    return (
        isinstance(field.spec, Column) and isinstance(kind, GraphQLNonNull) and kind.of_type is GraphQLString
    )


_WRITTEN: Mapping[str, str] = {
    # an instant is always told in UTC, whatever the session's time zone
    "DateTime": """to_char({0} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "BigInt": "({0})::text",
    "Decimal": "({0})::text",
    "Percent": "({0})::text",
}


def _written(sql: str, kind: str) -> str:
    form = _WRITTEN.get(kind)
    return form.replace("{0}", sql) if form else sql


@writes(Column)
def _column(s: Statement, selected: Selected, field: Field, place: Place) -> str:
    name = place.names.get(field.spec.name.strip("{}"), field.spec.name)
    return _written(f"{place.t}.{name}", field.kind)


@writes(Expression, Bucket)
def _expression(s: Statement, selected: Selected, field: Field, place: Place) -> str:
    return _written(s.text(field.spec.sql, place.t, names=place.names), field.kind)


@writes(OfEdge)
def _of_edge(s: Statement, selected: Selected, field: Field, place: Place) -> str:
    return place.edge[field.spec.name]


def global_id(kind: str, key: str) -> str:
    """SQL of a global id; equal to `hub.kit.ids.encode`, and too short for base64 to break the line."""
    return f"encode(('{kind}:' || {key})::bytea, 'base64')"


@writes(Identifier)
def _identifier(s: Statement, selected: Selected, field: Field, place: Place) -> str:
    return global_id(place.kind.name, f"{place.t}.id")


@writes(Part)
def _part(s: Statement, selected: Selected, field: Field, place: Place) -> str:
    inner = replace(place, kind=field.target, names=field.spec.names)
    tail = f" where {s.text(field.spec.when, place.t)}" if field.spec.when else ""
    return columns(s, selected.sets, inner).one(tail)


@writes(ToOne)
def _to_one(s: Statement, selected: Selected, field: Field, place: Place) -> str:
    record, t = s.catalogue.record(field.target), s.alias()
    listed = columns(s, selected.sets, Place(field.target, t))
    where = conjunction(s.text(field.spec.on, t, place.t), s.permitted(record, t))
    return listed.one(f" from {record.name} {t} where {where}")


@writes(Several)
def _several(s: Statement, selected: Selected, field: Field, place: Place) -> str:
    record, t = s.catalogue.record(field.target), s.alias()
    listed = columns(s, selected.sets, Place(field.target, t))
    where = conjunction(s.text(field.spec.on, t, place.t), s.permitted(record, t))
    order = s.text(field.spec.order, t)
    return f"array({listed.rows(f' from {record.name} {t} where {where} order by {order}')})"


@writes(Offers)
def _offers(s: Statement, selected: Selected, field: Field, place: Place) -> str:
    record = s.catalogue.record(place.kind)
    facts, state = s.catalogue.facts(record, place.t), RESOURCES[record.resource].names.get("state", "")
    named = []
    for deed in actions_on(record.resource):
        asked = [f"({s.may(record, place.t, deed.act)})"]
        if deed.needs:
            asked.insert(0, s.text(field.spec.needs[deed.needs], place.t))
        if deed.starts:
            starts = "', '".join(deed.starts)
            asked.insert(0, f"{facts[state]} in ('{starts}')")
        named.append(f"case when {' and '.join(asked)} then '{action_name(deed.mutation)}' end")
    return f"array_remove(array[{', '.join(named)}]::text[], null)"


def action_name(mutation: str) -> str:
    """The value of the enum Action that stands for a mutation (closeFile → CLOSE_FILE)."""
    return "".join(f"_{char}" if char.isupper() else char.upper() for char in mutation)
