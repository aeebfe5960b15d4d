"""Wider access that waits for a second person: what it would open, for whom it waits, and the two answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.errors import NAMES
from hub.access.models import AppUser
from hub.agencies.models import Agency
from hub.kit.errors import NotFound
from hub.kit.seam import Seam
from hub.records import commands
from hub.records.commands.access import named
from hub.records.models import AccessChange
from hub.records.models.access import place_of
from hub.web.page import Elsewhere, Page
from hub.web.rights import require_person
from hub.web.shown_records import ShownRecord, shown_records
from hub.web.trying import Told, tried
from hub.web.visit import Visit

PAGE = 25
PATH = "/access-changes"
_DONE = ("confirmed", "rejected")


@dataclass(frozen=True)
class ShownChange:
    """A row of the list; `record` is None for a record that the visitor may not see."""

    change: AccessChange
    kind: str
    record: ShownRecord | None
    agency: str | None
    proposed_by: str
    may_confirm: bool
    may_reject: bool


def show(session: Session, visit: Visit) -> Page:
    """What waits and the visitor may see, the oldest first."""
    return _page(session, visit, ())


def confirm(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Put a change into force. Raises StepUpRequired."""
    return _decided(seam, visit, commands.confirm_access_change, "confirmed")


def reject(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Give a change up, with the reason."""
    reason = visit.form.get("reason", "")
    return _decided(
        seam,
        visit,
        lambda session, actor, key, version: commands.reject_access_change(
            session, actor, key, version, reason
        ),
        "rejected",
    )


def _decided(seam: Seam, visit: Visit, deed: Any, done: str) -> Page | Elsewhere:
    actor = require_person(visit).actor
    key, version = _number(visit, "id"), _number(visit, "version")
    made = tried(
        seam,
        actor,
        lambda session: deed(session, actor, key, version),
        lambda session, told: _page(session, visit, told),
    )
    return made if isinstance(made, Page) else Elsewhere(f"{PATH}?done={done}")


def _page(session: Session, visit: Visit, told: Told) -> Page:
    actor = require_person(visit).actor
    place: Any = place_of("access_change")
    seen = (AccessChange.state == "PROPOSED", actor.sees("accesschange", AccessChange, **place))
    total = session.exec(select(func.count()).select_from(AccessChange).where(*seen)).one()
    after = visit.number("after") if visit.query.get("after") else 0
    found = session.exec(
        select(AccessChange, AppUser.name)
        .join(AppUser, col(AppUser.id) == col(AccessChange.proposed_by))
        .where(*seen, col(AccessChange.id) > after)
        .order_by(col(AccessChange.id))
        .limit(PAGE + 1)
    ).all()
    rows = _shown(session, actor, found[:PAGE])
    done = visit.query.get("done", "")
    values = {
        "rows": rows,
        "total": total,
        "told": told,
        "next": found[PAGE - 1][0].id if len(found) > PAGE else None,
        "done": f"opening.done.{done}" if done in _DONE else None,
    }
    return Page("access_changes.html.j2", values)


def _shown(session: Session, actor: Actor, found: Any) -> list[ShownChange]:
    records = shown_records(session, actor, [named(change) for change, _ in found])
    places = _places(session, [change.id for change, _ in found])
    agencies = dict(
        session.exec(
            select(Agency.id, Agency.name).where(col(Agency.id).in_({owner for owner, _ in places.values()}))
        ).all()
    )
    shown = []
    for change, name in found:
        owner, custodian = places[change.id]
        known = {"agency_id": owner, "custodian_id": custodian}
        shown.append(
            ShownChange(
                change,
                named(change)[0],
                records.get(named(change)),
                agencies.get(owner),
                name,
                actor.may("approve", "accesschange", change, **known),
                actor.may("return", "accesschange", change, **known),
            )
        )
    return shown


def _places(session: Session, keys: list[int]) -> dict[int, tuple[int, int]]:
    """Owner and custodian of the records of these changes."""
    place = place_of("c")
    rows = session.connection().execute(
        text(
            f"select c.id, {place['agency_id']}, {place['custodian_id']} from access_change c where c.id = any(:keys)"
        ),
        {"keys": keys},
    )
    return {key: (owner, custodian) for key, owner, custodian in rows}


def _number(visit: Visit, name: str) -> int:
    told = visit.form.get(name, "")
    if not (told.isascii() and told.isdigit() and len(told) < 18):
        raise NotFound(*NAMES["accesschange"])
    return int(told)
