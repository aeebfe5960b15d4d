"""`hub worker`: proves the counters, names what differs, runs once, stops when told."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job
from sqlalchemy import create_engine

from hub.doctor import examine
from hub.kit.clock import HANOI
from hub.kit.db import as_app, sqlalchemy_url
from hub.kit.seam import Seam
from hub.records.models.tally import GROUP
from hub.settings import Settings
from hub.worker import Again, jobs
from tests.cli.conftest import Done, HubIn
from tests.cli.test_serving import HUB
from tests.conftest import Cities

Environment = dict[str, str]
Once = Callable[..., Done]


@pytest.fixture(scope="module")
def own_city(cities: Cities) -> Iterator[str]:
    """A city of this module's own: the nights leave events."""
    with cities(40) as city:
        yield city.owner_dsn


@pytest.fixture
def environment(own_city: str) -> Environment:
    return {"HUB_DSN": own_city, "HUB_TODAY": "2025-06-30"}


@pytest.fixture
def once(environment: Environment, hub_in: HubIn, caplog: pytest.LogCaptureFixture) -> Once:
    """Runs a night at once; words beside, and settings that differ."""
    caplog.set_level("INFO", "hub")
    return lambda *words, **more: hub_in({**environment, **more}, "worker", "--once", "nightly", *words)


@contextlib.contextmanager
def worker(environment: Environment) -> Iterator[subprocess.Popen[str]]:
    """A worker that is ready; killed at the latest on leaving."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    environment = kept | environment
    with subprocess.Popen([*HUB, "worker"], env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            until(process, "nightly")
            yield process
        finally:
            process.kill()


def until(process: subprocess.Popen[str], words: str) -> str:
    """The next line that has these words; reading waits for it, and ends with the process."""
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if words in line:
            return line
    raise AssertionError("".join(seen))


def events(dsn: str) -> list[tuple[str, dict[str, Any]]]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute(
            "select outcome, detail from audit_event where event_type = 'kpi:recount' order by id"
        )
        return [(str(outcome), detail) for outcome, detail in rows]


def finding(dsn: str) -> tuple[bool, str]:
    [night] = [one for one in examine(Settings(dsn=dsn)) if one.name == "nightly"]
    return night.ok, night.detail


def test_a_night_that_finds_nothing_wrong_says_so_and_is_recorded(
    once: Once, own_city: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = len(events(own_city))
    done = once("--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["differences"]) == (0, []), done.stderr
    assert told["compared"] > 1_000
    assert f"{told['compared']} sums are what a recount finds" in caplog.text
    assert events(own_city)[before:] == [
        ("success", {"compared": told["compared"], "differing": 0, "differences": []})
    ]
    ok, detail = finding(own_city)
    assert ok
    assert str(told["compared"]) in detail
    with psycopg.connect(own_city) as connection:
        (unfolded,) = connection.execute(
            "select count(*) from born_digital_count where grain = 'NEW'"
        ).fetchone() or (None,)
        assert unfolded == 0


def test_a_tampered_counter_is_named_and_ends_the_night_with_3(
    once: Once, environment: Environment, own_city: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = len(events(own_city))
    with psycopg.connect(own_city, autocommit=True) as connection:
        row = connection.execute(
            "update born_digital_count c set electronic = electronic + 7 from agency a"
            " where a.id = c.creator_id and c.ctid = (select min(ctid) from born_digital_count"
            " where grain = 'YEAR' and n > 0) returning a.code, c.ctid::text"
        ).fetchone()
        assert row is not None
        done = once("--json")
        try:
            assert done.returncode == 3, done.stderr
            found = json.loads(done.stdout)["differences"]
            assert {one["measure"] for one in found} == {"born_digital"}
            assert {one["agency"] for one in found} == {row[0]}
            assert all(one["figure"] and one["kept"] != one["recounted"] for one in found)
            assert f"{len(found)} of" in caplog.text
            [(outcome, detail)] = events(own_city)[before:]
            assert (outcome, detail["differing"]) == ("failure", len(found))
            assert [one["figure"] for one in detail["differences"]] == [one["figure"] for one in found][:100]
            assert not finding(own_city)[0]
            assert row[0] in once().stdout  # and as a table
            with worker({**environment, "HUB_NIGHTLY_AT": just_now()}) as process:
                assert row[0] in until(process, "nightly recount")
                process.send_signal(signal.SIGTERM)
                assert process.wait(20) == 0
            states = connection.execute(
                "select status from jobs.procrastinate_jobs where task_name = 'nightly' order by id desc limit 1"
            )
            assert states.fetchone() == ("failed",)
        finally:
            connection.execute(
                "update born_digital_count set electronic = electronic - 7 where ctid = %s::tid", [row[1]]
            )
            connection.execute("delete from jobs.procrastinate_periodic_defers")


def test_a_wrong_tally_is_named_and_ends_the_night_with_3(once: Once, own_city: str) -> None:
    with psycopg.connect(own_city, autocommit=True) as connection:
        connection.execute("insert into record_tally select * from record_tally where kind = 'file' limit 1")
        try:
            done = once("--json")
            [found] = json.loads(done.stdout)["differences"]
            assert (done.returncode, found["measure"], found["figure"]) == (3, "record_tally", "file")
            assert int(found["kept"]) == 2 * int(found["recounted"])
            [named] = events(own_city)[-1][1]["differences"]
            assert (named["agency"], named["sum"]) == (found["agency"], found["sum"])
        finally:
            connection.execute("select hub_tally_records()")


def test_what_waits_in_the_tally_is_folded_during_the_day(own_city: str) -> None:
    rows, groups = (
        "select count(*) from record_tally",
        "select count(*) from (select from record_tally group by {}) g",
    )
    with psycopg.connect(own_city, autocommit=True) as connection:
        for level in (2, 1, 0):
            connection.execute("update item set access_level = %s where code like '%%5'", [level])
        engine = create_engine(sqlalchemy_url(as_app(own_city)))
        settings = Settings(dsn=own_city)
        task = jobs(settings, own_city, Seam(engine)).tasks["fold"]
        task(timestamp=0)
        engine.dispose()
        assert connection.execute("select hub_merge_words()").fetchone() == (
            0,
        )  # words wait no longer, either
        by = groups.format(", ".join(("kind", *GROUP)))
        assert connection.execute(rows).fetchone() == connection.execute(by).fetchone()  # type: ignore[arg-type]


def just_now() -> str:
    """A time that has been reached today in Hà Nội, or the minute before."""
    return f"{datetime.now(HANOI) - timedelta(minutes=1):%H:%M}"


def test_two_workers_run_a_night_once_and_stop_when_told(environment: Environment, own_city: str) -> None:
    before = len(events(own_city))
    awake = {**environment, "HUB_NIGHTLY_AT": just_now(), "HUB_LOG_LEVEL": "debug"}
    with worker(awake) as first:
        assert "recount finds" in until(first, "nightly recount")
        with worker(awake) as second:
            until(second, "already deferred")
            for process in (first, second):
                process.send_signal(signal.SIGTERM)
                assert process.wait(20) == 0
    assert [outcome for outcome, _ in events(own_city)[before:]] == ["success"]


def test_who_comes_second_is_told_and_changes_nothing(once: Once, own_city: str) -> None:
    before = events(own_city)
    with psycopg.connect(own_city) as connection:
        connection.execute("select pg_advisory_xact_lock(670200)")
        done = once()
    assert (done.returncode, done.stdout) == (1, "")
    assert "another process" in done.stderr
    assert events(own_city) == before


@pytest.mark.parametrize("value", ["two", "25:00"])
def test_a_time_that_is_none_stops_the_start(once: Once, value: str) -> None:
    done = once(HUB_NIGHTLY_AT=value)
    assert done.returncode == 2
    assert "HUB_NIGHTLY_AT" in done.stderr


def test_a_night_can_be_followed(once: Once, own_city: str) -> None:
    assert once().returncode == 0
    with psycopg.connect(own_city) as connection:
        row = connection.execute(
            "select kind, state, done = total, total > 1, result ->> 'differing', finished_at >= created_at"
            " from job order by id desc limit 1"
        ).fetchone()
    assert row == ("kpi:recount", "SUCCEEDED", True, True, "0", True)


def test_what_a_workers_end_broke_off_goes_on_and_what_fails_is_tried_so_often() -> None:
    again = Again(3)

    def decided(error: Exception, attempts: int) -> bool:
        job = Job(id=1, queue="reports", lock=None, queueing_lock=None, task_name="print", attempts=attempts)
        return again.get_retry_decision(exception=error, job=job) is not None

    assert [decided(JobAborted(), before) for before in (0, 2, 40)] == [True] * 3
    assert [decided(OSError(), before) for before in (0, 1, 2)] == [True, True, False]
    assert not decided(ValueError(), 0)
