"""Shorthand for table columns, so that every slice's models read alike.

PostgreSQL writes the defaults, because COPY and set-based SQL never pass through Python.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Computed, DateTime, ForeignKey, Identity, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field


def key() -> Any:
    """The identity key of a row (bigint)."""
    return Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))


def ref(target: str, *, nullable: bool = False, index: bool = False, ondelete: str | None = None) -> Any:
    """A foreign key to `table.column`."""
    column: Column[int] = Column(
        BigInteger, ForeignKey(target, ondelete=ondelete), nullable=nullable, index=index
    )
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def bigint(*, nullable: bool = False, primary: bool = False) -> Any:
    """A plain bigint, for a composite key or foreign key that the table declares by itself."""
    column: Column[int] = Column(BigInteger, nullable=nullable, primary_key=primary, autoincrement=False)
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def named_user() -> Any:
    """A user, or null. That he is there, triggers of the table ask once for a statement, for a long list's sake."""
    return Field(default=None, sa_column=Column(BigInteger))


def choice(default: str) -> Any:
    """A required word of a closed list; the table's CHECK names the list."""
    return Field(default=default, sa_column=Column(Text, nullable=False, server_default=text(f"'{default}'")))


def flag(default: bool = False) -> Any:
    """A required yes or no."""
    return Field(default=default, sa_column_kwargs={"server_default": text(str(default).lower())})


def count(default: int = 0) -> Any:
    """A required number that starts at `default`."""
    return Field(default=default, sa_column_kwargs={"server_default": text(str(default))})


def moment(*, now: bool = False, nullable: bool = False) -> Any:
    """An instant with time zone; `now` lets the database write it."""
    default = text("now()") if now else None
    return Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=nullable, server_default=default)
    )


def document() -> Any:
    """A JSON object, `{}` when nothing is said: what has no field of its own, kept as text."""
    return Field(
        default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb"))
    )


def words() -> Any:
    """A list of codes, empty when nothing is said."""
    return Field(
        default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'"))
    )


def sort_key() -> Any:
    """A Vietnamese sort key (`hub.kit.vietnamese.sort_key`) compared byte by byte."""
    return Field(default="", sa_column=Column(Text(collation="C"), nullable=False, server_default=text("''")))


def made(expression: str) -> Any:
    """A number that the database makes of other columns of the row; null where there is none."""
    return Field(default=None, sa_column=Column(BigInteger, Computed(expression, persisted=True)))


def folded(expression: str) -> Any:
    """The search form of `expression`, written by the database (`hub_fold`)."""
    return Field(default=None, sa_column=Column(Text, Computed(f"hub_fold({expression})", persisted=True)))
