"""Wider access to a record: proposed by whoever changes it, in force when a second person has confirmed it.

    values, opened = set_aside(file, values)     what opens is taken out of the values of a change
    propose_opening(session, actor, file, opened)
    confirm_access_change(session, actor, id, version)
    reject_access_change(session, actor, id, version, reason)

What tightens takes effect at once and replaces what waits. Until it is confirmed the record's own columns stay as
they are: whoever reads, counts or searches records need not know of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from sqlmodel import Session, select

from hub.access.acting import held
from hub.access.actor import Actor
from hub.audit.commands import MANDATES, record
from hub.kit import clock
from hub.kit.errors import Invalid
from hub.records.errors import AccessChangeDecided, OwnProposal, RecordPublished
from hub.records.facts import remark
from hub.records.ledger import Record, changed, resource_of
from hub.records.models import AccessChange, ArchivalFile, Fonds, Item, Series
from hub.records.personal import FLAG
from hub.records.queries import at_version, permit_result
from hub.records.rules.access import is_tighter, is_wider
from hub.records.rules.description import may_hold
from hub.records.rules.states import DESCRIPTION_CHANGES_IN, stand_in_the_way

LEVEL = "access_level"
V = TypeVar("V", bound=Mapping[str, Any])
_KINDS: Mapping[str, type[Any]] = {"fonds": Fonds, "series": Series, "file": ArchivalFile, "item": Item}


def set_aside(row: Record, values: V) -> tuple[V, dict[str, Any]]:
    """The values of a change without what makes the record known to more people, and that, by column."""
    opened: dict[str, Any] = {}
    if LEVEL in values and is_wider(row.access_level, values[LEVEL]):
        opened[LEVEL] = values[LEVEL]
    if getattr(row, FLAG, False) and values.get(FLAG) is False:
        opened[FLAG] = False
    return cast(V, {name: value for name, value in values.items() if name not in opened}), opened


def tightens(row: Record, values: Mapping[str, Any]) -> bool:
    """Whether the values of a change make the record known to fewer people."""
    return is_tighter(row.access_level, values.get(LEVEL, row.access_level)) or (
        not getattr(row, FLAG, False) and values.get(FLAG) is True
    )


def propose_opening(session: Session, actor: Actor, row: Record, opened: Mapping[str, Any]) -> None:
    """Let what opens the record wait for a second person. It joins what the same person has proposed before.

    What somebody else has proposed is replaced: nobody's proposal is confirmed as part of another's.
    """
    if not opened:
        return
    waiting = _waiting(session, row)
    if waiting is not None and waiting.proposed_by != actor.id:
        _replace(session, actor, waiting)
        waiting = None
    was = bool(getattr(row, FLAG, False))
    change = waiting or AccessChange(
        access_before=row.access_level,
        access_after=row.access_level,
        personal_before=was,
        personal_after=was,
        proposed_by=actor.id or 0,
    )
    setattr(change, f"{resource_of(row)}_id", row.id)
    if waiting is not None:
        change.version += 1
        change.proposed_at = clock.now()
    change.access_after = opened.get(LEVEL, change.access_after)
    change.personal_after = opened.get(FLAG, change.personal_after)
    session.add(change)
    session.flush()
    _tell(session, actor, "create", change, row, for_deed=f"{resource_of(row)}:update")


def replace_waiting(session: Session, actor: Actor, row: Record) -> None:
    """The record was tightened: what was to open it is given up."""
    if (waiting := _waiting(session, row)) is not None:
        _replace(session, actor, waiting)


def confirm_access_change(
    session: Session, actor: Actor, change_id: int, expected_version: int | None
) -> AccessChange:
    """Put a proposed opening into force; never by whoever proposed it, nor by one with whom a delegation binds him.

    Raises NotFound, NotPermitted, StepUpRequired, StaleVersion, WrongState, RecordPublished, Invalid.
    """
    change, row, home = _to_decide(session, actor, "approve", change_id, expected_version)
    file = home or row
    if isinstance(file, ArchivalFile) and (problem := stand_in_the_way(file.state, DESCRIPTION_CHANGES_IN)):
        raise problem
    opens = is_wider(row.access_level, change.access_after)
    if opens and row.published:
        raise RecordPublished
    if home is not None and opens and (error := may_hold(home.access_level, change.access_after)):
        raise Invalid([error])
    if opens:
        row.access_level = change.access_after
    if change.personal_after < change.personal_before and not isinstance(row, Fonds | Series):
        row.has_personal_data = False
    known = {"file_state": home.state} if home is not None else {}
    permit_result(actor, "confirm_access", row, **known)
    changed(session, actor, "confirm_access", row)
    return _decide(session, actor, change, row, "CONFIRMED", "approve")


def reject_access_change(
    session: Session, actor: Actor, change_id: int, expected_version: int | None, reason: str | None
) -> AccessChange:
    """Give a proposed opening up, with the reason; whoever proposed it may take it back himself.

    Raises NotFound, NotPermitted, StaleVersion, WrongState, Invalid.
    """
    change, row, _ = _to_decide(session, actor, "return", change_id, expected_version)
    change.note = remark("reason", reason, required=True)
    return _decide(session, actor, change, row, "REJECTED", "return")


def record_of(session: Session, change: AccessChange, *, lock: bool = False) -> Record:
    """The record that a change is about."""
    resource, key = named(change)
    kind = _KINDS[resource]
    return cast(Record, held(session, kind, key) if lock else session.get_one(kind, key))


def named(change: AccessChange) -> tuple[str, int]:
    """The law's word for the record that a change is about, and its key."""
    return next((name, key) for name in _KINDS if (key := getattr(change, f"{name}_id")) is not None)


def _to_decide(
    session: Session, actor: Actor, action: str, change_id: int, expected_version: int | None
) -> tuple[AccessChange, Record, ArchivalFile | None]:
    """The change that waits, its record, and the home file of a document, all locked; in the order of other deeds."""
    change = session.get(AccessChange, change_id)
    if change is None:
        actor.require(action, "accesschange", None)
        raise AssertionError("unreachable: require raises for no row")
    row = record_of(session, change, lock=True)
    home = held(session, ArchivalFile, row.file_id) if isinstance(row, Item) else None
    session.refresh(change, with_for_update=True)
    place = {"agency_id": row.agency_id, "custodian_id": row.custodian_id}
    actor.require("read", "accesschange", change, **place)
    # Before the law, which forbids it too but knows no better answer than "ask your administrator".
    if action == "approve" and change.proposed_by in actor.subject.us:
        raise OwnProposal
    # In another state asked as if it still waited: who has the right learns what stands in the way.
    actor.require(action, "accesschange", change, **{**place, "state": "PROPOSED"})
    at_version(change, expected_version)
    if change.state != "PROPOSED":
        raise AccessChangeDecided
    return change, row, home


def _decide(
    session: Session, actor: Actor, change: AccessChange, row: Record, state: str, action: str
) -> AccessChange:
    change.state, change.decided_by, change.decided_at = state, actor.id, clock.now()
    change.version += 1
    session.add(change)
    session.flush()
    _tell(session, actor, action, change, row, reason=change.note)
    return change


def _waiting(session: Session, row: Record) -> AccessChange | None:
    column = getattr(AccessChange, f"{resource_of(row)}_id")
    return session.exec(
        select(AccessChange).where(column == row.id, AccessChange.state == "PROPOSED").with_for_update()
    ).first()


def _replace(session: Session, actor: Actor, change: AccessChange) -> None:
    _decide(session, actor, change, record_of(session, change), "REPLACED", "replace")


def _tell(
    session: Session,
    actor: Actor,
    action: str,
    change: AccessChange,
    row: Record,
    *,
    reason: str | None = None,
    for_deed: str | None = None,
) -> None:
    """The event of a step. Of the record only which it is: levels and flags tell nothing of what it says."""
    detail = {
        "record": f"{resource_of(row)}:{row.id}",
        "access_level": [change.access_before, change.access_after],
        FLAG: [change.personal_before, change.personal_after],
    }
    behalf = MANDATES.get().get((actor.id or 0, for_deed)) if for_deed else None
    record(
        session,
        actor,
        f"accesschange:{action}",
        "accesschange",
        change.id,
        agency_id=row.agency_id,
        reason=reason,
        detail=detail,
        on_behalf_of=behalf,
    )
