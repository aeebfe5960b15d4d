"""Pages over lists that are computed, not read from a table; cursors look and are checked as everywhere else."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

import orjson

from hub.kit.errors import BadRequest
from hub.kpi.shortfall import Place
from schema.compiler.cursors import VERSION, ForgedCursor, cursor_text
from schema.connections import PageInfo

MOST = 1_000
# The law's name for a kind of record → its GraphQL type.
TYPES = {"file": "ArchivalFile", "item": "Item", "fonds": "Fonds", "series": "Series", "agency": "Agency"}


def checked_page(first: int) -> None:
    """Raises BadRequest for a page size outside 0 to 1,000; tighter limits stand with the request's cost."""
    if not 0 <= first <= MOST:
        raise BadRequest(
            f"first phải từ 0 đến {MOST}; đã nhận {first}.",
            f"first must be from 0 to {MOST}; it was {first}.",
        )


def cursor_of(mark: str, *values: str | int) -> str:
    """The cursor of an element of the list `mark`."""
    return cursor_text(mark, [orjson.dumps(value) for value in values]).decode()


def read_cursor(text: str | None, mark: str) -> list[Any] | None:
    """The values in a cursor of the list `mark`. Raises ForgedCursor."""
    if text is None:
        return None
    try:
        version, found, *values = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise ForgedCursor from None
    if version != VERSION or found != mark:
        raise ForgedCursor
    return values


def place_in(keys: Sequence[str], values: list[Any] | None) -> int:
    """Where the page after the cursor starts; where its line has gone, at the place it had."""
    match values:
        case None:
            return 0
        case [str(key), int(place)] if place >= 0:
            return keys.index(key) + 1 if key in keys else min(place, len(keys))
    raise ForgedCursor


def read_place(text: str | None, mark: str = "shortfall") -> Place | None:
    """Where a page of records starts, heaviest first. Raises ForgedCursor."""
    match read_cursor(text, mark):
        case None:
            return None
        case [int(weight), str(kind), int(key)] if abs(weight) < 1 << 63 and 0 <= key < 1 << 63:
            return Place(weight, kind, key)
    raise ForgedCursor


def page_info(cursors: Sequence[str], *, before: bool, more: bool) -> PageInfo:
    """Where a page lies."""
    return PageInfo(
        has_next_page=more,
        has_previous_page=before,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
