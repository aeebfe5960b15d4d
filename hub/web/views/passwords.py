"""Setting a password by a link that works once, and changing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session

from hub.access.credentials import passwords
from hub.access.credentials.errors import SignInRefused
from hub.access.sessions import link_of
from hub.kit.errors import FieldError, HubError, Invalid
from hub.kit.seam import Seam
from hub.web.page import Elsewhere, Page
from hub.web.rights import require_person
from hub.web.site import session_cookie
from hub.web.visit import Visit


def ask(session: Session, visit: Visit) -> Page:
    """The page behind a link that sets a password; nothing is used up. Raises LinkSpent."""
    return _page(session, visit, visit.parts["secret"])


def save(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Set the password and sign in; a password against the rules shows the page again. Raises LinkSpent."""
    secret, form = visit.form.get("link", ""), visit.form
    try:
        opened = passwords.set_by_link(
            seam,
            secret,
            form.get("new", ""),
            form.get("again", ""),
            visit.settings,
            before=visit.secret,
            user_agent=visit.user_agent,
        )
    except Invalid as error:
        errors = error.errors
        return seam.read_now(lambda session: _page(session, visit, secret, errors))
    return Elsewhere("/", (session_cookie(visit, opened.secret),))


def ask_change(session: Session, visit: Visit) -> Page:
    """The form to change one's own password. Raises NotPermitted for who is not signed in."""
    require_person(visit)
    return _change()


def change(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Change it; the session goes on under a new secret, the others end. Raises NotPermitted, SignInLocked."""
    require_person(visit)
    form = visit.form
    assert visit.secret is not None
    try:
        secret = passwords.change_own(
            seam,
            visit.secret,
            form.get("old", ""),
            form.get("new", ""),
            form.get("again", ""),
            visit.settings,
        )
    except Invalid as error:
        return replace(_change(error.errors), status=422)
    except SignInRefused as error:
        return replace(_change([error]), status=422)
    return Elsewhere("/account?done=password", (session_cookie(visit, secret),))


def _page(session: Session, visit: Visit, secret: str, told: Sequence[FieldError] = ()) -> Page:
    _, user = link_of(session, secret, "PASSWORD")
    values = {
        "secret": secret,
        "name": user.full_name,
        "user": user.name,
        "told": told,
        "expired": "expired" in visit.query,
    }
    return Page("password.html.j2", values, status=422 if told else 200)


def _change(told: Sequence[FieldError | HubError] = ()) -> Page:
    return Page("password_change.html.j2", {"told": told})
