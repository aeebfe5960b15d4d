"""Work on reports that a job does: asked for one report or for all agencies of a period, followed, cancelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.jobs import cancel_job
from hub.kit.errors import FieldError, NotFound
from hub.kit.jobs import is_served
from hub.kit.progress import OVER, Job
from hub.kit.seam import Seam
from hub.returns.models import ReportingPeriod
from hub.returns.publication import tasks
from hub.web.listing import Columns, listing
from hub.web.page import Elsewhere, Page
from hub.web.rights import require_person
from hub.web.trying import Told, tried
from hub.web.visit import Visit

PATH = "/reports/jobs"
SCRIPT = "progress.js"
PAGE = 50
STATES = ("FAILED", "WAITING", "DONE")
_COLUMNS: Columns[tuple[int, Any]] = {"place": (lambda row: row[0], False)}
_TASKS = text(
    """
    select t.*, a.name as agency, a.code from report_task t left join agency a on a.id = t.agency_id
     where t.job_id = :job order by array_position(array['FAILED', 'WAITING', 'DONE'], t.state), t.id
    """
)
_NEWEST = text(
    """
    select t.job_id, t.deed, t.state, t.problem from report_task t
     where t.report_id = :report and t.deed <> 'DRAFT' and t.expected_version = :version order by t.job_id desc limit 1
    """
)


@dataclass(frozen=True)
class Work:
    """A job as pages show it; `may_cancel` for who asked for it. `has_worker`: whether anything would do it."""

    job: Job
    may_cancel: bool
    has_worker: bool

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.job.state in OVER


def show(session: Session, visit: Visit) -> Page:
    """A job with its reports: what is done, what failed and why, what waits. Raises NotFound."""
    return _page(session, visit, ())


def cancel(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Ask that the job end; the report that it is at stays as it was."""
    actor, key = require_person(visit).actor, _key(visit.parts["id"])
    made = tried(
        seam,
        actor,
        lambda session: cancel_job(session, actor, key).id,
        lambda session, told: _page(session, visit, told),
    )
    back = visit.back if visit.back.startswith("/reports/") else f"{PATH}/{key}"
    return made if isinstance(made, Page) else Elsewhere(back)


def draft_many(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Have the reports of all agencies drafted that have none."""
    return _asked(seam, visit, lambda *who: tasks.ask_to_draft(*who))


def submit_many(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Have every agency's draft submitted."""
    issued_on = visit.day_of(visit.form.get("issued_on", ""))
    return _asked(seam, visit, lambda *who: tasks.ask_to_submit(*who, issued_on=issued_on))


def publish_many(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Have every agency's submitted report printed and published. Raises StepUpRequired."""
    issued_on = visit.day_of(visit.form.get("issued_on", ""))
    return _asked(seam, visit, lambda *who: tasks.ask_to_publish(*who, issued_on=issued_on))


def work_on(session: Session, actor: Actor, report_id: int, version: int) -> tuple[Work | None, Told]:
    """The job that is about a report as it stands, while it runs; and why the last one could do nothing."""
    row = session.execute(_NEWEST, {"report": report_id, "version": version}).first()
    if row is None:
        return None, []
    work = seen(session, actor, session.get_one(Job, row.job_id))
    if not work.is_over:
        return work, ()
    kept = row.problem
    return None, [FieldError("id", kept["code"], kept["message"], kept["messageEn"])] if kept else []


def seen(session: Session, actor: Actor, job: Job) -> Work:
    """A job with what he may do about it."""
    is_over = job.state in OVER
    may_cancel = not is_over and job.cancel_requested_at is None and actor.may("cancel", "job", job)
    return Work(job, may_cancel, is_over or is_served(session))


def _page(session: Session, visit: Visit, told: Told) -> Page:
    actor = visit.actor
    job = session.get(Job, _key(visit.parts["id"]))
    actor.require("read", "job", job)
    assert job is not None  # `require` raises for no row
    rows = session.execute(_TASKS, {"job": job.id}).all()
    if not rows:
        raise NotFound("công việc", "the work")
    asked = visit.query.get("state", "")
    shown = [row for row in rows if asked not in STATES or row.state == asked]
    values = {
        "work": seen(session, actor, job),
        "deed": rows[0].deed.lower(),
        "period": session.get_one(ReportingPeriod, rows[0].period_id),
        "counts": Counter(row.state for row in rows),
        "states": STATES,
        "found": listing(list(enumerate(shown)), visit, _COLUMNS, "place", page=PAGE),
        "told": told,
    }
    return Page("report_jobs.html.j2", values, script=None if job.state in OVER else SCRIPT)


def _asked(seam: Seam, visit: Visit, ask: Callable[[Session, Actor, int], Job]) -> Page | Elsewhere:
    actor, period = require_person(visit).actor, _key(visit.form.get("period", ""))
    made = tried(
        seam,
        actor,
        lambda session: ask(session, actor, period).id,
        lambda session, told: Page("reports_failed.html.j2", {"told": told}),
    )
    return made if isinstance(made, Page) else Elsewhere(f"{PATH}/{made}")


def _key(said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 18):
        raise NotFound("công việc", "the work")
    return int(said)
