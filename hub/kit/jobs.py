"""Jobs on PostgreSQL by procrastinate, whose tables live in the schema `jobs`; no second broker.

    app = open_jobs(dsn)
    @app.periodic(cron=daily(time(2)))
    @app.task(…)
    def nightly(timestamp: int) -> None: …
    work(app, ready)          # until SIGTERM or SIGINT
    with working(app): …      # beside something else in this process

However many workers run, a periodic task is put into the table once for each of its times.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector
from sqlalchemy import text
from sqlmodel import Session

from hub.kit.clock import HANOI, now

SCHEMA = "jobs"
STOP_SECONDS = 2
DEAD_SECONDS = 30
# A short job need not wait for the end of two long ones.
AT_ONCE = 3
# A worker that starts this late still does what was due; 02:00 and six hours end before people come to work.
CATCH_UP_SECONDS = 6 * 3600

log = logging.getLogger(__name__)


def open_jobs(dsn: str) -> App:
    """The job table of this database, to declare tasks on; it connects when a worker starts."""
    connector = PsycopgConnector(
        conninfo=dsn,
        min_size=1,
        max_size=4,
        configure=_into_schema,
        kwargs={"application_name": "hub worker"},
    )
    return App(connector=connector, periodic_defaults={"max_delay": CATCH_UP_SECONDS})


def defer(session: Session, task: str, args: dict[str, Any], *, queue: str, lock: str | None = None) -> None:
    """Put a job into the table in the transaction of a deed: it exists when the deed does, and never without it.

    Of jobs with the same `lock` one runs at a time.
    """
    connection = session.connection()
    before = connection.execute(text("select current_setting('search_path')")).scalar_one()
    path = text("select set_config('search_path', :path, true)")
    connection.execute(path, {"path": SCHEMA})
    connection.execute(
        text(
            "insert into procrastinate_jobs (queue_name, task_name, args, lock)"
            " values (:queue, :task, cast(:args as jsonb), :lock)"
        ),
        {"queue": queue, "task": task, "args": json.dumps(args), "lock": lock},
    )
    connection.execute(path, {"path": before})


def is_served(session: Session) -> bool:
    """Whether a worker is there that would do a job: one that was heard of in the last half minute."""
    heard = text(
        f"select exists (select from {SCHEMA}.procrastinate_workers"
        " where last_heartbeat > now() - make_interval(secs => :dead))"
    )
    return bool(session.connection().scalar(heard, {"dead": DEAD_SECONDS}))


def revived(app: App, queue: str) -> None:
    """Declare that jobs of a queue whose worker died are done again; a worker is dead after half a minute's silence."""

    @app.periodic(cron="* * * * * */15")
    @app.task(name=f"revive-{queue}", queue=f"{queue}-care", queueing_lock=f"revive-{queue}")
    async def revive(timestamp: int) -> None:
        await revive_now(app, queue)

    tidied(app, f"{queue}-care")


async def revive_now(app: App, queue: str) -> int:
    """Put such jobs back into the line; how many there were."""
    stalled = list(await app.job_manager.get_stalled_jobs(queue=queue, seconds_since_heartbeat=DEAD_SECONDS))
    for job in stalled:
        await app.job_manager.retry_job(job)
    return len(stalled)


def daily(at: time) -> str:
    """The cron line of a time of day in Hà Nội; procrastinate reads cron lines in UTC."""
    there = datetime.combine(now().astimezone(HANOI), at, HANOI).astimezone(UTC)
    return f"{there.minute} {there.hour} * * *"


def tidied(app: App, queue: str, hours: int = 1) -> None:
    """Declare that done jobs of a queue are forgotten after so many hours: for jobs that run all day."""

    @app.periodic(cron="17 * * * *")
    @app.task(name=f"tidy-{queue}", queue=queue)
    async def tidy(timestamp: int) -> None:
        await app.job_manager.delete_old_jobs(hours, queue, include_failed=True)


def work(app: App, ready: Callable[[], None]) -> None:
    """Do jobs until SIGTERM or SIGINT; `ready` is called once a signal will be heeded.

    A running job gets two seconds, then it is asked to stop where it can.
    """

    async def heeding() -> None:
        task = asyncio.current_task()
        assert task is not None
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        await _work(app, ready)

    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(heeding())


@contextlib.contextmanager
def working(app: App) -> Iterator[None]:
    """Do jobs in a thread of this process for as long as the block lasts."""
    # Stopping before the connections are open would leave some of them waiting for ever.
    may_stop = threading.Event()
    running: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = []

    async def until_told() -> None:
        task = asyncio.current_task()
        assert task is not None
        running.append((asyncio.get_running_loop(), task))
        await _work(app, may_stop.set)

    def run() -> None:
        try:
            asyncio.run(until_told())
        except asyncio.CancelledError:
            pass
        except Exception:
            log.exception("bộ chạy việc nền đã dừng vì lỗi · the worker has stopped because of an error")
        finally:
            may_stop.set()

    thread = threading.Thread(target=run, name="worker")
    thread.start()
    try:
        yield
    finally:
        may_stop.wait()
        loop, task = running[0]
        with contextlib.suppress(RuntimeError):  # it has stopped by itself, and its loop with it
            loop.call_soon_threadsafe(task.cancel)
        thread.join()


async def _work(app: App, ready: Callable[[], None]) -> None:
    async with app.open_async():
        ready()
        await app.run_worker_async(
            name="hub",
            concurrency=AT_ONCE,
            install_signal_handlers=False,
            shutdown_graceful_timeout=STOP_SECONDS,
        )


async def _into_schema(connection: psycopg.AsyncConnection[Any]) -> None:
    """procrastinate names its tables without a schema."""
    await connection.execute(f"set search_path = {SCHEMA}")
    await connection.commit()
