"""Signing in by a link that works once, and signing out.

Programs that look at mail follow the links in it: so following one shows a button, and the button uses it up.
"""

from __future__ import annotations

from sqlmodel import Session

from hub.access.sessions import end_session, link_of, redeem_link
from hub.web.page import Elsewhere, Page
from hub.web.site import session_cookie
from hub.web.visit import Visit


def ask(session: Session, visit: Visit) -> Page | Elsewhere:
    """How to sign in, with a place for the link."""
    return Page("sign_in.html.j2") if visit.who is None else Elsewhere("/")


def follow(session: Session, visit: Visit) -> Page | Elsewhere:
    """The page behind a link: whom it signs in, and the button. Raises LinkSpent."""
    secret = visit.parts["secret"]
    link, user = link_of(session, secret)
    if link.opens_at_once and visit.method == "GET" and not visit.prefetched:
        return _entered(session, visit, secret)
    return Page("confirm.html.j2", {"secret": secret, "name": user.full_name})


def enter(session: Session, visit: Visit) -> Elsewhere:
    """The button: uses the link up and opens the session. Raises LinkSpent."""
    return _entered(session, visit, visit.form.get("link", "").strip().rpartition("/")[2])


def leave(session: Session, visit: Visit) -> Elsewhere:
    """Signing out ends the session in the database, wherever a copy of the cookie may be."""
    if visit.secret is not None:
        end_session(session, visit.secret)
    return Elsewhere("/", (session_cookie(visit, None),))


def _entered(session: Session, visit: Visit, secret: str) -> Elsewhere:
    opened = redeem_link(session, secret, before=visit.secret, user_agent=visit.user_agent)
    return Elsewhere("/", (session_cookie(visit, opened.secret),))
