"""Dates of finding aids: `normal="1889/2010"`, EAD3 date structures, or words ("29 Jul. 1987", "circa 1860s-1983").

A machine-readable form wins over words; words give at least the years; what gives no year stays text.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

from hub.importers.dates import BadDate, Moment, Span, month_moment, year_moment
from hub.importers.dates import moment as typed_moment
from hub.importers.dates import span as typed_span
from hub.importers.ead.stream import local_name
from hub.importers.ead.text import text_of

_NORMAL = re.compile(r"(-?\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?(?:T.*)?")
_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}  # fmt: skip
_WORDED = re.compile(r"(?:(\d{1,2})\s+)?([A-Za-z]{3,9})\.?,?\s+(?:(\d{1,2}),?\s+)?(\d{4})")
_YEARS = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2})(s)?(?!\d)")
_EMPTY = Span(None, None)


@lru_cache(maxsize=1 << 14)
def normal(text: str) -> Moment | None:
    """One ISO date of a `normal` or `standarddate` attribute; None when it is none."""
    match = _NORMAL.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    try:
        if not month:
            return year_moment(year, text)
        return (
            Moment(date(year, month, day), date(year, month, day), "DAY", text)
            if day
            else month_moment(year, month, text)
        )
    except (BadDate, ValueError):
        return None


@lru_cache(maxsize=1 << 14)
def worded(text: str) -> Span:
    """Dates in words: day, month and year in English, dates as typed here, else the first and last year."""
    if not text:
        return _EMPTY
    match = _WORDED.fullmatch(text)
    if match and (month := _MONTHS.get(match[2][:3].lower())):
        try:
            day = int(match[1] or match[3] or 0)
            year = int(match[4])
            found = date(year, month, day) if day else None
            whole = Moment(found, found, "DAY", text) if found else month_moment(year, month, text)
            return Span(whole, whole)
        except (BadDate, ValueError):
            pass
    try:
        found_span = typed_span(text)
        if found_span.start and found_span.start.precision != "UNKNOWN" and not re.fullmatch(r"\d{5}", text):
            return Span(*(bound._replace(text=text) if bound else None for bound in found_span))
    except BadDate:
        pass
    years = [(int(year), bool(decade)) for year, decade in _YEARS.findall(text)]
    if not years:
        unknown = Moment(None, None, "UNKNOWN", text)
        return Span(unknown, unknown)
    first, last = min(years), max(years)
    if first[0] == last[0] and not last[1]:
        whole = year_moment(first[0], text)
        return Span(whole, whole)
    return Span(year_moment(first[0], text), year_moment(last[0] + (9 if last[1] else 0), text))


def _of_bound(element: Any, *, latest: bool = False) -> Moment | None:
    """`fromdate`, `todate` or `datesingle` of EAD3."""
    order = ("standarddate", "notafter", "notbefore") if latest else ("standarddate", "notbefore", "notafter")
    text = text_of(element)
    for name in order:
        value = element.get(name)
        if value and (found := normal(value)):
            return found._replace(text=text or value)
    bound = worded(text)
    return bound.end if latest else bound.start


def _of_structure(element: Any) -> Span:
    starts: list[Moment] = []
    ends: list[Moment] = []
    for child in element.iter():
        name = local_name(child.tag)
        if name in ("datesingle", "fromdate") and (found := _of_bound(child)):
            starts.append(found)
        if name in ("datesingle", "todate") and (found := _of_bound(child, latest=True)):
            ends.append(found)
    return Span(_first(starts), _last(ends or starts))


def of_element(element: Any, text: str | None = None) -> Span:
    """The span of one `unitdate`, `unitdatestructured` or `date`; `text` where it has been read already."""
    if local_name(element.tag) == "unitdatestructured":
        return _of_structure(element)
    text = text_of(element) if text is None else text
    value = element.get("normal") or element.get("standarddate")
    return (_normalised(value, text) if value else None) or worded(text)


@lru_cache(maxsize=1 << 14)
def _normalised(value: str, text: str) -> Span | None:
    """The span of a `normal` attribute and the words beside it; None when it is no date."""
    left, _, right = value.partition("/")
    start, end = normal(left), normal(right or left)
    if start and end:
        return Span(start._replace(text=text or value), end._replace(text=text or value))
    return None


def joined(spans: list[Span]) -> Span:
    """Several dates of one unit: the earliest beginning and the latest end."""
    if len(spans) == 1:
        return spans[0]
    return Span(_first([s.start for s in spans if s.start]), _last([s.end for s in spans if s.end]))


def _first(found: list[Moment]) -> Moment | None:
    known = [moment for moment in found if moment.earliest]
    return (
        min(known, key=lambda moment: moment.earliest or date.max) if known else (found[0] if found else None)
    )


def _last(found: list[Moment]) -> Moment | None:
    known = [moment for moment in found if moment.latest]
    return (
        max(known, key=lambda moment: moment.latest or date.min) if known else (found[-1] if found else None)
    )


__all__ = ["joined", "normal", "of_element", "typed_moment", "worded"]
