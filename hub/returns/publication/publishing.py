"""A submitted report is published: its PDF lies on the disk, hashed, before the row says so.

    ready = seam.read(lambda session: to_print(session, actor, report_id, version, …))    # may he, and what
    paper = store(folder, render(ready))                                                  # outside any transaction
    seam.change(lambda session: publish_report(session, actor, report_id, version, paper, …))

Killed anywhere before the last line, nothing is published; asked again, the same bytes are there already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.errors import StaleVersion
from hub.returns.models import PublishedReport, ReportingPeriod, Snapshot
from hub.returns.publication.drafting import (
    LONGEST,
    given,
    locked,
    name,
    numbered,
    require_closed,
    snapshot_of,
    stored,
    told,
)
from hub.returns.publication.papers import Paper
from hub.returns.publication.register import require_free

IN_FORCE = "PUBLISHED"


@dataclass(frozen=True)
class Ready:
    """What is to be printed: the report as it will stand, its period and its snapshot."""

    report: PublishedReport
    period: ReportingPeriod
    snapshot: Snapshot
    number: str | None
    notation: str | None
    issued_on: date | None


def to_print(
    session: Session,
    actor: Actor,
    report_id: int,
    expected_version: int | None,
    *,
    number: str | None = None,
    notation: str | None = None,
    issued_on: date | None = None,
) -> Ready | None:
    """What publishing would print, once the law and the state are known to allow it; None where it is published.

    Nothing is written. Raises what publishing raises.
    """
    report = session.get(PublishedReport, report_id)
    actor.require("read", "report", report)
    assert report is not None  # `require` raises for no row
    if report.state == IN_FORCE and _may_see_again(actor, report):
        return None
    report = locked(session, actor, "publish", report_id, expected_version, ("SUBMITTED",), lock=False)
    period = session.get_one(ReportingPeriod, report.period_id)
    require_closed(period)
    ready = Ready(
        report,
        period,
        snapshot_of(session, report),
        numbered(number) if number is not None else report.number,
        given("notation", notation, LONGEST) if notation is not None else report.notation,
        issued_on or report.issued_on,
    )
    require_free(session, report, ready.number, ready.notation, ready.issued_on)
    return ready


def publish_report(
    session: Session,
    actor: Actor,
    report_id: int,
    expected_version: int | None,
    paper: Paper | None,
    *,
    number: str | None = None,
    notation: str | None = None,
    issued_on: date | None = None,
) -> PublishedReport:
    """Publish a submitted report whose PDF is stored; the revision it corrects is superseded in the same breath.

    Publishing twice is answered with what is there. The city's report makes its period PUBLISHED.
    Raises NotFound, NotPermitted, StepUpRequired, StaleVersion, WrongReportState, PeriodStillOpen, Invalid.
    """
    # The period first, always: two revisions of one report never wait for each other crosswise.
    report = session.get(PublishedReport, report_id)
    actor.require("read", "report", report)
    assert report is not None  # `require` raises for no row
    period = session.get_one(ReportingPeriod, report.period_id, with_for_update=True, populate_existing=True)
    session.refresh(report, with_for_update=True)
    if report.state == IN_FORCE and _may_see_again(actor, report):
        return report
    report = locked(session, actor, "publish", report_id, expected_version, ("SUBMITTED",))
    require_closed(period)
    if paper is None:  # it was published when it was printed, and has been sent back since
        raise StaleVersion(report.version)
    name(report, number, notation, issued_on)
    require_free(session, report, report.number, report.notation, report.issued_on, lock=True)
    for before in session.exec(
        select(PublishedReport).where(
            PublishedReport.period_id == report.period_id,
            col(PublishedReport.agency_id).is_not_distinct_from(report.agency_id),
            PublishedReport.state == IN_FORCE,
        )
    ):
        before.state = "SUPERSEDED"
        stored(session, before)
        told(session, actor, "report:supersede", before, by=report.id)
    report.state, report.published_by, report.published_at = IN_FORCE, actor.id, clock.instant()
    report.sha256, report.object_key, report.byte_size = paper.sha256, paper.key, paper.byte_size
    if paper.brief is not None:
        report.brief_sha256, report.brief_size = paper.brief.sha256, paper.brief.byte_size
    stored(session, report)
    if report.agency_id is None and period.state == "CLOSED":
        period.state = "PUBLISHED"
        period.version += 1
        period.updated_at = clock.now()
        session.add(period)
    told(session, actor, "report:publish", report, sha256=paper.sha256, number=report.number)
    return report


def _may_see_again(actor: Actor, report: PublishedReport) -> bool:
    """Whether he might have published it: asked about the report as it stood before, whoever submitted it."""
    before = PublishedReport(
        id=report.id, period_id=report.period_id, agency_id=report.agency_id, state="SUBMITTED",
        created_by=report.created_by, submitted_by=report.submitted_by,
    )  # fmt: skip
    return actor.may("publish", "report", before)
