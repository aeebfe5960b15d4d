"""What the hub does by itself: every night the counters are folded and proved by a recount of the records, and every
ten minutes the tally of records is folded (hub/kpi/tally.py) and words that wait are merged into their index
(hub/records/word_index.py); every ten seconds what has been written into the audit trail is sealed
(hub/audit/sealing), on the morning of each working day agencies are reminded of returns they owe, and every minute the
mails that wait are sent; every night old ones lose their addresses (hub/returns/reminders). And what it is asked for:
reports are printed for publication, drafted and published (reports/print_jobs.py, task_jobs.py).

The night's result is an audit event `kpi:recount` and one line in the log; where figures differ the job ends as
failed, so that it is seen. `hub worker --once nightly` does the same at once.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision, RetryStrategy
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from hub.access.queries import LOCAL_USER, actor_for_user
from hub.audit.commands import record
from hub.audit.sealing.seals import seal_all
from hub.kit.clock import today
from hub.kit.errors import HubError, Unavailable
from hub.kit.jobs import daily, open_jobs, revived, tidied
from hub.kit.progress import Stopped, advanced, ended, started
from hub.kit.seam import Seam
from hub.kpi.counters import Difference, cut_offs, fold, recount, recount_records
from hub.kpi.tally import fold_tally
from hub.records.word_index import merge_words
from hub.returns.publication import prints, tasks
from hub.returns.reminders.forgetting import Forgotten, forget_mails
from hub.returns.reminders.reminding import Written, remind_due
from hub.returns.reminders.sending import mailbox, send_waiting
from hub.settings import Settings
from reports import print_jobs, task_jobs

EVENT = "kpi:recount"
SENDING = "* * * * *"
FOLDING = "*/10 * * * *"
SEALING = "* * * * * */10"  # croniter's sixth field is the second
PRINT_TRIES = 3
PRINT_PAUSE = 20  # seconds: a timestamp authority may be away for a moment
TASK_TRIES = 5  # each goes on where the last one stopped
NAMED = 100  # how many differences an audit event names; their number is whole
LOCK = 67_0200

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recount:
    """How many sums were compared with the records, and which differ."""

    compared: int
    differences: tuple[Difference, ...]


class FiguresDiffer(Exception):
    """The counters are not what the records say: what ends a night as failed."""


class AlreadyRunning(Unavailable):
    """Another process is at the same work on this database."""

    def __init__(self) -> None:
        super().__init__(
            "Việc hằng đêm đang chạy ở tiến trình khác. Hãy chạy lại sau khi nó xong.",
            "The nightly work is running in another process. Run this again when that is done.",
        )


def jobs(settings: Settings, dsn: str, seam: Seam) -> App:
    """The jobs of an installation; `dsn` is the application's login, `seam` its way to the core."""
    app = open_jobs(dsn)
    # What went wrong is logged here, in one line where it is foreseen; the library would add a trace.
    logging.getLogger("procrastinate").setLevel(
        logging.DEBUG if settings.log_level.lower() == "debug" else logging.WARNING
    )
    logging.getLogger("procrastinate.worker").addFilter(_is_news)
    broken_off = RetryStrategy(max_attempts=3, wait=60, retry_exceptions=(OperationalError, JobAborted))

    @app.periodic(cron=daily(settings.nightly_at))
    @app.task(name="nightly", retry=broken_off, pass_context=True)
    def of_tonight(context: JobContext, timestamp: int) -> None:
        try:
            made = nightly(seam, stopped=context.should_abort)
        except (AlreadyRunning, JobAborted) as error:
            log.warning("việc hằng đêm: %s · nightly work: %s", error, error)
            raise
        except Exception:
            log.exception("việc hằng đêm hỏng vì lỗi · the nightly work failed because of an error")
            raise
        if made.differences:
            raise FiguresDiffer(f"{len(made.differences)} of {made.compared} sums differ")

    @app.periodic(cron=SEALING)
    @app.task(name="seal", queue="audit", queueing_lock="seal")
    def of_now(timestamp: int) -> None:
        try:
            seal_all(seam, settings.audit_key_file, settings.audit_heads_file)
        except Unavailable as error:
            log.error("niêm phong nhật ký: %s · sealing the audit: %s", error.message_vi, error.message_en)
            raise

    @app.periodic(cron=daily(settings.remind_at))
    @app.task(name="remind", queue="mail", retry=broken_off)
    def of_this_morning(timestamp: int) -> None:
        remind(seam)

    @app.periodic(cron=SENDING)
    @app.task(name="send", queue="mail", queueing_lock="send")
    def of_this_minute(timestamp: int) -> None:
        told = send_waiting(seam, mailbox(settings), settings.address)
        if told.lost:
            log.warning("thư chưa gửi được: %s · mail waits: %s", told.lost, told.lost)
        if told.failed:
            log.error("%d thư bị từ chối; xem: hub outbox · %d mails refused", told.failed, told.failed)

    @app.periodic(cron=daily(settings.nightly_at))
    @app.task(name="forget", queue="mail", retry=broken_off)
    def of_old_mails(timestamp: int) -> None:
        forget(seam, settings)

    @app.periodic(cron=FOLDING)
    @app.task(name="fold", queue="tally", queueing_lock="fold")
    def of_ten_minutes(timestamp: int) -> None:
        seam.change_now(fold_tally)
        seam.change_now(merge_words)

    tidied(app, "audit")
    tidied(app, "mail")
    tidied(app, "tally")

    @app.task(name=prints.KIND, queue=prints.QUEUE, retry=Again(PRINT_TRIES), pass_context=True)
    def of_a_report(context: JobContext, print_id: int, job: int) -> None:
        with _told("in báo cáo", "printing a report"):
            print_jobs.perform(
                seam, settings, print_id, job, is_stopping=context.should_abort, is_last=_is_last(context, PRINT_TRIES)
            )  # fmt: skip

    @app.task(name=tasks.NAME, queue=prints.QUEUE, retry=Again(TASK_TRIES), pass_context=True)
    def of_reports(context: JobContext, job: int) -> None:
        with _told("lập, công bố báo cáo", "drafting and publishing reports"):
            task_jobs.perform(
                seam, settings, job, is_stopping=context.should_abort, is_last=_is_last(context, TASK_TRIES)
            )

    revived(app, prints.QUEUE)
    tidied(app, prints.QUEUE, hours=24)
    return app


@dataclass(frozen=True)
class Again(BaseRetryStrategy):
    """So many tries of what something absent has stopped; what a worker's end broke off goes on, however often."""

    tries: int

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to do it again; None: no more."""
        goes_on = isinstance(exception, JobAborted)
        if goes_on or (isinstance(exception, print_jobs.PASSING) and job.attempts + 1 < self.tries):
            return RetryDecision(retry_in={"seconds": PRINT_PAUSE})
        return None


def _is_last(context: JobContext, tries: int) -> bool:
    return context.job.attempts + 1 >= tries


@contextlib.contextmanager
def _told(vietnamese: str, english: str) -> Iterator[None]:
    """A line in the log for what stands in a job's way."""
    try:
        yield
    except HubError as error:
        log.error("%s: %s · %s: %s", vietnamese, error.message_vi, english, error.message_en)
        raise


def remind(seam: Seam, acting: str = LOCAL_USER) -> list[Written]:
    """Remind the agencies whose day it is, in one transaction; a second time on the same day reminds nobody."""
    written = seam.change_now(lambda session: remind_due(session, actor_for_user(session, acting)))
    for one in written:
        log.info(
            "đã nhắc %d cơ quan, %d không có địa chỉ thư · %d agencies reminded, %d with nobody to write to",
            *(len(one.agencies), len(one.unreachable)) * 2,
        )
    return written


def forget(seam: Seam, settings: Settings, acting: str = LOCAL_USER) -> Forgotten:
    """Take addresses and words out of mails that went out long ago."""
    made = forget_mails(seam, settings, seam.read_now(lambda session: actor_for_user(session, acting)))
    if made.mails or made.files:
        log.info(
            "đã xóa địa chỉ của %d thư, %d tệp thư · addresses of %d mails and %d files of mails forgotten",
            *(made.mails, made.files) * 2,
        )
    return made


def nightly(seam: Seam, acting: str = LOCAL_USER, stopped: Callable[[], bool] = lambda: False) -> Recount:
    """Fold the counters, prove them at each half-year and today, and leave the result in the audit and the log.

    Raises AlreadyRunning; JobAborted when `stopped` says so, which is asked between two dates.
    """
    seam.change_now(fold)
    made = seam.change_now(lambda session: _prove(session, seam, acting, stopped))
    if made.differences:
        one = made.differences[0]
        log.error(
            "đếm lại hằng đêm: %d trên %d tổng khác · nightly recount: %d of %d sums differ; %s %s, %s, %s: %s ≠ %s",
            *(len(made.differences), made.compared) * 2,
            *(one.measure, one.figure, one.agency, one.as_of, one.kept, one.recounted),
        )
    else:
        log.info(
            "đếm lại hằng đêm: %d tổng khớp · nightly recount: %d sums are what a recount finds",
            *(made.compared, made.compared),
        )
    return made


def _prove(session: Session, seam: Seam, acting: str, stopped: Callable[[], bool]) -> Recount:
    """Compare, and record the outcome; a change that commits meanwhile is in neither side's numbers.

    How far it is can be followed (`jobUpdated`), in transactions of their own.
    """
    session.execute(text("set transaction isolation level repeatable read"))
    if not session.execute(text("select pg_try_advisory_xact_lock(:key)"), {"key": LOCK}).scalar():
        raise AlreadyRunning
    actor, days = actor_for_user(session, acting), cut_offs(session, today())
    compared = 0
    differences: list[Difference] = []
    job = started(seam, EVENT, by=actor.id, total=len(days))
    try:
        for done, as_of in enumerate(days):
            advanced(seam, job, done=done, message=as_of.isoformat())
            if stopped():
                raise JobAborted
            sums, found = recount(session, [as_of])
            compared, differences = compared + sums, differences + found
        groups, found = recount_records(session, today())
        compared, differences = compared + groups, differences + found
        advanced(seam, job, done=len(days))
    except BaseException as error:
        ended(seam, job, "CANCELLED" if isinstance(error, JobAborted | Stopped) else "FAILED")
        if isinstance(error, Stopped):
            raise JobAborted from error
        raise
    told = {"compared": compared, "differing": len(differences)}
    ended(seam, job, "FAILED" if differences else "SUCCEEDED", result=told)
    detail = {
        "compared": compared,
        "differing": len(differences),
        "differences": [_named(one) for one in differences[:NAMED]],
    }
    outcome = "failure" if differences else "success"
    record(session, actor, EVENT, "kpi", None, outcome=outcome, detail=detail)
    return Recount(compared, tuple(differences))


def _named(one: Difference) -> dict[str, str | int | None]:
    return {
        "measure": one.measure,
        "figure": one.figure,
        "agency": one.agency,
        "year": one.year,
        "asOf": one.as_of.isoformat(),
        "sum": one.sum,
        "kept": str(one.kept),
        "recounted": str(one.recounted),
    }


def _is_news(record: logging.LogRecord) -> bool:
    return getattr(record, "action", None) != "job_error"
