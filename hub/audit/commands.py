"""Writing the trail: one event, in the transaction of the deed, without any lock.

Whoever undoes the deed undoes the event with it; a denial is therefore written in a transaction of its own.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from sqlalchemy import insert, null
from sqlmodel import Session

from hub.audit.models import AuditEvent
from policies.law import policy_version


class Origin(NamedTuple):
    """Where a request came from; a face sets ORIGIN once per request, a command line leaves it empty."""

    request_id: str | None = None
    client_ip: str | None = None


_TABLE = AuditEvent.__table__  # type: ignore[attr-defined]
_INSERT = insert(_TABLE).returning(_TABLE.c.id)

ORIGIN: ContextVar[Origin | None] = ContextVar("origin", default=None)

# For whom somebody last did a deed under a delegated grant: (id of who acts, noun:verb) → id of the delegator.
# Whoever asks the law writes it, so that the event of the deed tells it without being told.
MANDATES: ContextVar[Mapping[tuple[int, str], int]] = ContextVar("mandates", default=MappingProxyType({}))


class Agent(Protocol):
    """Who acts: anything with the id of a user; None is the public."""

    @property
    def id(self) -> int | None: ...


def decided_under(actor: Agent | int | None) -> str:
    """The policy that an actor's request began under; for all others the one in force."""
    told: str | None = getattr(actor, "policy_version", None)
    return told or policy_version()


def record_refusal(session: Session, actor: Agent | int | None, event_type: str, reason: str) -> None:
    """Write that something was asked for that the law refuses; in a transaction of its own."""
    record(session, actor, event_type, outcome="denied", reason=reason)


def record(
    session: Session,
    actor: Agent | int | None,
    event_type: str,
    object_type: str | None = None,
    object_id: int | None = None,
    *,
    agency_id: int | None = None,
    outcome: str = "success",
    reason: str | None = None,
    detail: Mapping[str, Any] | None = None,
    on_behalf_of: int | None = None,
) -> int:
    """Write one event, named noun:verb (`file:close`), and tell its id; `detail` holds changed fields, no secret.

    PostgreSQL fills the transaction id and the time. Outcome is success, failure or denied. A deed that only a
    delegated grant allowed is told as done on behalf of its delegator, unless the caller names somebody.
    """
    origin = ORIGIN.get() or Origin()
    agent = actor if actor is None or isinstance(actor, int) else actor.id
    if on_behalf_of is None and agent is not None and outcome == "success":
        on_behalf_of = MANDATES.get().get((agent, event_type))
    told = {
        "event_type": event_type,
        "agent_id": agent,
        "on_behalf_of": on_behalf_of,
        "object_type": object_type,
        "object_id": object_id,
        "agency_id": agency_id,
        "outcome": outcome,
        "reason": reason,
        "detail": dict(detail) if detail is not None else null(),
        "policy_version": decided_under(actor),
        "request_id": origin.request_id,
        "client_ip": origin.client_ip,
    }
    session.flush()  # the deed first
    # As plain SQL: an object of the session would double what an event costs.
    return int(session.connection().execute(_INSERT, told).scalar_one())
