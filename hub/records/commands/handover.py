"""Hand-over of files inside an agency to its archive (giao nộp vào Lưu trữ cơ quan; Kế hoạch 67, IV.5.đ)."""

from __future__ import annotations

from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit import clock
from hub.records.facts import remark
from hub.records.ledger import changed
from hub.records.models import ArchivalFile
from hub.records.queries import seen, to_change
from hub.records.rules.states import STEPS, may_accept


def submit_file(session: Session, actor: Actor, file_id: int, expected_version: int | None) -> ArchivalFile:
    """Hand a closed file over. Raises NotFound, NotPermitted, StaleVersion, WrongState."""
    step = STEPS["submit"]
    file = to_change(session, actor, "submit", ArchivalFile, file_id, expected_version, step.starts)
    file.state = step.leads_to
    file.submitted_by = actor.id
    file.submitted_at = clock.instant()
    file.decision_note = None
    changed(session, actor, "submit", file)
    return file


def accept_file(
    session: Session, actor: Actor, file_id: int, expected_version: int | None, note: str | None = None
) -> ArchivalFile:
    """Take a submitted file into the agency's archive; never by the one who submitted it.

    Raises NotFound, NotPermitted, StaleVersion, WrongState, Invalid.
    """
    step = STEPS["accept"]
    # Before the law, which forbids it too but knows no better answer than "ask your administrator".
    if problem := may_accept(seen(session, actor, ArchivalFile, file_id, lock=True).submitted_by, actor.id):
        raise problem
    file = to_change(session, actor, "accept", ArchivalFile, file_id, expected_version, step.starts)
    file.state = step.leads_to
    file.accepted_by = actor.id
    file.accepted_at = clock.instant()
    file.decision_note = note = remark("note", note)
    changed(session, actor, "accept", file, reason=note)
    return file


def send_back_file(
    session: Session, actor: Actor, file_id: int, expected_version: int | None, reason: str | None
) -> ArchivalFile:
    """Give a submitted file back with the reason; it is closed again, and may be reopened and mended.

    Raises NotFound, NotPermitted, StaleVersion, WrongState, Invalid.
    """
    step = STEPS["return"]
    file = to_change(session, actor, "return", ArchivalFile, file_id, expected_version, step.starts)
    file.state = step.leads_to
    file.submitted_by = None
    file.submitted_at = None
    file.decision_note = reason = remark("reason", reason, required=True)
    changed(session, actor, "return", file, reason=reason)
    return file
