"""Fonds (phông lưu trữ): all records of one creator."""

from __future__ import annotations

from datetime import datetime

import strawberry

from hub.records import models
from schema.changes import changes_of
from schema.compiler.declarations import column, connection, expression, identifier, offers, record, to_one
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.lazy import AllSeries, AnAccessChange, AnAgency, Files, Items
from schema.node import Node
from schema.records.access_change import pending
from schema.records.filters import FileFilter, ItemFilter, SeriesFilter
from schema.records.orders import FileOrder, ItemOrder, SeriesOrder
from schema.vocabulary import ACCESS_SQL, AccessMode, Action

_WIDELY_USED = (
    "exists (select 1 from decided_list_entry e join decided_list l on l.id = e.list_id"
    " where e.fonds_id = {t}.id and l.kind = 'WIDELY_USED' and l.valid_from <= :today"
    " and (l.valid_to is null or l.valid_to > :today))"
)


@record(models.Fonds, resource="fonds", description="All records of one creator (phông lưu trữ).")
class Fonds(Node):
    """ISAD(G) fonds."""

    id: strawberry.ID = identifier()
    code: str = column("code", "Reference code (mã phông).")
    title: str = column("title", "Title (tên phông).")
    creator: AnAgency | None = to_one("creator_id", "Who made the records (đơn vị hình thành phông).")
    agency: AnAgency | None = to_one("agency_id", "Who owns them now (cơ quan quản lý).")
    custodian: AnAgency | None = to_one("custodian_id", "Who keeps them (nơi lưu giữ).")
    history: str | None = column("history", "History of the creator (lịch sử đơn vị hình thành phông).")
    description: str | None = column("description", "Scope and content (mô tả).")
    is_closed: bool = expression("{t}.state = 'CLOSED'", "Whether nothing more is added (phông đóng).")
    is_widely_used: bool = expression(
        _WIDELY_USED, "On a decided list of widely used fonds in force today (phông được sử dụng rộng rãi)."
    )
    start_year: int | None = column("start_year", "First year of the records (năm bắt đầu).")
    end_year: int | None = column("end_year", "Last year of the records (năm kết thúc).")
    languages: list[str] = column("languages", "Codes of languages (mã ngôn ngữ).")
    access: AccessMode | None = expression(ACCESS_SQL, "Who may use it; null when unknown (chế độ sử dụng).")
    access_change_pending: AnAccessChange | None = pending("fonds")
    version: int = column("version", "Counts changes; send it as expectedVersion (phiên bản).")
    created_at: datetime = column("created_at", "When entered (thời điểm tạo).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")
    changes = changes_of("fonds")
    viewer_can: list[Action] = offers("What the caller may do with it (thao tác được phép).")

    @connection("{t}.fonds_id = {p}.id")
    def series_list(
        self,
        filter: SeriesFilter | None = UNSET,
        order_by: SeriesOrder | None = SeriesOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> AllSeries:
        """Its series of every level (các nhóm hồ sơ)."""
        raise NotImplementedError

    @connection("{t}.fonds_id = {p}.id")
    def files(
        self,
        filter: FileFilter | None = UNSET,
        order_by: FileOrder | None = FileOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Files:
        """Its files (các hồ sơ)."""
        raise NotImplementedError

    @connection("{t}.fonds_id = {p}.id")
    def items(
        self,
        filter: ItemFilter | None = UNSET,
        order_by: ItemOrder | None = ItemOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Items:
        """Its documents (các văn bản)."""
        raise NotImplementedError


@strawberry.type(description="A page of fonds (danh sách phông).")
class FondsConnection(Connection[Fonds]):
    """Connection to fonds."""
