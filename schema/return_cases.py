"""What the period desk keeps on an agency: more time, a reviewer, whom to call, and a log of calls."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

import strawberry

from hub.returns import kept
from schema.agency_returns import DUE_ON, AgencyReturn, person
from schema.compiler.declarations import column, expression, identifier, record, several, to_one
from schema.lazy import AnAgency, APeriod
from schema.node import Node

_ = strawberry.enum_value


@strawberry.enum(description="What a line of a case's log is about (loại ghi chú).")
class CaseNoteKind(Enum):
    """Kinds of notes."""

    CALL = _("CALL", description="A call (cuộc gọi đôn đốc).")
    EXTENSION = _("EXTENSION", description="More time given (gia hạn).")
    REVIEWER = _("REVIEWER", description="A reviewer named (phân công).")
    CONTACT = _("CONTACT", description="Whom to call (đầu mối liên hệ).")


@record(
    kept.CaseNote,
    resource="return",
    facts={"id": "{t}.case_id"},
    description="A line of a case's log, only ever added (ghi chú theo dõi).",
)
class CaseNote:
    """Who noted what, when."""

    kind: CaseNoteKind = column("kind", "What it is about (loại).")
    note: str = column("note", "What was noted (nội dung).")
    promised_on: date | None = column("promised_on", "By when the return was promised (hẹn nộp).")
    by: str | None = person("by_id", "Who noted it (người ghi).")
    at: datetime = column("at", "When (thời điểm).")


@record(
    kept.AgencyContact,
    resource="return",
    description="Whom to call about an agency's returns (đầu mối liên hệ).",
)
class AgencyContact:
    """Seen by who may read the agency's returns."""

    name: str = column("name", "Full name (họ tên).")
    position: str | None = column("position", "Position (chức vụ).")
    phone: str | None = column("phone", "Telephone (điện thoại).")
    email: str | None = column("email", "E-mail (thư điện tử).")


@record(
    kept.ReturnCase,
    resource="return",
    facts={
        "state": "null::text",
        "created_by": "null::bigint",
        "submitted_by": "null::bigint",
        "approved_by": "null::bigint",
        "of_unit": "({t}.reports_to_id is not null)",
    },
    description="What the period desk keeps on one agency in one period (theo dõi báo cáo của cơ quan).",
)
class ReturnCase(Node):
    """There from the first extension, reviewer, call or contact on, whether a return was begun or not."""

    id: strawberry.ID = identifier()
    agency: AnAgency | None = to_one("agency_id", "The agency (cơ quan).")
    period: APeriod | None = to_one("period_id", "The period (kỳ báo cáo).")
    agency_return: AgencyReturn | None = to_one(
        "{t}.period_id = {p}.period_id and {t}.agency_id = {p}.agency_id",
        "Its return; null while none was begun (báo cáo).",
    )
    due_on: date = expression(DUE_ON, "By when the return is due, as extended (hạn nộp).")
    extended_to: date | None = column("extended_to", "More time, until this day (gia hạn đến).")
    extension_reason: str | None = column("extension_reason", "Why (lý do gia hạn).")
    reviewer: str | None = person("reviewer_id", "Who checks the return at Home Affairs (người kiểm tra).")
    contact: AgencyContact | None = to_one("{t}.agency_id = {p}.agency_id", "Whom to call (đầu mối liên hệ).")
    notes: list[CaseNote] = several("{t}.case_id = {p}.id", "{t}.id", "Its log, oldest first (các ghi chú).")
    version: int = column("version", "Counts changes (phiên bản).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")
