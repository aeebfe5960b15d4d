"""Wider access that waits for a second person: what it would open, for whom it waits, and the two answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, text
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.errors import NAMES
from hub.access.models import AppUser
from hub.agencies.models import Agency
from hub.audit.reads import READS
from hub.kit.errors import NotFound
from hub.kit.seam import Seam
from hub.records import commands
from hub.records.commands.access import named
from hub.records.models import AccessChange, ArchivalFile, Fonds, Item, Series
from hub.records.models.access import place_of
from hub.records.personal import FLAG, MASK, WORDS, masked
from hub.web.page import Elsewhere, Page
from hub.web.rights import require_person
from hub.web.trying import Told, tried
from hub.web.visit import Visit

PAGE = 25
PATH = "/access-changes"
_KINDS: Mapping[str, type[Any]] = {"fonds": Fonds, "series": Series, "file": ArchivalFile, "item": Item}
_DONE = ("confirmed", "rejected")
_FILE_STATE = "(select f.state from file f where f.id = item.file_id)"


@dataclass(frozen=True)
class ShownRecord:
    """What the visitor may be told of a record."""

    agency_id: int
    code: str
    title: str


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
    records = _records(session, actor, [change for change, _ in found])
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


def _records(
    session: Session, actor: Actor, changes: list[AccessChange]
) -> dict[tuple[str, int], ShownRecord]:
    """What the visitor may see of the records; words that name persons are masked for who has no need of them."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for change in changes:
        kind, key = named(change)
        wanted[kind].append(key)
    found = {}
    for kind, keys in wanted.items():
        table = _KINDS[kind]
        further: dict[str, Any] = {"file_state": _FILE_STATE} if kind == "item" else {}
        hidden = masked(actor, kind, kind) if kind in WORDS else "false"
        rows = session.execute(
            sql_select(table, text(hidden).bindparams(**actor.values(hidden))).where(
                table.id.in_(keys), actor.sees(kind, table, **further)
            )
        )
        for row, is_masked in rows:
            title = row.subject if kind == "item" else row.title
            found[kind, row.id] = ShownRecord(row.agency_id, row.code, MASK if is_masked else title)
            if (row.access_level != 0 or getattr(row, FLAG, False)) and (reads := READS.get()) is not None:
                reads.add(kind, row.id, row.agency_id)
    return found


def _number(visit: Visit, name: str) -> int:
    told = visit.form.get(name, "")
    if not (told.isascii() and told.isdigit() and len(told) < 18):
        raise NotFound(*NAMES["accesschange"])
    return int(told)
