"""Fonds (phông): opened for a body that makes records, closed when it makes no more."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit.errors import FieldError, Invalid
from hub.records.errors import AgencyEnded, FondsHasOpenFiles
from hub.records.facts import FondsFacts, columns_of
from hub.records.ledger import added, changed
from hub.records.models import Fonds
from hub.records.queries import agency_seen, new_key, newest_day_in, open_files_in, permit_new, to_change
from hub.records.rules.description import not_secret_as_a_whole, provisional_code
from hub.records.rules.states import has_ended
from policies.actions import ACTIONS


def open_fonds(session: Session, actor: Actor, agency_id: int, said: FondsFacts, *, on: date) -> Fonds:
    """Open a fonds of an agency, which creates, owns and keeps it.

    Raises NotFound, NotPermitted, Invalid, AgencyEnded, ReferenceCodeTaken.
    """
    agency = agency_seen(session, actor, agency_id)
    key = new_key(session, Fonds)
    fonds = Fonds(
        id=key,
        agency_id=agency_id,
        creator_id=agency_id,
        custodian_id=agency_id,
        code=provisional_code(on.year, key),
        title="",
        created_by=actor.id,
        access_level=said.get("access_level"),
    )
    permit_new(actor, fonds)
    if agency.valid_to is not None and has_ended(agency.valid_to, on):
        raise AgencyEnded(agency.name, agency.valid_to)
    secret = not_secret_as_a_whole(said.get("access_level"))
    for name, value in columns_of(session, said, further=[secret]).items():
        setattr(fonds, name, value if name != "code" else value or fonds.code)
    added(session, actor, fonds)
    return fonds


def close_fonds(
    session: Session,
    actor: Actor,
    fonds_id: int,
    expected_version: int | None,
    *,
    closed_on: date,
    on: date,
) -> Fonds:
    """Close a fonds from a day on, when no file in it is still being worked on.

    Raises NotFound, NotPermitted, StaleVersion, WrongState, Invalid, FondsHasOpenFiles.
    """
    fonds = to_change(
        session, actor, "close", Fonds, fonds_id, expected_version, ACTIONS["closeFonds"].starts
    )
    if closed_on > on:
        raise Invalid([_not_yet()])
    if count := open_files_in(session, fonds_id):
        raise FondsHasOpenFiles(count)
    if (last := newest_day_in(session, fonds)) is not None and closed_on < last:
        raise Invalid([_too_early(last)])
    fonds.state = "CLOSED"
    fonds.closed_on = closed_on
    changed(session, actor, "close", fonds)
    return fonds


def _too_early(last: date) -> FieldError:
    return FieldError(
        "closed_on",
        "BEFORE_ITS_RECORDS",
        f"Phông còn hồ sơ đến ngày {last:%d/%m/%Y}; ngày đóng không thể sớm hơn. Hãy ghi ngày đó hoặc sau đó.",
        f"The fonds has records up to {last}; it cannot have been closed before. Give that day or a later one.",
    )


def _not_yet() -> FieldError:
    return FieldError(
        "closed_on",
        "IN_THE_FUTURE",
        "Ngày đóng phông chưa tới. Hãy ghi ngày hôm nay hoặc ngày trước đó.",
        "The closing day has not come yet. Give today or an earlier day.",
    )
