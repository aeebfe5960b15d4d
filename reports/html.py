"""The report as one HTML page that needs nothing beside it: no address, no file, no script.

The same page is what the PDF is printed from; fonts are named by the printer (`pdf.py`), so that no path of
a machine stands in it.
"""

from importlib.resources import files

from markupsafe import Markup

from reports import charts, sentences
from reports.annexes import ROMAN, annex_numbers
from reports.model import Report
from reports.qr import qr
from reports.templating import environment

CHARTED_AGENCIES = 14
PRINTED_VOICES = 20
PRINTED_PERIODS = 6
PRINTED_LEADERS = 4
PRINTED_DECLARED = 6


def render_html(report: Report) -> str:
    """The whole report as HTML; the same report gives the same text."""
    styles = files("reports") / "styles"
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            annexes=annex_numbers(report),
            css=Markup(
                "".join((styles / name).read_text(encoding="utf-8") for name in ("report.css", "marks.css"))
            ),
            screen_css=Markup((styles / "screen.css").read_text(encoding="utf-8")),
            say=sentences,
            charts=charts,
            qr=qr,
            roman=ROMAN,
            charted_agencies=CHARTED_AGENCIES,
            printed_voices=PRINTED_VOICES,
            printed_periods=PRINTED_PERIODS,
            printed_leaders=PRINTED_LEADERS,
            printed_declared=PRINTED_DECLARED,
        )
    )
