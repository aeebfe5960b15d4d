"""A report is drafted from what was frozen, and submitted; whoever decides may send it back.

DRAFT → SUBMITTED → PUBLISHED → SUPERSEDED
          └→ DRAFT (sent back, with a reason; or its period was opened and closed again, with other figures)
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid, StaleVersion
from hub.returns.models import PublishedReport, ReportingPeriod, Snapshot
from hub.returns.publication.errors import NotFrozen, OwnReport, PeriodStillOpen, WrongReportState
from hub.returns.publication.register import require_free
from hub.returns.snapshots.freezing import formula_version, freeze_of, written
from hub.returns.snapshots.models import FrozenFigures, PeriodFreeze

CLOSED = ("CLOSED", "PUBLISHED")
WAITING = ("DRAFT", "SUBMITTED")
LONGEST = 100


def draft_report(
    session: Session, actor: Actor, period_id: int, agency_id: int | None = None
) -> PublishedReport:
    """The first report of the city, or of an agency, for a closed period; one that is there is answered as it is.

    Raises NotFound, NotPermitted, PeriodStillOpen, NotFrozen.
    """
    period = session.get(ReportingPeriod, period_id, with_for_update=True)
    actor.require("read", "period", period)
    assert period is not None  # `require` raises for no row
    report = PublishedReport(period_id=period_id, agency_id=agency_id, created_by=actor.id)
    actor.require("create", "report", report)
    standing = newest(session, period_id, agency_id)
    if standing is not None and standing.state != "DRAFT":
        return standing
    require_closed(period)
    frozen = freeze_of(session, period_id, agency_id)
    if frozen is None:
        raise NotFrozen(period.deadline)
    if standing is not None:
        if standing.corrects_id is None:
            renew(session, actor, standing)
        return standing
    session.add(report)
    session.flush()
    attach(session, report, frozen)
    told(session, actor, "report:create", report, freeze=frozen.id)
    return report


def submit_report(
    session: Session,
    actor: Actor,
    report_id: int,
    expected_version: int | None,
    *,
    number: str | None = None,
    notation: str | None = None,
    issued_on: date | None = None,
) -> PublishedReport:
    """Submit a draft for publication, with what văn thư gave it so far (số, ký hiệu, ngày).

    Raises NotFound, NotPermitted, StaleVersion, WrongReportState, Invalid.
    """
    report = locked(session, actor, "submit", report_id, expected_version, ("DRAFT",))
    name(report, number, notation, issued_on)
    require_free(session, report, report.number, report.notation, report.issued_on)
    report.state, report.submitted_by, report.submitted_at = "SUBMITTED", actor.id, clock.instant()
    stored(session, report)
    told(session, actor, "report:submit", report, number=report.number, notation=report.notation)
    return report


def send_back_report(
    session: Session, actor: Actor, report_id: int, expected_version: int | None, reason: str
) -> PublishedReport:
    """Give a submitted report back to who drafts. Raises what submitting raises."""
    report = locked(session, actor, "return", report_id, expected_version, ("SUBMITTED",))
    said = given("reason", reason, 2_000)
    report.state, report.submitted_by, report.submitted_at = "DRAFT", None, None
    stored(session, report)
    told(session, actor, "report:return", report, reason=said)
    return report


def renew(session: Session, actor: Actor, report: PublishedReport) -> None:
    """Let a report that is not out tell its period's newest freezing, as a draft: what was submitted told another."""
    session.refresh(report, with_for_update=True)
    frozen = freeze_of(session, report.period_id, report.agency_id)
    if report.state not in WAITING or frozen is None or snapshot_of(session, report).freeze_id == frozen.id:
        return
    report.state, report.submitted_by, report.submitted_at = "DRAFT", None, None
    stored(session, report)
    attach(session, report, frozen)
    told(session, actor, "report:update", report, freeze=frozen.id)


def newest(session: Session, period_id: int, agency_id: int | None) -> PublishedReport | None:
    """The last revision of a body's report for a period."""
    return session.exec(
        select(PublishedReport)
        .where(
            PublishedReport.period_id == period_id,
            col(PublishedReport.agency_id).is_not_distinct_from(agency_id),
        )
        .order_by(col(PublishedReport.revision).desc())
        .limit(1)
    ).first()


def snapshot_of(session: Session, report: PublishedReport) -> Snapshot:
    """The snapshot of a report that was drafted here."""
    return session.exec(select(Snapshot).where(Snapshot.report_id == report.id)).one()


def require_closed(period: ReportingPeriod) -> None:
    """Raises PeriodStillOpen."""
    if period.state not in CLOSED:
        raise PeriodStillOpen(period.deadline)


def attach(session: Session, report: PublishedReport, frozen: PeriodFreeze) -> Snapshot:
    """The snapshot of a draft, in place of the one it has: its body's figures of a freezing, with their SHA-256.

    What was never published is not there to be read once the report is.
    """
    session.execute(delete(Snapshot).where(col(Snapshot.report_id) == report.id))
    figures = figures_of(session, frozen, report.agency_id)
    row = Snapshot(
        report_id=report.id or 0,
        as_of=frozen.as_of,
        formula_version=formula_version(frozen.formulas),
        figures=figures,
        sha256=hashlib.sha256(written(figures)).hexdigest(),
        freeze_id=frozen.id,
    )
    session.add(row)
    session.flush()
    return row


def figures_of(session: Session, frozen: PeriodFreeze, agency_id: int | None) -> dict[str, Any]:
    """The figures of a body in a freezing that has them."""
    asked = select(FrozenFigures.figures).where(
        FrozenFigures.freeze_id == frozen.id, col(FrozenFigures.agency_id).is_not_distinct_from(agency_id)
    )
    return dict(session.exec(asked).one())


def locked(
    session: Session,
    actor: Actor,
    action: str,
    report_id: int,
    expected_version: int | None,
    states: Collection[str],
    *,
    lock: bool = True,
) -> PublishedReport:
    """The report, locked unless only looked at, for a step from these states; the state is told before the right.

    Raises NotFound, WrongReportState, NotPermitted, StaleVersion.
    """
    report = session.get(PublishedReport, report_id, with_for_update=lock or None, populate_existing=True)
    actor.require("read", "report", report)
    assert report is not None  # `require` raises for no row
    if report.state not in states:
        raise WrongReportState(report.state, tuple(states))
    if action == "publish" and report.submitted_by is not None and report.submitted_by in actor.subject.us:
        raise OwnReport
    actor.require(action, "report", report)
    if expected_version is not None and report.version != expected_version:
        raise StaleVersion(report.version)
    return report


def stored(session: Session, report: PublishedReport) -> None:
    """Write a changed report."""
    report.version += 1
    report.updated_at = clock.now()
    session.add(report)
    session.flush()


def name(report: PublishedReport, number: str | None, notation: str | None, issued_on: date | None) -> None:
    """Write what văn thư gave the document; None leaves as it is. Raises Invalid."""
    if number is not None:
        report.number = numbered(number)
    if notation is not None:
        report.notation = given("notation", notation, LONGEST)
    if issued_on is not None:
        report.issued_on = issued_on


def numbered(told: str) -> str:
    """The number of a document; below ten it is written with a nought (NĐ 30/2020, Phụ lục I). Raises Invalid."""
    said = given("number", told, LONGEST)
    return said.zfill(2) if said.isascii() and said.isdigit() else said


def given(field: str, told: str, longest: int) -> str:
    """A text that says something and is not too long, tidied. Raises Invalid."""
    said = " ".join(told.split())
    if not said:
        raise Invalid([FieldError(field, "REQUIRED", "Hãy nhập nội dung.", "Say something here.")])
    if len(said) > longest:
        raise Invalid(
            [
                FieldError(
                    field, "TOO_LONG", f"Tối đa {longest} ký tự, đã nhập {len(said)}.",
                    f"At most {longest} characters; there are {len(said)}.",
                )
            ]
        )  # fmt: skip
    return said


def told(
    session: Session,
    actor: Actor,
    event: str,
    report: PublishedReport,
    *,
    reason: str | None = None,
    **detail: Any,
) -> None:
    known = {"period_id": report.period_id, "revision": report.revision, **detail}
    record(
        session, actor, event, "report", report.id, agency_id=report.agency_id, reason=reason,
        detail={name: value for name, value in known.items() if value is not None},
    )  # fmt: skip
