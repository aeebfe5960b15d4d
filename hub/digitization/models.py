"""Tables of digitisation: which pages of which file or item were accepted, and when (II.2.b).

Pages are ranges, so that a rescan of the same pages adds nothing; the sum is capped at the pages there are.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import SQLModel

from hub.kit.tables import choice, key, ref


class DigitizationBatch(SQLModel, table=True):
    """A lot of scanning work (đợt số hóa) of one custodian."""

    __tablename__ = "digitization_batch"
    __table_args__ = (UniqueConstraint("code", name="uq_digitization_batch_code"),)

    id: int | None = key()
    code: str
    custodian_id: int = ref("agency.id", index=True)
    contract: str | None = None
    state: str = choice("OPEN")
    started_on: date | None = None
    accepted_on: date | None = None


class PageAcceptance(SQLModel, table=True):
    """Pages accepted (trang đã nghiệm thu) of a file catalogued as a whole, or of one item of it."""

    __tablename__ = "page_acceptance"
    __table_args__ = (
        CheckConstraint("first_page >= 1 and last_page >= first_page", name="ck_page_acceptance_range"),
        Index("ix_page_acceptance_file_accepted", "file_id", "accepted_on"),
        Index("ix_page_acceptance_item", "item_id"),
    )

    id: int | None = key()
    file_id: int = ref("file.id")
    item_id: int | None = ref("item.id", nullable=True)
    batch_id: int | None = ref("digitization_batch.id", nullable=True, index=True)
    first_page: int
    last_page: int
    accepted_on: date
