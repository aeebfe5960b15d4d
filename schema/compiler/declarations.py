"""What a field of a GraphQL type means in SQL, said where the field is declared.

    @record(models.Fonds, resource="fonds")
    class Fonds(Node):
        id: strawberry.ID = identifier("…")
        title: str = column("title", "…")
        agency: Agency | None = to_one("agency_id", "…")

Each helper makes an ordinary Strawberry field and hangs one of the records below on it as metadata: the SDL and
the statement come from the same line. In SQL text `{t}` is the row of this type, `{p}` the row it is reached
from, and `:today` the date of the hub's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar, dataclass_transform

import strawberry
from sqlalchemy import Table
from sqlmodel import SQLModel

KEY = "hub"
T = TypeVar("T")


# ---- types -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """Where rows of a type come from: the table, and the law's name for it (`facts`: what the table lacks)."""

    table: Table
    resource: str
    facts: Mapping[str, str]

    @property
    def name(self) -> str:
        """The table's name in SQL."""
        return str(self.table.name)


@dataclass_transform(field_specifiers=(strawberry.field,))
def record(
    model: type[SQLModel], *, resource: str, description: str, facts: Mapping[str, str] | None = None
) -> Callable[[type[T]], type[T]]:
    """A GraphQL type whose rows are those of a table, read under the law of `resource`."""

    def declare(cls: type[T]) -> type[T]:
        table: Table = model.__table__  # type: ignore[attr-defined]
        cls.__record__ = Record(table, resource, dict(facts or {}))  # type: ignore[attr-defined]
        return strawberry.type(cls, description=description)

    return declare


# ---- fields ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column of the row, written as its GraphQL type demands."""

    name: str


@dataclass(frozen=True)
class Identifier:
    """The global id of the row."""


@dataclass(frozen=True)
class Expression:
    """An expression over the row."""

    sql: str


@dataclass(frozen=True)
class Part:
    """A group of fields of the same row; null where `when` does not hold."""

    when: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ToOne:
    """One row of another type; null when absent or not seen."""

    on: str


@dataclass(frozen=True)
class Several:
    """A short list of rows of another type, whole."""

    on: str
    order: str


@dataclass(frozen=True)
class Offers:
    """The actions that would work for the caller on this row; `needs` has the SQL of what a deed names so."""

    needs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One place where a connection's rows lie: joins before the row, its condition, edge fields, order keys.

    `exists` is a cheap test, in `{p}` alone, that is true where this place may hold anything.
    """

    on: str
    joined: str = ""
    edge: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    exists: str = ""


@dataclass(frozen=True)
class Page:
    """A keyset connection to rows of another type."""

    sources: tuple[Source, ...]


@dataclass(frozen=True)
class TotalOf:
    """How many rows a connection of this row has for the caller: its totalCount, without a filter."""

    connection: str


@dataclass(frozen=True)
class One:
    """A root field: the row that its arguments name; `by` gives each set of arguments that suffices its SQL.

    In the SQL `{argument}` is the value of an argument; `reads` turns a given value into what is bound.
    """

    by: Mapping[tuple[str, ...], str]
    reads: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Every:
    """A root field: a plain list of rows; each argument given is a condition on its value `{v}`."""

    arguments: Mapping[str, str]
    order: str
    otherwise: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Named:
    """A root field of an interface: the row, or rows, that global ids name."""

    many: bool


@dataclass(frozen=True)
class Searched:
    """A type that search looks through: its name, the text shown of a hit, and what filters and facets ask."""

    kind: str
    heading: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Found:
    """The root field of search: ranked hits over several types; the place in the list is the hit's `kind`."""

    searched: tuple[Searched, ...]


class Slot(Enum):
    """The fields of a connection, its edges, facets and pages that the compiler itself knows how to fill."""

    EDGES = "edges"
    NODES = "nodes"
    PAGE_INFO = "pageInfo"
    TOTAL_COUNT = "totalCount"
    TOTAL_RELATION = "totalCountRelation"
    FACETS = "facets"
    CURSOR = "cursor"
    NODE = "node"
    HIGHLIGHT = "highlight"
    HAS_NEXT = "hasNextPage"
    HAS_PREVIOUS = "hasPreviousPage"
    START = "startCursor"
    END = "endCursor"


@dataclass(frozen=True)
class OfEdge:
    """A field of an edge that depends on where its row was found (`Source.edge`)."""

    name: str


@dataclass(frozen=True)
class Bucket:
    """A field of a facet or of one of its buckets."""

    sql: str


Spec = (
    Column | Identifier | Expression | Part | ToOne | Several | Offers | Page | TotalOf | One | Every | Named | Found
    | Slot | OfEdge | Bucket
)  # fmt: skip


def declared(spec: Spec, description: str) -> Any:
    """A field without arguments."""
    return strawberry.field(description=description, metadata={KEY: spec})


def identifier(description: str = "Opaque global id (mã định danh).") -> Any:
    """The opaque global id of the row."""
    return declared(Identifier(), description)


def column(name: str, description: str) -> Any:
    """A column; its type and its nullability are checked against the table when the schema is built."""
    return declared(Column(name), description)


def worded(name: str, kind: str, description: str, mask: str = "null") -> Any:
    """A column in which people write names, of a row of `kind`; `mask` is what those read who have no need."""
    return declared(
        Expression(f"case when {{masked {kind} {{t}}}} then {mask} else {{t}}.{name} end"), description
    )


def expression(sql: str, description: str) -> Any:
    """An SQL expression over the row `{t}`."""
    return declared(Expression(sql), description)


def part(description: str, *, when: str | None = None, **names: str) -> Any:
    """A group of fields; `names` gives what `{name}` means in the group's own columns and expressions."""
    return declared(Part(when, names), description)


def to_one(key: str, description: str) -> Any:
    """The row whose id stands in the column `key`, or the one for which a condition in `{t}` and `{p}` holds."""
    return declared(ToOne(key if "{" in key else f"{{t}}.id = {{p}}.{key}"), description)


def several(on: str, order: str, description: str) -> Any:
    """A short list, never paged."""
    return declared(Several(on, order), description)


def offers(description: str, **needs: str) -> Any:
    """What the caller may do with the row; `needs` says in SQL what its deeds need beside it (`Action.needs`)."""
    return declared(Offers(needs), description)


def total_of(connection: str, description: str) -> Any:
    """The totalCount of a connection of this type, named as in the schema."""
    return declared(TotalOf(connection), description)


def connection(on: str | tuple[Source, ...]) -> Callable[[Callable[..., Any]], Any]:
    """A keyset connection; the decorated function gives the arguments, the type and the description."""
    sources = (Source(on),) if isinstance(on, str) else on
    return root(Page(sources))


def root(spec: Spec) -> Callable[[Callable[..., Any]], Any]:
    """A field with arguments, answered by the compiler; the body is run only for what it leaves over (`Named`).

    Any other body raises NotImplementedError, for nobody comes there as long as the field has its SQL.
    """

    def declare(function: Callable[..., Any]) -> Any:
        return strawberry.field(function, description=function.__doc__, metadata={KEY: spec})

    return declare


# ---- orders ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """One column of an order: never null, so that a cursor can name every row. `kind` is its SQL type.

    Where the column `within` holds one value, an index has the rows in this order.
    """

    name: str
    sql: str
    kind: str
    within: str = ""


@dataclass(frozen=True)
class Order:
    """An order that is total: its last key is unique."""

    keys: tuple[Key, ...]
    descending: bool


ID = Key("id", "{t}.id", "bigint")


def by(*keys: Key, descending: bool = False, description: str) -> Any:
    """A value of an order's enum; the id decides between equals."""
    return strawberry.enum_value(
        Order((*(k for k in keys if k != ID), ID), descending), description=description
    )


# ---- filters ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Condition:
    """What a filter's field asks of the row; `{v}` is its value, already cast to `kind`.

    `many` is the same for a list of several values. `narrows` says that an index on a parent serves it, so
    that the law need not. `reads` turns the given value into what is bound. `fixes` is a column that `sql`, but
    not `many` or `instead`, leaves with one value only, and that value, which `sql` calls `{it}`. `found` is what
    is left to ask of rows that the table's index of words has given for these `words`; None where the table has no
    such index.
    """

    sql: str
    kind: str
    many: str | None = None
    narrows: bool = False
    reads: Callable[[Any], Any] | None = None
    unless: str | None = None
    instead: str | None = None
    words: bool = False
    fixes: tuple[str, str] | None = None
    found: str | None = None


def condition(
    sql: str,
    kind: str,
    description: str,
    *,
    many: str | None = None,
    narrows: bool = False,
    reads: Callable[[Any], Any] | None = None,
    unless: str | None = None,
    instead: str | None = None,
    words: bool = False,
    fixes: tuple[str, str] | None = None,
    found: str | None = None,
) -> Any:
    """A field of a filter. With `unless`, `instead` is used when that other field of the filter is true."""
    spec = Condition(sql, kind, many, narrows, reads, unless, instead, words, fixes, found)
    return strawberry.field(default=strawberry.UNSET, description=description, metadata={KEY: spec})


# ---- facets ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Facet:
    """What a facet groups by, how a value is written and labelled, and the filter's fields that are its own."""

    group: str
    value: str
    label: str
    label_en: str
    own: tuple[str, ...]


def counted(
    group: str,
    *own: str,
    value: str = "{v}::text",
    label: str = "{v}::text",
    label_en: str | None = None,
    description: str,
) -> Any:
    """A value of a facet's enum; `{t}` is the row, `{v}` the value it is grouped by.

    Without `label_en` the label is the same in both languages (a name, a year).
    """
    return strawberry.enum_value(Facet(group, value, label, label_en or label, own), description=description)
