"""Deeds on returns: written, submitted, withdrawn, approved, sent back, accepted.

    DRAFT → SUBMITTED → APPROVED → ACCEPTED       by the officer, the head of the agency, who receives it
            any of the last three → SENT_BACK → SUBMITTED

Who receives it is Home Affairs, of a unit the body above. Nobody approves or accepts what he submitted, nor accepts
what he approved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.changes import before_and_after
from hub.kit.errors import FieldError, Invalid, StaleVersion
from hub.returns.figures import frozen_figures
from hub.returns.ledger import (
    added,
    at_version,
    open_period_held,
    place_held,
    return_held,
    stored,
    turned,
)
from hub.returns.lines import LineSaid, declare, retract, write_lines
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.periods import needed_reason
from hub.returns.rules import STEPS, WRITTEN_IN, missing_to_submit, wrong_text

_TEXTS = ("results", "difficulties", "proposals")


def save_return(
    session: Session,
    actor: Actor,
    period_id: int,
    agency_id: int,
    expected_version: int | None,
    said: dict[str, Any],
    lines: Sequence[LineSaid] = (),
) -> AgencyReturn:
    """Write what an agency reports, in the version that was seen; without one the first time. Absent texts stay.

    Raises NotFound, NotPermitted, StaleVersion, AgencyEnded, ReturnNotOwed, WrongPeriodState, WrongReturnState,
    Invalid.
    """
    texts = {name: (said[name] or "").strip() or None for name in _TEXTS if name in said}
    if errors := [one for name, text in texts.items() if (one := wrong_text(name, text))]:
        raise Invalid(errors)
    found = session.exec(
        select(AgencyReturn.id).where(
            AgencyReturn.period_id == period_id, AgencyReturn.agency_id == agency_id
        )
    ).first()
    if found is None:
        row, period = _begun(session, actor, period_id, agency_id)
        at_version(0, expected_version or 0)
    else:
        row, period = return_held(session, actor, "update", found, expected_version, WRITTEN_IN)
    to = place_held(session, actor, agency_id, period).reports_to
    changed = write_lines(session, row, period, lines)
    # What follows is told to the audit as changes of the row: nothing is read before it is stored.
    row.reports_to_id = to
    for name, text in texts.items():
        setattr(row, name, text)
    if found is None:
        added(session, actor, "create", row, lines=changed)
    elif changed or before_and_after(row):
        stored(session, actor, "update", row, also={"lines": changed})
    return row


def _begun(
    session: Session, actor: Actor, period_id: int, agency_id: int
) -> tuple[AgencyReturn, ReportingPeriod]:
    """A new return, stored, in nobody's hands yet. Raises StaleVersion when somebody else begins it now."""
    future = AgencyReturn(period_id=period_id, agency_id=agency_id, created_by=actor.id)
    actor.require("create", "return", future)
    period = open_period_held(session, actor, period_id)
    place_held(session, actor, agency_id, period)
    values = {"period_id": period_id, "agency_id": agency_id, "created_by": actor.id}
    mine = insert(AgencyReturn).values(values).on_conflict_do_nothing().returning(col(AgencyReturn.id))
    key = session.connection().scalar(mine)
    if key is None:
        raise StaleVersion(1)
    return session.get_one(AgencyReturn, key), period


def submit_return(session: Session, actor: Actor, return_id: int, expected_version: int) -> AgencyReturn:
    """Submit a return to the head of the agency; the hub's figures of the moment are kept with it.

    Raises NotFound, NotPermitted, StaleVersion, WrongPeriodState, WrongReturnState, AgencyEnded, Invalid.
    """
    row, period = return_held(session, actor, "submit", return_id, expected_version, STEPS["submit"].starts)
    place = place_held(session, actor, row.agency_id, period)
    if errors := missing_to_submit(row.results, row.difficulties):
        raise Invalid(errors)
    figures = frozen_figures(session, actor, row, period)
    row.reports_to_id, row.figures = place.reports_to, figures
    row.submitted_by = actor.id
    row.submitted_at = clock.instant()
    row.handed_in_at = row.handed_in_at or row.submitted_at
    row.approved_by = row.approved_at = row.decided_by = row.decided_at = row.decision_note = None
    return turned(session, actor, "submit", row)


def withdraw_return(session: Session, actor: Actor, return_id: int, expected_version: int) -> AgencyReturn:
    """Take a submitted return back, as long as the head has not approved it.

    Raises NotFound, NotPermitted, StaleVersion, WrongPeriodState, WrongReturnState.
    """
    row, _ = return_held(session, actor, "withdraw", return_id, expected_version, STEPS["withdraw"].starts)
    row.submitted_by = row.submitted_at = row.handed_in_at = None
    return turned(session, actor, "withdraw", row)


def approve_return(
    session: Session, actor: Actor, return_id: int, expected_version: int, note: str | None = None
) -> AgencyReturn:
    """Approve a submitted return as the head of the agency; never by who submitted it.

    Raises NotFound, NotPermitted, StepUpRequired, StaleVersion, WrongPeriodState, WrongReturnState, AgencyEnded,
    Invalid.
    """
    row, period = return_held(session, actor, "approve", return_id, expected_version, STEPS["approve"].starts)
    place_held(session, actor, row.agency_id, period)
    row.approved_by = actor.id
    row.approved_at = clock.instant()
    return turned(session, actor, "approve", row, _note(note))


def send_back_return(
    session: Session, actor: Actor, return_id: int, expected_version: int, reason: str | None
) -> AgencyReturn:
    """Give a return back with the reason: the head a submitted one, who receives it an approved or accepted one.

    Raises NotFound, NotPermitted, StaleVersion, WrongPeriodState, WrongReturnState, Invalid.
    """
    row, period = return_held(session, actor, "return", return_id, expected_version, STEPS["return"].starts)
    why = needed_reason(_note(reason, "reason"))
    if row.state == "ACCEPTED":
        retract(session, row, period)
    if row.state == "SUBMITTED":  # it had not left the agency
        row.handed_in_at = None
    row.decided_by, row.decided_at, row.decision_note = actor.id, clock.instant(), why
    row.approved_by = row.approved_at = None
    return turned(session, actor, "return", row, why)


def accept_return(
    session: Session, actor: Actor, return_id: int, expected_version: int, note: str | None = None
) -> AgencyReturn:
    """Accept an approved return as Home Affairs, of a unit as the body above; what it declares counts from then on.

    Never by who submitted or approved it.

    Raises NotFound, NotPermitted, StaleVersion, WrongPeriodState, WrongReturnState, AgencyEnded, Invalid.
    """
    row, period = return_held(session, actor, "accept", return_id, expected_version, STEPS["accept"].starts)
    # What a body handed in is accepted, though it has ended since the reporting date.
    place_held(session, actor, row.agency_id, period, until=period.deadline)
    told = _note(note)
    row.decided_by, row.decided_at, row.decision_note = actor.id, clock.instant(), told
    turned(session, actor, "accept", row, told)
    declare(session, row, period)
    return row


def _note(note: str | None, field: str = "note") -> str | None:
    error: FieldError | None = wrong_text(field, note, 2_000)
    if error:
        raise Invalid([error])
    return (note or "").strip() or None
