"""Numbers, percentages and dates as a Vietnamese official document writes them.

Thousands are parted by a dot and decimals by a comma; an unknown value is a dash, never 0. Dates follow
NĐ 30/2020, Phụ lục I: days under 10 and the months 1 and 2 carry a leading zero.
"""

from datetime import date
from decimal import Decimal

from hub.kit.numerals import UNKNOWN, day, month, number, places

__all__ = ["UNKNOWN", "day", "goal", "half_year", "long_day", "number", "percent", "points"]


def percent(value: Decimal | None) -> str:
    """A measured percentage with the two places it was published with: "79,99%"."""
    return UNKNOWN if value is None else f"{number(value, 2)}%"


def goal(value: Decimal | int | None) -> str:
    """A target as the plan writes it, without empty decimals: "80%"; a dash when the plan sets none."""
    if value is None:
        return UNKNOWN
    return f"{number(Decimal(value), places(Decimal(value)))}%"


def points(change: Decimal) -> str:
    """The size of a change between two percentages: "4,20 điểm phần trăm"."""
    return f"{number(abs(change), 2)} điểm phần trăm"


def long_day(value: date) -> str:
    """The date line of a document: "ngày 30 tháng 6 năm 2025"."""
    return f"ngày {value.day:02} tháng {month(value)} năm {value.year}"


def half_year(end: date) -> str:
    """What a report to this day covers, for its title: a first half-year, a year, or up to the day."""
    if (end.month, end.day) == (6, 30):
        return f"6 tháng đầu năm {end.year}"
    return f"năm {end.year}" if (end.month, end.day) == (12, 31) else f"đến ngày {day(end)}"
