"""Files (hồ sơ): the documents of one matter."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from hub.records import models
from hub.records.personal import MASK
from schema.changes import changes_of
from schema.compiler.declarations import (
    Slot,
    Source,
    column,
    connection,
    expression,
    identifier,
    offers,
    part,
    record,
    root,
    to_one,
    total_of,
    worded,
)
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.lazy import AFonds, AnAccessChange, AnAgency, ASeries, DigitalObjects, ItemsOfFile
from schema.node import Node
from schema.records.access_change import pending
from schema.records.facets import FileFacet, FileFacetFields
from schema.records.filters import ItemFilter
from schema.records.orders import ItemOrder
from schema.records.parts import DateRange, Retention, TransferDue, retention, transfer_due_of_file
from schema.records.told import told
from schema.vocabulary import ACCESS_SQL, AccessMode, Action, FileState, Origin

_HIGH_USE = (
    "exists (select 1 from decided_list_entry e join decided_list l on l.id = e.list_id"
    " where (e.file_id = {t}.id or e.series_id = {t}.series_id) and l.kind = 'HIGH_USE'"
    " and l.valid_from <= :today and (l.valid_to is null or l.valid_to > :today))"
)

# An item is in its home file, and in every file that lists it at the place given there.
_ITEMS = (
    Source("{t}.file_id = {p}.id", edge={"ordinal": "{t}.ordinal", "isHome": "true"}),
    Source(
        "{l}.file_id = {p}.id and {t}.file_id <> {p}.id",
        joined="item_listing {l} join {row} on {t}.id = {l}.item_id",
        edge={"ordinal": "{l}.ordinal", "isHome": "false"},
        keys={"ordinal": "{l}.ordinal", "id": "{l}.item_id"},
        exists="exists (select 1 from item_listing l where l.file_id = {p}.id)",
    ),
)


@record(
    models.ArchivalFile, resource="file", description="The documents of one matter (hồ sơ, đơn vị bảo quản)."
)
class ArchivalFile(Node):
    """ISAD(G) file; not called File, which browsers own."""

    id: strawberry.ID = identifier()
    code: str = column("code", "Reference code (mã hồ sơ).")
    title: str = worded("title", "ArchivalFile", "Title (tiêu đề hồ sơ).", f"'{MASK}'")
    has_personal_data: bool = column(
        "has_personal_data",
        "Whether its words name persons; who has no need to know them sees none (có dữ liệu cá nhân).",
    )
    catalog_number: str | None = column("catalog_number", "Catalogue number or year (mục lục số).")
    notation: str | None = column("notation", "Number and notation (số và ký hiệu hồ sơ).")
    agency: AnAgency | None = to_one("agency_id", "Who owns it now (cơ quan quản lý).")
    creator: AnAgency | None = to_one("creator_id", "Who made it (đơn vị lập hồ sơ).")
    custodian: AnAgency | None = to_one("custodian_id", "Who keeps it (nơi lưu giữ).")
    fonds: AFonds | None = to_one("fonds_id", "The fonds it belongs to (phông).")
    series: ASeries | None = to_one("series_id", "The series it stands in (nhóm hồ sơ).")
    start_date: date | None = column("start_date", "The earliest day it can begin (ngày bắt đầu).")
    end_date: date | None = column("end_date", "The earliest day it can end (ngày kết thúc).")
    dates: DateRange = part("From when to when, as exactly as known (thời gian tài liệu).")
    retention: Retention = retention()
    access: AccessMode | None = expression(ACCESS_SQL, "Who may use it; null when unknown (chế độ sử dụng).")
    access_change_pending: AnAccessChange | None = pending("file")
    access_text: str | None = column("access_text", "Access as it was written (nguyên văn chế độ sử dụng).")
    origin: Origin | None = expression(
        told("origin"),
        "Derived from its documents, as far as the caller sees them; without any as declared (nguồn gốc).",
    )
    origin_declared: Origin | None = column("origin_declared", "As declared (nguồn gốc được khai).")
    languages: list[str] = column("languages", "Codes of languages (mã ngôn ngữ).")
    keywords: str | None = worded("keywords", "ArchivalFile", "Keywords (từ khóa).")
    description: str | None = worded("description", "ArchivalFile", "Notes (chú giải).")
    state: FileState = column("state", "Where it is in its life (trạng thái).")
    closed_on: date | None = column("closed_on", "When it was closed (ngày kết thúc hồ sơ).")
    item_count: int = total_of(
        "items", "Documents in it that the caller may see, listed ones too (số văn bản được xem)."
    )
    total_doc: int | None = column("total_doc", "Documents as declared (tổng số văn bản được khai).")
    sheet_count: int | None = column("sheet_count", "Sheets (số tờ).")
    page_count: int | None = expression(
        told("page_count"),
        "Pages of its documents that the caller sees, where they are described whole; else as declared; null when"
        " unknown (số trang).",
    )
    digitized_page_count: int = expression(
        told("digitized_page_count"),
        "Pages digitised and accepted, of the file and of its documents that the caller sees (số trang đã số hóa).",
    )
    is_high_use: bool = expression(
        _HIGH_USE,
        "On a decided list of high use in force today, itself or by its series (tần suất sử dụng cao).",
    )
    transfer_due: TransferDue | None = transfer_due_of_file()
    decision_note: str | None = worded(
        "decision_note", "ArchivalFile", "What was said at hand-over (ý kiến khi giao nhận)."
    )
    version: int = column("version", "Counts changes; send it as expectedVersion (phiên bản).")
    created_at: datetime = column("created_at", "When entered (thời điểm tạo).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")
    changes = changes_of("file")
    viewer_can: list[Action] = offers(
        "What the caller may do with it (thao tác được phép).",
        fonds_open="exists (select from fonds o where o.id = {t}.fonds_id and o.state = 'OPEN')",
    )

    @connection(_ITEMS)
    def items(
        self,
        filter: ItemFilter | None = UNSET,
        order_by: ItemOrder | None = ItemOrder.ORDINAL_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> ItemsOfFile:
        """Its documents, its own and those listed in it (các văn bản trong hồ sơ)."""
        raise NotImplementedError

    @connection("{t}.file_id = {p}.id")
    def digital_objects(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> DigitalObjects:
        """Its stored files of bytes, those of its documents too (các tệp dữ liệu)."""
        raise NotImplementedError


@strawberry.type(description="A page of files (danh sách hồ sơ).")
class FileConnection(Connection[ArchivalFile]):
    """Connection to files."""

    @root(Slot.FACETS)
    def facets(self, fields: FileFacetFields = UNSET) -> list[FileFacet]:
        """Counts of values under the other filters (thống kê theo giá trị)."""
        raise NotImplementedError
