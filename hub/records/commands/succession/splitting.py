"""A body is split: it ends and several follow (chia), or it goes on and a part of it leaves (tách)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.commands import Step, end_agency, follow, inherit, place_units, store
from hub.agencies.models import Agency
from hub.agencies.queries import above, placed_since, units_of
from hub.agencies.rules import may_divide, not_too_early
from hub.audit.commands import record
from hub.kit.errors import FieldError
from hub.records.commands.succession.parting import Ways, part_fonds
from hub.records.commands.succession.passing import Recoded, close_fonds_of, end_grants, pass_on
from hub.records.commands.succession.rules import check, permitted
from hub.records.facts import remark


class Part(NamedTuple):
    """What one successor is given: fonds, series, files and units, by id."""

    successor_id: int
    fonds: Sequence[int] = ()
    series: Sequence[int] = ()
    files: Sequence[int] = ()
    units: Sequence[int] = ()


class Split(NamedTuple):
    """The body that was split, and what had to get another code."""

    agency: Agency
    recoded: tuple[Recoded, ...]


def split_agency(
    session: Session,
    actor: Actor,
    agency_id: int,
    expected_version: int | None,
    parts: Sequence[Part],
    *,
    effective_on: date,
    decision: str | None,
    on: date,
    decided_on: date | None = None,
) -> Split:
    """Split a body from a day on. What no part names goes to the first; a first that is the body itself goes on.

    Raises NotFound, NotPermitted, StaleVersion, Invalid, AgencyHasEnded.
    """
    number = remark("decision", decision)
    successors = [part.successor_id for part in parts]
    goes_on = bool(successors) and successors[0] == agency_id
    following = [key for key in successors if key != agency_id]
    found = permitted(session, actor, "split", [(agency_id, expected_version)], following)
    step = Step("SEPARATED" if goes_on else "DIVIDED", effective_on, number, decided_on)
    agency = found[agency_id]
    units = {unit: part.successor_id for part in parts for unit in part.units}
    over = [] if goes_on else [up for key in following for up in above(session, key)]
    check(
        session,
        found,
        [] if goes_on else [agency_id],
        step,
        on,
        may_divide(agency_id, successors, over),
        _named_once(parts),
        _its_units(units, units_of(session, agency_id)),
        not_too_early("effective_on", effective_on, since=[placed_since(session, list(units))]),
        field="parts",
    )
    ways = Ways(*(_named(parts, what) for what in ("fonds", "series", "files")))
    way = part_fonds(session, actor, agency, ways, successors[0], found)
    for key in following:
        follow(session, agency_id, key, step)
    recoded: list[Recoded] = []
    told: list[dict[str, Any]] = []
    # The first comes last: it also takes what the body kept of others.
    for key in [*successors[1:], *([] if goes_on else successors[:1])]:
        fonds = [one for one, successor in way.items() if successor == key]
        duties = inherit(session, found[key], [agency], step)
        closed = close_fonds_of(session, agency_id, effective_on, fonds)
        passage = pass_on(session, agency, key, fonds, effective_on, rest=key == successors[0])
        going = [unit for unit, successor in units.items() if successor == key]
        if key == successors[0]:
            going += [unit for unit in units_of(session, agency_id) if unit not in units]
        place_units(session, going, key, effective_on, number)
        recoded += passage.recoded
        told.append(
            {"successor": found[key].code, "closed_fonds": closed, "units": len(going), **passage.told()}
        )
        store(session, found[key])
        detail = {"predecessors": [agency.code], "effective_on": effective_on.isoformat(), **duties}
        record(session, actor, "agency:split", "agency", key, agency_id=key, reason=number, detail=detail)
    detail = {
        "effective_on": effective_on.isoformat(),
        "decided_on": decided_on.isoformat() if decided_on else None,
        "goes_on": goes_on,
        "parts": told,
    }
    if goes_on:
        store(session, agency)
    else:
        detail["closed_fonds"] = close_fonds_of(session, agency_id, effective_on)
        end_agency(session, agency, effective_on)
        detail["changed"] = {"valid_to": [None, effective_on.isoformat()]}
        detail["grants_ended"] = end_grants(session, agency_id, on)
    session.expire_all()  # records moved behind the session's back
    record(
        session, actor, "agency:split", "agency", agency_id, agency_id=agency_id, reason=number, detail=detail
    )
    return Split(agency, tuple(recoded))


def _named(parts: Sequence[Part], what: str) -> dict[int, int]:
    return {key: part.successor_id for part in parts for key in getattr(part, what)}


def _named_once(parts: Sequence[Part]) -> FieldError | None:
    """Nothing is given twice."""
    for what in ("fonds", "series", "files", "units"):
        counted = Counter(key for part in parts for key in getattr(part, what))
        if counted and max(counted.values()) > 1:
            singular = {"files": "file", "units": "unit"}.get(what, what)
            return FieldError(
                f"parts.{singular}_ids",
                "NAMED_TWICE",
                "Có mã được nêu hai lần. Mỗi phông, nhóm, hồ sơ, đơn vị chỉ giao cho một cơ quan.",
                "One of these is named twice. Each fonds, series, file and unit goes to one body.",
            )
    return None


def _its_units(units: dict[int, int], own: Sequence[int]) -> FieldError | None:
    """Only units right below the body can be given away, and none to itself."""
    if all(unit in own and unit != successor for unit, successor in units.items()):
        return None
    return FieldError(
        "parts.unit_ids",
        "NOT_ITS_OWN",
        "Có đơn vị không trực thuộc cơ quan bị chia, tách. Chỉ chia được đơn vị trực thuộc.",
        "One of these is no unit of the body that is split. Only its own units can be shared out.",
    )
