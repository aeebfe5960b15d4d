"""Listings: one document shown in several files of an agency without being copied (NĐ 30/2020, PL VI, III.4.e)."""

from __future__ import annotations

from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit.errors import Invalid, NotFound
from hub.records.errors import AlreadyListed
from hub.records.ledger import changed
from hub.records.models import ArchivalFile, Item, ItemListing
from hub.records.places import place_for
from hub.records.queries import item_to_change, to_change
from hub.records.rules.description import may_hold
from hub.records.rules.states import CONTENTS_CHANGE_IN, FILE_STATES_WITH_RECORDS
from hub.records.rules.structure import place_given, same_agency


def list_item(
    session: Session,
    actor: Actor,
    item_id: int,
    expected_version: int | None,
    *,
    file_id: int,
    ordinal: int | None = None,
) -> Item:
    """Show a document in another file of its agency, at a place or at its end.

    Raises NotFound, NotPermitted, StaleVersion, WrongState, Invalid, AlreadyListed.
    """
    item, _ = item_to_change(session, actor, "list", item_id, expected_version, FILE_STATES_WITH_RECORDS)
    file = to_change(session, actor, "update", ArchivalFile, file_id, None, CONTENTS_CHANGE_IN)
    errors = [
        same_agency(item.agency_id, file.agency_id),
        may_hold(file.access_level, item.access_level),
        place_given(ordinal),
    ]
    if found := [error for error in errors if error]:
        raise Invalid(found)
    if item.file_id == file_id or session.get(ItemListing, (file_id, item_id)) is not None:
        raise AlreadyListed
    place = place_for(session, file_id, ordinal)
    session.add(
        ItemListing(
            file_id=file_id, item_id=item_id, agency_id=item.agency_id, ordinal=place, listed_by=actor.id
        )
    )
    changed(session, actor, "list", item, also={"listed_in": file_id, "ordinal": place})
    return item


def unlist_item(
    session: Session, actor: Actor, item_id: int, expected_version: int | None, *, file_id: int
) -> Item:
    """Show a document no longer in a file that is not its home; its home is left by `move_item` only.

    Raises NotFound, NotPermitted, StaleVersion, WrongState.
    """
    item, _ = item_to_change(session, actor, "list", item_id, expected_version, FILE_STATES_WITH_RECORDS)
    to_change(session, actor, "update", ArchivalFile, file_id, None, CONTENTS_CHANGE_IN)
    listing = session.get(ItemListing, (file_id, item_id))
    if listing is None:
        raise NotFound("văn bản trong hồ sơ này", "a listing of the document in this file", path=("fileId",))
    session.delete(listing)
    changed(session, actor, "unlist", item, also={"unlisted_from": file_id, "ordinal": listing.ordinal})
    return item
