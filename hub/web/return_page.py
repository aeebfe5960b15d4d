"""The page of a return: what is asked now, by when, what happens next; then the form, or the return beside the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.models import Agency
from hub.kit.errors import NotFound
from hub.returns import attachments
from hub.returns.anomalies import anomalies
from hub.returns.asked import asked_of
from hub.returns.desk import DeskRow, desk
from hub.returns.figures import form_figures
from hub.returns.ledger import period_seen
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.reading import Saved, attachments_of, last_saved, lines_of, return_before, turns_of
from hub.web import return_form
from hub.web.page import Page
from hub.web.return_beside import beside
from hub.web.return_form import Form, Group
from hub.web.trying import Told
from hub.web.visit import Visit
from policies.actions import PERIOD_OPEN

# The way of a return, as the line of steps shows it; a step is done once the return has left its states.
STEPS = (("write", ("DRAFT", "SENT_BACK")), ("approve", ("SUBMITTED",)), ("accept", ("APPROVED",)))
_DONE = (
    "saved", "joined", "submitted", "withdrawn", "approved", "sent_back", "accepted", "attached", "detached",
)  # fmt: skip


@dataclass(frozen=True)
class Writing:
    """What stands in the form: the texts, the marks of what is stored, and others' words where both have written.

    Those with who wrote them.
    """

    form: Form
    was: str
    theirs: Mapping[str, tuple[Saved | None, Group]] = field(default_factory=dict)


def return_page(
    session: Session, visit: Visit, row: AgencyReturn, *, told: Told = (), writing: Writing | None = None
) -> Page:
    """The page of a return that the visitor may read."""
    actor, key = visit.actor, row.id or 0
    period = period_seen(session, actor, row.period_id)
    offers = actor.offers("return", row, **{PERIOD_OPEN: period.state == "OPEN"})
    agency = _row(session, actor, row, period)
    asked = asked_of(session, actor, row.agency_id, period)
    _, figures = form_figures(session, actor, row.agency_id, period, row)
    lines = lines_of(session, key)
    before = return_before(session, row, period)
    lines_before = lines_of(session, before.id or 0) if before else {}
    is_written = "saveReturn" in offers
    done = visit.query.get("done", "")
    values: dict[str, Any] = {
        "row": row,
        "period": period,
        "agency": agency,
        "receiver": _receiver(session, row, visit),
        "offers": offers,
        "ask": asks(row, period, offers),
        "steps": _steps(row),
        "figures": figures,
        "asked": asked,
        "turns": turns_of(session, key),
        "attachments": attachments_of(session, key),
        "kinds": ",".join(attachments.KINDS),
        "saved": last_saved(session, key),
        "told": told,
        "done": f"return.done.{done}" if done in _DONE and not told else None,
        "before": before,
    }
    if is_written:
        fields = return_form.fields_of(asked, [one.now.indicator.code for one in figures])
        now = return_form.stored(row, lines, fields)
        values |= {
            "writing": writing or Writing(now, return_form.marks(now)),
            "named": return_form.named,
            "shown": lambda name, text: return_form.shown(name, text, visit.language),
            "before_lines": lines_before,
        }
        return Page("return_form.html.j2", values, script="return.js")
    flags = anomalies(session, actor, period, row.agency_id).get(row.agency_id, [])
    values |= {"flags": flags, "beside": beside(row, lines, before, lines_before, asked)}
    return Page("return_read.html.j2", values)


def asks(row: AgencyReturn, period: ReportingPeriod, offers: Sequence[str]) -> str:
    """What the return asks of the visitor now: the key of a sentence."""
    if period.state != "OPEN":
        return "closed"
    if "saveReturn" in offers:
        return "mend" if row.state == "SENT_BACK" else "write"
    for deed, key in (
        ("approveReturn", "approve"),
        ("acceptReturn", "accept"),
        ("withdrawReturn", "withdraw"),
    ):
        if deed in offers:
            return key
    return row.state.lower()


def _steps(row: AgencyReturn) -> list[tuple[str, str]]:
    """Each step with done, now or later."""
    place = next((place for place, (_, states) in enumerate(STEPS) if row.state in states), len(STEPS))
    return [
        (name, "done" if number < place else "now" if number == place else "later")
        for number, (name, _) in enumerate((*STEPS, ("accepted", ())))
    ]


def _row(session: Session, actor: Actor, row: AgencyReturn, period: ReportingPeriod) -> DeskRow:
    """The return as the desk has it; one of an agency that owes none any more is told as gone."""
    for one in desk(session, actor, period, agency_id=row.agency_id).rows:
        return one
    raise NotFound("báo cáo của cơ quan", "the agency's return")


def _receiver(session: Session, row: AgencyReturn, visit: Visit) -> str:
    """Who receives the return."""
    above = session.get(Agency, row.reports_to_id) if row.reports_to_id else None
    return above.name if above else visit.say("return.home_affairs")
