"""Which agencies hold the city back, worst first by what they cost its figures.

An agency that lacks documents to reach the target takes points off the city's percentage: what it lacks over the
city's denominator. A small agency at 10 % may cost less than a large one at 79 %.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hub.kpi import rules
from hub.kpi.values import IndicatorValue, Result
from hub.web.sheet import Line, Sheet


@dataclass(frozen=True)
class Cost:
    """What one agency costs one of the city's figures: units to the target, and percentage points."""

    value: IndicatorValue
    line: Line
    lacking: int
    points: Decimal


@dataclass(frozen=True)
class Ranked:
    """An agency with what it costs, dearest figure first."""

    code: str
    name: str
    costs: tuple[Cost, ...]
    points: Decimal


def is_held_back(value: IndicatorValue) -> bool:
    """Whether the city's figure is a ratio that has not reached its target."""
    return (
        value.indicator.has_percent
        and value.indicator.target_percent is not None
        and value.percent is not None
        and value.result in (Result.NOT_MET, Result.MISSING_DATA)
    )


def costs_of(value: IndicatorValue, lines: Iterable[Line]) -> list[Cost]:
    """What each agency short of the target costs the figure, dearest first; none when the figure is met."""
    goal, whole = value.indicator.target_percent, value.denominator
    if not is_held_back(value) or not whole:
        return []
    found = []
    for line in lines:
        if lack := rules.lacking(line.numerator, line.denominator, goal):
            points = rules.cost(lack, whole)
            found.append(Cost(value, line, lack, Decimal(points.numerator) / points.denominator))
    return sorted(found, key=lambda cost: (-cost.points, cost.line.code))


def ranked(sheet: Sheet) -> list[Ranked]:
    """The agencies short of a target that the city has not reached, worst first; units report through their agency."""
    by_agency: dict[str, list[Cost]] = {}
    for value in sheet.values:
        for cost in costs_of(value, sheet.lines.get(value.indicator.code, ())):
            if sheet.reporting is not None and cost.line.code not in sheet.reporting:
                continue
            by_agency.setdefault(cost.line.code, []).append(cost)
    found = [
        Ranked(
            code,
            costs[0].line.name,
            tuple(sorted(costs, key=lambda cost: -cost.points)),
            sum((cost.points for cost in costs), Decimal(0)),
        )
        for code, costs in by_agency.items()
    ]
    return sorted(found, key=lambda one: (-one.points, one.code))
