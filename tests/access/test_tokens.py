"""A key is shown once, kept as a hash, and worth nothing once it is revoked, expired or its user disabled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from hub.access.actor import Actor, the_public
from hub.access.commands import create_token, revoke_token
from hub.access.models import AccessToken, AppUser
from hub.access.queries import actor_for_token
from hub.audit.models import AuditEvent
from hub.kit import clock
from hub.kit.errors import NotFound, NotPermitted, Unauthenticated
from policies.subject import Grant
from tests.access.conftest import City


@pytest.fixture
def admin(actor: Callable[..., Actor]) -> Actor:
    return actor("admin", ("sysadmin", None))


def _row(session: Session, user: AppUser) -> AccessToken:
    return session.exec(select(AccessToken).where(AccessToken.user_id == user.id)).one()


def test_a_token_brings_its_user_with_his_grants(
    session: Session, admin: Actor, city: City, person: Callable[..., AppUser]
) -> None:
    user = person("mai", ("clerk", city.department), ("leader", None))
    token = create_token(session, admin, user, "portal")

    caller = actor_for_token(session, token)

    assert (caller.id, caller.name) == (user.id, "mai")
    assert caller.subject.grants == (Grant("clerk", city.department), Grant("leader", None))


def test_only_the_hash_of_a_token_is_kept(
    session: Session, admin: Actor, person: Callable[..., AppUser]
) -> None:
    user = person("mai")
    token = create_token(session, admin, user, "portal")
    row = _row(session, user)

    assert token.startswith(f"{row.prefix}_")
    assert token.encode() not in row.sha256
    assert len(row.sha256) == 32
    event = session.exec(select(AuditEvent).where(AuditEvent.event_type == "apikey:create")).one()
    assert token not in str(event.detail)
    assert event.agent_id == admin.id


def test_no_token_is_the_public_and_a_wrong_one_never_is(session: Session) -> None:
    assert actor_for_token(session, None) is the_public()
    for wrong in ("", "hub_00000000_nonsense", "Bearer", "\x00"):
        with pytest.raises(Unauthenticated):
            actor_for_token(session, wrong)


def test_a_revoked_token_is_refused_at_the_next_request(
    session: Session, admin: Actor, person: Callable[..., AppUser]
) -> None:
    user = person("mai")
    token = create_token(session, admin, user, "portal")
    actor_for_token(session, token)

    revoke_token(session, admin, _row(session, user))

    with pytest.raises(Unauthenticated):
        actor_for_token(session, token)


def test_an_expired_token_is_refused(session: Session, admin: Actor, person: Callable[..., AppUser]) -> None:
    user = person("mai")
    past, future = (clock.now() + timedelta(minutes=shift) for shift in (-1, 1))
    old = create_token(session, admin, user, "old", expires_at=past)
    new = create_token(session, admin, user, "new", expires_at=future)

    assert actor_for_token(session, new).id == user.id
    with pytest.raises(Unauthenticated):
        actor_for_token(session, old)


def test_a_disabled_user_is_refused(session: Session, admin: Actor, person: Callable[..., AppUser]) -> None:
    user = person("mai")
    token = create_token(session, admin, user, "portal")
    user.disabled_at = clock.now()
    session.flush()

    with pytest.raises(Unauthenticated):
        actor_for_token(session, token)


def test_an_agency_admin_makes_tokens_for_his_agency_only(
    session: Session,
    city: City,
    person: Callable[..., AppUser],
    actor: Callable[..., Actor],
    count: Callable[[str], int],
) -> None:
    local = actor("local", ("agency_admin", city.department))
    create_token(session, local, person("mine", agency_id=city.unit), "portal")
    before = count("access_token"), count("audit_event")

    with pytest.raises(NotPermitted):
        create_token(session, local, person("theirs", agency_id=city.other), "portal")

    assert (count("access_token"), count("audit_event")) == before


@pytest.mark.parametrize("role", ["supervisor", "sysadmin", "archivist", "agency_admin"])
def test_a_token_never_brings_its_maker_more_than_he_may_grant(
    session: Session,
    city: City,
    person: Callable[..., AppUser],
    actor: Callable[..., Actor],
    count: Callable[[str], int],
    role: str,
) -> None:
    local = actor("local", ("agency_admin", city.department))
    create_token(session, local, person("clerk", ("clerk", city.unit), agency_id=city.unit), "portal")
    mighty = person("mighty", (role, city.department), agency_id=city.department)
    elsewhere = person("elsewhere", ("clerk", city.other), agency_id=city.department)
    before = count("access_token")

    for user in (mighty, elsewhere):
        with pytest.raises(NotPermitted):
            create_token(session, local, user, "portal")

    assert count("access_token") == before


def test_an_administrator_makes_a_token_for_himself(session: Session, admin: Actor) -> None:
    token = create_token(session, admin, session.get_one(AppUser, admin.id), "terminal")
    assert actor_for_token(session, token).id == admin.id


def test_somebody_elses_token_is_not_found(
    session: Session, admin: Actor, person: Callable[..., AppUser], actor: Callable[..., Actor]
) -> None:
    user = person("mai")
    token = create_token(session, admin, user, "portal")

    with pytest.raises(NotFound):
        revoke_token(session, actor("lan", ("staff", None)), _row(session, user))

    assert actor_for_token(session, token).id == user.id


def test_everybody_may_revoke_his_own_token(
    session: Session, admin: Actor, actor: Callable[..., Actor]
) -> None:
    mai = actor("mai")
    user = session.get_one(AppUser, mai.id)
    token = create_token(session, admin, user, "portal")

    revoke_token(session, mai, _row(session, user))

    with pytest.raises(Unauthenticated):
        actor_for_token(session, token)
