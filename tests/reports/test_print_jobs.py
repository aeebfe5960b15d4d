"""A report is printed by a job: asked for with the deed, followed, cancelled, tried again, and never half there."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlmodel import Session, select

from hub.access.queries import actor_for_user
from hub.kit.db import as_app, sqlalchemy_url
from hub.kit.jobs import DEAD_SECONDS, open_jobs, revive_now, working
from hub.kit.progress import Job
from hub.kit.seam import Seam
from hub.plan.load import load_plan
from hub.plan.models import Plan
from hub.returns.models import PublishedReport, ReportingPeriod
from hub.returns.publication.models import ReportPrint
from hub.returns.publication.papers import fetch
from hub.returns.publication.prints import KIND, ask, printed_of
from hub.settings import Settings
from hub.worker import jobs
from reports import figures
from reports.model import Report
from reports.pdf import render_pdf
from reports.print_jobs import perform
from reports.signatures import signatures_of
from reports.signing import SigningFailed
from tests.cli.test_serving import HUB
from tests.reports import samples

# Of an agency, whose report has no brief to be printed with it.
SMALL = replace(
    samples.OFFICIAL,
    scope="Cơ quan A",
    targets=(),
    breakdowns=(),
    tasks=(),
    ranking=(),
    duties=(),
    exclusions=(),
)
LARGE = replace(samples.report(40, official=True), scope="Cơ quan A", edition=samples.EDITION)


@dataclass
class Press:
    """A database with one report to print, and where its files go."""

    dsn: str
    seam: Seam
    settings: Settings
    report_id: int
    listening: psycopg.Connection[Any]

    def ask(self, report: Report, number: str) -> ReportPrint:
        """A print of the report under a number of its own."""
        assert report.edition
        content = figures.as_json(replace(report, edition=replace(report.edition, number=number)))
        return self.seam.change_now(
            lambda session: ask(session, actor_for_user(session), self.report_id, content)
        )

    def row(self, print_id: int | None) -> ReportPrint:
        return self.seam.read_now(lambda session: session.get_one(ReportPrint, print_id))

    def job(self, key: int) -> Job:
        return self.seam.read_now(lambda session: session.get_one(Job, key))

    def until(self, key: int, reached: Callable[[Job], bool]) -> Job:
        """The job once it is so far; each change of it is told by the database."""
        while not reached(self.job(key)):
            assert list(self.listening.notifies(timeout=60, stop_after=1)), (
                "the job has not moved for a minute"
            )
        return self.job(key)

    def files(self) -> list[str]:
        return [path.name for path in self.settings.papers.rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def press(
    clone: Callable[[], contextlib.AbstractContextManager[str]],
    printer: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Press]:
    with clone() as dsn:
        owner, engine = create_engine(sqlalchemy_url(dsn)), create_engine(sqlalchemy_url(as_app(dsn)))
        with Session(owner) as session, session.begin():
            load_plan(session)
            plan = session.exec(select(Plan)).first()
            assert plan
            day = samples.OFFICIAL.period
            period = ReportingPeriod(
                plan_id=plan.id or 0, deadline=day, returns_due_on=day, data_cutoff=day, state="CLOSED"
            )
            session.add(period)
            session.flush()
            report = PublishedReport(period_id=period.id or 0)
            session.add(report)
            session.flush()
            key = report.id or 0
        with psycopg.connect(dsn, autocommit=True) as listening:
            listening.execute("listen hub_job; set search_path = public, jobs")
            settings = Settings(data=tmp_path_factory.mktemp("data"), dsn=dsn)
            yield Press(dsn, Seam(engine), settings, key, listening)
        owner.dispose()
        engine.dispose()


def test_what_is_asked_for_is_printed_once_and_stored_by_its_hash(press: Press) -> None:
    asked = press.ask(SMALL, "1")
    assert press.job(asked.job_id).state == "QUEUED"
    assert press.ask(SMALL, "1").job_id == asked.job_id
    with working(jobs(press.settings, as_app(press.dsn), press.seam)):
        done = press.until(asked.job_id, lambda job: job.finished_at is not None)
    assert (done.state, done.done, done.total) == ("SUCCEEDED", 4, 4)
    row = press.row(asked.id)
    assert done.result == {
        "print": row.id,
        "report": press.report_id,
        "sha256": row.sha256,
        "bytes": row.byte_size,
    }
    content = fetch(press.settings.papers, row.object_key or "", row.sha256 or "")
    assert SMALL.edition
    assert content == render_pdf(replace(SMALL, edition=replace(SMALL.edition, number="1")))
    assert not row.is_signed
    again = press.ask(SMALL, "1")
    assert (again.id, again.job_id) == (row.id, row.job_id)
    paper = press.seam.read_now(lambda session: printed_of(session, press.report_id, row.content))
    assert paper
    assert paper.sha256 == row.sha256


def test_those_who_ask_at_once_find_one_print(press: Press) -> None:
    start = threading.Barrier(4)

    def asked(_: int) -> tuple[int | None, int]:
        start.wait(10)
        row = press.ask(SMALL, "at once")
        return row.id, row.job_id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(asked, range(4)))) == 1


def test_a_deed_that_is_undone_asks_for_nothing(press: Press) -> None:
    def undone(session: Session) -> None:
        ask(session, actor_for_user(session), press.report_id, "{}")
        assert session.connection().exec_driver_sql("show search_path").scalar() != "jobs"
        raise KeyboardInterrupt

    with psycopg.connect(press.dsn) as connection:
        count = "select (select count(*) from jobs.procrastinate_jobs where task_name = %s), (select count(*) from job)"
        before = connection.execute(count, [KIND]).fetchone()
        with pytest.raises(KeyboardInterrupt):
            press.seam.change_now(undone)
        assert connection.execute(count, [KIND]).fetchone() == before


def test_who_cancels_it_ends_it_in_the_middle_of_a_page(press: Press) -> None:
    asked = press.ask(LARGE, "2")
    before = press.files()
    work = threading.Thread(target=perform, args=(press.seam, press.settings, asked.id, asked.job_id))
    work.start()
    press.until(asked.job_id, lambda job: job.message is not None)
    press.listening.execute("update job set cancel_requested_at = now() where id = %s", [asked.job_id])
    work.join()
    assert press.job(asked.job_id).state == "CANCELLED"
    assert press.row(asked.id).sha256 is None
    assert press.files() == before
    anew = press.ask(LARGE, "2")
    assert (anew.id, anew.job_id != asked.job_id) == (asked.id, True)
    press.listening.execute("delete from jobs.procrastinate_jobs where task_name = %s", [KIND])


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done_and_another_does_it_again(
    press: Press,
) -> None:
    asked = press.ask(LARGE, "3")
    before = press.files()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environment = {**kept, "HUB_DSN": press.dsn, "HUB_DATA": str(press.settings.data)}
    with subprocess.Popen([*HUB, "worker"], env=environment, stderr=subprocess.DEVNULL) as worker:
        try:
            press.until(asked.job_id, lambda job: job.message is not None)
        finally:
            worker.kill()
    assert press.job(asked.job_id).state == "RUNNING"
    assert press.row(asked.id).sha256 is None
    assert press.files() == before
    press.listening.execute(
        "update jobs.procrastinate_workers set last_heartbeat = now() - make_interval(secs => %s)",
        [DEAD_SECONDS + 1],
    )

    async def revive() -> int:
        async with open_jobs(as_app(press.dsn)).open_async() as app:
            return await revive_now(app, "reports")

    assert asyncio.run(revive()) == 1
    with working(jobs(press.settings, as_app(press.dsn), press.seam)):
        done = press.until(asked.job_id, lambda job: job.finished_at is not None)
    assert done.state == "SUCCEEDED"
    assert len(press.files()) == len(before) + 1
    assert press.row(asked.id).sha256


def test_what_is_signed_is_proved_before_it_is_kept(press: Press, signing: Settings) -> None:
    settings = replace(signing, data=press.settings.data)
    asked = press.ask(SMALL, "4")
    perform(press.seam, settings, asked.id or 0, asked.job_id)
    row = press.row(asked.id)
    assert row.is_signed
    content = fetch(settings.papers, row.object_key or "", row.sha256 or "")
    assert [one.verdict for one in signatures_of(content, settings)] == ["PASSED", "PASSED"]
    perform(press.seam, settings, asked.id or 0, press.ask(SMALL, "4").job_id)  # done again: not signed twice
    assert press.row(asked.id).sha256 == row.sha256


def test_a_failure_is_told_after_the_last_try(press: Press, signing: Settings) -> None:
    settings = replace(signing, data=press.settings.data, timestamp_url="http://127.0.0.1:9/")
    asked = press.ask(SMALL, "5")
    for is_last, state in ((False, "RUNNING"), (True, "FAILED")):
        with pytest.raises(SigningFailed):
            perform(press.seam, settings, asked.id or 0, asked.job_id, is_last=is_last)
        job = press.job(asked.job_id)
        assert (job.state, (job.message or "").startswith("Sẽ tự thử lại: ")) == (state, not is_last)
    [problem] = press.job(asked.job_id).problems or []
    assert problem["code"] == "SIGNING_FAILED"
    assert "HUB_TIMESTAMP_URL" in problem["messageEn"]
    assert press.row(asked.id).sha256 is None
    assert press.ask(SMALL, "5").job_id != asked.job_id
