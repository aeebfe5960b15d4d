"""Rows of one type as SQL: columns, groups of columns, the rows they point to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import GraphQLEnumType, GraphQLObjectType, SelectionSetNode, get_named_type, get_nullable_type
from graphql.type import is_list_type

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
from schema.compiler.jsontext import Form, Value, array_of, constant, object_of, written
from schema.compiler.selections import Selected
from schema.compiler.statement import Statement, conjunction


@dataclass(frozen=True)
class Place:
    """The row being written: its type, its alias, and what declared names mean at this place."""

    kind: GraphQLObjectType
    t: str
    names: Mapping[str, str] = field(default_factory=dict)
    edge: Mapping[str, str] = field(default_factory=dict)


Writer = Callable[[Statement, Selected, Field, Place], Value]
WRITERS: dict[type[Any], Writer] = {}


def writes(*specs: type[Any]) -> Callable[[Writer], Writer]:
    """Registers the writer of fields that are declared so."""

    def register(writer: Writer) -> Writer:
        WRITERS.update(dict.fromkeys(specs, writer))
        return writer

    return register


@dataclass(frozen=True)
class Columns:
    """The fields of a row: response keys with their values, and the mark of a restricted one."""

    pairs: tuple[tuple[str, Value], ...]
    mark: str = ""

    def rows(self, tail: str) -> str:
        """A select of the rows as JSON texts; `tail` is everything from `from` on."""
        return f"select {self._object}{tail}"

    def one(self, tail: str = "") -> Value:
        """One row as an object, or null where no row is; without a tail it is made of what is there."""
        return written(f"({self.rows(tail)})") if tail else Value(self._object, Form.WRITTEN, sure=True)

    def when(self, condition: str) -> Value:
        """The object where the condition holds, else null."""
        return written(f"case when {condition} then {self._object} end")

    def many(self, tail: str) -> Value:
        """The rows as a list."""
        return array_of(f"array({self.rows(tail)})")

    @property
    def _object(self) -> str:
        return object_of(self.pairs, self.mark)


def columns(s: Statement, sets: Iterable[SelectionSetNode], place: Place) -> Columns:
    """The columns that the selection sets ask of a row."""
    pairs = []
    for selected in s.selections.of(sets, place.kind):
        if selected.name == "__typename":
            value = constant(place.kind.name)
        else:
            declared = s.catalogue.field(place.kind, selected.name)
            value = WRITERS[type(declared.spec)](s, selected, declared, place)
        pairs.append((selected.key, value))
    record = s.catalogue.record_of(place.kind)
    watched = record is not None and s.is_watched(record)
    return Columns(tuple(pairs), marks.mark(record.resource, place.t) if record and watched else "")


_WORDS: Mapping[str, str] = {
    # an instant is always told in UTC, whatever the session's time zone
    "DateTime": """to_char({0} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "BigInt": "({0})::text",
    "Decimal": "({0})::text",
    "Percent": "({0})::text",
}

_TEXTS = frozenset({"String", "ID", "Date"})


def value_of(sql: str, field: Field) -> Value:
    """The value of a field by its type in the schema."""
    kind = field.kind
    if is_list_type(get_nullable_type(field.graphql.type)):
        return Value(sql)
    if kind in _WORDS:
        return Value(_WORDS[kind].replace("{0}", sql), Form.WORD)
    if kind in ("Int", "Boolean"):
        return Value(sql, Form.BARE)
    if isinstance(get_named_type(field.graphql.type), GraphQLEnumType):
        return Value(sql, Form.WORD)  # the tables hold no other words than the enum's
    return Value(sql, Form.TEXT if kind in _TEXTS else Form.TYPED)


@writes(Column)
def _column(s: Statement, selected: Selected, field: Field, place: Place) -> Value:
    name = place.names.get(field.spec.name.strip("{}"), field.spec.name)
    return value_of(f"{place.t}.{name}", field)


@writes(Expression, Bucket)
def _expression(s: Statement, selected: Selected, field: Field, place: Place) -> Value:
    return value_of(s.text(field.spec.sql, place.t, names=place.names), field)


@writes(OfEdge)
def _of_edge(s: Statement, selected: Selected, field: Field, place: Place) -> Value:
    return value_of(place.edge[field.spec.name], field)


def global_id(kind: str, key: str) -> str:
    """SQL of a global id; equal to `hub.kit.ids.encode`, and too short for base64 to break the line."""
    return f"encode(('{kind}:' || {key})::bytea, 'base64')"


@writes(Identifier)
def _identifier(s: Statement, selected: Selected, field: Field, place: Place) -> Value:
    return Value(global_id(place.kind.name, f"{place.t}.id"), Form.WORD, sure=True)


@writes(Part)
def _part(s: Statement, selected: Selected, field: Field, place: Place) -> Value:
    listed = columns(s, selected.sets, replace(place, kind=field.target, names=field.spec.names))
    return listed.when(s.text(field.spec.when, place.t)) if field.spec.when else listed.one()


@writes(ToOne)
def _to_one(s: Statement, selected: Selected, field: Field, place: Place) -> Value:
    record, t = s.catalogue.record(field.target), s.alias()
    listed = columns(s, selected.sets, Place(field.target, t))
    where = conjunction(s.text(field.spec.on, t, place.t), s.permitted(record, t))
    return listed.one(f" from {record.name} {t} where {where}")


@writes(Several)
def _several(s: Statement, selected: Selected, field: Field, place: Place) -> Value:
    record, t = s.catalogue.record(field.target), s.alias()
    listed = columns(s, selected.sets, Place(field.target, t))
    where = conjunction(s.text(field.spec.on, t, place.t), s.permitted(record, t))
    return listed.many(f" from {record.name} {t} where {where} order by {s.text(field.spec.order, t)}")


@writes(Offers)
def _offers(s: Statement, selected: Selected, field: Field, place: Place) -> Value:
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
    return Value(f"array_remove(array[{', '.join(named)}]::text[], null)")


def action_name(mutation: str) -> str:
    """The value of the enum Action that stands for a mutation (closeFile → CLOSE_FILE)."""
    return "".join(f"_{char}" if char.isupper() else char.upper() for char in mutation)
