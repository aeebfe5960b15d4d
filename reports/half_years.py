"""The reporting dates of a year, 30/6 and 31/12 (Kế hoạch 67/KH-UBND, IV.1.g and IV.5.h)."""

from datetime import date


def previous_half_year(day: date) -> date:
    """The last reporting date before this day."""
    return max(end for end in _around(day) if end < day)


def next_half_year(day: date) -> date:
    """The first reporting date after this day."""
    return min(end for end in _around(day) if end > day)


def _around(day: date) -> list[date]:
    return [date(year, *end) for year in range(day.year - 1, day.year + 2) for end in ((6, 30), (12, 31))]
