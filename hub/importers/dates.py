"""Dates as people type them, with their precision and the original text (domain requirement 6).

`tháng 3/2020`, `2020`, `01/02/2020-30/06/2020`, ISO dates and serial numbers of a spreadsheet all become an
earliest and a latest day. 31/02 is refused; a text without any digit is kept as text with the day left open.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from hub.kit.vietnamese import fold, folded_words

_UNTIL_NOW = frozenset({"nay", "hien nay", "den nay"})
_SERIAL_ZERO = date(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1000, 2200


class Moment(NamedTuple):
    """A date with its precision (DAY, MONTH, YEAR, UNKNOWN) and the text it was read from."""

    earliest: date | None
    latest: date | None
    precision: str
    text: str
    note: str | None = None  # code of a warning


class Span(NamedTuple):
    """Beginning and end of the records of a file."""

    start: Moment | None
    end: Moment | None


class BadDate(ValueError):
    """The text has digits but is no date that exists."""


_WORDS = re.compile(
    r"\b(?:ngày|ngay|ng)\b\.?|\b(tháng|thang|năm|nam|thg)\b\.?|\bt(?=\d{1,2}\s*[/.\-]\s*\d{4})", re.IGNORECASE
)
_DAY = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})")
_CLOCK = re.compile(r"(?<=\d)\s+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:\s*[AP]M)?$", re.IGNORECASE)
_YEARS = re.compile(r"(\d{4})(?:[,;&]\d{4})*[,;&](\d{4})")
_HEDGE = re.compile(
    r"\b(?:khoang|chung|truoc|sau|dau|giua|cuoi|nhung nam|thap nien|thap ky|the ky|den nay|hien nay)\b|^nay$"
)
_MONTH = re.compile(r"(\d{1,2})[/.\-](\d{4})")
_YEAR = re.compile(r"\d{4}")
_ISO = re.compile(r"(\d{4})[/.\-](\d{1,2})(?:[/.\-](\d{1,2}))?(?:[t ]?\d{1,2}:\d{2}.*)?", re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_QUARTER = re.compile(r"(?:quý|quy|q)\.?(iv|iii|ii|i|[1-4])[/.\-](\d{4})", re.IGNORECASE)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_TO = re.compile(r"\s*(?:đến|den|tới|toi|->|→|÷|~|–|—)\s*", re.IGNORECASE)
_FROM = re.compile(r"^(?:từ|tu)\s+", re.IGNORECASE)
_DAY_PAIR = re.compile(r"(\d{1,2}-\d{1,2}-\d{4})-(\d{1,2}-\d{1,2}-\d{4})")


def month_moment(year: int, month: int, text: str) -> Moment:
    """The whole of a month."""
    return Moment(_day(year, month, 1), _day(year, month, monthrange(year, month)[1]), "MONTH", text)


def year_moment(year: int, text: str, last: int | None = None) -> Moment:
    """The whole of a year, or of the years up to `last`."""
    return Moment(_day(year, 1, 1), _day(last or year, 12, 31), "YEAR", text)


def _day(year: int, month: int, day: int) -> date:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise BadDate(year)
    try:
        return date(year, month, day)
    except ValueError as problem:
        raise BadDate(str(problem)) from None


def _compact(text: str) -> str:
    """`ngày 5 tháng 3 năm 2020` and `tháng 3/2020` as `5/3/2020` and `3/2020`."""
    text = _WORDS.sub(lambda m: "/" if m[1] else "", _CLOCK.sub("", text))
    return re.sub(r"\s*/[\s/]*", "/", text).strip(" /.,;()")


def _single(text: str, original: str) -> Moment | None:
    if match := _DAY.fullmatch(text):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
        note = None
        if len(match[4]) == 2:
            year += 2000 if year < 30 else 1900
            note = "SHORT_YEAR"
        found = _day(year, month, day)
        return Moment(found, found, "DAY", original, note)
    if match := _MONTH.fullmatch(text):
        if not 1 <= int(match[1]) <= 12:
            raise BadDate(text)
        return month_moment(int(match[2]), int(match[1]), original)
    if _YEAR.fullmatch(text):
        return year_moment(int(text), original)
    if match := _ISO.fullmatch(text):
        year, month = int(match[1]), int(match[2])
        if match[3]:
            found = _day(year, month, int(match[3]))
            return Moment(found, found, "DAY", original)
        return month_moment(year, month, original) if 1 <= month <= 12 else None  # 1998-99 is a pair
    if _SERIAL.fullmatch(text):
        days = int(float(text.replace(",", ".")))
        if not 3_654 <= days <= 73_415:  # 1910 to 2100: anything else is no date of a record
            raise BadDate(text)
        found = _SERIAL_ZERO + timedelta(days=days)
        return Moment(found, found, "DAY", original)
    if match := _QUARTER.fullmatch(text.replace(" ", "")):
        quarter = _ROMAN.get(match[1].lower()) or int(match[1])
        first = month_moment(int(match[2]), quarter * 3 - 2, original)
        return Moment(
            first.earliest, month_moment(int(match[2]), quarter * 3, original).latest, "MONTH", original
        )
    return None


@lru_cache(maxsize=1 << 15)
def moment(text: str) -> Moment | None:
    """One date. None for a blank; raises BadDate for digits that are no date (31/02, 13/2020)."""
    text = text.strip()
    if not text:
        return None
    found = _single(_compact(text), text)
    if found is None:
        if any(char.isdigit() for char in text) and not _is_hedged(text):
            raise BadDate(text)
        return Moment(None, None, "UNKNOWN", text, "UNCLEAR_DATE")
    return found


def _is_hedged(text: str) -> bool:
    """`khoảng 1975`, `trước 30/4/1975`: words that leave the day open. Raises BadDate for a day that never was."""
    if not _HEDGE.search(folded_words(text)):
        return False
    for match in _DAY.finditer(text):
        _single(match[0], match[0])
    return True


@lru_cache(maxsize=1 << 15)
def span(text: str) -> Span:
    """One "thời gian tài liệu" cell: a date for both ends, or two dates. Raises BadDate."""
    text = text.strip()
    if not text:
        return Span(None, None)
    plain = _compact(text)
    found = _single(plain, text)
    if found is not None:
        return Span(found, found)
    if years := _YEARS.fullmatch(plain.replace(" ", "")):
        return Span(year_moment(int(years[1]), years[1]), year_moment(int(years[2]), years[2]))
    for left, right in _cuts(_FROM.sub("", text)):
        end = _single(_closed(_compact(left), _compact(right)), right)
        start = _single(_completed(_compact(left), _compact(right)), left) if end else None
        if start and end:
            return Span(start, end)
        if end is None and fold(right).strip() in _UNTIL_NOW and (start := _single(_compact(left), left)):
            return Span(start, Moment(None, None, "UNKNOWN", right, "UNCLEAR_DATE"))
    whole = moment(text)
    return Span(whole, whole)


def _cuts(text: str) -> list[tuple[str, str]]:
    parts = _TO.split(text)
    if len(parts) == 2:
        return [(parts[0], parts[1])]
    if pair := _DAY_PAIR.fullmatch(text.replace(" ", "")):
        return [(pair[1], pair[2])]
    places = [match.start() for match in re.finditer("-", text)]
    middle = len(text) / 2
    return [
        (text[:at].strip(), text[at + 1 :].strip()) for at in sorted(places, key=lambda at: abs(at - middle))
    ]


def _completed(left: str, right: str) -> str:
    """`01/02` before `30/06/2020`, and `3` before `6/2020`, borrow the year."""
    if re.fullmatch(r"\d{1,2}[/.\-]\d{1,2}", left) and (match := _DAY.fullmatch(right)):
        return f"{left}{match[2]}{match[4]}"
    if re.fullmatch(r"\d{1,2}", left) and (match := _MONTH.fullmatch(right)):
        return f"{left}/{match[2]}"
    return left


def _closed(left: str, right: str) -> str:
    """`99` after `1998` is 1999."""
    return left[:2] + right if _YEAR.fullmatch(left) and re.fullmatch(r"\d\d", right) else right


def cell_text(value: object) -> str:
    """A spreadsheet cell as the text a person would have typed."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y") if value.year >= _FIRST_YEAR else value.isoformat()
    if isinstance(value, date):
        return f"{value.day:02d}/{value.month:02d}/{value.year}"
    return str(value)
