"""Many reports at once: built here one by one, rendered in a few processes that are replaced before they grow.

A layout engine keeps a little of every document it has laid out, so a process ends after `TASKS` reports and another
takes its place. A report whose process dies of a fault is rendered once more in another; one that is killed (out of
memory), or dies again, costs that report only. What is written is whole or not there, so a run that was broken off is
taken up again where it stopped.
"""

import logging
import pickle
import queue
import select
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from hub.kit.errors import HubError
from reports.apart import FAULTS, LONGEST, PYTHON, WATCH_SECONDS, ending, surroundings
from reports.model import Report
from reports.worker import FORMS, Answer

TASKS = 25

log = logging.getLogger("hub.reports")


@dataclass(frozen=True)
class Wanted:
    """A report that is asked for: whose it is and where it goes, without suffix."""

    code: str
    path: Path

    @property
    def is_there(self) -> bool:
        """Whether every form of it has been written."""
        return all(self.path.with_name(self.path.name + suffix).is_file() for suffix in FORMS)


@dataclass(frozen=True)
class Outcome:
    """A report that was written, or what went wrong in Vietnamese and English."""

    wanted: Wanted
    failure: Answer = None


def named(folder: Path, period: str, code: str) -> Wanted:
    """The report of an agency in a folder; a code with a stroke in it is still one name."""
    return Wanted(code, folder / f"bao-cao-{period}-{quote(code, safe='')}")


def write_all(
    wanted: Sequence[Wanted], build: Callable[[str], Report], *, processes: int = 2
) -> Iterator[Outcome]:
    """Build and render each report, in so many processes; outcomes come as they are there, in no order.

    `build` is called with a code, on as many threads as there are processes.
    """
    todo: queue.SimpleQueue[Wanted] = queue.SimpleQueue()
    for one in wanted:
        todo.put(one)
    done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    stopped = threading.Event()
    lanes = [
        threading.Thread(target=_lane, args=(todo, build, done, stopped), name=f"reports-{number}")
        for number in range(min(processes, len(wanted)))
    ]
    for lane in lanes:
        lane.start()
    try:
        for _ in wanted:
            yield done.get()
    finally:
        stopped.set()
        for lane in lanes:
            lane.join()


def _lane(
    todo: "queue.SimpleQueue[Wanted]",
    build: Callable[[str], Report],
    done: "queue.SimpleQueue[Outcome]",
    stopped: threading.Event,
) -> None:
    worker = Worker()
    try:
        while not stopped.is_set():
            try:
                one = todo.get_nowait()
            except queue.Empty:
                return
            done.put(Outcome(one, _made(one, build, worker)))
    finally:
        worker.close()


def _made(one: Wanted, build: Callable[[str], Report], worker: "Worker") -> Answer:
    try:
        return worker.render(build(one.code), one.path)
    except HubError as error:
        return error.message_vi, error.message_en
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        return f"lỗi ngoài dự kiến, {told}", f"unexpected error, {told}"


class _Ended(Exception):
    """The process ended before it answered, with this exit code; below zero: by a signal."""

    def __init__(self, code: int) -> None:
        super().__init__(ending(code))
        self.code = code


class Worker:
    """One place for a rendering process: it is started when needed, and replaced after `tasks` reports or its death."""

    def __init__(self, tasks: int = TASKS, longest: float = LONGEST) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._tasks, self._longest, self._left = tasks, longest, 0

    def render(
        self,
        report: Report,
        path: Path,
        forms: Sequence[str] = FORMS,
        watch: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Have a report written in its forms; what went wrong, or None.

        `watch` is called twice a second; what it raises ends the process and is passed on.
        """
        try:
            return self._rendered(report, path, forms, watch)
        except _Ended as first:
            code = first.code
        if code in FAULTS:
            log.warning(
                "The rendering process ended with %s; %s is tried once more.", ending(code), path.name
            )
            try:
                return self._rendered(report, path, forms, watch)
            except _Ended as second:
                code = second.code
        return (
            f"tiến trình lập báo cáo dừng giữa chừng ({ending(code)}); hãy chạy lại lệnh này",
            f"the rendering process ended half-way ({ending(code)}); run the same command again",
        )

    def _rendered(
        self, report: Report, path: Path, forms: Sequence[str], watch: Callable[[], None]
    ) -> Answer:
        process = self._ready()
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Timer(self._longest, process.kill)
        late.start()
        try:
            pickle.dump((report, str(path), tuple(forms)), process.stdin)
            process.stdin.flush()
            while not select.select([process.stdout], [], [], WATCH_SECONDS)[0]:
                watch()
            answer: Answer = pickle.load(process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            process.kill()
            code = process.wait()
            self.close()
            raise _Ended(code) from error
        except BaseException:
            process.kill()
            self.close()
            raise
        finally:
            late.cancel()
        self._left -= 1
        if self._left == 0:
            self.close()
        return answer

    def close(self) -> None:
        """End the process, if there is one."""
        if self.process is not None:
            self.process.communicate()  # closes its input, which ends it
            self.process = None
            self._scratch.cleanup()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            self._left = self._tasks
            self._scratch = tempfile.TemporaryDirectory(prefix="hub-print-")
            self.process = subprocess.Popen(
                [*PYTHON, "-m", "reports.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=surroundings(self._scratch.name),
            )
        return self.process
