"""How a return or a period is held, changed and stored: the law, the version, the state, the turn and the event.

Every command begins and ends here, so that no step can be done without leaving who, when, on whose behalf and why.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from sqlmodel import Session

from hub.access.acting import held
from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.changes import before_and_after, facts_of
from hub.kit.errors import StaleVersion
from hub.returns.errors import AgencyEnded, OwnReturn, ReturnNotOwed, WrongPeriodState, WrongReturnState
from hub.returns.instead import hands_of, instead
from hub.returns.kept import ReturnTurn
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.owed import Place, place_of
from hub.returns.rules import BARRED, STEPS


def period_seen(session: Session, actor: Actor, key: int) -> ReportingPeriod:
    """A period as it is now, for reading. Raises NotFound."""
    period = session.get(ReportingPeriod, key)
    actor.require("read", "period", period)
    return cast(ReportingPeriod, period)


def period_held(session: Session, actor: Actor, key: int, *, change: bool = False) -> ReportingPeriod:
    """A period as it is now, which nobody closes before the end of the transaction. Raises NotFound."""
    lock: Any = True if change else {"read": True}
    period = session.get(ReportingPeriod, key, with_for_update=lock, populate_existing=True)
    actor.require("read", "period", period)
    return cast(ReportingPeriod, period)


def open_period_held(session: Session, actor: Actor, key: int) -> ReportingPeriod:
    """The same of an open one. Raises NotFound, WrongPeriodState."""
    period = period_held(session, actor, key)
    if period.state != "OPEN":
        raise WrongPeriodState(period.state)
    return period


def at_version(current: int, expected: int | None) -> None:
    """Raise StaleVersion when the row has moved on since the caller saw it, or he did not say what he saw."""
    if expected != current:
        raise StaleVersion(current)


def place_held(
    session: Session, actor: Actor, agency_id: int, period: ReportingPeriod, *, until: date | None = None
) -> Place:
    """Where an agency stands for the period it owes a return for; one that still exists, or did on `until`.

    Raises NotFound, AgencyEnded, ReturnNotOwed.
    """
    place = place_of(session, agency_id, period.deadline)
    if place is None:
        actor.require("read", "agency", None)
        raise AssertionError("unreachable: require raises for no row")
    ended = place.valid_to
    if ended is not None and ended <= (until or max(clock.today(), period.deadline)):
        raise AgencyEnded(place.name, ended, place.successors)
    if not place.owes:
        raise ReturnNotOwed(place.name, period.deadline)
    return place


def return_held(
    session: Session,
    actor: Actor,
    action: str,
    key: int,
    expected_version: int | None,
    starts: tuple[str, ...],
) -> tuple[AgencyReturn, ReportingPeriod]:
    """A return that the actor may do `action` to, locked, as he saw it, in one of the states, in an open period.

    In another state the law is asked as if it were in one from which he may: who has the right learns what stands in
    the way, who has not learns only that. Raises NotFound, NotPermitted, StepUpRequired, StaleVersion,
    WrongPeriodState, WrongReturnState.
    """
    row = held(session, AgencyReturn, key)
    actor.require("read", "return", row)
    row = cast(AgencyReturn, row)
    if action in BARRED:
        _require_another(session, actor, action, row)
    states = (row.state,) if row.state in starts else starts
    state = next((one for one in states if actor.may(action, "return", row, state=one)), states[0])
    actor.require(action, "return", row, state=state)
    period = period_held(session, actor, row.period_id)
    if period.state != "OPEN":
        raise WrongPeriodState(period.state)
    if row.state not in starts:
        raise WrongReturnState(row.state, starts)
    at_version(row.version, expected_version)
    return row, period


def _require_another(session: Session, actor: Actor, action: str, row: AgencyReturn) -> None:
    """Raise OwnReturn for who has taken a turn that bars him from this step, or lets another take it for him."""
    hands = {turn: people for turn, people in hands_of(session, row).items() if turn in BARRED[action]}
    for turn, people in hands.items():
        if actor.subject.us & people:
            others = instead(session, actor, action, row, frozenset().union(*hands.values()))
            raise OwnReturn(action, others, approved=turn == STEPS["approve"].turn)


def stored(
    session: Session,
    actor: Actor,
    action: str,
    row: AgencyReturn | ReportingPeriod,
    *,
    reason: str | None = None,
    also: Mapping[str, Any] | None = None,
) -> None:
    """Store a changed row, one version on, and its audit event."""
    changes = before_and_after(row)
    row.version += 1
    row.updated_at = clock.now()
    session.add(row)
    session.flush()
    _record(session, actor, action, row, {"changed": changes, **(also or {})}, reason)


def added(
    session: Session, actor: Actor, action: str, row: AgencyReturn | ReportingPeriod, **also: Any
) -> None:
    """Store a new row and its audit event."""
    session.add(row)
    session.flush()
    _record(session, actor, action, row, {"after": facts_of(row), **also}, None)


def turned(
    session: Session, actor: Actor, action: str, row: AgencyReturn, note: str | None = None
) -> AgencyReturn:
    """Take a return one step on, and keep the turn for good: who, on whose behalf, when, from where, why."""
    step, before = STEPS[action], row.state
    mandate = actor.mandate(action, "return", row, state=before)
    row.state = step.leads_to
    stored(session, actor, action, row, reason=note)
    session.add(
        ReturnTurn(
            return_id=row.id or 0,
            agency_id=row.agency_id,
            turn=step.turn,
            from_state=before,
            to_state=row.state,
            note=note,
            by_id=actor.id,
            on_behalf_of=mandate.on_behalf_of if mandate else None,
            version=row.version,
            at=clock.instant(),
        )
    )
    session.flush()
    return row


def _record(
    session: Session,
    actor: Actor,
    action: str,
    row: AgencyReturn | ReportingPeriod,
    detail: Mapping[str, Any],
    reason: str | None,
) -> None:
    resource = "return" if isinstance(row, AgencyReturn) else "period"
    agency_id = row.agency_id if isinstance(row, AgencyReturn) else None
    record(
        session,
        actor,
        f"{resource}:{action}",
        resource,
        row.id,
        agency_id=agency_id,
        reason=reason,
        detail=detail,
    )
