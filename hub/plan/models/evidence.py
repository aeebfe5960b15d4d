"""What a figure rests on besides records: exclusions, documents, decided lists, procedures, training.

Each row names its decision or its legal basis, because a figure is walked back to a paper.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.kit.tables import choice, count, flag, key, moment, ref

# A lifted exclusion was approved once and counts for its dates; of documents only an approved one counts.
EXCLUSION_STATES = ("PROPOSED", "APPROVED", "REJECTED", "LIFTED", "WITHDRAWN")
DELIVERABLE_STATES = ("PLANNED", "DRAFTED", "APPROVED", "CANCELLED")
DECIDED_LIST_KINDS = ("HIGH_USE", "WIDELY_USED", "RESTRICTED", "INTEGRATION_ROADMAP")


class Exclusion(SQLModel, table=True):
    """Trừ trường hợp pháp luật có quy định khác: one record left out of one indicator (R5).

    Where archives are counted (II.1.c), the archive of the agency itself: `whole_archive`. It has a legal basis and
    an approver (in `approved_by` also who rejected it), and is in force from `valid_from` to the day before
    `valid_to`. Who proposes never approves; nor does who changed it while it waited (`amended_by`).
    """

    __tablename__ = "exclusion"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(series_id, file_id, item_id) + cast(whole_archive as integer) = 1",
            name="ck_exclusion_one_object",
        ),
        CheckConstraint(f"state in {EXCLUSION_STATES}", name="ck_exclusion_state"),
        CheckConstraint("approved_by not in (proposed_by, amended_by)", name="ck_exclusion_two_people"),
        CheckConstraint(
            "state in ('PROPOSED', 'WITHDRAWN') or (approved_by is not null and decided_at is not null)",
            name="ck_exclusion_decided",
        ),
        CheckConstraint("state <> 'LIFTED' or valid_to is not null", name="ck_exclusion_lifted"),
        CheckConstraint("valid_from <= valid_to", name="ck_exclusion_dates"),
        CheckConstraint("btrim(legal_basis) <> ''", name="ck_exclusion_legal_basis"),
        Index("ix_exclusion_agency_id", "agency_id"),
        Index("ix_exclusion_indicator_id", "indicator_id"),
        Index("ix_exclusion_series_id", "series_id"),
        Index("ix_exclusion_file_id", "file_id"),
        Index("ix_exclusion_item_id", "item_id"),
    )

    id: int | None = key()
    indicator_id: int = ref("indicator.id")
    agency_id: int = ref("agency.id")
    series_id: int | None = ref("series.id", nullable=True)
    file_id: int | None = ref("file.id", nullable=True)
    item_id: int | None = ref("item.id", nullable=True)
    whole_archive: bool = flag()
    basis_code: str
    legal_basis: str
    valid_from: date
    valid_to: date | None = None
    state: str = choice("PROPOSED")
    proposed_by: int = ref("app_user.id")
    amended_by: int | None = ref("app_user.id", nullable=True)
    approved_by: int | None = ref("app_user.id", nullable=True)
    decided_at: datetime | None = moment(nullable=True)
    note: str | None = None
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
    updated_at: datetime | None = moment(now=True)


class Deliverable(SQLModel, table=True):
    """Sản phẩm của một nhiệm vụ: a document, decision or step that a checklist or milestone counts.

    `planned_on` is when it was put on the list of what is owed (unknown: it always was), `cancelled_on` when it was
    struck off, or the document lost its force.
    """

    __tablename__ = "deliverable"
    __table_args__ = (
        CheckConstraint(f"state in {DELIVERABLE_STATES}", name="ck_deliverable_state"),
        CheckConstraint(
            "state <> 'APPROVED' or (document_number is not null and document_date is not null)",
            name="ck_deliverable_evidence",
        ),
        CheckConstraint("cancelled_on is null or state = 'CANCELLED'", name="ck_deliverable_cancelled"),
        Index("ix_deliverable_indicator_id", "indicator_id", "agency_id"),
        Index("ix_deliverable_agency_id", "agency_id"),
    )

    id: int | None = key()
    indicator_id: int = ref("indicator.id")
    agency_id: int | None = ref("agency.id", nullable=True)
    part_code: str | None = None
    title: str
    document_number: str | None = None
    document_date: date | None = None
    state: str = choice("PLANNED")
    planned_on: date | None = None
    due_on: date | None = None
    cancelled_on: date | None = None
    version: int = count(1)


class DecidedList(SQLModel, table=True):
    """Danh mục có quyết định: which records are of high use, widely used or restricted, from a date on.

    The roadmap of integration (lộ trình tích hợp, 4.3) is a decided list too: it names agencies.
    """

    __tablename__ = "decided_list"
    __table_args__ = (
        CheckConstraint(f"kind in {DECIDED_LIST_KINDS}", name="ck_decided_list_kind"),
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

    id: int | None = key()
    kind: str
    decision_number: str
    decided_on: date
    valid_from: date
    valid_to: date | None = None
    agency_id: int | None = ref("agency.id", nullable=True)


class DecidedListEntry(SQLModel, table=True):
    """One fonds, series, file or agency named by a decided list; `category` is its kind in annex row 3.5."""

    __tablename__ = "decided_list_entry"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(fonds_id, series_id, file_id, agency_id) = 1",
            name="ck_decided_list_entry_one_object",
        ),
        UniqueConstraint(
            "list_id",
            "fonds_id",
            "series_id",
            "file_id",
            "agency_id",
            name="uq_decided_list_entry_object",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_decided_list_entry_fonds_id", "fonds_id"),
        Index("ix_decided_list_entry_series_id", "series_id"),
        Index("ix_decided_list_entry_file_id", "file_id"),
        Index("ix_decided_list_entry_agency_id", "agency_id"),
    )

    id: int | None = key()
    list_id: int = ref("decided_list.id", ondelete="CASCADE")
    fonds_id: int | None = ref("fonds.id", nullable=True)
    series_id: int | None = ref("series.id", nullable=True)
    file_id: int | None = ref("file.id", nullable=True)
    agency_id: int | None = ref("agency.id", nullable=True)
    category: str | None = None


class OnlineProcedure(SQLModel, table=True):
    """Quy trình khai thác trên môi trường mạng of an agency archive (II.1.c), from adoption to withdrawal."""

    __tablename__ = "online_procedure"
    __table_args__ = (
        CheckConstraint("adopted_on < withdrawn_on", name="ck_online_procedure_dates"),
        Index("ix_online_procedure_agency_id", "agency_id"),
    )

    id: int | None = key()
    agency_id: int = ref("agency.id")
    document_number: str
    adopted_on: date
    withdrawn_on: date | None = None
    test_transaction_on: date | None = None


class TrainingParticipant(SQLModel, table=True):
    """A person due for training in a year's plan (annex 2.2); who leaves before it leaves the denominator."""

    __tablename__ = "training_participant"
    __table_args__ = (
        UniqueConstraint("agency_id", "person", "due_year", name="uq_training_participant_person_year"),
        CheckConstraint("due_year between 1945 and 2200", name="ck_training_participant_due_year"),
    )

    id: int | None = key()
    agency_id: int = ref("agency.id")
    person: str
    due_year: int = Field(sa_type=SmallInteger)
    trained_on: date | None = None
    left_on: date | None = None
    evidence: str | None = None
