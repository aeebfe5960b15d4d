"""Signing in to the pages: a link that works once, and the session that a link, a password or an issuer opens.

    secret = open_link(session, actor, user)          shown once, as the last part of an address
    told = redeem_link(session, secret)               told.secret goes into the cookie
    who = signed_in(session, told.secret)             with every request; None when the session is over
    end_session(session, told.secret)

A secret is a random number of 256 bits and only its SHA-256 is kept. A session ends when its user signs out, has
been away, after its longest time in any case, or when somebody with the right to it revokes it; signing in always
makes a new one and ends the one before. How long is a setting.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text, update
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.commands import require_credential
from hub.access.credentials import rules
from hub.access.credentials.errors import NotALeader
from hub.access.errors import LinkSpent
from hub.access.models import AppUser, SignInLink, WebSession
from hub.access.queries import DEVICE_ROLE, SESSION_SQL, actor_from_row, caller_values, grants_of, law
from hub.audit.commands import ORIGIN, record
from hub.kit import clock
from hub.settings import Settings

LINK_LASTS = timedelta(hours=24)
# Settings nobody has changed; faces hand in those of their installation.
USUAL = Settings()
# A session is noted as seen at most this often, so that reading pages does not write with every request.
NOTED = timedelta(minutes=1)
_MOST_AGENT, _MOST_LABEL = 300, 60


@dataclass(frozen=True)
class SignedIn:
    """Who a session belongs to, as the law sees him and as people call him."""

    actor: Actor
    full_name: str
    session_id: int
    method: str
    created_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True)
class Opened:
    """A session just opened: its secret for the cookie, told this once, and how long the browser keeps it."""

    secret: str
    user: AppUser
    keeps: timedelta | None = None


def cookie_name(*, secure: bool) -> str:
    """The name of the cookie that carries the secret.

    A browser takes `__Host-` only over https, for this host alone and every path of it, and so refuses one that
    a neighbouring host has planted.
    """
    return "__Host-hub-session" if secure else "hub-session"


# ---- links -------------------------------------------------------------------------------------------------

_PATHS = {"SIGN_IN": "sign-in", "PASSWORD": "password", "DEVICE": "sign-in"}


def sign_in_address(base: str, secret: str, purpose: str = "SIGN_IN") -> str:
    """The link as people get it; `base` is where they reach the hub."""
    return f"{base}/{_PATHS[purpose]}/{secret}"


def open_link(
    session: Session,
    actor: Actor,
    user: AppUser,
    *,
    purpose: str = "SIGN_IN",
    at_once: bool = False,
    lasts: timedelta = LINK_LASTS,
) -> str:
    """The secret of a new link, returned once. It is worth all roles of the user, like a key, and needs the same right.

    `at_once`: following it signs in without a button to confirm. `purpose` DEVICE enrols the browser that follows
    it, which then reads for long. Raises NotPermitted, StepUpRequired, NotALeader.
    """
    secret, link = _link(user, purpose, actor.id, lasts)
    link.opens_at_once = at_once
    require_credential(session, actor, user, link)
    if purpose == "DEVICE" and DEVICE_ROLE not in {one.role for one in grants_of(session, user.id or 0)}:
        raise NotALeader(user.name)
    session.add(link)
    session.flush()
    detail = {"user": user.name, "purpose": purpose}
    record(session, actor, "session:link", "user", user.id, agency_id=user.agency_id, detail=detail)
    return secret


def own_link(session: Session, user: AppUser, purpose: str, *, lasts: timedelta) -> str:
    """The secret of a link for somebody who has just proved that he is this user."""
    secret, link = _link(user, purpose, user.id, lasts)
    session.add(link)
    session.flush()
    return secret


def _link(user: AppUser, purpose: str, by: int | None, lasts: timedelta) -> tuple[str, SignInLink]:
    secret = secrets.token_urlsafe(32)
    return secret, SignInLink(
        user_id=user.id or 0,
        sha256=hash_of(secret),
        purpose=purpose,
        created_by=by,
        expires_at=clock.now() + lasts,
    )


def link_of(session: Session, secret: str, *purposes: str) -> tuple[SignInLink, AppUser]:
    """A link that still works, and whom it signs in; nothing is used up. Raises LinkSpent."""
    found = session.exec(
        select(SignInLink, AppUser)
        .join(AppUser, col(AppUser.id) == col(SignInLink.user_id))
        .where(
            SignInLink.sha256 == hash_of(secret),
            col(SignInLink.used_at).is_(None),
            col(SignInLink.purpose).in_(purposes or ("SIGN_IN", "DEVICE")),
            SignInLink.expires_at > clock.now(),
            col(AppUser.disabled_at).is_(None),
        )
    ).first()
    if found is None:
        raise LinkSpent
    return found


def use_link(session: Session, secret: str, *purposes: str) -> tuple[SignInLink, AppUser]:
    """The link and its user; it works no more. Raises LinkSpent."""
    link, user = link_of(session, secret, *purposes)
    used = session.execute(
        update(SignInLink)
        .where(col(SignInLink.id) == link.id, col(SignInLink.used_at).is_(None))
        .values(used_at=clock.now())
    )
    if not used.rowcount:  # type: ignore[attr-defined]
        raise LinkSpent  # somebody else was quicker
    return link, user


def redeem_link(
    session: Session,
    secret: str,
    *,
    before: str | None = None,
    user_agent: str | None = None,
    label: str = "",
    settings: Settings = USUAL,
) -> Opened:
    """Use the link up and open a session; `before` is the session of the same browser, which ends. Raises LinkSpent.

    A link that enrols a device opens a long one, which is called by its `label`.
    """
    link, user = use_link(session, secret)
    method = "DEVICE" if link.purpose == "DEVICE" else "LINK"
    return open_session(
        session, user, method, before=before, user_agent=user_agent, label=label, settings=settings
    )


# ---- sessions ----------------------------------------------------------------------------------------------


def open_session(
    session: Session,
    user: AppUser,
    method: str,
    *,
    before: str | None = None,
    user_agent: str | None = None,
    label: str = "",
    settings: Settings = USUAL,
) -> Opened:
    """A new session of somebody who has proved who he is; `before` is that of the same browser, which ends."""
    if before is not None:
        end_session(session, before)
    now, secret = clock.now(), secrets.token_urlsafe(32)
    is_device = method == "DEVICE"
    roles = [grant.role for grant in grants_of(session, user.id or 0)]
    expires_at = now + (rules.device_lasts(settings) if is_device else rules.longest(settings))
    origin = ORIGIN.get()
    row = WebSession(
        user_id=user.id or 0,
        sha256=hash_of(secret),
        method=method,
        last_seen_at=now,
        idle_until=min(now + rules.idle_of(settings, roles, is_device=is_device), expires_at),
        expires_at=expires_at,
        client_ip=origin.client_ip if origin else None,
        user_agent=(user_agent or "")[:_MOST_AGENT] or None,
        label=label.strip()[:_MOST_LABEL] or None,
    )
    session.add(row)
    session.flush()
    detail = {"method": method}
    record(session, user.id, "session:start", "session", row.id, agency_id=user.agency_id, detail=detail)
    return Opened(secret, user, rules.device_lasts(settings) if is_device else None)


def signed_in(session: Session, secret: str) -> SignedIn | None:
    """Whose session it is; None when it is over or never was. One statement, a second for a new tree of agencies."""
    row = session.connection().execute(text(SESSION_SQL), caller_values(secret)).mappings().first()
    if row is None:
        return None
    actor = actor_from_row(row, law(session, row))
    return SignedIn(
        actor,
        row["full_name"],
        row["session_id"],
        row["method"],
        row["created_at"],
        row["last_seen_at"],
    )


_NOTE_SEEN = """
update web_session w set last_seen_at = :now, idle_until = least(going_on.until, w.expires_at)
  from (select s.id, seen.until
          from unnest(cast(:digests as bytea[]), cast(:untils as timestamptz[])) seen(sha256, until)
          join web_session s on s.sha256 = seen.sha256
         order by s.id for no key update of s) going_on
 where w.id = going_on.id and w.ended_at is null and w.idle_until > :now
"""


def note_seen(session: Session, seen: Mapping[str, timedelta]) -> None:
    """The users of these secrets are still there: each session goes on for so long from now, never past its end.

    One statement, however many they are, which locks always in the same order.
    """
    if not seen:
        return
    now = clock.now()
    values = {
        "now": now,
        "digests": [hash_of(secret) for secret in seen],
        "untils": [now + idle for idle in seen.values()],
    }
    session.execute(text(_NOTE_SEEN), values)


def end_session(session: Session, secret: str) -> None:
    """End a session now; one that is over, or never was, stays so and leaves no event."""
    row = session.exec(
        select(WebSession)
        .where(WebSession.sha256 == hash_of(secret), col(WebSession.ended_at).is_(None))
        .with_for_update()
    ).first()
    if row is not None:
        _end(session, row)
        record(session, row.user_id, "session:end", "session", row.id)


def sessions_of(session: Session, actor: Actor, user_id: int | None = None) -> list[WebSession]:
    """The sessions alive that he may see, of one user or of all, those seen last first."""
    now = clock.now()
    alive = select(WebSession).where(
        col(WebSession.ended_at).is_(None),
        WebSession.idle_until > now,
        WebSession.expires_at > now,
        actor.sees("session", WebSession),
    )
    if user_id is not None:
        alive = alive.where(WebSession.user_id == user_id)
    return list(session.exec(alive.order_by(col(WebSession.last_seen_at).desc(), col(WebSession.id).desc())))


def revoke_session(session: Session, actor: Actor, session_id: int) -> WebSession:
    """End somebody's session, or one's own elsewhere; again changes nothing. Raises NotFound, NotPermitted."""
    row = session.get(WebSession, session_id, with_for_update=True)
    actor.require("revoke", "session", row)
    assert row is not None
    if row.ended_at is None:
        _end(session, row)
        record(session, actor, "session:revoke", "session", row.id, detail={"user_id": row.user_id})
    return row


def end_sessions(session: Session, actor: Actor | int, user_id: int, *, but: str | None = None) -> int:
    """End every session of a user, but for one of them: after a change of password, say. Returns how many."""
    alive = select(WebSession).where(WebSession.user_id == user_id, col(WebSession.ended_at).is_(None))
    if but is not None:
        alive = alive.where(WebSession.sha256 != hash_of(but))
    rows = session.exec(alive.with_for_update()).all()
    for row in rows:
        _end(session, row)
        record(session, actor, "session:revoke", "session", row.id, detail={"user_id": user_id})
    return len(rows)


def renew_session(session: Session, secret: str) -> str | None:
    """A new secret for the session, in place of the one known so far: after its user has proved himself anew.

    None for a secret that is no session's.
    """
    row = session.exec(
        select(WebSession).where(WebSession.sha256 == hash_of(secret)).with_for_update()
    ).first()
    if row is None:
        return None
    renewed = secrets.token_urlsafe(32)
    row.sha256 = hash_of(renewed)
    session.add(row)
    session.flush()
    return renewed


def hash_of(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def _end(session: Session, row: WebSession) -> None:
    row.ended_at = clock.now()
    session.add(row)
    session.flush()
