"""Reports are drafted, submitted and published by a job: one or seven hundred, each in a transaction of its own.

A publication is laid out in a process apart, which is replaced before it grows (reports/many.py), then signed, proved,
stored, and published last of all. Killed at any step, the report it was at is as it was before; the job, done again,
goes on behind the last one that is done. What stands in the way of one report stops no other.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from procrastinate.exceptions import JobAborted
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from hub.access.acting import acting
from hub.access.actor import Actor
from hub.access.models import AppUser
from hub.access.queries import actor_for_user
from hub.agencies.models import Agency
from hub.kit.errors import HubError
from hub.kit.progress import Job, Stopped, advanced, begun, ended
from hub.kit.seam import Seam
from hub.returns.publication import drafting, prints, publishing, tasks
from hub.returns.publication.models import ReportTask
from hub.returns.publication.papers import Paper
from hub.settings import Settings
from reports.apart import PdfFailed
from reports.build import Half, half_of
from reports.figures import as_json
from reports.many import Worker
from reports.model import Report
from reports.official import build_official
from reports.print_jobs import PASSING, failed, kept, signed
from reports.worker import BRIEF

PDF = ".pdf"


def perform(
    seam: Seam,
    settings: Settings,
    job: int,
    *,
    is_stopping: Callable[[], bool] = lambda: False,
    is_last: bool = True,
) -> None:
    """Do what waits of a job's tasks, in the name of who asked for it and under his rights as they are by then.

    What something absent has stopped (a timestamp authority, the printer) is raised and left to the next try, until
    the last one. Raises JobAborted where the worker stops: another one goes on.
    """
    try:
        begun(seam, job)
        _Run(seam, settings, job, is_stopping, is_last).do()
    except Stopped:
        ended(seam, job, "CANCELLED")
    except JobAborted:
        raise
    except Exception as error:
        failed(seam, job, error, is_last=is_last)
        raise


class _Run:
    """One try at a job."""

    def __init__(
        self, seam: Seam, settings: Settings, job: int, is_stopping: Callable[[], bool], is_last: bool
    ) -> None:
        self._seam, self._settings, self._job = seam, settings, job
        self._is_stopping, self._is_last = is_stopping, is_last
        self._halves: dict[int | None, Half] = {}
        self._worker = Worker()
        self._at, self._called = 0, ""

    def do(self) -> None:
        """Every task that waits; then the job is over, or this try is."""
        self._name, names, found = self._seam.read_now(self._asked)
        put_off: Exception | None = None
        try:
            with tempfile.TemporaryDirectory(prefix="hub-reports-") as folder:
                for number, task in enumerate(found):
                    self._at = number * tasks.STEPS[task.deed]
                    self._called = (
                        f"{number + 1}/{len(found)} · {names.get(task.agency_id, 'Thành phố · the city')}"
                    )
                    if task.state == "WAITING":
                        put_off = self._one(task, Path(folder)) or put_off
        finally:
            self._worker.close()
        if put_off is not None:
            raise put_off
        self._finish()

    def _asked(self, session: Session) -> tuple[str, dict[int | None, str], list[ReportTask]]:
        job = session.get_one(Job, self._job)
        found = list(tasks.tasks_of(session, self._job))
        asked = select(Agency.id, Agency.name).join(ReportTask).where(ReportTask.job_id == self._job)
        names: dict[int | None, str] = dict(session.exec(asked).all())
        return session.get_one(AppUser, job.created_by).name, names, found

    def _one(self, task: ReportTask, folder: Path) -> Exception | None:
        """Do a task, or write why not; what should be tried again is answered."""
        key = task.id or 0
        self._step(0, "")
        try:
            if task.deed == "PUBLISH":
                self._publish(task, folder)
            else:
                self._change(lambda session, actor: self._short(session, actor, task))
        except (Stopped, JobAborted, OperationalError):
            raise
        except Exception as error:
            if isinstance(error, PASSING) and not self._is_last:
                return error
            self._seam.change_now(partial(self._failed, key=key, error=error))
        return None

    def _failed(self, session: Session, *, key: int, error: Exception) -> None:
        actor: Actor | None = None
        with contextlib.suppress(HubError):  # his account may be what is gone
            actor = self._actor(session)
        tasks.failed(session, actor, key, error)

    def _short(self, session: Session, actor: Actor, task: ReportTask) -> None:
        """A deed that is done at once, with the word that it is."""
        if task.deed == "DRAFT":
            report = drafting.draft_report(session, actor, task.period_id, task.agency_id)
        else:
            report = drafting.submit_report(
                session, actor, task.report_id or 0, task.expected_version, **named(task)
            )
        tasks.done(session, task.id or 0, report.id or 0)

    def _publish(self, task: ReportTask, folder: Path) -> None:
        key = task.report_id or 0
        report = self._seam.read_now(lambda session: self._official(session, task))
        paper = None if report is None else self._paper(task, report, folder)
        self._step(prints.STEPS, "công bố · publishing")

        def deed(session: Session, actor: Actor) -> None:
            publishing.publish_report(session, actor, key, task.expected_version, paper, **named(task))
            tasks.done(session, task.id or 0, key)

        self._change(deed)

    def _official(self, session: Session, task: ReportTask) -> Report | None:
        """The report as it goes out; None where it is out. What many share is read once."""
        actor, settings = self._actor(session), self._settings
        ready = publishing.to_print(session, actor, task.report_id or 0, task.expected_version, **named(task))
        if ready is None:
            return None
        freeze = ready.snapshot.freeze_id
        if freeze not in self._halves:
            self._halves = {freeze: half_of(session, actor, ready.period.deadline, freeze)}
        return build_official(
            session, actor, ready, settings.address, settings.report_signed_as, half=self._halves[freeze]
        )

    def _paper(self, task: ReportTask, report: Report, folder: Path) -> Paper:
        """The file of a report on the disk: printed before, or now."""
        key, content = task.report_id or 0, as_json(report)
        row = self._seam.change_now(lambda session: prints.enter(session, key, content, self._job))
        there = prints.paper_of(row)
        if there is not None:
            return there
        place = folder / str(row.id)
        forms = (PDF, BRIEF) if report.scope is None else (PDF,)

        def laying_out() -> None:
            self._step(0, "dàn trang · laying out")

        laying_out()
        if failure := self._worker.render(report, place, forms, watch=laying_out):
            raise PdfFailed(*failure)
        written = [place.with_name(place.name + form) for form in forms]
        printed, *brief = (one.read_bytes() for one in written)
        content_of_file = signed(printed, self._settings, self._step)
        for one in written:
            one.unlink()
        self._step(prints.STEPS - 1, "lưu tệp · storing the file")
        paper = kept(self._settings, content_of_file, brief[0] if brief else None)
        return self._seam.change_now(
            lambda session: prints.keep(session, row.id or 0, paper, is_signed=bool(self._settings.signers))
        )

    def _step(self, done: int, message: str) -> None:
        told = " · ".join(part for part in (self._called, message) if part)
        advanced(self._seam, self._job, done=self._at + done, message=told)
        if self._is_stopping():
            raise JobAborted

    def _actor(self, session: Session) -> Actor:
        """Who asked for it, as he is now. Raises UnknownUser once his account is closed."""
        return actor_for_user(session, self._name)

    def _change(self, deed: Callable[[Session, Actor], Any]) -> None:
        actor = self._seam.read_now(self._actor)
        self._seam.change_now(acting(actor, lambda session: deed(session, actor)))

    def _finish(self) -> None:
        """The job succeeded where anything was done; what failed is listed beside it."""
        found = self._seam.read_now(lambda session: list(tasks.tasks_of(session, self._job)))
        failed = [
            {"agencyId": task.agency_id, "reportId": task.report_id, **(task.problem or {})}
            for task in found
            if task.state == "FAILED"
        ]
        done = len(found) - len(failed)
        advanced(
            self._seam, self._job, done=len(found) * tasks.STEPS[found[0].deed], message="đã xong · done"
        )
        ended(
            self._seam, self._job, "SUCCEEDED" if done else "FAILED",
            result={"done": done, "failed": len(failed)}, problems=failed or None,
        )  # fmt: skip


def named(task: ReportTask) -> dict[str, Any]:
    """What is written into the report by the deed."""
    return {"number": task.number, "notation": task.notation, "issued_on": task.issued_on}
