"""The law of a plan, pure: what its deadlines mean and where it grants exceptions.

Deadlines are written in words («Quý III năm 2021»); R9 of the domain facts turns them into days. Exclusions
are allowed only where the plan itself grants «trừ những trường hợp pháp luật có quy định khác» (R5b), which
is a parameter of the row and never a list in code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

_YEARS = re.compile(r"(?:Năm|Giai đoạn)\s+(\d{4})(?:\s*[-–]\s*(\d{4}))?")
_QUARTERS = re.compile(r"Quý\s+(I{1,3}|IV)(?:\s*\+\s*(I{1,3}|IV))?\s+năm\s+(\d{4})")
_QUARTER = {"I": 1, "II": 2, "III": 3, "IV": 4}


def deadline_days(wording: str) -> tuple[date, date] | None:
    """First and last day of a deadline as a plan words it, or None where the wording has no known form (R9).

    «Năm 2021» and «Giai đoạn 2020-2025» end on 31/12, «Quý III năm 2021» on 30/9.
    """
    if years := _YEARS.fullmatch(wording.strip()):
        first, last = int(years[1]), int(years[2] or years[1])
        return (date(first, 1, 1), date(last, 12, 31)) if first <= last else None
    if quarters := _QUARTERS.fullmatch(wording.strip()):
        first, last, year = _QUARTER[quarters[1]], _QUARTER[quarters[2] or quarters[1]], int(quarters[3])
        return (date(year, 3 * first - 2, 1), _quarter_end(year, last)) if first <= last else None
    return None


def _quarter_end(year: int, quarter: int) -> date:
    after = date(year + 1, 1, 1) if quarter == 4 else date(year, 3 * quarter + 1, 1)
    return after - timedelta(days=1)


def allows_exclusions(parameters: Mapping[str, object]) -> bool:
    """Does the plan grant this row exceptions by law (R5b)? In Kế hoạch 67: II.1.a, II.1.c, II.1.d, 3.6."""
    return parameters.get("exclusions") is True


def excludes_archives(measure: str | None) -> bool:
    """Does the measure count archives, so that an exception leaves out a whole one and no record of it (II.1.c)?"""
    return measure == "online_procedures"
