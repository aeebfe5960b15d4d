"""Prints a report as PDF. The only module that imports WeasyPrint, and only when something is printed.

Printing takes seconds and up to 350 MB: the command line prints in its own process by `render_pdf`; a server
or a worker has it printed by `reports.apart`, which runs this module as a program. What passes between the two is
text; the program needs no database.
"""

import contextlib
import io
import json
import os
import sys
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hub.kit.errors import Unavailable
from reports import figures, fonts
from reports.brief import render_brief
from reports.html import render_html
from reports.model import Report

APT_COMMAND = (
    "apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 "
    f"{fonts.PACKAGE}"
)
EXIT_MISSING = 3
FITTING_SIZES = ("", "10.4", "9.8", "9.2", "8.6")  # points; the first is the page's own


class PdfUnavailable(Unavailable):
    """This machine cannot print: WeasyPrint's libraries or a Times-metric font are missing."""

    code = "PDF_UNAVAILABLE"

    def __init__(self, missing: str) -> None:
        self.missing = missing
        super().__init__(
            f"Chưa tạo được PDF vì máy này thiếu {missing}. Hãy chạy: {APT_COMMAND}",
            f"No PDF was made because this machine lacks {missing}. Run: {APT_COMMAND}",
        )


@dataclass(frozen=True, slots=True)
class Print:
    """What the printer is given: a page, its attached figures (empty: none) and the moment written into the file.

    `on_one_page`: the text is made smaller until one page holds it.
    """

    html: str
    csv: str
    json: str
    at: str
    on_one_page: bool = False

    @classmethod
    def of(cls, report: Report, *, brief: bool = False) -> "Print":
        """The print of a report, or of its one page; both carry the report's figures.

        The moment is the period's end, so that two prints are the same bytes.
        """
        at = datetime(report.period.year, report.period.month, report.period.day, tzinfo=UTC).isoformat()
        page = render_brief if brief else render_html
        return cls(page(report), figures.as_csv(report), figures.as_json(report), at, on_one_page=brief)


def render_pdf(report: Report, *, brief: bool = False) -> bytes:
    """The report, or its one page, as PDF/A-3a and PDF/UA-1, printed in this process. Raises PdfUnavailable."""
    return print_pdf(Print.of(report, brief=brief))


def check_printer() -> None:
    """Raises PdfUnavailable when this machine cannot print; for `hub doctor` and before long work."""
    _weasyprint()
    _face()


def print_pdf(wanted: Print) -> bytes:
    """The bytes of a print. Raises PdfUnavailable."""
    weasyprint = _weasyprint()
    face = _face()
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    from reports.conformance import VARIANT, finish

    known = FontConfiguration()
    style = weasyprint.CSS(
        string=face.css(), font_config=known, url_fetcher=URLFetcher(allowed_protocols={"file"})
    )
    page = weasyprint.HTML(string=wanted.html, url_fetcher=URLFetcher(allowed_protocols={"data"}))
    attached = _attachments(weasyprint, wanted)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its colour profile open
        for size in FITTING_SIZES if wanted.on_one_page else ("",):
            smaller = [weasyprint.CSS(string=f"html{{font-size:{size}pt!important}}")] if size else []
            laid_out = page.render(
                stylesheets=[style, *smaller],
                font_config=known,
                pdf_variant=VARIANT,
                pdf_forms=True,
                attachments=attached,
            )
            if len(laid_out.pages) == 1:
                break
        printed: bytes = laid_out.write_pdf(
            pdf_variant=VARIANT, pdf_forms=True, finisher=finish, attachments=attached
        )
    return printed


def _attachments(weasyprint: Any, wanted: Print) -> list[Any]:
    at = datetime.fromisoformat(wanted.at)
    named = (
        ("so-lieu.csv", "Số liệu của báo cáo (CSV)", wanted.csv.encode("utf-8-sig")),
        ("so-lieu.json", "Số liệu của báo cáo (JSON)", wanted.json.encode()),
    )
    return [
        weasyprint.Attachment(
            string=content, name=name, description=description, created=at, modified=at, relationship="Source"
        )
        for name, description, content in named
        if wanted.csv
    ]


def _weasyprint() -> Any:
    """WeasyPrint, or PdfUnavailable when the system libraries under it are missing; other errors pass."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints a banner of its own before failing
            import weasyprint
    except OSError as error:
        if not str(error).startswith("cannot load library"):
            raise
        raise PdfUnavailable(str(error).split("'")[1]) from error
    return weasyprint


def _face() -> fonts.Face:
    face = fonts.times_face()
    if face is None:
        raise PdfUnavailable("phông chữ có kích thước như Times New Roman / a font with Times metrics")
    return face


def _main() -> int:
    wanted = Print(**json.load(sys.stdin))
    try:
        sys.stdout.buffer.write(print_pdf(wanted))
    except PdfUnavailable as error:
        print(error.missing, file=sys.stderr)
        return EXIT_MISSING
    return 0


if __name__ == "__main__":
    code = _main()
    sys.stdout.flush()
    os._exit(code)  # all is said: what the C libraries hold is not taken apart piece by piece
