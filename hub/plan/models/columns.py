"""Columns that every table of this slice writes the same way: identity keys, links, stamps, states."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Identity, Numeric, text
from sqlmodel import Field


def any_of(column: str, words: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(word.value) for word in words)})"


def identity() -> Any:
    return Field(default=None, primary_key=True, sa_type=BigInteger, sa_column_args=(Identity(),))


def link(target: str) -> Any:
    return Field(foreign_key=target, sa_type=BigInteger)


def optional_link(target: str) -> Any:
    return Field(default=None, foreign_key=target, sa_type=BigInteger)


def part_of(target: str) -> Any:
    return Field(foreign_key=target, sa_type=BigInteger, ondelete="CASCADE")


def count() -> Any:
    kind: Any = Numeric(18, 2)
    return Field(default=None, sa_type=kind)


def stamp() -> Any:
    kind: Any = DateTime(timezone=True)
    return Field(
        default=None, sa_type=kind, nullable=False, sa_column_kwargs={"server_default": text("now()")}
    )


def state(start: StrEnum) -> Any:
    return Field(default=start.value, sa_column_kwargs={"server_default": start.value})


def version() -> Any:
    return Field(default=1, sa_column_kwargs={"server_default": "1"})
