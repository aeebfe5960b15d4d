"""Deeds on agencies: founded, renamed, ended. A merger, which moves records, is hub.records' deed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Protocol

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from hub.agencies.errors import AgencyCodeTaken, AgencyHasEnded
from hub.agencies.models import Agency, AgencyCode, AgencySuccession
from hub.agencies.queries import code_holder, code_since, scheme_of
from hub.agencies.rules import dates_crossed, day_reached, kind_given, not_too_early, text_given
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.changes import before_and_after, facts_of, violated
from hub.kit.errors import Invalid, StaleVersion
from hub.kit.vietnamese import nfc, sort_key

# The scheme of the hub's own codes; official schemes (H26 and others) stand beside it.
SCHEME = "HUB"


class Asker(Protocol):
    """Who asks (hub.access.actor.Actor, which lives a floor above)."""

    @property
    def id(self) -> int | None: ...

    def require(self, action: str, resource: str, row: object | None, **known: Any) -> None: ...


def create_agency(
    session: Session,
    actor: Asker,
    name: str,
    *,
    parent_id: int | None,
    kind: str,
    code: str | None,
    valid_from: date | None,
    on: date,
) -> Agency:
    """Enter a body, or a unit of one; the right is asked at the parent.

    Raises NotFound, NotPermitted, Invalid, AgencyCodeTaken, AgencyHasEnded.
    """
    parent = session.get(Agency, parent_id, with_for_update=True) if parent_id is not None else None
    actor.require("create", "agency", parent if parent_id is not None else Agency(code="", name=""))
    if parent is not None and parent.valid_to is not None and parent.valid_to <= on:
        raise AgencyHasEnded(parent.name, parent.valid_to)
    key = int(
        session.connection().scalar(text("select nextval(pg_get_serial_sequence('agency', 'id'))")) or 0
    )
    name, code = _tidy(name), _tidy(code or "") or f"TAM-{on.year}-{key}"
    _check(text_given("name", name, 300), text_given("code", code, 100), kind_given(kind))
    if code_holder(session, SCHEME, code) is not None:
        raise AgencyCodeTaken(code)
    agency = Agency(
        id=key,
        parent_id=parent_id,
        code=code,
        name=name,
        name_sort=sort_key(name),
        kind=kind,
        valid_from=valid_from,
    )
    session.add(agency)
    _flush(session, code)
    session.add(AgencyCode(agency_id=key, scheme=SCHEME, value=code, valid_from=valid_from))
    record(session, actor, "agency:create", "agency", key, agency_id=key, detail={"after": facts_of(agency)})
    return agency


def rename_agency(
    session: Session,
    actor: Asker,
    agency_id: int,
    expected_version: int | None,
    *,
    name: str | None,
    code: str | None,
    effective_on: date,
    decision: str | None,
    on: date,
) -> Agency:
    """Give a body another name, another code, or both, from a day on; None leaves as it is.

    The old code stays as a dated code of the body; the old name stands in the audit with the decision.
    Raises NotFound, NotPermitted, StaleVersion, Invalid, AgencyCodeTaken, AgencyHasEnded.
    """
    agency = session.get(Agency, agency_id, with_for_update=True, populate_existing=True)
    actor.require("rename", "agency", agency)
    assert agency is not None  # `require` raises for no row
    if expected_version is not None and agency.version != expected_version:
        raise StaleVersion(agency.version)
    if agency.valid_to is not None and agency.valid_to <= on:
        raise AgencyHasEnded(agency.name, agency.valid_to)
    name = _tidy(name) if name is not None else agency.name
    code = _tidy(code) if code is not None else agency.code
    decision = _tidy(decision) or None if decision is not None else None
    _check(
        text_given("name", name, 300),
        text_given("code", code, 100),
        text_given("decision", decision, 300) if decision else None,
        day_reached("effective_on", effective_on, on),
        not_too_early(
            "effective_on",
            effective_on,
            ending=[code_since(session, agency_id, agency.code) if code != agency.code else None],
            since=[agency.valid_from],
        ),
    )
    if code != agency.code:
        _replace_code(session, agency, code, effective_on)
    agency.name, agency.name_sort, agency.code = name, sort_key(name), code
    if changes := before_and_after(agency):
        store(session, agency)
        detail = {"changed": changes, "effective_on": effective_on.isoformat(), "decision": decision}
        record(
            session,
            actor,
            "agency:rename",
            "agency",
            agency_id,
            agency_id=agency_id,
            reason=decision,
            detail=detail,
        )
    return agency


def end_agency(
    session: Session, agency: Agency, successor_id: int, *, effective_on: date, decision: str | None
) -> None:
    """Write that a body ended on a day and which one follows it; its units go under the successor.

    Part of a merger: whoever calls it has asked the law and writes the audit.
    """
    agency.valid_to = effective_on
    store(session, agency)
    session.add(
        AgencySuccession(
            predecessor_id=agency.id or 0,
            successor_id=successor_id,
            effective_on=effective_on,
            decision=decision,
        )
    )
    session.flush()
    values = {"id": agency.id, "successor": successor_id, "day": effective_on}
    with _named_refusals(agency.code):
        for statement in _ENDINGS:
            session.connection().execute(text(statement), values)


def inherit_membership(
    session: Session,
    successor_id: int,
    predecessors: Sequence[int],
    *,
    effective_on: date,
    decision: str | None,
) -> dict[str, Any] | None:
    """Put a successor on the source list when a body that ends is on it (R13); None when nothing was to do.

    Asked before the bodies end, since their own membership ends with them. What the successor has already, or
    gets later by a decision of its own, stays as it is.
    """
    values = {"ids": list(predecessors), "successor": successor_id, "day": effective_on, "decision": decision}
    row = session.connection().execute(text(_INHERIT_MEMBERSHIP), values).first()
    return {name: str(value) for name, value in row._mapping.items() if value} if row else None


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

_ENDINGS = (
    "update agency set parent_id = :successor, version = version + 1, updated_at = now() where parent_id = :id",
    *(
        f"update {table} set valid_to = greatest(:day, valid_from)"
        " where agency_id = :id and (valid_to is null or valid_to > :day)"
        for table in ("agency_code", "source_membership", "system_agency")
    ),
)


def store(session: Session, agency: Agency) -> None:
    """Write a changed agency, one version on. Raises AgencyCodeTaken, Invalid."""
    agency.version += 1
    agency.updated_at = clock.now()
    session.add(agency)
    _flush(session, agency.code)


def _replace_code(session: Session, agency: Agency, code: str, day: date) -> None:
    scheme = scheme_of(session, agency.id or 0, agency.code) or SCHEME
    if code_holder(session, scheme, code) not in (None, agency.id):
        raise AgencyCodeTaken(code)
    values = {"id": agency.id, "scheme": scheme, "day": day, "code": code}
    old = {**values, "code": agency.code, "start": agency.valid_from}
    connection = session.connection()
    with _named_refusals(code):
        connection.execute(text(_KEEP_OLD_CODE), old)
        connection.execute(text(_TAKE_CODE), values)


_KEEP_OLD_CODE = """
insert into agency_code (agency_id, scheme, value, valid_from, valid_to) values (:id, :scheme, :code, :start, :day)
on conflict (scheme, value) do update set valid_to = excluded.valid_to where agency_code.agency_id = :id
"""
# A body may go back to a code it had before.
_TAKE_CODE = """
insert into agency_code (agency_id, scheme, value, valid_from) values (:id, :scheme, :code, :day)
on conflict (scheme, value) do update set valid_to = null where agency_code.agency_id = :id
"""


def _flush(session: Session, code: str) -> None:
    with _named_refusals(code):
        session.flush()


@contextmanager
def _named_refusals(code: str) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        constraint = violated(error)
        if constraint in ("uq_agency_code", "uq_agency_code_scheme_value"):
            raise AgencyCodeTaken(code) from error
        if constraint in ("ck_agency_validity", "ck_agency_code_validity"):
            raise Invalid([dates_crossed("effective_on")]) from error
        raise


def _check(*errors: Any) -> None:
    if found := [error for error in errors if error is not None]:
        raise Invalid(found)


def _tidy(value: str) -> str:
    return " ".join(nfc(value).split())
