"""An agency's report of 40 pages, and 700 reports in two processes: CPU, peak memory, and whether it grows.

The demo has some fifty agencies that report: the run of 700 goes over them again and again, under other names. The
long report is one of them with as many units as 40 pages take.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import psutil
from pypdf import PdfReader

from hub.access.queries import actor_for_user
from hub.installation import opened
from hub.returns.owed import owing
from hub.settings import load
from reports.build import build_report, half_of
from reports.files import write_report
from reports.many import TASKS, Wanted, write_all
from reports.model import AgencyLine, Breakdown, Report
from tests.bench.servers import ROOT

PERIOD = date(2025, 6, 30)
AGENCY = "UBND-BADINH"
PAGES, CPU_SECONDS, MEGABYTES = 40, 15, 350
REPORTS, PROCESSES = 700, 2


def measure(folder: Path, reports: int = REPORTS) -> None:
    """Both figures against their limits."""
    data = folder / "data"
    if not data.is_dir():
        subprocess.run(
            [sys.executable, "-m", "hub", "demo", "--no-serve", "--items", "20000", "--data", str(data)],
            cwd=ROOT, check=True, capture_output=True,
        )  # fmt: skip
    told = _child("one", folder)
    print(
        f"\nan agency's report            {told['pages']:.0f} pages   CPU {told['cpu']:.1f} s (limit {CPU_SECONDS})"
        f"   peak {told['peak']:.0f} MB (limit {MEGABYTES})   of which building {told['built']:.2f} s"
    )
    many = _child("many", folder, str(reports))
    print(
        f"{reports} reports, {PROCESSES} processes        CPU {many['cpu']:.0f} s, {many['cpu'] / reports:.2f} s each,"
        f" {many['seconds']:.0f} s in all, {many['failed']:.0f} failed"
    )
    print(
        f"  rendering processes (at most {TASKS} reports each), peak MB by the part of the run they started in"
    )
    print("    " + "   ".join(f"{peak:.0f}" for peak in many["workers"]))
    print("  the process that builds, MB at each tenth of the run")
    print("    " + "   ".join(f"{size:.0f}" for size in many["parent"]))


def _child(kind: str, folder: Path, *more: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.reports", kind, str(folder), *more],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# ---- one long report ---------------------------------------------------------------------------------------


def _long(report: Report) -> Report:
    """The report with more units: what 40 pages take."""
    breakdowns = tuple(_with_units(breakdown, 118) for breakdown in report.breakdowns[:1]) * 5
    return replace(report, breakdowns=breakdowns)


def _with_units(breakdown: Breakdown, number: int) -> Breakdown:
    own, *units = breakdown.agencies
    more = [
        AgencyLine(
            f"U{at}", f"{unit.name} (đơn vị số {at})", unit.figure, unit.previous, unit.group, unit.rank
        )
        for at in range(number)
        for unit in (units[at % len(units)],)
    ]
    return replace(breakdown, agencies=(own, *more))


def _one(folder: Path) -> dict[str, float]:
    with opened(load(data=folder / "data")) as installation, installation.seam() as seam:
        began = time.process_time()
        report = seam.read_now(
            lambda session: build_report(session, actor_for_user(session), period=PERIOD, agency_code=AGENCY)
        )
        built = time.process_time() - began
    out = write_report(_long(report), folder / "one.pdf")
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "pages": len(PdfReader(out).pages),
        "cpu": spent.ru_utime + spent.ru_stime,
        "peak": spent.ru_maxrss / 1024,
        "built": built,
    }


# ---- 700 reports -------------------------------------------------------------------------------------------


class _Watch:
    """The memory of this process and of its children, looked at four times a second."""

    def __init__(self) -> None:
        self.peaks: dict[int, float] = {}  # by process, in the order in which they were first seen
        self.own: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)

    @contextmanager
    def on(self) -> Iterator[None]:
        """Look while the block runs."""
        self._thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._thread.join()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(0.25):
            self.own.append(me.memory_info().rss / 2**20)
            for child in me.children():
                try:
                    if "reports.worker" in child.cmdline():
                        size = child.memory_info().rss / 2**20
                        self.peaks[child.pid] = max(size, self.peaks.get(child.pid, 0))
                except psutil.NoSuchProcess:
                    continue


def _many(folder: Path, number: int) -> dict[str, Any]:
    out = folder / "many"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with opened(load(data=folder / "data")) as installation, installation.seam() as seam:
        actor, half, agencies = seam.read_now(
            lambda session: (
                actor := actor_for_user(session), half_of(session, actor, PERIOD), owing(session, PERIOD),
            )
        )  # fmt: skip
        codes = [one.code for one in agencies]
        wanted = [Wanted(codes[at % len(codes)], out / f"{at:03}") for at in range(number)]
        watch, began, failed = _Watch(), time.perf_counter(), 0

        def build(code: str) -> Report:
            return seam.read_now(
                lambda session: build_report(session, actor, period=PERIOD, agency_code=code, half=half)
            )

        with watch.on():
            for outcome in write_all(wanted, build, processes=PROCESSES):
                failed += outcome.failure is not None
        seconds = time.perf_counter() - began
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    tenth = max(1, len(watch.own) // 10)
    return {
        "seconds": seconds,
        "cpu": sum(one.ru_utime + one.ru_stime for one in spent),
        "failed": failed,
        "workers": list(watch.peaks.values()),
        "parent": watch.own[tenth - 1 :: tenth],
    }


if __name__ == "__main__":
    kind, place, *rest = sys.argv[1:]
    print(json.dumps(_one(Path(place)) if kind == "one" else _many(Path(place), int(rest[0]))))
