"""An event is written with the deed and undone with it, and nobody changes it afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from hub.audit.commands import ORIGIN, Origin, record
from hub.audit.models import AuditEvent
from policies.law import policy_version


def _last(session: Session) -> AuditEvent:
    return session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc()).limit(1)).one()


def test_the_database_writes_when_and_in_which_transaction(session: Session) -> None:
    record(session, 7, "file:close", "file", 42, agency_id=3, detail={"state": ["OPEN", "CLOSED"]})
    event = _last(session)

    assert str(event.xid) == str(session.connection().scalar(text("select pg_current_xact_id()")))
    assert event.at is not None
    assert event.at.tzinfo is not None
    assert (event.agent_id, event.object_id, event.agency_id, event.outcome) == (7, 42, 3, "success")
    assert event.policy_version == policy_version()
    assert event.detail == {"state": ["OPEN", "CLOSED"]}


def test_an_event_knows_the_request_it_came_with(session: Session) -> None:
    token = ORIGIN.set(Origin("req-1", "192.0.2.7"))
    try:
        record(session, None, "file:read", outcome="denied")
    finally:
        ORIGIN.reset(token)
    event = _last(session)
    assert (event.request_id, str(event.client_ip)) == ("req-1", "192.0.2.7")


def test_an_event_goes_with_its_deed(session: Session) -> None:
    deed = session.begin_nested()
    record(session, 1, "test:undone")
    deed.rollback()
    assert session.exec(select(AuditEvent).where(AuditEvent.event_type == "test:undone")).all() == []


@pytest.mark.parametrize(
    "tampering",
    ["update audit_event set agent_id = 2", "delete from audit_event", "truncate audit_event"],
)
def test_not_even_the_owner_changes_an_event(session: Session, tampering: str) -> None:
    record(session, 1, "test:kept")

    attempt = session.begin_nested()
    with pytest.raises(DBAPIError, match="kept as they were written"):
        session.connection().execute(text(tampering))
    attempt.rollback()

    assert _last(session).agent_id == 1


def test_an_outcome_outside_the_list_is_refused(session: Session) -> None:
    attempt = session.begin_nested()
    with pytest.raises(DBAPIError, match="audit_event_outcome"):
        record(session, 1, "test:odd", outcome="maybe")
    attempt.rollback()
