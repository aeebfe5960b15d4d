"""Closing a period: no more returns, and the data cut-off has come.

The seam of the snapshot: what freezes the figures of a period stands in this transaction, after the state and
before the event, so that a period is closed with its figures or not at all.
"""

from __future__ import annotations

from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid
from hub.returns.ledger import stored
from hub.returns.models import ReportingPeriod
from hub.returns.periods import to_close


def close_period(
    session: Session, actor: Actor, period_id: int, expected_version: int, reason: str | None = None
) -> ReportingPeriod:
    """Close an open period; returns not accepted by then stay as they are, and count as late.

    Raises NotFound, NotPermitted, StaleVersion, WrongPeriodState, and Invalid before the data cut-off.
    """
    period = to_close(session, actor, period_id, expected_version)
    if clock.today() < period.data_cutoff:
        raise Invalid(
            [
                FieldError(
                    "id",
                    "BEFORE_CUTOFF",
                    f"Chưa đến ngày chốt số liệu {period.data_cutoff:%d/%m/%Y}. Hãy khóa kỳ từ ngày đó, "
                    "hoặc sửa ngày chốt.",
                    f"The data cut-off, {period.data_cutoff}, has not come. Close from that day on, or change it.",
                )
            ]
        )
    period.state = "CLOSED"
    period.closed_at = clock.now()
    period.closed_by = actor.id
    stored(session, actor, "lock", period, reason=(reason or "").strip() or None)
    return period
