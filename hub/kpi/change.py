"""What moved a figure between two days: effects by agency, causes with their records, and what was known when.

    before, after    facts true at each day, as known now (R3b)
    effects          performance and mix by agency; they sum exactly to the change of the percent (effects.py)
    causes           why records count otherwise; they sum exactly to the change of numerator and denominator
    reported         what the report of the first day said; its own causes sum to the difference to `before`

A reading decided between the days (`indicator_parameter`) is a cause of its own: the first day is counted once more as
the second is, and what that alone moves is PARAMETER_CHANGED, or FORMULA_CHANGED where another figure of the measure
became the headline. A figure whose measure lists no records (one printed beside another) moves as NOT_TRACED.

Statements are constant: rows, agency, totals, lines by agency, successions, causes, and one for what was reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit.errors import BadRequest, NotFound
from hub.kpi.breakdown import By, breakdowns
from hub.kpi.causes import Cause, Moved, Question, moved
from hub.kpi.effects import Effects, Part, effects
from hub.kpi.scorecard import scorecards
from hub.kpi.statement import Slot, counting, figure_of
from hub.kpi.values import AgencyRef, BreakdownRow, IndicatorRow, IndicatorValue


@dataclass(frozen=True)
class Reported:
    """A figure as a report froze it, and when."""

    value: IndicatorValue
    frozen_at: datetime
    report_id: int


@dataclass(frozen=True)
class Revision:
    """What was reported of the first day, and what has become known of it since; no causes where it is the same."""

    reported: Reported
    causes: tuple[Moved, ...]
    question: Question | None


@dataclass(frozen=True)
class Reading:
    """A reading that was decided between the days: its name, and the value before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """What moved a figure; `question` finds the records of a cause, None where none are listed."""

    before: IndicatorValue
    after: IndicatorValue
    effects: Effects | None
    causes: tuple[Moved, ...]
    readings: tuple[Reading, ...]
    question: Question | None
    revision: Revision | None

    @property
    def points(self) -> Decimal | None:
        """How far the percent as shown moved, in percentage points; None where one of the days has none."""
        if self.before.percent is None or self.after.percent is None:
            return None
        return Decimal(self.after.percent) - Decimal(self.before.percent)


def change(
    session: Session,
    actor: Actor,
    plan: str,
    code: str,
    first: date,
    last: date,
    agency_id: int | None = None,
    reported: Reported | None = None,
) -> Change:
    """What moved the figure of a row between two days, of the city or of one agency.

    Raises BadRequest where the first day is not before the last, NotFound as `scorecards`.
    """
    if first >= last:
        raise BadRequest(
            f"Từ ngày {first:%d/%m/%Y} phải trước đến ngày {last:%d/%m/%Y}. Hãy đổi lại hai ngày.",
            f"The first day, {first}, must lie before the last, {last}. Exchange the two days.",
        )
    told = scorecards(session, actor, plan, [first, last], agency_id, [code])
    if not told[first] or not told[last]:
        raise NotFound(f"chỉ tiêu «{code}»", f'indicator "{code}"', path=("code",))
    (before,), (after,) = told[first], told[last]
    readings = _readings(before.indicator, after.indicator)
    old, new = counting(before.indicator), counting(after.indicator)
    if old is None or new is None:
        return Change(before, after, None, (), readings, None, None)
    stages = _stages(session, actor, before.indicator, after.indicator, first, last, agency_id)
    question = Question(
        Slot(old, first),
        Slot(new, last),
        agency_id,
        between=Slot(new, first) if old != new else None,
        wide=agency_id is not None and _followed(session, first, last),
    )
    traced = _is_headline(before.indicator) and _is_headline(after.indicator)
    causes = _causes(moved(session, question) if traced else [], stages, before, after, old != new)
    revision = None
    if reported is not None:
        revision = _revision(session, reported, before, Slot(old, first), agency_id)
    found = effects(stages.first, stages.last)
    return Change(before, after, found, causes, readings, question if traced else None, revision)


@dataclass(frozen=True)
class _Stages:
    """Lines by agency: the first day as read then, with the new parameters, with the new figure too, the last day."""

    first: Mapping[AgencyRef, Part]
    read_anew: Mapping[AgencyRef, Part]
    shown_anew: Mapping[AgencyRef, Part]
    last: Mapping[AgencyRef, Part]


def _stages(
    session: Session,
    actor: Actor,
    old: IndicatorRow,
    new: IndicatorRow,
    first: date,
    last: date,
    agency_id: int | None,
) -> _Stages:
    shown = old.parameters.get("figure")
    parameters = {name: value for name, value in new.parameters.items() if name != "figure"}
    read_anew = replace(new, parameters=parameters | ({} if shown is None else {"figure": shown}))
    asked = [(first, old), (first, read_anew), (first, new), (last, new)]
    return _Stages(*map(_parts, breakdowns(session, actor, asked, By.AGENCY, agency_id)))


def _parts(lines: Iterable[BreakdownRow]) -> dict[AgencyRef, Part]:
    return {
        line.agency: Part(line.numerator or 0, line.denominator or 0)
        for line in lines
        if line.agency is not None
    }


def _causes(
    found: list[Moved], stages: _Stages, before: IndicatorValue, after: IndicatorValue, read_otherwise: bool
) -> tuple[Moved, ...]:
    """The causes of records, those of readings, and what is left over."""
    listed = {one.cause for one in found}
    if read_otherwise and Cause.PARAMETER_CHANGED not in listed:
        found.append(_difference(Cause.PARAMETER_CHANGED, stages.first, stages.read_anew))
    if before.indicator.parameters.get("figure") != after.indicator.parameters.get("figure"):
        found.append(_difference(Cause.FORMULA_CHANGED, stages.read_anew, stages.shown_anew))
    return _complete(found, before, after)


def _difference(cause: Cause, old: Mapping[AgencyRef, Part], new: Mapping[AgencyRef, Part]) -> Moved:
    return Moved(
        cause,
        sum(part.numerator for part in new.values()) - sum(part.numerator for part in old.values()),
        sum(part.denominator for part in new.values()) - sum(part.denominator for part in old.values()),
    )


def _complete(found: Iterable[Moved], before: IndicatorValue, after: IndicatorValue) -> tuple[Moved, ...]:
    """The causes with what is left over as a cause of its own, so that they add up whatever happens."""
    told = [one for one in found if one.numerator or one.denominator or one.records]
    rest = Moved(
        Cause.NOT_TRACED,
        (after.numerator or 0) - (before.numerator or 0) - sum(one.numerator for one in told),
        (after.denominator or 0) - (before.denominator or 0) - sum(one.denominator for one in told),
    )
    return (*told, *([rest] if rest.numerator or rest.denominator else []))


def _revision(
    session: Session, reported: Reported, now: IndicatorValue, slot: Slot, agency_id: int | None
) -> Revision:
    old = reported.value
    if old.denominator is None or (old.numerator, old.denominator) == (now.numerator, now.denominator):
        return Revision(reported, (), None)  # nothing to explain
    question = Question(slot, slot, agency_id, known_at=reported.frozen_at)
    traced = _is_headline(now.indicator) and _is_headline(old.indicator)
    found = moved(session, question) if traced else []
    return Revision(reported, _complete(found, old, now), question if traced else None)


def _readings(old: IndicatorRow, new: IndicatorRow) -> tuple[Reading, ...]:
    return tuple(
        Reading(name, old.parameters.get(name), new.parameters.get(name))
        for name in sorted({*old.parameters, *new.parameters})
        if old.parameters.get(name) != new.parameters.get(name)
    )


def _is_headline(row: IndicatorRow) -> bool:
    one = counting(row)
    return one is not None and figure_of(row, one.measure) == one.measure.headline


_FOLLOWED = text(
    "select exists (select from agency_succession where effective_on > :first and effective_on <= :last)"
)


def _followed(session: Session, first: date, last: date) -> bool:
    """Did any body follow another between the days?"""
    return bool(session.execute(_FOLLOWED, {"first": first, "last": last}).scalar())
