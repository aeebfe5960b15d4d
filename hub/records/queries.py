"""What commands read: a record to change, locked and permitted, and the facts that rules ask for.

Unseen is not found; seen without the right is not permitted; a version that has moved on is stale: in this
order, so that nothing of an unseen record is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar, cast

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from hub.access.acting import held
from hub.access.actor import Actor
from hub.access.errors import NAMES
from hub.agencies.models import Agency
from hub.kit.errors import NotFound, NotPermitted, StaleVersion
from hub.records.ledger import RESOURCES, Record, resource_of
from hub.records.models import AccessChange, ArchivalFile, CodeListEntry, Fonds, Item, ItemListing, Series
from hub.records.rules.description import Term
from hub.records.rules.states import stand_in_the_way

R = TypeVar("R", Fonds, Series, ArchivalFile)


def seen(session: Session, actor: Actor, kind: type[R], key: int, *, lock: bool = False) -> R:
    """A record the actor may read, optionally locked until the end of the transaction. Raises NotFound."""
    row = held(session, kind, key) if lock else session.get(kind, key)
    actor.require("read", RESOURCES[kind], row)
    return cast(R, row)


def fonds_held(session: Session, key: int) -> Fonds:
    """A fonds as it is now, which nobody closes before the end of the transaction; others may use it, too."""
    return cast(Fonds, held(session, Fonds, key, shared=True))


def to_change(
    session: Session,
    actor: Actor,
    action: str,
    kind: type[R],
    key: int,
    expected_version: int | None,
    allowed: tuple[str, ...] = (),
) -> R:
    """A record the actor may do `action` to, locked, in the version he saw, in one of the `allowed` states.

    In another state the law is asked as if it were in the first of them: who has the right learns what stands
    in the way, who has not learns only that. Raises NotFound, NotPermitted, StaleVersion, WrongState.
    """
    row = seen(session, actor, kind, key, lock=True)
    state = row.state if not allowed or row.state in allowed else allowed[0]
    actor.require(action, RESOURCES[kind], row, state=state)
    at_version(row, expected_version)
    if allowed and (problem := stand_in_the_way(row.state, allowed, RESOURCES[kind])):
        raise problem
    return row


def item_to_change(
    session: Session,
    actor: Actor,
    action: str,
    key: int,
    expected_version: int | None,
    allowed: tuple[str, ...],
) -> tuple[Item, ArchivalFile]:
    """An item and its home file, both locked; otherwise as `to_change`, the state being the home file's."""
    # The item first, then the file it lies in by then: joined, a move at the same moment would hide it.
    item = held(session, Item, key)
    home = held(session, ArchivalFile, item.file_id) if item is not None else None
    if item is None or home is None:
        actor.require(action, "item", None)
        raise AssertionError("unreachable: require raises for no row")
    actor.require("read", "item", item, file_state=home.state)
    state = home.state if home.state in allowed else allowed[0]
    actor.require(action, "item", item, file_state=state)
    at_version(item, expected_version)
    if problem := stand_in_the_way(home.state, allowed):
        raise problem
    return item, home


def at_version(row: Record | Agency | AccessChange, expected: int | None) -> None:
    """Raise StaleVersion when the row has moved on since the caller saw it; None asks for no check."""
    if expected is not None and row.version != expected:
        raise StaleVersion(row.version)


def permit_new(
    actor: Actor, row: Record, file: ArchivalFile | None = None, allowed: tuple[str, ...] = ()
) -> None:
    """Ask the law about a future row; for one that goes into a file, that file must also take it now.

    Raises NotPermitted, WrongState.
    """
    known = {}
    if file is not None and isinstance(row, Item):
        known["file_state"] = file.state if file.state in allowed else allowed[0]
    actor.require("create", resource_of(row), row, **known)
    permit_result(actor, "create", row, **known)
    if file is not None and (problem := stand_in_the_way(file.state, allowed)):
        raise problem


def permit_result(actor: Actor, action: str, row: Record, **known: Any) -> None:
    """Ask the law again about the row as it will be: no input takes a record out of the actor's own reach.

    Raises NotPermitted.
    """
    resource = resource_of(row)
    if not (actor.may(action, resource, row, **known) and actor.may("read", resource, row, **known)):
        raise NotPermitted(f"{resource}:{action}", *NAMES[resource])


def new_key(session: Session, kind: type[Any]) -> int:
    """The key that the next row of this table will have; drawn beforehand for a provisional code."""
    sequence = func.pg_get_serial_sequence(kind.__tablename__, "id")
    return int(session.connection().scalar(select(func.nextval(sequence))) or 0)


def keeper(session: Session, fonds: Fonds) -> Agency:
    """The body that works on the fonds now: its owner, or after transfer the archive that keeps it."""
    return session.get_one(Agency, fonds.custodian_id if fonds.transferred else fonds.agency_id)


def ordinals_in(session: Session, file_id: int, besides: int | None = None) -> list[int]:
    """The places taken in a file by its own and by listed documents, repeated when used twice."""
    own = select(Item.ordinal).where(Item.file_id == file_id, col(Item.id).is_distinct_from(besides))
    listed = select(ItemListing.ordinal).where(ItemListing.file_id == file_id)
    return [*session.exec(own), *session.exec(listed)]


def terms_in(session: Session, file_id: int) -> list[Term]:
    """The different retention terms of a file's own documents."""
    rows = session.exec(
        select(Item.retention_kind, Item.retention_years).where(Item.file_id == file_id).distinct()
    )
    return [(kind, years) for kind, years in rows]


def told_in(session: Session, file_id: int) -> int:
    """How many documents of a file are more than stubs of secret ones."""
    told = select(func.count()).where(
        Item.file_id == file_id, func.coalesce(Item.access_level, 1) < 2, Item.state == "ACTIVE"
    )
    return session.exec(told).one()


def has_content(session: Session, item_id: int) -> bool:
    """Whether a digital object of the document is kept."""
    kept = "select exists (select from digital_object where item_id = :item and state <> 'DISPOSED')"
    return bool(session.connection().scalar(text(kept), {"item": item_id}))


def open_files_in(session: Session, fonds_id: int) -> int:
    """How many files of a fonds are still being worked on."""
    return session.exec(
        select(func.count()).where(ArchivalFile.fonds_id == fonds_id, ArchivalFile.state == "OPEN")
    ).one()


def twin_of(
    session: Session,
    actor: Actor,
    agency_id: int,
    number: str | None,
    notation: str | None,
    issuer: str | None,
    issued_year: int | None,
    besides: int | None = None,
) -> tuple[int | None, str | None] | None:
    """Another document of the agency with this number, notation and issuer (NĐ 30/2020, PL VI, III.1.h).

    Numbers begin again each year, so a known other year is another document. None when there is no twin;
    its id and code only when the actor may read it. Callers with the same designation wait for each other.
    """
    if not (number and notation and issuer):
        return None
    designation = f"{agency_id}:{number}:{notation}".lower()
    session.connection().execute(
        text("select pg_advisory_xact_lock(hashtextextended(:it, 0))"), {"it": designation}
    )
    year = func.date_part("year", Item.issued_date)
    twins = select(Item).where(
        Item.agency_id == agency_id,
        Item.number == number,
        # Folded by the database on both sides, so that ix_item_duplicate serves it.
        func.lower(Item.notation) == func.lower(notation),
        func.lower(Item.issuer) == func.lower(issuer),
        func.hashtext(func.lower(Item.issuer)) == func.hashtext(func.lower(issuer)),
        col(Item.state).in_(("ACTIVE", "DRAFT")),
        Item.id != besides,
    )
    if issued_year is not None:
        twins = twins.where(func.coalesce(year, issued_year) == issued_year)
    twin = session.exec(twins.order_by(col(Item.id)).limit(1)).first()
    if twin is None:
        return None
    home = session.get_one(ArchivalFile, twin.file_id)
    may_see = actor.may("read", "item", twin, file_state=home.state)
    return (twin.id, twin.code) if may_see else (None, None)


def ancestors_of(session: Session, series_id: int) -> list[int]:
    """A series and everything it stands under, from itself upwards."""
    walk = text(
        "with recursive up(id, parent_id) as (select id, parent_id from series where id = :id"
        " union select s.id, s.parent_id from series s join up on s.id = up.parent_id) select id from up"
    )
    return list(session.connection().scalars(walk, {"id": series_id}))


def siblings_of(
    session: Session, fonds_id: int, parent_id: int | None, besides: int | None
) -> Sequence[Series]:
    """The series under one parent (None: at the top of the fonds) in their order."""
    return session.exec(
        select(Series)
        .where(
            Series.fonds_id == fonds_id,
            col(Series.parent_id).is_not_distinct_from(parent_id),
            col(Series.id).is_distinct_from(besides),
        )
        .order_by(col(Series.position), col(Series.id))
    ).all()


def newest_day_in(session: Session, fonds: Fonds) -> date | None:
    """The latest day that the fonds or a file in it speaks of; imprecise days count from their earliest."""
    ends = func.max(func.greatest(ArchivalFile.end_date, ArchivalFile.start_date))
    newest = session.exec(select(ends).where(ArchivalFile.fonds_id == fonds.id)).one()
    began = date(fonds.start_year, 1, 1) if fonds.start_year else None
    return max((day for day in (newest, began) if day is not None), default=None)


def known_codes(session: Session, list_name: str) -> set[str]:
    """The values of a code list; empty when this installation has none."""
    return set(session.exec(select(CodeListEntry.value).where(CodeListEntry.list_name == list_name)))


def agency_seen(session: Session, actor: Actor, key: int, *, lock: bool = False) -> Agency:
    """An agency the actor may read. Raises NotFound."""
    agency = session.get(Agency, key, with_for_update=lock or None, populate_existing=lock)
    actor.require("read", "agency", agency)
    if agency is None:
        raise NotFound("cơ quan", "the agency")
    return agency
