"""Tables of transfers: registered → submitted → checking → returned or accepted; `accepted_at` alone feeds II.1.d.

What the historical archive in turn hands to the State fonds system is told by its receipts.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from hub.kit.tables import choice, count, flag, key, moment, ref


class Transfer(SQLModel, table=True):
    """A batch of permanent records handed to the Historical Archive (đợt giao nộp)."""

    __tablename__ = "transfer"
    __table_args__ = (
        UniqueConstraint("agency_id", "code", name="uq_transfer_agency_code"),
        CheckConstraint(
            "state in ('REGISTERED','SUBMITTED','APPROVED','CHECKING','RETURNED','ACCEPTED')",
            name="ck_transfer_state",
        ),
        CheckConstraint("(state = 'ACCEPTED') = (accepted_at is not null)", name="ck_transfer_accepted_at"),
        CheckConstraint("channel in ('INTEGRATED','MANUAL')", name="ck_transfer_channel"),
        CheckConstraint(
            "approved_by is null or approved_by <> submitted_by", name="ck_transfer_approved_by_another"
        ),
        Index("ix_transfer_agency_id_id", "agency_id", "id"),
    )

    id: int | None = key()
    code: str
    agency_id: int = ref("agency.id")
    custodian_id: int = ref("agency.id", index=True)  # the receiving archive
    fonds_id: int | None = ref("fonds.id", nullable=True)
    state: str = choice("REGISTERED")
    channel: str = choice("MANUAL")
    registered_on: date
    submitted_at: datetime | None = moment(nullable=True)
    submitted_by: int | None = ref("app_user.id", nullable=True)
    approved_by: int | None = ref("app_user.id", nullable=True)
    accepted_at: datetime | None = moment(nullable=True)
    accepted_by: int | None = ref("app_user.id", nullable=True)
    decision_note: str | None = None
    minutes_number: str | None = None
    access_level: int | None = Field(default=0, sa_type=SmallInteger)
    published: bool = flag()
    on_hold: bool = flag()
    transferred: bool = flag()
    created_by: int | None = ref("app_user.id", nullable=True)
    version: int = count(1)
    created_at: datetime | None = moment(now=True)
    updated_at: datetime | None = moment(now=True)


class TransferEntry(SQLModel, table=True):
    """A file, or one item of it, inside a transfer."""

    __tablename__ = "transfer_entry"
    __table_args__ = (
        UniqueConstraint(
            "transfer_id", "file_id", "item_id", name="uq_transfer_entry", postgresql_nulls_not_distinct=True
        ),
        Index("ix_transfer_entry_file", "file_id"),
        Index("ix_transfer_entry_item", "item_id"),
    )

    id: int | None = key()
    transfer_id: int = ref("transfer.id", ondelete="CASCADE")
    file_id: int = ref("file.id")
    item_id: int | None = ref("item.id", nullable=True)


class StateAcceptance(SQLModel, table=True):
    """Biên nhận: the State fonds system (Hệ thống Phông Lưu trữ nhà nước) took in a fonds' records (annex 4.4)."""

    __tablename__ = "state_acceptance"
    __table_args__ = (
        UniqueConstraint("fonds_id", "receipt_number", name="uq_state_acceptance_receipt"),
        CheckConstraint("btrim(receipt_number) <> ''", name="ck_state_acceptance_receipt"),
    )

    id: int | None = key()
    fonds_id: int = ref("fonds.id")
    receipt_number: str
    accepted_on: date
