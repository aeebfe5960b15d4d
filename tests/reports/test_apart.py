"""A report is printed in a process of its own: what a fault in it costs, and that nothing is left."""

import os
import re
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from reports.apart import PdfFailed, render_pdf_apart
from tests.reports import samples


def _hears_faults(process: int) -> bool:
    """Whether Python has begun there, and would say where a fault was."""
    [caught] = re.findall(r"SigCgt:\s+(\w+)", Path(f"/proc/{process}/status").read_text())
    return bool(int(caught, 16) >> (signal.SIGSEGV - 1) & 1)


def _printing() -> list[int]:
    """The processes that print for this one."""
    children = [
        int(child)
        for listed in Path("/proc/self/task").glob("*/children")
        for child in listed.read_text().split()
    ]
    return [child for child in children if b"reports.pdf" in Path(f"/proc/{child}/cmdline").read_bytes()]


class Faults:
    """Sends a signal to the first so many printing processes, each once it is due."""

    def __init__(
        self, kind: signal.Signals, times: int, is_due: Callable[[int], bool] = _hears_faults
    ) -> None:
        self.kind, self.times, self.is_due = kind, times, is_due
        self.hit: list[int] = []

    def __call__(self) -> None:
        for child in _printing():
            if child not in self.hit and len(self.hit) < self.times and self.is_due(child):
                self.hit.append(child)
                os.kill(child, self.kind)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files of this test go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_fault_is_tried_once_more_and_told_to_the_log(
    printed: bytes, scratch: Path, caplog: pytest.LogCaptureFixture
) -> None:
    faults = Faults(signal.SIGSEGV, times=1)
    assert render_pdf_apart(samples.report(31), watch=faults) == printed
    assert len(faults.hit) == 1
    assert "ended with SIGSEGV; it is tried once more" in caplog.text
    assert "Fatal Python error: Segmentation fault" in caplog.text  # where it was
    assert not list(scratch.iterdir())


def test_a_second_fault_is_told_to_whoever_asked(
    printer: None, scratch: Path, caplog: pytest.LogCaptureFixture
) -> None:
    faults = Faults(signal.SIGBUS, times=3)
    with pytest.raises(PdfFailed, match="SIGBUS"):
        render_pdf_apart(samples.report(31), watch=faults)
    assert len(faults.hit) == 2
    assert "Fatal Python error: Bus error" in caplog.text
    assert not list(scratch.iterdir())


def test_a_process_that_was_killed_is_not_tried_again(printer: None, scratch: Path) -> None:
    # the layout engine keeps its fonts there until it has ended
    faults = Faults(signal.SIGKILL, times=2, is_due=lambda process: any(scratch.rglob("weasyprint-*")))
    with pytest.raises(PdfFailed, match="SIGKILL"):
        render_pdf_apart(samples.report(31), watch=faults)
    assert len(faults.hit) == 1
    assert not list(scratch.iterdir())
