"""Closed lists of words, and what the tables of records have in common."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text

ORIGINS = ("BORN_DIGITAL", "DIGITIZED", "MIXED", "PAPER")
FILE_STATES = ("OPEN", "CLOSED", "SUBMITTED", "ACCEPTED", "TRANSFERRED", "DISPOSED")
ITEM_STATES = ("ACTIVE", "DRAFT", "DUPLICATE", "WITHDRAWN", "DESTROYED")
RETENTION_KINDS = ("PERMANENT", "YEARS", "UNTIL_EVENT", "LEGACY_LONG", "LEGACY_TEMPORARY", "UNKNOWN")
DIRECTIONS = ("OUTGOING", "INCOMING", "INTERNAL")
SIGNATURE_EVIDENCE = ("VERIFIED", "DECLARED", "UNKNOWN", "NOT_REQUIRED")
ACCESS_CHANGE_STATES = ("PROPOSED", "CONFIRMED", "REJECTED", "REPLACED")
PRECISIONS = ("DAY", "MONTH", "YEAR", "UNKNOWN")
METADATA_SCHEMAS = ("HD169", "N30", "TT02_2019", "TT05_2025")


def one_of(column: str, values: tuple[str, ...], table: str) -> CheckConstraint:
    return CheckConstraint(f"{column} in {values}", name=f"ck_{table}_{column}")


def shared(table: str) -> tuple[Any, ...]:
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
        Index(
            f"ix_{table}_search",
            text("hub_words(folded)"),
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 96 * 1024},  # merged by hub.records.word_index
        ),
        # what the law asks of a row stands in the index too: an exact total reads no row; listings refer to it
        Index(
            f"ix_{table}_agency_id_id",
            "agency_id",
            "id",
            unique=True,
            postgresql_include=["access_level", "published", "custodian_id"],
        ),
        Index(f"ix_{table}_custodian_id_id", "custodian_id", "id"),
    )
