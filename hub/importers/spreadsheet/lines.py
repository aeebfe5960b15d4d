"""What stands among the data and is no record: blanks, totals, signatures, page heads, headings of groups.

Nothing is passed over in silence: each kind is counted, and a heading becomes the series of the files below it.
"""

# ruff: noqa: E501 (tables of words)

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hub.importers.spreadsheet.columns import clean
from hub.importers.spreadsheet.header import Header, is_column_numbers
from hub.kit.vietnamese import folded_words

DATA, BLANK, TOTAL, SIGNATURE, HEAD, NUMBERS, HEADING = (
    "data", "blank", "total", "signature", "head", "column numbers", "heading",
)  # fmt: skip

_TOTAL = re.compile(r"^(?:tong (?:cong|so)\b|tong\s*$|cong\s*$|cong (?:so|trang|cac|chung)\b|total\b)")
_SIGNATURE = re.compile(
    r"^(?:nguoi (?:lap|ky|giao|nhan|kiem)\b|thu truong\b|truong (?:phong|ban|don vi)\b|giam doc\b(?! tham)|chu tich\b"
    r"|pho (?:truong|giam doc|chu tich|chanh|thu truong|vu truong|cuc truong)\b|chanh van phong\b|xac nhan\b"
    r"|dai dien (?:ben|don vi|co quan)\b|ky(?: ten)?\b.*(?:ghi ro|dong dau)|(?:muc luc|danh muc|danh sach) nay\b|trong do co\b"
    r"|ket thuc\s*$|ben (?:giao|nhan)\b|(?:\S+ ){0,4}ngay\s+\S*\s*thang\s+\S*\s*nam|can bo (?:lap|luu tru)\b"
    r"|(?:tm|tl|kt) (?:uy|ubnd|hdnd|hoi|ban|chu|truong|giam|chanh|thu|bo|cuc|so)\b|don vi giao\b)"
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
    naming: tuple[int, ...] = ()  # those of the keys that name a record or date it: a sum has none
    _ended: bool = False
    _styles: list[str] = field(default_factory=list)

    def kind(self, cells: list[str]) -> str:
        """What this row is."""
        title = self._title(cells)
        has_key = bool(title) and self._has_key(cells)
        if has_key and not (words := self._odd(title)) and not self._ended:
            return DATA
        filled = [(column, cell.strip()) for column, cell in enumerate(cells) if cell and not cell.isspace()]
        if not any(clean([text for _, text in filled])):
            return BLANK
        if has_key:
            return self._beside_a_title(words or "", filled)
        if any(column in self.keys for column, _ in filled):
            return self._without_a_title(cells, filled)
        words_of = [folded_words(text) for _, text in filled]
        if any(_TOTAL.match(text) for text in words_of[:2]):
            return TOTAL
        if self.header.is_repeated_by(cells):
            return HEAD
        if self._ended or any(_SIGNATURE.match(text) for text in words_of):
            self._ended = True
            return SIGNATURE
        return HEADING if self._is_heading(filled) else DATA

    def _title(self, cells: list[str]) -> str:
        """What stands in the column of titles, unless it is the column's own name or number."""
        for column in self.text_columns:
            text = cells[column].strip() if column < len(cells) else ""
            if text and text != self.header.names[column] and not text.strip("()[]").isdigit():
                return text
        return ""

    def _has_key(self, cells: list[str]) -> bool:
        width = len(cells)
        for key in self.keys:  # noqa: SIM110 (asked of every row: `any` would make a generator for each)
            if key < width and cells[key] and not cells[key].isspace():
                return True
        return False

    def _odd(self, title: str) -> str | None:
        """The words of a title that a total or a signature would begin with."""
        words = folded_words(title)
        return words if _TOTAL.match(words) or _SIGNATURE.match(words) else None

    def _beside_a_title(self, words: str, filled: list[tuple[int, str]]) -> str:
        """A title and more: a sum has counts only, a signature no digit at all, everything else is a record."""
        keys = [column for column, _ in filled if column in self.keys]
        if words and _TOTAL.match(words) and not any(key in self.naming for key in keys):
            return TOTAL
        telling = [
            text for column, text in filled if column in keys and not _SIGNATURE.match(folded_words(text))
        ]
        if (words or self._ended) and not any(char.isdigit() for text in telling for char in text):
            self._ended = True
            return SIGNATURE
        self._ended = False
        return DATA

    def _without_a_title(self, cells: list[str], filled: list[tuple[int, str]]) -> str:
        """Something, but no title: a head, a sum, a signature, a heading in the column of numbers, or a bad record."""
        if is_column_numbers(cells):
            return NUMBERS
        if self.header.is_repeated_by(cells):
            return HEAD
        first = folded_words(filled[0][1])
        has_text = any(column in self.text_columns for column, _ in filled)
        if _TOTAL.match(first) and (len(filled) <= 2 or not has_text):
            return TOTAL
        if (len(filled) <= 2 and any(_SIGNATURE.match(folded_words(text)) for _, text in filled)) or (
            self._ended and not has_text
        ):
            self._ended = True
            return SIGNATURE
        self._ended = False
        if not has_text and filled[-1][0] < min(self.text_columns, default=0) and self._is_heading(filled):
            text = filled[-1][1]
            if len(text.split()) > 1 and (not any(map(str.isdigit, text)) or _MARK.match(text)):
                return HEADING
        return DATA

    def _is_heading(self, filled: list[tuple[int, str]]) -> bool:
        """One text with letters, at most with a mark (I, A, 1.1) before it."""
        texts = [text for column, text in filled if column != self.number_column]
        numbered = [text for column, text in filled if column == self.number_column]
        if numbered and numbered[0].rstrip(".").isdigit():
            return False
        return (len(texts) == 1 and any(map(str.isalpha, texts[0]))) or (not texts and bool(numbered))

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
    match = _OF_FILE.match(folded_words(text))
    if match is None:
        return None
    number = re.search(r"[0-9][^\s:;,]*", text)
    return number[0] if number else match[1]
