"""Deeds on reporting periods: opened, their days changed, closed, opened again while nothing is published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid
from hub.plan.queries import plan_by_code
from hub.returns.errors import WrongPeriodState
from hub.returns.ledger import added, at_version, period_held, stored
from hub.returns.models import ReportingPeriod
from hub.returns.rules import Days, passed_days, wrong_days
from policies.actions import ACTIONS

_LATEST_RETURN = "select count(*) from agency_return where period_id = :period"


def open_period(session: Session, actor: Actor, plan_code: str, kind: str, days: Days) -> ReportingPeriod:
    """Open a period of a plan: the planned one of that kind and day, with these days, or a new one.

    Nobody is late at once, unless the reporting date has come: then an older period is entered late.
    Raises NotFound for no such plan, NotPermitted, Invalid, WrongPeriodState for one that was opened before.
    """
    plan = plan_by_code(session, plan_code)
    period = session.exec(
        select(ReportingPeriod)
        .where(
            ReportingPeriod.plan_id == plan.id,
            ReportingPeriod.kind == kind,
            ReportingPeriod.deadline == days.deadline,
        )
        .with_for_update()
    ).first()
    is_new = period is None
    if period is None:
        period = ReportingPeriod(
            plan_id=plan.id or 0, kind=kind, deadline=days.deadline, returns_due_on=days.deadline,
            data_cutoff=days.deadline,
        )  # fmt: skip
        actor.require("open", "period", period)
    else:
        actor.require("open", "period", period)
        if period.state != "PLANNED":
            raise WrongPeriodState(period.state, ACTIONS["openPeriod"].starts)
        days = replace(days, covers_from=days.covers_from or period.covers_from)
    days = days.complete()
    _set_days(period, days)
    if errors := passed_days(days, clock.today()):
        raise Invalid(errors)
    period.state = "OPEN"
    period.opened_at = clock.instant()
    if is_new:
        _free(session, period)
        added(session, actor, "open", period)
    else:
        stored(session, actor, "open", period)
    return period


def update_period(
    session: Session, actor: Actor, period_id: int, expected_version: int, said: dict[str, Any]
) -> ReportingPeriod:
    """Change the days of a period that is planned or open; what is absent stays.

    The deadline stands once a return was begun, since by it is known who owes one. Raises NotFound, NotPermitted,
    StaleVersion, WrongPeriodState, Invalid.
    """
    period = _to_change(session, actor, "update", period_id, expected_version, ACTIONS["updatePeriod"].starts)
    names = ("deadline", "returns_due_on", "unit_returns_due_on", "data_cutoff", "covers_from")
    before = Days(**{name: getattr(period, name) for name in names})
    days = replace(before, **said).complete()
    if days.deadline != period.deadline and session.connection().scalar(
        text(_LATEST_RETURN), {"period": period.id}
    ):
        raise Invalid(
            [
                FieldError(
                    "deadline",
                    "RETURNS_BEGUN",
                    "Đã có cơ quan soạn báo cáo cho kỳ này nên không đổi được thời điểm báo cáo. Hãy đổi các hạn khác.",
                    "Returns of this period were begun, so its deadline stands. Change the other days.",
                )
            ]
        )
    _set_days(period, days)
    if period.state == "OPEN" and (errors := passed_days(days, clock.today(), before.complete())):
        raise Invalid(errors)
    _free(session, period)
    stored(session, actor, "update", period)
    return period


def reopen_period(
    session: Session, actor: Actor, period_id: int, expected_version: int, reason: str | None
) -> ReportingPeriod:
    """Open a closed period again, with the reason; never a published one.

    Raises NotFound, NotPermitted, StaleVersion, WrongPeriodState, Invalid.
    """
    period = _to_change(session, actor, "open", period_id, expected_version, ACTIONS["reopenPeriod"].starts)
    why = needed_reason(reason)
    period.state = "OPEN"
    period.closed_at = None
    period.closed_by = None
    stored(session, actor, "open", period, reason=why)
    return period


def to_close(session: Session, actor: Actor, period_id: int, expected_version: int) -> ReportingPeriod:
    """A period that the actor may close now. Raises NotFound, NotPermitted, StaleVersion, WrongPeriodState."""
    return _to_change(session, actor, "lock", period_id, expected_version, ACTIONS["closePeriod"].starts)


def needed_reason(reason: str | None) -> str:
    """A reason that somebody will read. Raises Invalid for none."""
    if text_ := (reason or "").strip():
        return text_[:2_000]
    raise Invalid(
        [FieldError("reason", "REQUIRED", "Hãy ghi lý do.", "State the reason.")],
    )


def _to_change(
    session: Session,
    actor: Actor,
    action: str,
    period_id: int,
    expected_version: int,
    starts: tuple[str, ...],
) -> ReportingPeriod:
    period = period_held(session, actor, period_id, change=True)
    actor.require(action, "period", period)
    if period.state not in starts:
        raise WrongPeriodState(period.state, starts)
    at_version(period.version, expected_version)
    return period


def _set_days(period: ReportingPeriod, days: Days) -> None:
    if errors := wrong_days(period.kind, days):
        raise Invalid(errors)
    period.deadline = days.deadline
    period.returns_due_on = days.returns_due_on or days.deadline
    period.unit_returns_due_on = days.unit_returns_due_on
    period.data_cutoff = days.data_cutoff or days.deadline
    period.covers_from = days.covers_from


def _free(session: Session, period: ReportingPeriod) -> None:
    """Raise Invalid where another period of the plan has the day and the kind."""
    with session.no_autoflush:
        taken = session.exec(
            select(ReportingPeriod.id).where(
                ReportingPeriod.plan_id == period.plan_id,
                ReportingPeriod.kind == period.kind,
                ReportingPeriod.deadline == period.deadline,
                ReportingPeriod.id != (period.id or 0),
            )
        ).first()
    if taken is not None:
        raise Invalid(
            [
                FieldError(
                    "deadline",
                    "PERIOD_EXISTS",
                    "Kế hoạch đã có kỳ báo cáo loại này vào ngày đó. Hãy dùng kỳ đã có.",
                    "The plan has a period of this kind on that day. Use the one there is.",
                )
            ]
        )
