"""Documents (văn bản): registered in a file, corrected, moved to the file they belong to."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit.errors import FieldError, Invalid
from hub.records import personal
from hub.records.commands.access import propose_opening, replace_waiting, set_aside, tightens
from hub.records.commands.files import permit_access
from hub.records.errors import DuplicateItem
from hub.records.facts import ItemFacts, columns_of
from hub.records.ledger import added, changed
from hub.records.models import ArchivalFile, Item
from hub.records.places import place_for
from hub.records.queries import (
    has_content,
    item_to_change,
    new_key,
    permit_new,
    permit_result,
    seen,
    twin_of,
)
from hub.records.rules.description import SECRET, may_hold, outlives, provisional_code
from hub.records.rules.states import CONTENTS_CHANGE_IN, DESCRIPTION_CHANGES_IN
from hub.records.rules.structure import place_given, same_agency


def register_item(
    session: Session,
    actor: Actor,
    file_id: int,
    said: ItemFacts,
    *,
    on: date,
    allow_duplicate: bool = False,
) -> Item:
    """Register a document in a file, at a place or at its end.

    Raises NotFound, NotPermitted, WrongState, Invalid, DuplicateItem, ReferenceCodeTaken.
    """
    file = seen(session, actor, ArchivalFile, file_id, lock=True)
    key = new_key(session, Item)
    item = Item(
        id=key,
        file_id=file_id,
        fonds_id=file.fonds_id,
        agency_id=file.agency_id,
        custodian_id=file.custodian_id,
        transferred=file.transferred,
        code=provisional_code(on.year, key),
        subject="",
        created_by=actor.id,
        access_level=said.get("access_level"),
    )
    permit_new(actor, item, file, CONTENTS_CHANGE_IN)
    values = columns_of(session, said, title="subject", further=_fits(file, item, said))
    values[personal.FLAG] = personal.flagged(said, values["subject"], home=file.has_personal_data)
    if not allow_duplicate:
        _refuse_twin(session, actor, item, values)
    values["ordinal"] = place_for(session, file_id, values.get("ordinal"))
    for name, value in values.items():
        setattr(item, name, value if name != "code" else value or item.code)
    added(session, actor, item)
    return item


def correct_item(
    session: Session,
    actor: Actor,
    item_id: int,
    expected_version: int | None,
    said: ItemFacts,
    *,
    allow_duplicate: bool = False,
) -> Item:
    """Correct what is said of a document; what is absent stays, None clears. A wider access waits for a second person.

    Raises NotFound, NotPermitted, StaleVersion, WrongState, Invalid, DuplicateItem, RecordPublished,
    ReferenceCodeTaken.
    """
    item, file = item_to_change(session, actor, "update", item_id, expected_version, DESCRIPTION_CHANGES_IN)
    permit_access(actor, item, level := said.get("access_level", item.access_level), file_state=file.state)
    further = [*_fits(file, item, said), _hides_content(session, item, said)]
    said, opened = set_aside(item, said)
    values = columns_of(session, said, item, title="subject", further=further)
    subject = values.get("subject", item.subject)
    values[personal.FLAG] = personal.flagged(
        said, subject, now=item.has_personal_data, home=file.has_personal_data
    )
    named = {"number", "notation", "issuer", "issued_date"}
    if not allow_duplicate and any(
        values.get(name, getattr(item, name)) != getattr(item, name) for name in named
    ):
        _refuse_twin(session, actor, item, values)
    if values.get("ordinal", item.ordinal) != item.ordinal:
        values["ordinal"] = place_for(session, file.id or 0, values["ordinal"], besides=item_id)
    permit_result(actor, "update", item, file_state=file.state, access_level=level)
    values, by_rule = set_aside(item, values)
    if tightens(item, values):
        replace_waiting(session, actor, item)
    for name, value in values.items():
        setattr(item, name, value)
    if changed(session, actor, "update", item) and item.access_level == 1:
        _tighten_content(session, item_id)
    propose_opening(session, actor, item, {**opened, **by_rule})
    return item


def move_item(
    session: Session,
    actor: Actor,
    item_id: int,
    expected_version: int | None,
    *,
    file_id: int,
    ordinal: int | None = None,
) -> Item:
    """Make another file of the agency the document's home; its digital objects go along.

    The old file keeps its numbers, in the new one only what stands in the way shifts.
    Raises NotFound, NotPermitted, StaleVersion, WrongState, Invalid.
    """
    item, home = item_to_change(session, actor, "move", item_id, expected_version, CONTENTS_CHANGE_IN)
    file = seen(session, actor, ArchivalFile, file_id, lock=True)
    # Asked as if it lay there already: nobody moves a document into a file that he could not put it into.
    place = {"file_id": file_id, "custodian_id": file.custodian_id, "transferred": file.transferred}
    there = Item(**{**item.model_dump(exclude={"folded"}), **place})
    errors = [same_agency(item.agency_id, file.agency_id), *_fits(file, item, {"ordinal": ordinal})]
    if found := [error for error in errors if error]:
        raise Invalid(found)
    permit_new(actor, there, file, CONTENTS_CHANGE_IN)
    if file_id == home.id:
        return correct_item(session, actor, item_id, None, {"ordinal": ordinal} if ordinal else {})
    _unlist(session, file_id, item_id)
    item.ordinal = place_for(session, file_id, ordinal)
    item.file_id, item.fonds_id = file_id, file.fonds_id
    item.custodian_id, item.transferred = file.custodian_id, file.transferred
    item.has_personal_data = item.has_personal_data or file.has_personal_data
    changed(session, actor, "move", item)
    _carry_along(session, item)
    return item


def _fits(file: ArchivalFile, item: Item, said: ItemFacts) -> list[FieldError | None]:
    """Whether a document of this term and mode may stand in the file, at the place asked for."""
    kind = said.get("retention_kind", item.retention_kind) or "UNKNOWN"
    years = said.get("retention_years", item.retention_years if "retention_kind" not in said else None)
    return [
        may_hold(file.access_level, said.get("access_level", item.access_level)),
        outlives((file.retention_kind, file.retention_years), [(kind, years)]),
        place_given(said.get("ordinal")),
    ]


def _refuse_twin(session: Session, actor: Actor, item: Item, values: dict[str, Any]) -> None:
    number, notation, issuer, issued = (
        values.get(name, getattr(item, name)) for name in ("number", "notation", "issuer", "issued_date")
    )
    year = issued.year if issued else None
    twin = twin_of(session, actor, item.agency_id, number, notation, issuer, year, besides=item.id)
    if twin is not None:
        designation = notation if str(notation).startswith(str(number)) else f"{number}/{notation}"
        raise DuplicateItem(designation, *twin)


def _hides_content(session: Session, item: Item, said: ItemFacts) -> FieldError | None:
    """A document becomes a stub only when no digital object of it is kept."""
    if (
        said.get("access_level") != SECRET
        or item.access_level == SECRET
        or not has_content(session, item.id or 0)
    ):
        return None
    return FieldError(
        "access_level",
        "HAS_CONTENT",
        "Văn bản còn tệp số. Hãy gỡ các tệp đó theo quy định về bí mật nhà nước rồi mới chuyển sang chế độ 03.",
        "Digital objects of this document are kept. Remove them by the rules on state secrets, "
        "then turn it to mode 03.",
    )


def _tighten_content(session: Session, item_id: int) -> None:
    session.connection().execute(
        text("update digital_object set access_level = 1 where item_id = :item and access_level = 0"),
        {"item": item_id},
    )


def _unlist(session: Session, file_id: int, item_id: int) -> None:
    session.connection().execute(
        text("delete from item_listing where file_id = :file and item_id = :item"),
        {"file": file_id, "item": item_id},
    )


def _carry_along(session: Session, item: Item) -> None:
    """Digital objects and accepted pages of a document stand under its home file."""
    place = {
        "item": item.id,
        "file": item.file_id,
        "fonds": item.fonds_id,
        "custodian": item.custodian_id,
        "transferred": item.transferred,
    }
    connection = session.connection()
    connection.execute(
        text(
            "update digital_object set file_id = :file, fonds_id = :fonds, custodian_id = :custodian,"
            " transferred = :transferred where item_id = :item"
        ),
        place,
    )
    connection.execute(text("update page_acceptance set file_id = :file where item_id = :item"), place)
