"""What the compiler writes between quotes without escaping it can hold nothing that needs escaping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import psycopg
from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type

from schema import HubSchema
from schema.compiler.catalogue import Catalogue
from schema.compiler.declarations import Column, Part, Record


def _enum_columns(
    catalogue: Catalogue, kind: GraphQLObjectType, record: Record, names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for field in catalogue.fields(kind).values():
        if isinstance(field.spec, Part):
            yield from _enum_columns(catalogue, field.target, record, field.spec.names)
        elif isinstance(field.spec, Column) and isinstance(
            get_named_type(field.graphql.type), GraphQLEnumType
        ):
            yield record.name, names.get(field.spec.name.strip("{}"), field.spec.name)


def test_the_tables_hold_no_other_words_than_those_of_an_enum(schema: HubSchema, city_url: str) -> None:
    catalogue = schema.catalogue
    columns = set()
    for kind in catalogue.nodes().values():
        columns |= set(_enum_columns(catalogue, kind, catalogue.record(kind), {}))
    assert ("file", "retention_kind") in columns
    with psycopg.connect(city_url) as connection:
        checked = set(
            connection.execute(
                "select c.conrelid::regclass::text, a.attname from pg_constraint c"
                " join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)"
                " where c.contype = 'c' and pg_get_constraintdef(c.oid) like '%ARRAY[%'"
            ).fetchall()
        )
    assert columns - checked == set()
