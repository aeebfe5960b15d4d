"""Who may give which role to whom, and from when until when it counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine
from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.access.commands import create_token, create_user, end_grant, grant_role, seat_operator
from hub.access.errors import GrantEnded, RoleNotGrantable, RolesInConflict, UnknownUser, UserNameTaken
from hub.access.models import AppUser, RoleGrant
from hub.access.queries import actor_for_token, actor_for_user, law
from hub.agencies.models import Agency
from hub.audit.models import AuditEvent
from hub.kit import clock
from hub.kit.db import sqlalchemy_url
from hub.kit.errors import Invalid, NotPermitted
from policies.subject import Grant
from tests.access.conftest import City


@pytest.fixture
def admin(actor: Callable[..., Actor]) -> Actor:
    return actor("admin", ("sysadmin", None))


def _roles(session: Session, name: str, today: date | None = None) -> set[Grant]:
    return set(actor_for_user(session, name, today=today).subject.grants)


def test_a_granted_role_counts_at_once_and_is_recorded(session: Session, admin: Actor, city: City) -> None:
    user = create_user(session, admin, "mai", "Trần Thị Mai", agency_id=city.department)

    grant = grant_role(session, admin, user, "clerk", agency_id=city.department, reason="QĐ 12")

    assert _roles(session, "mai") == {Grant("clerk", city.department)}
    event = session.exec(select(AuditEvent).where(AuditEvent.event_type == "grant:create")).one()
    assert (event.object_id, event.agent_id, event.reason) == (grant.id, admin.id, "QĐ 12")
    assert event.detail is not None
    assert event.detail["role"] == "clerk"


def test_a_grant_counts_from_its_first_day_until_the_day_before_its_end(
    session: Session, admin: Actor, city: City, person: Callable[..., AppUser]
) -> None:
    start, end = date(2025, 3, 1), date(2025, 4, 1)
    grant_role(
        session,
        admin,
        person("mai"),
        "clerk",
        agency_id=city.unit,
        valid_from=start,
        valid_to=end,
    )
    held = {Grant("clerk", city.unit)}

    assert _roles(session, "mai", start - timedelta(days=1)) == set()
    assert _roles(session, "mai", start) == held
    assert _roles(session, "mai", end - timedelta(days=1)) == held
    assert _roles(session, "mai", end) == set()


def test_a_revoked_grant_ends_today(
    session: Session, admin: Actor, city: City, person: Callable[..., AppUser]
) -> None:
    grant = grant_role(session, admin, person("mai"), "clerk", agency_id=city.unit)

    end_grant(session, admin, grant.id or 0)

    assert _roles(session, "mai") == set()
    with pytest.raises(GrantEnded):
        end_grant(session, admin, grant.id or 0)


def test_an_agency_admin_grants_roles_of_his_agency_inside_it(
    session: Session,
    city: City,
    person: Callable[..., AppUser],
    actor: Callable[..., Actor],
    count: Callable[[str], int],
) -> None:
    local = actor("local", ("agency_admin", city.department))
    user = person("mai", agency_id=city.unit)
    grant_role(session, local, user, "staff", agency_id=city.unit)
    before = count("role_grant"), count("audit_event")

    with pytest.raises(NotPermitted):
        grant_role(session, local, user, "staff", agency_id=city.other)
    for role in ("archivist", "agency_admin", "supervisor"):
        with pytest.raises(RoleNotGrantable):
            grant_role(session, local, user, role, agency_id=city.department)

    assert (count("role_grant"), count("audit_event")) == before


def test_nobody_grants_to_himself(session: Session, admin: Actor, count: Callable[[str], int]) -> None:
    before = count("role_grant")

    with pytest.raises(NotPermitted):
        grant_role(session, admin, session.get_one(AppUser, admin.id), "leader")

    assert count("role_grant") == before


@pytest.mark.parametrize(
    ("held", "wanted"), [("officer", "approver"), ("archivist", "archive_head"), ("clerk", "sysadmin")]
)
def test_roles_in_conflict_never_meet_in_one_person(
    session: Session,
    admin: Actor,
    city: City,
    person: Callable[..., AppUser],
    count: Callable[[str], int],
    held: str,
    wanted: str,
) -> None:
    for first, second in ((held, wanted), (wanted, held)):
        user = person(f"{first} before {second}", (first, city.department))
        before = count("role_grant")

        with pytest.raises(RolesInConflict) as refusal:
            grant_role(session, admin, user, second, agency_id=city.department)

        assert first in refusal.value.message_vi
        assert count("role_grant") == before


def test_a_conflict_ends_with_the_grant(
    session: Session, admin: Actor, city: City, person: Callable[..., AppUser]
) -> None:
    user = person("mai")
    old = grant_role(session, admin, user, "officer", agency_id=city.department)

    end_grant(session, admin, old.id or 0)
    grant_role(session, admin, user, "approver", agency_id=city.department)

    assert _roles(session, "mai") == {Grant("approver", city.department)}


def test_an_unknown_role_and_an_agency_role_without_agency_are_refused(
    session: Session, admin: Actor, person: Callable[..., AppUser]
) -> None:
    user = person("mai")
    for role in ("anyone", "role:clerk", "king", "clerk"):
        with pytest.raises(Invalid):
            grant_role(session, admin, user, role)


def test_a_name_is_given_once(session: Session, admin: Actor, count: Callable[[str], int]) -> None:
    create_user(session, admin, "mai", "Mai")
    before = count("app_user")

    with pytest.raises(UserNameTaken):
        create_user(session, admin, "mai", "Another Mai")

    assert count("app_user") == before


def test_a_clerk_makes_no_users(
    session: Session, city: City, actor: Callable[..., Actor], count: Callable[[str], int]
) -> None:
    clerk = actor("clerk", ("clerk", city.department))
    before = count("app_user")

    with pytest.raises(NotPermitted):
        create_user(session, clerk, "friend", "Friend", agency_id=city.department)

    assert count("app_user") == before


def test_the_local_operator_is_seated_once_at_every_root(session: Session, city: City) -> None:
    assert "officer" not in {role for role, _ in _roles(session, "operator")}

    seat_operator(session)
    seat_operator(session)

    officers = session.exec(
        select(RoleGrant).where(RoleGrant.role == "officer", RoleGrant.agency_id == city.root)
    ).all()
    assert len(officers) == 1
    assert Grant("officer", city.root) in _roles(session, "operator", date(2024, 12, 31))


def test_an_unknown_user_is_named(session: Session) -> None:
    with pytest.raises(UnknownUser) as refusal:
        actor_for_user(session, "nobody")
    assert "nobody" in refusal.value.message_en


def test_grants_follow_the_clock_of_hanoi(
    session: Session,
    admin: Actor,
    city: City,
    person: Callable[..., AppUser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    grant_role(session, admin, person("mai"), "clerk", agency_id=city.unit, valid_from=clock.today())
    assert _roles(session, "mai")

    monkeypatch.setenv("HUB_TODAY", "2001-01-01")

    assert _roles(session, "mai") == set()


def test_the_application_role_may_do_all_this(app_url: str) -> None:
    """The commands work for hub_app, which owns nothing, the number of the tree included."""
    engine = create_engine(sqlalchemy_url(app_url))
    with engine.connect() as connection, Session(bind=connection) as session:
        root = Agency(code="T-APP", name="T-APP")
        session.add(root)
        session.flush()
        before = law(session)
        session.add(Agency(code="T-APP-1", name="T-APP-1", parent_id=root.id))
        session.flush()
        operator = seat_operator(session)
        admin = actor_for_user(session, operator.name)
        user = create_user(session, admin, "app-mai", "Mai", agency_id=root.id)
        grant = grant_role(session, admin, user, "clerk", agency_id=root.id)
        token = create_token(session, admin, user, "portal")

        assert law(session) is not before
        assert actor_for_token(session, token).subject.grants == (Grant("clerk", root.id),)
        end_grant(session, admin, grant.id or 0)
        assert actor_for_token(session, token).subject.grants == ()
        session.rollback()
    engine.dispose()
