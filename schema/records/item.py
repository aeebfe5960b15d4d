"""Documents (văn bản, tài liệu): at home in one file, perhaps listed in others."""

from __future__ import annotations

from datetime import date, datetime

import strawberry

from hub.records import models
from hub.records.personal import MASK
from schema.changes import changes_of
from schema.compiler.declarations import (
    OfEdge,
    Slot,
    column,
    connection,
    declared,
    expression,
    identifier,
    offers,
    part,
    record,
    root,
    several,
    to_one,
    worded,
)
from schema.connections import UNSET, After, Before, Connection, First, Last, PageInfo
from schema.lazy import AFile, AFonds, AnAccessChange, AnAgency, DigitalObjects
from schema.node import Node
from schema.records.access_change import pending
from schema.records.facets import ItemFacet, ItemFacetFields
from schema.records.parts import (
    DocType,
    ImpreciseDate,
    Retention,
    Signer,
    TransferDue,
    retention,
    transfer_due_of_item,
)
from schema.vocabulary import ACCESS_SQL, AccessMode, Action, Direction, ItemState, Origin, SignatureEvidence

# The law's words about the state of an item mean the state of its home file.
_FILE_STATE = {"file_state": "(select f.state from file f where f.id = {t}.file_id)"}

# A listing is seen by who sees the listing file.
_OF_LISTING = {
    name: f"(select f.{name} from file f where f.id = {{t}}.file_id)"
    for name in (
        "custodian_id",
        "access_level",
        "published",
        "on_hold",
        "transferred",
        "created_by",
        "state",
        "submitted_by",
    )
}


@record(
    models.ItemListing,
    resource="file",
    facts={"id": "{t}.file_id", **_OF_LISTING},
    description="An item shown in another file (văn bản đưa vào hồ sơ khác).",
)
class Listing:
    """Where else an item is shown."""

    file: AFile | None = to_one("file_id", "The file that lists it (hồ sơ).")
    ordinal: int = column("ordinal", "Its place there (số thứ tự).")


@record(models.Item, resource="item", facts=_FILE_STATE, description="A document (văn bản, tài liệu).")
class Item(Node):
    """ISAD(G) item."""

    id: strawberry.ID = identifier()
    code: str = column("code", "Reference code (mã lưu trữ).")
    ordinal: int = column("ordinal", "Its place in its home file (số thứ tự).")
    doc_type: DocType | None = part(
        "The type of document; null when unknown (tên loại).",
        when="{t}.doc_type is not null or {t}.doc_type_text is not null",
    )
    number: str | None = column("number", "Number (số văn bản).")
    notation: str | None = column("notation", "Notation (ký hiệu).")
    direction: Direction | None = column("direction", "Which way it went (chiều văn bản).")
    issued_date: date | None = column("issued_date", "The earliest day it can be of (ngày ban hành).")
    issued: ImpreciseDate = part(
        "The date of issue as exactly as known (thời gian ban hành).",
        earliest="issued_date",
        latest="issued_latest",
        precision="issued_precision",
        text="issued_text",
    )
    arrival_date: date | None = column("arrival_date", "When it arrived (ngày đến).")
    arrival_number: str | None = column("arrival_number", "Number of arrival (số đến).")
    issuer: str | None = worded("issuer", "Item", "Who issued it (cơ quan ban hành).")
    subject: str = worded("subject", "Item", "What it is about (trích yếu nội dung).", f"'{MASK}'")
    has_personal_data: bool = column(
        "has_personal_data",
        "Whether its words name persons; who has no need to know them sees none (có dữ liệu cá nhân).",
    )
    languages: list[str] = column("languages", "Codes of languages (mã ngôn ngữ).")
    page_count: int | None = column("page_count", "Pages; null when unknown (số trang).")
    access: AccessMode | None = expression(ACCESS_SQL, "Who may use it; null when unknown (chế độ sử dụng).")
    access_change_pending: AnAccessChange | None = pending("item")
    origin: Origin | None = column("origin", "How it came to be (nguồn gốc).")
    retention: Retention = retention()
    signer: Signer | None = part(
        "Who signed it (người ký).", when="{t}.signer_name is not null or {t}.signer_position is not null"
    )
    signature_evidence: SignatureEvidence | None = column(
        "signature_evidence", "What is known of the digital signature (bằng chứng chữ ký số)."
    )
    keywords: str | None = worded("keywords", "Item", "Keywords (từ khóa).")
    description: str | None = worded("description", "Item", "Notes (ghi chú).")
    state: ItemState = column("state", "Whether it counts (trạng thái).")
    file: AFile | None = to_one("file_id", "Its home file (hồ sơ gốc).")
    fonds: AFonds | None = to_one("fonds_id", "The fonds it belongs to (phông).")
    agency: AnAgency | None = to_one("agency_id", "Who owns it now (cơ quan quản lý).")
    custodian: AnAgency | None = to_one("custodian_id", "Who keeps it (nơi lưu giữ).")
    listings: list[Listing] = several(
        "{t}.item_id = {p}.id", "{t}.file_id", "Other files that list it, as far as seen (các hồ sơ khác)."
    )
    transfer_due: TransferDue | None = transfer_due_of_item()
    version: int = column("version", "Counts changes; send it as expectedVersion (phiên bản).")
    created_at: datetime = column("created_at", "When entered (thời điểm tạo).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")
    changes = changes_of("item")
    viewer_can: list[Action] = offers("What the caller may do with it (thao tác được phép).")

    @connection("{t}.item_id = {p}.id")
    def digital_objects(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> DigitalObjects:
        """Its stored files of bytes (các tệp dữ liệu)."""
        raise NotImplementedError


@strawberry.type(description="A page of documents (danh sách văn bản).")
class ItemConnection(Connection[Item]):
    """Connection to items."""

    @root(Slot.FACETS)
    def facets(self, fields: ItemFacetFields = UNSET) -> list[ItemFacet]:
        """Counts of values under the other filters (thống kê theo giá trị)."""
        raise NotImplementedError


@strawberry.type(description="A document in its place in a file (văn bản trong hồ sơ).")
class FileItemEdge:
    """An edge that knows the place in the file."""

    cursor: str = declared(Slot.CURSOR, "Where the row stands; pass it as after or before (con trỏ).")
    ordinal: int = declared(OfEdge("ordinal"), "Its place in this file (số thứ tự trong hồ sơ).")
    is_home: bool = declared(OfEdge("isHome"), "Whether this is its home file (hồ sơ gốc).")
    node: Item = declared(Slot.NODE, "The document (văn bản).")


@strawberry.type(description="A page of the documents of a file (danh sách văn bản trong hồ sơ).")
class FileItemConnection:
    """Connection from a file to its own and listed items."""

    edges: list[FileItemEdge] = declared(Slot.EDGES, "The documents with their places (các phần tử).")
    nodes: list[Item] = declared(Slot.NODES, "The documents alone (các văn bản).")
    page_info: PageInfo = declared(Slot.PAGE_INFO, "Where the page lies (thông tin trang).")
    total_count: int = declared(
        Slot.TOTAL_COUNT, "How many documents the file has for the caller; counted only when asked (tổng số)."
    )
