"""Signing in to the pages: a link that works once, and the session that it opens.

    secret = open_link(session, actor, user)          shown once, as the last part of an address
    told = redeem_link(session, secret)               told.secret goes into the cookie
    who = signed_in(session, told.secret)             with every request; None when the session is over
    end_session(session, told.secret)

A secret is a random number of 256 bits and only its SHA-256 is kept. A session ends when its user signs out, has
been away for IDLE, or after LONGEST in any case; signing in always makes a new one and ends the one before.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text, update
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.commands import require_credential
from hub.access.errors import LinkSpent
from hub.access.models import AppUser, SignInLink, WebSession
from hub.access.queries import SESSION_SQL, caller_from_row, caller_values, law
from hub.audit.commands import ORIGIN, record
from hub.kit import clock

LINK_LASTS = timedelta(hours=24)
IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=12)
# A session is noted as seen at most this often, so that reading pages does not write with every request.
NOTED = timedelta(minutes=5)
_MOST_AGENT = 300


@dataclass(frozen=True)
class SignedIn:
    """Who a session belongs to, as the law sees him and as people call him."""

    actor: Actor
    full_name: str
    last_seen_at: datetime


@dataclass(frozen=True)
class Opened:
    """A session just opened: its secret for the cookie, told this once."""

    secret: str
    user: AppUser


def cookie_name(*, secure: bool) -> str:
    """The name of the cookie that carries the secret.

    A browser takes `__Host-` only over https, for this host alone and every path of it, and so refuses one that
    a neighbouring host has planted.
    """
    return "__Host-hub-session" if secure else "hub-session"


def sign_in_address(base: str, secret: str) -> str:
    """The link as people get it; `base` is where they reach the hub."""
    return f"{base}/sign-in/{secret}"


def open_link(
    session: Session, actor: Actor, user: AppUser, *, at_once: bool = False, lasts: timedelta = LINK_LASTS
) -> str:
    """The secret of a new link, returned once. It is worth all roles of the user, like a key, and needs the same right.

    `at_once`: following it signs in without a button to confirm. Raises NotPermitted.
    """
    secret = secrets.token_urlsafe(32)
    link = SignInLink(
        user_id=user.id or 0,
        sha256=_hash(secret),
        opens_at_once=at_once,
        created_by=actor.id,
        expires_at=clock.now() + lasts,
    )
    require_credential(session, actor, user, link)
    session.add(link)
    session.flush()
    record(
        session, actor, "session:link", "user", user.id, agency_id=user.agency_id, detail={"user": user.name}
    )
    return secret


def link_of(session: Session, secret: str) -> tuple[SignInLink, AppUser]:
    """A link that still works, and whom it signs in; nothing is used up. Raises LinkSpent."""
    found = session.exec(
        select(SignInLink, AppUser)
        .join(AppUser, col(AppUser.id) == col(SignInLink.user_id))
        .where(
            SignInLink.sha256 == _hash(secret),
            col(SignInLink.used_at).is_(None),
            SignInLink.expires_at > clock.now(),
            col(AppUser.disabled_at).is_(None),
        )
    ).first()
    if found is None:
        raise LinkSpent
    return found


def redeem_link(
    session: Session, secret: str, *, before: str | None = None, user_agent: str | None = None
) -> Opened:
    """Use the link up and open a session; `before` is the session of the same browser, which ends. Raises LinkSpent."""
    _, user = link_of(session, secret)
    now = clock.now()
    used = session.execute(
        update(SignInLink)
        .where(col(SignInLink.sha256) == _hash(secret), col(SignInLink.used_at).is_(None))
        .values(used_at=now)
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        raise LinkSpent  # somebody else was quicker
    if before is not None:
        end_session(session, before)
    opened = secrets.token_urlsafe(32)
    origin = ORIGIN.get()
    row = WebSession(
        user_id=user.id or 0,
        sha256=_hash(opened),
        last_seen_at=now,
        idle_until=now + IDLE,
        expires_at=now + LONGEST,
        client_ip=origin.client_ip if origin else None,
        user_agent=(user_agent or "")[:_MOST_AGENT] or None,
    )
    session.add(row)
    session.flush()
    record(session, user.id, "session:start", "session", row.id, agency_id=user.agency_id)
    return Opened(opened, user)


def signed_in(session: Session, secret: str) -> SignedIn | None:
    """Whose session it is; None when it is over or never was. One statement, a second for a new tree of agencies."""
    row = session.connection().execute(text(SESSION_SQL), caller_values(secret)).mappings().first()
    if row is None:
        return None
    actor = Actor(caller_from_row(row), law(session, row["agency_version"]))
    return SignedIn(actor, row["full_name"], row["last_seen_at"])


def note_seen(session: Session, secret: str) -> None:
    """The user is still there: his session goes on for IDLE from now, never past its end."""
    now = clock.now()
    session.execute(
        text(
            "update web_session set last_seen_at = :now, idle_until = least(:until, expires_at)"
            " where sha256 = :sha256 and ended_at is null and idle_until > :now"
        ),
        {"now": now, "until": now + IDLE, "sha256": _hash(secret)},
    )


def end_session(session: Session, secret: str) -> None:
    """End a session now; one that is over, or never was, stays so and leaves no event."""
    row = session.exec(
        select(WebSession)
        .where(WebSession.sha256 == _hash(secret), col(WebSession.ended_at).is_(None))
        .with_for_update()
    ).first()
    if row is not None:
        row.ended_at = clock.now()
        session.add(row)
        session.flush()
        record(session, row.user_id, "session:end", "session", row.id)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
