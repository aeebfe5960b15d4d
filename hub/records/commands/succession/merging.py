"""Bodies merge into another one (hợp nhất, sáp nhập)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.commands import Step, end_agency, follow, inherit, place_units, store
from hub.agencies.models import Agency
from hub.agencies.queries import above, units_of
from hub.agencies.rules import may_succeed
from hub.audit.commands import record
from hub.records.commands.succession.passing import (
    Recoded,
    close_fonds_of,
    end_grants,
    fonds_of,
    pass_on,
)
from hub.records.commands.succession.rules import check, permitted
from hub.records.facts import remark


class Merger(NamedTuple):
    """The successor, and what had to get another code."""

    successor: Agency
    recoded: tuple[Recoded, ...]


def merge_agencies(
    session: Session,
    actor: Actor,
    predecessors: Sequence[tuple[int, int | None]],
    successor_id: int,
    *,
    effective_on: date,
    decision: str | None,
    on: date,
    decided_on: date | None = None,
) -> Merger:
    """End bodies on a day and let another follow them; `predecessors` are ids with the versions seen.

    A code that the successor uses already gets the predecessor's code before it; each such record is reported.
    Raises NotFound, NotPermitted, StaleVersion, Invalid, AgencyHasEnded.
    """
    step = Step("MERGED", effective_on, remark("decision", decision), decided_on)
    keys = [key for key, _ in predecessors]
    found = permitted(session, actor, "merge", predecessors, [successor_id])
    check(session, found, keys, step, on, may_succeed(keys, successor_id, above(session, successor_id)))
    successor = found[successor_id]
    duties = inherit(session, successor, [found[key] for key in keys], step)
    recoded = [
        one for key in sorted(keys) for one in succeed(session, actor, found[key], successor, step, on)
    ]
    store(session, successor)
    detail = {
        "predecessors": sorted(found[key].code for key in keys),
        "effective_on": effective_on.isoformat(),
        **duties,
    }
    session.expire_all()  # records moved behind the session's back
    record(
        session,
        actor,
        "agency:merge",
        "agency",
        successor_id,
        agency_id=successor_id,
        reason=step.decision,
        detail=detail,
    )
    return Merger(successor, tuple(recoded))


# How the audit names the deed by which a body came to its end.
_DEEDS = {"MERGED": "agency:merge", "DISSOLVED": "agency:dissolve"}


def succeed(
    session: Session, actor: Actor, agency: Agency, successor: Agency, step: Step, on: date
) -> list[Recoded]:
    """End a body and give all it has to one that follows it, with the audit of the end; what was recoded."""
    key, successor_id = agency.id or 0, successor.id or 0
    closed = close_fonds_of(session, key, step.day)
    passage = pass_on(session, agency, successor_id, fonds_of(session, key), step.day, rest=True)
    follow(session, key, successor_id, step)
    units = place_units(session, units_of(session, key), successor_id, step.day, step.decision)
    end_agency(session, agency, step.day)
    detail = {
        "successor": successor.code,
        "effective_on": step.day.isoformat(),
        "decided_on": step.decided_on.isoformat() if step.decided_on else None,
        "changed": {"valid_to": [None, step.day.isoformat()]},
        "closed_fonds": closed,
        "units": units,
        **passage.told(),
        "grants_ended": end_grants(session, key, on),
    }
    record(
        session,
        actor,
        _DEEDS[step.kind],
        "agency",
        key,
        agency_id=key,
        reason=step.decision,
        detail=detail,
    )
    return passage.recoded
