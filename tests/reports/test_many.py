"""Many reports in a few processes: whole or not there, taken up again, and one failure costs one report."""

import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.kit.errors import NotFound
from reports.many import Wanted, Worker, named, write_all
from reports.model import Report
from tests.reports import samples

SMALL = replace(samples.report(3), targets=(), breakdowns=(), tasks=(), ranking=(), duties=(), exclusions=())


def _build(code: str) -> Report:
    if code == "LOST":
        raise NotFound("cơ quan «LOST»", 'agency "LOST"')
    if code == "BROKEN":
        raise KeyError(code)
    return SMALL


@pytest.fixture
def worker(printer: None) -> Iterator[Worker]:
    """A place for a process that is replaced after two reports."""
    made = Worker(tasks=2)
    yield made
    made.close()


def _pid(worker: Worker) -> int:
    assert worker.process is not None
    return worker.process.pid


def test_every_report_is_written_in_both_forms_and_failures_are_told(printer: None, tmp_path: Path) -> None:
    wanted = [named(tmp_path, "2025-06-30", code) for code in ("A", "LOST", "B/C", "BROKEN")]
    (tmp_path / "bao-cao-2025-06-30-A.pdf").mkdir()  # in the way
    told = {one.wanted.code: one.failure for one in write_all(wanted, _build, processes=2)}
    assert set(told) == {"A", "LOST", "B/C", "BROKEN"}
    assert told["B/C"] is None
    assert "bao-cao-2025-06-30-A.pdf" in (told["A"] or ("",))[0]
    assert told["LOST"]
    assert "LOST" in told["LOST"][0]
    assert "was not found" in told["LOST"][1]
    assert told["BROKEN"]
    assert "KeyError" in told["BROKEN"][1]
    assert [one.code for one in wanted if one.is_there] == ["B/C"]
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "bao-cao-2025-06-30-A.xlsx",
        "bao-cao-2025-06-30-B%2FC.pdf",
        "bao-cao-2025-06-30-B%2FC.xlsx",
    ]


def test_a_process_is_replaced_before_it_grows(worker: Worker, tmp_path: Path) -> None:
    pids = []
    for number in range(4):
        if worker.process is not None:
            assert _pid(worker) == pids[-1]
        assert worker.render(SMALL, tmp_path / str(number)) is None
        pids.append(_pid(worker) if worker.process is not None else -1)
    assert pids[0] > 0
    assert pids[2] > 0
    assert (pids[1], pids[3]) == (-1, -1)
    assert pids[0] != pids[2]


def test_a_process_that_dies_costs_one_report_and_leaves_nothing(
    worker: Worker, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    assert worker.render(SMALL, tmp_path / "first") is None
    assert any(scratch.rglob("weasyprint-*"))
    os.kill(_pid(worker), signal.SIGKILL)
    failure = worker.render(SMALL, tmp_path / "second")
    assert failure is not None
    assert "ended half-way" in failure[1]
    assert worker.render(SMALL, tmp_path / "third") is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "first.pdf", "first.xlsx", "third.pdf", "third.xlsx",
    ]  # fmt: skip
    worker.close()
    assert not list(scratch.iterdir())


def test_a_process_that_faults_is_given_the_report_once_more(
    worker: Worker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hit: list[int] = []

    def fault(times: int) -> None:
        if len(hit) < times and _pid(worker) not in hit:
            hit.append(_pid(worker))
            os.kill(hit[-1], signal.SIGSEGV)

    assert worker.render(SMALL, tmp_path / "first", watch=lambda: fault(1)) is None
    assert (tmp_path / "first.pdf").read_bytes().startswith(b"%PDF")
    assert "ended with SIGSEGV; first is tried once more" in caplog.text
    worker.close()
    hit.clear()
    failure = worker.render(SMALL, tmp_path / "second", watch=lambda: fault(3))
    assert (len(hit), len(set(hit))) == (2, 2)
    assert failure is not None
    assert "ended half-way (SIGSEGV)" in failure[1]
    assert not (tmp_path / "second.pdf").exists()
    assert worker.render(SMALL, tmp_path / "third") is None


def test_a_report_that_takes_too_long_is_stopped(printer: None, tmp_path: Path) -> None:
    hasty = Worker(longest=0.0)
    failure = hasty.render(SMALL, tmp_path / "late")
    hasty.close()
    assert failure is not None
    assert not (tmp_path / "late.pdf").exists()


def test_who_stops_listening_stops_the_work(printer: None, tmp_path: Path) -> None:
    wanted = [Wanted(str(number), tmp_path / str(number)) for number in range(12)]
    outcomes = write_all(wanted, _build, processes=1)
    assert next(outcomes).failure is None
    outcomes.close()  # type: ignore[attr-defined]
    assert sum(one.is_there for one in wanted) < 12


def test_the_same_report_is_the_same_pdf_whoever_prints_it(worker: Worker, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert worker.render(SMALL, tmp_path / name) is None
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
