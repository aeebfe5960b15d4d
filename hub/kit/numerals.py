"""Numbers and days in sentences: Vietnamese as official documents write them (NĐ 30/2020, Phụ lục I), and English."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

UNKNOWN = "–"
_SWAPPED = str.maketrans(",.", ".,")


def number(value: int | Decimal | None, places: int = 0) -> str:
    """1234567 as "1.234.567"; a dash when the value is unknown."""
    return UNKNOWN if value is None else number_en(value, places).translate(_SWAPPED)


def number_en(value: int | Decimal, places: int = 0) -> str:
    """1234567 as "1,234,567"."""
    return f"{value:,.{places}f}"


def day(value: date | None) -> str:
    """30/6/2025, 01/7/2016, 05/02/2025; a dash when unknown."""
    return UNKNOWN if value is None else f"{value.day:02}/{month(value)}/{value.year}"


def month(value: date) -> str:
    """The months 1 and 2 carry a leading zero."""
    return f"{value.month:02}" if value.month < 3 else str(value.month)


def places(value: Decimal) -> int:
    """How many decimals a number needs: none for 80.00, one for 79.50."""
    return max(0, -int(value.normalize().as_tuple().exponent))
