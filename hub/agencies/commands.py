"""Deeds on agencies: founded, renamed, ended. A merger, which moves records, is hub.records' deed."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from hub.agencies.errors import AgencyCodeTaken, AgencyHasEnded
from hub.agencies.models import Agency, AgencyCode, AgencySuccession
from hub.agencies.queries import code_holder, scheme_of
from hub.agencies.rules import day_reached, kind_given, text_given
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
    for statement in _ENDINGS:
        session.connection().execute(text(statement), values)


_ENDINGS = (
    "update agency set parent_id = :successor, version = version + 1, updated_at = now() where parent_id = :id",
    *(
        f"update {table} set valid_to = greatest(:day, valid_from)"
        " where agency_id = :id and (valid_to is null or valid_to > :day)"
        for table in ("agency_code", "source_membership", "system_agency")
    ),
)


def store(session: Session, agency: Agency) -> None:
    """Write a changed agency, one version on. Raises AgencyCodeTaken."""
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
    try:
        session.flush()
    except IntegrityError as error:
        if violated(error) in ("uq_agency_code", "uq_agency_code_scheme_value"):
            raise AgencyCodeTaken(code) from error
        raise


def _check(*errors: Any) -> None:
    if found := [error for error in errors if error is not None]:
        raise Invalid(found)


def _tidy(value: str) -> str:
    return " ".join(nfc(value).split())
