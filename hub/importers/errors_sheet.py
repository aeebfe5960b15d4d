"""The sheet given back with a column "Lỗi", so that a person mends it where the mistakes are.

A list comes back as it was, row for row; a finding aid or an unreadable file as a list of lines and reasons.
Cells that a spreadsheet would run as a formula (= + - @) come back quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hub.importers.batch import Reading
from hub.importers.field_names import field_name
from hub.importers.outcome import FileResult, Finding, ImportResult, UnusableInput
from hub.importers.spreadsheet.source import MERGED, sheets_of

ERROR_COLUMN = "Lỗi"
_RUNS = ("=", "+", "-", "@", "\t", "\r")
_NOT_A_NAME = re.compile(r"[\[\]:*?/\\']")
MAX_ROWS = 1_000_000  # an XLSX holds no more

Lines = Iterator[list[str]]


def write_errors(result: ImportResult, path: Path) -> bool:
    """Write what is wrong with the files of an import as XLSX; False when there is nothing to say."""
    told = [found for found in result if found.unusable or found.outcomes]
    if not told:
        return False
    names: set[str] = set()
    import xlsxwriter  # ten megabytes, for whoever writes a sheet

    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as book:
        marked = book.add_format({"font_color": "#C00000"})
        for found in told:
            for title, lines in _pages(found):
                page = book.add_worksheet(_sheet_name(title, names))
                for at, cells in enumerate(lines):
                    if at >= MAX_ROWS:
                        break
                    for column, cell in enumerate(cells[:-1]):
                        page.write_string(at, column, quoted(cell))
                    page.write_string(at, len(cells) - 1, quoted(cells[-1]), marked)
    return True


def quoted(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_RUNS) else cell[:32_767]


def _sheet_name(title: str, taken: set[str]) -> str:
    name = _NOT_A_NAME.sub(" ", title)[:28].strip() or "Lỗi"
    unique = name
    while unique.lower() in taken:
        unique = f"{name[:26]} {len(taken)}"
    taken.add(unique.lower())
    return unique


def _pages(found: FileResult) -> Iterator[tuple[str, Lines]]:
    if found.format == "spreadsheet" and found.unusable is None:
        words: dict[tuple[str, int], str] = {}
        for outcome in found.outcomes:
            words[outcome.sheet, outcome.row] = _joined(outcome.findings)
        widths = {sheet.name: _width(sheet.rows) for sheet in sheets_of(Reading(found.path))}
        for sheet in sheets_of(Reading(found.path)):
            own = {row: text for (name, row), text in words.items() if name == sheet.name}
            head = found.headers.get(sheet.name, 0)
            yield sheet.name or found.path.stem, _given_back(sheet.rows, own, widths[sheet.name], head)
    else:
        yield found.path.stem, _listed(found)


def _width(rows: Iterable[tuple[int, list[str]]]) -> int:
    return max((len(cells) for _, cells in rows), default=0)


def _given_back(rows: Iterable[tuple[int, list[str]]], words: dict[int, str], width: int, head: int) -> Lines:
    """The rows as they were, the errors all in one column under a name that the next import passes over."""
    for number, cells in rows:
        text = ERROR_COLUMN if number == head else words.get(number, "")
        yield [*("" if cell == MERGED else cell for cell in cells), *[""] * (width - len(cells)), text]


def _listed(found: FileResult) -> Lines:
    yield ["Dòng", "Loại", "Mã", "Trường", ERROR_COLUMN]
    if found.unusable is not None:
        line = getattr(found.unusable, "line", None) if isinstance(found.unusable, UnusableInput) else None
        yield [str(line or ""), "", "", "", found.unusable.message_vi]
    for outcome in found.outcomes:
        for finding in outcome.findings:
            yield [
                str(outcome.row),
                outcome.level,
                outcome.code,
                field_name(finding.field),
                _joined([finding]),
            ]


def _joined(findings: Iterable[Finding]) -> str:
    return "; ".join(
        f"{field_name(finding.field)}: {finding.message_vi}" if finding.field else finding.message_vi
        for finding in findings
    )
