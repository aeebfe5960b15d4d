"""Files (hồ sơ): opened for a matter, described, closed when it ends, reopened while still in the unit's hands."""

from __future__ import annotations

from datetime import date

from sqlalchemy import not_
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.kit.errors import FieldError, Invalid
from hub.records import personal
from hub.records.commands.access import propose_opening, replace_waiting, set_aside, tightens
from hub.records.errors import AgencyEnded, FileNotNumbered, RecordPublished
from hub.records.facts import FileFacts, columns_of, remark
from hub.records.ledger import added, changed
from hub.records.models import ArchivalFile, Fonds, Item, Series
from hub.records.queries import (
    fonds_held,
    keeper,
    new_key,
    ordinals_in,
    permit_new,
    permit_result,
    seen,
    terms_in,
    to_change,
    told_in,
)
from hub.records.rules.description import SECRET, outlives, provisional_code
from hub.records.rules.states import DESCRIPTION_CHANGES_IN, STEPS, has_ended, may_reopen, may_take
from hub.records.rules.structure import may_contain, unnumbered


def open_file(session: Session, actor: Actor, fonds_id: int, said: FileFacts, *, on: date) -> ArchivalFile:
    """Open a file in a fonds, in a series of it or directly under it.

    Raises NotFound, NotPermitted, Invalid, FondsClosed, AgencyEnded, ReferenceCodeTaken.
    """
    seen(session, actor, Fonds, fonds_id)
    fonds = fonds_held(session, fonds_id)
    key = new_key(session, ArchivalFile)
    file = ArchivalFile(
        id=key,
        fonds_id=fonds_id,
        agency_id=fonds.agency_id,
        creator_id=fonds.creator_id,
        custodian_id=fonds.custodian_id,
        transferred=fonds.transferred,
        code=provisional_code(on.year, key),
        title="",
        created_by=actor.id,
        access_level=said.get("access_level"),
    )
    permit_new(actor, file)
    values = columns_of(session, said, further=[_place(session, actor, fonds_id, said.get("series_id"))])
    values[personal.FLAG] = personal.flagged(said, values["title"])
    body = keeper(session, fonds)
    if body.valid_to is not None and has_ended(body.valid_to, on):
        raise AgencyEnded(body.name, body.valid_to)
    if problem := may_take(fonds.state, fonds.closed_on, values.get("start_date")):
        raise problem
    for name, value in values.items():
        setattr(file, name, value if name != "code" else value or file.code)
    added(session, actor, file)
    return file


def describe_file(
    session: Session, actor: Actor, file_id: int, expected_version: int | None, said: FileFacts
) -> ArchivalFile:
    """Change what is said of a file; what is absent stays, None clears.

    A wider access waits for a second person (NĐ 30/2020, PL VI, III.3.b), a tighter one takes effect at once.
    Raises NotFound, NotPermitted, StaleVersion, WrongState, Invalid, RecordPublished, ReferenceCodeTaken.
    """
    file = to_change(
        session, actor, "update", ArchivalFile, file_id, expected_version, DESCRIPTION_CHANGES_IN
    )
    permit_access(actor, file, level := said.get("access_level", file.access_level))
    said, opened = set_aside(file, said)
    place = _place(session, actor, file.fonds_id, said.get("series_id"))
    secret = _hides_documents(session, file, said.get("access_level"))
    values = columns_of(session, said, file, further=[place, secret])
    term = (
        values.get("retention_kind", file.retention_kind),
        values.get("retention_years", file.retention_years),
    )
    if short := outlives(term, terms_in(session, file_id)):
        raise Invalid([short])
    permit_result(actor, "update", file, access_level=level)
    now = file.has_personal_data
    values[personal.FLAG] = personal.flagged(said, values.get("title", file.title), now=now)
    values, by_rule = set_aside(file, values)
    if tightens(file, values):
        replace_waiting(session, actor, file)
    for name, value in values.items():
        setattr(file, name, value)
    changed(session, actor, "update", file)
    propose_opening(session, actor, file, {**opened, **by_rule})
    if file.has_personal_data and not now:
        flag_documents(session, actor, file_id)
    return file


def flag_documents(session: Session, actor: Actor, file_id: int) -> None:
    """What a file tells of a person its documents tell, too: each is flagged with it, and says so in the trail."""
    for item in session.exec(select(Item).where(Item.file_id == file_id, not_(col(Item.has_personal_data)))):
        item.has_personal_data = True
        changed(session, actor, "update", item)


def close_file(
    session: Session, actor: Actor, file_id: int, expected_version: int | None, *, on: date
) -> ArchivalFile:
    """Close a file when its work has ended and its documents are numbered (kết thúc hồ sơ).

    Raises NotFound, NotPermitted, StaleVersion, WrongState, FileNotNumbered, Invalid.
    """
    step = STEPS["close"]
    file = to_change(session, actor, "close", ArchivalFile, file_id, expected_version, step.starts)
    if wrong := unnumbered(ordinals_in(session, file_id)):
        raise FileNotNumbered(wrong)
    if short := outlives((file.retention_kind, file.retention_years), terms_in(session, file_id)):
        raise Invalid([short])
    file.state = step.leads_to
    file.closed_on = on
    file.work_ended_on = file.work_ended_on or on
    changed(session, actor, "close", file)
    return file


def reopen_file(
    session: Session, actor: Actor, file_id: int, expected_version: int | None, reason: str | None = None
) -> ArchivalFile:
    """Open a closed file again, as long as it was not handed over and its fonds is open.

    Raises NotFound, NotPermitted, StaleVersion, WrongState, FondsClosed, Invalid.
    """
    step = STEPS["reopen"]
    file = to_change(session, actor, "reopen", ArchivalFile, file_id, expected_version, step.starts)
    fonds = fonds_held(session, file.fonds_id)
    if problem := may_reopen(fonds.state, fonds.closed_on):
        raise problem
    file.state = step.leads_to
    if file.work_ended_on == file.closed_on:  # said by the closing, which is undone
        file.work_ended_on = None
    file.closed_on = None
    changed(session, actor, "reopen", file, reason=remark("reason", reason))
    return file


def permit_access(actor: Actor, row: ArchivalFile | Item, level: int | None, **known: str) -> None:
    """Whether the access mode may become `level`: never while published, out of mode 03 only by declassifying.

    Raises RecordPublished, NotPermitted.
    """
    if level == row.access_level:
        return
    if row.published:
        raise RecordPublished
    if row.access_level == SECRET:
        actor.require("declassify", "item" if isinstance(row, Item) else "file", row, **known)


def _place(session: Session, actor: Actor, fonds_id: int, series_id: int | None) -> FieldError | None:
    """Whether a file of the fonds may stand in the series."""
    if series_id is None:
        return None
    series = seen(session, actor, Series, series_id)
    error = may_contain(0, fonds_id, series.fonds_id, ())
    return FieldError("series_id", error.code, error.message_vi, error.message_en) if error else None


def _hides_documents(session: Session, file: ArchivalFile, level: int | None) -> FieldError | None:
    """A file becomes a stub only after its documents did."""
    if level != SECRET or file.access_level == SECRET or not told_in(session, file.id or 0):
        return None
    return FieldError(
        "access_level",
        "DOCUMENTS_DESCRIBED",
        "Hồ sơ còn văn bản có nội dung. Hãy chuyển các văn bản đó sang chế độ 03 trước.",
        "The file still has documents that are described. Turn those to mode 03 first.",
    )
