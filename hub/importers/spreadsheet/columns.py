"""Cells to values, a column at a time: far fewer calls than cell by cell, and one place for each kind of value.

Every converter takes the texts of a column for one block of rows and returns as many values; what cannot be
read is put down against its row and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hub.importers import vocabulary
from hub.importers.dates import BadDate, Moment, Span, moment, span
from hub.importers.outcome import Finding, error, warning
from hub.kit.vietnamese import nfc

Column = list[str]
MAX_INTEGER = 2_147_483_647
SAME = "-nt-"  # như trên
_DITTO = frozenset(
    {
        SAME,
        "nt",
        "- nt -",
        "-nt",
        "nt-",
        "như trên",
        "nhu tren",
        "-như trên-",
        "//",
        "-//-",
        '"',
        "''",
        "″",
        "”",
        "“",
    }
)
_NOTHING = frozenset({"-", "–", "—", "..", "...", "…"})
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200c\u200e\u200f\u2060\ufeff]")
_TAKEN_AS_TEXT = ("'=", "'+", "'-", "'@")  # an apostrophe that kept a spreadsheet from running the cell
_UNIT = re.compile(r"\s*(?:tờ|trang|trg|tr|văn bản|vb|tài liệu|t|p|to)\.?$", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


@dataclass(slots=True)
class Block:
    """Some rows of one sheet: their numbers, their cells by field, and what is wrong with them."""

    places: list[int]
    cells: dict[str, Column]
    findings: dict[int, list[Finding]] = field(default_factory=dict)

    def say(self, at: int, finding: Finding) -> None:
        """Put a finding down against a row."""
        self.findings.setdefault(at, []).append(finding)

    @property
    def size(self) -> int:
        """How many rows."""
        return len(self.places)


def clean(column: Column) -> Column:
    """White space collapsed, normal form C, no character that nobody sees, a lone dash as nothing."""
    known = {"": ""}  # most columns say the same few things over and over
    for cell in column:
        if cell not in known:
            known[cell] = _clean(cell)
    return [known[cell] for cell in column]


def _clean(cell: str) -> str:
    text = " ".join(cell.split())
    if not text.isascii():
        text = nfc(text)
    if not text.isprintable():
        text = _UNSEEN.sub("", text).strip()
    if text.startswith(_TAKEN_AS_TEXT):
        text = text[1:]
    return "" if text in _NOTHING else text


def ditto(column: Column, last: str) -> tuple[Column, str]:
    """`-nt-` (như trên) takes the text above it, over the edge of a block too."""
    if not _DITTO.isdisjoint(map(str.lower, column)):
        filled: Column = []
        for cell in column:
            if cell.lower() in _DITTO:
                cell = last
            filled.append(cell)
            last = cell
        return filled, last
    return column, column[-1] if column else last


def texts(column: Column) -> list[str | None]:
    """Texts, a blank as None."""
    return [cell or None for cell in column]


def integers(block: Block, name: str) -> list[int | None]:
    """Whole numbers: `12`, `12 tờ`, `1.250`; anything else is named."""
    found: list[int | None] = []
    for at, cell in enumerate(block.cells[name]):
        if not cell:
            found.append(None)
            continue
        if cell.isascii() and cell.isdigit() and len(cell) < 10:
            found.append(int(cell))
            continue
        value = _integer(cell)
        if value is None:
            block.say(at, error("NOT_A_NUMBER", name, value=cell))
        found.append(value)
    return found


def _integer(cell: str) -> int | None:
    text = _UNIT.sub("", cell.strip())
    if _THOUSANDS.fullmatch(text):
        text = re.sub("[.,]", "", text)
    text = re.sub(r"[.,]0+$", "", text)
    if not (text.isascii() and text.isdigit()) or int(text) > MAX_INTEGER:
        return None
    return int(text)


def sheets_and_pages(block: Block, name: str) -> tuple[list[int | None], list[int | None]]:
    """`12/24` is 12 sheets and 24 pages; `24 trang` is pages; a bare number counts sheets."""
    sheets: list[int | None] = []
    pages: list[int | None] = []
    for at, cell in enumerate(block.cells[name]):
        left, slash, right = cell.partition("/")
        parts = [_integer(part) for part in ((left, right) if slash else (left,))] if cell else []
        if cell and None in parts:
            block.say(at, error("NOT_A_NUMBER", name, value=cell))
        is_pages = len(parts) == 1 and re.search(r"tr(?:ang|g)?\.?$", cell, re.IGNORECASE)
        sheets.append(None if is_pages or not parts else parts[0])
        pages.append(parts[0] if is_pages else parts[1] if len(parts) == 2 else None)
    return sheets, pages


def moments(block: Block, name: str) -> list[Moment | None]:
    """Dates of a column."""
    return _dates(block, name, moment)


def spans(block: Block, name: str) -> tuple[list[Moment | None], list[Moment | None]]:
    """Beginnings and ends out of one "thời gian tài liệu" column."""
    found = _dates(block, name, span)
    return [two.start if two else None for two in found], [two.end if two else None for two in found]


def _dates(block: Block, name: str, read: Callable[[str], Any]) -> list[Any]:
    found: list[Any] = []
    for at, cell in enumerate(block.cells[name]):
        if not cell:
            found.append(None)
            continue
        try:
            value = read(cell)
        except BadDate:
            block.say(at, error("INVALID_DATE", name, value=cell))
            value = None
        else:
            _say_note(block, at, name, cell, value)
        found.append(value)
    return found


def _say_note(block: Block, at: int, name: str, cell: str, value: Moment | Span) -> None:
    for bound in value if isinstance(value, Span) else (value,):
        if bound is not None and bound.note:
            year = bound.earliest.year if bound.earliest else ""
            block.say(at, warning(bound.note, name, value=cell, year=year))
            return


def day_columns(found: list[Moment | None]) -> list[list[Any]]:
    """Earliest, latest, precision and text as four columns."""
    return [[bound[part] if bound else None for bound in found] for part in range(4)]


def check_order(block: Block, starts: list[Moment | None], ends: list[Moment | None]) -> None:
    """No end before its beginning."""
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if start and end and start.earliest and end.latest and end.latest < start.earliest:
            block.say(
                at, error("END_BEFORE_START", "end", start=_shown(start.earliest), end=_shown(end.latest))
            )


def _shown(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def retentions(block: Block) -> tuple[list[str], list[int | None]]:
    """Kind and years of retention."""
    kinds: list[str] = []
    years: list[int | None] = []
    for at, cell in enumerate(block.cells["retention"]):
        found = vocabulary.retention(cell)
        if found.note:
            block.say(at, warning(found.note, "retention", value=cell))
        kinds.append(found.kind)
        years.append(found.years)
    return kinds, years


def accesses(block: Block, *, is_legacy: bool) -> tuple[list[int | None], list[str | None]]:
    """Access levels and where they come from; only declared legacy data turn a blank into unrestricted (HD 169)."""
    levels: list[int | None] = []
    provenance: list[str | None] = []
    for at, cell in enumerate(block.cells["access"]):
        if not cell:
            levels.append(vocabulary.OPEN if is_legacy else None)
            provenance.append("HD169_blank" if is_legacy else None)
            continue
        level = vocabulary.access(cell)
        if level is None:
            block.say(at, warning("UNCLEAR_ACCESS", "access", value=cell))
        levels.append(level)
        provenance.append(None)
    return levels, provenance


def origins(block: Block) -> list[str | None]:
    """Where the records come from (mức độ tin cậy)."""
    found: list[str | None] = []
    for at, cell in enumerate(block.cells["origin"]):
        value = vocabulary.origin(cell) if cell else None
        if cell and value is None:
            block.say(at, warning("UNCLEAR_ORIGIN", "origin", value=cell))
        found.append(value)
    return found


def doc_types(block: Block) -> list[str | None]:
    """Codes of the document types."""
    found: list[str | None] = []
    for at, cell in enumerate(block.cells["doc_type"]):
        value = vocabulary.doc_type(cell) if cell else None
        if cell and value is None:
            block.say(at, warning("UNKNOWN_DOC_TYPE", "doc_type", value=cell))
        found.append(value)
    return found


_NUMBER_NOTATION = re.compile(r"^(?:số|so)?\s*[:.]?\s*(\d+[A-Za-z]?)\s*/\s*(.+)$", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"^(?:số|so)?\s*[:.]?\s*(\d+[A-Za-z]?)$", re.IGNORECASE)


def number_and_notation(cell: str) -> tuple[str | None, str | None]:
    """`12/QĐ-UBND` is number 12 and notation QĐ-UBND."""
    if not cell:
        return None, None
    if match := _NUMBER_NOTATION.match(cell):
        return match[1], match[2].strip()
    if match := _BARE_NUMBER.match(cell):
        return match[1], None
    return None, cell


_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def key_part(text: str | None) -> str:
    """A number or notation as it is compared: `01.TCCB`, `1.tccb` and the 1 that Excel made of 01 are one."""
    if not text:
        return ""
    return (_LEADING_ZEROS.sub("", text) if "0" in text else text).casefold().replace(" ", "")
