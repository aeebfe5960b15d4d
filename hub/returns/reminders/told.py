"""What was sent: of a period by agency, or of one round, with what became of the mails.

Whoever shows it has asked the law for the agencies.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import Session

_TOLD = """
select d.agency_id, d.kind, d.due_on, d.at, n.note,
       count(m.id) as written, count(m.id) filter (where m.state = 'SENT') as sent,
       count(m.id) filter (where m.state = 'FAILED') as failed,
       count(m.id) filter (where m.state = 'WAITING') as waiting,
       (array_agg(m.last_error order by m.id) filter (where m.state in ('FAILED', 'WAITING')
                                                        and m.last_error is not null))[1] as problem
  from reminder d
  left join reminder_round n on n.id = d.round_id
  left join outbox_message m on m.reminder_id = d.id
 where {which}
 group by d.id, n.id order by d.id
"""
_OF_PERIOD = text(_TOLD.format(which="d.period_id = :period and d.agency_id = any(:agencies)"))
_OF_ROUND = text(_TOLD.format(which="d.round_id = :round"))


@dataclass(frozen=True)
class Told:
    """A reminder of an agency: when, why, and what became of its mails; `written` 0: nobody to write to."""

    agency_id: int
    kind: str
    due_on: date
    at: datetime
    note: str | None
    written: int
    sent: int
    failed: int
    waiting: int
    problem: str | None


def reminders_of(session: Session, period_id: int, agencies: Collection[int]) -> dict[int, list[Told]]:
    """The reminders of these agencies in a period, oldest first; one statement."""
    found: dict[int, list[Told]] = {}
    for row in session.execute(_OF_PERIOD, {"period": period_id, "agencies": list(agencies)}).mappings():
        found.setdefault(row["agency_id"], []).append(Told(**row))
    return found


def reminders_in(session: Session, round_id: int) -> list[Told]:
    """The reminders of one round, by agency."""
    return [Told(**row) for row in session.execute(_OF_ROUND, {"round": round_id}).mappings()]
