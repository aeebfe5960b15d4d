"""Keys of systems: bound to one agency, from given addresses, for a time; rotated without a gap, revoked at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.access.credentials.errors import KeyEnded, KeyInRotation
from hub.access.credentials.keys import OVERLAP, create_api_key, revoke_api_key, rotate_api_key
from hub.access.errors import StepUpRequired
from hub.access.models import AccessToken, AppUser, RoleGrant
from hub.access.queries import actor_for_token
from hub.audit.models import AuditEvent
from hub.kit import clock
from hub.kit.errors import Invalid, NotFound, NotPermitted, Unauthenticated
from hub.settings import Settings
from policies.subject import Grant
from tests.access.conftest import LONG_AGO, City


@pytest.fixture
def admin(actor: Callable[..., Actor], city: City) -> Actor:
    return actor("local", ("agency_admin", city.department))


def _works(session: Session, key: str, client_ip: str | None = None) -> bool:
    try:
        actor_for_token(session, key, client_ip=client_ip)
    except Unauthenticated:
        return False
    return True


def test_a_key_is_worth_the_role_client_at_its_agency_and_nothing_else(
    session: Session, admin: Actor, city: City
) -> None:
    row, key = create_api_key(session, admin, city.unit, " Phần mềm QLVB ")
    assert key.startswith(f"{row.prefix}_")
    # what else its account comes to hold does not widen the key
    session.add(RoleGrant(user_id=row.user_id, role="client", agency_id=city.other, valid_from=LONG_AGO))
    session.flush()
    caller = actor_for_token(session, key)
    assert caller.subject.grants == (Grant("client", city.unit),)
    assert not caller.stepped_up
    user = session.get_one(AppUser, row.user_id)
    assert (user.is_service, user.full_name, user.agency_id) == (True, "Phần mềm QLVB", city.unit)
    assert row.expires_at is not None
    assert row.expires_at - clock.now() > timedelta(days=364)


def test_it_works_from_its_addresses_only(session: Session, admin: Actor, city: City) -> None:
    _, key = create_api_key(session, admin, city.unit, "x", ip_ranges=["10.20.0.7/16", "2001:db8::/32"])
    assert [_works(session, key, ip) for ip in ("10.20.255.1", "2001:db8::5", "10.21.0.1", "::1", None)] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_it_ends_by_time_by_revocation_and_with_its_account(
    session: Session, admin: Actor, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [create_api_key(session, admin, city.unit, name) for name in ("a", "b", "c")]
    revoke_api_key(session, admin, keys[0][0].id or 0)
    revoke_api_key(session, admin, keys[0][0].id or 0)
    session.get_one(AppUser, keys[1][0].user_id).disabled_at = clock.now()
    session.flush()
    assert [_works(session, key) for _, key in keys] == [False, False, True]
    later = clock.now() + timedelta(days=366)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert not _works(session, keys[2][1])
    events = [event.event_type for event in session.exec(select(AuditEvent)) if event.object_type == "apikey"]
    assert sorted(events) == ["apikey:create"] * 3 + ["apikey:revoke"]


def test_rotation_leaves_no_gap_and_at_most_two(
    session: Session, admin: Actor, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, old = create_api_key(session, admin, city.unit, "QLVB", ip_ranges=["10.0.0.0/8"])
    second, new = rotate_api_key(session, admin, first.id or 0)
    assert second.user_id == first.user_id
    assert [str(one) for one in second.ip_ranges or ()] == ["10.0.0.0/8"]
    assert [_works(session, key, "10.1.1.1") for key in (old, new)] == [True, True]
    for key_id in (first.id, second.id):
        with pytest.raises(KeyInRotation):
            rotate_api_key(session, admin, key_id or 0)
    later = clock.now() + OVERLAP + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert [_works(session, key, "10.1.1.1") for key in (old, new)] == [False, True]
    with pytest.raises(KeyEnded):
        rotate_api_key(session, admin, first.id or 0)
    third, newest = rotate_api_key(session, admin, second.id or 0, overlap=timedelta(0))
    assert [_works(session, key, "10.1.1.1") for key in (new, newest)] == [False, True]
    assert third.prefix != second.prefix


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ({"label": " "}, ["LENGTH"]),
        ({"expires_at": timedelta(days=-1)}, ["OUT_OF_RANGE"]),
        ({"expires_at": timedelta(days=400)}, ["OUT_OF_RANGE"]),
        ({"ip_ranges": ["10.0.0.0/8", "everywhere", "10.0.0.0/99"]}, ["NOT_A_RANGE", "NOT_A_RANGE"]),
        ({"ip_ranges": ["10.0.0.1"] * 21, "label": "x" * 201}, ["LENGTH", "TOO_MANY"]),
    ],
)
def test_what_a_key_must_be(
    session: Session, admin: Actor, city: City, count: Callable[[str], int], words: dict, codes: list[str]
) -> None:
    before = count("access_token"), count("app_user")
    given = {"label": "x", **words}
    if "expires_at" in given:
        given["expires_at"] = clock.now() + given["expires_at"]
    with pytest.raises(Invalid) as refused:
        create_api_key(session, admin, city.unit, given.pop("label"), **given)
    assert [error.code for error in refused.value.errors] == codes
    assert (count("access_token"), count("app_user")) == before


def test_settings_say_how_long_a_key_may_live(session: Session, admin: Actor, city: City) -> None:
    settings = Settings(api_key_days=30)
    row, _ = create_api_key(session, admin, city.unit, "x", settings=settings)
    assert row.expires_at is not None
    assert row.expires_at < clock.now() + timedelta(days=31)


def test_only_administrators_of_the_agency_make_and_rotate(
    session: Session, admin: Actor, city: City, actor: Callable[..., Actor]
) -> None:
    row, _ = create_api_key(session, admin, city.unit, "x")
    for name, role, place in (
        ("officer", "officer", city.department), ("elsewhere", "agency_admin", city.other), ("guard", "itsec", None),
    ):  # fmt: skip
        caller = actor(name, (role, place))
        with pytest.raises(NotPermitted):
            create_api_key(session, caller, city.unit, "y")
        with pytest.raises(NotPermitted if role == "itsec" else NotFound):
            rotate_api_key(session, caller, row.id or 0)
    hasty = Actor(admin.subject, admin.law)
    with pytest.raises(StepUpRequired):
        create_api_key(session, hasty, city.unit, "y")
    with pytest.raises(StepUpRequired):
        rotate_api_key(session, hasty, row.id or 0)
    assert session.exec(select(AccessToken)).one().revoked_at is None
