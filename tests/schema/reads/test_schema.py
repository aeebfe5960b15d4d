"""The schema as a promise: printed, described, and refused at start-up when SQL cannot keep it."""

from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
)
from graphql.type import is_introspection_type, is_specified_scalar_type

import schema as package
from hub.records import models
from schema import HubSchema
from schema.compiler.catalogue import SchemaFault
from schema.compiler.declarations import Column, Page, Source, column, declared, identifier, record, root
from schema.connections import Connection, First
from schema.node import Node

SDL = Path(package.__file__).with_name("schema.graphql")


def test_the_printed_schema_is_the_committed_one(schema: HubSchema) -> None:
    assert SDL.read_text() == schema.as_str() + "\n", (
        "the API changed: python -m schema > schema/schema.graphql"
    )


def undescribed(kind: GraphQLNamedType) -> list[str]:
    """Everything of a type that has no description of both languages."""

    def is_described(text: str | None) -> bool:
        return bool(text and "(" in text)

    missing = [] if is_described(kind.description) else [kind.name]
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        missing += [
            f"{kind.name}.{name}" for name, one in kind.fields.items() if not is_described(one.description)
        ]
    if isinstance(kind, GraphQLEnumType):
        missing += [
            f"{kind.name}.{name}" for name, one in kind.values.items() if not is_described(one.description)
        ]
    return missing


def test_types_fields_and_values_are_described_in_both_languages(schema: HubSchema) -> None:
    compiled = {*schema.catalogue.compiled, "Query", "Node", "SearchHit"}
    for kind in schema._schema.type_map.values():
        if is_introspection_type(kind) or is_specified_scalar_type(kind):
            continue
        if kind.name in compiled or isinstance(kind, GraphQLUnionType):
            assert not undescribed(kind)


def build(query: type) -> HubSchema:
    """A schema with one root."""
    return HubSchema(query)


def query_of(kind: type) -> type:
    """A root that reads one list of a type."""

    @strawberry.type
    class Query:
        @root(Page((Source("true"),)))
        def things(self, first: First = strawberry.UNSET) -> Connection[kind]:  # type: ignore[valid-type]
            """Things."""
            raise NotImplementedError

    return Query


def thing(**fields: Any) -> type:
    """A type over fonds with these fields."""
    namespace: dict[str, Any] = {"__annotations__": {"id": strawberry.ID}, "id": identifier()}
    for name, (annotation, field) in fields.items():
        namespace["__annotations__"][name] = annotation
        namespace[name] = field
    return record(models.Fonds, resource="fonds", description="x")(type("Thing", (Node,), namespace))


def test_a_sound_type_starts() -> None:
    assert build(query_of(thing(title=(str, column("title", "x")))))


@pytest.mark.parametrize(
    ("annotation", "field", "said"),
    [
        (str, strawberry.field(description="x"), "has no SQL"),
        (str, column("titel", "x"), "does not exist"),
        (str, column("history", "x"), "may be null"),
        (int, column("title", "x"), "is no Int"),
        (list[str], column("title", "x"), "is no"),
        (str, column("languages", "x"), "is no"),
    ],
)
def test_a_field_that_sql_cannot_keep_does_not_start(annotation: Any, field: Any, said: str) -> None:
    with pytest.raises(SchemaFault, match=said):
        build(query_of(thing(wrong=(annotation, field))))


def test_a_table_without_the_law_does_not_start() -> None:
    @strawberry.type
    class Bare:
        title: str = declared(Column("title"), "x")

    with pytest.raises(SchemaFault, match="no resource"):
        build(query_of(Bare))

    @record(models.Fonds, resource="nothing", description="x")
    class Lawless:
        title: str = column("title", "x")

    with pytest.raises(SchemaFault, match="does not know"):
        build(query_of(Lawless))

    # the law asks of an item in which state its file is, and the table does not say
    @record(models.ItemListing, resource="file", description="x")
    class Factless:
        ordinal: int = column("ordinal", "x")

    with pytest.raises(SchemaFault, match=r"policy line \d+: p, .*Factless .*has no access_level"):
        build(query_of(Factless))
