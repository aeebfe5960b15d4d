"""Tables of the counters: what each file adds to a figure from a day on, and the sums of all files.

Kept by triggers (migrations/sql/counters.sql) and read by measures; nothing else writes them. A sum is kept by day,
by month and by year (`grain`, with the first day), so that any cut-off is a few rows; NEW are changes not added yet.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlmodel import SQLModel


def _key(name: str) -> Column[int]:
    if name.endswith("_id"):
        return Column(name, BigInteger, nullable=False)
    return Column(name, SmallInteger if name == "year" else Integer)


def _counter(name: str, keys: str, counts: str) -> None:
    def columns() -> list[Column[int]]:
        return [_key(key) for key in keys.split()]

    def sums() -> list[Column[int]]:
        return [Column(count, BigInteger, nullable=False) for count in counts.split()]

    Table(
        f"{name}_step", SQLModel.metadata, Column("file_id", BigInteger, nullable=False), *columns(),
        Column("day", Date, nullable=False), *sums(), Index(f"ix_{name}_step_file", "file_id"),
    )  # fmt: skip
    Table(
        f"{name}_count", SQLModel.metadata, Column("grain", Text, nullable=False), *columns(),
        Column("day", Date, nullable=False), *sums(),
        CheckConstraint("grain in ('NEW', 'DAY', 'MONTH', 'YEAR')", name=f"ck_{name}_count_grain"),
        Index(f"ix_{name}_count_grain", "grain", "day"),
        Index(
            f"uq_{name}_count", "grain", "day", *keys.split(), unique=True, postgresql_nulls_not_distinct=True,
            postgresql_where=text("grain <> 'NEW'"),
        ),
    )  # fmt: skip


# name: what its sums are kept by, what is summed. The fonds, not its owner: who owned it depends on the day asked for.
COUNTERS = {
    "born_digital": (
        "creator_id fonds_id year end_year",
        "n electronic missing broad signed verified own own_electronic incoming incoming_electronic files"
        " files_electronic files_missing files_countable",
    ),
    "digitised_pages": ("agency_id year", "files pages done missing files_full files_pageless"),
    "timely_transfers": (
        "creator_id fonds_id year end_year",
        "n in_time in_time_integrated missing late late_integrated waiting waiting_integrated open open_integrated"
        " scanned scanned_in_time scanned_in_time_integrated scanned_missing files files_in_time"
        " files_in_time_integrated files_missing files_uncounted",
    ),
    "described_online": (
        "agency_id year",
        "files restricted served missing described conditional pages served_pages",
    ),
}
for _name, (_keys, _counts) in COUNTERS.items():
    _counter(_name, _keys, _counts)
