"""Root fields of records: lists with filters and orders, and single ones by id or by codes."""

from __future__ import annotations

from typing import Annotated

import strawberry

from schema.compiler.declarations import One, Page, Source, root
from schema.connections import UNSET, After, Before, First, Last
from schema.records.conditions import agency_of, key_of
from schema.records.file import ArchivalFile, FileConnection
from schema.records.filters import FileFilter, FondsFilter, ItemFilter, SeriesFilter
from schema.records.fonds import Fonds, FondsConnection
from schema.records.item import Item, ItemConnection
from schema.records.orders import FileOrder, FondsOrder, ItemOrder, SeriesOrder
from schema.records.series import Series, SeriesConnection

_EVERYWHERE = Page((Source("true"),))

Id = Annotated[strawberry.ID | None, strawberry.argument(description="Its global id (mã định danh).")]
AgencyCode = Annotated[
    str | None,
    strawberry.argument(
        description="Code of the owning agency, present or former (mã cơ quan, kể cả mã cũ)."
    ),
]
Code = Annotated[str | None, strawberry.argument(description="Its code within the agency (mã).")]


def _by_codes(kind: str) -> One:
    return One(
        {
            ("id",): "{t}.id = {id}::bigint",
            (
                "agencyCode",
                "code",
            ): f"{{t}}.agency_id = {agency_of('{agencyCode}::text')} and {{t}}.code = {{code}}::text",
        },
        {"id": key_of(kind)},
    )


@strawberry.type
class RecordsQuery:
    """Reads of the descriptive tree."""

    @root(_EVERYWHERE)
    def fonds_list(
        self,
        filter: FondsFilter | None = UNSET,
        order_by: FondsOrder | None = FondsOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> FondsConnection:
        """Fonds that the caller may see (danh sách phông)."""
        raise NotImplementedError

    @root(_EVERYWHERE)
    def series_list(
        self,
        filter: SeriesFilter | None = UNSET,
        order_by: SeriesOrder | None = SeriesOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> SeriesConnection:
        """Series that the caller may see (danh sách nhóm hồ sơ)."""
        raise NotImplementedError

    @root(_EVERYWHERE)
    def files(
        self,
        filter: FileFilter | None = UNSET,
        order_by: FileOrder | None = FileOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> FileConnection:
        """Files that the caller may see (danh sách hồ sơ)."""
        raise NotImplementedError

    @root(_EVERYWHERE)
    def items(
        self,
        filter: ItemFilter | None = UNSET,
        order_by: ItemOrder | None = ItemOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> ItemConnection:
        """Documents that the caller may see (danh sách văn bản)."""
        raise NotImplementedError

    @root(_by_codes("Fonds"))
    def fonds(self, id: Id = UNSET, agency_code: AgencyCode = UNSET, code: Code = UNSET) -> Fonds | None:
        """One fonds by id, or by agencyCode and code (một phông)."""
        raise NotImplementedError

    @root(_by_codes("Series"))
    def series(self, id: Id = UNSET, agency_code: AgencyCode = UNSET, code: Code = UNSET) -> Series | None:
        """One series by id, or by agencyCode and code (một nhóm hồ sơ)."""
        raise NotImplementedError

    @root(_by_codes("ArchivalFile"))
    def file(
        self, id: Id = UNSET, agency_code: AgencyCode = UNSET, code: Code = UNSET
    ) -> ArchivalFile | None:
        """One file by id, or by agencyCode and code (một hồ sơ)."""
        raise NotImplementedError

    @root(_by_codes("Item"))
    def item(self, id: Id = UNSET, agency_code: AgencyCode = UNSET, code: Code = UNSET) -> Item | None:
        """One document by id, or by agencyCode and code (một văn bản)."""
        raise NotImplementedError
