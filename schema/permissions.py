"""The right that each field needs, printed into its description: read off the schema and the law, not typed.

    Quyền · Permission: file:read

A field that leads to records is read under the law of their resource, whatever the way to them; a mutation names its
deed (schema/mutations/doing.py). Only root fields that are computed, not read from a table, name theirs here, and a
test hears the law being asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graphql import GraphQLField, GraphQLNamedType, GraphQLObjectType, GraphQLSchema, get_named_type
from graphql.type import is_abstract_type

from schema.compiler.catalogue import Catalogue

MARK = "Quyền · Permission: "
ANY = "*:read"  # whatever the id names, under the law of its own kind
# The figures of the plan are whole; the records behind them are told under their own law.
_BEHIND = ("fonds:read", "file:read", "item:read", "agency:read")
COMPUTED: Mapping[str, tuple[str, ...]] = {
    "indicators": ("indicator:read",),
    "indicatorChange": ("kpi:read", "indicator:read"),
    "snapshotIndicators": ("report:read", "indicator:read"),
    "compareSnapshots": ("report:read", "kpi:read"),
    "dataQuality": ("kpi:read", *_BEHIND),
    "transferRadar": ("kpi:read", *_BEHIND),
    "exclusionEffect": ("exclusion:read", "kpi:read"),
    "viewAs": ("user:view_as",),
    "recordAsOf": (ANY,),
    "returnsDesk": ("period:read", "return:read"),
    "returnForm": ("period:read", "return:read"),
    "returnAttachment": ("return:read",),
}
# More kinds than this are any kind.
_MANY = 6


def permission(questions: Iterable[str], roles: Iterable[str] = ()) -> str:
    """The line that names the rights, and whose they are where that is a short list."""
    named = ", ".join(roles)
    return f"{MARK}{', '.join(questions)}" + (f" ({named})" if named else "")


def print_permissions(schema: GraphQLSchema, catalogue: Catalogue) -> None:
    """Add the line to the description of every field that leads to records."""
    for kind in schema.type_map.values():
        if not isinstance(kind, GraphQLObjectType) or kind.name.startswith("__"):
            continue
        if kind is schema.mutation_type:
            continue
        for name, field in kind.fields.items():
            asked = COMPUTED.get(name, ()) if kind is schema.query_type else ()
            asked = asked or tuple(f"{one}:read" for one in _resources(schema, catalogue, field))
            if len(asked) > _MANY:
                asked = (ANY,)
            if asked:
                field.description = f"{field.description or ''}\n\n{permission(asked)}".strip()


def _resources(schema: GraphQLSchema, catalogue: Catalogue, field: GraphQLField) -> tuple[str, ...]:
    """The resources of the records that a field leads to: itself, or as the nodes of a connection."""
    kind = get_named_type(field.type)
    found = _of(schema, catalogue, kind)
    if not found and isinstance(kind, GraphQLObjectType) and "nodes" in kind.fields:
        found = _of(schema, catalogue, get_named_type(kind.fields["nodes"].type))
    return tuple(dict.fromkeys(found))


def _of(schema: GraphQLSchema, catalogue: Catalogue, kind: GraphQLNamedType) -> list[str]:
    kinds = schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
    return [catalogue.resources[one.name] for one in kinds if one.name in catalogue.resources]
