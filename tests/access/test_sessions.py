"""A sign-in link works once; the session it opens ends by itself, at sign-out, and with its user."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.access.errors import LinkSpent
from hub.access.models import AppUser, SignInLink, WebSession
from hub.access.sessions import (
    IDLE,
    LONGEST,
    end_session,
    link_of,
    note_seen,
    open_link,
    redeem_link,
    signed_in,
)
from hub.audit.models import AuditEvent
from hub.kit import clock
from hub.kit.errors import NotPermitted
from tests.access.conftest import City


@pytest.fixture
def admin(actor: Callable[..., Actor]) -> Actor:
    return actor("admin", ("sysadmin", None))


@pytest.fixture
def mai(person: Callable[..., AppUser], city: City) -> AppUser:
    return person("mai", ("leader", None), ("clerk", city.department))


def _events(session: Session, *kinds: str) -> list[tuple[str, int | None]]:
    found = session.exec(select(AuditEvent).order_by(AuditEvent.id))  # type: ignore[arg-type]
    return [(event.event_type, event.agent_id) for event in found if event.event_type in kinds]


def test_a_link_signs_its_user_in_with_his_grants_once(session: Session, admin: Actor, mai: AppUser) -> None:
    secret = open_link(session, admin, mai)
    assert link_of(session, secret)[1].id == mai.id  # looking at it uses nothing up

    opened = redeem_link(session, secret, user_agent="x" * 500)

    found = signed_in(session, opened.secret)
    assert found is not None
    assert (found.actor.id, found.full_name) == (mai.id, "mai")
    assert [grant.role for grant in found.actor.subject.grants] == ["leader", "clerk"]
    for again in (secret, opened.secret, "", "nothing"):
        with pytest.raises(LinkSpent):
            redeem_link(session, again)
    assert _events(session, "session:link", "session:start") == [
        ("session:link", admin.id),
        ("session:start", mai.id),
    ]


def test_only_hashes_are_kept(session: Session, admin: Actor, mai: AppUser) -> None:
    secret = open_link(session, admin, mai)
    opened = redeem_link(session, secret)
    kept = session.connection().scalars(
        text("select t::text from sign_in_link t union all select t::text from web_session t")
    )
    trail = session.connection().scalars(text("select coalesce(detail::text, '') from audit_event"))
    assert not any(word in row for row in [*kept, *trail] for word in (secret, opened.secret))


@pytest.mark.parametrize("change", ["expires_at = now() - interval '1 second'", "used_at = now()"])
def test_a_link_that_is_spent_opens_nothing(
    session: Session, admin: Actor, mai: AppUser, count: Callable[[str], int], change: str
) -> None:
    secret = open_link(session, admin, mai)
    session.connection().execute(text(f"update sign_in_link set {change}"))
    with pytest.raises(LinkSpent):
        redeem_link(session, secret)
    assert count("web_session") == 0


def test_a_disabled_user_neither_signs_in_nor_stays(session: Session, admin: Actor, mai: AppUser) -> None:
    first, second = open_link(session, admin, mai), open_link(session, admin, mai)
    opened = redeem_link(session, first)
    mai.disabled_at = clock.now()
    session.add(mai)
    session.flush()
    assert signed_in(session, opened.secret) is None
    with pytest.raises(LinkSpent):
        redeem_link(session, second)


def test_signing_in_again_ends_the_session_of_the_browser(
    session: Session, admin: Actor, mai: AppUser
) -> None:
    first = redeem_link(session, open_link(session, admin, mai))
    second = redeem_link(session, open_link(session, admin, mai), before=first.secret)
    assert second.secret != first.secret
    assert signed_in(session, first.secret) is None
    assert signed_in(session, second.secret) is not None


def test_signing_out_is_for_good_and_told_once(session: Session, admin: Actor, mai: AppUser) -> None:
    opened = redeem_link(session, open_link(session, admin, mai))
    end_session(session, opened.secret)
    end_session(session, opened.secret)
    end_session(session, "never was")
    note_seen(session, opened.secret)
    assert signed_in(session, opened.secret) is None
    assert _events(session, "session:end") == [("session:end", mai.id)]


def test_a_session_ends_by_being_away_and_by_age(
    session: Session, admin: Actor, mai: AppUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = redeem_link(session, open_link(session, admin, mai))
    start = clock.now()

    def at(later: timedelta) -> bool:
        monkeypatch.setattr(clock, "now", lambda: start + later)
        return signed_in(session, opened.secret) is not None

    assert at(IDLE - timedelta(minutes=1))
    assert not at(IDLE + timedelta(minutes=1))
    step = timedelta(minutes=50)
    seen = timedelta(0)
    while seen + step < LONGEST:
        seen += step
        assert at(seen)
        note_seen(session, opened.secret)
    assert not at(LONGEST + timedelta(seconds=1))


def test_whoever_may_make_no_key_opens_no_link(
    session: Session, city: City, person: Callable[..., AppUser], actor: Callable[..., Actor], count: Callable
) -> None:
    local = actor("local", ("agency_admin", city.department))
    open_link(session, local, person("theirs", ("clerk", city.unit), agency_id=city.unit))
    before = count("sign_in_link"), count("audit_event")
    mighty = person("mighty", ("leader", None), agency_id=city.department)
    elsewhere = person("elsewhere", agency_id=city.other)
    for user in (mighty, elsewhere):
        with pytest.raises(NotPermitted):
            open_link(session, local, user)
    assert (count("sign_in_link"), count("audit_event")) == before


def test_the_database_keeps_the_evidence(session: Session, admin: Actor, mai: AppUser) -> None:
    redeem_link(session, open_link(session, admin, mai))
    rights = session.connection().execute(
        text(
            "select has_table_privilege('hub_app', name, 'insert'), has_table_privilege('hub_app', name, 'delete')"
            " from unnest(array['sign_in_link', 'web_session']) name"
        )
    )
    assert rights.all() == [(True, False), (True, False)]
    assert session.exec(select(SignInLink)).one().used_at is not None
    assert session.exec(select(WebSession)).one().ended_at is None
