"""The report on one page for leadership (bản tóm tắt một trang), from the same model as the whole."""

from importlib.resources import files

from markupsafe import Markup

from reports import charts, sentences
from reports.model import Ranked, Report
from reports.qr import qr
from reports.ranking import leaders
from reports.sentences import brief as told
from reports.templating import environment

NAMED = 3


def render_brief(report: Report) -> str:
    """The page as HTML; the same report gives the same text."""
    styles = files("reports") / "styles"
    return (
        environment()
        .get_template("brief.html.j2")
        .render(
            report=report,
            css=Markup(
                "".join((styles / name).read_text(encoding="utf-8") for name in ("brief.css", "marks.css"))
            ),
            screen_css=Markup((styles / "brief-screen.css").read_text(encoding="utf-8")),
            say=sentences,
            brief=told,
            charts=charts,
            qr=qr,
            held_back=told.held_back(report)[:NAMED],
            leading=_first(leaders(report.ranking)),
        )
    )


def _first(agencies: list[Ranked]) -> tuple[list[Ranked], int]:
    """The first agencies, and how many more do as well as the last of them."""
    shown = agencies[:NAMED]
    if not shown:
        return [], 0
    last = (shown[-1].met, shown[-1].counted)
    return shown, sum((one.met, one.counted) == last for one in agencies[NAMED:])
