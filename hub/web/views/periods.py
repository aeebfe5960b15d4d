"""Reporting periods: the list, and a new one opened; what is asked of the visitor now stands first."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from hub.kit.errors import FieldError, Invalid
from hub.kit.seam import Seam
from hub.plan.models import Plan
from hub.returns import periods
from hub.returns.models import PERIOD_KINDS, ReportingPeriod
from hub.returns.reminders.notices import notices
from hub.returns.rules import Days
from hub.web.page import Elsewhere, Page
from hub.web.rights import require_returns
from hub.web.trying import Told, tried
from hub.web.visit import Visit

PATH = "/periods"
DAYS = ("deadline", "returns_due_on", "unit_returns_due_on", "data_cutoff", "covers_from")


def every(session: Session, visit: Visit) -> Page:
    """The periods, the newest first. Raises NotFound for who reads no returns."""
    return _page(session, visit, ())


def open_new(seam: Seam, visit: Visit) -> Page | Elsewhere:
    """Open a period of a plan."""
    actor, form = require_returns(visit).actor, visit.form

    def work(session: Session) -> int:
        days = Days(**days_said(visit))
        kind = form.get("kind", "HALF_YEAR")
        return periods.open_period(session, actor, form.get("plan", ""), kind, days).id or 0

    made = tried(seam, actor, work, lambda session, told: _page(session, visit, told))
    return made if isinstance(made, Page) else Elsewhere(f"{PATH}/{made}?done=opened")


def days_said(visit: Visit) -> dict[str, Any]:
    """The days of a form; an empty one is None. Raises Invalid without a deadline."""
    said = {name: visit.day_of(visit.form.get(name, "")) for name in DAYS}
    if said["deadline"] is None:
        raise Invalid(
            [FieldError("deadline", "REQUIRED", "Hãy chọn thời điểm báo cáo.", "Choose the reporting date.")]
        )
    return said


def _page(session: Session, visit: Visit, told: Told) -> Page:
    actor = require_returns(visit).actor
    found = session.exec(
        select(ReportingPeriod, Plan.code)
        .join(Plan, col(Plan.id) == col(ReportingPeriod.plan_id))
        .where(actor.sees("period", ReportingPeriod))
        .order_by(col(ReportingPeriod.deadline).desc(), col(ReportingPeriod.kind))
    ).all()
    future = ReportingPeriod.model_construct(state="PLANNED")
    values = {
        "rows": found,
        "plans": sorted({code for _, code in found}),
        "kinds": PERIOD_KINDS,
        "planned": next((row for row, _ in reversed(found) if row.state == "PLANNED"), None),
        "may_open": actor.may("open", "period", future),
        "notices": notices(session, actor),
        "told": told,
        "form": visit.form,
    }
    return Page("periods.html.j2", values)
