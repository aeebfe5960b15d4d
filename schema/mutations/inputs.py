"""What may be said of records in inputs, and the facts that commands take.

Written by hand, field by field: owner, state, author and acceptance are nobody's to say. Absent leaves alone,
null clears.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

import strawberry
from strawberry import UNSET

from hub.kit.errors import NotFound
from hub.kit.ids import ForgedId, decode_as
from hub.records.facts import FileFacts, FondsFacts, ItemFacts, SeriesFacts
from schema.vocabulary import AccessMode, Direction, Origin, RetentionKind, SignatureEvidence

LEVELS = {AccessMode.OPEN: 0, AccessMode.CONDITIONAL: 1, AccessMode.SECRET: 2}


def said(description: str) -> Any:
    """An input field that may be left out."""
    return strawberry.field(default=UNSET, description=description)


def needed(description: str) -> Any:
    """An input field that must be there."""
    return strawberry.field(description=description)


def version() -> Any:
    """The version that the caller saw."""
    return needed(
        "The record's version as the caller saw it; another one answers StaleVersion (phiên bản đã xem)."
    )


def once() -> Any:
    """The key that makes a repeat harmless."""
    return said(
        "A key of the caller's choice: the same key with the same input answers again without a second change "
        "(khóa chống lặp)."
    )


CODE = "Its code within the agency; a provisional one is given when left out (mã)."
ACCESS = "Who may use it; left out: unknown, treated as conditional (chế độ sử dụng)."
PERSONAL = (
    "Whether its words name persons; left out or null: by rule, files of administrative procedures and their documents"
    " do (có dữ liệu cá nhân)."
)
WHEN = "as exactly as known: 2020-03-15, 15/3/2020, 2020-03, 3/2020, 2020"


@strawberry.input(description="How long to keep it (thời hạn bảo quản).")
class RetentionInput:
    """Years go with kind YEARS only."""

    kind: RetentionKind = needed("The kind (loại thời hạn).")
    years: int | None = said("Years, for kind YEARS (số năm).")
    text: str | None = said("As it was written (nguyên văn).")


@strawberry.input(description="Who signed (người ký).")
class SignerInput:
    """A person and his position."""

    name: str | None = said("Full name (họ tên).")
    position: str | None = said("Position (chức vụ).")


@strawberry.input
class FondsDescription:
    """What may be said of a fonds."""

    code: str | None = said(CODE)
    access: AccessMode | None = said(
        "Who may see its description; SECRET is for files and documents (chế độ sử dụng)."
    )
    history: str | None = said("History of the creator and of the fonds (lịch sử đơn vị hình thành phông).")
    start_year: int | None = said("First year (năm bắt đầu).")
    end_year: int | None = said("Last year (năm kết thúc).")
    key_groups: str | None = said("Main groups of records (các nhóm tài liệu chủ yếu).")
    lookup_tools: str | None = said("Finding aids (công cụ tra cứu).")
    languages: list[str] | None = said("Codes of languages (mã ngôn ngữ).")
    description: str | None = said("Notes (ghi chú).")


@strawberry.input
class SeriesDescription:
    """What may be said of a series."""

    code: str | None = said(CODE)
    access: AccessMode | None = said(
        "Who may see its description; SECRET is for files and documents (chế độ sử dụng)."
    )
    start_date: date | None = said("When its records begin (ngày bắt đầu).")
    end_date: date | None = said("When its records end (ngày kết thúc).")
    description: str | None = said("Notes (ghi chú).")


@strawberry.input
class FileDescription:
    """What may be said of a file."""

    code: str | None = said(CODE)
    title: str | None = said("Title; required unless access is SECRET, which allows none (tiêu đề hồ sơ).")
    series_id: strawberry.ID | None = said(
        "The series it stands in; null: directly under the fonds (nhóm hồ sơ)."
    )
    catalog_number: str | None = said("Catalogue number or year (mục lục số).")
    notation: str | None = said("Number and notation (số và ký hiệu hồ sơ).")
    start_date: str | None = said(f"When its records begin, {WHEN} (thời gian bắt đầu).")
    end_date: str | None = said(f"When its records end, {WHEN} (thời gian kết thúc).")
    work_ended_on: date | None = said("The day the work ended (ngày công việc kết thúc).")
    retention: RetentionInput | None = said("How long to keep it; null: unknown (thời hạn bảo quản).")
    access: AccessMode | None = said(ACCESS)
    origin_declared: Origin | None = said("Origin, where no documents tell it (nguồn gốc được khai).")
    languages: list[str] | None = said("Codes of languages (mã ngôn ngữ).")
    has_personal_data: bool | None = said(PERSONAL)
    keywords: str | None = said("Keywords (từ khóa).")
    information_sign: str | None = said("Information sign (ký hiệu thông tin).")
    physical_condition: str | None = said("Physical condition (tình trạng vật lý).")
    paper_file_code: str | None = said("Code of the paper file beside it (mã hồ sơ giấy).")
    description: str | None = said("Notes (chú giải).")
    total_doc: int | None = said("Documents, as declared (tổng số văn bản).")
    sheet_count: int | None = said("Sheets (số tờ).")
    page_count: int | None = said("Pages, as declared (số trang).")


@strawberry.input
class ItemDescription:
    """What may be said of a document."""

    code: str | None = said(CODE)
    subject: str | None = said(
        "What it is about; required unless access is SECRET, which allows none (trích yếu nội dung)."
    )
    ordinal: int | None = said("Its place in the file, from 1; left out: the last (số thứ tự).")
    doc_type: str | None = said('Code of the list "doc_type" (tên loại).')
    number: str | None = said("Number (số văn bản).")
    notation: str | None = said("Notation (ký hiệu).")
    direction: Direction | None = said("Which way it went (chiều văn bản).")
    issued_date: str | None = said(f"When it was issued, {WHEN} (ngày ban hành).")
    arrival_date: date | None = said("When it arrived (ngày đến).")
    arrival_number: str | None = said("Number of arrival (số đến).")
    issuer: str | None = said("Who issued it (cơ quan ban hành).")
    languages: list[str] | None = said("Codes of languages (mã ngôn ngữ).")
    page_count: int | None = said("Pages (số trang).")
    retention: RetentionInput | None = said("How long to keep it; null: unknown (thời hạn bảo quản).")
    access: AccessMode | None = said(ACCESS)
    origin: Origin | None = said("How it came to be (nguồn gốc).")
    signer: SignerInput | None = said("Who signed it (người ký).")
    signature_evidence: SignatureEvidence | None = said(
        "What is known of the signature (bằng chứng chữ ký số)."
    )
    information_sign: str | None = said("Information sign (ký hiệu thông tin).")
    has_personal_data: bool | None = said(PERSONAL)
    keywords: str | None = said("Keywords (từ khóa).")
    autograph: str | None = said("Notes in somebody's hand (bút tích).")
    physical_condition: str | None = said("Physical condition (tình trạng vật lý).")
    description: str | None = said("Notes (ghi chú).")
    allow_duplicate: bool | None = said(
        "Register it although number, notation and issuer are those of another (cho phép trùng số, ký hiệu)."
    )


_RENAMED = {
    FileDescription: {"start_date": "start", "end_date": "end", "page_count": "page_count_declared"},
    ItemDescription: {"issued_date": "issued"},
}


def or_none(value: Any) -> Any:
    """A value where leaving it out and saying null mean the same."""
    return None if value is UNSET else value


def fonds_facts(given: FondsDescription, title: Any = UNSET) -> FondsFacts:
    """What was said of a fonds."""
    facts: FondsFacts = _facts(given, FondsDescription, {"title": title})  # type: ignore[assignment]
    return facts


def series_facts(given: SeriesDescription, title: Any = UNSET) -> SeriesFacts:
    """What was said of a series."""
    facts: SeriesFacts = _facts(given, SeriesDescription, {"title": title})  # type: ignore[assignment]
    return facts


def file_facts(given: FileDescription) -> FileFacts:
    """What was said of a file. Raises NotFound for a series id that the hub did not give out."""
    facts: FileFacts = _facts(given, FileDescription)  # type: ignore[assignment]
    if text := facts.get("series_id"):
        facts["series_id"] = key_in("Series", str(text), "series_id")
    return facts


def item_facts(given: ItemDescription) -> ItemFacts:
    """What was said of a document."""
    facts: ItemFacts = _facts(given, ItemDescription)  # type: ignore[assignment]
    return facts


def key_in(kind: str, text: str, field: str) -> int:
    """The key in a global id of an input. Raises NotFound: a forged id names nothing."""
    try:
        return decode_as(text, kind)
    except ForgedId:
        raise NotFound("bản ghi có mã định danh này", "a record with this id", path=(field,)) from None


def _facts(given: Any, part: type[Any], more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The columns' names and values of what was said; enums as their words, groups taken apart."""
    names = _RENAMED.get(part, {})
    facts: dict[str, Any] = {}
    stated = {name: getattr(given, name) for name in part.__annotations__ if name != "allow_duplicate"}
    for name, value in {**stated, **(more or {})}.items():
        if value is UNSET:
            continue
        if name == "access":
            facts["access_level"] = None if value is None else LEVELS[value]
        elif name == "retention":
            facts |= _retention(value)
        elif name == "signer":
            facts |= _signer(value)
        else:
            facts[names.get(name, name)] = value.name if isinstance(value, Enum) else value
    return facts


def _retention(given: RetentionInput | None) -> dict[str, Any]:
    if given is None:
        return {"retention_kind": "UNKNOWN", "retention_years": None, "retention_text": None}
    return {
        "retention_kind": given.kind.name,
        "retention_years": given.years or None,
        **({"retention_text": given.text} if given.text is not UNSET else {}),
    }


def _signer(given: SignerInput | None) -> dict[str, Any]:
    if given is None:
        return {"signer_name": None, "signer_position": None}
    parts = {"signer_name": given.name, "signer_position": given.position}
    return {name: value for name, value in parts.items() if value is not UNSET}
