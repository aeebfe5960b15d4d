"""A body is entered, and gets another name or code from a day on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlmodel import Session

from hub.agencies.commands.storing import Asker, check, flush, named_refusals, store, tidy
from hub.agencies.errors import AgencyCodeTaken, AgencyHasEnded
from hub.agencies.models import Agency, AgencyCode
from hub.agencies.queries import code_holder, code_since, named_since, scheme_of
from hub.agencies.rules import day_reached, kind_given, not_too_early, text_given
from hub.audit.commands import record
from hub.kit.changes import before_and_after, facts_of
from hub.kit.errors import StaleVersion
from hub.kit.vietnamese import sort_key

# The scheme of the hub's own codes; official schemes (H26 and others) stand beside it.
SCHEME = "HUB"


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
    archive_since: date | None = None,
    decision: str | None = None,
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
    name, code = tidy(name), tidy(code or "") or f"TAM-{on.year}-{key}"
    decision = tidy(decision or "") or None
    check(
        text_given("name", name, 300),
        text_given("code", code, 100),
        text_given("decision", decision, 300) if decision else None,
        kind_given(kind),
        not_too_early("archive_since", archive_since, since=[valid_from]) if archive_since else None,
    )
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
        archive_since=archive_since,
    )
    session.add(agency)
    flush(session, code)
    session.add(AgencyCode(agency_id=key, scheme=SCHEME, value=code, valid_from=valid_from))
    detail = {"after": facts_of(agency)}
    record(session, actor, "agency:create", "agency", key, agency_id=key, reason=decision, detail=detail)
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

    The old name and the old code stay with their dates. A name of the same day is a correction of it.
    Raises NotFound, NotPermitted, StaleVersion, Invalid, AgencyCodeTaken, AgencyHasEnded.
    """
    agency = session.get(Agency, agency_id, with_for_update=True, populate_existing=True)
    actor.require("rename", "agency", agency)
    assert agency is not None  # `require` raises for no row
    if expected_version is not None and agency.version != expected_version:
        raise StaleVersion(agency.version)
    if agency.valid_to is not None and agency.valid_to <= on:
        raise AgencyHasEnded(agency.name, agency.valid_to)
    name = tidy(name) if name is not None else agency.name
    code = tidy(code) if code is not None else agency.code
    decision = tidy(decision or "") or None
    check(
        text_given("name", name, 300),
        text_given("code", code, 100),
        text_given("decision", decision, 300) if decision else None,
        day_reached("effective_on", effective_on, on),
        not_too_early(
            "effective_on",
            effective_on,
            ending=[code_since(session, agency_id, agency.code) if code != agency.code else None],
            since=[agency.valid_from, named_since(session, agency_id) if name != agency.name else None],
        ),
    )
    if name != agency.name:
        _replace_name(session, agency, name, effective_on, decision)
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


_KEEP_OLD_NAME = """
update agency_name set valid_to = :day
 where agency_id = :id and valid_to is null and (valid_from is null or valid_from < :day)
"""
_TAKE_NAME = """
insert into agency_name (agency_id, name, name_sort, valid_from, decision) values (:id, :name, :sort, :day, :decision)
on conflict (agency_id) where valid_to is null
do update set name = excluded.name, name_sort = excluded.name_sort,
              decision = coalesce(excluded.decision, agency_name.decision)
"""


def _replace_name(session: Session, agency: Agency, name: str, day: date, decision: str | None) -> None:
    values = {"id": agency.id, "name": name, "sort": sort_key(name), "day": day, "decision": decision}
    for statement in (_KEEP_OLD_NAME, _TAKE_NAME):
        session.connection().execute(text(statement), values)


def _replace_code(session: Session, agency: Agency, code: str, day: date) -> None:
    scheme = scheme_of(session, agency.id or 0, agency.code) or SCHEME
    if code_holder(session, scheme, code) not in (None, agency.id):
        raise AgencyCodeTaken(code)
    values = {"id": agency.id, "scheme": scheme, "day": day, "code": code}
    old = {**values, "code": agency.code, "start": agency.valid_from}
    connection = session.connection()
    with named_refusals(code):
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
