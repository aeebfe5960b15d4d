"""Cursors: where a row stands in an order, so that a page goes on from there whatever came or went meanwhile.

A cursor is base64 of a JSON array: version, the order it belongs to, the values of the order's keys. It needs no
signature, since predicate and order are applied again; it is checked so that a cursor of another list or order
is refused instead of answering nonsense. PostgreSQL writes it for edges and Python for `pageInfo`, from the same
JSON fragments, so both are the same text.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from hub.kit.errors import BadRequest
from schema.compiler.declarations import Order

VERSION = 1


class ForgedCursor(BadRequest):
    """The cursor was not given out by the hub, or belongs to another list or order."""

    def __init__(self) -> None:
        super().__init__(
            "Con trỏ (cursor) không do hệ thống cấp, hoặc thuộc danh sách hay thứ tự khác. "
            "Hãy dùng con trỏ của chính danh sách này, hoặc đọc lại từ trang đầu.",
            "The cursor was not given out by the hub, or belongs to another list or order. "
            "Use a cursor of this very list, or start again from the first page.",
        )


def _head(mark: str) -> str:
    head = f'[{VERSION},"{mark}",'
    return head + " " * (-len(head) % 3)


def cursor_sql(mark: str, order: Order, keys: Sequence[str]) -> str:
    """SQL of the cursor of a row from the SQL of its keys.

    The head is as long as base64 needs to stand for itself, so that only the values are encoded row by row.
    """
    values = " || ',' || ".join(fragments(order, keys))
    head = base64.b64encode(_head(mark).encode()).decode()
    # base64 of PostgreSQL breaks lines after 76 characters
    return f"'{head}' || replace(encode(convert_to({values} || ']', 'UTF8'), 'base64'), E'\\n', '')"


def fragments(order: Order, keys: Sequence[str]) -> list[str]:
    """SQL of the JSON texts of a row's keys."""
    return [
        f"({sql})::text" if key.kind in ("bigint", "int") else f"json_scalar({sql})::text"
        for key, sql in zip(order.keys, keys, strict=True)
    ]


def cursor_text(mark: str, keys: Sequence[bytes]) -> bytes:
    """The same cursor from JSON fragments of the keys."""
    return base64.b64encode(_head(mark).encode() + b",".join(keys) + b"]")


def read_cursor(text: str, mark: str, order: Order) -> tuple[str, ...]:
    """The values of the keys, as PostgreSQL reads them. Raises ForgedCursor."""
    try:
        parts = json.loads(base64.b64decode(text, validate=True))
        version, found, *values = parts
        if version != VERSION or found != mark or len(values) != len(order.keys):
            raise ForgedCursor
        return tuple(_READ[key.kind](value) for key, value in zip(order.keys, values, strict=True))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise ForgedCursor from None


def _whole(bits: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if type(value) is not int or not -(1 << bits) <= value < 1 << bits:
            raise ValueError
        return str(value)

    return read


def _date(value: Any) -> str:
    if value not in ("-infinity", "infinity"):
        date.fromisoformat(value)
    return str(value)


def _moment(value: Any) -> str:
    if value not in ("-infinity", "infinity") and datetime.fromisoformat(value).tzinfo is None:
        raise ValueError
    return str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    value.encode()
    return value


_READ: dict[str, Callable[[Any], str]] = {
    "bigint": _whole(63),
    "int": _whole(31),
    "date": _date,
    "timestamptz": _moment,
    "text": _text,
}
