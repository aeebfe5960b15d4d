"""Writes a report to a file in the form that its suffix names."""

import os
from pathlib import Path

from hub.kit.clock import now
from hub.kit.errors import FieldError, Invalid
from reports.brief import render_brief
from reports.html import render_html
from reports.model import Report
from reports.pdf import PdfUnavailable, render_pdf
from reports.workbook import render_workbook

SUFFIXES = (".pdf", ".html", ".xlsx")
BRIEF_SUFFIXES = (".pdf", ".html")


class HtmlInstead(PdfUnavailable):
    """No PDF could be printed here, so the report was written as HTML; the command line exits with 3."""

    exit_code = 3

    def __init__(self, missing: str, written: Path) -> None:
        super().__init__(missing)
        self.written = written
        self.message_vi += f" (đã ghi bản HTML: {written})"
        self.message_en += f" (written as HTML instead: {written})"


def check_suffix(out: Path, *, brief: bool = False) -> None:
    """Raises Invalid when no form of the report has this suffix; ask before any figure is computed."""
    if out.suffix.lower() in (BRIEF_SUFFIXES if brief else SUFFIXES):
        return
    vi = "bản tóm tắt chỉ có .pdf và .html." if brief else "hãy dùng .pdf, .html hoặc .xlsx."
    en = "the brief comes as .pdf or .html." if brief else "use .pdf, .html or .xlsx."
    raise Invalid(
        [
            FieldError(
                "out",
                "UNSUPPORTED_FORMAT",
                f"{out.name}: đuôi tệp không được hỗ trợ; {vi}",
                f"{out.name}: this suffix is not supported; {en}",
            )
        ]
    )


def write_report(report: Report, out: Path, *, brief: bool = False) -> Path:
    """Writes .pdf, .html or .xlsx and returns the path written; a half-written file is never left behind.

    Raises Invalid for another suffix and HtmlInstead when this machine cannot print a PDF.
    """
    check_suffix(out, brief=brief)
    if out.suffix.lower() == ".xlsx":
        return put(out, render_workbook(report, now()))
    page = render_brief if brief else render_html
    if out.suffix.lower() == ".html":
        return put(out, page(report).encode())
    try:
        return put(out, render_pdf(report, brief=brief))
    except PdfUnavailable as error:
        written = put(out.with_suffix(".html"), page(report).encode())
        raise HtmlInstead(error.missing, written) from error


def put(out: Path, content: bytes) -> Path:
    """Writes a file whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return out
