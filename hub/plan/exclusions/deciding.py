"""Home Affairs decides on exceptions by law: approves, returns with a reason, lifts what it once approved."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.errors import NAMES
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid, NotPermitted
from hub.plan.exclusions.errors import ExclusionDecided, ExclusionNotInForce
from hub.plan.exclusions.ledger import at_version, exclusion_held, reason_said, stored
from hub.plan.models import Exclusion


def approve_exclusion(
    session: Session, actor: Actor, exclusion_id: int, expected_version: int | None
) -> Exclusion:
    """Approve a proposal; from its first day on it counts.

    Raises NotFound, NotPermitted, StepUpRequired, StaleVersion, ExclusionDecided.
    """
    return _decided(session, actor, "approve", exclusion_id, expected_version, "APPROVED", None)


def return_exclusion(
    session: Session, actor: Actor, exclusion_id: int, expected_version: int | None, reason: str
) -> Exclusion:
    """Return a proposal to its agency with a reason. Raises what approving raises, and Invalid."""
    said = reason_said(reason)
    return _decided(session, actor, "return", exclusion_id, expected_version, "REJECTED", said)


def lift_exclusion(
    session: Session,
    actor: Actor,
    exclusion_id: int,
    expected_version: int | None,
    reason: str,
    ends_on: date | None = None,
) -> Exclusion:
    """End an approved exception: `ends_on`, today where left out, is the first day without it; the days before count.

    Raises NotFound, NotPermitted, StaleVersion, ExclusionNotInForce, Invalid.
    """
    said = reason_said(reason)
    row = exclusion_held(session, actor, "revoke", exclusion_id, "APPROVED", ExclusionNotInForce)
    at_version(row, expected_version)
    day = ends_on or max(clock.today(), row.valid_from)
    if day < row.valid_from or (row.valid_to is not None and day > row.valid_to):
        until = row.valid_to
        raise Invalid(
            [
                FieldError(
                    "ends_on", "OUT_OF_ORDER",
                    f"Hãy chọn một ngày từ {row.valid_from:%d/%m/%Y}{f' đến {until:%d/%m/%Y}' if until else ''}.",
                    f"Choose a day from {row.valid_from}{f' to {until}' if until else ''}.",
                )
            ]
        )  # fmt: skip
    row.state, row.valid_to, row.note = "LIFTED", day, said
    return stored(session, actor, "revoke", row, said)


def _decided(
    session: Session,
    actor: Actor,
    action: str,
    exclusion_id: int,
    expected_version: int | None,
    state: str,
    note: str | None,
) -> Exclusion:
    row = exclusion_held(session, actor, action, exclusion_id, "PROPOSED", ExclusionDecided)
    # The law forbids who proposed it to approve it; nor is the other decision his, or any on what he has changed.
    if not actor.subject.us.isdisjoint({row.proposed_by, row.amended_by}):
        raise NotPermitted(f"exclusion:{action}", *NAMES["exclusion"])
    at_version(row, expected_version)
    row.state, row.approved_by, row.decided_at = state, actor.id, clock.now()
    row.note = note or row.note
    return stored(session, actor, action, row, note)
