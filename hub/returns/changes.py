"""A figure's change with what was reported of it: the published snapshot of the first day, where there is one."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from hub.access.actor import Actor
from hub.kpi.change import Change, Reported, change
from hub.kpi.frozen import thaw
from hub.returns.queries import published_at


def reported_change(
    session: Session,
    actor: Actor,
    plan: str,
    code: str,
    first: date,
    last: date,
    agency_id: int | None = None,
) -> Change:
    """What moved the figure between two days. Raises what `change` raises."""
    found = published_at(session, plan, first, agency_id)
    reported = None
    if found is not None:
        for value in thaw(found.figures):
            if value.indicator.code == code:
                reported = Reported(value, found.frozen_at, found.report_id)
    return change(session, actor, plan, code, first, last, agency_id, reported)
