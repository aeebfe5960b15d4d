"""One SQL statement for many figures: the relations of the measures asked for, side by side.

Rows of a plan that count the same thing in the same way (a target and the figures printed beside it) share one
relation. Each measure stands in the statement once, whatever the dates, windows and plans: they are rows that the
relation is counted for one after the other, so that a history is no longer to plan than a day.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from hub.kit.clock import HANOI
from hub.kpi.registry import Measure, Parameter, measure
from hub.kpi.values import IndicatorRow
from hub.plan.rules import allows_exclusions

_VALUE = re.compile(r"@(?<![<>~@\w]@)(\w+)")  # begins with what is rare: found at once
_CASTS = {
    "as_of": "date",
    "until": "timestamptz",
    "year_from": "date",
    "window_from": "date",
    "window_to": "date",
    "indicator": "bigint",
    "row": "bigint",
    "agency": "bigint",
}
_PARAMETER_CASTS = {int: "integer", str: "text", list: "jsonb"}
FIRST_DAY = date(1, 1, 1)
LAST_DAY = date(9999, 12, 30)  # the day after it is the last that Python can say


@dataclass(frozen=True)
class Counting:
    """One relation of facts: a measure with the window, the parameters and the exclusions of one row."""

    measure: Measure
    indicator_id: int
    row_id: int | None  # only where the measure asks for it: rows that do not differ in it share a relation
    window_from: date | None
    window_to: date | None
    parameters: tuple[tuple[str, int | str], ...]

    def values(self, as_of: date, agency_id: int | None) -> dict[str, Any]:
        """What stands for each @name of the measure's text."""
        return {
            "as_of": as_of,
            "until": datetime.combine(min(as_of, LAST_DAY) + timedelta(days=1), time.min, HANOI),
            "year_from": as_of.replace(month=1, day=1),
            "window_from": self.window_from or FIRST_DAY,
            "window_to": min(self.window_to or as_of, as_of),
            "indicator": self.indicator_id,
            "row": self.row_id,
            "agency": agency_id,
            **dict(self.parameters),
        }


def counting(row: IndicatorRow) -> Counting | None:
    """How a row of a plan is counted; None while its measure has not been written."""
    found = measure(row.measure)
    if found is None:
        return None
    told = {**row.parameters, "exclusions": int(allows_exclusions(row.parameters))}
    parameters = tuple(
        (name, _plain(value if isinstance(value := told.get(name, default), type(default)) else default))
        for name, default in sorted(found.parameters.items())
    )
    row_id = row.id if "row" in _VALUE.findall(found.facts) else None
    return Counting(found, row.base_id or row.id, row_id, row.window_from, row.window_to, parameters)


def _plain(value: Parameter) -> int | str:
    return json.dumps(value) if isinstance(value, list) else value


def figure_of(row: IndicatorRow, measure: Measure) -> str:
    """Which figure of its measure a row shows."""
    return str(row.parameters.get("figure", measure.headline))


def bind(measure: Measure, text: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A text of the measure with every @name as a typed bind, and the values it needs."""
    names = dict.fromkeys(_VALUE.findall(text))
    sql = _VALUE.sub(lambda m: f"cast(:k_{m[1]} as {_type(measure, m[1])})", text)
    return sql, {f"k_{name}": values[name] for name in names}


def is_kept(one: Counting) -> bool:
    """Do the counters hold what this counting asks? They know whole years, and parameters with set values."""
    return (
        one.measure.counted is not None
        and (one.window_from is None or (one.window_from.month, one.window_from.day) == (1, 1))
        and (one.window_to is None or (one.window_to.month, one.window_to.day) == (12, 31))
        and all(told in one.measure.kept.get(name, (told,)) for name, told in one.parameters)
    )


@dataclass(frozen=True)
class Slot:
    """One figure's counting on one day: what a row of `facts` belongs to."""

    counting: Counting
    as_of: date


def facts(
    slots: Sequence[Slot], agency_id: int | None, *, by_year: bool = False, recount: bool = False
) -> tuple[str, dict[str, Any]]:
    """The relation of all facts asked for: `slot` is the place in `slots`, then the columns of `Measure.facts`.

    It reads the counters where they hold the answer, and the records where they do not, or for a `recount`.
    """

    def text_of(one: Counting) -> str:
        text = one.measure.counted
        if text is None or recount or not is_kept(one):
            text = one.measure.facts
        return text.replace("{year}", one.measure.year if by_year else "cast(null as integer)")

    return _stacked(slots, agency_id, text_of, "m.*")


_MEMBER = "m.kind, m.id, m.agency_id, m.numerator, m.denominator, m.excluded, m.reason"


def members(
    slots: Sequence[Slot], agency_id: int | None, only: str | None = None
) -> tuple[str, dict[str, Any]]:
    """The records behind all headlines asked for: `slot`, then the columns of `Measure.members` but `detail`.

    `only` is a condition on the file f of a record, for measures that count files or what is in them.
    """

    def text_of(one: Counting) -> str:
        text = one.measure.members
        return text if only is None else text.replace("{of_agency}", f"{{of_agency}} and {only}")

    return _stacked(slots, agency_id, text_of, _MEMBER)


def _stacked(
    slots: Sequence[Slot],
    agency_id: int | None,
    text_of: Callable[[Counting], str],
    columns: str,
) -> tuple[str, dict[str, Any]]:
    together: dict[tuple[Measure, str], list[int]] = {}
    for number, slot in enumerate(slots):
        together.setdefault((slot.counting.measure, text_of(slot.counting)), []).append(number)
    parts: list[str] = []
    values: dict[str, Any] = {}
    for (found, text), numbers in together.items():
        text = place(found, text, agency_id)
        names = list(dict.fromkeys(_VALUE.findall(text)))
        text = _VALUE.sub(r"asked.\1", text)
        rows = []
        for number in numbers:
            told = slots[number].counting.values(slots[number].as_of, agency_id)
            values |= {f"k{number}_{name}": told[name] for name in names}
            binds = (f"cast(:k{number}_{name} as {_type(found, name)})" for name in names)
            rows.append(f"({', '.join((str(number), *binds))})")
        scoped = " where m.agency_id = cast(:agency_id as bigint)" if agency_id is not None else ""
        parts.append(
            f"select asked.slot, {columns} from (values {', '.join(rows)})"
            f" asked ({', '.join(('slot', *names))}) cross join lateral ({text}) m{scoped}"
        )
    if agency_id is not None:
        values["agency_id"] = agency_id
    return "\nunion all\n".join(parts), values


def _type(measure: Measure, name: str) -> str:
    return _CASTS.get(name) or _PARAMETER_CASTS[type(measure.parameters[name])]


def place(measure: Measure, text: str, agency_id: int | None) -> str:
    """The text for one agency or for all."""
    of_agency, of_counted = ("true", "true") if agency_id is None else (measure.of_agency, measure.of_counted)
    return text.replace("{of_agency}", of_agency).replace("{of_counted}", of_counted)
