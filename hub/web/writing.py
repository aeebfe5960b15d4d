"""Numbers, percentages and dates in the language of the page; in Vietnamese as the report writes them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from hub.kit.clock import HANOI
from hub.kpi.values import IndicatorRow, SideFigure
from reports import numbers

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Writing:
    """Writes values for people; what is unknown is a dash, never 0."""

    def __init__(self, language: str) -> None:
        self._vietnamese = language == "vi"

    def number(self, value: int | Decimal | None, places: int = 0) -> str:
        """1234567 as 1.234.567 or 1,234,567."""
        if self._vietnamese or value is None:
            return numbers.number(value, places)
        return f"{value:,.{places}f}"

    def signed(self, change: int) -> str:
        """A difference of whole numbers with its sign."""
        return f"{'+' if change > 0 else '−' if change < 0 else '±'}{self.number(abs(change))}"

    def percent(self, value: Decimal | str | None) -> str:
        """A measured percentage, with its two places."""
        return numbers.UNKNOWN if value is None else f"{self.number(Decimal(value), 2)}%"

    def goal(self, value: Decimal | None) -> str:
        """A target as the plan writes it, without empty decimals."""
        shown = numbers.goal(value)
        return shown if self._vietnamese else shown.replace(",", ".")

    def points(self, change: Decimal) -> str:
        """A difference of two percentages with its sign: +1,20 or −0,80."""
        sign = "+" if change > 0 else "−" if change < 0 else "±"
        return f"{sign}{self.number(abs(change), 2)}"

    def unit(self, row: IndicatorRow, count: int | None) -> str:
        """What a row counts, as said of so many."""
        if self._vietnamese:
            return row.unit
        return row.unit_en if count == 1 else plural(row.unit_en)

    def title(self, row: IndicatorRow | SideFigure) -> str:
        """What a row of a plan is called."""
        return row.title_vi if self._vietnamese else row.title

    def day(self, value: date | None) -> str:
        """30/6/2025, or 30 Jun 2025."""
        if self._vietnamese or value is None:
            return numbers.day(value)
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"

    def moment(self, value: datetime | None) -> str:
        """14:05, 30/6/2025, in Hà Nội."""
        if value is None:
            return numbers.UNKNOWN
        told = value.astimezone(HANOI)
        return f"{told:%H:%M}, {self.day(told.date())}"


def plural(noun: str) -> str:
    """documents, agencies, people."""
    if noun == "person":
        return "people"
    if noun.endswith("s"):  # fonds
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
