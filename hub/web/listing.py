"""A long table of a page: sorted by a column of the address, cut into pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hub.web.visit import Visit

T = TypeVar("T")
# How each column sorts, and whether it starts with the largest.
Columns = Mapping[str, tuple[Callable[[T], Any], bool]]
PAGE = 25


@dataclass(frozen=True)
class Listing(Generic[T]):
    """One page of rows; `sort` is the column, `down` whether the largest come first; rows count from 1."""

    rows: tuple[T, ...]
    first: int
    total: int
    sort: str
    down: bool
    page: int
    pages: int

    def order_of(self, column: str) -> str | None:
        """For aria-sort; None for a column that does not sort the table."""
        if column != self.sort:
            return None
        return "descending" if self.down else "ascending"

    def link(self, visit: Visit, column: str) -> str:
        """Where a click on the column's head leads: sorted by it, or the other way round."""
        turned = column == self.sort
        way = ("up" if self.down else "down") if turned else None
        return visit.link(sort=column, way=way, page=None)


def listing(
    rows: Sequence[T], visit: Visit, columns: Columns[T], usual: str, *, page: int = PAGE
) -> Listing[T]:
    """The page of rows that the address asks for; an unknown column or page is the usual one."""
    sort = visit.query.get("sort", usual)
    sort = sort if sort in columns else usual
    key, down = columns[sort]
    if visit.query.get("way") in ("up", "down"):
        down = visit.query["way"] == "down"
    ordered = sorted(rows, key=key, reverse=down)
    pages = max(1, -(-len(ordered) // page))
    number = min(visit.number("page"), pages)
    start = (number - 1) * page
    return Listing(tuple(ordered[start : start + page]), start + 1, len(ordered), sort, down, number, pages)
