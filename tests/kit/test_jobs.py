"""The job table: a schema of its own, times of day in Hà Nội, a worker beside something else."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from datetime import time

import psycopg
import pytest

from hub.kit.db import as_app
from hub.kit.jobs import daily, open_jobs, working


@pytest.mark.parametrize(
    ("there", "line"), [(time(2), "0 19 * * *"), (time(7, 30), "30 0 * * *"), (time(0, 5), "5 17 * * *")]
)
def test_a_time_of_day_is_meant_in_hanoi(there: time, line: str) -> None:
    assert daily(there) == line


def test_a_worker_beside_does_jobs_as_the_application_and_ends_with_the_block(
    fresh_database: Callable[[], str],
) -> None:
    dsn = fresh_database()
    done = threading.Event()

    app = open_jobs(as_app(dsn))

    @app.task(name="greet")
    def greet() -> None:
        done.set()

    with psycopg.connect(dsn) as connection:
        connection.execute(
            "set local search_path = jobs;"
            "insert into procrastinate_jobs (queue_name, task_name) values ('default', 'greet')"
        )
    with working(app):
        assert done.wait(30)
    assert "worker" not in {thread.name for thread in threading.enumerate()}
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("select task_name, status from jobs.procrastinate_jobs").fetchall()
        assert rows == [("greet", "succeeded")]
        assert connection.execute("select count(*) from jobs.procrastinate_workers").fetchone() == (0,)


def test_a_worker_stopped_at_its_start_says_nothing(
    fresh_database: Callable[[], str], capfd: pytest.CaptureFixture[str]
) -> None:
    app = open_jobs(as_app(fresh_database()))
    with working(app):
        pass
    gc.collect()  # a task left pending complains when it is collected
    assert capfd.readouterr() == ("", "")
