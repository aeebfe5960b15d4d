"""Tables of use: what is published online at which service level (II.2.c), and who asked for what (II.1.c)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import SQLModel

from hub.kit.tables import choice, count, flag, key, moment, ref


class Publication(SQLModel, table=True):
    """A file offered to readers online from a day on, at a service level (mức độ 1–4)."""

    __tablename__ = "publication"
    __table_args__ = (
        CheckConstraint("service_level between 1 and 4", name="ck_publication_level"),
        Index("ix_publication_file", "file_id", "published_on"),
    )

    id: int | None = key()
    file_id: int = ref("file.id")
    service_level: int
    published_on: date
    withdrawn_on: date | None = None


class UseRequest(SQLModel, table=True):
    """A request to use records (yêu cầu khai thác), by a reader or a staff member."""

    __tablename__ = "use_request"
    __table_args__ = (
        CheckConstraint(
            "state in ('DRAFT','SUBMITTED','APPROVED','REFUSED','COMPLETED','WITHDRAWN')",
            name="ck_use_request_state",
        ),
        Index("ix_use_request_agency_received", "agency_id", "received_on"),
    )

    id: int | None = key()
    agency_id: int = ref("agency.id")
    custodian_id: int = ref("agency.id")
    requester_id: int | None = ref("app_user.id", nullable=True)
    file_id: int | None = ref("file.id", nullable=True)
    item_id: int | None = ref("item.id", nullable=True)
    purpose: str | None = None
    state: str = choice("DRAFT")
    is_online: bool = flag(True)
    is_test: bool = flag()
    received_on: date
    completed_on: date | None = None
    answer: str | None = None
    submitted_by: int | None = ref("app_user.id", nullable=True)
    created_by: int | None = ref("app_user.id", nullable=True)
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
