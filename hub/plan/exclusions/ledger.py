"""How an exception by law is held, stored and told: the law first, then its state, then its version."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.changes import before_and_after
from hub.kit.errors import Conflict, FieldError, Invalid, StaleVersion
from hub.plan.models import Exclusion

LONGEST = 2_000


def exclusion_held(
    session: Session, actor: Actor, action: str, key: int, state: str, otherwise: Callable[[], Conflict]
) -> Exclusion:
    """An exclusion in this state that the actor may do `action` to, held to the end of the transaction.

    Raises NotFound, NotPermitted, StepUpRequired, and `otherwise` where it is in another state.
    """
    row = session.get(Exclusion, key)
    actor.require("read", "exclusion", row)
    assert row is not None  # `require` raises for no row
    # In another state the law is asked as if it were in this one: who has no right learns only that.
    actor.require(action, "exclusion", row, state=state)
    # Held only now: the database holds no row for whom no deed reaches (policies/rls.py).
    session.refresh(row, with_for_update=True)
    if row.state != state:
        raise otherwise()
    actor.require(action, "exclusion", row)
    return row


def at_version(row: Exclusion, expected: int | None) -> None:
    """Raise StaleVersion when the row has moved on since the caller saw it; None asks for no check."""
    if expected is not None and row.version != expected:
        raise StaleVersion(row.version)


def stored(
    session: Session, actor: Actor, action: str, row: Exclusion, reason: str | None = None
) -> Exclusion:
    """Store what was changed, one version on, with its audit event."""
    changes = before_and_after(row)
    if not changes:
        return row
    row.version += 1
    row.updated_at = clock.now()
    session.add(row)
    session.flush()
    detail = {"basis": row.basis_code, "valid_from": row.valid_from.isoformat(), "changed": changes}
    record(
        session, actor, f"exclusion:{action}", "exclusion", row.id, agency_id=row.agency_id, reason=reason,
        detail=detail,
    )  # fmt: skip
    return row


def reason_said(told: str, field: str = "reason") -> str:
    """A reason, on one line. Raises Invalid for none, or one that is too long."""
    said = " ".join(told.split())
    if error := wrong_text(field, said):
        raise Invalid([error])
    return said


def wrong_text(field: str, said: str) -> FieldError | None:
    """What is wrong with a basis or reason."""
    if not said:
        return FieldError(field, "REQUIRED", "Hãy nêu căn cứ hoặc lý do.", "Give the basis or the reason.")
    if len(said) > LONGEST:
        return FieldError(
            field, "TOO_LONG", f"Tối đa {LONGEST} ký tự, đã nhập {len(said)}.",
            f"At most {LONGEST} characters; there are {len(said)}.",
        )  # fmt: skip
    return None
