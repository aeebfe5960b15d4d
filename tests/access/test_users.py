"""Users are entered, corrected, disabled and enabled by who has authority over all that they may do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.access.commands import (
    create_token,
    create_user,
    disable_user,
    enable_user,
    end_grant,
    grant_role,
    update_user,
)
from hub.access.errors import RoleNotGrantable, UnknownUser
from hub.access.models import AppUser, RoleGrant
from hub.access.queries import actor_for_token, actor_for_user
from hub.access.users import seen_user
from hub.audit.models import AuditEvent
from hub.kit.errors import Invalid, NotFound, NotPermitted, StaleVersion, Unauthenticated
from tests.access.conftest import City

Person = Callable[..., AppUser]
Count = Callable[[str], int]


@pytest.fixture
def admin(actor: Callable[..., Actor]) -> Actor:
    return actor("admin", ("sysadmin", None))


@pytest.fixture
def local(actor: Callable[..., Actor], city: City) -> Actor:
    return actor("local", ("agency_admin", city.department), agency_id=city.department)


def test_a_user_is_corrected_one_version_on(session: Session, admin: Actor, city: City) -> None:
    user = create_user(session, admin, "mai", "Mai", agency_id=city.department)

    update_user(session, admin, user.id or 0, 1, {"full_name": "Trần Thị Mai", "email": "mai@example.vn"})

    assert (user.full_name, user.email, user.version) == ("Trần Thị Mai", "mai@example.vn", 2)
    event = session.exec(select(AuditEvent).where(AuditEvent.event_type == "user:update")).one()
    assert event.detail == {
        "changed": {"full_name": ["Mai", "Trần Thị Mai"], "email": [None, "mai@example.vn"]}
    }
    with pytest.raises(StaleVersion):
        update_user(session, admin, user.id or 0, 1, {"full_name": "Nobody"})
    update_user(session, admin, user.id or 0, 2, {"full_name": "Trần Thị Mai"})  # nothing new
    assert user.version == 2


def test_a_disabled_user_is_out_with_the_next_request_and_back_when_enabled(
    session: Session, admin: Actor, city: City
) -> None:
    user = create_user(session, admin, "mai", "Mai", agency_id=city.department)
    grant_role(session, admin, user, "clerk", agency_id=city.department)
    token = create_token(session, admin, user, "test")

    disable_user(session, admin, user.id or 0, reason="nghỉ việc")
    with pytest.raises(Unauthenticated):
        actor_for_token(session, token)
    with pytest.raises(UnknownUser):
        actor_for_user(session, "mai")
    disable_user(session, admin, user.id or 0)
    enable_user(session, admin, user.id or 0)

    assert actor_for_token(session, token).subject.grants
    events = session.exec(
        select(AuditEvent.event_type).where(AuditEvent.object_type == "user", AuditEvent.object_id == user.id)
    ).all()
    assert sorted(events) == ["user:create", "user:disable", "user:enable"]


def test_nobody_disables_himself(session: Session, admin: Actor) -> None:
    with pytest.raises(NotPermitted):
        disable_user(session, admin, admin.id or 0)
    assert actor_for_user(session, "admin").subject.grants


def test_an_agency_administrator_has_no_say_over_a_role_above_his(
    session: Session, local: Actor, city: City, person: Person, count: Count
) -> None:
    """Else he could give the account an address of his own and take its roles with a link."""
    above = person("above", ("supervisor", None), agency_id=city.unit)
    before = count("audit_event")

    for deed in (
        lambda: update_user(session, local, above.id or 0, None, {"email": "local@example.vn"}),
        lambda: disable_user(session, local, above.id or 0),
        lambda: create_token(session, local, above, "mine"),
    ):
        with pytest.raises((NotPermitted, NotFound)):
            deed()
        session.expire_all()

    assert (above.email, above.disabled_at) == (None, None)
    assert count("audit_event") == before


def test_an_agency_administrator_does_not_end_what_he_could_not_give(
    session: Session, local: Actor, city: City, person: Person
) -> None:
    keeper = person("keeper", ("archivist", city.department), agency_id=city.department)
    grant = session.exec(select(RoleGrant).where(RoleGrant.user_id == keeper.id)).one()

    with pytest.raises(RoleNotGrantable):
        end_grant(session, local, grant.id or 0)

    assert actor_for_user(session, "keeper").subject.grants


def test_who_is_not_of_the_agency_is_not_found(
    session: Session, local: Actor, city: City, person: Person, count: Count
) -> None:
    stranger = person("stranger", agency_id=city.other)
    before = count("audit_event"), count("role_grant")
    told = set()

    for key in (stranger.id or 0, 999_999_999):
        for deed in (
            lambda key=key: update_user(session, local, key, None, {"full_name": "x"}),
            lambda key=key: disable_user(session, local, key),
            lambda key=key: enable_user(session, local, key),
            lambda key=key: seen_user(session, local, key),
        ):
            with pytest.raises(NotFound) as refusal:
                deed()
            told.add(refusal.value.message_en)
    with pytest.raises(NotFound):
        grant_role(session, local, stranger, "staff", agency_id=city.department)

    assert len(told) == 1
    assert (count("audit_event"), count("role_grant")) == before


def test_a_user_is_not_moved_out_of_reach(session: Session, local: Actor, city: City, person: Person) -> None:
    mai = person("mai", agency_id=city.unit)
    with pytest.raises((NotPermitted, NotFound)):
        update_user(session, local, mai.id or 0, None, {"agency_id": city.other})
    session.expire_all()
    assert mai.agency_id == city.unit


@pytest.mark.parametrize(
    ("name", "full_name", "email"),
    [
        ("", "Mai", None),
        ("a b", "Mai", None),
        ("mai", " ", None),
        ("mai", "Mai\n", None),
        ("mai", "Mai", "mai"),
    ],
)
def test_what_cannot_be_said_of_a_user_is_refused(
    session: Session, admin: Actor, count: Count, name: str, full_name: str, email: str | None
) -> None:
    before = count("app_user")
    with pytest.raises(Invalid):
        create_user(session, admin, name, full_name, email=email)
    assert count("app_user") == before


def test_a_user_of_an_agency_that_is_not_there_is_refused(session: Session, admin: Actor) -> None:
    with pytest.raises(NotFound):
        create_user(session, admin, "mai", "Mai", agency_id=999_999_999)
