"""Tables of what is kept beside a return's row: its lines, attachments and turns; and the period desk's cases."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, Numeric, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.kit.tables import choice, count, document, key, moment, ref

TURNS = ("SUBMIT", "WITHDRAW", "APPROVE", "SEND_BACK", "ACCEPT")
NOTE_KINDS = ("CALL", "EXTENSION", "REVIEWER", "CONTACT")
_COUNT: Any = Numeric(18, 2)


class ReturnLine(SQLModel, table=True):
    """What a return declares of one row of the plan or one duty of part IV, with its evidence.

    Of a row that the hub counts, `note` is the agency's explanation. `quantities` are amounts by the codes that the
    duty asks for (metres of backlog, funds, staff), decimals as text. Accepted, a line becomes declared progress.
    """

    __tablename__ = "return_line"
    __table_args__ = (
        UniqueConstraint(
            "return_id",
            "indicator_id",
            "duty_id",
            name="uq_return_line_subject",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("num_nonnulls(indicator_id, duty_id) = 1", name="ck_return_line_subject"),
        CheckConstraint("numerator >= 0 and denominator >= 0", name="ck_return_line_counts"),
        {"comment": "What a return declares of a row or a duty (nội dung kê khai trong báo cáo)."},
    )

    id: int | None = key()
    return_id: int = ref("agency_return.id", ondelete="CASCADE")
    agency_id: int = ref("agency.id")
    indicator_id: int | None = ref("indicator.id", nullable=True)
    duty_id: int | None = ref("duty.id", nullable=True)
    numerator: Decimal | None = Field(default=None, sa_type=_COUNT)
    denominator: Decimal | None = Field(default=None, sa_type=_COUNT)
    value: str | None = None
    note: str | None = None
    document_number: str | None = None
    document_date: date | None = None
    quantities: dict[str, Any] = document()


class ReturnAttachment(SQLModel, table=True):
    """A file attached to a return as evidence, whole in its row: a return and its papers are one transaction."""

    __tablename__ = "return_attachment"
    __table_args__ = (
        UniqueConstraint("return_id", "sha256", name="uq_return_attachment_content"),
        CheckConstraint("size = octet_length(content)", name="ck_return_attachment_size"),
        {"comment": "Evidence attached to a return (tài liệu kèm theo báo cáo)."},
    )

    id: int | None = key()
    return_id: int = ref("agency_return.id", ondelete="CASCADE")
    agency_id: int = ref("agency.id")
    name: str
    mime_type: str
    size: int
    sha256: str
    content: bytes = Field(sa_type=LargeBinary)
    created_by: int | None = ref("app_user.id", nullable=True)
    created_at: datetime | None = moment(now=True)


class ReturnTurn(SQLModel, table=True):
    """One step of a return from one hand to another; only ever added."""

    __tablename__ = "return_turn"
    __table_args__ = (
        CheckConstraint(f"turn in {TURNS}", name="ck_return_turn_turn"),
        Index("ix_return_turn_return", "return_id", "id"),
        {"comment": "Every turn of a return, only ever added (các lượt xử lý báo cáo)."},
    )

    id: int | None = key()
    return_id: int = ref("agency_return.id", ondelete="CASCADE")
    agency_id: int = ref("agency.id")
    turn: str
    from_state: str
    to_state: str
    note: str | None = None
    by_id: int | None = ref("app_user.id", nullable=True)
    on_behalf_of: int | None = ref("app_user.id", nullable=True)
    version: int
    at: datetime | None = moment(now=True)


class ReturnCase(SQLModel, table=True):
    """What the period desk keeps on one agency in one period, whether it has sent anything or not."""

    __tablename__ = "return_case"
    __table_args__ = (
        UniqueConstraint("period_id", "agency_id", name="uq_return_case_period_agency"),
        {"comment": "The period desk on one agency in one period (theo dõi việc báo cáo của cơ quan)."},
    )

    id: int | None = key()
    period_id: int = ref("reporting_period.id")
    agency_id: int = ref("agency.id", index=True)
    reports_to_id: int | None = ref("agency.id", nullable=True)
    extended_to: date | None = None
    extension_reason: str | None = None
    reviewer_id: int | None = ref("app_user.id", nullable=True)
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
    updated_at: datetime | None = moment(now=True)


class CaseNote(SQLModel, table=True):
    """A line in a case's log: a call with what was promised, an extension, a change of reviewer or contact."""

    __tablename__ = "case_note"
    __table_args__ = (
        CheckConstraint(f"kind in {NOTE_KINDS}", name="ck_case_note_kind"),
        Index("ix_case_note_case", "case_id", "id"),
        {"comment": "Calls and decisions about a case, only ever added (ghi chú đôn đốc)."},
    )

    id: int | None = key()
    case_id: int = ref("return_case.id", ondelete="CASCADE")
    agency_id: int = ref("agency.id")
    kind: str = choice("CALL")
    note: str
    promised_on: date | None = None
    by_id: int | None = ref("app_user.id", nullable=True)
    at: datetime | None = moment(now=True)


class AgencyContact(SQLModel, table=True):
    """Whom to call about an agency's returns (đầu mối liên hệ); seen by who may read them."""

    __tablename__ = "agency_contact"
    __table_args__ = (
        UniqueConstraint("agency_id", name="uq_agency_contact_agency"),
        {"comment": "Whom to call about returns (đầu mối liên hệ về báo cáo)."},
    )

    id: int | None = key()
    agency_id: int = ref("agency.id")
    name: str
    position: str | None = None
    phone: str | None = None
    email: str | None = None
    updated_at: datetime | None = moment(now=True)
