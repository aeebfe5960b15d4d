"""Connections by the Relay specification, declared once for every type of record.

A record type names its connection as `Connection[Fonds]`, which the schema calls FondsConnection. The compiler
fills these fields; `edges` may carry more in connections of their own.
"""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

import strawberry

from schema.compiler.declarations import Bucket, Slot, declared

T = TypeVar("T")

First = Annotated[
    int | None,
    strawberry.argument(description="How many from the start; 50 when left out (số phần tử đầu)."),
]
After = Annotated[
    str | None, strawberry.argument(description="Only what follows this cursor (sau con trỏ này).")
]
Last = Annotated[int | None, strawberry.argument(description="How many from the end (số phần tử cuối).")]
Before = Annotated[
    str | None, strawberry.argument(description="Only what precedes this cursor (trước con trỏ này).")
]
UNSET = strawberry.UNSET


@strawberry.type(description="Where a page lies in its list (thông tin trang).")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = declared(Slot.HAS_NEXT, "Whether more follows (còn trang sau).")
    has_previous_page: bool = declared(Slot.HAS_PREVIOUS, "Whether something precedes (còn trang trước).")
    start_cursor: str | None = declared(Slot.START, "Cursor of the first element (con trỏ đầu).")
    end_cursor: str | None = declared(Slot.END, "Cursor of the last element (con trỏ cuối).")


@strawberry.type(description="A row in its place in a list (phần tử của danh sách).")
class Edge(Generic[T]):
    """Relay's edge."""

    cursor: str = declared(Slot.CURSOR, "Where the row stands; pass it as after or before (con trỏ).")
    node: T = declared(Slot.NODE, "The row (bản ghi).")


@strawberry.type(description="A page of a list (trang danh sách).")
class Connection(Generic[T]):
    """Relay's connection."""

    edges: list[Edge[T]] = declared(Slot.EDGES, "The rows with their places (các phần tử).")
    nodes: list[T] = declared(Slot.NODES, "The rows alone (các bản ghi).")
    page_info: PageInfo = declared(Slot.PAGE_INFO, "Where the page lies (thông tin trang).")
    total_count: int = declared(
        Slot.TOTAL_COUNT,
        "How many rows the whole list has for the caller; counted only when asked (tổng số).",
    )


def unknown_count() -> int:
    """The rows that no bucket holds."""
    return declared(
        Bucket("unknownCount"), "How many rows have no value here: unknown, so in no bucket (số chưa rõ)."
    )


@strawberry.type(description="One value and how often it occurs (giá trị và số lượng).")
class FacetBucket:
    """A value of a facet."""

    value: str = declared(Bucket("value"), "The value as filters take it (giá trị).")
    label: str = declared(Bucket("label"), "The value for people, in Vietnamese (nhãn).")
    label_en: str = declared(
        Bucket("labelEn"), "The value for people, in English; names as they are (nhãn tiếng Anh)."
    )
    count: int = declared(Bucket("count"), "How many rows have it (số lượng).")
