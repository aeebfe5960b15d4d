"""Tables of agencies: who creates, owns and keeps records, and since when.

Codes are dated and never parsed for meaning (`H26.*` and the legacy 13 characters both occur, TT 02/2019, QĐ 20/2020).
District bodies ended in 2025 and have successors, so nothing about an agency is timeless.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import SQLModel

from hub.kit.tables import bigint, choice, count, flag, folded, key, moment, ref, sort_key

AGENCY_KINDS = (
    "CITY", "DEPARTMENT", "BOARD", "DISTRICT", "COMMUNE", "UNIT", "ARCHIVE", "ENTERPRISE", "ASSOCIATION",
)  # fmt: skip

# Hợp nhất, sáp nhập: what ends goes into another. Chia: it ends and several follow. Tách: it goes on, a part leaves.
# Giải thể: it ends, and either another takes over (DISSOLVED) or its records go to the historical archive (ARCHIVED),
# which keeps them and answers for nothing that the body did.
SUCCESSION_KINDS = ("MERGED", "DIVIDED", "SEPARATED", "DISSOLVED", "ARCHIVED")


class Agency(SQLModel, table=True):
    """A body of the city (cơ quan, tổ chức) or a unit of one; `name` and `parent_id` are those of today."""

    __tablename__ = "agency"
    __table_args__ = (
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="ck_agency_validity"),
        CheckConstraint("parent_id is distinct from id", name="ck_agency_not_own_parent"),
        CheckConstraint(f"kind in {AGENCY_KINDS}", name="ck_agency_kind"),
        UniqueConstraint("code", name="uq_agency_code"),
    )

    id: int | None = key()
    parent_id: int | None = ref("agency.id", nullable=True, index=True)
    code: str
    name: str
    name_sort: str = sort_key()
    kind: str = choice("UNIT")
    valid_from: date | None = None
    valid_to: date | None = None
    archive_since: date | None = None  # Lưu trữ cơ quan: denominator of II.1.c
    archive_until: date | None = None
    is_historical_archive: bool = flag()  # Lưu trữ lịch sử: holder for II.2.*
    contact: str | None = None
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
    updated_at: datetime | None = moment(now=True)
    folded: str | None = folded("name || ' ' || code")


class AgencyCode(SQLModel, table=True):
    """A code of an agency in one scheme, with the dates it was in force."""

    __tablename__ = "agency_code"
    __table_args__ = (
        UniqueConstraint("scheme", "value", name="uq_agency_code_scheme_value"),
        CheckConstraint("valid_to > valid_from", name="ck_agency_code_validity"),
    )

    id: int | None = key()
    agency_id: int = ref("agency.id", index=True)
    scheme: str
    value: str
    valid_from: date | None = None
    valid_to: date | None = None


class AgencyName(SQLModel, table=True):
    """A name of an agency with its dates; the one without an end is the one it has, or had when it ended."""

    __tablename__ = "agency_name"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="ck_agency_name_validity"),
        Index("uq_agency_name_now", "agency_id", unique=True, postgresql_where=text("valid_to is null")),
    )

    id: int | None = key()
    agency_id: int = ref("agency.id", index=True, ondelete="CASCADE")
    name: str
    name_sort: str = sort_key()
    valid_from: date | None = None
    valid_to: date | None = None
    decision: str | None = None


class AgencyParent(SQLModel, table=True):
    """The body that an agency stood under between two dates; null: under none."""

    __tablename__ = "agency_parent"
    __table_args__ = (
        CheckConstraint("valid_to > valid_from", name="ck_agency_parent_validity"),
        Index("uq_agency_parent_now", "agency_id", unique=True, postgresql_where=text("valid_to is null")),
        Index("ix_agency_parent_parent", "parent_id"),
    )

    id: int | None = key()
    agency_id: int = ref("agency.id", index=True, ondelete="CASCADE")
    parent_id: int | None = ref("agency.id", nullable=True)
    valid_from: date | None = None
    valid_to: date | None = None
    decision: str | None = None


class AgencySuccession(SQLModel, table=True):
    """One body following another from a date (hợp nhất, chia, tách, giải thể); `SUCCESSION_KINDS` says how."""

    __tablename__ = "agency_succession"
    __table_args__ = (
        UniqueConstraint("predecessor_id", "successor_id", "effective_on", name="uq_agency_succession_step"),
        CheckConstraint("predecessor_id <> successor_id", name="ck_agency_succession_differs"),
        CheckConstraint(f"kind in {SUCCESSION_KINDS}", name="ck_agency_succession_kind"),
    )

    id: int | None = key()
    predecessor_id: int = ref("agency.id", index=True)
    successor_id: int = ref("agency.id", index=True)
    effective_on: date
    kind: str = choice("MERGED")
    decision: str | None = None
    decided_on: date | None = None


class SourceMembership(SQLModel, table=True):
    """Membership of the source list (Danh mục cơ quan thuộc nguồn nộp lưu), by dates and decision."""

    __tablename__ = "source_membership"

    id: int | None = key()
    agency_id: int = ref("agency.id", index=True)
    valid_from: date
    valid_to: date | None = None
    decision: str | None = None


class RegisteredSystem(SQLModel, table=True):
    """A records system of an agency (Hệ thống quản lý CSDL tài liệu lưu trữ điện tử của cơ quan).

    `is_integrated` is of today; figures at a date go by `integrated_on` and `integration_ended_on`.
    """

    __tablename__ = "registered_system"
    __table_args__ = (
        CheckConstraint(
            "state in ('PLANNED','BUILDING','ACCEPTED','OPERATING','RETIRED')",
            name="ck_registered_system_state",
        ),
        CheckConstraint("integrated_on <= integration_ended_on", name="ck_registered_system_integration"),
        UniqueConstraint("code", name="uq_registered_system_code"),
    )

    id: int | None = key()
    code: str
    name: str
    state: str = choice("PLANNED")
    accepted_on: date | None = None
    operating_since: date | None = None
    retired_on: date | None = None
    is_integrated: bool = flag()
    integrated_on: date | None = None
    integration_ended_on: date | None = None
    security_level: int | None = None
    security_decision: str | None = None
    security_decided_on: date | None = None


class SystemAgency(SQLModel, table=True):
    """An agency served by a registered system; a shared system counts once per agency (II.1.b)."""

    __tablename__ = "system_agency"
    __table_args__ = (
        ForeignKeyConstraint(["system_id"], ["registered_system.id"], name="fk_system_agency_system"),
        ForeignKeyConstraint(["agency_id"], ["agency.id"], name="fk_system_agency_agency"),
        Index("ix_system_agency_agency", "agency_id"),
    )

    system_id: int = bigint(primary=True)
    agency_id: int = bigint(primary=True)
    valid_from: date | None = None
    valid_to: date | None = None


class SystemExchange(SQLModel, table=True):
    """One exchange between an agency's system and the archive's; a heartbeat counts as one."""

    __tablename__ = "system_exchange"
    __table_args__ = (Index("ix_system_exchange_system_at", "system_id", "at"),)

    id: int | None = key()
    system_id: int = ref("registered_system.id")
    agency_id: int | None = ref("agency.id", nullable=True)
    at: datetime = moment()
    kind: str = choice("PUSH")
    accepted: bool = flag()
    detail: str | None = None
