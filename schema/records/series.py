"""Series (nhóm hồ sơ): files of one activity, nested to any depth."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from hub.records import models
from schema.changes import changes_of
from schema.compiler.declarations import column, connection, expression, identifier, offers, record, to_one
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.lazy import AFonds, AllSeries, AnAccessChange, AnAgency, ASeries, Files
from schema.node import Node
from schema.records.access_change import pending
from schema.records.filters import FileFilter, SeriesFilter
from schema.records.orders import FileOrder, SeriesOrder
from schema.vocabulary import ACCESS_SQL, AccessMode, Action

_HIGH_USE = (
    "exists (select 1 from decided_list_entry e join decided_list l on l.id = e.list_id"
    " where e.series_id = {t}.id and l.kind = 'HIGH_USE' and l.valid_from <= :today"
    " and (l.valid_to is null or l.valid_to > :today))"
)


@record(models.Series, resource="series", description="A group of files (nhóm hồ sơ, mặt hoạt động).")
class Series(Node):
    """ISAD(G) series."""

    id: strawberry.ID = identifier()
    code: str = column("code", "Reference code (mã nhóm).")
    title: str = column("title", "Title (tên nhóm).")
    fonds: AFonds | None = to_one("fonds_id", "The fonds it belongs to (phông).")
    parent: ASeries | None = to_one("parent_id", "The series above; null at the top (nhóm cấp trên).")
    agency: AnAgency | None = to_one("agency_id", "Who owns it now (cơ quan quản lý).")
    custodian: AnAgency | None = to_one("custodian_id", "Who keeps it (nơi lưu giữ).")
    position: int = column("position", "Its place among its siblings (vị trí).")
    start_date: date | None = column("start_date", "Earliest day of the records (ngày bắt đầu).")
    end_date: date | None = column("end_date", "Latest day of the records (ngày kết thúc).")
    description: str | None = column("description", "Scope and content (mô tả).")
    is_high_use: bool = expression(
        _HIGH_USE, "On a decided list of high use in force today (tần suất sử dụng cao)."
    )
    access: AccessMode | None = expression(ACCESS_SQL, "Who may use it; null when unknown (chế độ sử dụng).")
    access_change_pending: AnAccessChange | None = pending("series")
    version: int = column("version", "Counts changes; send it as expectedVersion (phiên bản).")
    created_at: datetime = column("created_at", "When entered (thời điểm tạo).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")
    changes = changes_of("series")
    viewer_can: list[Action] = offers("What the caller may do with it (thao tác được phép).")

    @connection("{t}.parent_id = {p}.id")
    def children(
        self,
        filter: SeriesFilter | None = UNSET,
        order_by: SeriesOrder | None = SeriesOrder.POSITION_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> AllSeries:
        """The series right below (nhóm cấp dưới)."""
        raise NotImplementedError

    @connection("{t}.series_id = {p}.id")
    def files(
        self,
        filter: FileFilter | None = UNSET,
        order_by: FileOrder | None = FileOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Files:
        """The files right in it (các hồ sơ)."""
        raise NotImplementedError


@strawberry.type(description="A page of series (danh sách nhóm hồ sơ).")
class SeriesConnection(Connection[Series]):
    """Connection to series."""
