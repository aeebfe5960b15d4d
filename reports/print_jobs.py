"""A report is printed for publication by a job: laid out in a process of its own, signed, proved and stored.

Killed at any step, nothing is published and nothing half done is left: the file is whole on the disk before the row
names it, and the job, done again, finds the row as it was. Whoever cancels it ends the process at once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

from procrastinate.exceptions import JobAborted
from pydantic import TypeAdapter
from sqlalchemy.exc import OperationalError

from hub.kit.errors import Unavailable
from hub.kit.progress import Stopped, advanced, begun, ended
from hub.kit.seam import Seam
from hub.returns.publication.models import ReportPrint
from hub.returns.publication.papers import Paper, store
from hub.returns.publication.prints import STEPS, keep, paper_of
from hub.returns.publication.tasks import problem_of
from hub.settings import Settings
from reports.apart import render_pdf_apart
from reports.model import Report
from reports.signatures import signatures_of
from reports.signing import SigningFailed, sign

Step = Callable[[int, str], None]
# What may be gone at the next try: a timestamp authority, the printer, the disk or the database away for a moment.
PASSING = (Unavailable, OperationalError, OSError)


def perform(
    seam: Seam,
    settings: Settings,
    print_id: int,
    job: int,
    *,
    is_stopping: Callable[[], bool] = lambda: False,
    is_last: bool = True,
) -> None:
    """Make a print that was asked for. What fails is raised; after the last try the job has failed, with the reason.

    Raises JobAborted where the worker stops: another one does it again.
    """

    def step(done: int, message: str | None = None) -> None:
        advanced(seam, job, done=done, message=message)
        if is_stopping():
            raise JobAborted

    try:
        begun(seam, job)
        row = seam.read_now(lambda session: session.get_one(ReportPrint, print_id))
        paper = paper_of(row)
        if paper is None:
            stored = printed(TypeAdapter(Report).validate_json(row.content), settings, step)
            paper = seam.change_now(
                lambda session: keep(session, print_id, stored, is_signed=bool(settings.signers))
            )
    except Stopped:
        ended(seam, job, "CANCELLED")
    except JobAborted:
        raise
    except Exception as error:
        failed(seam, job, error, is_last=is_last)
        raise
    else:
        advanced(seam, job, done=STEPS, message="đã xong · done")
        ended(seam, job, "SUCCEEDED", result=_result(print_id, row.report_id, paper))


def failed(seam: Seam, job: int, error: Exception, *, is_last: bool) -> None:
    """Write what a try has failed of: the job is over, or says that it is tried again, and why."""
    told = problem_of(error)
    if is_last or not isinstance(error, PASSING):
        ended(seam, job, "FAILED", problems=[told])
        return
    said = f"Sẽ tự thử lại: {told['message']} · Will be tried again: {told['messageEn']}"
    with contextlib.suppress(
        Stopped, OperationalError
    ):  # the next try is cancelled; nothing can be written now
        advanced(seam, job, message=said)


def made(report: Report, settings: Settings, step: Step = lambda done, message: None) -> bytes:
    """The file of a report as it goes out: printed apart, signed where there are signers, each signature proved.

    Raises PdfUnavailable, PdfFailed, SigningFailed, and whatever `step` raises, which is asked twice a second.
    """
    step(0, "dàn trang · laying out")
    content = render_pdf_apart(report, watch=lambda: step(0, "dàn trang · laying out"))
    return signed(content, settings, step)


def printed(report: Report, settings: Settings, step: Step = lambda done, message: None) -> Paper:
    """The stored file of a report as it goes out, and the one page that goes out with the city's.

    Raises as `made`.
    """
    content, brief = made(report, settings, step), None
    if report.scope is None:
        step(STEPS - 1, "tóm tắt · the brief")
        brief = render_pdf_apart(report, brief=True, watch=lambda: step(STEPS - 1, "tóm tắt · the brief"))
    step(STEPS - 1, "lưu tệp · storing the file")
    return kept(settings, content, brief)


def kept(settings: Settings, content: bytes, brief: bytes | None) -> Paper:
    """Both on the disk; the brief first, so that whoever finds the report finds it, too."""
    page = None if brief is None else store(settings.papers, brief)
    return replace(store(settings.papers, content), brief=page)


def signed(content: bytes, settings: Settings, step: Step = lambda done, message: None) -> bytes:
    """A printed report with its signatures, each proved; as it is where there are no signers. Raises SigningFailed."""
    if not settings.signers:
        return content
    step(1, "ký số · signing")
    content = sign(content, settings)
    step(2, "kiểm tra chữ ký · proving the signatures")
    for one in signatures_of(content, settings):
        if one.verdict != "PASSED":
            raise SigningFailed(
                f"{one.signer}: {one.verdict} ({one.reason})",
                "Chữ ký vừa tạo không kiểm tra được; hãy kiểm tra HUB_TRUSTED_ROOTS và chứng thư.",
                "The signature just made does not pass; check HUB_TRUSTED_ROOTS and the certificate.",
            )
    return content


def _result(print_id: int, report_id: int, paper: Paper) -> dict[str, object]:
    return {"print": print_id, "report": report_id, "sha256": paper.sha256, "bytes": paper.byte_size}
