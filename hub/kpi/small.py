"""Small cells (số nhỏ): counts of records or persons below five are not told to the public.

One or two files of an agency point at the persons whose matters they were. So whoever may not read provisional
figures there (`kpi:read`) is told no count from 1 to 4, nor what it can be reckoned from: the rest of its whole, its
percent, and, where a single line of a breakdown is withheld, the smallest of the others, which with the total would
give it away. What goes into single agencies by its nature (what moved a figure, what its records lack, what is due)
is for who reads the figures. Counts of bodies, systems and papers of the plan name no person and are told. Every face
that tells figures asks here; figures are counted and published whole.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from hub.access.actor import Actor
from hub.access.errors import NAMES
from hub.kit.errors import NotPermitted
from hub.kpi.values import BreakdownRow, IndicatorRow, IndicatorValue, SideFigure

LEAST = 5
# Units of records and persons, as the plan names them in English.
UNITS = frozenset({"file", "document", "page", "person"})


@dataclass(frozen=True)
class _Figures:
    """The figures of an agency, or of the city, as the law is asked about them."""

    agency_id: int | None
    id: int | None = None
    state: str = "DRAFT"
    created_by: int | None = None
    submitted_by: int | None = None


def sees_all(actor: Actor, agency_id: int | None) -> bool:
    """Whether the caller reads every figure of an agency, or of the city (None), however small."""
    return actor.may("read", "kpi", _Figures(agency_id))


def require_all(actor: Actor, agency_id: int | None) -> None:
    """Raise NotPermitted for who may not read every figure of an agency, or of the city (None)."""
    if not sees_all(actor, agency_id):
        raise NotPermitted("kpi:read", *NAMES["kpi"])


def counts_records(row: IndicatorRow) -> bool:
    """Whether a row of the plan is a share of records or of persons."""
    return row.has_percent and row.unit_en in UNITS


def is_guarded(actor: Actor, value: IndicatorValue) -> bool:
    """Whether small cells of the figure are kept from the caller: an agency's, of records or persons.

    What would tell it at many days, where each day's other agencies had to be looked at, is not told at all then.
    """
    return (
        value.agency is not None and counts_records(value.indicator) and not sees_all(actor, value.agency.id)
    )


def is_small(*counts: int | None) -> bool:
    """Whether any of the counts is from 1 to 4."""
    return any(count is not None and 0 < count < LEAST for count in counts)


def told(
    actor: Actor, values: Sequence[IndicatorValue], hidden: Collection[str] = ()
) -> list[IndicatorValue]:
    """The figures as the caller is told them; `hidden` are codes that are withheld for the sake of another line."""
    return [_told(actor, value, value.indicator.code in hidden) for value in values]


def _told(actor: Actor, value: IndicatorValue, hidden: bool) -> IndicatorValue:
    if value.agency is None or sees_all(actor, value.agency.id):  # a whole city points at nobody
        return value
    side = tuple(_side(one) for one in value.side)
    counts = cells(value.numerator, value.denominator, value.excluded, value.missing)
    if not (hidden or (counts_records(value.indicator) and is_small(*counts))):
        return replace(value, side=side)
    return replace(
        value, numerator=None, denominator=None, excluded=None, missing=None, percent=None, percent_low=None,
        percent_with_excluded=None, coverage=None, side=side, withheld=True,
    )  # fmt: skip


def _side(figure: SideFigure) -> SideFigure:
    hidden = figure.unit_en in UNITS and is_small(*cells(figure.numerator, figure.denominator))
    return replace(figure, numerator=None, denominator=None, percent=None) if hidden else figure


def told_lines(
    actor: Actor,
    row: IndicatorRow,
    lines: Sequence[BreakdownRow],
    agency_id: int | None = None,
    *,
    whole: bool = True,
) -> list[BreakdownRow]:
    """The lines of a breakdown as the caller is told them, beside a total that he knows.

    `agency_id` is whose figure is broken down, None for the city's, whose years and kinds point at nobody; where that
    figure itself is withheld, it is not told `whole`, and no line is told either.
    """
    if not counts_records(row):
        return list(lines)
    places = {line.key: line.agency.id if line.agency else agency_id for line in lines}
    free = {key for key, place in places.items() if place is None or sees_all(actor, place)}
    hidden = withheld(
        {line.key: cells(line.numerator, line.denominator, line.excluded, line.missing) for line in lines},
        free,
    )
    return [
        replace(
            line, numerator=None, denominator=None, excluded=None, missing=None, percent=None, withheld=True
        )
        if line.key in hidden or not whole
        else line
        for line in lines
    ]


def withheld(lines: dict[str, tuple[int | None, ...]], free: Collection[str] = ()) -> set[str]:
    """Which lines are withheld, by key: those with a small cell, and never a single one beside others.

    `free` are lines that the caller knows anyhow: they are told, and hide nothing.
    """
    kept = {key: counts for key, counts in lines.items() if key not in free}
    hidden = {key for key, counts in kept.items() if is_small(*counts)}
    if len(hidden) == 1:
        others = [(counts[1] or 0, key) for key, counts in kept.items() if key not in hidden and counts[1]]
        hidden |= {key for _, key in sorted(others)[:1]}
    return hidden


def cells(numerator: int | None, denominator: int | None, *more: int | None) -> tuple[int | None, ...]:
    """The counts of a line and the rest of its whole; the denominator stands second."""
    rest = None if numerator is None or denominator is None else denominator - numerator
    return (numerator, denominator, rest, *more)
