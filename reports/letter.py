"""The official letter that asks late agencies for their returns (công văn đôn đốc), in the layout of NĐ 30/2020.

    letter = build_letter(session, actor, period_id, signed_as)
    letter_pdf(letter)       PDF/A-3a and PDF/UA-1, in a process of its own

Home Affairs writes it (plan, IV.1.g); văn thư numbers and dates it, people sign it. The same letter is the same bytes.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import files

from markupsafe import Markup
from sqlmodel import Session

from hub.access.actor import Actor
from hub.plan.models import Plan
from hub.returns.reminders.late import Late, late_agencies
from reports import letterhead, sentences
from reports.apart import print_apart
from reports.model import Letterhead, PlanName
from reports.numbers import half_year
from reports.pdf import Print
from reports.templating import environment

STATES = {
    "NONE": "Chưa lập báo cáo",
    "DRAFT": "Đang soạn, chưa trình",
    "SENT_BACK": "Bị trả lại, chưa trình lại",
}
_KINDS = {"HALF_YEAR": "báo cáo", "INTERIM": "báo cáo sơ kết", "FINAL": "báo cáo tổng kết"}


@dataclass(frozen=True, slots=True)
class Letter:
    """What is asked of whom: the period, its days, and everybody who is late."""

    letterhead: Letterhead
    plan: PlanName
    late: Late

    @property
    def day(self) -> date:
        """The day whose state of things it tells; its own date is văn thư's."""
        return self.late.day

    @property
    def about(self) -> str:
        """What the letter asks for: báo cáo sáu tháng …, báo cáo sơ kết …"""
        period = self.late.period
        when = half_year(period.deadline) if period.kind == "HALF_YEAR" else f"đến {period.deadline:%d/%m/%Y}"
        return f"{_KINDS[period.kind]} {when}"


def build_letter(session: Session, actor: Actor, period_id: int, signed_as: tuple[str, ...] = ()) -> Letter:
    """The letter of today. Raises NotFound, NotPermitted, WrongPeriodState, Invalid where nobody is late."""
    late = late_agencies(session, actor, period_id)
    plan = session.get_one(Plan, late.period.plan_id)
    return Letter(
        letterhead.reminder_letter(signed_as),
        PlanName(plan.code, plan.title, plan.issued_on, plan.issuer),
        late,
    )


def render_letter(letter: Letter) -> str:
    """The letter as HTML; the same letter gives the same text."""
    styles = files("reports") / "styles"
    return (
        environment()
        .get_template("letter.html.j2")
        .render(
            letter=letter,
            say=sentences,
            states=STATES,
            css=Markup(
                "".join((styles / name).read_text(encoding="utf-8") for name in ("report.css", "letter.css"))
            ),
            screen_css=Markup((styles / "screen.css").read_text(encoding="utf-8")),
        )
    )


def printed_as(letter: Letter) -> Print:
    """What the printer is given; the moment in the file is the letter's day."""
    at = datetime(letter.day.year, letter.day.month, letter.day.day, tzinfo=UTC).isoformat()
    return Print(render_letter(letter), "", "", at)


def letter_pdf(letter: Letter) -> bytes:
    """The letter as PDF, printed in a process of its own. Raises PdfUnavailable, PdfFailed."""
    return print_apart(printed_as(letter))
