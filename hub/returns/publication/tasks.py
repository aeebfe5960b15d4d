"""What is to be done about one report or many is asked for here, and a job does it (reports/task_jobs.py).

    job = ask_to_publish(session, actor, period_id, [Seen(report_id, version)])    # or None: all that wait
    …                                                                             # `hub worker` does it
    tasks_of(session, job.id)                                                     # done, failed and why, waiting

It is asked for in the caller's transaction: job, a task for each report, and the job's place in line exist together.
The law is asked now and again when each report's turn comes; a second factor is shown now. What is under way already
is not asked for twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.errors import FieldError, HubError, Invalid, NotPermitted
from hub.kit.jobs import defer
from hub.kit.progress import Job, queued
from hub.returns.models import PublishedReport, ReportingPeriod
from hub.returns.owed import owing
from hub.returns.publication.drafting import LONGEST, given, locked, numbered, require_closed
from hub.returns.publication.errors import NotFrozen, NothingToDo
from hub.returns.publication.models import ReportTask
from hub.returns.publication.prints import QUEUE
from hub.returns.publication.prints import STEPS as STEPS_OF_PRINT
from hub.returns.snapshots.freezing import closing_of

NAME = "report:tasks"
KINDS = {"DRAFT": "report:draft", "SUBMIT": "report:submit", "PUBLISH": "report:publish"}
# Of one task; a publication is a print and the deed itself.
STEPS = {"DRAFT": 1, "SUBMIT": 1, "PUBLISH": STEPS_OF_PRINT + 1}
MOST = 1_000
_STARTS = {"SUBMIT": "DRAFT", "PUBLISH": "SUBMITTED"}
_ACTIONS = {"SUBMIT": "submit", "PUBLISH": "publish"}

_UNDER_WAY = text(
    """
    select t.agency_id, t.job_id from report_task t join job j on j.id = t.job_id
     where t.period_id = :period and t.deed = :deed and t.state = 'WAITING'
       and j.finished_at is null and j.cancel_requested_at is null
     order by t.job_id
    """
)

_FROZEN = text(
    "select distinct f.agency_id from frozen_figures f join period_freeze z on z.id = f.freeze_id"
    " where z.period_id = :period and f.agency_id is not null"
)
_THERE = text("select agency_id from published_report where period_id = :period and agency_id is not null")


@dataclass(frozen=True)
class Seen:
    """A report as the caller saw it, with the number and notation of its own register where he gives them."""

    report_id: int
    version: int
    number: str | None = None
    notation: str | None = None


def ask_to_draft(
    session: Session, actor: Actor, period_id: int, agency_ids: Sequence[int] | None = None
) -> Job:
    """Have reports drafted of these agencies, by default of all that owe one, have frozen figures and no report yet.

    Raises NotFound, NotPermitted, PeriodStillOpen, NotFrozen, NothingToDo, Invalid.
    """
    period = _period(session, actor, period_id)
    require_closed(period)
    if closing_of(session, period_id) is None:
        raise NotFrozen(period.deadline)
    if agency_ids is None:
        agency_ids = without_report(session, period)
    tasks = []
    for agency_id in dict.fromkeys(agency_ids):
        future = PublishedReport(period_id=period_id, agency_id=agency_id, created_by=actor.id)
        actor.require("create", "report", future)
        tasks.append(ReportTask(deed="DRAFT", period_id=period_id, agency_id=agency_id, job_id=0))
    return _ask(session, actor, period_id, "DRAFT", tasks)


def without_report(session: Session, period: ReportingPeriod) -> list[int]:
    """The agencies that owe a return, whose figures were frozen, and that have no report of the period; by name."""
    known = {"period": period.id}
    frozen, there = set(session.scalars(_FROZEN, known)), set(session.scalars(_THERE, known))
    owed = [one.agency_id for one in owing(session, period.deadline)]
    return [agency_id for agency_id in owed if agency_id in frozen - there]


def ask_to_submit(
    session: Session,
    actor: Actor,
    period_id: int,
    reports: Sequence[Seen] | None = None,
    *,
    notation: str | None = None,
    issued_on: date | None = None,
) -> Job:
    """Have drafts submitted, by default those of all agencies of the period. Raises what asking to publish raises."""
    return _ask_of(session, actor, period_id, "SUBMIT", reports, notation, issued_on)


def ask_to_publish(
    session: Session,
    actor: Actor,
    period_id: int,
    reports: Sequence[Seen] | None = None,
    *,
    notation: str | None = None,
    issued_on: date | None = None,
) -> Job:
    """Have submitted reports printed and published, by default those of all agencies of the period.

    Raises NotFound, NotPermitted, StepUpRequired, PeriodStillOpen, NothingToDo, Invalid; of reports that are named
    also StaleVersion and WrongReportState, before any work is begun.
    """
    return _ask_of(session, actor, period_id, "PUBLISH", reports, notation, issued_on)


def tasks_of(session: Session, job_id: int) -> Sequence[ReportTask]:
    """The tasks of a job, in the order in which they are done."""
    return session.exec(
        select(ReportTask).where(ReportTask.job_id == job_id).order_by(col(ReportTask.id))
    ).all()


def done(session: Session, task_id: int, report_id: int) -> None:
    """Write that a task is done, in the transaction of its deed."""
    task = session.get_one(ReportTask, task_id, with_for_update=True)
    task.state, task.report_id, task.finished_at = "DONE", report_id, clock.now()
    session.add(task)


def failed(session: Session, actor: Actor | None, task_id: int, error: Exception) -> None:
    """Write why a task could not be done; a denial leaves its trace, as when he had done the deed himself."""
    task = session.get_one(ReportTask, task_id, with_for_update=True)
    task.state, task.problem, task.finished_at = "FAILED", problem_of(error), clock.now()
    session.add(task)
    if actor is not None and isinstance(error, NotPermitted):
        record(
            session, actor, error.action, "report", task.report_id, agency_id=task.agency_id, outcome="denied",
            reason=error.problem_code,
        )  # fmt: skip


def problem_of(error: Exception) -> dict[str, str]:
    """What went wrong, as jobs and tasks keep it."""
    if isinstance(error, Invalid):
        [first, *_] = error.errors
        return {"code": error.problem_code, "message": first.message("vi"), "messageEn": first.message("en")}
    if isinstance(error, HubError):
        return {"code": error.problem_code, "message": error.message_vi, "messageEn": error.message_en}
    said = f"{type(error).__name__}: {error}"
    return {
        "code": "INTERNAL",
        "message": f"lỗi ngoài dự kiến, {said}",
        "messageEn": f"unexpected error, {said}",
    }


def _ask_of(
    session: Session,
    actor: Actor,
    period_id: int,
    deed: str,
    reports: Sequence[Seen] | None,
    notation: str | None,
    issued_on: date | None,
) -> Job:
    period = _period(session, actor, period_id)
    if deed == "PUBLISH":
        require_closed(period)
    found = (
        _all(session, actor, period_id, deed)
        if reports is None
        else _named(session, actor, deed, period_id, reports)
    )
    tasks = [
        ReportTask(
            job_id=0, deed=deed, period_id=period_id, agency_id=report.agency_id, report_id=report.id,
            expected_version=report.version, issued_on=issued_on,
            number=None if seen is None or seen.number is None else numbered(seen.number),
            notation=_notation(notation if seen is None or seen.notation is None else seen.notation),
        )
        for report, seen in found
    ]  # fmt: skip
    return _ask(session, actor, period_id, deed, tasks)


def _notation(said: str | None) -> str | None:
    return None if said is None else given("notation", said, LONGEST)


def _all(
    session: Session, actor: Actor, period_id: int, deed: str
) -> list[tuple[PublishedReport, Seen | None]]:
    """The agencies' reports from whose state the deed starts, as far as he may; where nowhere, why not."""
    waiting = session.exec(
        select(PublishedReport)
        .where(
            PublishedReport.period_id == period_id,
            PublishedReport.state == _STARTS[deed],
            col(PublishedReport.agency_id).is_not(None),
            actor.sees("report", PublishedReport),
        )
        .order_by(col(PublishedReport.id))
    ).all()
    allowed = [one for one in waiting if actor.may(_ACTIONS[deed], "report", one)]
    for one in (allowed or waiting)[:1]:
        _looked_at(session, actor, deed, one.id or 0, None)
    return [(one, None) for one in allowed]


def _named(
    session: Session, actor: Actor, deed: str, period_id: int, reports: Sequence[Seen]
) -> list[tuple[PublishedReport, Seen | None]]:
    if len(reports) > MOST:
        raise Invalid([_TOO_MANY])
    found = [(_looked_at(session, actor, deed, one.report_id, one.version), one) for one in reports]
    if any(report.period_id != period_id for report, _ in found):
        raise Invalid([_ANOTHER_PERIOD])
    return list({report.id: (report, one) for report, one in found}.values())


def _looked_at(
    session: Session, actor: Actor, deed: str, report_id: int, version: int | None
) -> PublishedReport:
    return locked(session, actor, _ACTIONS[deed], report_id, version, (_STARTS[deed],), lock=False)


def _ask(session: Session, actor: Actor, period_id: int, deed: str, tasks: Sequence[ReportTask]) -> Job:
    """The job of these tasks; of those that another is about already, that one where nothing else is left."""
    under_way = {
        row.agency_id: row.job_id for row in session.execute(_UNDER_WAY, {"period": period_id, "deed": deed})
    }
    left = [task for task in tasks if task.agency_id not in under_way]
    if not left:
        standing = [under_way[task.agency_id] for task in tasks]
        if not standing:
            raise NothingToDo
        return session.get_one(Job, standing[0])
    key = queued(session, KINDS[deed], by=actor.id, total=len(left) * STEPS[deed])
    for task in left:
        task.job_id = key
    session.add_all(left)
    session.flush()
    # One long piece of work at a time, so that a single report never waits for seven hundred.
    lock = f"{QUEUE}-{'many' if len(left) > 1 else 'one'}"
    defer(session, NAME, {"job": key}, queue=QUEUE, lock=lock)
    detail = {"kind": KINDS[deed], "period_id": period_id, "reports": len(left)}
    record(session, actor, "job:create", "job", key, detail=detail)
    return session.get_one(Job, key)


def _period(session: Session, actor: Actor, period_id: int) -> ReportingPeriod:
    """The period, held: two who ask for the same at once find one job."""
    period = session.get(ReportingPeriod, period_id, with_for_update=True)
    actor.require("read", "period", period)
    assert period is not None  # `require` raises for no row
    return period


_TOO_MANY = FieldError(
    "reports",
    "TOO_MANY",
    f"Mỗi lần tối đa {MOST} báo cáo. Hãy gửi phần còn lại ở lần sau.",
    f"At most {MOST} reports at once. Send the others in a further call.",
)
_ANOTHER_PERIOD = FieldError(
    "reports",
    "ANOTHER_PERIOD",
    "Có báo cáo không thuộc kỳ này. Hãy chọn báo cáo của một kỳ.",
    "Some of the reports are not of this period. Name reports of one period.",
)
