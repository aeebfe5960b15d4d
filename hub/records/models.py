"""Tables of the descriptive tree: fonds → series → files → items (phông → nhóm → hồ sơ → văn bản).

Creator, owner and custodian are three columns: `creator_id` made it, `agency_id` owns it now, `custodian_id` keeps it.
`agency_id` and `custodian_id` stand on every row the access predicate tests; composite foreign keys with
ON UPDATE CASCADE keep them equal to the parent's, so no code can let them drift.
A file's `origin`, `item_count`, `page_count` and `digitized_page_count` are derived by statement triggers
(`hub/records/sql.py`); what was declared stays beside them, since the KPIs need both (domain facts: II.1.a, II.2.b).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hub.kit.tables import (
    bigint,
    choice,
    count,
    document,
    flag,
    folded,
    key,
    moment,
    ref,
    sort_key,
    words,
)

ORIGINS = ("BORN_DIGITAL", "DIGITIZED", "MIXED", "PAPER")
FILE_STATES = ("OPEN", "CLOSED", "SUBMITTED", "ACCEPTED", "TRANSFERRED", "DISPOSED")
ITEM_STATES = ("ACTIVE", "DRAFT", "DUPLICATE", "WITHDRAWN", "DESTROYED")
RETENTION_KINDS = ("PERMANENT", "YEARS", "UNTIL_EVENT", "LEGACY_LONG", "LEGACY_TEMPORARY", "UNKNOWN")
DIRECTIONS = ("OUTGOING", "INCOMING", "INTERNAL")
SIGNATURE_EVIDENCE = ("VERIFIED", "DECLARED", "UNKNOWN", "NOT_REQUIRED")
PRECISIONS = ("DAY", "MONTH", "YEAR", "UNKNOWN")
METADATA_SCHEMAS = ("HD169", "N30", "TT02_2019", "TT05_2025")


def _one_of(column: str, values: tuple[str, ...], table: str) -> CheckConstraint:
    return CheckConstraint(f"{column} in {values}", name=f"ck_{table}_{column}")


def _shared(table: str) -> tuple[Any, ...]:
    """Constraints that fonds, series, files and items have in common."""
    return (
        UniqueConstraint("agency_id", "code", name=f"uq_{table}_agency_code"),
        CheckConstraint("code <> ''", name=f"ck_{table}_code"),
        CheckConstraint("access_level between 0 and 2", name=f"ck_{table}_access_level"),
        Index(
            f"uq_{table}_agency_source_key",
            "agency_id",
            "source_key",
            unique=True,
            postgresql_where=text("source_key is not null"),
        ),
        Index(f"ix_{table}_search", text("to_tsvector('simple'::regconfig, folded)"), postgresql_using="gin"),
        Index(f"ix_{table}_agency_id_id", "agency_id", "id"),
        Index(f"ix_{table}_custodian_id_id", "custodian_id", "id"),
    )


class CodeListEntry(SQLModel, table=True):
    """A value of a dated code list (danh mục mã) with the legal text it comes from."""

    __tablename__ = "code_list_entry"
    __table_args__ = (UniqueConstraint("list_name", "value", "valid_from", name="uq_code_list_entry"),)

    id: int | None = key()
    list_name: str
    value: str
    label: str
    label_en: str
    position: int = count()
    valid_from: date
    valid_to: date | None = None
    legal_source: str


class Fonds(SQLModel, table=True):
    """The whole of the records of one creator (phông lưu trữ; ISAD(G) fonds)."""

    __tablename__ = "fonds"
    __table_args__ = (
        *_shared("fonds"),
        UniqueConstraint("id", "agency_id", name="uq_fonds_id_agency"),
        CheckConstraint("state in ('OPEN','CLOSED')", name="ck_fonds_state"),
    )

    id: int | None = key()
    agency_id: int = ref("agency.id")
    creator_id: int = ref("agency.id", index=True)
    custodian_id: int = ref("agency.id")
    code: str
    title: str
    title_sort: str = sort_key()
    state: str = choice("OPEN")
    closed_on: date | None = None
    history: str | None = None
    start_year: int | None = None
    end_year: int | None = None
    dates_text: str | None = None
    paper_total: int | None = None
    paper_digital: int | None = None
    key_groups: str | None = None
    other_types: str | None = None
    languages: list[str] = words()
    lookup_tools: str | None = None
    copy_number: int | None = None
    description: str | None = None
    access_level: int | None = Field(default=None, sa_type=SmallInteger)
    access_text: str | None = None
    published: bool = flag()
    on_hold: bool = flag()
    transferred: bool = flag()
    metadata_schema: str | None = None
    extra: dict[str, Any] = document()
    source_key: str | None = None
    source_hash: bytes | None = None
    created_by: int | None = ref("app_user.id", nullable=True)
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
    updated_at: datetime | None = moment(now=True)
    folded: str | None = folded("title || ' ' || code")


class FondsExtent(SQLModel, table=True):
    """Shelf metres of a fonds at a date (mét giá): total and described; coverage of II.2.b comes from it."""

    __tablename__ = "fonds_extent"
    __table_args__ = (
        UniqueConstraint("fonds_id", "measured_on", name="uq_fonds_extent_day"),
        CheckConstraint(
            "described_metres >= 0 and described_metres <= total_metres", name="ck_fonds_extent_described"
        ),
    )

    id: int | None = key()
    fonds_id: int = ref("fonds.id")
    measured_on: date
    total_metres: float = Field(max_digits=10, decimal_places=2)
    described_metres: float = Field(max_digits=10, decimal_places=2)
    boxes: int | None = None


class Series(SQLModel, table=True):
    """A group of files (nhóm hồ sơ, mặt hoạt động; ISAD(G) series), nested to any depth.

    `position` is spaced by 1,000 so that an insert renumbers nobody; after about ten inserts at one place
    the siblings, and only they, are spaced again.
    """

    __tablename__ = "series"
    __table_args__ = (
        *_shared("series"),
        UniqueConstraint("id", "fonds_id", name="uq_series_id_fonds"),
        ForeignKeyConstraint(
            ["fonds_id", "agency_id"],
            ["fonds.id", "fonds.agency_id"],
            name="fk_series_fonds",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["parent_id", "fonds_id"], ["series.id", "series.fonds_id"], name="fk_series_parent"
        ),
        CheckConstraint("parent_id is distinct from id", name="ck_series_not_own_parent"),
        Index("ix_series_fonds_parent_position", "fonds_id", "parent_id", "position", "id"),
        Index("ix_series_parent", "parent_id"),
    )

    id: int | None = key()
    fonds_id: int = bigint()
    agency_id: int = bigint()
    custodian_id: int = ref("agency.id")
    parent_id: int | None = bigint(nullable=True)
    position: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    code: str
    title: str
    title_sort: str = sort_key()
    level: str = choice("series")
    state: str = choice("OPEN")
    start_date: date | None = None
    end_date: date | None = None
    dates_text: str | None = None
    description: str | None = None
    access_level: int | None = Field(default=None, sa_type=SmallInteger)
    access_text: str | None = None
    published: bool = flag()
    on_hold: bool = flag()
    transferred: bool = flag()
    extra: dict[str, Any] = document()
    source_key: str | None = None
    source_hash: bytes | None = None
    created_by: int | None = ref("app_user.id", nullable=True)
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
    updated_at: datetime | None = moment(now=True)
    folded: str | None = folded("title || ' ' || code")


class ArchivalFile(SQLModel, table=True):
    """A file (hồ sơ, đơn vị bảo quản; ISAD(G) file): the documents of one matter.

    Imprecise dates: `start_date` is the earliest day, `start_latest` the latest, `start_text` what was written.
    """

    __tablename__ = "file"
    __table_args__ = (
        *_shared("file"),
        UniqueConstraint(
            "id", "fonds_id", "agency_id", "custodian_id", name="uq_file_id_fonds_agency_custodian"
        ),
        UniqueConstraint("id", "agency_id", name="uq_file_id_agency"),
        ForeignKeyConstraint(
            ["fonds_id", "agency_id"],
            ["fonds.id", "fonds.agency_id"],
            name="fk_file_fonds",
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["series_id", "fonds_id"], ["series.id", "series.fonds_id"], name="fk_file_series"
        ),
        _one_of("state", FILE_STATES, "file"),
        _one_of("origin", ORIGINS, "file"),
        _one_of("origin_declared", ORIGINS, "file"),
        _one_of("retention_kind", RETENTION_KINDS, "file"),
        CheckConstraint(
            "(retention_kind = 'YEARS') = (retention_years is not null)", name="ck_file_retention"
        ),
        CheckConstraint(
            "end_latest is null or start_date is null or end_latest >= start_date", name="ck_file_dates"
        ),
        CheckConstraint(
            "total_doc >= 0 and sheet_count >= 0 and page_count_declared >= 0", name="ck_file_counts"
        ),
        CheckConstraint(
            "accepted_by is null or accepted_by <> submitted_by", name="ck_file_accepted_by_another"
        ),
        Index("ix_file_series_id", "series_id", "id"),
        Index("ix_file_fonds_id", "fonds_id", "id"),
        Index(
            "ix_file_agency_start",
            "agency_id",
            text("coalesce(start_date, '-infinity'::date) DESC"),
            text("id DESC"),
        ),
        Index("ix_file_public", "id", postgresql_where=text("published and access_level = 0")),
        Index(
            "ix_file_agency_public", "agency_id", "id", postgresql_where=text("published and access_level = 0")
        ),
        Index("ix_file_creator", "creator_id", "id"),
        # Room on each page, so that derived counts are updated without touching any index.
        {"postgresql_with": {"fillfactor": 80}},
    )

    id: int | None = key()
    fonds_id: int = bigint()
    series_id: int | None = bigint(nullable=True)
    agency_id: int = bigint()
    creator_id: int = ref("agency.id")
    custodian_id: int = ref("agency.id")
    code: str
    catalog_number: str | None = None  # mục lục số, or the year of creation
    notation: str | None = None  # số và ký hiệu hồ sơ
    title: str
    title_sort: str = sort_key()
    state: str = choice("OPEN")
    start_date: date | None = None
    start_latest: date | None = None
    start_precision: str | None = None
    start_text: str | None = None
    end_date: date | None = None
    end_latest: date | None = None
    end_precision: str | None = None
    end_text: str | None = None
    work_ended_on: date | None = None
    closed_on: date | None = None
    retention_kind: str = choice("UNKNOWN")
    retention_years: int | None = None
    retention_text: str | None = None
    access_level: int | None = Field(default=None, sa_type=SmallInteger)
    access_text: str | None = None
    access_provenance: str | None = None  # HD169_blank: an empty legacy field means unrestricted
    origin: str | None = None
    origin_declared: str | None = None
    languages: list[str] = words()
    keywords: str | None = None
    information_sign: str | None = None
    physical_condition: str | None = None
    paper_file_code: str | None = None
    description: str | None = None
    item_count: int = count()
    total_doc: int | None = None
    sheet_count: int | None = None
    page_count: int | None = None
    page_count_declared: int | None = None
    digitized_page_count: int = count()
    published: bool = flag()
    on_hold: bool = flag()
    transferred: bool = flag()
    transferred_on: date | None = None
    submitted_by: int | None = ref("app_user.id", nullable=True)
    submitted_at: datetime | None = moment(nullable=True)
    accepted_by: int | None = ref("app_user.id", nullable=True)
    accepted_at: datetime | None = moment(nullable=True)
    decision_note: str | None = None
    metadata_schema: str | None = None
    extra: dict[str, Any] = document()
    source_key: str | None = None
    source_hash: bytes | None = None
    created_by: int | None = ref("app_user.id", nullable=True)
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
    updated_at: datetime | None = moment(now=True)
    folded: str | None = folded("title || ' ' || code || ' ' || coalesce(keywords, '')")


class Item(SQLModel, table=True):
    """A document (văn bản, tài liệu; ISAD(G) item) in its home file; it may be listed in others, never copied."""

    __tablename__ = "item"
    __table_args__ = (
        *_shared("item"),
        UniqueConstraint("id", "agency_id", name="uq_item_id_agency"),
        ForeignKeyConstraint(
            ["file_id", "fonds_id", "agency_id", "custodian_id"],
            ["file.id", "file.fonds_id", "file.agency_id", "file.custodian_id"],
            name="fk_item_file",
            onupdate="CASCADE",
        ),
        _one_of("state", ITEM_STATES, "item"),
        _one_of("origin", ORIGINS, "item"),
        _one_of("direction", DIRECTIONS, "item"),
        _one_of("signature_evidence", SIGNATURE_EVIDENCE, "item"),
        _one_of("retention_kind", RETENTION_KINDS, "item"),
        CheckConstraint(
            "(retention_kind = 'YEARS') = (retention_years is not null)", name="ck_item_retention"
        ),
        CheckConstraint("page_count >= 0 and ordinal >= 0", name="ck_item_counts"),
        Index("ix_item_file_ordinal", "file_id", "ordinal", "id"),
        Index("ix_item_fonds_id", "fonds_id", "id"),
        Index(
            "ix_item_agency_issued",
            "agency_id",
            text("coalesce(issued_date, '-infinity'::date) DESC"),
            text("id DESC"),
        ),
        Index("ix_item_duplicate", "agency_id", "number", "notation"),
        Index("ix_item_public", "id", postgresql_where=text("published and access_level = 0")),
        Index(
            "ix_item_agency_public", "agency_id", "id", postgresql_where=text("published and access_level = 0")
        ),
    )

    id: int | None = key()
    file_id: int = bigint()
    fonds_id: int = bigint()
    agency_id: int = bigint()
    custodian_id: int = bigint()
    ordinal: int = count()
    code: str
    state: str = choice("ACTIVE")
    doc_type: str | None = None  # code of the list doc_type
    doc_type_text: str | None = None
    number: str | None = None
    notation: str | None = None
    direction: str | None = None
    issued_date: date | None = None
    issued_latest: date | None = None
    issued_precision: str | None = None
    issued_text: str | None = None
    arrival_date: date | None = None
    arrival_number: str | None = None
    issuer: str | None = None
    subject: str
    languages: list[str] = words()
    page_count: int | None = None
    retention_kind: str = choice("UNKNOWN")
    retention_years: int | None = None
    retention_text: str | None = None
    access_level: int | None = Field(default=None, sa_type=SmallInteger)
    access_text: str | None = None
    access_provenance: str | None = None
    origin: str | None = None
    signer_name: str | None = None
    signer_position: str | None = None
    signature_evidence: str | None = None
    information_sign: str | None = None
    keywords: str | None = None
    autograph: str | None = None
    physical_condition: str | None = None
    description: str | None = None
    published: bool = flag()
    on_hold: bool = flag()
    transferred: bool = flag()
    extra: dict[str, Any] = document()
    source_key: str | None = None
    source_hash: bytes | None = None
    created_by: int | None = ref("app_user.id", nullable=True)
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
    updated_at: datetime | None = moment(now=True)
    folded: str | None = folded("subject || ' ' || coalesce(number, '') || ' ' || coalesce(notation, '')")


class ItemListing(SQLModel, table=True):
    """An item shown in another file of the same agency, with its place there (NĐ 30/2020 PL VI, III.4.e)."""

    __tablename__ = "item_listing"
    __table_args__ = (
        ForeignKeyConstraint(
            ["file_id", "agency_id"],
            ["file.id", "file.agency_id"],
            name="fk_item_listing_file",
            onupdate="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        ForeignKeyConstraint(
            ["item_id", "agency_id"],
            ["item.id", "item.agency_id"],
            name="fk_item_listing_item",
            onupdate="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        Index("ix_item_listing_file_ordinal", "file_id", "ordinal", "item_id"),
        Index("ix_item_listing_item", "item_id"),
    )

    file_id: int = bigint(primary=True)
    item_id: int = bigint(primary=True)
    agency_id: int = bigint()
    ordinal: int = count()
    listed_by: int | None = ref("app_user.id", nullable=True)
    listed_at: datetime | None = moment(now=True)
