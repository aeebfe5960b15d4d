"""What a figure rests on besides records: exclusions, documents, decided lists, procedures, training.

Each row names its decision or its legal basis, because a figure is walked back to a paper.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, DateTime, Index, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.plan.models.columns import any_of, identity, link, optional_link, part_of, stamp, state, version


class ExclusionState(StrEnum):
    """A lifted exclusion was approved once and counts for the dates it was in force."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    LIFTED = "LIFTED"


class DeliverableState(StrEnum):
    """How far a document of a checklist has come; only APPROVED counts."""

    PLANNED = "PLANNED"
    DRAFTED = "DRAFTED"
    APPROVED = "APPROVED"
    CANCELLED = "CANCELLED"


class DecidedListKind(StrEnum):
    """Danh mục sử dụng cao, phông sử dụng rộng rãi, danh mục hạn chế sử dụng."""

    HIGH_USE = "HIGH_USE"
    WIDELY_USED = "WIDELY_USED"
    RESTRICTED = "RESTRICTED"


class Exclusion(SQLModel, table=True):
    """Trừ trường hợp pháp luật có quy định khác: one record left out of one indicator (R5).

    It has a legal basis and an approver (in `approved_by` also who rejected it), and is in force
    from `valid_from` to the day before `valid_to`. Who proposes never approves.
    """

    __tablename__: ClassVar[str] = "exclusion"
    __table_args__ = (
        CheckConstraint("num_nonnulls(series_id, file_id, item_id) = 1", name="ck_exclusion_one_object"),
        CheckConstraint(any_of("state", ExclusionState), name="ck_exclusion_state"),
        CheckConstraint("approved_by <> proposed_by", name="ck_exclusion_two_people"),
        CheckConstraint(
            "state = 'PROPOSED' OR (approved_by IS NOT NULL AND decided_at IS NOT NULL)",
            name="ck_exclusion_decided",
        ),
        CheckConstraint("state <> 'LIFTED' OR valid_to IS NOT NULL", name="ck_exclusion_lifted"),
        CheckConstraint("valid_from <= valid_to", name="ck_exclusion_dates"),
        CheckConstraint("btrim(legal_basis) <> ''", name="ck_exclusion_legal_basis"),
        Index("ix_exclusion_agency_id", "agency_id"),
        Index("ix_exclusion_indicator_id", "indicator_id"),
        Index("ix_exclusion_series_id", "series_id"),
        Index("ix_exclusion_file_id", "file_id"),
        Index("ix_exclusion_item_id", "item_id"),
    )

    id: int | None = identity()
    indicator_id: int = link("indicator.id")
    agency_id: int = link("agency.id")
    series_id: int | None = optional_link("series.id")
    file_id: int | None = optional_link("file.id")
    item_id: int | None = optional_link("item.id")
    basis_code: str
    legal_basis: str
    valid_from: date
    valid_to: date | None = None
    state: str = state(ExclusionState.PROPOSED)
    proposed_by: int = link("app_user.id")
    approved_by: int | None = optional_link("app_user.id")
    decided_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))  # type: ignore[call-overload]
    note: str | None = None
    version: int = version()
    created_at: datetime | None = stamp()
    updated_at: datetime | None = stamp()


class Deliverable(SQLModel, table=True):
    """Sản phẩm của một nhiệm vụ: a document, decision or step that a checklist or milestone counts."""

    __tablename__: ClassVar[str] = "deliverable"
    __table_args__ = (
        CheckConstraint(any_of("state", DeliverableState), name="ck_deliverable_state"),
        CheckConstraint(
            "state <> 'APPROVED' OR (document_number IS NOT NULL AND document_date IS NOT NULL)",
            name="ck_deliverable_evidence",
        ),
        Index("ix_deliverable_indicator_id", "indicator_id", "agency_id"),
        Index("ix_deliverable_agency_id", "agency_id"),
    )

    id: int | None = identity()
    indicator_id: int = link("indicator.id")
    agency_id: int | None = optional_link("agency.id")
    part_code: str | None = None
    title: str
    document_number: str | None = None
    document_date: date | None = None
    state: str = state(DeliverableState.PLANNED)
    due_on: date | None = None
    version: int = version()


class DecidedList(SQLModel, table=True):
    """Danh mục có quyết định: which records are of high use, widely used or restricted, from a date on."""

    __tablename__: ClassVar[str] = "decided_list"
    __table_args__ = (
        CheckConstraint(any_of("kind", DecidedListKind), name="ck_decided_list_kind"),
        CheckConstraint("valid_from < valid_to", name="ck_decided_list_dates"),
        UniqueConstraint(
            "kind",
            "agency_id",
            "decision_number",
            "decided_on",
            name="uq_decided_list_decision",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_decided_list_agency_id", "agency_id"),
    )

    id: int | None = identity()
    kind: str
    decision_number: str
    decided_on: date
    valid_from: date
    valid_to: date | None = None
    agency_id: int | None = optional_link("agency.id")


class DecidedListEntry(SQLModel, table=True):
    """One fonds, series or file named by a decided list; `category` is its kind in annex row 3.5."""

    __tablename__: ClassVar[str] = "decided_list_entry"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(fonds_id, series_id, file_id) = 1", name="ck_decided_list_entry_one_object"
        ),
        UniqueConstraint(
            "list_id",
            "fonds_id",
            "series_id",
            "file_id",
            name="uq_decided_list_entry_object",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_decided_list_entry_fonds_id", "fonds_id"),
        Index("ix_decided_list_entry_series_id", "series_id"),
        Index("ix_decided_list_entry_file_id", "file_id"),
    )

    id: int | None = identity()
    list_id: int = part_of("decided_list.id")
    fonds_id: int | None = optional_link("fonds.id")
    series_id: int | None = optional_link("series.id")
    file_id: int | None = optional_link("file.id")
    category: str | None = None


class OnlineProcedure(SQLModel, table=True):
    """Quy trình khai thác trên môi trường mạng of an agency archive (II.1.c), from adoption to withdrawal."""

    __tablename__: ClassVar[str] = "online_procedure"
    __table_args__ = (
        CheckConstraint("adopted_on < withdrawn_on", name="ck_online_procedure_dates"),
        Index("ix_online_procedure_agency_id", "agency_id"),
    )

    id: int | None = identity()
    agency_id: int = link("agency.id")
    document_number: str
    adopted_on: date
    withdrawn_on: date | None = None
    test_transaction_on: date | None = None


class TrainingParticipant(SQLModel, table=True):
    """A person due for training in a year's plan (annex 2.2); who leaves before it leaves the denominator."""

    __tablename__: ClassVar[str] = "training_participant"
    __table_args__ = (
        UniqueConstraint("agency_id", "person", "due_year", name="uq_training_participant_person_year"),
        CheckConstraint("due_year BETWEEN 1945 AND 2200", name="ck_training_participant_due_year"),
    )

    id: int | None = identity()
    agency_id: int = link("agency.id")
    person: str
    due_year: int = Field(sa_type=SmallInteger)
    trained_on: date | None = None
    left_on: date | None = None
    evidence: str | None = None
