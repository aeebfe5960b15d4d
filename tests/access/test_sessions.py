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
    end_session,
    end_sessions,
    link_of,
    note_seen,
    open_link,
    redeem_link,
    revoke_session,
    sessions_of,
    signed_in,
)
from hub.audit.models import AuditEvent
from hub.kit import clock
from hub.kit.errors import NotFound, NotPermitted
from hub.settings import Settings
from tests.access.conftest import City

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)


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
    note_seen(session, {opened.secret: IDLE})
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
    step = timedelta(minutes=25)
    seen = timedelta(0)
    while seen + step < LONGEST:
        seen += step
        assert at(seen)
        note_seen(session, {opened.secret: IDLE})
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


def test_administrators_are_gone_sooner_and_settings_say_when(
    session: Session,
    admin: Actor,
    mai: AppUser,
    person: Callable[..., AppUser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guard = person("guard", ("itsec", None))
    usual = {user.name: redeem_link(session, open_link(session, admin, user)) for user in (mai, guard)}
    short = redeem_link(
        session, open_link(session, admin, mai), settings=Settings(session_idle=5, session_longest=1)
    )
    start = clock.now()

    def alive(minutes: int) -> list[bool]:
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(minutes=minutes))
        return [signed_in(session, one.secret) is not None for one in (usual["mai"], usual["guard"], short)]

    assert [alive(4), alive(14), alive(16), alive(31)] == [
        [True, True, True],
        [True, True, False],
        [True, False, False],
        [False, False, False],
    ]


def test_everybody_sees_and_ends_his_own_sessions_and_it_security_all(
    session: Session, admin: Actor, mai: AppUser, actor: Callable[..., Actor], person: Callable[..., AppUser]
) -> None:
    other = person("other")
    own, elsewhere, others = (
        redeem_link(session, open_link(session, admin, user)) for user in (mai, mai, other)
    )
    me = signed_in(session, own.secret)
    assert me is not None
    assert len(sessions_of(session, me.actor)) == 2
    [foreign] = sessions_of(session, actor("security", ("itsec", None)), other.id)
    with pytest.raises(NotFound):  # absent and unseen are told alike
        revoke_session(session, me.actor, foreign.id or 0)
    with pytest.raises(NotFound):
        revoke_session(session, me.actor, 10**9)
    assert signed_in(session, others.secret) is not None

    [there] = [row for row in sessions_of(session, me.actor) if row.id != me.session_id]
    revoke_session(session, me.actor, there.id or 0)
    revoke_session(session, me.actor, there.id or 0)
    assert (signed_in(session, elsewhere.secret), signed_in(session, own.secret) is None) == (None, False)
    revoke_session(session, actor("guard", ("itsec", None)), foreign.id or 0)
    assert signed_in(session, others.secret) is None
    assert len(_events(session, "session:revoke")) == 2


def test_ending_all_but_one(session: Session, admin: Actor, mai: AppUser) -> None:
    kept, gone = (redeem_link(session, open_link(session, admin, mai)) for _ in range(2))
    assert end_sessions(session, admin, mai.id or 0, but=kept.secret) == 1
    assert (signed_in(session, kept.secret) is not None, signed_in(session, gone.secret)) == (True, None)
