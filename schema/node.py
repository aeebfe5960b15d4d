"""The Node interface: every record has an opaque global id and can be read again by it."""

from __future__ import annotations

from typing import Annotated

import strawberry

from schema.compiler.declarations import Named, identifier, root


@strawberry.interface(description="Anything with a global id (đối tượng có mã định danh).")
class Node:
    """Implemented by every record."""

    id: strawberry.ID = identifier()


@strawberry.type
class NodeQuery:
    """Root fields that read by global id."""

    @root(Named(many=False))
    def node(
        self, id: Annotated[strawberry.ID, strawberry.argument(description="A global id (mã định danh).")]
    ) -> Node | None:
        """One record by its id; null when absent or not seen by the caller (một đối tượng theo mã định danh)."""
        raise NotImplementedError

    @root(Named(many=True))
    def nodes(
        self,
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description="Global ids (các mã định danh).")
        ],
    ) -> list[Node | None]:
        """Records by their ids, in the order asked; null for each that is absent or not seen (nhiều đối tượng)."""
        raise NotImplementedError
