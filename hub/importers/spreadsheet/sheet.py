"""One sheet to rows: blocks of data lines, cleaned, rescued from old fonts, and handed to its kind.

Headings, totals and signatures are taken out on the way; the headings of a list of files become series.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from hub.importers.batch import BATCH_ROWS, Batch, Reading, fingerprint
from hub.importers.outcome import RowOutcome, warning
from hub.importers.spreadsheet import lines
from hub.importers.spreadsheet.columns import SAME, Block, clean, ditto
from hub.importers.spreadsheet.fields import FILES, schema_of
from hub.importers.spreadsheet.header import Header
from hub.importers.spreadsheet.source import MERGED, Row
from hub.kit.vietnamese import folded_words, legacy_encoding, sort_key, unlegacy

_FONT_NAMES = {"tcvn3": "TCVN3 (ABC)", "vni": "VNI"}
_KEYS = {
    FILES: (
        "code",
        "notation",
        "dates",
        "start",
        "end",
        "retention",
        "sheets",
        "pages",
        "sheets_pages",
        "total_doc",
    ),
    "items": (
        "code",
        "number",
        "notation",
        "number_notation",
        "issued",
        "file_code",
        "file_notation",
        "pages",
        "issuer",
    ),
}
_COUNTS = frozenset({"sheets", "pages", "sheets_pages", "total_doc"})
_TEXTS = {FILES: ("title",), "items": ("subject", "type_subject")}
_NO_DITTO = frozenset({"code", "notation", "number", "number_notation", "ordinal", "total_doc", "pages"})
_NOT_SHARED = _NO_DITTO | _COUNTS  # a number over merged rows is that of all of them together
_NAMELESS = "column "  # to the right of the last name
SERIES_COLUMNS = (
    "row", "place", "level", "source_key", "ref", "parent_ref", "fonds_code", "title", "title_sort", "ordinal",
    "source_hash",
)  # fmt: skip


@dataclass(slots=True)
class Sheet:
    """What is known of the sheet being read; `fonds`, `catalog` and `file_*` hold for rows that say nothing else."""

    reading: Reading
    header: Header
    numbers: count[int]
    name: str = ""
    schema: str | None = None
    font: str | None = None
    last: dict[str, str] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    series: dict[str, None] = field(default_factory=dict)
    new_series: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def fonds(self) -> str:
        """The fonds of rows that name none."""
        return self.header.block.get("fonds_code") or self.reading.default_fonds

    def outcomes(self, block: Block, level: str, codes: list[str | None]) -> list[RowOutcome]:
        """What there is to say about the rows of a block."""
        return [
            RowOutcome(block.places[at], level, code=codes[at] or "", findings=found, sheet=self.name)
            for at, found in sorted(block.findings.items())
        ]

    def series_for(self, names: list[str], place: int, fonds: str) -> str:
        """The handle of the series under these headings; a new one is put down as a row."""
        ref = ""
        for depth in range(len(names)):
            key = f"nhom:{fonds}|" + "/".join(folded_words(name) for name in names[: depth + 1])
            if key not in self.series:
                self.series[key] = None
                title = names[depth]
                contents = ("series", key, key, ref or None, fonds, title, sort_key(title))
                # Lists share series: the place among them is that of the list which opened it.
                row = (next(self.numbers), place, *contents, len(self.series), fingerprint(contents))
                self.new_series.append(row)
            ref = key
        return ref


@dataclass(slots=True)
class Lot:
    """The rows of a block with what the lines between them said: the series, or the file they belong to."""

    block: Block
    under: list[str | None]


def read_blocks(sheet: Sheet, rows: Iterator[Row]) -> Iterator[Lot]:
    """The data of a sheet, block by block; everything else is counted or remembered."""
    header = sheet.header
    sheet.schema = schema_of(header.names) or ("HD169" if sheet.reading.is_legacy else None)
    keys = tuple(header.columns[name] for name in _KEYS[header.kind] if name in header.columns)
    texts = tuple(header.columns[name] for name in _TEXTS[header.kind] if name in header.columns)
    naming = tuple(
        header.columns[name] for name in _KEYS[header.kind] if name in header.columns and name not in _COUNTS
    )
    reader = lines.Lines(header, keys, texts, header.columns.get("ordinal"), naming)
    sheet.font = legacy_encoding(cell for _, row in header.below for cell in row)
    width = len(header.names)
    places: list[int] = []
    cells: list[list[str]] = []
    under: list[str | None] = []
    current: str | None = None
    for place, row in rows:
        kind = reader.kind(row)
        if kind == lines.DATA:
            places.append(place)
            under.append(current)
            cells.append(row if len(row) == width else (row + [""] * width)[: max(width, len(row))])
            if len(places) >= BATCH_ROWS:
                yield _lot(sheet, places, cells, under)
                places, cells, under = [], [], []
        elif kind == lines.HEADING:
            current = _under(sheet, reader, row, place)
        else:
            sheet.reading.skipped[kind] += 1
    if places:
        yield _lot(sheet, places, cells, under)


def _under(sheet: Sheet, reader: lines.Lines, row: list[str], place: int) -> str | None:
    """What a heading means for the rows below it."""
    heading = reader.heading(clean(row))
    text = heading.text if sheet.font is None else unlegacy(heading.text, sheet.font)
    sheet.reading.skipped[lines.HEADING] += 1
    if sheet.header.kind != FILES:
        return lines.file_of_heading(text)
    sheet.path[heading.depth :] = [text]
    return sheet.series_for(sheet.path, place, sheet.fonds)


def _lot(sheet: Sheet, places: list[int], rows: list[list[str]], under: list[str | None]) -> Lot:
    header = sheet.header
    width = len(header.names)
    longest = max(width, *map(len, rows))
    for column in range(width, longest):  # cells to the right of the last name
        header.names.append("")
        if any(len(row) > column and row[column].strip() for row in rows):
            header.kept[f"{_NAMELESS}{column + 1}"] = column
    rows = [row if len(row) == longest else row + [""] * (longest - len(row)) for row in rows]
    columns = [[row[at] for row in rows] for at in range(longest)]
    _recognise(sheet, columns)
    cells: dict[str, list[str]] = {}
    wanted = [(name, at) for name, at in header.columns.items()] + [
        (f"+{name}", at) for name, at in header.kept.items()
    ]
    for name, at in wanted:
        found = columns[at]
        if MERGED in found:
            shared = "" if name in _NOT_SHARED else SAME
            found = [shared if cell == MERGED else cell for cell in found]
        texts = clean(found)
        if sheet.font is not None:
            texts = _rescued(sheet, header.names[at] or name, texts)
        if name not in _NO_DITTO:
            texts, sheet.last[name] = ditto(texts, sheet.last.get(name, ""))
        cells[name] = texts
    block = Block(places, cells)
    for name in header.kept:
        if name.startswith(_NAMELESS):
            for at, cell in enumerate(cells[f"+{name}"]):
                if cell:
                    block.say(at, warning("BESIDE_THE_TABLE", name, value=cell))
    return Lot(block, under)


def _recognise(sheet: Sheet, columns: list[list[str]]) -> None:
    """The old font of the sheet, by the evidence of all cells of the block."""
    found = legacy_encoding(cell for column in columns for cell in set(column))
    if found is not None:
        sheet.font = found


def _rescued(sheet: Sheet, header: str, column: list[str]) -> list[str]:
    font = sheet.font or ""
    done = [cell if cell.isascii() else unlegacy(cell, font) for cell in column]
    if done != column:
        sheet.reading.note(warning("LEGACY_FONT", header=header, font=_FONT_NAMES[font]))
    return done


def series_batch(sheet: Sheet) -> Batch | None:
    """Series found since the last call."""
    if not sheet.new_series:
        return None
    rows, sheet.new_series = sheet.new_series, []
    return Batch(SERIES_COLUMNS, rows)
