"""Agencies that merge: the records follow the successor, the history stays (domain rule R13).

Owner and keeper change; `creator_id`, returns and figures of the past do not. Rights held at the bodies that
end are ended too: nobody works on by a right at a body that is no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.commands import end_agency, store
from hub.agencies.errors import AgencyHasEnded
from hub.agencies.models import Agency
from hub.agencies.queries import above, agencies_locked
from hub.agencies.rules import day_reached, may_succeed
from hub.audit.commands import record
from hub.kit.errors import Invalid
from hub.records.facts import remark
from hub.records.queries import at_version


class Recoded(NamedTuple):
    """A record whose code was already used at the successor."""

    kind: str
    id: int
    before: str
    after: str


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
) -> Merger:
    """End bodies on a day and let another follow them; `predecessors` are ids with the versions seen.

    A code that the successor uses already gets the predecessor's code before it; each such record is reported.
    Raises NotFound, NotPermitted, StaleVersion, Invalid, AgencyHasEnded.
    """
    decision = remark("decision", decision)
    keys = [key for key, _ in predecessors]
    found = agencies_locked(session, [*keys, successor_id])
    for key in (*keys, successor_id):
        actor.require("merge", "agency", found.get(key))
    for key, version in predecessors:
        at_version(found[key], version)
    _check(session, found, keys, successor_id, effective_on, on)
    recoded: list[Recoded] = []
    for key in sorted(keys):
        agency = found[key]
        renamed = _recode(session, agency, successor_id)
        moved = _hand_over(session, agency, successor_id, effective_on)
        end_agency(session, agency, successor_id, effective_on=effective_on, decision=decision)
        ended = _end_grants(session, key, on)
        recoded += renamed
        detail = {
            "successor": successor_id,
            "effective_on": effective_on.isoformat(),
            "changed": {"valid_to": [None, effective_on.isoformat()]},
            "moved": moved,
            "recoded": [list(one) for one in renamed],
            "grants_ended": ended,
        }
        record(session, actor, "agency:merge", "agency", key, agency_id=key, reason=decision, detail=detail)
    successor = found[successor_id]
    store(session, successor)
    session.expire_all()  # records moved behind the session's back
    detail = {"predecessors": sorted(keys), "effective_on": effective_on.isoformat()}
    record(
        session,
        actor,
        "agency:merge",
        "agency",
        successor_id,
        agency_id=successor_id,
        reason=decision,
        detail=detail,
    )
    return Merger(successor, tuple(recoded))


def _check(
    session: Session,
    found: Mapping[int, Agency],
    keys: Sequence[int],
    successor_id: int,
    effective_on: date,
    on: date,
) -> None:
    errors = [
        may_succeed(keys, successor_id, above(session, successor_id)),
        day_reached("effective_on", effective_on, on),
    ]
    if told := [error for error in errors if error is not None]:
        raise Invalid(told)
    for agency in found.values():
        if agency.valid_to is not None and agency.valid_to <= on:
            raise AgencyHasEnded(agency.name, agency.valid_to)


_TABLES = ("fonds", "series", "file", "item")

_RECODE = """
with hit as (
    select r.id, r.code as before, :prefix || '.' || r.code as wanted
      from {table} r join {table} s on s.agency_id = :successor and s.code = r.code
     where r.agency_id = :id
)
update {table} r
   set code = case when exists (select from {table} x
                                 where x.agency_id in (:id, :successor) and x.code = hit.wanted)
                   then hit.wanted || '.' || r.id else hit.wanted end,
       version = r.version + 1, updated_at = now()
  from hit where r.id = hit.id
returning r.id, hit.before, r.code
"""
_REKEY = """
update {table} r set source_key = :prefix || ':' || r.source_key
  from {table} s
 where r.agency_id = :id and s.agency_id = :successor and s.source_key = r.source_key
"""


def _recode(session: Session, agency: Agency, successor_id: int) -> list[Recoded]:
    values = {"id": agency.id, "successor": successor_id, "prefix": agency.code}
    recoded = []
    for table in _TABLES:
        rows = session.connection().execute(text(_RECODE.format(table=table)), values).all()
        recoded += [Recoded(table, *row) for row in sorted(rows)]
        session.connection().execute(text(_REKEY.format(table=table)), values)
    return recoded


# Owners of series, files, items, listings and digital objects follow the fonds by the database's own cascade.
_HAND_OVER = {
    "closed": "update fonds set state = 'CLOSED', closed_on = :day where agency_id = :id and state = 'OPEN'",
    "fonds": (
        "update fonds set agency_id = :successor, version = version + 1, updated_at = now() where agency_id = :id"
    ),
    "kept_fonds": "update fonds set custodian_id = :successor where custodian_id = :id",
    "kept_series": (
        "update series set custodian_id = :successor, version = version + 1, updated_at = now()"
        " where custodian_id = :id"
    ),
    "kept_files": (
        "update file set custodian_id = :successor, version = version + 1, updated_at = now()"
        " where custodian_id = :id"
    ),
}


def _hand_over(session: Session, agency: Agency, successor_id: int, day: date) -> dict[str, int]:
    """Close the body's fonds, give them to the successor, and let it keep what the body kept."""
    values = {"id": agency.id, "successor": successor_id, "day": day}
    return {
        name: _count(session.connection().execute(text(statement), values))
        for name, statement in _HAND_OVER.items()
    }


def _end_grants(session: Session, agency_id: int, on: date) -> int:
    """End the rights held at the body; a grant holds up to, not including, its last day."""
    statement = text(
        "update role_grant set valid_to = greatest(valid_from, :on)"
        " where agency_id = :id and (valid_to is null or valid_to > :on)"
    )
    return _count(session.connection().execute(statement, {"id": agency_id, "on": on}))


def _count(result: Any) -> int:
    return int(result.rowcount)
