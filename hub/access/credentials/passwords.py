"""Passwords of local users: set by a link that works once, checked slowly, changed by whoever knows the old one.

There is no default password. Hashing takes memory and time on purpose, so at most two run at once, a few wait and
the rest is told to come back: a flood of sign-ins costs neither memory nor the database's connections, since no
transaction is open meanwhile. An unknown name is answered like a wrong password, after the same work.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, select

from hub.access.credentials import guesses, rules
from hub.access.credentials.errors import SigningInBusy, SignInRefused
from hub.access.credentials.models import UserPassword
from hub.access.models import AppUser, WebSession
from hub.access.sessions import (
    Opened,
    end_sessions,
    hash_of,
    link_of,
    open_session,
    own_link,
    renew_session,
    use_link,
)
from hub.audit.commands import ORIGIN, record
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid
from hub.kit.seam import Seam
from hub.settings import Settings

T = TypeVar("T")

# OWASP's parameters for argon2id: 19 MiB, two passes, one lane; 127 ms here, where the package's default takes 776.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
AT_ONCE = 2
WAITING = 14
_RUNNING = threading.BoundedSemaphore(AT_ONCE)
PLACES = threading.BoundedSemaphore(AT_ONCE + WAITING)
# To set a new password after the old one has grown too old.
_RENEWAL = timedelta(minutes=15)


@dataclass(frozen=True)
class Expired:
    """The password was right and too old: the secret of a link that sets a new one."""

    secret: str


def sign_in(
    seam: Seam,
    name: str,
    password: str,
    settings: Settings,
    *,
    before: str | None = None,
    user_agent: str | None = None,
) -> Opened | Expired:
    """Open a session for whoever knows the password of a name.

    Raises SignInRefused, SignInLocked after too many wrong guesses, SigningInBusy.
    """
    origin = ORIGIN.get()
    address = guesses.network_of(origin.client_ip) if origin and origin.client_ip else None

    def counted(session: Session) -> bool:
        locking = guesses.count(session, settings, guesses.NAME, name)
        if address is not None:
            locking = guesses.count(session, settings, guesses.ADDRESS, address) or locking
        return locking

    def found(session: Session) -> tuple[AppUser, UserPassword] | None:
        return session.exec(
            select(AppUser, UserPassword)
            .join(UserPassword, col(UserPassword.user_id) == col(AppUser.id))
            .where(AppUser.name == name.strip(), col(AppUser.disabled_at).is_(None))
        ).first()

    locking = seam.change_now(counted)
    known = seam.read_now(found)
    nobodys = _nobodys()  # made with the first sign-in, whoever it is
    is_right = is_password(known[1].hash if known else nobodys, password)
    if known is None or not is_right:
        user = known[0] if known else None
        seam.change_now(lambda session: _refused(session, user, locking=locking))
        raise SignInRefused
    user, kept = known

    def opened(session: Session) -> Opened | Expired:
        guesses.forget(session, guesses.NAME, name)
        if address is not None:
            guesses.take_back(session, guesses.ADDRESS, address)
        if rules.has_expired(settings, kept.changed_at, clock.now()):
            return Expired(own_link(session, user, "PASSWORD", lasts=_RENEWAL))
        return open_session(
            session, user, "PASSWORD", before=before, user_agent=user_agent, settings=settings
        )

    return seam.change_now(opened)


def set_by_link(
    seam: Seam,
    secret: str,
    password: str,
    again: str,
    settings: Settings,
    *,
    before: str | None = None,
    user_agent: str | None = None,
) -> Opened:
    """Set the password of a link's user, end his sessions, and sign him in. Raises LinkSpent, Invalid."""

    def asked(session: Session) -> tuple[AppUser, str | None]:
        _, user = link_of(session, secret, "PASSWORD")
        kept = session.get(UserPassword, user.id)
        return user, kept.hash if kept else None

    user, old = seam.read_now(asked)
    made = _new(settings, user, password, again, old)

    def work(session: Session) -> Opened:
        use_link(session, secret, "PASSWORD")
        _keep(session, user, made)
        end_sessions(session, user.id or 0, user.id or 0)
        return open_session(
            session, user, "PASSWORD", before=before, user_agent=user_agent, settings=settings
        )

    return seam.change_now(work)


def change_own(seam: Seam, secret: str, old: str, password: str, again: str, settings: Settings) -> str:
    """Change the password of a session's user, who says the old one; the session goes on under the secret returned.

    His other sessions end. Raises SignInRefused for a wrong old one, SignInLocked, Invalid.
    """

    def asked(session: Session) -> tuple[AppUser, str | None]:
        user = session.exec(
            select(AppUser)
            .join(WebSession, col(WebSession.user_id) == col(AppUser.id))
            .where(WebSession.sha256 == hash_of(secret))
        ).one()
        kept = session.get(UserPassword, user.id)
        return user, kept.hash if kept else None

    user, kept = seam.read_now(asked)
    confirm(seam, settings, user.id or 0, old)
    made = _new(settings, user, password, again, kept)

    def work(session: Session) -> str:
        _keep(session, user, made)
        end_sessions(session, user.id or 0, user.id or 0, but=secret)
        return renew_session(session, secret) or secret

    return seam.change_now(work)


def confirm(seam: Seam, settings: Settings, user_id: int, password: str) -> None:
    """It is the user himself, who says his password again. Raises SignInRefused, SignInLocked, SigningInBusy."""

    def asked(session: Session) -> tuple[AppUser, str | None]:
        user = session.get_one(AppUser, user_id)
        guesses.count(session, settings, guesses.NAME, user.name)
        kept = session.get(UserPassword, user_id)
        return user, kept.hash if kept else None

    user, kept = seam.change_now(asked)
    if not is_password(kept or _nobodys(), password):
        seam.change_now(lambda session: _refused(session, user, locking=False))
        raise SignInRefused
    seam.change_now(lambda session: guesses.forget(session, guesses.NAME, user.name))


def has_password(session: Session, user_id: int) -> bool:
    """Whether somebody can sign in by a password."""
    return session.get(UserPassword, user_id) is not None


def is_password(kept: str, password: str) -> bool:
    """Whether it is the password of this hash; slow on purpose. Raises SigningInBusy."""

    def check() -> bool:
        try:
            told = rules.normal(password)
            return _HASHER.verify(kept, told if len(told) <= rules.PASSWORD_MOST else "")
        except (VerificationError, InvalidHashError):
            return False

    return _slowly(check)


def _new(settings: Settings, user: AppUser, password: str, again: str, old: str | None) -> str:
    """The hash of a new password that keeps every rule. Raises Invalid."""
    errors = rules.password_errors(settings, user.name, rules.normal(password))
    if password != again:
        errors.append(
            FieldError("again", "NOT_THE_SAME", "Hai lần nhập không giống nhau.", "The two entries differ.")
        )
    if not errors and old is not None and is_password(old, password):
        errors.append(
            FieldError(
                "password",
                "SAME",
                "Mật khẩu mới phải khác mật khẩu cũ.",
                "The new password must be another one.",
            )
        )
    if errors:
        raise Invalid(errors)
    return _slowly(lambda: _HASHER.hash(rules.normal(password)))


def _keep(session: Session, user: AppUser, made: str) -> None:
    session.merge(UserPassword(user_id=user.id or 0, hash=made, changed_at=clock.now()))
    guesses.forget(session, guesses.NAME, user.name)
    session.flush()
    record(session, user.id, "user:password", "user", user.id, agency_id=user.agency_id)


def _refused(session: Session, user: AppUser | None, *, locking: bool) -> None:
    """Leave a trace: of whom, where he exists, and never of what was typed."""
    about = (user.id, user.agency_id) if user else (None, None)
    for event in ("session:refuse", "user:lock") if locking else ("session:refuse",):
        record(
            session,
            None,
            event,
            "user",
            about[0],
            agency_id=about[1],
            outcome="denied",
            detail={"method": "PASSWORD"},
        )


@cache
def _nobodys() -> str:
    """What the password of an unknown name is compared with, so that it takes as long."""
    return _slowly(lambda: _HASHER.hash("nobody's password"))


@contextmanager
def _a_place() -> Iterator[None]:
    if not PLACES.acquire(blocking=False):
        raise SigningInBusy
    try:
        with _RUNNING:
            yield
    finally:
        PLACES.release()


def _slowly(work: Callable[[], T]) -> T:
    with _a_place():
        return work()
