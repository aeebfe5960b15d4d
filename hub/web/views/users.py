"""Users and their roles, for administrators: found, added, given and relieved of roles, sent links, shut out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sqlalchemy import text
from sqlmodel import Session, col, select

from hub.access import commands
from hub.access.credentials import second_factor
from hub.access.errors import NAMES
from hub.access.models import AppUser
from hub.access.sessions import open_link, sessions_of, sign_in_address
from hub.agencies.models import Agency
from hub.agencies.queries import agency_by_code
from hub.kit.errors import NotFound
from hub.kit.seam import Seam
from hub.web.granting import grants_shown, roles_to_give
from hub.web.page import Elsewhere, Page
from hub.web.rights import require_person
from hub.web.trying import Told, tried
from hub.web.visit import Visit

PAGE = 50
_DONE = ("created", "granted", "ended", "delegated", "disabled", "enabled", "factor", "signed_out")


def every(session: Session, visit: Visit) -> Page:
    """The users that the visitor may see, by name; `q` finds them by words of name or full name."""
    who = require_person(visit)
    who.actor.require_open("user")
    wanted, after = visit.query.get("q", "").strip()[:100], visit.query.get("after", "")
    found = select(AppUser, Agency.name).join(Agency, col(Agency.id) == col(AppUser.agency_id), isouter=True)
    found = found.where(who.actor.sees("user", AppUser), text('app_user.name collate "C" > :after'))
    for number, word in enumerate(wanted.split()[:5]):
        matching = (
            f"hub_fold(app_user.name || ' ' || app_user.full_name) like '%' || hub_fold(:word{number}) || '%'"
        )
        found = found.where(text(matching).bindparams(**{f"word{number}": word}))
    rows = session.execute(
        found.order_by(text('app_user.name collate "C"')).limit(PAGE + 1), {"after": after}
    ).all()
    values = {"rows": rows[:PAGE], "has_next": len(rows) > PAGE, "wanted": wanted}
    return Page("users.html.j2", values)


def new(session: Session, visit: Visit) -> Page:
    """The form for a new user."""
    require_person(visit).actor.require_open("user")
    return _new(visit, ())


def create(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Add a user without any role; then his page, to give him one."""
    who, form = require_person(visit), visit.form

    def work(session: Session) -> str:
        user = commands.create_user(
            session,
            who.actor,
            form.get("name", "").strip(),
            form.get("full_name", "").strip(),
            agency_id=_agency(session, form.get("agency", "")),
            email=form.get("email", "").strip() or None,
        )
        return user.name

    made = tried(seam, who.actor, work, lambda session, told: _new(visit, told))
    return made if isinstance(made, Page) else Elsewhere(f"{_path(made)}?done=created")


def one(session: Session, visit: Visit) -> Page:
    """A user: roles, sessions, and what may be done. Raises NotFound, for an unseen one too."""
    return _one(session, visit, ())


def grant(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Give him a role at an agency for a time. Raises StepUpRequired."""
    who, form = require_person(visit), visit.form

    def work(session: Session) -> None:
        commands.grant_role(
            session,
            who.actor,
            _user(session, visit),
            form.get("role", ""),
            agency_id=_agency(session, form.get("agency", "")),
            valid_from=visit.day_of(form.get("from", "")),
            valid_to=visit.day_of(form.get("to", "")),
            reason=form.get("reason", "").strip() or None,
        )

    return _done(seam, visit, work, "granted")


def disable(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Shut him out, or let him in again."""
    who = require_person(visit)
    deed = commands.enable_user if visit.form.get("enable") else commands.disable_user
    reason = visit.form.get("reason", "").strip() or None
    return _done(
        seam,
        visit,
        lambda session: deed(session, who.actor, _user(session, visit).id or 0, reason=reason),
        "enabled" if visit.form.get("enable") else "disabled",
    )


def send_link(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """A link to sign in, to set a password or to enrol a device: shown once. Raises StepUpRequired."""
    who, purpose = require_person(visit), visit.form.get("purpose", "")
    if purpose not in ("SIGN_IN", "PASSWORD", "DEVICE"):
        raise NotFound("loại liên kết", "the kind of link")

    def work(session: Session) -> Page:
        user = _user(session, visit)
        secret = open_link(session, who.actor, user, purpose=purpose)
        address = sign_in_address(visit.settings.address, secret, purpose)
        return Page("user_link.html.j2", {"user": user, "address": address, "purpose": purpose})

    return tried(seam, who.actor, work, lambda session, told: _one(session, visit, told))


def forget_factor(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Take away a lost second factor."""
    who = require_person(visit)
    return _done(
        seam,
        visit,
        lambda session: second_factor.remove(session, who.actor, _user(session, visit)),
        "factor",
    )


def _done(seam: Seam, visit: Visit, work: Any, done: str) -> Page | Elsewhere:
    actor = require_person(visit).actor
    made = tried(seam, actor, work, lambda session, told: _one(session, visit, told))
    return made if isinstance(made, Page) else Elsewhere(f"{_path(visit.parts['name'])}?done={done}")


def _new(visit: Visit, told: Told) -> Page:
    return Page("user_new.html.j2", {"told": told, "form": visit.form})


def _one(session: Session, visit: Visit, told: Told) -> Page:
    who, user = require_person(visit), _user(session, visit)
    agency = session.get(Agency, user.agency_id) if user.agency_id else None
    done = visit.query.get("done", "")
    values = {
        "user": user,
        "agency": agency,
        "told": told,
        "form": visit.form,
        "done": f"users.done.{done}" if done in _DONE else None,
        "grants": grants_shown(session, who.actor, user.id or 0),
        "roles": roles_to_give(session, who.actor),
        "sessions": sessions_of(session, who.actor, user.id),
        "enrolled": second_factor.is_enrolled(session, user.id or 0),
        "is_self": user.id == who.actor.id,
    }
    return Page("user.html.j2", values)


def _user(session: Session, visit: Visit) -> AppUser:
    """The user of the address. Raises NotFound for none and for one that the visitor may not see."""
    user = session.exec(select(AppUser).where(AppUser.name == visit.parts["name"])).first()
    visit.actor.require("read", "user", user)
    assert user is not None  # `require` raises for no row
    return user


def _agency(session: Session, code: str) -> int | None:
    if not code.strip():
        return None
    found = agency_by_code(session, code.strip())
    if found is None:
        raise NotFound(*NAMES["agency"], path=("agency",))
    return found[0]


def _path(name: str) -> str:
    return f"/users/{quote(name)}"
