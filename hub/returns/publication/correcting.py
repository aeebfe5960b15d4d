"""A published report is corrected by a new revision, which says what differs and why; the old one stays readable.

    taken = seam.read(lambda session: take_again(session, actor, report_id))
    seam.change(lambda session: correct_report(session, actor, report_id, version, taken, reason))

What differs is worked out, not typed: figures before and after, and how many records entered, left or count
otherwise, from the frozen members of both. The reason is what people add to it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.kit.errors import StaleVersion
from hub.kpi.frozen import thaw
from hub.kpi.values import IndicatorValue
from hub.returns.models import PublishedReport, ReportingPeriod
from hub.returns.publication.drafting import WAITING, attach, given, locked, snapshot_of, told
from hub.returns.publication.errors import NothingDiffers
from hub.returns.publication.publishing import IN_FORCE
from hub.returns.snapshots.comparing import Side, moved, summary
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
    waiting = session.exec(
        select(PublishedReport)
        .where(PublishedReport.corrects_id == report_id, col(PublishedReport.state).in_(WAITING))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
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
        moves: dict[str, int] | None = None
        if before.snapshot.freeze_id is not None:
            moves = summary(moved(session, before, after, code))
        was, now = _brief(old.get(code)), _brief(value)
        if was != now or moves:
            found.append({"code": code, "before": was, "after": now, "records": moves})
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
