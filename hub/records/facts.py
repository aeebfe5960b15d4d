"""What a person may say of a record, and the columns it becomes.

A key that is absent is left alone; a key with None clears. What is not a key here (owner, state, author,
acceptance) cannot be said by anybody: it follows from deeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypedDict, cast

from sqlmodel import Session

from hub.kit import clock
from hub.kit.errors import FieldError, Invalid
from hub.records.ledger import Record
from hub.records.queries import known_codes
from hub.records.rules import dates, description


class _Common(TypedDict, total=False):
    code: str | None
    access_level: int | None
    languages: list[str] | None
    description: str | None


class FondsFacts(_Common, total=False):
    """What may be said of a fonds (phông)."""

    title: str | None
    history: str | None
    start_year: int | None
    end_year: int | None
    key_groups: str | None
    lookup_tools: str | None


class SeriesFacts(TypedDict, total=False):
    """What may be said of a series (nhóm hồ sơ)."""

    code: str | None
    access_level: int | None
    title: str | None
    description: str | None
    start_date: date | None
    end_date: date | None


class _Retention(TypedDict, total=False):
    retention_kind: str | None
    retention_years: int | None
    retention_text: str | None


class FileFacts(_Common, _Retention, total=False):
    """What may be said of a file (hồ sơ); `start` and `end` are texts, perhaps imprecise."""

    title: str | None
    series_id: int | None
    catalog_number: str | None
    notation: str | None
    start: str | None
    end: str | None
    work_ended_on: date | None
    origin_declared: str | None
    has_personal_data: bool | None
    keywords: str | None
    information_sign: str | None
    physical_condition: str | None
    paper_file_code: str | None
    total_doc: int | None
    sheet_count: int | None
    page_count_declared: int | None


class ItemFacts(_Common, _Retention, total=False):
    """What may be said of a document (văn bản); `issued` is a text, perhaps imprecise."""

    subject: str | None
    ordinal: int | None
    doc_type: str | None
    number: str | None
    notation: str | None
    direction: str | None
    issued: str | None
    arrival_date: date | None
    arrival_number: str | None
    issuer: str | None
    page_count: int | None
    origin: str | None
    signer_name: str | None
    signer_position: str | None
    signature_evidence: str | None
    information_sign: str | None
    has_personal_data: bool | None
    keywords: str | None
    autograph: str | None
    physical_condition: str | None


Facts = FondsFacts | SeriesFacts | FileFacts | ItemFacts


def columns_of(
    session: Session,
    said: Facts,
    row: Record | None = None,
    *,
    title: str = "title",
    further: Iterable[FieldError | None] = (),
) -> dict[str, Any]:
    """The columns that `said` becomes on a new row, or on `row`. Raises Invalid with every broken rule at once."""
    given = dict(cast(Mapping[str, Any], said))
    if row is None:
        given.setdefault(title, None)
    values, errors = description.cleaned(given, () if row is None else ("code", "ordinal"))
    errors += _stub(values, row, title)
    errors += _dates(values)
    errors += _blank_code(said, values) + _languages(session, values)
    if "retention_kind" in values:
        values["retention_kind"] = values["retention_kind"] or "UNKNOWN"
        values.setdefault("retention_years", None)
    whole = {**(row.model_dump() if row is not None else {}), **values}
    errors += _whole(session, whole, values, row, title)
    errors += [error for error in further if error is not None]
    if errors:
        raise Invalid(errors)
    return values


def remark(name: str, text: str | None, *, required: bool = False) -> str | None:
    """A reason or note in normal form. Raises Invalid for one that cannot be stored, or is missing."""
    values, errors = description.cleaned({name: text}, (name,) if required else ())
    if errors:
        raise Invalid(errors)
    remarked: str | None = values[name]
    return remarked


def _stub(values: dict[str, Any], row: Record | None, title: str) -> list[FieldError]:
    """A record that is to be secret takes the fixed title; every other record needs one of its own."""
    level = values.get("access_level", row.access_level if row is not None else None)
    if level == description.SECRET and title in description.STUB_TITLES and values.get(title) is None:
        values[title] = description.STUB_TITLES[title]
    error = description.required_text(title, values[title], level) if title in values else None
    return [error] if error else []


def _dates(values: dict[str, Any]) -> list[FieldError]:
    errors = []
    for name in ("start", "end", "issued"):
        if name not in values:
            continue
        written = values.pop(name)
        found = dates.imprecise(f"{name}_date", written) if written is not None else None
        if isinstance(found, FieldError):
            errors.append(found)
        else:
            values.update(dates.columns(name, found))
    return errors


def _blank_code(said: Mapping[str, Any], values: Mapping[str, Any]) -> list[FieldError]:
    """A code of blanks is a mistake; who wants a provisional one leaves it out."""
    is_blank = said.get("code") is not None and values["code"] is None
    return [description.missing("code")] if is_blank else []


def _languages(session: Session, values: dict[str, Any]) -> list[FieldError]:
    if "languages" not in values:
        return []
    codes, errors = description.cleaned({"languages": " ".join(values["languages"] or [])})
    values["languages"] = (codes["languages"] or "").split()
    return errors + _unknown(session, "language", "languages", "ngôn ngữ", "languages", values["languages"])


def _whole(
    session: Session, whole: Mapping[str, Any], values: Mapping[str, Any], row: Record | None, title: str
) -> list[FieldError]:
    """Rules about several fields together, asked of the row as it will be."""
    errors = description.secret_content(whole.get("access_level"), title, whole)
    if row is None or values.get("code", row.code) != row.code:
        errors += [error] if (error := description.code_given(values.get("code"))) else []
    if "retention_kind" in whole:
        error = description.retention(whole["retention_kind"], whole.get("retention_years"))
        errors += [error] if error else []
    # "2024" ends on 31/12: the latest day counts where the date is imprecise.
    last = whole.get("end_latest") or whole.get("end_date")
    spans = (
        ("end_date", whole.get("start_date"), last),
        ("end_year", whole.get("start_year"), whole.get("end_year")),
    )
    errors += [_order(field) for field, start, end in spans if start and end and start > end]
    if not values.keys().isdisjoint(
        ("issued_date", "arrival_date")
    ):  # what was written long ago is not asked
        errors += dates.in_order(whole.get("issued_date"), whole.get("arrival_date"), clock.today())
    kinds = [kind] if (kind := values.get("doc_type")) else []
    return errors + _unknown(session, "doc_type", "doc_type", "tên loại văn bản", "document types", kinds)


def _order(field: str) -> FieldError:
    return FieldError(
        field,
        "DATES_ORDER",
        "Ngày kết thúc trước ngày bắt đầu. Hãy sửa một trong hai ngày.",
        "The end lies before the start. Correct one of them.",
    )


def _unknown(
    session: Session, list_name: str, field: str, vi: str, en: str, codes: Sequence[str]
) -> list[FieldError]:
    """Codes that the code list does not hold; an installation without the list takes any."""
    known = known_codes(session, list_name) if codes else set()
    return [
        FieldError(
            field,
            "UNKNOWN_CODE",
            f'Danh mục {vi} không có mã «{code}». Hãy xem codeList(name: "{list_name}").',
            f'The list of {en} has no code "{code}". See codeList(name: "{list_name}").',
        )
        for code in codes
        if known and code not in known
    ]
