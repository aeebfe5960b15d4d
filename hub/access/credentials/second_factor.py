"""The second factor: one-time codes of an app (TOTP, RFC 6238), and codes for the day the app is lost.

    secret = enrol(session, actor)                                    shown as a picture and as text, until confirmed
    codes, told = confirm(seam, settings, user_id, credential, code)  ten recovery codes, shown once
    told = step_up(seam, settings, user_id, credential, code)

Showing a code makes the credential it is shown with count as proved anew for a few minutes; a session goes on under
a new secret. No code serves twice, and guessing is counted as for passwords.
"""

from __future__ import annotations

import hmac
import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import segno
from sqlalchemy import text
from sqlmodel import Session, col, delete, select, update

from hub.access.actor import Actor
from hub.access.credentials import guesses
from hub.access.credentials.errors import NoSecondFactor, WrongCode
from hub.access.credentials.models import RecoveryCode, SecondFactor, StepUp
from hub.access.errors import NAMES, StepUpRequired
from hub.access.models import AppUser
from hub.access.sessions import hash_of, renew_session
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.seam import Seam
from hub.settings import Settings

ISSUER = "Truc luu tru dien tu"
RECOVERY_CODES = 10
# A clock may be half a minute wrong; more would lengthen the life of a code that was looked at.
_STEPS = (0, -1, 1)
_SECONDS = 30


@dataclass(frozen=True)
class SteppedUp:
    """Until when the credential counts; `secret` is the session's new one, None for other credentials."""

    until: datetime
    secret: str | None


def is_enrolled(session: Session, user_id: int) -> bool:
    """Whether somebody has a second factor that he has confirmed."""
    kept = session.get(SecondFactor, user_id)
    return kept is not None and kept.confirmed_at is not None


def unused_codes(session: Session, user_id: int) -> int:
    """How many recovery codes are left."""
    left = select(RecoveryCode.id).where(RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None))
    return len(session.exec(left).all())


def enrol(session: Session, actor: Actor) -> str:
    """The secret of a new second factor of the caller's own, which counts once confirmed.

    Whoever has one already proves himself by it first: StepUpRequired.
    """
    user_id = actor.id or 0
    if is_enrolled(session, user_id) and not actor.stepped_up:
        raise StepUpRequired("user:second-factor", *NAMES["user"])
    secret = pyotp.random_base32()
    session.merge(
        SecondFactor(
            user_id=user_id, secret=secret, last_step=None, confirmed_at=None, created_at=clock.now()
        )
    )
    session.flush()
    return secret


def pending(session: Session, user_id: int) -> str | None:
    """The secret that waits to be confirmed."""
    kept = session.get(SecondFactor, user_id)
    return kept.secret if kept is not None and kept.confirmed_at is None else None


def address_of(name: str, secret: str) -> str:
    """What the picture says to the app: otpauth://totp/…"""
    return pyotp.TOTP(secret, interval=_SECONDS).provisioning_uri(name=name, issuer_name=ISSUER)


def picture_of(address: str) -> str:
    """The address as a QR code, an SVG for a page."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn, kind="svg", scale=5, border=4, xmldecl=False, svgns=True, nl=False, omitsize=True
    )
    return drawn.getvalue().decode()


def confirm(
    seam: Seam, settings: Settings, user_id: int, credential: str, code: str
) -> tuple[list[str], SteppedUp]:
    """The second factor counts from now on; its recovery codes, shown once. Raises WrongCode, SignInLocked."""
    codes = [f"{secrets.token_hex(4)}-{secrets.token_hex(4)}" for _ in range(RECOVERY_CODES)]

    def work(session: Session) -> SteppedUp | None:
        if pending(session, user_id) is None or not _is_new_code(session, user_id, code):
            return None
        session.execute(
            update(SecondFactor).where(col(SecondFactor.user_id) == user_id).values(confirmed_at=clock.now())
        )
        _spend_codes(session, user_id)
        session.add_all(RecoveryCode(user_id=user_id, sha256=hash_of(one)) for one in codes)
        session.flush()
        record(session, user_id, "user:second-factor", "user", user_id)
        return _stepped_up(session, settings, user_id, credential)

    return codes, _guessed(seam, settings, user_id, work)


def step_up(seam: Seam, settings: Settings, user_id: int, credential: str, code: str) -> SteppedUp:
    """The credential counts as proved anew; a session's secret changes.

    Raises WrongCode, NoSecondFactor, SignInLocked.
    """
    if not seam.read_now(lambda session: is_enrolled(session, user_id)):
        raise NoSecondFactor

    def work(session: Session) -> SteppedUp | None:
        if not (_is_new_code(session, user_id, code) or _is_recovery_code(session, user_id, code)):
            return None
        return _stepped_up(session, settings, user_id, credential)

    return _guessed(seam, settings, user_id, work)


def remove(session: Session, actor: Actor, user: AppUser) -> None:
    """Take the second factor of a user away, who has lost it; he enrols anew. Raises NotPermitted, StepUpRequired."""
    actor.require("update", "user", user)
    session.execute(delete(SecondFactor).where(col(SecondFactor.user_id) == user.id))
    session.execute(delete(StepUp).where(col(StepUp.user_id) == user.id))
    _spend_codes(session, user.id or 0)
    record(session, actor, "user:second-factor-removed", "user", user.id, agency_id=user.agency_id)


_TAKE_STEP = text(
    "update second_factor set last_step = :step where user_id = :user and (last_step is null or last_step < :step)"
)


def _stepped_up(session: Session, settings: Settings, user_id: int, credential: str) -> SteppedUp:
    now = clock.now()
    until = now + timedelta(minutes=settings.step_up_minutes)
    renewed = renew_session(session, credential)
    session.execute(delete(StepUp).where(col(StepUp.user_id) == user_id, col(StepUp.until) < now))
    session.merge(StepUp(sha256=hash_of(renewed or credential), user_id=user_id, until=until))
    session.flush()
    record(session, user_id, "session:step-up", "user", user_id)
    return SteppedUp(until, renewed)


def _guessed(
    seam: Seam, settings: Settings, user_id: int, work: Callable[[Session], SteppedUp | None]
) -> SteppedUp:
    """The answer of `work`, None where the code was wrong, which stays counted. Raises WrongCode, SignInLocked."""
    key = str(user_id)
    locking = seam.change_now(lambda session: guesses.count(session, settings, guesses.CODE, key))

    def tried(session: Session) -> SteppedUp | None:
        told = work(session)
        if told is not None:
            guesses.forget(session, guesses.CODE, key)
            return told
        for event in ("session:refuse", "user:lock") if locking else ("session:refuse",):
            record(session, user_id, event, "user", user_id, outcome="denied", detail={"method": "CODE"})
        return None

    told = seam.change_now(tried)
    if told is None:
        raise WrongCode
    return told


def _spend_codes(session: Session, user_id: int) -> None:
    session.execute(
        update(RecoveryCode)
        .where(col(RecoveryCode.user_id) == user_id, col(RecoveryCode.used_at).is_(None))
        .values(used_at=clock.now())
    )


def _is_new_code(session: Session, user_id: int, code: str) -> bool:
    """Whether it is a code of now that was not used; it is, from now on."""
    kept, told = session.get(SecondFactor, user_id), "".join(code.split())
    if kept is None or len(told) != 6:
        return False
    now = int(clock.now().timestamp()) // _SECONDS
    app = pyotp.TOTP(kept.secret, interval=_SECONDS)
    for step in (now + offset for offset in _STEPS):
        if hmac.compare_digest(app.generate_otp(step).encode(), told.encode()):
            taken = session.execute(_TAKE_STEP, {"step": step, "user": user_id})
            return bool(taken.rowcount)  # type: ignore[attr-defined]
    return False


def _is_recovery_code(session: Session, user_id: int, code: str) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.user_id) == user_id,
            col(RecoveryCode.sha256) == hash_of(code.strip().lower()),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=clock.now())
    )
    return bool(used.rowcount)  # type: ignore[attr-defined]
