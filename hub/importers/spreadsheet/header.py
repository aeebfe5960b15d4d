"""Finding the column names in a sheet made for paper: a title block above, merged and two-row heads, numbers below.

The title block is read too: it often holds what every row shares (phông, mục lục số, hồ sơ số, năm).
"""

# ruff: noqa: E501 (tables of words)

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hub.importers.outcome import UnusableInput
from hub.importers.spreadsheet.fields import FIELDS, FILES, ITEMS, compact, field_of, kept_name
from hub.importers.spreadsheet.source import Row
from hub.kit.vietnamese import fold, from_tcvn3, from_vni, legacy_encoding, unlegacy

_ERRORS = "loi"  # Lỗi, as errors_sheet names it
_TELLING = frozenset({"title", "subject", "type_subject"})
LOOK_DOWN = 40  # rows in which the column names must begin

_BLOCK = {
    "phongso": "fonds_code", "maphong": "fonds_code", "fondcode": "fonds_code",
    "phong": "fonds_title", "tenphong": "fonds_title", "phongluutru": "fonds_title",
    "muclucso": "catalog", "somucluc": "catalog", "filecatalog": "catalog", "nam": "year", "namhinhthanh": "year",
    "hososo": "file_notation", "sokyhieuhoso": "file_notation", "sovakyhieuhoso": "file_notation", "sohoso": "file_notation",
    "donvibaoquanso": "file_notation", "dvbqso": "file_notation", "donvibaoquan": "file_notation",
    "mahoso": "file_code", "filecode": "file_code",
    "hopso": "box", "capso": "box", "caphopso": "box", "hop": "box",
}  # fmt: skip
_LABELLED = re.compile(r"^\s*([^:：]{2,40})[:：]\s*(.*)$")
_NUMBERED = re.compile(r"^(phong so|muc luc so|ho so so|dvbq so|hop so|nam)\s+([0-9][\w./-]*)$")
_OF_YEAR = re.compile(r"\bnam\s+((?:19|20)\d\d)\b")


@dataclass(slots=True)
class Header:
    """Which column holds what, what the title block says, and how many rows stand above the data."""

    kind: str
    row: int
    names: list[str]
    columns: dict[str, int]  # field -> column
    kept: dict[str, int]  # name in `extra` -> column
    unknown: list[str] = field(default_factory=list)
    block: dict[str, str] = field(default_factory=dict)
    below: list[Row] = field(default_factory=list)  # rows read ahead that are data
    above: int = 0
    sheet: str = ""

    def fault(self, code: str, **facts: object) -> UnusableInput:
        """What is wrong with these columns; with neither title nor subject the sheet may be no list at all."""
        kind = FaultyList if self.columns.keys() & _TELLING else UnusableInput
        return kind(code, line=self.row, on_sheet=self.sheet, **facts)

    def is_repeated_by(self, cells: list[str]) -> bool:
        """Is this the header once more, as printed on the next page?"""
        known = [compact(cell) for cell in cells if cell.strip()]
        return (
            len(known) >= 2 and known == [compact(name) for name in self.names if name.strip()][: len(known)]
        )


class FaultyList(UnusableInput):
    """A list, no doubt, whose columns cannot be taken as they are: one stands twice, or a required one is missing."""


def find_header(rows: list[Row], kind: str | None, mapping: dict[str, str], sheet: str = "") -> Header:
    """The header among the first rows of a sheet; the rest comes back in `below`.

    Raises FaultyList when a column stands twice or a required one is missing, UnusableInput when there is no header.
    """
    best: Header | None = None
    score = 0
    for at in range(min(len(rows), LOOK_DOWN)):
        names = [" ".join(cell.split()) for cell in rows[at][1]]
        if sum(1 for name in names if name) < 2:
            continue
        second = _second_row(rows, at)
        for combined in [names] if second is None else [second, names]:
            for wanted in (kind,) if kind else (FILES, ITEMS):
                found = _assign(combined, wanted, mapping)
                if combined is second and len(found) <= len(_assign(rows[at + 1][1], wanted, mapping)):
                    continue  # the lower row says it all: what stands above it is the title block
                points = 2 * len(set(found)) + _distinctive(set(found), wanted)
                if len(set(found)) >= 2 and points > score:
                    score = points
                    depth = 2 if combined is second else 1
                    best = Header(
                        wanted,
                        rows[at][0],
                        combined,
                        found,
                        {},
                        below=rows[at + depth :],
                        above=at,
                        sheet=sheet,
                    )
        if best is not None and at > best.row + 3:
            break
    if best is None:
        widest = max(
            (row[1] for row in rows[:LOOK_DOWN]), key=lambda cells: sum(map(bool, cells)), default=[]
        )
        if twice := _same_name(widest):
            name, left, right = twice
            raise UnusableInput("DUPLICATE_HEADER", header=name, first=left, second=right)
        raise UnusableInput("NO_HEADER", columns=_shown(widest))
    _settle(best, mapping)
    best.block = title_block(in_unicode(rows[: best.above], rows))
    _require(best)
    return best


def _distinctive(found: set[str], kind: str) -> int:
    if kind == ITEMS:
        return 3 * len(found & {"subject", "type_subject", "doc_type", "number", "issuer"})
    return 3 * len(found & {"title", "total_doc", "dates", "start", "sheets"})


def _second_row(rows: list[Row], at: int) -> list[str] | None:
    """The names of a two-row head: `Số lượng` over `tờ` and `trang` are `Số lượng tờ` and `Số lượng trang`."""
    if at + 1 >= len(rows):
        return None
    upper, lower = rows[at][1], rows[at + 1][1]
    if not any(cell.strip() for cell in lower) or is_column_numbers(lower):
        return None
    names: list[str] = []
    group = ""
    for column in range(max(len(upper), len(lower))):
        above = " ".join(upper[column].split()) if column < len(upper) else ""
        below = " ".join(lower[column].split()) if column < len(lower) else ""
        group = above or group
        names.append(f"{group}\n{below}".strip() if below else above)
    return names


def is_column_numbers(cells: list[str]) -> bool:
    """(1) (2) (3) under the column names."""
    found = [cell.strip().strip("()[]") for cell in cells if cell.strip()]
    return len(found) >= 3 and found == [str(number) for number in range(1, len(found) + 1)]


def _lookup(name: str, kind: str, mapping: dict[str, str]) -> str | None:
    if not name:
        return None
    mapped = mapping.get(compact(name))
    if mapped:
        return mapped if mapped in FIELDS[kind] else None
    found = field_of(name, kind)
    if found is None and not name.isascii():
        found = field_of(from_tcvn3(name), kind) or field_of(from_vni(name), kind)
    if found is None and "\n" in name:  # the lower of two rows may say it alone
        found = field_of(name.rpartition("\n")[2], kind)
    return found


def _assign(names: list[str], kind: str, mapping: dict[str, str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for column, name in enumerate(names):
        found = _lookup(name, kind, mapping)
        if found:
            columns.setdefault(found, column)
    return columns


def _settle(header: Header, mapping: dict[str, str]) -> None:
    if twice := _same_name(header.names):
        name, left, right = twice
        raise header.fault("DUPLICATE_HEADER", header=name, first=left, second=right)
    taken: dict[str, int] = {}
    for column, name in enumerate(header.names):
        if not name:
            continue
        found = _lookup(name, header.kind, mapping)
        if found is None and compact(name) == _ERRORS:
            continue  # what an earlier import said, in the sheet that it gave back
        if found is None:
            kept = kept_name(name)
            header.kept[kept or name] = column
            if kept is None:
                header.unknown.append(name)
        elif found in taken:
            first = taken[found]
            raise header.fault(
                "DUPLICATE_HEADER",
                header=f"{header.names[first]} = {name}",
                first=_letter(first),
                second=_letter(column),
            )
        else:
            taken[found] = column


def _same_name(names: list[str]) -> tuple[str, str, str] | None:
    """The first name that two columns bear, and the columns: one would overwrite the other."""
    seen: dict[str, int] = {}
    for column, name in enumerate(names):
        key = compact(name) or name.strip()
        if key and key in seen:
            return name, _letter(seen[key]), _letter(column)
        seen[key] = column
    return None


def _letter(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _require(header: Header) -> None:
    found = set(header.columns)
    if header.kind == FILES:
        missing = [] if "title" in found else ["title (tiêu đề hồ sơ)"]
    else:
        missing = [] if found & {"subject", "type_subject"} else ["subject (trích yếu)"]
        in_block = header.block.keys() & {"file_notation", "file_code"}
        if not found & {"file_code", "file_notation"} and not in_block:
            missing.append("fileCode / fileNotation (mã hồ sơ, hồ sơ số)")
    if missing:
        raise header.fault("MISSING_COLUMN", columns=", ".join(missing), seen=_shown(header.names))


def _shown(names: list[str]) -> str:
    return ", ".join(name.strip() for name in names if name.strip()) or "-"


def in_unicode(rows: list[Row], evidence: list[Row]) -> list[Row]:
    """Rows typed in an old font as Unicode, when the evidence says that they were."""
    font = legacy_encoding(cell for _, cells in evidence for cell in cells)
    if font is None:
        return rows
    return [(place, [unlegacy(cell, font) for cell in cells]) for place, cells in rows]


def title_block(rows: list[Row]) -> dict[str, str]:
    """What the lines above the header say for every row."""
    facts: dict[str, str] = {}
    for _, cells in rows:
        filled = [cell.strip() for cell in cells if cell.strip()]
        for place, cell in enumerate(filled):
            key, value = compact(cell), ""
            if match := _LABELLED.match(cell):
                key, value = compact(match[1]), match[2].strip()
            elif match := _NUMBERED.match(" ".join(fold(cell.replace("/", "\0")).replace("\0", "/").split())):
                key, value = compact(match[1]), cell.split()[-1]
            name = _BLOCK.get(key)
            if name is None:
                if "mucluc" in key and (year := _OF_YEAR.search(fold(cell))):
                    facts.setdefault("year", year[1])
                continue
            value = value or (filled[place + 1] if place + 1 < len(filled) else "")
            if value:
                facts.setdefault(name, value)
    facts.setdefault("catalog", facts.get("year", ""))
    return facts
