"""Who is late with a return on a day, for the letter that asks for it (công văn đôn đốc)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.calendar import add_working_days
from hub.kit.errors import FieldError, Invalid, NotFound, NotPermitted
from hub.returns.errors import WrongPeriodState
from hub.returns.ledger import period_seen
from hub.returns.models import ReportingPeriod
from hub.returns.owed import HANDED_IN
from hub.returns.reminders.reminding import exceptions, owing_as
from hub.returns.rules import is_late

# How long a letter gives, where the city's own deadline is not nearer.
GRACE = 5


@dataclass(frozen=True)
class LateAgency:
    """An agency whose day has passed; `units`: how many of its units have not handed in to it and are late."""

    name: str
    due_on: date
    state: str
    units: int


@dataclass(frozen=True)
class Late:
    """The late ones of those that report to Home Affairs, on a day; `answer_by`: by when the letter asks them to."""

    period: ReportingPeriod
    day: date
    answer_by: date
    expected: int
    handed_in: int
    agencies: tuple[LateAgency, ...]


def late_agencies(session: Session, actor: Actor, period_id: int) -> Late:
    """Who is late today in an open period, for Home Affairs. Units are asked by the bodies that they report to.

    Raises NotFound, NotPermitted, WrongPeriodState, Invalid where nobody is late.
    """
    period = period_seen(session, actor, period_id)
    rows = owing_as(session, actor, period)
    if not rows:
        raise NotFound("báo cáo của cơ quan", "the agencies' returns")
    if not all(row["may"] for row in rows):
        raise NotPermitted("return:follow", "báo cáo của cơ quan", "the agencies' returns")
    if period.state != "OPEN":
        raise WrongPeriodState(period.state)
    today, days = clock.today(), exceptions(session)
    late = [
        row
        for row in rows
        if row["state"] not in HANDED_IN and is_late(row["handed_in_at"], row["due_on"], today)
    ]
    units = Counter(row["above_id"] for row in late if row["above_id"] is not None)
    own = [row for row in rows if row["above_id"] is None]
    agencies = tuple(
        LateAgency(row["name"], row["due_on"], row["state"], units[row["agency_id"]])
        for row in late
        if row["above_id"] is None
    )
    if not agencies:
        raise Invalid(
            [
                FieldError(
                    "period_id", "NOBODY_LATE",
                    "Không có cơ quan nào quá hạn nộp báo cáo. Hãy nhắc trước hạn bằng thư (đôn đốc).",
                    "No agency is late with its return. Before the day, remind them by mail.",
                )
            ]
        )  # fmt: skip
    soon = add_working_days(today, GRACE, days)
    return Late(
        period=period,
        day=today,
        answer_by=min(soon, period.deadline) if period.deadline > today else soon,
        expected=len(own),
        handed_in=sum(row["state"] in HANDED_IN for row in own),
        agencies=agencies,
    )
