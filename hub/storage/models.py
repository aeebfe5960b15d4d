"""Table of digital objects: a representation of an item or a file (R in domain terms, PREMIS object)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, SmallInteger
from sqlmodel import Field, SQLModel

from hub.kit.tables import bigint, choice, count, document, flag, key, moment, ref


class DigitalObject(SQLModel, table=True):
    """One stored file of bytes. Content of mode 03 (mật) is refused: state secrets may not be kept here."""

    __tablename__ = "digital_object"
    __table_args__ = (
        ForeignKeyConstraint(
            ["file_id", "fonds_id", "agency_id", "custodian_id"],
            ["file.id", "file.fonds_id", "file.agency_id", "file.custodian_id"],
            name="fk_digital_object_file",
            onupdate="CASCADE",
        ),
        CheckConstraint("access_level between 0 and 1", name="ck_digital_object_not_secret"),
        CheckConstraint("state in ('DRAFT','ACTIVE','DISPOSED')", name="ck_digital_object_state"),
        CheckConstraint("origin in ('BORN_DIGITAL','DIGITIZED')", name="ck_digital_object_origin"),
        Index("ix_digital_object_file_item", "file_id", "item_id"),
        Index("ix_digital_object_item", "item_id"),
        Index("ix_digital_object_agency_id_id", "agency_id", "id"),
        Index("ix_digital_object_custodian_id_id", "custodian_id", "id"),
    )

    id: int | None = key()
    file_id: int = bigint()
    item_id: int | None = ref("item.id", nullable=True)
    fonds_id: int = bigint()
    agency_id: int = bigint()
    custodian_id: int = bigint()
    name: str
    origin: str = choice("BORN_DIGITAL")
    usage: str = choice("MASTER")
    mime_type: str | None = None
    puid: str | None = None
    byte_size: int | None = bigint(nullable=True)
    sha256: str | None = None
    page_count: int | None = None
    accepted_on: date | None = None
    signature_evidence: str | None = None
    signature: dict[str, Any] = document()
    state: str = choice("ACTIVE")
    access_level: int | None = Field(default=None, sa_type=SmallInteger)
    published: bool = flag()
    on_hold: bool = flag()
    transferred: bool = flag()
    created_by: int | None = ref("app_user.id", nullable=True)
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
