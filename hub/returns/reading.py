"""What is shown beside a return: its lines, turns, attachments, who saved it last, and the return before.

Whoever calls has asked the law about the return, its period or its agency; nothing here asks again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import Session, col, select

from hub.kit import clock
from hub.plan.models import Duty, Indicator
from hub.returns.cases import REVIEWERS
from hub.returns.kept import ReturnLine
from hub.returns.models import AgencyReturn, ReportingPeriod


@dataclass(frozen=True)
class TurnSeen:
    """One step of a return: which, who took it, on whose behalf, when, and what he noted."""

    turn: str
    from_state: str
    to_state: str
    note: str | None
    by: str | None
    on_behalf_of: str | None
    at: datetime


@dataclass(frozen=True)
class AttachmentSeen:
    """An attached file without its bytes; `size` in bytes."""

    id: int
    name: str
    size: int
    by: str | None
    at: datetime


@dataclass(frozen=True)
class NoteSeen:
    """A line of a case's log."""

    kind: str
    note: str
    promised_on: date | None
    by: str | None
    at: datetime


@dataclass(frozen=True)
class Saved:
    """Who wrote in a return last, and when."""

    by: str
    at: datetime


def turns_of(session: Session, return_id: int) -> Sequence[TurnSeen]:
    """Every turn of a return, the oldest first."""
    rows = session.execute(_TURNS, {"id": return_id})
    return [TurnSeen(*row) for row in rows]


def attachments_of(session: Session, return_id: int) -> Sequence[AttachmentSeen]:
    """What is attached to a return, in the order in which it came."""
    return [AttachmentSeen(*row) for row in session.execute(_ATTACHMENTS, {"id": return_id})]


def notes_of(session: Session, period_id: int, agency_id: int) -> Sequence[NoteSeen]:
    """The log of an agency's case in a period, the newest first."""
    asked = {"period": period_id, "agency": agency_id}
    return [NoteSeen(*row) for row in session.execute(_CASE_NOTES, asked)]


def lines_of(session: Session, return_id: int) -> dict[str, ReturnLine]:
    """What a return declares, by the code of the row or duty."""
    found = session.exec(
        select(ReturnLine, Indicator.code, Duty.code)
        .join(Indicator, col(Indicator.id) == col(ReturnLine.indicator_id), isouter=True)
        .join(Duty, col(Duty.id) == col(ReturnLine.duty_id), isouter=True)
        .where(ReturnLine.return_id == return_id)
    )
    return {code or duty or "": line for line, code, duty in found}


def last_saved(session: Session, return_id: int, part: str | None = None) -> Saved | None:
    """Who wrote in the return last, or in the part of it: a text's name, a line's code; as the audit trail knows it."""
    row = session.execute(_SAVED, {"id": return_id, "part": part}).first()
    return Saved(row.by, row.at) if row else None


def return_before(session: Session, row: AgencyReturn, period: ReportingPeriod) -> AgencyReturn | None:
    """The agency's return for the half-year before; None where there was none."""
    return session.exec(
        select(AgencyReturn)
        .join(ReportingPeriod, col(ReportingPeriod.id) == col(AgencyReturn.period_id))
        .where(
            AgencyReturn.agency_id == row.agency_id,
            ReportingPeriod.plan_id == period.plan_id,
            ReportingPeriod.kind == "HALF_YEAR",
            col(ReportingPeriod.deadline) < period.deadline,
        )
        .order_by(col(ReportingPeriod.deadline).desc())
        .limit(1)
    ).first()


def reviewers(session: Session) -> Sequence[tuple[str, str]]:
    """Who may be named to check returns: user name and full name, by full name."""
    asked = {"roles": list(REVIEWERS), "today": clock.today()}
    return [(row.name, row.full_name) for row in session.execute(_REVIEWERS, asked)]


_TURNS = text(
    """
    select t.turn, t.from_state, t.to_state, t.note, u.full_name, b.full_name, t.at
      from return_turn t
      left join app_user u on u.id = t.by_id
      left join app_user b on b.id = t.on_behalf_of
     where t.return_id = :id order by t.id
    """
)
_ATTACHMENTS = text(
    """
    select a.id, a.name, a.size, u.full_name, a.created_at
      from return_attachment a left join app_user u on u.id = a.created_by
     where a.return_id = :id order by a.id
    """
)
_CASE_NOTES = text(
    """
    select n.kind, n.note, n.promised_on, u.full_name, n.at
      from return_case c join case_note n on n.case_id = c.id
      left join app_user u on u.id = n.by_id
     where c.period_id = :period and c.agency_id = :agency order by n.id desc
    """
)
_SAVED = text(
    """
    select u.full_name as by, e.at
      from audit_event e join app_user u on u.id = e.agent_id
     where e.object_type = 'return' and e.object_id = :id and e.outcome = 'success'
       and e.event_type in ('return:create', 'return:update')
       and (cast(:part as text) is null or jsonb_exists(e.detail -> 'changed', :part)
            or jsonb_exists(e.detail -> 'lines', :part)
            or (e.event_type = 'return:create' and jsonb_exists(e.detail -> 'after', :part)))
     order by e.at desc, e.id desc limit 1
    """
)
_REVIEWERS = text(
    """
    select distinct u.name, u.full_name
      from role_grant g join app_user u on u.id = g.user_id
     where g.role = any(:roles) and g.valid_from <= :today and (g.valid_to is null or g.valid_to > :today)
       and u.disabled_at is null and not u.is_service
     order by u.full_name, u.name
    """
)
