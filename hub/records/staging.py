"""The staging table of an import: one temporary table for all levels, settled by set-based SQL.

Importers COPY rows into it in any order; `row` numbers them, `place` is what a person would look up (line or
sheet row), `ref` is a row's handle within the import and `parent_ref` that of the row above it; `source_key` is
what makes a row the same record on the next run.
"""

from __future__ import annotations

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
