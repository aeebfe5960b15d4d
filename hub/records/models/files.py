"""Files (hồ sơ): the unit that is opened, closed, handed over and kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hub.kit.tables import (
    bigint,
    choice,
    count,
    document,
    flag,
    folded,
    key,
    made,
    moment,
    named_user,
    sort_key,
    words,
)
from hub.records.models.words import FILE_STATES, ORIGINS, RETENTION_KINDS, one_of, shared


class ArchivalFile(SQLModel, table=True):
    """A file (hồ sơ, đơn vị bảo quản; ISAD(G) file): the documents of one matter.

    Imprecise dates: `start_date` is the earliest day, `start_latest` the latest, `start_text` what was written.
    """

    __tablename__ = "file"
    __table_args__ = (
        *shared("file"),
        # Documents refer to it; it leads with the fonds, whose files it lists, so that one index does for both.
        UniqueConstraint(
            "fonds_id", "id", "agency_id", "custodian_id", name="uq_file_fonds_id_agency_custodian"
        ),
        # Its fonds, its series and its agencies are there: triggers ask once for a statement, for a long list's sake.
        one_of("state", FILE_STATES, "file"),
        one_of("origin", ORIGINS, "file"),
        one_of("origin_declared", ORIGINS, "file"),
        one_of("retention_kind", RETENTION_KINDS, "file"),
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
        Index("ix_file_series_id", "series_id", "id", postgresql_where=text("series_id is not null")),
        Index("ix_file_without_key", "agency_id", "id", postgresql_where=text("source_key is null")),
        Index(
            "ix_file_agency_start",
            "agency_id",
            text("coalesce(start_date, '-infinity'::date) DESC"),
            text("id DESC"),
        ),
        Index("ix_file_public", "id", postgresql_where=text("published and access_level = 0")),
        Index(
            "ix_file_agency_public",
            "agency_id",
            "id",
            postgresql_where=text("published and access_level = 0"),
        ),
        Index("ix_file_creator", "creator_id", "id"),
        # Room on each page, so that derived counts are updated without touching any index.
        {"postgresql_with": {"fillfactor": 80}},
    )

    id: int | None = key()
    fonds_id: int = bigint()
    series_id: int | None = bigint(nullable=True)
    agency_id: int = bigint()
    creator_id: int = bigint()
    custodian_id: int = bigint()
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
    item_access: int = Field(default=0, sa_type=SmallInteger, sa_column_kwargs={"server_default": text("0")})
    has_personal_data: bool = flag()
    published: bool = flag()
    on_hold: bool = flag()
    transferred: bool = flag()
    transferred_on: date | None = None
    submitted_by: int | None = named_user()
    submitted_at: datetime | None = moment(nullable=True)
    accepted_by: int | None = named_user()
    accepted_at: datetime | None = moment(nullable=True)
    decision_note: str | None = None
    metadata_schema: str | None = None
    extra: dict[str, Any] = document()
    source_key: str | None = None
    source_hash: bytes | None = None
    created_by: int | None = named_user()
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
    updated_at: datetime | None = moment(now=True)
    folded: str | None = folded("title || ' ' || code || ' ' || coalesce(keywords, '')")
    # The owner exists because the fonds does: only other agencies need a key of their own.
    creator_elsewhere: int | None = made("nullif(creator_id, agency_id)")
    custodian_elsewhere: int | None = made("nullif(custodian_id, agency_id)")
