"""Closing a period: no more returns, and the data cut-off has come.

    counted = seam.read(lambda session: count_to_close(session, actor, period_id))
    seam.change(lambda session: close_period(session, actor, period_id, version, counted))

Its figures are taken from one state of the records before, and written in the transaction of the deed: a period is
closed with its figures or not at all. What was accepted in between would be missing in them, so it is counted again,
a few times; what is saved, submitted or approved meanwhile hinders nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import text
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.errors import FieldError, Invalid, StaleVersion
from hub.returns.errors import DecidedMeanwhile
from hub.returns.ledger import stored
from hub.returns.models import PublishedReport, ReportingPeriod
from hub.returns.periods import to_close
from hub.returns.publication.correcting import compare
from hub.returns.publication.drafting import WAITING, renew
from hub.returns.snapshots.freezing import Taken, keep, take

# How often figures are counted before somebody is asked to let the others wait.
MOST_COUNTS = 3
T = TypeVar("T")
# Turns that change what is declared, with who took each.
_DECISIONS = text(
    """
    select u.full_name from return_turn t join agency_return r on r.id = t.return_id
      left join app_user u on u.id = t.by_id
     where r.period_id = :period and 'ACCEPTED' in (t.from_state, t.to_state) order by t.id
    """
)


@dataclass(frozen=True)
class Counted:
    """Figures of a period that can be closed, and how often its returns had been accepted, or sent back after."""

    taken: Taken
    decisions: int


def count_to_close(session: Session, actor: Actor, period_id: int) -> Counted | None:
    """The figures of a period that can be closed now; None of another, whose closing says why not.

    Raises NotFound, NotPermitted.
    """
    period = session.get(ReportingPeriod, period_id)
    actor.require("lock", "period", period)
    assert period is not None  # `require` raises for no row
    if period.state != "OPEN" or clock.today() < period.data_cutoff:
        return None
    return Counted(take(session, actor, period_id), len(_deciders(session, period_id)))


def close_period(
    session: Session,
    actor: Actor,
    period_id: int,
    expected_version: int,
    counted: Counted | None,
    reason: str | None = None,
) -> ReportingPeriod:
    """Close an open period with its figures; returns not accepted by then stay as they are, and count as late.

    Reports that are not out yet, of a period that was opened again, tell the new figures from then on, as drafts.
    Raises NotFound, NotPermitted, StaleVersion, WrongPeriodState, Invalid before the data cut-off, and
    DecidedMeanwhile where returns were accepted, or sent back after, since the figures were counted.
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
    if counted is None:  # it was closed, and has been opened again since
        raise StaleVersion(period.version)
    deciders = _deciders(session, period_id)
    if counted.decisions != len(deciders):
        raise DecidedMeanwhile(deciders[counted.decisions :])
    keep(session, actor, counted.taken)
    period.state = "CLOSED"
    period.closed_at = clock.instant()
    period.closed_by = actor.id
    stored(session, actor, "lock", period, reason=(reason or "").strip() or None)
    _renew_reports(session, actor, period_id)
    return period


def counted_again(close: Callable[[], T]) -> T:
    """What `close` answers, which counts and closes; tried again where returns were decided meanwhile.

    Raises what it raises.
    """
    for _ in range(MOST_COUNTS - 1):
        with suppress(DecidedMeanwhile):
            return close()
    return close()


def _deciders(session: Session, period_id: int) -> list[str | None]:
    """Who took each decision, in order."""
    return list(session.execute(_DECISIONS, {"period": period_id}).scalars())


def _renew_reports(session: Session, actor: Actor, period_id: int) -> None:
    waiting = select(PublishedReport).where(
        PublishedReport.period_id == period_id, col(PublishedReport.state).in_(WAITING)
    )
    for report in session.exec(waiting).all():
        renew(session, actor, report)
        if report.corrects_id is not None:
            compare(session, report)
