"""Writing the trail: one event, in the transaction of the deed, without any lock.

Whoever undoes the deed undoes the event with it; a denial is therefore written in a transaction of its own.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

import orjson
from sqlmodel import Session

from policies.law import policy_version


class Origin(NamedTuple):
    """Where a request came from; a face sets ORIGIN once per request, a command line leaves it empty."""

    request_id: str | None = None
    client_ip: str | None = None


_COLUMNS = (
    "event_type", "agent_id", "on_behalf_of", "object_type", "object_id", "agency_id", "outcome", "reason", "detail",
    "policy_version", "request_id", "client_ip",
)  # fmt: skip
_INSERT = f"insert into audit_event ({', '.join(_COLUMNS)}) values ({', '.join(['%s'] * len(_COLUMNS))})"

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
) -> None:
    """Write one event, named noun:verb (`file:close`); `detail` holds changed fields, no secret.

    PostgreSQL fills the transaction id and the time. Outcome is success, failure or denied. A deed that only a
    delegated grant allowed is told as done on behalf of its delegator, unless the caller names somebody.
    """
    origin = ORIGIN.get() or Origin()
    agent = actor if actor is None or isinstance(actor, int) else actor.id
    if on_behalf_of is None and agent is not None and outcome == "success":
        on_behalf_of = MANDATES.get().get((agent, event_type))
    said = orjson.dumps(dict(detail), option=orjson.OPT_NON_STR_KEYS).decode() if detail is not None else None
    told = (
        event_type, agent, on_behalf_of, object_type, object_id, agency_id, outcome, reason, said,
        decided_under(actor), origin.request_id, origin.client_ip,
    )  # fmt: skip
    session.flush()  # the deed first
    # As plain SQL by place: an object of the session, names and an answer would each add to what every deed costs.
    session.connection().exec_driver_sql(_INSERT, told)
