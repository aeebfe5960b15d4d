"""The reporting dates of a year, 30/6 and 31/12 (Kế hoạch 67/KH-UBND, IV.1.g and IV.5.h)."""

from datetime import date


def previous_half_year(day: date) -> date:
    """The last reporting date before this day."""
    return max(end for end in _around(day) if end < day)


def next_half_year(day: date) -> date:
    """The first reporting date after this day."""
    return min(end for end in _around(day) if end > day)


def half_years(since: date, day: date) -> list[date]:
    """The reporting dates after `since` and before a day, oldest first, then the day; the last one always."""
    found = [day]
    while len(found) < 2 or previous_half_year(found[0]) > since:
        found.insert(0, previous_half_year(found[0]))
    return found


def _around(day: date) -> list[date]:
    return [date(year, *end) for year in range(day.year - 1, day.year + 2) for end in ((6, 30), (12, 31))]
