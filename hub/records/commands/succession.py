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
from hub.agencies.commands import end_agency, inherit_membership, store
from hub.agencies.errors import AgencyHasEnded
from hub.agencies.models import Agency
from hub.agencies.queries import above, agencies_locked, code_since
from hub.agencies.rules import day_reached, may_succeed, not_too_early
from hub.audit.commands import record
from hub.kit.errors import Invalid
from hub.records.facts import remark
from hub.records.queries import at_version
from hub.records.rules.structure import free_code


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
    successor = found[successor_id]
    listed = inherit_membership(session, successor_id, keys, effective_on=effective_on, decision=decision)
    recoded: list[Recoded] = []
    for key in sorted(keys):
        agency = found[key]
        renamed = _recode(session, agency, successor_id)
        moved = _hand_over(session, agency, successor_id, effective_on)
        end_agency(session, agency, successor_id, effective_on=effective_on, decision=decision)
        ended = _end_grants(session, key, on)
        recoded += renamed
        detail = {
            "successor": successor.code,
            "effective_on": effective_on.isoformat(),
            "changed": {"valid_to": [None, effective_on.isoformat()]},
            "moved": moved,
            "recoded": [[one.kind, one.before, one.after] for one in renamed],
            "grants_ended": ended,
        }
        record(session, actor, "agency:merge", "agency", key, agency_id=key, reason=decision, detail=detail)
    store(session, successor)
    detail = {
        "predecessors": sorted(found[key].code for key in keys),
        "effective_on": effective_on.isoformat(),
        **({"source_membership": listed} if listed else {}),
    }
    session.expire_all()  # records moved behind the session's back
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
        not_too_early(
            "effective_on",
            effective_on,
            ending=[
                began
                for key in keys
                for began in (found[key].valid_from, code_since(session, key, found[key].code))
            ],
            since=[found[successor_id].valid_from],
        ),
    ]
    if told := [error for error in errors if error is not None]:
        raise Invalid(told)
    for agency in found.values():
        if agency.valid_to is not None and agency.valid_to <= on:
            raise AgencyHasEnded(agency.name, agency.valid_to)


_TABLES = ("fonds", "series", "file", "item")

_CLASHES = """
select r.id, r.code from {table} r join {table} s on s.agency_id = :successor and s.code = r.code
 where r.agency_id = :id order by r.id
"""
_TAKEN = "select code from {table} where agency_id in (:id, :successor) and starts_with(code, :prefix)"
_RECODE = """
update {table} r set code = n.code, version = r.version + 1, updated_at = now()
  from unnest(cast(:ids as bigint[]), cast(:codes as text[])) n(id, code) where r.id = n.id
"""
# An importer finds its records again by this key; the ones that clash are told apart by who brought them.
_REKEY = """
update {table} r set source_key = :prefix || r.id || ':' || r.source_key
  from {table} s
 where r.agency_id = :id and s.agency_id = :successor and s.source_key = r.source_key
"""


def _recode(session: Session, agency: Agency, successor_id: int) -> list[Recoded]:
    """Give the body's records whose codes the successor uses the body's code before their own."""
    connection = session.connection()
    recoded = []
    for table in _TABLES:
        values = {"id": agency.id, "successor": successor_id, "prefix": f"{agency.code}."}
        clashes = connection.execute(text(_CLASHES.format(table=table)), values).all()
        taken = set(connection.scalars(text(_TAKEN.format(table=table)), values)) if clashes else set()
        fresh = []
        for key, code in clashes:
            fresh.append(Recoded(table, key, code, free_code(f"{agency.code}.{code}", taken)))
            taken.add(fresh[-1].after)
        if fresh:
            keys, codes = [one.id for one in fresh], [one.after for one in fresh]
            connection.execute(text(_RECODE.format(table=table)), {"ids": keys, "codes": codes})
        connection.execute(text(_REKEY.format(table=table)), {**values, "prefix": f"{agency.code}:"})
        recoded += fresh
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
