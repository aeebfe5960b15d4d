"""Records by key inside ordinary answers, gathered: all that one field of a page names is one statement."""

from __future__ import annotations

from typing import Any

import orjson
from graphql import (
    ArgumentNode,
    ConstListValueNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLResolveInfo,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
)
from strawberry import Info
from strawberry.dataloader import DataLoader

from hub.kit import ids
from schema.compiler import compile_operation


async def load_record(info: Info, type_name: str, key: int | None) -> Any:
    """The record of a type and key under the selection of the field being answered; null when not seen."""
    if key is None:
        return None
    raw: GraphQLResolveInfo = info._raw_info
    # Fields of one place in the operation share their nodes, so these tell which keys belong together.
    place = ("records", *map(id, raw.field_nodes))
    loader = info.context.loaders.get(place)
    if loader is None:

        async def read(wanted: list[str]) -> list[dict[str, Any] | None]:
            return await _read_records(info, raw, wanted)

        loader = info.context.loaders[place] = DataLoader(load_fn=read)
    return await loader.load(ids.encode(type_name, key))


async def _read_records(
    info: Info, raw: GraphQLResolveInfo, wanted: list[str]
) -> list[dict[str, Any] | None]:
    """The records, in the order asked; the fields of their types look their values up (schema/answers.py)."""
    context = info.context
    variables = context.variables
    plan = compile_operation(info.schema, _document(raw, wanted), None, variables, context.actor.shape)
    async with context.pool.connection() as connection:
        found: list[dict[str, Any] | None] = orjson.loads(
            await plan.run(connection, variables, context.actor)
        )["nodes"]
    return found


def _document(raw: GraphQLResolveInfo, wanted: list[str]) -> DocumentNode:
    """`{ nodes(ids: […]) { __typename … } }` with the field's selections, and the caller's fragments."""
    selections = [FieldNode(name=NameNode(value="__typename"), arguments=(), directives=())]
    for node in raw.field_nodes:
        selections += node.selection_set.selections if node.selection_set else ()  # type: ignore[arg-type]
    listed = ConstListValueNode(values=tuple(StringValueNode(value=one) for one in wanted))
    nodes = FieldNode(
        name=NameNode(value="nodes"),
        arguments=(ArgumentNode(name=NameNode(value="ids"), value=listed),),
        directives=(),
        selection_set=SelectionSetNode(selections=tuple(selections)),
    )
    query = OperationDefinitionNode(
        operation=OperationType.QUERY,
        name=None,
        variable_definitions=raw.operation.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(selections=(nodes,)),
    )
    fragments = (node for node in raw.fragments.values() if isinstance(node, FragmentDefinitionNode))
    return DocumentNode(definitions=(query, *fragments))
