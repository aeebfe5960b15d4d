"""The record that a mutation answers: read by the compiled path, after the commit, as the same caller.

The selection below the mutation becomes one statement, like any query's; its JSON goes back through graphql-core,
whose fields then only look up their response key. So a mutation returns whatever a query can, under the same law.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import orjson
import psycopg
import strawberry
from graphql import (
    ArgumentNode,
    ConstValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLUnionType,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    default_type_resolver,
)
from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit.ids import encode
from hub.kit.wire import understood
from schema.compiler import Plan, compile_operation
from schema.compiler.catalogue import Catalogue
from schema.compiler.marks import unmarked
from schema.compiler.plan import Read
from schema.compiler.statement import Bindings

T = TypeVar("T")
_ANSWER = "_hub_answer"

# The root field that reads one record of each type by its id.
_ROOTS = {
    "Fonds": "fonds",
    "Series": "series",
    "ArchivalFile": "file",
    "Item": "item",
    "Agency": "agency",
    "AppUser": "user",
    "RoleGrant": "grant",
    "ApiKey": "apiKey",
    "AccessChange": "accessChange",
    "Session": "session",
    "Job": "job",
    "ReportingPeriod": "reportingPeriod",
    "AgencyReturn": "agencyReturn",
    "ReturnCase": "returnCase",
    "PublishedReport": "report",
    "Exclusion": "exclusion",
}


async def read_back(info: strawberry.Info, kind: type[T], key: int | None) -> T | None:
    """The record with what is selected below the field being resolved; None when the caller may not see it."""
    if key is None:
        return None
    plan, variables = _plan(info, kind, key)
    actor = info.context.actor
    # On the primary, since a replica may not have heard of the change yet.
    answer = await info.context.seam.change(lambda session: _run(session, plan, variables, actor))
    if answer is None:
        return None
    found = kind.__new__(kind)
    setattr(found, _ANSWER, answer)
    return found


def check_selection(info: strawberry.Info, kind: type[Any]) -> None:
    """Refuse a selection that could not be answered, before anything is changed.

    Raises what compiling raises: BadPage, ForgedCursor, ForgedId.
    """
    plan, variables = _plan(info, kind, 0)
    bindings = Bindings(variables, info.context.actor)
    for _, read in plan.fields:
        for parameter in read.parameters if isinstance(read, Read) else ():
            parameter.read(bindings)


def _plan(info: strawberry.Info, kind: type[Any], key: int) -> tuple[Plan, dict[str, Any]]:
    """The statement that answers the selection, and the variables of the operation as texts on the wire."""
    raw: GraphQLResolveInfo = info._raw_info
    given = dict(info.context.variables)
    named = StringValueNode(value=encode(kind.__name__, key))
    document = document_below(raw, _ROOTS[kind.__name__], "id", named)
    plan = compile_operation(
        info.schema, document, None, given, info.context.actor.shape, info.context.actor.law
    )
    return plan, plan.signature.read(given)


def document_below(raw: GraphQLResolveInfo, root: str, argument: str, value: ConstValueNode) -> DocumentNode:
    """`{ answer: root(argument: value) { __typename … } }` with the selections below the field being resolved.

    The operation's variables and fragments come along; `__typename` tells an interface which type it has.
    """
    selections: list[SelectionNode] = [
        FieldNode(name=NameNode(value="__typename"), arguments=(), directives=())
    ]
    for node in raw.field_nodes:
        selections += node.selection_set.selections if node.selection_set else ()
    field = FieldNode(
        name=NameNode(value=root),
        alias=NameNode(value="answer"),
        arguments=(ArgumentNode(name=NameNode(value=argument), value=value),),
        directives=(),
        selection_set=SelectionSetNode(selections=tuple(selections)),
    )
    query = OperationDefinitionNode(
        operation=OperationType.QUERY,
        name=None,
        variable_definitions=raw.operation.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(selections=(field,)),
    )
    fragments = (node for node in raw.fragments.values() if isinstance(node, FragmentDefinitionNode))
    return DocumentNode(definitions=(query, *fragments))


def _run(session: Session, plan: Plan, variables: Mapping[str, Any], actor: Actor) -> dict[str, Any] | None:
    """The first root field of the plan on the session's connection, its texts in UTC as everywhere."""
    bindings = Bindings(variables, actor)
    read = next(read for _, read in plan.fields if isinstance(read, Read))
    session.connection().execute(text("set local timezone = 'UTC'"))
    driver = session.connection().connection.driver_connection
    assert driver is not None
    with psycopg.RawCursor(driver) as cursor:
        sql = understood(read.sql, driver.info.server_version)
        cursor.execute(sql, [parameter.read(bindings) for parameter in read.parameters])
        assert cursor.pgresult is not None
        answer: dict[str, Any] | None = orjson.loads(unmarked(b"".join(read.join(cursor.pgresult)), actor))
    return answer


# ---- graphql-core's side -----------------------------------------------------------------------------------


def answer_by_key(catalogue: Catalogue) -> None:
    """Let the fields of compiled types look up their response key; queries never come here."""
    for name in catalogue.compiled:
        kind = catalogue.schema.type_map[name]
        kind.is_type_of = None  # type: ignore[attr-defined]
        for field in kind.fields.values():  # type: ignore[attr-defined]
            field.resolve = _looking_up(field)
    for abstract in catalogue.schema.type_map.values():
        if isinstance(abstract, GraphQLInterfaceType | GraphQLUnionType):
            abstract.resolve_type = _by_typename(abstract.resolve_type)


def _by_typename(otherwise: Any) -> Any:
    """Which type finished JSON is, it says itself; anything else is told as before."""

    def resolve(value: Any, info: GraphQLResolveInfo, kind: Any) -> Any:
        if isinstance(value, dict):
            return value["__typename"]
        return otherwise(value, info, kind) if otherwise else default_type_resolver(value, info, kind)

    return resolve


def _looking_up(field: GraphQLField) -> Any:
    own = field.resolve

    def resolve(source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        answer = source if isinstance(source, dict) else getattr(source, _ANSWER, None)
        if answer is None and own is not None:  # an object that a resolver made by itself
            return own(source, info, **arguments)
        return _revived((answer or {})[info.path.key], field.type)

    return resolve


def _revived(value: Any, kind: Any) -> Any:
    """A leaf of finished JSON as the value that graphql-core will write again."""
    if value is None:
        return None
    if isinstance(kind, GraphQLNonNull):
        return _revived(value, kind.of_type)
    if isinstance(kind, GraphQLList):
        return [_revived(one, kind.of_type) for one in value]
    if isinstance(kind, GraphQLEnumType | GraphQLScalarType):
        leaf: GraphQLLeafType = kind
        return leaf.parse_value(value)
    return value
