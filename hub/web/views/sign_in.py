"""Signing in by a password or by a link that works once, and signing out.

Programs that look at mail follow the links in it: so following one shows a button, and the button uses it up.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

from sqlmodel import Session

from hub.access.credentials import passwords
from hub.access.credentials.errors import SignInLocked, SignInRefused
from hub.access.sessions import end_session, link_of, redeem_link
from hub.kit.seam import Seam
from hub.web.page import Elsewhere, Page
from hub.web.site import session_cookie
from hub.web.visit import Visit


def ask(session: Session, visit: Visit) -> Page | Elsewhere:
    """How to sign in: by password, or by a link."""
    return Page("sign_in.html.j2", {"told": (), "name": ""}) if visit.who is None else Elsewhere(visit.next)


def by_password(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Open a session for the right password; an old one leads to a new one. A wrong one shows the page again."""
    name = visit.form.get("name", "")
    try:
        opened = passwords.sign_in(
            seam,
            name,
            visit.form.get("password", ""),
            visit.settings,
            before=visit.secret,
            user_agent=visit.user_agent,
        )
    except (SignInRefused, SignInLocked) as error:
        page = Page("sign_in.html.j2", {"told": (error,), "name": name})
        wait = getattr(error, "retry_after", None)
        return replace(page, status=error.status, headers={"retry-after": str(wait)} if wait else {})
    if isinstance(opened, passwords.Expired):
        return Elsewhere(f"/password/{opened.secret}?expired")
    return Elsewhere(visit.next, (session_cookie(visit, opened.secret),))


def follow(session: Session, visit: Visit) -> Page | Elsewhere:
    """The page behind a link: whom it signs in, and the button. Raises LinkSpent."""
    secret = visit.parts["secret"]
    link, user = link_of(session, secret)
    if link.opens_at_once and visit.method == "GET" and not visit.prefetched:
        return _entered(session, visit, secret)
    return Page(
        "confirm.html.j2", {"secret": secret, "name": user.full_name, "is_device": link.purpose == "DEVICE"}
    )


def enter(session: Session, visit: Visit) -> Elsewhere:
    """The button: uses the link up and opens the session; one to set a password leads there. Raises LinkSpent."""
    told = visit.form.get("link", "").strip()
    before, _, secret = told.rpartition("/")
    if before.endswith("/password"):
        return Elsewhere(f"/password/{quote(secret)}")
    return _entered(session, visit, secret)


def leave(session: Session, visit: Visit) -> Elsewhere:
    """Signing out ends the session in the database, wherever a copy of the cookie may be."""
    if visit.secret is not None:
        end_session(session, visit.secret)
    return Elsewhere("/", (session_cookie(visit, None),))


def _entered(session: Session, visit: Visit, secret: str) -> Elsewhere:
    opened = redeem_link(
        session,
        secret,
        before=visit.secret,
        user_agent=visit.user_agent,
        label=visit.form.get("label", ""),
        settings=visit.settings,
    )
    return Elsewhere("/", (session_cookie(visit, opened.secret, opened.keeps),))
