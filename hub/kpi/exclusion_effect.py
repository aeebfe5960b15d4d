"""What one exception by law does to its figure (R5): the city's and the agency's, without it and with it in force.

Both are counted in one statement, which finds the table of exceptions as it would be: without this one, and with it
approved, whatever its state is now. So whoever decides sees what he decides on, and who proposed it what he asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kpi import rules
from hub.kpi.scorecard import SUMS, Total, percent_of, rows_of
from hub.kpi.small import sees_all
from hub.kpi.statement import Slot, counting, facts, figure_of
from hub.kpi.values import IndicatorRow
from hub.plan.models import Exclusion

_COLUMNS = "id, indicator_id, agency_id, series_id, file_id, item_id, whole_archive"
_OTHERS = f"select {_COLUMNS}, state, valid_from, valid_to from public.exclusion where id <> :exclusion"
# In force on the day, also where it is to begin later or has been lifted.
_ITSELF = f"""select {_COLUMNS}, 'APPROVED', cast('-infinity' as date), cast(null as date)
                from public.exclusion where id = :exclusion"""
_SIDES = {False: _OTHERS, True: f"{_OTHERS} union all {_ITSELF}"}


@dataclass(frozen=True)
class Part:
    """A figure on one side: its numbers, and its percent where the row has one."""

    numerator: int
    denominator: int
    percent: str | None


@dataclass(frozen=True)
class Pair:
    """A figure without the exception and with it."""

    without: Part
    in_force: Part

    @property
    def differs(self) -> bool:
        """Whether the exception changes anything."""
        return self.without != self.in_force


@dataclass(frozen=True)
class ExclusionEffect:
    """What the caller may read of it: None for the city's, or the agency's, that he may not read live."""

    row: IndicatorRow
    as_of: date
    city: Pair | None
    agency: Pair | None


def exclusion_effect(
    session: Session, actor: Actor, exclusion: Exclusion, plan: str, code: str, as_of: date
) -> ExclusionEffect | None:
    """The effect at `as_of` of an exception that the caller may read; None while its row is not counted.

    Two statements. Raises NotFound for an unknown plan or code.
    """
    [row] = [one for one in rows_of(session, plan, [as_of], [code], sides=False)[as_of] if one.code == code]
    how = counting(row)
    if how is None:
        return None
    relation, values = facts([Slot(how, as_of)], None)
    sides = " union all ".join(
        f"select {in_force} as in_force, agency_id, {SUMS} from (with exclusion as not materialized ({table})"
        f" {relation}) facts where figure = :figure group by agency_id"
        for in_force, table in _SIDES.items()
    )
    values |= {"exclusion": exclusion.id, "figure": figure_of(row, how.measure)}
    found: dict[bool, dict[int, Total]] = {False: {}, True: {}}
    for told in session.execute(text(sides), values).mappings():
        if told["agency_id"] is not None:
            found[told["in_force"]][told["agency_id"]] = Total.of(told)
    whose = _answering(found, exclusion.agency_id)
    nothing = Total()
    return ExclusionEffect(
        row=row,
        as_of=as_of,
        city=_pair(row, *(_summed(found[side]) for side in (False, True))) if sees_all(actor, None) else None,
        agency=_pair(row, *(found[side].get(whose, nothing) for side in (False, True)))
        if sees_all(actor, whose)
        else None,
    )


def _answering(found: Mapping[bool, Mapping[int, Total]], owner: int) -> int:
    """Whose figure moves: the owner's, or that of the body that answers for the record by then (R13)."""
    moved = [key for key in {**found[False], **found[True]} if found[False].get(key) != found[True].get(key)]
    return owner if owner in moved or not moved else min(moved)


def _summed(totals: Mapping[int, Total]) -> Total:
    return Total(
        numerator=sum((one.numerator for one in totals.values()), Total.numerator),
        denominator=sum((one.denominator for one in totals.values()), Total.denominator),
    )


def _pair(row: IndicatorRow, without: Total, in_force: Total) -> Pair:
    return Pair(_part(row, without), _part(row, in_force))


def _part(row: IndicatorRow, total: Total) -> Part:
    share = rules.share(total.numerator, total.denominator)
    return Part(round(total.numerator), round(total.denominator), percent_of(row, share))
