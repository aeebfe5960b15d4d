"""Finds a measure by its meaning: a row of a plan says `born_digital`, a file of that name knows how to count.

A row whose measure has no file yet is not an error: its figure is unknown, and the scorecard says so.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hub.kpi.lacks import Lack

_NAME = re.compile(r"[a-z][a-z0-9_]*")
Parameter = int | str | list[Any]


@dataclass(frozen=True, eq=False)
class Measure:
    """How something is counted: one SQL relation of facts, one of the records behind them.

    In both texts `@name` is a value: `as_of`, `until` (the first instant after that day in Hà Nội), `year_from`,
    `window_from`, `window_to`, `indicator` (whose exclusions hold), `row` (the row itself, also where it is printed
    beside another), `agency`, and each of `parameters`, which a plan's row may set: number, text or list (jsonb).
    `{year}` becomes the expression `year` or null, `{of_agency}` a condition on one agency or true.

    `facts` has a row for each agency and figure: agency_id, year, figure, numerator, denominator, excluded,
    excluded_numerator, missing, covered, whole, uncounted, held, expected.
    `counted` is the same relation read from the counters (hub/kpi/models.py), for windows of whole years and those
    values of parameters that are `kept`; `{of_counted}` in it is a condition on one agency or true.
    `members` has a row for each record that the headline counts or leaves out: kind, id, agency_id, numerator,
    denominator, excluded (units left out by law, R5), reason (one of `reasons`, where the record keeps the figure
    down, else null). Its sums are those of the headline's facts. Where what keeps it down has no page of its own (a
    system, a paper), the record is the agency that owes it, and two columns name it, `detail` and `detail_en`;
    the measure's `detail` says whose readers learn that name ("system", "indicator"). `mends` tells which reasons mean
    missing data, and what is to be mended there.
    """

    name: str
    headline: str
    facts: str
    year: str
    of_agency: str
    members: str
    reasons: Mapping[str, tuple[str, str]]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    bounded: bool = False
    detail: str | None = None
    mends: Mapping[str, Lack] = field(default_factory=dict)
    counted: str | None = None
    of_counted: str = "true"
    kept: Mapping[str, tuple[Parameter, ...]] = field(default_factory=dict)


@cache
def measure(name: str | None) -> Measure | None:
    """The measure of that name, or None while nobody has written it."""
    if name is None or not _NAME.fullmatch(name):
        return None
    place = f"{__package__}.measures.{name}"
    if importlib.util.find_spec(place) is None:
        return None
    found = importlib.import_module(place).MEASURE
    if not isinstance(found, Measure) or found.name != name:
        raise TypeError(f"{place}.MEASURE is not the measure {name}")
    return found
