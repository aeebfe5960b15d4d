"""One's own account: sessions and what one signs in with; and everybody's sessions for those who may see them."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, or_, select

from hub.access.commands import revoke_token
from hub.access.credentials.passwords import has_password
from hub.access.credentials.rules import idle_of
from hub.access.credentials.second_factor import is_enrolled
from hub.access.errors import NAMES
from hub.access.models import AccessToken, AppUser
from hub.access.sessions import revoke_session, sessions_of
from hub.kit import clock
from hub.kit.errors import NotFound
from hub.returns.reminders.notices import notices
from hub.web.granting import grants_shown
from hub.web.listing import Columns, listing
from hub.web.page import Elsewhere, Page
from hub.web.rights import may_read_sessions, require_person
from hub.web.visit import Visit

_DONE = {
    "password": "account.done.password",
    "session": "account.done.session",
    "key": "account.done.key",
    "ended": "users.done.ended",
    "delegated": "users.done.delegated",
}


def show(session: Session, visit: Visit) -> Page:
    """The account of the visitor. Raises NotPermitted for who is not signed in."""
    who = require_person(visit)
    user_id = who.actor.id or 0
    idle = idle_of(visit.settings, who.actor.holder.roles)
    values = {
        "notices": notices(session, who.actor),
        "has_password": has_password(session, user_id),
        "enrolled": is_enrolled(session, user_id),
        "sessions": sessions_of(session, who.actor, user_id),
        "grants": grants_shown(session, who.actor, user_id),
        "keys": _keys(session, user_id),
        "sees_all": may_read_sessions(who.actor),
        "closed": who.actor.closed,
        "idle": int(idle.total_seconds() // 60),
        "done": _DONE.get(visit.query.get("done", "")),
    }
    return Page("account.html.j2", values)


def revoke_key(session: Session, visit: Visit) -> Elsewhere:
    """End a key of one's own. Raises NotFound, NotPermitted."""
    who = require_person(visit)
    token = session.get(AccessToken, _number(visit))
    if token is None or token.user_id != who.actor.id:
        raise NotFound(*NAMES["apikey"])
    revoke_token(session, who.actor, token)
    return Elsewhere("/account?done=key")


def everybodys(session: Session, visit: Visit) -> Page:
    """Every session alive that the visitor may see, those seen last first."""
    who = require_person(visit)
    who.actor.require_open("session")
    rows = sessions_of(session, who.actor)
    people = session.exec(select(AppUser).where(col(AppUser.id).in_({row.user_id for row in rows})))
    # Who watches sessions need not read people: then the name they sign in by is enough to end one.
    names = {one.id: one.full_name if who.actor.may("read", "user", one) else one.name for one in people}
    columns: Columns[Any] = {"seen": (lambda row: (row.last_seen_at, row.id), True)}
    values = {
        "found": listing(rows, visit, columns, "seen"),
        "names": names,
        "done": _DONE.get(visit.query.get("done", "")),
    }
    return Page("sessions.html.j2", values)


def end(session: Session, visit: Visit) -> Elsewhere:
    """End one session, one's own elsewhere or, with the right to, somebody else's. Raises NotFound, NotPermitted."""
    who = require_person(visit)
    revoke_session(session, who.actor, _number(visit))
    return Elsewhere("/sessions?done=session" if visit.form.get("all") else "/account?done=session")


def _number(visit: Visit) -> int:
    told = visit.form.get("id", "")
    if not (told.isascii() and told.isdigit() and len(told) < 18):
        raise NotFound(*NAMES["session"])
    return int(told)


def _keys(session: Session, user_id: int) -> list[AccessToken]:
    """Keys of a user that work."""
    alive = select(AccessToken).where(
        AccessToken.user_id == user_id,
        col(AccessToken.revoked_at).is_(None),
        or_(col(AccessToken.expires_at).is_(None), col(AccessToken.expires_at) > clock.now()),
    )
    return list(session.exec(alive.order_by(col(AccessToken.id).desc())))
