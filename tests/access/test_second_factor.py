"""The second factor: enrolled once, no code twice, recovery codes once each, guessing locked; what waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pyotp
import pytest
from sqlmodel import Session, create_engine

from hub.access.actor import Actor
from hub.access.commands import create_token, create_user, grant_role
from hub.access.credentials import second_factor
from hub.access.credentials.errors import NoSecondFactor, SignInLocked, WrongCode
from hub.access.errors import StepUpRequired
from hub.access.queries import actor_for_token, actor_for_user, user_by_name
from hub.access.sessions import open_link, redeem_link, signed_in
from hub.kit import clock
from hub.kit.db import sqlalchemy_url
from hub.kit.seam import Seam
from hub.settings import Settings
from policies.law import Law
from policies.step_up import needs_step_up
from tests.conftest import as_app

SETTINGS = Settings()


@dataclass
class Desk:
    """The administrator mai, signed in on a database of its own."""

    seam: Seam
    user_id: int
    cookie: str
    codes: pyotp.TOTP | None = None

    def actor(self, cookie: str | None = None) -> Actor:
        who = self.seam.read_now(lambda s: signed_in(s, cookie or self.cookie))
        assert who is not None
        return who.actor

    def code(self) -> str:
        assert self.codes is not None
        return self.codes.at(clock.now())

    def enrol(self) -> list[str]:
        secret = self.seam.change_now(lambda s: second_factor.enrol(s, self.actor()))
        self.codes = pyotp.TOTP(secret)
        codes, told = second_factor.confirm(self.seam, SETTINGS, self.user_id, self.cookie, self.code())
        self.cookie = told.secret or ""
        return codes

    def step_up(self, code: str, credential: str | None = None) -> second_factor.SteppedUp:
        return second_factor.step_up(self.seam, SETTINGS, self.user_id, credential or self.cookie, code)


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Moves the clock on; it stands still otherwise."""
    now = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def later(**words: float) -> None:
        now[0] += timedelta(**words)

    return later


@pytest.fixture
def desk(fresh_database: Callable[[], str], moment: Callable[..., None]) -> Iterator[Desk]:
    engine = create_engine(sqlalchemy_url(as_app(fresh_database())))
    seam = Seam(engine)

    def seated(session: Session) -> tuple[int, str]:
        operator = actor_for_user(session)
        mai = create_user(session, operator, "mai", "Mai")
        create_user(session, operator, "lan", "Lan")
        grant_role(session, operator, mai, "sysadmin")
        return mai.id or 0, redeem_link(session, open_link(session, operator, mai)).secret

    yield Desk(seam, *seam.change_now(seated))
    engine.dispose()


def _grant(session: Session, actor: Actor) -> None:
    grant_role(session, actor, user_by_name(session, "lan"), "finance")


def test_grants_wait_until_the_code_and_a_few_minutes_after_it(
    desk: Desk, moment: Callable[..., None]
) -> None:
    with pytest.raises(StepUpRequired) as waiting:
        desk.seam.change_now(lambda s: _grant(s, desk.actor()))
    assert waiting.value.action == "grant:create"
    with pytest.raises(NoSecondFactor):
        desk.step_up("123456")
    desk.enrol()
    assert desk.actor().stepped_up
    moment(minutes=5, seconds=1)
    assert not desk.actor().stepped_up
    before = desk.cookie
    told = desk.step_up(desk.code())
    assert told.secret not in (None, before)
    assert told.until == clock.now() + timedelta(minutes=5)
    assert desk.seam.read_now(lambda s: signed_in(s, before)) is None  # a new secret with the new right
    desk.seam.change_now(lambda s: _grant(s, desk.actor(told.secret)))


def test_no_code_serves_twice_nor_an_older_one_after_it(desk: Desk, moment: Callable[..., None]) -> None:
    desk.enrol()
    with pytest.raises(WrongCode):
        desk.step_up(desk.code())  # the one that enrolled
    moment(seconds=60)
    early = desk.code()
    moment(seconds=30)
    late = desk.code()
    desk.cookie = desk.step_up(f" {late[:3]} {late[3:]} ").secret or ""
    for code in (late, early):
        with pytest.raises(WrongCode):
            desk.step_up(code)


def test_a_clock_half_a_minute_wrong_is_forgiven_and_no_more(desk: Desk, moment: Callable[..., None]) -> None:
    desk.enrol()
    moment(minutes=10)
    code = desk.code()
    moment(seconds=90)
    with pytest.raises(WrongCode):
        desk.step_up(code)
    code = desk.code()
    moment(seconds=30)
    desk.step_up(code)


def test_recovery_codes_serve_once_each_and_new_ones_end_the_old(
    desk: Desk, moment: Callable[..., None]
) -> None:
    codes = desk.enrol()
    assert len(set(codes)) == 10
    desk.cookie = desk.step_up(codes[0].upper()).secret or ""
    with pytest.raises(WrongCode):
        desk.step_up(codes[0])
    assert desk.seam.read_now(lambda s: second_factor.unused_codes(s, desk.user_id)) == 9
    desk.enrol()
    with pytest.raises(WrongCode):
        desk.step_up(codes[1])


def test_guessing_codes_is_locked(desk: Desk, moment: Callable[..., None]) -> None:
    desk.enrol()
    moment(minutes=1)
    right = desk.code()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(WrongCode):
            desk.step_up(wrong)
    with pytest.raises(SignInLocked):
        desk.step_up(right)
    moment(minutes=16)
    desk.step_up(desk.code())


def test_a_second_one_needs_the_first(desk: Desk, moment: Callable[..., None]) -> None:
    desk.enrol()
    moment(minutes=6)
    with pytest.raises(StepUpRequired):
        desk.seam.change_now(lambda s: second_factor.enrol(s, desk.actor()))
    desk.cookie = desk.step_up(desk.code()).secret or ""
    desk.seam.change_now(lambda s: second_factor.enrol(s, desk.actor()))


def test_a_lost_one_is_taken_away_by_an_administrator(desk: Desk, moment: Callable[..., None]) -> None:
    codes = desk.enrol()
    desk.seam.change_now(lambda s: second_factor.remove(s, actor_for_user(s), user_by_name(s, "mai")))
    assert not desk.actor().stepped_up
    with pytest.raises(NoSecondFactor):
        desk.step_up(codes[0])


def test_a_key_is_stepped_up_for_itself(desk: Desk, moment: Callable[..., None]) -> None:
    def keys(session: Session) -> list[str]:
        operator, mai = actor_for_user(session), user_by_name(session, "mai")
        return [create_token(session, operator, mai, "x", stepped_up=one) for one in (False, False, True)]

    one, two, program = desk.seam.change_now(keys)
    desk.enrol()
    moment(minutes=1)

    def fresh(key: str) -> bool:
        return desk.seam.read_now(lambda s: actor_for_token(s, key)).stepped_up

    assert desk.step_up(desk.code(), one).secret is None
    assert [fresh(key) for key in (one, two, program)] == [True, False, True]
    moment(minutes=6)
    assert [fresh(key) for key in (one, two, program)] == [False, False, True]


def test_only_hashes_of_recovery_codes_are_kept_and_the_address_is_for_an_app(desk: Desk) -> None:
    secret = desk.seam.change_now(lambda s: second_factor.enrol(s, desk.actor()))
    address = second_factor.address_of("mai", secret)
    assert pyotp.parse_uri(address).secret == secret
    drawn = second_factor.picture_of(address)
    assert drawn.startswith("<svg ")
    assert "script" not in drawn


def test_every_deed_that_waits_is_one_of_the_law() -> None:
    asked = Law({}).questions
    waiting = {(resource, action) for resource, action in asked if needs_step_up(resource, action)}
    assert {("return", "approve"), ("report", "publish"), ("item", "publish"), ("disposal", "appraise"),
            ("grant", "create"), ("apikey", "create"), ("exclusion", "approve")} <= waiting  # fmt: skip
    assert not {("file", "accept"), ("grant", "revoke"), ("apikey", "revoke"), ("file", "close")} & waiting
