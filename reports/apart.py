"""Has a report printed in a process of its own: no event loop waits, and the memory goes back when it ends.

The layout engine stands on C libraries. Where one of them faults, the process dies and the report with it: it says
where on standard error, and the same report is printed once more before anybody is told.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict

from hub.kit.errors import Unavailable
from reports.model import Report
from reports.pdf import EXIT_MISSING, PdfUnavailable, Print

LONGEST = 600.0  # seconds for one report
WATCH_SECONDS = 0.5
FAULTS = frozenset(-fault for fault in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL))
PYTHON = (sys.executable, "-X", "faulthandler")  # a process that faults says where

log = logging.getLogger("hub.reports")


class PdfFailed(Unavailable):
    """The printing process ended without a PDF."""

    code = "PDF_FAILED"


def render_pdf_apart(
    report: Report,
    *,
    brief: bool = False,
    timeout_seconds: float = LONGEST,
    watch: Callable[[], None] = lambda: None,
) -> bytes:
    """The report, or its one page, as `render_pdf` makes it. Raises PdfUnavailable, PdfFailed."""
    return print_apart(Print.of(report, brief=brief), timeout_seconds=timeout_seconds, watch=watch)


def print_apart(
    wanted: Print, *, timeout_seconds: float = LONGEST, watch: Callable[[], None] = lambda: None
) -> bytes:
    """The bytes of a print. Raises PdfUnavailable, PdfFailed.

    `watch` is called twice a second; what it raises ends the process and is passed on.
    """
    ends = time.monotonic() + timeout_seconds
    code, printed, told = _run(wanted, ends, timeout_seconds, watch)
    if code in FAULTS:
        log.warning("The printing process ended with %s; it is tried once more.\n%s", ending(code), told)
        code, printed, told = _run(wanted, ends, timeout_seconds, watch)
    if code == 0:
        return printed
    last = told.splitlines()[-1] if told and code > 0 else ending(code)
    if code == EXIT_MISSING:
        raise PdfUnavailable(last)
    log.error("The printing process ended with %s.\n%s", ending(code), told)
    raise PdfFailed(
        f"Tiến trình tạo PDF dừng với lỗi: {last}. Hãy thử lại hoặc xuất .html.",
        f"The printing process failed: {last}. Try again or ask for .html.",
    )


def ending(code: int) -> str:
    """How a process ended, as a person reads it: `SIGSEGV`, `exit 1`."""
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit {code}"


def surroundings(scratch: str) -> dict[str, str]:
    """The environment of a printing process: what it keeps for a while goes into `scratch`, which outlives it."""
    return {**os.environ, "TMPDIR": scratch}


def _run(
    wanted: Print, ends: float, timeout_seconds: float, watch: Callable[[], None]
) -> tuple[int, bytes, str]:
    """How the printing process ended, what it printed, and what it said of it."""
    with (
        tempfile.TemporaryDirectory(prefix="hub-print-") as scratch,
        tempfile.TemporaryFile() as sent,  # a pipe would be left half written when `watch` is asked
    ):
        sent.write(json.dumps(asdict(wanted)).encode())
        sent.seek(0)
        with subprocess.Popen(
            [*PYTHON, "-m", "reports.pdf"],
            stdin=sent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=surroundings(scratch),
        ) as process:
            try:
                printed, told = _heard(process, ends, timeout_seconds, watch)
            finally:
                process.kill()
    return process.returncode, printed, told.decode(errors="replace").strip()


def _heard(
    process: subprocess.Popen[bytes], ends: float, timeout_seconds: float, watch: Callable[[], None]
) -> tuple[bytes, bytes]:
    """All that the process says on both ways until it ends."""
    while True:
        try:
            return process.communicate(timeout=min(WATCH_SECONDS, timeout_seconds))
        except subprocess.TimeoutExpired:
            watch()
        if time.monotonic() > ends:
            raise PdfFailed(
                f"Tạo PDF quá {timeout_seconds:.0f} giây nên đã dừng. Hãy thử lại hoặc xuất .html.",
                f"Printing was stopped after {timeout_seconds:.0f} seconds. Try again or ask for .html.",
            )
