"""What staged rows have in common that decides whether a part of a long list may be stored as it is.

It is read off the rows on their way to the stage, where it costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """Level, fonds and access mode of some rows, and whether something else about them is for the plan to decide.

    Items are placed where the list says their ordinal in the file; else they stand in the order of the list.
    """

    level: str
    fonds_code: str | None
    access_level: int | None
    needs_plan: bool
    is_placed: bool = False


def kinds_of(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> set[Kind]:
    """The kinds of these rows: few, however many rows there are."""

    def said(column: str) -> Iterator[Any]:
        return map(itemgetter(columns.index(column)), rows) if column in columns else repeat(None, len(rows))

    has_no_code = (None, None) in zip(said("code"), said("composed_code"), strict=True)
    # Only lists name the file of an item; in a finding aid it stands around it, and ends after it.
    stands_in_its_file = "file_code" not in columns
    is_below = map(bool, said("parent_ref"))
    is_placed = (ordinal is not None for ordinal in said("ordinal"))
    told = set(zip(said("level"), said("fonds_code"), said("access_level"), is_below, is_placed, strict=True))

    def needs_plan(level: str, fonds: str | None, is_in_series: bool) -> bool:
        if level == "file":
            return fonds is None or is_in_series or has_no_code
        return level != "item" or stands_in_its_file

    return {
        Kind(level, fonds, access, needs_plan(level, fonds, is_below), level == "item" and is_placed)
        for level, fonds, access, is_below, is_placed in told
    }


def picked(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], wanted: Container[str]
) -> tuple[tuple[str, ...], Iterator[Sequence[Any]]]:
    """What of these columns and rows is wanted."""
    places = [at for at, column in enumerate(columns) if column in wanted]
    return tuple(columns[at] for at in places), map(itemgetter(*places), rows)
