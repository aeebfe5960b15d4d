"""The Node interface: every record has an opaque global id and can be read again by it."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import strawberry
from sqlmodel import Session
from strawberry import Info

from hub.access.actor import Actor
from hub.kit.ids import decode, decode_as
from schema.compiler.declarations import Named, identifier, root
from schema.loading import load_record

# A type that no table holds (a figure): reads the nodes of these keys again, None for each that is not there.
Reader = Callable[[Session, Actor, list[str]], Sequence[Any]]
_READERS: dict[str, Reader] = {}


def reads_again(type_name: str) -> Callable[[Reader], Reader]:
    """Registers how nodes of a computed type are read by their ids."""

    def register(reader: Reader) -> Reader:
        _READERS[type_name] = reader
        return reader

    return register


@strawberry.interface(description="Anything with a global id (đối tượng có mã định danh).")
class Node:
    """Implemented by every record."""

    id: strawberry.ID = identifier()


async def _named(info: Info, ids: list[strawberry.ID]) -> list[Any]:
    """What ids name of which at least one is no row of a table; the rows among them are one statement."""
    named = [decode(text) for text in ids]
    computed: dict[tuple[str, str], Any] = {}
    for kind, reader in _READERS.items():
        keys = list(dict.fromkeys(key for found, key in named if found == kind))
        values = await _again(info, reader, keys) if keys else []
        computed |= {(kind, key): value for key, value in zip(keys, values, strict=True)}
    rows = {
        text: decode_as(text, kind)
        for text, (kind, _) in zip(ids, named, strict=True)
        if kind not in _READERS
    }
    records = await gather(*(load_record(info, decode(text)[0], key) for text, key in rows.items()))
    found = dict(zip(rows, records, strict=True))
    return [computed[one] if one in computed else found[text] for text, one in zip(ids, named, strict=True)]


async def _again(info: Info, reader: Reader, keys: list[str]) -> Sequence[Any]:
    actor = info.context.actor
    values: Sequence[Any] = await info.context.seam.read(lambda session: reader(session, actor, keys))
    return values


@strawberry.type
class NodeQuery:
    """Root fields that read by global id; compiled, unless an id names what is computed."""

    @root(Named(many=False))
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="A global id (mã định danh).")],
    ) -> Node | None:
        """One record by its id; null when absent or not seen by the caller (một đối tượng theo mã định danh)."""
        [found] = await _named(info, [id])
        return found

    @root(Named(many=True))
    async def nodes(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="Global ids (các mã định danh).")
        ],
    ) -> list[Node | None]:
        """Records by their ids, in the order asked; null for each that is absent or not seen (nhiều đối tượng)."""
        return await _named(info, ids)
