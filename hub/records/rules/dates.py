"""Dates of records: a day where it is known, else the month or the year, and always the text as written."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from hub.kit.errors import FieldError

_FORMS = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})"),
    re.compile(r"(?:tháng )?(?P<month>\d{1,2})[/.-](?P<year>\d{4})", re.IGNORECASE),
    re.compile(r"(?:năm )?(?P<year>\d{4})", re.IGNORECASE),
)


class ImpreciseDate(NamedTuple):
    """The earliest and latest day a date can mean, how precise it is, and what was written."""

    earliest: date
    latest: date
    precision: str
    text: str


def imprecise(field: str, text: str) -> ImpreciseDate | FieldError:
    """A day, month or year as people write it: 2020-03-15, 15/3/2020, 2020-03, 3/2020, 2020."""
    written = " ".join(text.split())
    for form in _FORMS:
        if match := form.fullmatch(written):
            parts = {name: int(value) for name, value in match.groupdict().items()}
            return _read(field, written, **parts)
    return _bad(field, written)


def _read(field: str, text: str, year: int, month: int = 0, day: int = 0) -> ImpreciseDate | FieldError:
    try:
        if day:
            exact = date(year, month, day)
            found = ImpreciseDate(exact, exact, "DAY", text)
        elif month:
            last = monthrange(year, month)[1]
            found = ImpreciseDate(date(year, month, 1), date(year, month, last), "MONTH", text)
        else:
            found = ImpreciseDate(date(year, 1, 1), date(year, 12, 31), "YEAR", text)
    except ValueError:
        return _bad(field, text)
    return found if 1000 <= year <= 2200 else _bad(field, text)


def _bad(field: str, text: str) -> FieldError:
    shown = text[:40]
    return FieldError(
        field,
        "BAD_DATE",
        f"«{shown}» không phải là ngày có thật. Hãy ghi ngày, tháng hoặc năm, ví dụ 2020-03-15, 3/2020, 2020.",
        f'"{shown}" is not a date. Write a day, a month or a year, e.g. 2020-03-15, 3/2020, 2020.',
    )


def columns(prefix: str, found: ImpreciseDate | None) -> dict[str, date | str | None]:
    """The four columns in which a table keeps an imprecise date."""
    earliest, latest, precision, text = found or (None, None, None, None)
    return {
        f"{prefix}_date": earliest,
        f"{prefix}_latest": latest,
        f"{prefix}_precision": precision,
        f"{prefix}_text": text,
    }


def in_order(issued: date | None, arrived: date | None, today: date) -> list[FieldError]:
    """A document is issued by today and arrives after that; of an imprecise date the earliest day counts."""
    errors = [
        FieldError(
            field,
            "IN_THE_FUTURE",
            f"Ngày này chưa tới (hôm nay là {today:%d/%m/%Y}). Hãy kiểm tra năm.",
            f"This day has not come yet (today is {today}). Check the year.",
        )
        for field, day in (("issued_date", issued), ("arrival_date", arrived))
        if day is not None and day > today
    ]
    if issued is not None and arrived is not None and arrived < issued:
        errors.append(
            FieldError(
                "arrival_date",
                "BEFORE_ISSUED",
                "Ngày đến trước ngày ban hành. Hãy sửa một trong hai ngày.",
                "The document arrives before it is issued. Correct one of the days.",
            )
        )
    return errors
