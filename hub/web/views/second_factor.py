"""The second factor: enrolled by a picture, confirmed by a code, and asked for again before what must not be stolen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from markupsafe import Markup
from sqlmodel import Session

from hub.access.credentials import passwords, second_factor
from hub.access.credentials.errors import NoSecondFactor, SignInLocked, SignInRefused, WrongCode
from hub.access.sessions import SignedIn
from hub.kit import clock
from hub.kit.errors import HubError
from hub.kit.seam import Seam
from hub.web.page import Elsewhere, Page
from hub.web.rights import require_person
from hub.web.site import session_cookie
from hub.web.visit import Visit

STEP_UP, ENROL = "/account/step-up", "/account/second-factor"


def show(session: Session, visit: Visit) -> Page:
    """Whether there is one, and how to enrol it. Raises NotPermitted for who is not signed in."""
    return _standing(session, visit)


def start(seam: Seam, visit: Visit) -> Page:
    """A new secret as picture and text, for whoever has just signed in or says his password again.

    Whoever has a second factor already shows it first (StepUpRequired).
    """
    who = require_person(visit)
    user_id = who.actor.id or 0
    if not _is_fresh(visit, who):
        try:
            passwords.confirm(seam, visit.settings, user_id, visit.form.get("password", ""))
        except (SignInRefused, SignInLocked) as error:
            failed = [error]
            return seam.read_now(lambda session: _standing(session, visit, failed))
    secret = seam.change_now(lambda session: second_factor.enrol(session, who.actor))
    return _picture(who, secret)


def confirm(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """The first code of the app makes it count; the recovery codes are shown, once."""
    who = require_person(visit)
    user_id = who.actor.id or 0
    secret = seam.read_now(lambda session: second_factor.pending(session, user_id))
    if secret is None or visit.secret is None:
        return Elsewhere(ENROL)
    try:
        codes, told = second_factor.confirm(
            seam, visit.settings, user_id, visit.secret, visit.form.get("code", "")
        )
    except (WrongCode, SignInLocked) as error:
        return _picture(who, secret, [error])
    cookies = (session_cookie(visit, told.secret),)
    return Page("recovery_codes.html.j2", {"codes": codes}, cookies=cookies)


def ask(session: Session, visit: Visit) -> Page | Elsewhere:
    """The code, before what waits for it; whoever has no second factor is told to enrol one."""
    who = require_person(visit)
    if not second_factor.is_enrolled(session, who.actor.id or 0):
        return replace(_standing(session, visit, [NoSecondFactor()]), status=200)
    return _asking()


def step_up(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """The right code leads back to what waited, under a new secret of the session."""
    who = require_person(visit)
    if visit.secret is None:
        return Elsewhere(STEP_UP)
    try:
        told = second_factor.step_up(
            seam, visit.settings, who.actor.id or 0, visit.secret, visit.form.get("code", "")
        )
    except (WrongCode, NoSecondFactor, SignInLocked) as error:
        return _asking([error])
    return Elsewhere(visit.next, (session_cookie(visit, told.secret),))


def _is_fresh(visit: Visit, who: SignedIn) -> bool:
    """Whether he has signed in a few minutes ago, or shown a code: then nobody else sits at his desk."""
    return who.actor.stepped_up or clock.now() - who.created_at < timedelta(
        minutes=visit.settings.step_up_minutes
    )


def _standing(session: Session, visit: Visit, told: Sequence[HubError] = ()) -> Page:
    who = require_person(visit)
    user_id = who.actor.id or 0
    values = {
        "told": told,
        "enrolled": second_factor.is_enrolled(session, user_id),
        "left": second_factor.unused_codes(session, user_id),
        "asks_password": not _is_fresh(visit, who),
        "has_password": passwords.has_password(session, user_id),
    }
    return Page("second_factor.html.j2", values, status=422 if told else 200)


def _picture(who: SignedIn, secret: str, told: Sequence[HubError] = ()) -> Page:
    address = second_factor.address_of(who.actor.name, secret)
    values: dict[str, Any] = {
        "told": told,
        "picture": Markup(second_factor.picture_of(address)),
        "address": address,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
    }
    return Page("second_factor_picture.html.j2", values, status=422 if told else 200)


def _asking(told: Sequence[HubError] = ()) -> Page:
    return Page("step_up.html.j2", {"told": told}, status=422 if told else 200)
