"""Filters of records: input objects whose fields must all hold; a plural field means any of its values."""

from __future__ import annotations

from datetime import date

import strawberry

from schema.compiler.declarations import condition
from schema.records.conditions import (
    ORIGIN_UNKNOWN,
    access_modes,
    access_unknown,
    agency_codes,
    any_of,
    at_least,
    at_most,
    codes,
    include_subtree,
    indexed_words,
    is_unknown,
    within,
)
from schema.records.told import holds
from schema.vocabulary import AccessMode, Direction, FileState, ItemState, Origin, RetentionKind


@strawberry.input(description="Which fonds; every field given must hold (bộ lọc phông).")
class FondsFilter:
    """Conditions on fonds."""

    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    codes: list[str] | None = codes()
    text: str | None = indexed_words()
    is_closed: bool | None = condition("({t}.state = 'CLOSED') = {v}", "bool", "Closed or not (đã đóng).")
    start_year_from: int | None = at_least("{t}.start_year", "int", "Begins in or after (năm bắt đầu từ).")
    start_year_to: int | None = at_most("{t}.start_year", "int", "Begins in or before (năm bắt đầu đến).")


@strawberry.input(description="Which series; every field given must hold (bộ lọc nhóm hồ sơ).")
class SeriesFilter:
    """Conditions on series."""

    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    fonds_id: strawberry.ID | None = within("fonds_id", "Fonds", "fonds", "Of this fonds (thuộc phông).")
    parent_id: strawberry.ID | None = within(
        "parent_id", "Series", "series", "Right below this series (nhóm cấp trên)."
    )
    is_top_level: bool | None = condition(
        "({t}.parent_id is null) = {v}", "bool", "Directly under its fonds or not (ở cấp cao nhất)."
    )
    codes: list[str] | None = codes()
    text: str | None = indexed_words()


@strawberry.input(description="Which files; every field given must hold (bộ lọc hồ sơ).")
class FileFilter:
    """Conditions on files."""

    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    fonds_id: strawberry.ID | None = within("fonds_id", "Fonds", "fonds", "Of this fonds (thuộc phông).")
    series_id: strawberry.ID | None = within(
        "series_id", "Series", "series", "Of this series (thuộc nhóm hồ sơ)."
    )
    codes: list[str] | None = codes()
    text: str | None = indexed_words(masked="ArchivalFile")
    origins: list[Origin] | None = condition(
        holds("origin", "{c} = {v}"),
        "text",
        "Any of these origins (nguồn gốc).",
        many=holds("origin", "{c} = any({v})"),
    )
    origin_unknown: bool | None = condition(holds("origin", "({c} is null) = {v}"), "bool", ORIGIN_UNKNOWN)
    access_modes: list[AccessMode] | None = access_modes()
    access_unknown: bool | None = access_unknown()
    has_personal_data: bool | None = condition(
        "{t}.has_personal_data = {v}", "bool", "With personal data or without (có dữ liệu cá nhân)."
    )
    states: list[FileState] | None = any_of("state", "Any of these states (trạng thái).")
    retention_kinds: list[RetentionKind] | None = any_of(
        "retention_kind", "Any of these kinds of retention (thời hạn)."
    )
    start_date_from: date | None = at_least("{t}.start_date", "date", "Begins on or after (bắt đầu từ ngày).")
    start_date_to: date | None = at_most("{t}.start_date", "date", "Begins on or before (bắt đầu đến ngày).")
    start_date_unknown: bool | None = is_unknown(
        "{t}.start_date", "Beginning unknown, or known for false (chưa rõ ngày bắt đầu)."
    )
    end_date_from: date | None = at_least("{t}.end_date", "date", "Ends on or after (kết thúc từ ngày).")
    end_date_to: date | None = at_most("{t}.end_date", "date", "Ends on or before (kết thúc đến ngày).")


@strawberry.input(description="Which documents; every field given must hold (bộ lọc văn bản).")
class ItemFilter:
    """Conditions on items."""

    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    fonds_id: strawberry.ID | None = within("fonds_id", "Fonds", "fonds", "Of this fonds (thuộc phông).")
    file_id: strawberry.ID | None = within(
        "file_id", "ArchivalFile", "file", "At home in this file (thuộc hồ sơ)."
    )
    codes: list[str] | None = codes()
    text: str | None = indexed_words(masked="Item")
    origins: list[Origin] | None = any_of("origin", "Any of these origins (nguồn gốc).")
    origin_unknown: bool | None = is_unknown("{t}.origin", ORIGIN_UNKNOWN)
    access_modes: list[AccessMode] | None = access_modes()
    access_unknown: bool | None = access_unknown()
    has_personal_data: bool | None = condition(
        "{t}.has_personal_data = {v}", "bool", "With personal data or without (có dữ liệu cá nhân)."
    )
    states: list[ItemState] | None = any_of("state", "Any of these states (trạng thái).")
    directions: list[Direction] | None = any_of("direction", "Any of these ways (chiều văn bản).")
    doc_types: list[str] | None = any_of("doc_type", "Any of these codes of document types (tên loại).")
    numbers: list[str] | None = any_of("number", "Any of these numbers (số văn bản).")
    notations: list[str] | None = any_of("notation", "Any of these notations (ký hiệu).")
    retention_kinds: list[RetentionKind] | None = any_of(
        "retention_kind", "Any of these kinds of retention (thời hạn)."
    )
    issued_date_from: date | None = at_least(
        "{t}.issued_date", "date", "Issued on or after (ban hành từ ngày)."
    )
    issued_date_to: date | None = at_most(
        "{t}.issued_date", "date", "Issued on or before (ban hành đến ngày)."
    )
    issued_date_unknown: bool | None = is_unknown(
        "{t}.issued_date", "Date of issue unknown, or known for false (chưa rõ ngày ban hành)."
    )
