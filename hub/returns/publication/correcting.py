"""A published report is corrected by a new revision, which says what differs and why; the old one stays readable.

    taken = seam.read(lambda session: take_again(session, actor, report_id))
    if seam.read(lambda session: is_idle(session, report_id, taken)):
        seam.change(lambda session: drop_draft(session, actor, report_id))     # and NothingDiffers is the answer
    seam.change(lambda session: correct_report(session, actor, report_id, version, taken, reason))

What differs is worked out, not typed: figures before and after, and how many records entered, left or count
otherwise, from the frozen members of both. The reason is what people add to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.kit.errors import StaleVersion
from hub.kpi.frozen import thaw
from hub.kpi.values import IndicatorValue
from hub.returns.models import PublishedReport, ReportingPeriod, Snapshot
from hub.returns.publication.drafting import WAITING, attach, given, locked, snapshot_of, told
from hub.returns.publication.errors import NothingDiffers
from hub.returns.publication.publishing import IN_FORCE
from hub.returns.snapshots.comparing import Groups, Side, groups, moved, moves, summary
from hub.returns.snapshots.freezing import Taken, closing_of, store_taken, take_for
from hub.returns.snapshots.models import PeriodFreeze
from hub.returns.snapshots.said import as_closed

LONGEST_REASON = 2_000


def take_again(session: Session, actor: Actor, report_id: int) -> Taken:
    """The figures of a report's body as the records stand now; nothing is written. Raises NotFound, NotPermitted.

    What agencies said stays as it was when the period was closed.
    """
    report = session.get(PublishedReport, report_id)
    actor.require("read", "report", report)
    assert report is not None  # `require` raises for no row
    actor.require("create", "report", _revision(report, actor))
    period = session.get_one(ReportingPeriod, report.period_id)
    taken, closing = take_for(session, actor, period, report.agency_id), closing_of(session, report.period_id)
    if closing is None:
        return taken
    return replace(taken, said=as_closed(taken.said, closing.said, report.agency_id))


def correct_report(
    session: Session,
    actor: Actor,
    report_id: int,
    expected_version: int | None,
    taken: Taken,
    reason: str,
) -> PublishedReport:
    """A draft of the next revision of a report in force, from figures just taken.

    One that is submitted, or tells these figures already, is answered as it is; another draft is made anew.
    Raises NotFound, NotPermitted, StaleVersion, WrongReportState, NothingDiffers, Invalid.
    """
    report = locked(session, actor, "read", report_id, None, (IN_FORCE,))
    draft = _revision(report, actor)
    actor.require("create", "report", draft)
    said = given("reason", reason, LONGEST_REASON)
    waiting = _waiting(session, report_id, lock=True)
    if waiting is not None and (waiting.state == "SUBMITTED" or _tells(session, waiting, taken)):
        return waiting
    if expected_version is not None and report.version != expected_version:
        raise StaleVersion(report.version)
    frozen = store_taken(session, actor, taken, reason=said)
    draft = waiting or draft
    draft.correction_reason = said
    session.add(draft)
    session.flush()
    attach(session, draft, frozen)
    compare(session, draft)
    if not draft.changes["indicators"]:
        raise NothingDiffers
    if waiting is not None:
        draft.version += 1
    session.add(draft)
    session.flush()
    told(session, actor, "report:correct", draft, reason=said, corrects=report_id, freeze=frozen.id)
    return draft


def is_idle(session: Session, report_id: int, taken: Taken) -> bool:
    """Whether these figures are those of the report in force, and nothing was submitted that says otherwise."""
    report = session.get_one(PublishedReport, report_id)
    waiting = _waiting(session, report_id)
    if report.state != IN_FORCE or (waiting is not None and waiting.state == "SUBMITTED"):
        return False
    before = Side(snapshot_of(session, report), report)
    old = {value.indicator.code: _brief(value) for value in thaw(before.snapshot.figures)}
    new = {value.indicator.code: _brief(value) for value in thaw(taken.figures[report.agency_id])}
    if any(old.get(code) != told for code, told in new.items()):
        return False
    members: dict[str, Groups] = {code: {} for code in new}
    for code, reasons, pack in taken.members:
        members.setdefault(code, {})[pack.agency_id, pack.kind] = (list(reasons), pack.packed)
    return before.snapshot.freeze_id is None or not any(
        moves(groups(session, before, code), told) for code, told in members.items()
    )


def drop_draft(session: Session, actor: Actor, report_id: int) -> None:
    """Take away a draft that has nothing left to correct; what was submitted stays. Raises NotFound, NotPermitted."""
    report = locked(session, actor, "read", report_id, None, (IN_FORCE,))
    actor.require("create", "report", _revision(report, actor))
    draft = _waiting(session, report_id, lock=True)
    if draft is None or draft.state != "DRAFT":
        return
    told(session, actor, "report:drop", draft, corrects=report_id)
    session.execute(delete(Snapshot).where(col(Snapshot.report_id) == draft.id))
    session.delete(draft)
    session.flush()


def _waiting(session: Session, report_id: int, *, lock: bool = False) -> PublishedReport | None:
    """The correction of a report that is not out yet."""
    asked = select(PublishedReport).where(
        PublishedReport.corrects_id == report_id, col(PublishedReport.state).in_(WAITING)
    )
    if lock:
        asked = asked.with_for_update().execution_options(populate_existing=True)
    return session.exec(asked).first()


def compare(session: Session, draft: PublishedReport) -> None:
    """Write into a correction what differs from the report that it corrects."""
    report = session.get_one(PublishedReport, draft.corrects_id)
    before, after = (Side(snapshot_of(session, one), one) for one in (report, draft))
    draft.changes = {"indicators": changes(session, before, after)}


def _tells(session: Session, draft: PublishedReport, taken: Taken) -> bool:
    frozen = session.get_one(PeriodFreeze, snapshot_of(session, draft).freeze_id)
    return frozen.sha256 == taken.sha256


def changes(session: Session, before: Side, after: Side) -> list[dict[str, Any]]:
    """Each figure that differs, or whose records do: before, after, and how many records moved, in plan order."""
    old = {value.indicator.code: value for value in thaw(before.snapshot.figures)}
    found = []
    for value in thaw(after.snapshot.figures):
        code = value.indicator.code
        records: dict[str, int] | None = None
        if before.snapshot.freeze_id is not None:
            records = summary(moved(session, before, after, code))
        was, now = _brief(old.get(code)), _brief(value)
        if was != now or records:
            found.append({"code": code, "before": was, "after": now, "records": records})
    return found


def _brief(value: IndicatorValue | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        "numerator": value.numerator, "denominator": value.denominator, "percent": value.percent,
        "excluded": value.excluded, "missing": value.missing, "result": str(value.result),
    }  # fmt: skip


def _revision(report: PublishedReport, actor: Actor) -> PublishedReport:
    return PublishedReport(
        period_id=report.period_id,
        agency_id=report.agency_id,
        revision=report.revision + 1,
        corrects_id=report.id,
        created_by=actor.id,
    )
