"""The schema read back as SQL: which type is which table, which field is which column; checked at start-up.

Nothing is declared here. The catalogue only walks the finished schema from the root fields that the compiler
answers, and refuses to start when a field on the way has no SQL, or one that cannot have the promised type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)
from graphql.type import is_abstract_type
from sqlalchemy import ARRAY, BigInteger, Boolean, Date, DateTime, Float, Integer, Numeric, SmallInteger
from sqlalchemy.types import String, TypeDecorator, TypeEngine

from policies.enforcer import Rule
from policies.law import Law, columns_of
from policies.resources import RESOURCES
from schema.compiler.declarations import (
    KEY,
    Column,
    Condition,
    Every,
    Facet,
    One,
    Order,
    Page,
    Part,
    Record,
    Several,
    ToOne,
    TotalOf,
)

_DEFINITION = "strawberry-definition"


class SchemaFault(Exception):
    """The schema promises what no SQL can answer: the program is wrong and does not start."""


@dataclass(frozen=True)
class Field:
    """A field of a compiled type: its meaning in SQL and its place in the schema."""

    name: str
    spec: Any
    graphql: GraphQLField

    @property
    def kind(self) -> str:
        """The name of the field's type without list and non-null."""
        return get_named_type(self.graphql.type).name

    @property
    def target(self) -> GraphQLObjectType:
        """The field's object type."""
        target = get_named_type(self.graphql.type)
        assert isinstance(target, GraphQLObjectType)
        return target


def _spec(definition: Any) -> Any:
    return (definition.metadata or {}).get(KEY) if definition is not None else None


class Catalogue:
    """Fields and records of every type that compiled operations may reach."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._fields: dict[str, dict[str, Field]] = {}
        self._records: dict[str, Record] = {}
        assert schema.query_type is not None
        self.roots = {field.name: field for field in self._of(schema.query_type) if field.spec is not None}
        for field in self.roots.values():
            self._reach(field)
        self._check()

    def field(self, kind: GraphQLObjectType, name: str) -> Field:
        """The field of a compiled type."""
        return self._fields[kind.name][name]

    def fields(self, kind: GraphQLObjectType) -> Mapping[str, Field]:
        """Every field of a compiled type by name."""
        return self._fields[kind.name]

    @property
    def compiled(self) -> tuple[str, ...]:
        """The names of the types that compiled statements answer."""
        return tuple(self._fields)

    def record(self, kind: GraphQLObjectType) -> Record:
        """The table and resource of a type. Raises SchemaFault for a type without."""
        try:
            return self._records[kind.name]
        except KeyError:
            raise SchemaFault(
                f"{kind.name} is read from a table but names none, or no resource of the law"
            ) from None

    def record_of(self, kind: GraphQLObjectType) -> Record | None:
        """The same; None for a type without (a group of fields, an edge)."""
        return self._records.get(kind.name)

    @property
    def resources(self) -> Mapping[str, str]:
        """The law's name for the rows of each type that is read from a table."""
        return {name: record.resource for name, record in self._records.items()}

    def nodes(self) -> dict[str, GraphQLObjectType]:
        """The types of rows that a global id may name."""
        return {kind.name: kind for kind in self._nodes() if kind.name in self._records}

    def computed_nodes(self) -> frozenset[str]:
        """The types that a global id may name and that no table holds: ordinary resolvers read them."""
        return frozenset(kind.name for kind in self._nodes() if kind.name not in self._records)

    def _nodes(self) -> Sequence[GraphQLObjectType]:
        return self.schema.get_possible_types(self.schema.type_map["Node"])  # type: ignore[arg-type]

    @staticmethod
    def facts(record: Record, t: str) -> dict[str, str]:
        """SQL of everything the law may ask of a row."""
        facts = {}
        for name in RESOURCES[record.resource].names.values():
            if name in record.facts:
                facts[name] = record.facts[name].replace("{t}", t)
            elif name in record.table.c:
                facts[name] = f"{t}.{name}"
        return facts

    # ---- reading the schema

    def _of(self, kind: GraphQLObjectType) -> Iterator[Field]:
        for name, field in kind.fields.items():
            yield Field(name, _spec(field.extensions.get(_DEFINITION)), field)

    def _reach(self, field: Field) -> None:
        kind = get_named_type(field.graphql.type)
        kinds = self.schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
        for one in kinds:
            if not isinstance(one, GraphQLObjectType) or one.name in self._fields:
                continue
            origin = one.extensions[_DEFINITION].origin
            if is_abstract_type(kind) and "__record__" not in vars(origin):
                continue  # a node that is computed, not read from a table (a figure)
            self._fields[one.name] = {found.name: found for found in self._of(one)}
            if "__record__" in vars(origin):
                self._records[one.name] = origin.__record__
            for found in self._fields[one.name].values():
                if found.spec is None:
                    raise SchemaFault(f"{one.name}.{found.name} stands in the schema but has no SQL")
                self._reach(found)

    # ---- checking it

    def _check(self) -> None:
        for name, record in self._records.items():
            if record.resource not in RESOURCES:
                raise SchemaFault(f"{name} names the resource {record.resource}, which the law does not know")
        self.check_law(Law({}).rules)
        for name, fields in {**self._fields, "Query": self.roots}.items():
            for field in fields.values():
                if isinstance(field.spec, TotalOf) and not isinstance(
                    fields[field.spec.connection].spec, Page
                ):
                    raise SchemaFault(
                        f"{name}.{field.name} counts {field.spec.connection}, which is no connection"
                    )
                self._check_column(name, field)
                self._check_rows(field)
                self._check_arguments(f"{name}.{field.name}", field.graphql)

    def check_law(self, rules: Iterable[Rule]) -> None:
        """Raise SchemaFault for a rule that asks what a table cannot answer: the rule, its line, the table.

        Rows of nodes are asked about every deed, other rows (an agency's code) are only read.
        """
        nodes = self.nodes() if "Node" in self.schema.type_map else {}
        asking = list(rules)
        for name, record in self._records.items():
            mapped = self.facts(record, "t").keys()
            for rule in asking:
                if rule.resource != record.resource or (rule.action != "read" and name not in nodes):
                    continue
                if missing := columns_of(rule) - mapped:
                    raise SchemaFault(
                        f"policy line {rule.line}: {rule}: {name} (table {record.name}) has no"
                        f" {', '.join(sorted(missing))}"
                    )

    def _check_rows(self, field: Field) -> None:
        if isinstance(field.spec, ToOne | Several | One | Every):
            self.record(field.target)
        elif isinstance(field.spec, Page):
            self.record(self.field(field.target, "nodes").target)

    def _check_column(self, owner: str, field: Field) -> None:
        record = self._records.get(owner)
        if record is not None:
            self._check_columns(owner, field, record, {})

    def _check_columns(self, owner: str, field: Field, record: Record, names: Mapping[str, str]) -> None:
        """A column of the record's table; of a group of fields, every column in it."""
        if isinstance(field.spec, Part):
            for inner in self._fields[field.target.name].values():
                self._check_columns(f"{owner}.{field.name}", inner, record, field.spec.names)
        if not isinstance(field.spec, Column):
            return
        name = names.get(field.spec.name.strip("{}"), field.spec.name)
        column = record.table.c.get(name)
        where = f"{owner}.{field.name}"
        if column is None:
            raise SchemaFault(f"{where} is declared as {record.name}.{name}, which does not exist")
        if isinstance(field.graphql.type, GraphQLNonNull) and column.nullable:
            raise SchemaFault(f"{where} is promised non-null, but {record.name}.{column.name} may be null")
        if not _fits(column.type, get_named_type(field.graphql.type), field.graphql.type):
            raise SchemaFault(
                f"{where}: {record.name}.{column.name} ({column.type}) is no {field.graphql.type}"
            )

    def _check_arguments(self, where: str, field: GraphQLField) -> None:
        for name, argument in field.args.items():
            kind = get_named_type(argument.type)
            if isinstance(kind, GraphQLInputObjectType):
                for inner, given in kind.fields.items():
                    if not isinstance(_spec(given.extensions.get(_DEFINITION)), Condition):
                        raise SchemaFault(f"{kind.name}.{inner} (a filter of {where}) has no SQL")
            elif isinstance(kind, GraphQLEnumType) and name in ("orderBy", "fields"):
                wanted: type[Order] | type[Facet] = Order if name == "orderBy" else Facet
                for value in kind.values:
                    if not isinstance(enum_value(kind, value), wanted):
                        raise SchemaFault(f"{kind.name}.{value} has no SQL")


def enum_value(kind: GraphQLEnumType, name: str) -> Any:
    """What is declared for a value of an enum."""
    value = kind.values[name].value
    return value.value if isinstance(value, Enum) else value


def condition_of(kind: GraphQLInputObjectType, name: str) -> Condition:
    """What a field of a filter asks."""
    spec = _spec(kind.fields[name].extensions.get(_DEFINITION))
    assert isinstance(spec, Condition)
    return spec


_SCALARS: tuple[tuple[type[TypeEngine[Any]], frozenset[str]], ...] = (
    (Boolean, frozenset({"Boolean"})),
    (BigInteger, frozenset({"BigInt"})),
    (SmallInteger, frozenset({"Int"})),
    (Integer, frozenset({"Int"})),
    (Numeric, frozenset({"Decimal", "Percent"})),
    (Float, frozenset({"Decimal"})),
    (Date, frozenset({"Date"})),
    (DateTime, frozenset({"DateTime"})),
    (String, frozenset({"String"})),
)


def _fits(column: TypeEngine[Any], named: Any, whole: Any) -> bool:
    if isinstance(column, TypeDecorator):
        column = column.impl_instance
    inner = whole.of_type if isinstance(whole, GraphQLNonNull) else whole
    if isinstance(column, ARRAY):
        return isinstance(inner, GraphQLList) and _fits(column.item_type, named, inner.of_type)
    if isinstance(inner, GraphQLList):
        return False
    if isinstance(named, GraphQLEnumType):
        return isinstance(column, String)
    for kind, names in _SCALARS:
        if isinstance(column, kind):
            return named.name in names
    return named.name == "JSON"
