"""Roles ended and delegated, on one's own page or on that of a user one administers."""

from __future__ import annotations

from sqlmodel import Session, select

from hub.access import commands
from hub.access.models import AppUser
from hub.kit.errors import NotFound
from hub.kit.seam import Seam
from hub.web.page import Elsewhere, Page
from hub.web.rights import require_person
from hub.web.trying import Again, Told, tried
from hub.web.visit import Visit, local


def end(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """End a role, or what one has delegated, today."""
    who, reason = require_person(visit), visit.form.get("reason", "").strip() or None
    made = tried(
        seam,
        who.actor,
        lambda session: commands.end_grant(session, who.actor, _number(visit), reason=reason),
        _again(visit),
    )
    return made if isinstance(made, Page) else Elsewhere(f"{local(visit.back)}?done=ended")


def delegate(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Let somebody hold a role on behalf of its holder until a day. Raises StepUpRequired."""
    who, form = require_person(visit), visit.form

    def work(session: Session) -> None:
        name = form.get("to_name", "").strip()
        commands.delegate_role(
            session,
            who.actor,
            _number(visit),
            session.exec(select(AppUser).where(AppUser.name == name)).first(),
            valid_from=visit.day_of(form.get("from", "")),
            valid_to=visit.day_of(form.get("to", "")),
            reason=form.get("reason", "").strip() or None,
        )

    made = tried(seam, who.actor, work, _again(visit))
    return made if isinstance(made, Page) else Elsewhere(f"{local(visit.back)}?done=delegated")


def _again(visit: Visit) -> Again:
    def page(session: Session, told: Told) -> Page:
        return Page("grant_failed.html.j2", {"told": told, "back": local(visit.back)})

    return page


def _number(visit: Visit) -> int:
    told = visit.form.get("id", "")
    if not (told.isascii() and told.isdigit() and len(told) < 18):
        raise NotFound("vai trò được cấp", "the grant")
    return int(told)
