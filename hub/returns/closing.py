"""Closing a period: no more returns, and the data cut-off has come.

    taken = seam.read(lambda session: take_to_close(session, actor, period_id))
    seam.change(lambda session: close_period(session, actor, period_id, version, taken))

Its figures are taken from one state of the records before, and written in the transaction of the deed: a period is
closed with its figures or not at all.
"""

from __future__ import annotations

from sqlmodel import Session

from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid, StaleVersion
from hub.returns.ledger import stored
from hub.returns.models import ReportingPeriod
from hub.returns.periods import to_close
from hub.returns.snapshots.freezing import Taken, keep, take


def take_to_close(session: Session, actor: Actor, period_id: int) -> Taken | None:
    """The figures of a period that can be closed now; None of another, whose closing says why not.

    Raises NotFound, NotPermitted.
    """
    period = session.get(ReportingPeriod, period_id)
    actor.require("lock", "period", period)
    assert period is not None  # `require` raises for no row
    if period.state != "OPEN" or clock.today() < period.data_cutoff:
        return None
    return take(session, actor, period_id)


def close_period(
    session: Session,
    actor: Actor,
    period_id: int,
    expected_version: int,
    taken: Taken | None,
    reason: str | None = None,
) -> ReportingPeriod:
    """Close an open period with its figures; returns not accepted by then stay as they are, and count as late.

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
    if taken is None:  # it was closed, and opened again, since its figures were taken
        raise StaleVersion(period.version)
    keep(session, actor, taken)
    period.state = "CLOSED"
    period.closed_at = clock.instant()
    period.closed_by = actor.id
    stored(session, actor, "lock", period, reason=(reason or "").strip() or None)
    return period
