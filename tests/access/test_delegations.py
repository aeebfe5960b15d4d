"""Ủy quyền: what the holder himself holds, for a time, not passed on; who act for each other decide as one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.commands import delegate_role, disable_user, end_grant, grant_role
from hub.access.errors import (
    AlreadyGranted,
    DelegationNotPassedOn,
    GrantEnded,
    RoleNotGrantable,
    RolesInConflict,
    UnknownUser,
)
from hub.access.models import AppUser, RoleGrant
from hub.access.queries import actor_for_user, user_by_name
from hub.audit.commands import record
from hub.audit.models import AuditEvent
from hub.kit import clock
from hub.kit.errors import Invalid, NotFound, NotPermitted
from policies.subject import Grant
from tests.access.conftest import City

Person = Callable[..., AppUser]
Count = Callable[[str], int]


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    monkeypatch.setenv("HUB_TODAY", "2025-06-30")
    return clock.today()


@pytest.fixture
def head(session: Session, today: date, city: City, person: Person) -> AppUser:
    """The head of a department, for good."""
    return person("head", ("approver", city.department), agency_id=city.department)


@pytest.fixture
def deputy(person: Person, city: City) -> AppUser:
    return person("deputy", ("staff", city.department), agency_id=city.department)


def _own(session: Session, user: AppUser) -> int:
    grant = session.exec(select(RoleGrant).where(RoleGrant.user_id == user.id)).first()
    assert grant is not None
    return grant.id or 0


def _actor(session: Session, name: str, today: date | None = None) -> Actor:
    return actor_for_user(session, name, today=today)


def _delegate(session: Session, head: AppUser, deputy: AppUser, days: int = 30) -> RoleGrant:
    until = clock.today() + timedelta(days=days)
    return delegate_role(session, _actor(session, head.name), _own(session, head), deputy, valid_to=until)


def _return(agency: int, submitted_by: int | None) -> SimpleNamespace:
    return SimpleNamespace(
        id=1, agency_id=agency, state="SUBMITTED", created_by=None, submitted_by=submitted_by
    )


def test_a_holder_delegates_his_role_for_a_time(
    session: Session, city: City, head: AppUser, deputy: AppUser, today: date
) -> None:
    grant = _delegate(session, head, deputy)

    assert (grant.role, grant.agency_id, grant.on_behalf_of) == ("approver", city.department, head.id)
    assert Grant("approver", city.department) in _actor(session, "deputy").subject.grants
    after = _actor(session, "deputy", today + timedelta(days=30))
    assert after.subject.grants == (Grant("staff", city.department),)
    assert after.subject.bound == frozenset()
    event = session.exec(select(AuditEvent).where(AuditEvent.event_type == "grant:delegate")).one()
    assert (event.agent_id, event.object_id) == (head.id, grant.id)


def test_what_a_mandate_allows_is_told_as_done_on_behalf(
    session: Session, city: City, head: AppUser, deputy: AppUser
) -> None:
    _delegate(session, head, deputy)
    actor = _actor(session, "deputy")

    actor.require("approve", "return", _return(city.department, None))
    mine = SimpleNamespace(
        id=2,
        agency_id=city.department,
        custodian_id=city.department,
        state="OPEN",
        created_by=deputy.id,
        transferred=False,
        access_level=0,
    )
    actor.require("close", "file", mine)

    def told_for(*deed: Any) -> int | None:
        record(session, *deed)
        return session.exec(select(AuditEvent.on_behalf_of).order_by(col(AuditEvent.id).desc())).first()

    assert told_for(actor, "return:approve", "return", 1) == head.id
    assert told_for(actor, "file:close", "file", 2) is None
    assert told_for(_actor(session, "head"), "return:approve", "return", 1) is None


def test_the_two_do_not_decide_what_the_other_submitted(
    session: Session, city: City, head: AppUser, deputy: AppUser, person: Person, today: date
) -> None:
    grant = _delegate(session, head, deputy)
    other = person("other", ("approver", city.department))

    def may(name: str, submitted_by: AppUser) -> bool:
        row = _return(city.department, submitted_by.id)
        return _actor(session, name).may("approve", "return", row)

    assert not may("deputy", head)
    assert not may("head", deputy)
    assert not may("deputy", deputy)
    assert may("deputy", other)
    assert may("other", deputy)
    end_grant(session, _actor(session, "head"), grant.id or 0)
    assert may("head", deputy)


def test_it_ends_with_the_grant_it_comes_from(
    session: Session, city: City, head: AppUser, deputy: AppUser, actor: Callable[..., Actor]
) -> None:
    grant = _delegate(session, head, deputy)
    admin = actor("admin", ("sysadmin", None))

    end_grant(session, admin, _own(session, head))

    assert _actor(session, "deputy").subject.grants == (Grant("staff", city.department),)
    session.refresh(grant)
    assert (grant.valid_to, grant.version) == (clock.today(), 2)
    events = session.exec(select(AuditEvent).where(AuditEvent.event_type == "grant:revoke")).all()
    assert {event.object_id for event in events} == {grant.id, grant.delegated_from}


def test_nobody_acts_for_who_is_disabled(
    session: Session, city: City, head: AppUser, deputy: AppUser, actor: Callable[..., Actor]
) -> None:
    _delegate(session, head, deputy)

    disable_user(session, actor("admin", ("sysadmin", None)), head.id or 0)

    assert _actor(session, "deputy").subject.grants == (Grant("staff", city.department),)
    with pytest.raises(UnknownUser):
        _actor(session, "head")


def test_it_is_not_passed_on(
    session: Session, head: AppUser, deputy: AppUser, person: Person, city: City, count: Count
) -> None:
    grant = _delegate(session, head, deputy)
    third = person("third", agency_id=city.department)
    before = count("role_grant"), count("audit_event")

    with pytest.raises(DelegationNotPassedOn):
        delegate_role(
            session, _actor(session, "deputy"), grant.id or 0, third, valid_to=clock.today() + timedelta(1)
        )

    assert (count("role_grant"), count("audit_event")) == before


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        (None, None, "END_REQUIRED"),
        (None, date(2026, 7, 1), "LONGER_THAN_OWN"),
        (None, date(2025, 6, 30), "DATES_CROSSED"),
        (date(2025, 6, 1), date(2025, 8, 1), "IN_THE_PAST"),
    ],
)
def test_its_dates_lie_within_the_holders_own(
    session: Session,
    today: date,
    city: City,
    person: Person,
    deputy: AppUser,
    actor: Callable[..., Actor],
    count: Count,
    since: date | None,
    until: date | None,
    code: str,
) -> None:
    head = person("dated head")
    grant = grant_role(
        session, actor("admin", ("sysadmin", None)), head, "approver",
        agency_id=city.department, valid_from=date(2025, 1, 1), valid_to=date(2026, 6, 30),
    )  # fmt: skip
    before = count("role_grant")

    with pytest.raises(Invalid) as refusal:
        delegate_role(
            session, _actor(session, head.name), grant.id or 0, deputy, valid_from=since, valid_to=until
        )

    assert code in {error.code for error in refusal.value.errors}
    assert count("role_grant") == before


def test_nobody_delegates_to_himself_or_to_a_program(
    session: Session, head: AppUser, person: Person, count: Count, city: City
) -> None:
    program = person("program", agency_id=city.department)
    program.is_service = True
    session.add(program)
    session.flush()
    before = count("role_grant")

    for delegate, problem in ((head, NotPermitted), (program, Invalid)):
        with pytest.raises(problem):
            _delegate(session, head, delegate)

    assert count("role_grant") == before


def test_a_delegate_meets_no_role_in_conflict_on_any_day(
    session: Session, head: AppUser, person: Person, city: City, count: Count, actor: Callable[..., Actor]
) -> None:
    officer, later = person("officer", ("officer", city.unit)), person("later")
    admin = actor("admin", ("sysadmin", None))
    soon = clock.today() + timedelta(days=10)
    grant_role(session, admin, later, "officer", agency_id=city.unit, valid_from=soon)
    before = count("role_grant")

    for delegate in (officer, later):
        with pytest.raises(RolesInConflict):
            _delegate(session, head, delegate)

    assert count("role_grant") == before
    assert _delegate(session, head, later, days=10).valid_to == soon  # over before the other role begins


def test_a_stranger_neither_delegates_nor_ends_and_learns_nothing(
    session: Session, head: AppUser, deputy: AppUser, person: Person, city: City, count: Count
) -> None:
    grant = _delegate(session, head, deputy)
    person("stranger", ("staff", city.other))
    before = count("role_grant"), count("audit_event")
    stranger = _actor(session, "stranger")
    until = clock.today() + timedelta(days=2)
    told = set()

    for key in (_own(session, head), grant.id or 0, 999_999_999):
        with pytest.raises(NotFound) as refusal:
            delegate_role(session, stranger, key, user_by_name(session, "stranger"), valid_to=until)
        told.add(refusal.value.message_en)
        with pytest.raises(NotFound) as refusal:
            end_grant(session, stranger, key)
        told.add(refusal.value.message_en)

    assert len(told) == 1
    assert (count("role_grant"), count("audit_event")) == before


def test_an_administrator_delegates_for_the_holder_what_he_could_grant(
    session: Session, head: AppUser, deputy: AppUser, city: City, person: Person, actor: Callable[..., Actor]
) -> None:
    local = actor("local", ("agency_admin", city.department))
    until = clock.today() + timedelta(days=5)

    grant = delegate_role(session, local, _own(session, head), deputy, valid_to=until)

    event = session.exec(select(AuditEvent).where(AuditEvent.event_type == "grant:delegate")).one()
    assert (event.agent_id, event.on_behalf_of) == (local.id, head.id)
    archivist = person("archivist", ("archivist", city.department), agency_id=city.department)
    with pytest.raises(RoleNotGrantable):
        delegate_role(session, local, _own(session, archivist), deputy, valid_to=until)
    end_grant(session, _actor(session, "head"), grant.id or 0, delegation=True)
    with pytest.raises(GrantEnded):
        end_grant(session, local, grant.id or 0)


def test_a_delegate_gives_the_delegator_nothing(
    session: Session, today: date, city: City, person: Person, count: Count
) -> None:
    chief = person("chief", ("sysadmin", None))
    person("helper")
    helper = user_by_name(session, "helper")
    _delegate(session, chief, helper)
    before = count("role_grant")

    with pytest.raises(NotPermitted):
        grant_role(session, _actor(session, "helper"), chief, "leader")

    assert count("role_grant") == before
    third = person("third")
    assert grant_role(session, _actor(session, "helper"), third, "leader").granted_by == helper.id
    event = session.exec(select(AuditEvent).where(AuditEvent.event_type == "grant:create")).one()
    assert (event.agent_id, event.on_behalf_of) == (helper.id, chief.id)


def test_the_same_is_not_delegated_twice(
    session: Session, head: AppUser, deputy: AppUser, count: Count
) -> None:
    _delegate(session, head, deputy)
    before = count("role_grant")
    with pytest.raises(AlreadyGranted):
        _delegate(session, head, deputy)
    assert count("role_grant") == before


def test_an_own_grant_is_no_delegation(
    session: Session, head: AppUser, actor: Callable[..., Actor], count: Count
) -> None:
    admin = actor("admin", ("sysadmin", None))
    before = count("audit_event")
    with pytest.raises(NotFound):
        end_grant(session, admin, _own(session, head), delegation=True)
    assert count("audit_event") == before
    assert _actor(session, "head").subject.grants
