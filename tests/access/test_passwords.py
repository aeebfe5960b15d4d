"""Passwords: set by a link, checked in bounded work, one answer for all that is wrong, locked after five guesses."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import text
from sqlmodel import Session, create_engine

from hub.access.commands import create_user
from hub.access.credentials import passwords
from hub.access.credentials.errors import SigningInBusy, SignInLocked, SignInRefused
from hub.access.credentials.rules import password_errors
from hub.access.errors import LinkSpent
from hub.access.queries import actor_for_user, user_by_name
from hub.access.sessions import open_link, redeem_link, signed_in
from hub.audit.commands import ORIGIN, Origin
from hub.kit import clock
from hub.kit.db import sqlalchemy_url
from hub.kit.errors import Invalid
from hub.kit.seam import Seam
from hub.settings import Settings
from tests.conftest import as_app

GOOD, OTHER = "Hồ Gươm xanh 2026", "Cầu Long Biên, 1902"
SETTINGS = Settings()


@dataclass
class House:
    """A database of its own with the user mai, whose password is GOOD."""

    seam: Seam
    owner: Seam

    def link(self, name: str = "mai") -> str:
        return self.seam.change_now(
            lambda s: open_link(s, actor_for_user(s), user_by_name(s, name), purpose="PASSWORD")
        )

    def enter(self, name: str = "mai", password: str = GOOD, settings: Settings = SETTINGS) -> object:
        return passwords.sign_in(self.seam, name, password, settings)

    def is_in(self, secret: str) -> bool:
        return self.seam.read_now(lambda s: signed_in(s, secret)) is not None

    def events(self, *kinds: str) -> list[tuple[str, str, str | None]]:
        rows = self.owner.read_now(
            lambda s: (
                s.connection()
                .execute(text("select event_type, outcome, detail::text from audit_event order by id"))
                .all()
            )
        )
        return [(kind, outcome, detail) for kind, outcome, detail in rows if kind in kinds]


@pytest.fixture
def house(fresh_database: Callable[[], str]) -> Iterator[House]:
    dsn = fresh_database()
    app, owner = create_engine(sqlalchemy_url(as_app(dsn))), create_engine(sqlalchemy_url(dsn))
    made = House(Seam(app), Seam(owner))
    made.seam.change_now(lambda s: [create_user(s, actor_for_user(s), name, name) for name in ("mai", "lan")])
    passwords.set_by_link(made.seam, made.link(), GOOD, GOOD, SETTINGS)
    yield made
    app.dispose()
    owner.dispose()


def _later(monkeypatch: pytest.MonkeyPatch, **words: float) -> None:
    now = clock.now() + timedelta(**words)
    monkeypatch.setattr(clock, "now", lambda: now)


def test_the_right_password_opens_a_session_however_it_is_typed(house: House) -> None:
    opened = house.enter(" mai ", unicodedata.normalize("NFD", GOOD))
    assert house.is_in(opened.secret)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "password"),
    [("mai", OTHER), ("mai", ""), ("nobody", GOOD), ("lan", GOOD), ("operator", "operator"), ("", "")],
)
def test_a_wrong_one_has_one_answer_and_nobody_has_a_password_by_default(
    house: House, name: str, password: str
) -> None:
    with pytest.raises(SignInRefused) as refused:
        house.enter(name, password)
    assert str(refused.value) == str(SignInRefused())


def test_an_unknown_name_costs_the_same_hash(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, kept: str, told: str) -> bool:
        done.append(kept.rpartition("$")[0].rpartition("$")[0])
        return verify(self, kept, told)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for name in ("mai", "nobody", "lan"):
        with pytest.raises(SignInRefused):
            house.enter(name, OTHER)
    assert len(done) == 3
    assert set(done) == {"$argon2id$v=19$m=19456,t=2,p=1"}


def test_five_wrong_guesses_lock_the_name_for_a_while(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mai", "nobody"):
        for _ in range(5):
            with pytest.raises(SignInRefused):
                house.enter(name, OTHER)
        with pytest.raises(SignInLocked) as locked:
            house.enter(name)
        assert 0 < locked.value.retry_after <= 15 * 60 + 1
    with pytest.raises(SignInLocked):
        house.enter("MAI")
    assert [event[:2] for event in house.events("user:lock")] == [("user:lock", "denied")] * 2
    assert len(house.events("session:refuse")) == 10  # what comes while it is locked fills no trail
    assert not [
        detail for *_, detail in house.events("session:refuse", "user:lock") if "nobody" in str(detail)
    ]
    _later(monkeypatch, minutes=16)
    house.enter()


def test_a_right_one_forgives_and_old_guesses_fade(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(times: int) -> None:
        for _ in range(times):
            with pytest.raises(SignInRefused):
                house.enter("mai", OTHER)

    wrong(4)
    house.enter()
    wrong(4)
    _later(monkeypatch, minutes=16)
    wrong(4)
    house.enter()


def test_an_address_that_guesses_many_names_is_locked_too(house: House) -> None:
    settings = replace(SETTINGS, sign_in_failures_address=3)
    token = ORIGIN.set(Origin("test", "2001:db8::1"))
    try:
        house.enter(settings=settings)  # the right one is taken back
        for number in range(3):
            ORIGIN.set(Origin("test", f"2001:db8::{number + 1}"))  # one subscriber, many addresses
            with pytest.raises(SignInRefused):
                house.enter(f"name{number}", GOOD, settings)
        with pytest.raises(SignInLocked):
            house.enter(settings=settings)
        ORIGIN.set(Origin("test", "2001:db8:0:1::1"))
        house.enter(settings=settings)
    finally:
        ORIGIN.reset(token)


def test_many_guesses_at_once_are_no_more_guesses(house: House) -> None:
    def guess(_: int) -> str:
        try:
            house.enter("mai", OTHER)
        except (SignInRefused, SignInLocked) as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(guess, range(12)))
    assert (told.count("SignInRefused"), told.count("SignInLocked")) == (5, 7)


def test_at_most_two_are_hashed_at_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = 0, 0, threading.Lock()
    verify = PasswordHasher.verify

    def watched(self: PasswordHasher, kept: str, told: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        try:
            return verify(self, kept, told)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    kept = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(GOOD)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: passwords.is_password(kept, GOOD), range(8)))
    assert most == passwords.AT_ONCE == 2


def test_when_too_many_wait_the_next_is_told_to_come_back() -> None:
    places = passwords.AT_ONCE + passwords.WAITING
    taken = [passwords.PLACES.acquire(blocking=False) for _ in range(places)]
    try:
        assert all(taken)
        with pytest.raises(SigningInBusy):
            passwords.is_password("kept", GOOD)
    finally:
        passwords.PLACES.release(places)


def test_a_link_sets_the_password_once_and_ends_other_sessions(house: House) -> None:
    before = house.enter()
    secret = house.link()
    with pytest.raises(LinkSpent):  # it signs nobody in by itself
        house.seam.change_now(lambda s: redeem_link(s, secret))
    for password, again in (("short", "short"), (OTHER, GOOD), (GOOD, GOOD)):
        with pytest.raises(Invalid):
            passwords.set_by_link(house.seam, secret, password, again, SETTINGS)
    opened = passwords.set_by_link(house.seam, secret, OTHER, OTHER, SETTINGS)
    assert house.is_in(opened.secret)
    assert not house.is_in(before.secret)  # type: ignore[attr-defined]
    with pytest.raises(LinkSpent):
        passwords.set_by_link(house.seam, secret, GOOD, GOOD, SETTINGS)
    with pytest.raises(SignInRefused):
        house.enter()
    house.enter(password=OTHER)


def test_changing_needs_the_old_one_and_renews_the_session(house: House) -> None:
    here, there = house.enter(), house.enter()
    with pytest.raises(SignInRefused):
        passwords.change_own(house.seam, here.secret, OTHER, OTHER, OTHER, SETTINGS)  # type: ignore[attr-defined]
    renewed = passwords.change_own(house.seam, here.secret, GOOD, OTHER, OTHER, SETTINGS)  # type: ignore[attr-defined]
    assert house.is_in(renewed)
    assert [house.is_in(one.secret) for one in (here, there)] == [False, False]  # type: ignore[attr-defined]
    house.enter(password=OTHER)


def test_an_old_password_leads_to_a_new_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _later(monkeypatch, days=366)
    expired = house.enter()
    assert isinstance(expired, passwords.Expired)
    passwords.set_by_link(house.seam, expired.secret, OTHER, OTHER, SETTINGS)
    assert not isinstance(house.enter(password=OTHER), passwords.Expired)
    assert not isinstance(
        house.enter(settings=replace(SETTINGS, password_days=0), password=OTHER), passwords.Expired
    )


def test_a_disabled_user_does_not_sign_in(house: House) -> None:
    house.owner.change_now(
        lambda s: s.connection().execute(text("update app_user set disabled_at = now() where name = 'mai'"))
    )
    with pytest.raises(SignInRefused):
        house.enter()


def test_no_secret_stands_in_the_tables_or_the_trail(house: House) -> None:
    opened = house.enter()
    with pytest.raises(SignInRefused):
        house.enter("mai", "my secret typed")
    with pytest.raises(SignInRefused):
        house.enter("typed into the wrong field", "x")

    def written(session: Session) -> str:
        tables = ("user_password", "sign_in_guess", "web_session", "sign_in_link", "audit_event")
        said = " union all ".join(f"select t::text from {name} t" for name in tables)
        return "\n".join(session.connection().scalars(text(said)))

    told = house.owner.read_now(written)
    assert not [word for word in (GOOD, "my secret typed", "wrong field", opened.secret) if word in told]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        (GOOD, []),
        ("Ngắn 1!", ["TOO_SHORT"]),
        ("chỉ có chữ thường", ["TOO_FEW_KINDS"]),
        ("MAI là tên tôi 1", ["HAS_NAME"]),
        ("x" * 200, ["TOO_LONG", "TOO_FEW_KINDS"]),
    ],
)
def test_the_rules_of_a_password(password: str, codes: list[str]) -> None:
    assert [error.code for error in password_errors(SETTINGS, "mai", password)] == codes
