"""What happens to a body, besides its records, when others follow it on a day (R13).

Duties go along: the source list, an agency archive; what it held serves its successor, as figures tell by themselves
(hub/kpi/registers.py). What rests on a decision of its own (its online procedure, the rights of its people) ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from hub.agencies.commands.storing import named_refusals, store
from hub.agencies.models import Agency


class Step(NamedTuple):
    """How bodies follow each other (`SUCCESSION_KINDS`), from what day, and the decision it rests on."""

    kind: str
    day: date
    decision: str | None = None
    decided_on: date | None = None


def follow(session: Session, predecessor_id: int, successor_id: int, step: Step) -> None:
    """Write that one body follows another; said twice for one day it stands once."""
    session.connection().execute(
        text(
            "insert into agency_succession (predecessor_id, successor_id, effective_on, kind, decision, decided_on)"
            " values (:predecessor, :successor, :day, :kind, :decision, :decided_on) on conflict do nothing"
        ),
        {"predecessor": predecessor_id, "successor": successor_id, **step._asdict()},
    )


_ENDINGS = tuple(
    f"update {table} set valid_to = greatest(:day, valid_from)"
    " where agency_id = :id and (valid_to is null or valid_to > :day)"
    for table in ("agency_code", "source_membership", "system_agency")
)


def end_agency(session: Session, agency: Agency, day: date) -> None:
    """Write that a body ended on a day, its archive with it. Raises Invalid for a day before something began."""
    agency.valid_to = day
    if agency.archive_since is not None and (agency.archive_until is None or agency.archive_until > day):
        agency.archive_until = day
    store(session, agency)
    with named_refusals(agency.code):
        for statement in _ENDINGS:
            session.connection().execute(text(statement), {"id": agency.id, "day": day})


def inherit(
    session: Session, successor: Agency, predecessors: Sequence[Agency], step: Step
) -> dict[str, Any]:
    """Hand the duties of bodies to one that follows them; what was new to it, for the audit.

    Asked before the bodies end, since what they hold ends with them. What the successor has already, or gets
    later by a decision of its own, stays as it is.
    """
    values = {
        "ids": [body.id for body in predecessors],
        "successor": successor.id,
        "day": step.day,
        "decision": step.decision,
    }
    listed = session.connection().execute(text(_INHERIT_MEMBERSHIP), values).first()
    told: dict[str, Any] = {}
    if listed:
        told["source_membership"] = {name: str(value) for name, value in listed._mapping.items() if value}
    if successor.archive_since is None and any(_has_archive(body, step.day) for body in predecessors):
        successor.archive_since = step.day
        told["archive_since"] = step.day.isoformat()
    return told


def _has_archive(agency: Agency, day: date) -> bool:
    return (
        agency.archive_since is not None
        and agency.archive_since <= day
        and (agency.archive_until is None or agency.archive_until > day)
    )


_INHERIT_MEMBERSHIP = """
with held as (
    select min(greatest(m.valid_from, :day)) as first,
           case when bool_and(m.valid_to is not null) then max(m.valid_to) end as last,
           string_agg(distinct a.code, ', ' order by a.code) as codes
      from source_membership m join agency a on a.id = m.agency_id
     where m.agency_id = any(:ids) and (m.valid_to is null or m.valid_to > :day)
),
own as (
    select valid_from, valid_to from source_membership
     where agency_id = :successor and (valid_to is null or valid_to > valid_from)
)
insert into source_membership (agency_id, valid_from, valid_to, decision)
select :successor, h.first, least(h.last, (select min(o.valid_from) from own o where o.valid_from > h.first)),
       concat_ws(': ', cast(:decision as text), 'kế thừa ' || h.codes)
  from held h
 where h.first is not null
   and not exists (select from own o
                    where o.valid_from <= h.first and (o.valid_to is null or o.valid_to > h.first))
returning valid_from, valid_to, decision
"""
