"""Rows out of a file, whatever it is: a CSV as a stream, a workbook by calamine.

A CSV is never held whole. A workbook is, inside calamine, so it has a cap: `MAX_ROWS` rows a sheet and
`MAX_UNPACKED` bytes once unzipped; beyond it the person is told to split it or to save it as CSV.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import python_calamine as calamine

from hub.importers.batch import Reading
from hub.importers.dates import cell_text
from hub.importers.outcome import UnusableInput, warning
from hub.kit.vietnamese import legacy_encoding, nfc, syllable_share

MAX_ROWS = 200_000
MAX_UNPACKED = 400_000_000
MAX_MERGED = 2_000  # rows under one merged cell; more is a column painted for looks
DELIMITERS = ",;\t|"
_SAMPLE = 1 << 18

Row = tuple[int, list[str]]
MERGED = "\x1f"  # white space that stands in a cell under the first of cells merged from top to bottom


@dataclass(slots=True)
class Sheet:
    """A sheet and its rows, numbered as the person sees them."""

    name: str
    rows: Iterator[Row]


def is_workbook(head: bytes) -> bool:
    """A zip (XLSX, ODS) or an OLE file (XLS)."""
    return head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def sheets_of(reading: Reading) -> Iterator[Sheet]:
    """The sheets of a file. Raises UnusableInput for what cannot be opened or decoded."""
    with reading.path.open("rb") as source:
        head = source.read(8)
    if not head.strip(b"\0 \r\n\t\xef\xbb\xbf"):
        raise UnusableInput("FILE_EMPTY")
    return _workbook(reading) if is_workbook(head) else iter([Sheet("", _csv_rows(reading))])


# -- workbooks --


def _workbook(reading: Reading) -> Iterator[Sheet]:
    path = reading.path
    try:
        _check_unpacked(path)
        book = calamine.CalamineWorkbook.from_path(str(path))
    except (calamine.CalamineError, zipfile.BadZipFile, OSError) as problem:
        raise UnusableInput("NOT_A_SHEET", reason=problem) from None
    size = path.stat().st_size
    for meta in book.sheets_metadata:
        if meta.visible != calamine.SheetVisibleEnum.Visible:
            reading.note(warning("SHEET_HIDDEN", sheet=meta.name))
        if meta.visible == calamine.SheetVisibleEnum.Visible and meta.typ == calamine.SheetTypeEnum.WorkSheet:
            try:
                sheet = book.get_sheet_by_name(meta.name)
            except calamine.CalamineError as problem:
                raise UnusableInput("NOT_A_SHEET", reason=problem) from None
            if sheet.total_height > MAX_ROWS:
                raise UnusableInput("TOO_MANY_ROWS", on_sheet=meta.name, limit=MAX_ROWS)
            yield Sheet(meta.name, _workbook_rows(sheet, reading, size))
    book.close()


def _check_unpacked(path: Path) -> None:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise UnusableInput("TOO_MANY_ROWS", limit=MAX_ROWS)


def _workbook_rows(sheet: calamine.CalamineSheet, reading: Reading, size: int) -> Iterator[Row]:
    total = sheet.total_height or 1
    below: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        if top < bottom <= top + MAX_MERGED:
            below.setdefault(top + 1, []).append((column, bottom + 1))
    open_: dict[int, int] = {}
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number % 1000 == 0:
            reading.tell(size * number // total, size, number)
        row = [cell if isinstance(cell, str) else cell_text(cell) for cell in cells]
        for column, last in tuple(open_.items()):
            if number > last:
                del open_[column]
            elif column < len(row) and not row[column]:
                row[column] = MERGED
        for column, last in below.get(number, ()):
            if column < len(row) and row[column].strip():
                open_[column] = last
        yield number, row


# -- CSV --


def _csv_rows(reading: Reading) -> Iterator[Row]:
    path = reading.path
    encoding = _encoding(path)
    total = path.stat().st_size
    with path.open(encoding=encoding, newline="") as text:
        delimiter = _delimiter(text.read(_SAMPLE))
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        try:
            for number, cells in enumerate(reader, 1):
                if number % 5000 == 0:
                    reading.tell(min(total, os.lseek(text.fileno(), 0, os.SEEK_CUR)), total, number)
                if number == 1 and len(cells) == 1 and cells[0].startswith("sep="):
                    continue
                yield number, cells
        except csv.Error as problem:
            raise UnusableInput("BROKEN_CSV", line=reader.line_num, reason=problem) from None
        except UnicodeDecodeError as problem:  # the file changed while it was read
            raise UnusableInput("NOT_A_SHEET", reason=problem) from None


def _delimiter(sample: str) -> str:
    """The sign that cuts most lines into the same number of cells."""
    first, _, _ = sample.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first[4]
    best, most = ",", 0
    for sign in DELIMITERS:
        counts: dict[int, int] = {}
        try:
            for number, cells in enumerate(csv.reader(io.StringIO(sample, newline=""), delimiter=sign)):
                counts[len(cells)] = counts.get(len(cells), 0) + 1
                if number >= 40:
                    break
        except csv.Error:
            continue
        score = max((width * times for width, times in counts.items() if width > 1), default=0)
        if score > most:
            best, most = sign, score
    return best


def _encoding(path: Path) -> str:
    """The encoding of the whole file, checked to its last byte before any row is believed."""
    with path.open("rb") as source:
        head = source.read(_SAMPLE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif head.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    elif b"\0" in head:  # no text of one byte a letter has these
        encoding = "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    else:
        encoding = "utf-8"
    fault = _first_fault(path, encoding)
    if fault is None:
        return encoding
    line, byte = fault
    if encoding == "utf-8":
        for candidate in ("cp1258", "cp1252"):
            if _first_fault(path, candidate) is None and _reads_well(head, candidate):
                return candidate
    raise UnusableInput(
        "WRONG_ENCODING", line=line, byte=f"{byte:02X}", encoding=encoding.upper().replace("-SIG", "")
    )


def _first_fault(path: Path, encoding: str) -> tuple[int, int] | None:
    """Line and byte where the file stops being `encoding`; None when all of it is."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with path.open("rb") as source:
        while True:
            chunk = source.read(1 << 20)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as problem:
                bad: bytes = problem.object
                return line + bad[: problem.start].count(b"\n"), bad[problem.start]
            if not chunk:
                return None
            line += text.count("\n")


def _reads_well(head: bytes, encoding: str) -> bool:
    text = head.decode(encoding, "replace")
    if encoding == "cp1252":
        return legacy_encoding(text.split("\n")) is not None
    marked = {word for word in re.findall(r"[^\W\d_]+", nfc(text)) if not word.isascii()}
    return len(marked) >= 3 and syllable_share(" ".join(marked)) >= 0.7
