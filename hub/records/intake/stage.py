"""The staging table of an import: one temporary table for all levels, filled by COPY, settled by set-based SQL.

Importers COPY rows into it in any order; `row` numbers them, `place` is what a person would look up (line or
sheet row), `ref` is a row's handle within the import and `parent_ref` that of the row above it; `source_key` is
what makes a row the same record on the next run. A source_key that begins with | is local to the item's file.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Container, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import adapters, sql
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.copy import FileWriter
from psycopg.pq import Format
from psycopg.types.datetime import DateBinaryDumper

MAX_TITLE = 2_000

STAGE: dict[str, str] = {
    "row": "bigint",
    "place": "integer",
    "level": "text",
    "source_key": "text",
    "ref": "text",
    "parent_ref": "text",
    "fonds_code": "text",
    "file_code": "text",
    "file_catalog": "text",
    "file_notation": "text",
    "code": "text",
    "composed_code": "text",  # what the law makes of its parts when no code is given
    "ordinal": "integer",
    "title": "text",
    "title_sort": 'text collate "C"',
    "sublevel": "text",
    "catalog_number": "text",
    "notation": "text",
    "number": "text",
    "doc_type": "text",
    "doc_type_text": "text",
    "direction": "text",
    "start_date": "date",
    "start_latest": "date",
    "start_precision": "text",
    "start_text": "text",
    "end_date": "date",
    "end_latest": "date",
    "end_precision": "text",
    "end_text": "text",
    "arrival_date": "date",
    "arrival_number": "text",
    "issuer": "text",
    "retention_kind": "text",
    "retention_years": "integer",
    "retention_text": "text",
    "access_level": "smallint",
    "access_text": "text",
    "access_provenance": "text",
    "origin": "text",
    "has_personal_data": "boolean",
    "languages": "text[]",
    "keywords": "text",
    "information_sign": "text",
    "physical_condition": "text",
    "paper_file_code": "text",
    "description": "text",
    "history": "text",
    "total_doc": "integer",
    "sheet_count": "integer",
    "page_count": "integer",
    "signer_name": "text",
    "signer_position": "text",
    "autograph": "text",
    "metadata_schema": "text",
    "extra": "jsonb",
    "source_hash": "bytea",
}

# What is decided about the staged rows of each level, and about the files that items name.
_PLANS: dict[str, str] = {
    "import_fonds": "row bigint, ref text, mark text, code text, target bigint, id bigint, action text",
    "import_series": "row bigint, ref text, parent_ref text, target bigint, id bigint, fonds_id bigint, action text",
    "import_file": "row bigint, ref text, code text, composed_code text, target bigint, id bigint, fonds_id bigint,"
    " series_id bigint, source_hash bytea, old_hash bytea, old_series bigint, action text",
    "import_home": "mark text, file_id bigint, notation text, catalog text, number text, had_items boolean",
    "import_item": "row bigint, file_id bigint, source_key text, ordinal integer, target bigint, old_file bigint,"
    " id bigint, action text",
}
Cursor = psycopg.Cursor[Any]


def open_stage(cursor: Cursor) -> None:
    """Empty tables for staged rows and the plan, gone with the transaction; those that are there are dropped."""
    columns = ", ".join(f"{name} {kind}" for name, kind in STAGE.items())
    contents = {"import_stage": f"{columns}, fault text, first_row bigint, warned text", **_PLANS}
    cursor.execute("drop table if exists " + ", ".join(f"pg_temp.{name}" for name in contents))
    for name, content in contents.items():
        cursor.execute(f"create temp table {name} ({content}) on commit drop")


def open_part(cursor: Cursor, columns: Container[str]) -> None:
    """An empty stage of a few columns, for rows that need no plan.

    To make a table anew is four times as fast as to empty it, and holds five locks until the end: a server as it is
    installed has 6,400.
    """
    content = ", ".join(f"{name} {kind}" for name, kind in STAGE.items() if name in columns)
    cursor.execute("drop table if exists pg_temp.import_stage")
    cursor.execute(f"create temp table import_stage ({content}) on commit drop")


class _Day(DateBinaryDumper):
    """A date; a list says few of them over and over."""

    def dump(self, obj: date) -> Buffer | None:
        return _packed(obj)


_packed = lru_cache(maxsize=1 << 15)(DateBinaryDumper(date).dump)


class _Integer(Dumper):
    """An integer. Raises struct.error where psycopg's own would cut off what is too large, without a word."""

    format = Format.BINARY
    oid = adapters.types["integer"].oid
    dump = staticmethod(struct.Struct("!i").pack)  # type: ignore[assignment]


class _Json(Dumper):
    """JSON that is text already."""

    format = Format.BINARY
    oid = adapters.types["jsonb"].oid

    def dump(self, obj: str) -> Buffer | None:
        return b"\x01" + obj.encode()


_TYPES = {name: kind.split()[0] for name, kind in STAGE.items()}


def lines_of(
    connection: psycopg.Connection[Any], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> bytes:
    """Rows as COPY reads them, in binary form, which takes half the time on both sides.

    The connection only tells how, so it may be busy in another thread.
    """
    lines = io.BytesIO()
    with connection.cursor() as cursor:
        cursor.adapters.register_dumper(date, _Day)
        cursor.adapters.register_dumper(None, _Integer)
        cursor.adapters.register_dumper(None, _Json)
        with psycopg.Copy(cursor, binary=True, writer=FileWriter(lines)) as copy:
            copy.set_types([_TYPES[name] for name in columns])
            for row in rows:
                copy.write_row(row)
    return lines.getvalue()


def fill_stage(cursor: Cursor, columns: Sequence[str], lines: bytes) -> None:
    """COPY some rows, as `lines_of` has written them, into the stage."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with cursor.copy(
        sql.SQL("copy pg_temp.import_stage ({}) from stdin (format binary)").format(names)
    ) as copy:
        copy.write(lines)
