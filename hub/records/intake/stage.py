"""The staging table of an import: one temporary table for all levels, filled by COPY, settled by set-based SQL.

Importers COPY rows into it in any order; `row` numbers them, `place` is what a person would look up (line or
sheet row), `ref` is a row's handle within the import and `parent_ref` that of the row above it; `source_key` is
what makes a row the same record on the next run. A source_key that begins with | is local to the item's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import sql

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
    "import_home": "mark text, file_id bigint, notation text, catalog text, number text",
    "import_item": "row bigint, file_id bigint, source_key text, ordinal integer, target bigint, old_file bigint,"
    " id bigint, action text",
}
_TABLES = ", ".join(f"pg_temp.{name}" for name in ("import_stage", *_PLANS))

Cursor = psycopg.Cursor[Any]


def open_stage(cursor: Cursor) -> None:
    """Empty tables for staged rows and the plan, gone with the transaction; those of an earlier import are dropped."""
    cursor.execute(f"drop table if exists {_TABLES}")
    columns = ", ".join(f"{name} {kind}" for name, kind in STAGE.items())
    stage = f"{columns}, fault text, first_row bigint, warned text"
    for name, contents in {"import_stage": stage, **_PLANS}.items():
        cursor.execute(f"create temp table {name} ({contents}) on commit drop")


def empty_stage(cursor: Cursor) -> None:
    """Make room for the next rows, in the same tables: each new one would hold locks until the end."""
    cursor.execute(f"truncate {_TABLES}")


def fill_stage(cursor: Cursor, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY some rows into the stage."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with cursor.copy(sql.SQL("copy pg_temp.import_stage ({}) from stdin").format(names)) as copy:
        for row in rows:
            copy.write_row(row)
