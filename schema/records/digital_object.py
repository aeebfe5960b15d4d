"""Digital objects (tệp dữ liệu): stored files of bytes that represent an item or a file."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

import strawberry

from hub.storage import models
from schema.compiler.declarations import column, expression, identifier, record, to_one
from schema.connections import Connection
from schema.lazy import AFile, AnItem
from schema.node import Node
from schema.scalars import BigInt
from schema.vocabulary import ACCESS_SQL, AccessMode, Origin, SignatureEvidence

_ = strawberry.enum_value


@strawberry.enum(description="Where a digital object is in its life (trạng thái tệp).")
class ObjectState(Enum):
    """States of a digital object."""

    DRAFT = _("DRAFT", description="Not yet accepted (chưa tiếp nhận).")
    ACTIVE = _("ACTIVE", description="Kept (đang lưu).")
    DISPOSED = _("DISPOSED", description="Disposed of (đã hủy).")


@record(
    models.DigitalObject,
    resource="digital",
    facts={"file_state": "(select f.state from file f where f.id = {t}.file_id)"},
    description="A stored file of bytes (tệp dữ liệu).",
)
class DigitalObject(Node):
    """PREMIS object."""

    id: strawberry.ID = identifier()
    name: str = column("name", "Name (tên tệp).")
    file: AFile | None = to_one("file_id", "The file it belongs to (hồ sơ).")
    item: AnItem | None = to_one("item_id", "The document it represents; null for a whole file (văn bản).")
    origin: Origin = column("origin", "How it came to be (nguồn gốc).")
    usage: str = column("usage", "What it is for (mục đích).")
    mime_type: str | None = column("mime_type", "Format (kiểu MIME).")
    puid: str | None = column("puid", "Format in PRONOM (mã định dạng).")
    byte_size: BigInt | None = column("byte_size", "Size in bytes (dung lượng).")
    sha256: str | None = column("sha256", "Checksum (mã băm).")
    page_count: int | None = column("page_count", "Pages (số trang).")
    accepted_on: date | None = column("accepted_on", "When a scan was accepted (ngày nghiệm thu).")
    signature_evidence: SignatureEvidence | None = column(
        "signature_evidence", "What is known of the digital signature (bằng chứng chữ ký số)."
    )
    access: AccessMode | None = expression(ACCESS_SQL, "Who may use it; null when unknown (chế độ sử dụng).")
    state: ObjectState = column("state", "Where it is in its life (trạng thái).")
    version: int = column("version", "Counts changes (phiên bản).")
    created_at: datetime = column("created_at", "When entered (thời điểm tạo).")


@strawberry.type(description="A page of digital objects (danh sách tệp).")
class DigitalObjectConnection(Connection[DigitalObject]):
    """Connection to digital objects."""
