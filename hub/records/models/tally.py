"""The tally of records: how many files and documents there are of each owner, keeper, fonds and access mode.

Kept by triggers (migrations/sql/record_tally.sql, emptied_tally.sql), which add a row for each group that a statement
changes; a group has as many as the sum of its rows says. hub/kpi/tally.py folds and proves it, lists take their totals
from it (schema/compiler/tally.py).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, SmallInteger, Table, Text
from sqlmodel import SQLModel

KINDS = ("file", "item")

_GROUP: tuple[Column[object], ...] = (
    Column("agency_id", BigInteger, nullable=False),
    Column("custodian_id", BigInteger, nullable=False),
    Column("fonds_id", BigInteger, nullable=False),
    Column("access_level", SmallInteger),
    Column("published", Boolean, nullable=False),
)
# The columns of a record by which the tally tells it from others; named as the records name them.
GROUP = tuple(column.name for column in _GROUP)

RecordTally = Table(
    "record_tally",
    SQLModel.metadata,
    Column("kind", Text, nullable=False),
    *_GROUP,
    Column("n", BigInteger, nullable=False),
    CheckConstraint("kind in ('file', 'item')", name="ck_record_tally_kind"),
    Index("ix_record_tally_agency", "kind", "agency_id"),
    Index("ix_record_tally_fonds", "kind", "fonds_id"),
)
