"""The tree of agencies changes from a day on: one body is moved, or the units of one that ends go along."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import text
from sqlmodel import Session

from hub.agencies.commands.storing import Asker, check, tidy
from hub.agencies.errors import AgencyHasEnded
from hub.agencies.models import Agency
from hub.agencies.queries import above, agencies_locked, placed_since, tree_held
from hub.agencies.rules import day_reached, may_stand_under, not_too_early, text_given
from hub.audit.commands import record
from hub.kit.errors import StaleVersion


def move_agency(
    session: Session,
    actor: Asker,
    agency_id: int,
    expected_version: int | None,
    *,
    parent_id: int | None,
    effective_on: date,
    decision: str | None,
    on: date,
) -> Agency:
    """Put a body under another one from a day on; None: under none. Where it stood before stays with its dates.

    Rights over it follow today's tree at once. A move of the same day is a correction of it.
    Raises NotFound, NotPermitted, StaleVersion, Invalid, AgencyHasEnded.
    """
    tree_held(session)
    keys = [agency_id, *([parent_id] if parent_id is not None else [])]
    found = agencies_locked(session, keys)
    for key in keys:
        actor.require("move", "agency", found.get(key))
    agency = found[agency_id]
    if expected_version is not None and agency.version != expected_version:
        raise StaleVersion(agency.version)
    for body in found.values():
        if body.valid_to is not None and body.valid_to <= on:
            raise AgencyHasEnded(body.name, body.valid_to)
    decision = tidy(decision or "") or None
    check(
        may_stand_under(agency_id, parent_id, above(session, parent_id) if parent_id is not None else ()),
        text_given("decision", decision, 300) if decision else None,
        day_reached("effective_on", effective_on, on),
        not_too_early(
            "effective_on",
            effective_on,
            since=[*(body.valid_from for body in found.values()), placed_since(session, [agency_id])],
        ),
    )
    before = agency.parent_id
    if before == parent_id:
        return agency
    place_units(session, [agency_id], parent_id, effective_on, decision)
    session.refresh(agency)
    detail = {"changed": {"parent_id": [before, parent_id]}, "effective_on": effective_on.isoformat()}
    record(
        session,
        actor,
        "agency:move",
        "agency",
        agency_id,
        agency_id=agency_id,
        reason=decision,
        detail=detail,
    )
    return agency


_STATEMENTS = (
    "update agency_parent set valid_to = :day"
    " where agency_id = any(:ids) and valid_to is null and (valid_from is null or valid_from < :day)",
    "insert into agency_parent (agency_id, parent_id, valid_from, decision)"
    " select id, cast(:parent as bigint), :day, :decision from unnest(cast(:ids as bigint[])) id"
    " on conflict (agency_id) where valid_to is null"
    " do update set parent_id = excluded.parent_id, decision = coalesce(excluded.decision, agency_parent.decision)",
    "update agency set parent_id = cast(:parent as bigint), version = version + 1, updated_at = now()"
    " where id = any(:ids)",
)


def place_units(
    session: Session, ids: Collection[int], parent_id: int | None, day: date, decision: str | None
) -> int:
    """Put bodies under another one from a day on; how many. Whoever calls it has asked the law and the rules."""
    values = {"ids": list(ids), "parent": parent_id, "day": day, "decision": decision}
    for statement in _STATEMENTS if ids else ():
        session.connection().execute(text(statement), values)
    return len(ids)
