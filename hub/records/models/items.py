"""Items (văn bản) and their listings in other files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, text
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
    named_user,
    ref,
    words,
)
from hub.records.models.words import (
    DIRECTIONS,
    ITEM_STATES,
    ORIGINS,
    RETENTION_KINDS,
    SIGNATURE_EVIDENCE,
    one_of,
    shared,
)


class Item(SQLModel, table=True):
    """A document (văn bản, tài liệu; ISAD(G) item) in its home file; it may be listed in others, never copied."""

    __tablename__ = "item"
    __table_args__ = (
        *shared("item"),
        ForeignKeyConstraint(
            ["file_id", "fonds_id", "agency_id", "custodian_id"],
            ["file.id", "file.fonds_id", "file.agency_id", "file.custodian_id"],
            name="fk_item_file",
            onupdate="CASCADE",
        ),
        one_of("state", ITEM_STATES, "item"),
        one_of("origin", ORIGINS, "item"),
        one_of("direction", DIRECTIONS, "item"),
        one_of("signature_evidence", SIGNATURE_EVIDENCE, "item"),
        one_of("retention_kind", RETENTION_KINDS, "item"),
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
        Index(
            "ix_item_duplicate",
            "agency_id",
            "number",
            text("lower(notation)"),
            text("hashtext(lower(issuer))"),
        ),
        Index("ix_item_public", "id", postgresql_where=text("published and access_level = 0")),
        Index(
            "ix_item_agency_public",
            "agency_id",
            "id",
            postgresql_where=text("published and access_level = 0"),
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
    has_personal_data: bool = flag()
    published: bool = flag()
    on_hold: bool = flag()
    transferred: bool = flag()
    extra: dict[str, Any] = document()
    source_key: str | None = None
    source_hash: bytes | None = None
    created_by: int | None = named_user()
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
