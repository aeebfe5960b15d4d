"""Lists of records of any kind, as far as the caller may see them: the edge and the page they have in common."""

from __future__ import annotations

from asyncio import gather
from typing import Generic, TypeVar

import strawberry
from strawberry import Info

from schema.connections import PageInfo
from schema.loading import load_record
from schema.node import Node


@strawberry.type
class SeenRecord:
    """Relay's edge; the node is any kind of record."""

    kind: strawberry.Private[str]
    key: strawberry.Private[int]
    cursor: str = strawberry.field(description="Where the record stands (con trỏ).")

    @strawberry.field(description="The record; null when it has gone meanwhile (bản ghi).")
    async def node(self, info: Info) -> Node | None:
        """Read with the others of the page in one statement."""
        return await load_record(info, self.kind, self.key)


E = TypeVar("E", bound=SeenRecord)


@strawberry.type
class SeenPage:
    """Under the caller's permissions; `hiddenCount` says how many he may not see."""

    page_info: PageInfo = strawberry.field(description="Where the page lies (thông tin trang).")
    total_count: int = strawberry.field(description="How many the caller may see (số bản ghi được xem).")
    hidden_count: int = strawberry.field(description="How many he may not see (số bản ghi không được xem).")


@strawberry.type
class SeenRecords(SeenPage, Generic[E]):
    """A page whose records may be of any kind."""

    edges: list[E] = strawberry.field(description="The records with what is said of each (các phần tử).")

    @strawberry.field(description="The records alone, those that are still there (các bản ghi).")
    async def nodes(self, info: Info) -> list[Node]:
        """Read in one statement; without what is said of each."""
        found = await gather(*(load_record(info, edge.kind, edge.key) for edge in self.edges))
        return [record for record in found if record is not None]
