"""Records by key inside ordinary answers, gathered: all that one field of a page names is one statement."""

from __future__ import annotations

from typing import Any

import orjson
from graphql import ConstListValueNode, GraphQLResolveInfo, StringValueNode
from strawberry import Info
from strawberry.dataloader import DataLoader

from hub.kit import ids
from schema.answers import document_below
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
    named = ConstListValueNode(values=tuple(StringValueNode(value=one) for one in wanted))
    document = document_below(raw, "nodes", "ids", named)
    plan = compile_operation(info.schema, document, None, variables, context.actor.shape, context.actor.law)
    async with context.pool.connection() as connection:
        found: list[dict[str, Any] | None] = orjson.loads(
            await plan.run(connection, variables, context.actor)
        )["answer"]
    return found
