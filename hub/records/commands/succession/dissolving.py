"""A body is dissolved (giải thể): another takes over, or the historical archive takes the records.

What goes to the historical archive is handed over whole, as by any transfer: the archive keeps it, the body that
ended stays its creator and owner, and answers for it in the agencies' figures (R10).
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.commands import Step, end_agency, follow, inherit, place_units, store
from hub.agencies.models import Agency
from hub.agencies.queries import above, historical_archives, is_listed, units_of
from hub.agencies.rules import may_succeed
from hub.audit.commands import record
from hub.kit.errors import FieldError, Invalid
from hub.records.commands.succession.merging import succeed
from hub.records.commands.succession.passing import Recoded, close_fonds_of, end_grants
from hub.records.commands.succession.rules import check, permitted
from hub.records.facts import remark


class Dissolution(NamedTuple):
    """The body that ended, who takes its records, and what had to get another code."""

    agency: Agency
    taker: Agency
    recoded: tuple[Recoded, ...]


def dissolve_agency(
    session: Session,
    actor: Actor,
    agency_id: int,
    expected_version: int | None,
    *,
    records_to: int | None,
    effective_on: date,
    decision: str,
    decided_on: date,
    on: date,
) -> Dissolution:
    """End a body on a day by a decision; `records_to` is who takes over, or the historical archive.

    Left out: the historical archive for a body on the source list (nguồn nộp lưu), else the body above it.
    Raises NotFound, NotPermitted, StaleVersion, Invalid, AgencyHasEnded.
    """
    number = remark("decision", decision, required=True)
    permitted(session, actor, "dissolve", [(agency_id, expected_version)], [])
    taker_id = records_to if records_to is not None else _taker(session, agency_id, effective_on, on)
    found = permitted(session, actor, "dissolve", [(agency_id, expected_version)], [taker_id])
    agency, taker = found[agency_id], found[taker_id]
    step = Step("ARCHIVED" if taker.is_historical_archive else "DISSOLVED", effective_on, number, decided_on)
    error = may_succeed([agency_id], taker_id, above(session, taker_id))
    check(session, found, [agency_id], step, on, _named(error) if error else None, field="records_to_id")
    recoded: list[Recoded] = []
    duties = {}
    if step.kind == "ARCHIVED":
        _archive(session, actor, agency, taker, step, on)
    else:
        duties = inherit(session, taker, [agency], step)
        recoded = succeed(session, actor, agency, taker, step, on)
    store(session, taker)
    detail = {"predecessors": [agency.code], "effective_on": effective_on.isoformat(), **duties}
    session.expire_all()  # records moved behind the session's back
    record(
        session,
        actor,
        "agency:dissolve",
        "agency",
        taker_id,
        agency_id=taker_id,
        reason=step.decision,
        detail=detail,
    )
    return Dissolution(agency, taker, tuple(recoded))


def _taker(session: Session, agency_id: int, day: date, on: date) -> int:
    """Who takes the records when nobody is named. Raises Invalid when that is not plain."""
    parent = session.get_one(Agency, agency_id).parent_id
    archives = [one for one in historical_archives(session, on) if one != agency_id]
    if parent is not None and not (archives and is_listed(session, agency_id, day)):
        return parent
    if len(archives) == 1:
        return archives[0]
    raise Invalid(
        [
            FieldError(
                "records_to_id",
                "REQUIRED",
                "Chưa rõ cơ quan nào tiếp nhận hồ sơ, tài liệu. Hãy nêu tên cơ quan tiếp nhận.",
                "It is not plain who takes the records. Name the body that does.",
            )
        ]
    )


def _named(error: FieldError) -> FieldError:
    """A rule about a successor, told of the field that names it here."""
    return FieldError("records_to_id", error.code, error.message_vi, error.message_en)


# Files that are being worked on end with the body. What was accepted or closed before stays dated as it was.
_STATEMENTS = {
    "fonds": "update fonds set custodian_id = :archive, transferred = true, version = version + 1,"
    " updated_at = now() where agency_id = :id and custodian_id = :id",
    "series": "update series set custodian_id = :archive, transferred = true, version = version + 1,"
    " updated_at = now() where agency_id = :id and custodian_id = :id",
    "items": "update item i set transferred = true from file f where f.id = i.file_id and f.agency_id = :id"
    " and f.custodian_id = :id and f.state <> 'DISPOSED'",
    "objects": "update digital_object d set transferred = true from file f where f.id = d.file_id"
    " and f.agency_id = :id and f.custodian_id = :id and f.state <> 'DISPOSED'",
    "files": "update file set custodian_id = :archive, transferred = true,"
    " transferred_on = coalesce(transferred_on, :day),"
    " closed_on = case when state = 'OPEN' then :day else closed_on end,"
    " work_ended_on = case when state = 'OPEN' then coalesce(work_ended_on, :day) else work_ended_on end,"
    " state = 'TRANSFERRED', version = version + 1, updated_at = now()"
    " where agency_id = :id and custodian_id = :id and state <> 'DISPOSED'",
    "kept_files": "update file set custodian_id = :archive, version = version + 1, updated_at = now()"
    " where custodian_id = :id",
    "kept_series": "update series set custodian_id = :archive, version = version + 1, updated_at = now()"
    " where custodian_id = :id",
    "kept_fonds": "update fonds set custodian_id = :archive, version = version + 1, updated_at = now()"
    " where custodian_id = :id",
}


def _archive(session: Session, actor: Actor, agency: Agency, archive: Agency, step: Step, on: date) -> None:
    """Hand everything over to the historical archive and end the body; its units go to the body above."""
    key = agency.id or 0
    closed = close_fonds_of(session, key, step.day)
    values = {"id": key, "archive": archive.id, "day": step.day}
    moved = {
        name: int(session.connection().execute(text(statement), values).rowcount)
        for name, statement in _STATEMENTS.items()
    }
    follow(session, key, archive.id or 0, step)
    units = place_units(session, units_of(session, key), agency.parent_id, step.day, step.decision)
    end_agency(session, agency, step.day)
    detail = {
        "archive": archive.code,
        "effective_on": step.day.isoformat(),
        "decided_on": step.decided_on.isoformat() if step.decided_on else None,
        "changed": {"valid_to": [None, step.day.isoformat()]},
        "closed_fonds": closed,
        "units": units,
        "moved": moved,
        "grants_ended": end_grants(session, key, on),
    }
    record(
        session,
        actor,
        "agency:dissolve",
        "agency",
        key,
        agency_id=key,
        reason=step.decision,
        detail=detail,
    )
