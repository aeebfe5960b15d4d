"""Every figure of records as the hub tells it, beside its recount: each agency's line, and the city's sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlmodel import Session

from hub.access.actor import the_public
from hub.kpi.breakdown import breakdowns
from hub.kpi.scorecard import scorecards
from hub.kpi.values import BreakdownRow, IndicatorValue
from tests.recount import created, handed_over, holdings
from tests.recount.export import Export, Line, Sheet

PLAN = "67/KH-UBND"
RECOUNTS: dict[str, Callable[[Export, date], Sheet]] = {
    "II.1.a": created.created,
    "II.1.d": partial(handed_over.handed_over, "II.1.d", None),
    "II.2.b": holdings.digitised,
    "II.2.c": holdings.served_online,
    "3.3": holdings.high_use_online,
    "3.5": holdings.high_use_pages,
    "3.6": partial(handed_over.handed_over, "3.6", "INTEGRATED"),
    "4.4": holdings.widely_used,
}
SIDES = {
    "II.1.a": created.SIDES,
    "II.1.d": handed_over.SIDES,
    "II.2.b": ("file", "shelf"),
    "II.2.c": ("described", "conditional", "restricted", "page"),
    "3.3": ("digitised", "described", "online"),
    "3.5": (*holdings.KINDS, "described", "file"),
}
CODES = [one for code in RECOUNTS for one in (code, *(f"{code}.{side}" for side in SIDES.get(code, ())))]
COUNTED_ELSEWHERE = {"II.1.a.system"}  # figures of agencies that are printed beside one of records


@dataclass(frozen=True)
class Told:
    """What the hub says of one figure on one day."""

    value: IndicatorValue
    lines: dict[int, BreakdownRow]


def tell(session: Session, days: Sequence[date]) -> dict[date, dict[str, Told]]:
    """Every figure of CODES on the days; five statements however many there are."""
    cards = scorecards(session, the_public(), PLAN, days, codes=CODES)
    asked = [(day, value) for day in days for value in cards[day]]
    found: dict[date, dict[str, Told]] = {day: {} for day in days}
    lines = breakdowns(session, the_public(), [(day, value.indicator) for day, value in asked])
    for (day, value), rows in zip(asked, lines, strict=True):
        own = {row.agency.id: row for row in rows if row.agency}
        assert len(own) == len(rows)
        found[day][value.indicator.code] = Told(value, own)
    return found


def check(export: Export, told: dict[date, dict[str, Told]], code: str) -> list[Line]:
    """Hold a figure and those printed beside it against the recount on every day; the city's lines of the figure.

    An agency of which the hub has no line must have nothing to count, and the reverse.
    """
    city = []
    for day, figures in told.items():
        sheet = RECOUNTS[code](export, day)
        beside = {side.code: side for side in figures[code].value.side}
        assert set(beside) - COUNTED_ELSEWHERE == {f"{code}.{side}" for side in SIDES.get(code, ())}
        for one in (code, *(set(beside) - COUNTED_ELSEWHERE)):
            of_figure, whole = figures[one], sheet.city(one)
            value, is_side = of_figure.value, one != code
            expected = {agency: sheet.of(one, agency) for agency in export.agencies}
            lines = {agency: _said(of_figure.lines.get(agency), is_side) for agency in export.agencies}
            assert lines == {agency: _counted(line, is_side) for agency, line in expected.items()}, (one, day)
            assert _said(value, is_side) == _counted(whole, is_side), (one, day)
            if is_side:
                assert (beside[one].numerator, beside[one].denominator) == _counted(whole, True), (one, day)
        city.append(sheet.city(code))
        _check_coverage(figures[code].value, city[-1])
    return city


def _check_coverage(value: IndicatorValue, line: Line) -> None:
    told = (value.indicator.code, value.as_of)
    assert (value.coverage is None) == (line.whole == 0), told
    if value.coverage is not None:
        assert abs(float(value.coverage) - 100 * float(line.covered / line.whole)) < 0.006, told


def _said(row: BreakdownRow | IndicatorValue | None, is_side: bool) -> tuple[int | None, ...]:
    """Numerator, denominator; of the figure itself what the law leaves out and what is missing too."""
    if row is None:
        return _counted(Line(), is_side)
    sums = (row.numerator, row.denominator)
    return sums if is_side else (*sums, row.excluded, row.missing)


def _counted(line: Line, is_side: bool) -> tuple[int | None, ...]:
    sums = (round(line.numerator), round(line.denominator))
    return sums if is_side else (*sums, line.excluded, line.missing)
