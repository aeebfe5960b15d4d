"""What stands among the data and is no record: blanks, totals, signatures, page heads, headings of groups.

Nothing is passed over in silence: each kind is counted, and a heading becomes the series of the files below it.
"""

# ruff: noqa: E501 (tables of words)

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hub.importers.spreadsheet.header import Header, is_column_numbers
from hub.kit.vietnamese import fold

DATA, BLANK, TOTAL, SIGNATURE, HEAD, NUMBERS, HEADING = (
    "data", "blank", "total", "signature", "head", "column numbers", "heading",
)  # fmt: skip

_TOTAL = re.compile(r"^(?:tong (?:cong|so)\b|tong\s*$|cong\s*$|cong (?:so|trang|cac|chung)\b|total\b)")
_SIGNATURE = re.compile(
    r"^(?:nguoi (?:lap|ky|giao|nhan|kiem)|thu truong|truong phong|pho|giam doc|chu tich|chanh van phong|xac nhan|dai dien"
    r"|ky(?: ten)?\b.*ghi ro|muc luc nay|danh muc nay|danh sach nay|trong do co|ket thuc|ben (?:giao|nhan)"
    r"|(?:\S+ ){0,4}ngay\s+\S*\s*thang\s+\S*\s*nam|can bo (?:lap|luu tru)|tm|kt|don vi giao)"
)
_ROMAN = re.compile(r"^(?:[IVX]{1,6}|[A-ZĐ])$")
_MARK = re.compile(
    r"^\s*((?:[IVX]{1,6}|[A-ZĐ]|\d{1,2}(?:\.\d{1,2})*|[a-zđ]))\s*[.)\-–:/]\s*(\S.*)$", re.DOTALL
)
_OF_FILE = re.compile(r"^(?:ho so|dvbq|don vi bao quan|hs)(?: so)?\s+([0-9][\w.]*)")


@dataclass(slots=True)
class Heading:
    """A heading on its way through the sheet: its words, and how deep it stands."""

    depth: int
    text: str


@dataclass(slots=True)
class Lines:
    """Tells data from the rest, remembering whether the signatures have begun."""

    header: Header
    keys: tuple[int, ...]  # columns of which a record fills at least one
    text_columns: tuple[int, ...]
    number_column: int | None
    _ended: bool = False
    _styles: list[str] = field(default_factory=list)

    def kind(self, cells: list[str]) -> str:
        """What this row is."""
        if self._is_plainly_data(cells):
            self._ended = False
            return DATA
        filled = [(column, cell.strip()) for column, cell in enumerate(cells) if cell and not cell.isspace()]
        if not filled:
            return BLANK
        if any(column in self.keys for column, _ in filled):
            if is_column_numbers(cells):
                return NUMBERS
            if self.header.is_repeated_by(cells):
                return HEAD
            first = " ".join(fold(filled[0][1]).split())
            has_text = any(column in self.text_columns for column, _ in filled)
            if len(filled) <= 2 and _TOTAL.match(first):
                return TOTAL
            if (len(filled) <= 2 and _SIGNATURE.match(first)) or (self._ended and not has_text):
                self._ended = True
                return SIGNATURE
            self._ended = False
            return DATA
        words = [" ".join(fold(text).split()) for _, text in filled]
        if any(_TOTAL.match(text) for text in words[:2]):
            return TOTAL
        if self.header.is_repeated_by(cells):
            return HEAD
        if any(_SIGNATURE.match(text) for text in words):
            self._ended = True
            return SIGNATURE
        if self._ended:
            return SIGNATURE
        texts = [(column, text) for column, text in filled if column != self.number_column]
        numbered = [text for column, text in filled if column == self.number_column]
        if (
            len(texts) == 1
            and not (numbered and numbered[0].rstrip(".").isdigit())
            and any(map(str.isalpha, texts[0][1]))
        ):
            return HEADING
        if not texts and numbered and not numbered[0].rstrip(".").isdigit():
            return HEADING
        return DATA

    def _is_plainly_data(self, cells: list[str]) -> bool:
        """A title and a key, and the title is neither the column's own name nor its number: nearly every row."""
        width = len(cells)
        for column in self.text_columns:
            text = cells[column].strip() if column < width else ""
            if text and text != self.header.names[column] and not text.strip("()[]").isdigit():
                return any(key < width and cells[key] and not cells[key].isspace() for key in self.keys)
        return False

    def heading(self, cells: list[str]) -> Heading:
        """The words of a heading row and its depth: A, then I, then 1, then 1.1, then a; bare words stand on top."""
        filled = [(column, cell.strip()) for column, cell in enumerate(cells) if cell.strip()]
        numbers = [text for column, text in filled if column == self.number_column]
        text = " ".join(filled[-1][1].split())
        mark = numbers[0].rstrip(".):") if numbers and len(filled) > 1 else ""
        if not mark and (match := _MARK.match(text)):
            mark = match[1]
        elif mark:
            text = f"{mark}. {text}"
        style = _style(mark)
        if style in self._styles:
            del self._styles[self._styles.index(style) + 1 :]
        elif not self._styles or style == "":
            self._styles = [style]
        else:
            self._styles.append(style)
        return Heading(self._styles.index(style), text)


def _style(mark: str) -> str:
    if not mark:
        return ""
    if mark[0].isdigit():
        return "1" + ".1" * mark.count(".")
    if mark.islower():
        return "a"
    return "I" if re.fullmatch("[IVX]+", mark) else "A"


def file_of_heading(text: str) -> str | None:
    """`Hồ sơ số 05: …` above items names the file they belong to."""
    match = _OF_FILE.match(" ".join(fold(text).split()))
    if match is None:
        return None
    number = re.search(r"[0-9][^\s:;,]*", text)
    return number[0] if number else match[1]
