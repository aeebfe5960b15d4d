"""Code lists, fonds and series: what files are arranged under."""

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
from hub.records.models.words import shared


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
        *shared("fonds"),
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


class FondsOwner(SQLModel, table=True):
    """A body that owned a fonds until a day, before it went to another (hợp nhất, chia, tách)."""

    __tablename__ = "fonds_owner"
    __table_args__ = (Index("ix_fonds_owner_fonds", "fonds_id", "valid_to"),)

    id: int | None = key()
    fonds_id: int = ref("fonds.id", ondelete="CASCADE")
    agency_id: int = ref("agency.id", index=True)
    valid_to: date


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
        *shared("series"),
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
