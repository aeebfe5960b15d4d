"""A spreadsheet from its first sheet to its last: lists of files before lists of items, whatever their order.

A workbook may hold sheets that are neither; they are named and left out. When no sheet is a list, the reason of
the first is the reason of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count, islice

from hub.importers.batch import Batch, Reading
from hub.importers.ead.stream import looks_like_xml
from hub.importers.outcome import UnusableInput, warning
from hub.importers.registry import Format, register
from hub.importers.spreadsheet import fields
from hub.importers.spreadsheet.fields import FIELDS, FILES, ITEMS
from hub.importers.spreadsheet.files import file_batches
from hub.importers.spreadsheet.header import LOOK_DOWN, FaultyList, Header, find_header
from hub.importers.spreadsheet.items import item_batches
from hub.importers.spreadsheet.sheet import Sheet, read_blocks
from hub.importers.spreadsheet.source import Row, sheets_of

_MAKERS = {FILES: file_batches, ITEMS: item_batches}


def batches(reading: Reading) -> Iterator[Batch]:
    """The rows of the file, some thousand at a time. Raises UnusableInput."""
    mapping = _checked(reading)
    numbers = count(1)
    later: list[tuple[Sheet, Iterator[Row]]] = []
    fault: UnusableInput | None = None
    found = 0
    for source in sheets_of(reading):
        head = list(islice(source.rows, LOOK_DOWN + 2))
        if not any(cell.strip() for _, cells in head for cell in cells):
            continue
        try:
            header = find_header(head, reading.kind, mapping, source.name)
        except FaultyList:
            raise
        except UnusableInput as problem:
            if problem.problem_code != "NO_HEADER" and source.name == "":
                raise
            fault = fault or problem
            if source.name:
                reasons = {"reason": problem.message_vi, "reason_en": problem.message_en}
                reading.note(warning("SHEET_LEFT_OUT", sheet=source.name, **reasons))
            continue
        for name in header.unknown:
            reading.note(warning("UNKNOWN_COLUMN", name, header=name))
        sheet = Sheet(reading, header, numbers, source.name)
        if reading.is_fonds_assumed and header.kind == FILES and not _names_fonds(header):
            reading.note(warning("FONDS_ASSUMED", "fonds_code", code=reading.default_fonds))
        rows: Iterator[Row] = chain(header.below, source.rows)
        found += 1
        if header.kind == ITEMS:
            later.append((sheet, rows))
        else:
            yield from _begun(sheet, rows)
    for sheet, listed in later:
        yield from _begun(sheet, listed)
    if not found:
        raise fault or UnusableInput("FILE_EMPTY")


def _begun(sheet: Sheet, rows: Iterator[Row]) -> Iterator[Batch]:
    sheet.reading.sheets.append((next(sheet.numbers), sheet.name))
    sheet.reading.headers[sheet.name] = sheet.header.row
    return _MAKERS[sheet.header.kind](sheet, read_blocks(sheet, rows))


def _names_fonds(header: Header) -> bool:
    return "fonds_code" in header.columns or bool(header.block.get("fonds_code"))


def _checked(reading: Reading) -> dict[str, str]:
    """The caller's mapping by compared column name. Raises UnusableInput for a field that does not exist."""
    known = FIELDS[FILES] | FIELDS[ITEMS]
    for name in reading.mapping.values():
        if name not in known:
            raise UnusableInput("UNKNOWN_FIELD", field=name, known=", ".join(sorted(known)))
    return {fields.compact(header): name for header, name in reading.mapping.items()}


FORMAT = register(
    Format(
        "spreadsheet",
        "Bảng tính: mục lục hồ sơ, mục lục văn bản",
        "Spreadsheets: lists of files and of items",
        (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods"),
        lambda head: not looks_like_xml(head),
        batches,
        kinds=(FILES, ITEMS),
    )
)
