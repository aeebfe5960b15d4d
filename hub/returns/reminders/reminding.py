"""Agencies are reminded of the returns they owe: by the hub on its days, by Home Affairs when it likes.

A reminder is written once for each occasion, and its mails with it, in one transaction; whoever sends them comes
later (sending.py). It is written to the agency's contact person, else to those at the agency who may submit, else to
those at the body above that its return goes to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, insert, text
from sqlalchemy.dialects.postgresql import insert as insert_once
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.agencies.queries import NAME_AT, NAME_SORT_AT
from hub.audit.commands import record
from hub.kit import clock
from hub.kit.calendar import CalendarDay
from hub.kit.errors import FieldError, Invalid, NotFound, NotPermitted
from hub.plan.models import Plan
from hub.returns.ledger import open_period_held, place_held
from hub.returns.models import ReportingPeriod
from hub.returns.owed import DUE, HANDED_IN, OWES, RECEIVER
from hub.returns.reminders.models import OutboxMessage, Reminder, ReminderRound
from hub.returns.reminders.schedule import Occasion, occasion_on, working_days_between
from hub.returns.reminders.wording import Asked, mail_subject, mail_text
from hub.returns.rules import is_late, wrong_text
from policies.law import Law
from policies.resources import RESOURCES

LONGEST_NOTE = 2_000
_DAY = "p.deadline"
_OWING = f"""
with writer as (
    select g.agency_id, array_agg(distinct u.email order by u.email) as emails
      from role_grant g
      join app_user u on u.id = g.user_id
      left join app_user h on h.id = g.on_behalf_of
     where g.role = any(:roles) and g.valid_from <= :today and (g.valid_to is null or g.valid_to > :today)
       and u.disabled_at is null and h.disabled_at is null and u.email is not null
     group by g.agency_id
),
owing as (
    select p.id as period_id, a.id as agency_id, {NAME_AT.format(a="a", day=_DAY)} as name,
           {NAME_SORT_AT.format(a="a", day=_DAY)} as sorted,
           {RECEIVER.format(a="a", day=_DAY)} as above_id, {DUE.format(a="a", p="p")} as due_on,
           coalesce(r.state, 'NONE') as state, r.handed_in_at, {{may}} as may
      from reporting_period p
     cross join agency a
      left join agency_return r on r.agency_id = a.id and r.period_id = p.id
     where p.id = :period and {OWES.format(a="a", day=_DAY)} and (a.valid_to is null or a.valid_to > :today)
       and ({{seen}}) and (cast(:agencies as bigint[]) is null or a.id = any(:agencies))
)
select o.agency_id, o.above_id, o.name, o.due_on, o.state, o.handed_in_at, o.may, above.name as receiver,
       case when k.email is not null then array[k.email]
            else coalesce(own.emails, its.emails, array[]::varchar[]) end as addresses
  from owing o
  left join agency above on above.id = o.above_id
  left join agency_contact k on k.agency_id = o.agency_id
  left join writer own on own.agency_id = o.agency_id
  left join writer its on its.agency_id = o.above_id
 order by o.sorted, o.agency_id
"""


@dataclass(frozen=True)
class Written:
    """Whom the hub has reminded in one period, and those of them with nobody to write to."""

    period_id: int
    agencies: tuple[int, ...]
    unreachable: tuple[int, ...]


def remind_agencies(
    session: Session,
    actor: Actor,
    period_id: int,
    agency_ids: Collection[int] | None = None,
    *,
    late_only: bool = False,
    note: str | None = None,
) -> ReminderRound:
    """Remind agencies of an open period as Home Affairs: those named, else all, that have not handed in.

    One that was reminded by hand today is not written to again. Raises NotFound, NotPermitted, AgencyEnded,
    ReturnNotOwed, WrongPeriodState, Invalid where nobody is left to be reminded.
    """
    period = open_period_held(session, actor, period_id)
    said = (note or "").strip() or None
    if error := wrong_text("note", said, LONGEST_NOTE):
        raise Invalid([error])
    today = clock.today()
    found = owing_as(session, actor, period, agency_ids)
    for missing in sorted(set(agency_ids or ()) - {row["agency_id"] for row in found}):
        place_held(session, actor, missing, period)
        raise NotFound("báo cáo của cơ quan", "the agency's return", path=("agencyIds",))
    if not all(row["may"] for row in found):
        raise NotPermitted("return:follow", "báo cáo của cơ quan", "the agency's return")
    wanted = [
        row
        for row in found
        if row["state"] not in HANDED_IN
        and not (late_only and not is_late(row["handed_in_at"], row["due_on"], today))
    ]
    turn = ReminderRound(
        period_id=period_id, note=said, asked=len(agency_ids or wanted), by_id=actor.id, at=clock.instant()
    )
    session.add(turn)
    session.flush()
    occasion = Occasion("REQUEST", f"asked-{today.isoformat()}")
    reminded, unreachable = _write(session, period, wanted, lambda row: occasion, today, turn)
    if not reminded:
        raise Invalid(
            [
                FieldError(
                    "agency_ids",
                    "NOBODY_TO_REMIND",
                    "Không còn cơ quan nào cần đôn đốc: đã nộp, hoặc hôm nay đã được đôn đốc.",
                    "Nobody is left to be reminded: they have handed in, or were reminded today.",
                )
            ]
        )
    detail = {"period": period_id, "kind": "REMINDER", "agencies": reminded, "unreachable": unreachable}
    record(session, actor, "return:follow", "period", period_id, reason=said, detail=detail)
    return turn


def remind_due(session: Session, actor: Actor) -> list[Written]:
    """Write what is due today in every open period, as the hub itself; what was written before stays as it is."""
    today = clock.today()
    days = exceptions(session)
    told = []
    for period in session.exec(select(ReportingPeriod).where(ReportingPeriod.state == "OPEN")).all():
        wanted = [row for row in owing_as(session, None, period) if row["state"] not in HANDED_IN]
        reminded, unreachable = _write(
            session, period, wanted, lambda row: occasion_on(today, row["due_on"], days), today
        )
        if reminded:
            key = period.id or 0
            told.append(Written(key, tuple(reminded), tuple(unreachable)))
            detail = {"period": key, "kind": "REMINDER", "agencies": reminded, "unreachable": unreachable}
            record(session, actor, "return:follow", "period", key, detail=detail)
    return told


def owing_as(
    session: Session, actor: Actor | None, period: ReportingPeriod, agencies: Collection[int] | None = None
) -> Sequence[RowMapping]:
    """Who owes a return, as far as the actor sees returns (None: the hub itself), with where to write to."""
    columns = dict.fromkeys(RESOURCES["return"].names.values(), "null") | {"agency_id": "a.id"}
    seen = actor.predicate("return", "read", columns, root=False) if actor else "true"
    may = actor.predicate("return", "follow", columns, root=False) if actor else "true"
    sql = _OWING.replace("{seen}", seen).replace("{may}", may)
    values: dict[str, Any] = {
        "period": period.id,
        "today": clock.today(),
        "roles": _submitting(),
        "agencies": None if agencies is None else list(agencies),
        **(actor.values(sql) if actor else {}),
    }
    return session.execute(text(sql), values).mappings().all()


def _write(
    session: Session,
    period: ReportingPeriod,
    rows: Sequence[RowMapping],
    occasion_of: Callable[[RowMapping], Occasion | None],
    today: date,
    turn: ReminderRound | None = None,
) -> tuple[list[int], list[int]]:
    """The reminders that are new and their mails; answers the agencies, and those that nobody is written to at."""
    at, by_id = clock.instant(), {row["agency_id"]: row for row in rows}
    new = [
        {
            "period_id": period.id, "agency_id": row["agency_id"], "kind": occasion.kind, "due_on": row["due_on"],
            "occasion": occasion.name, "round_id": turn.id if turn else None, "at": at,
        }
        for row in rows
        if (occasion := occasion_of(row)) is not None
    ]  # fmt: skip
    if not new:
        return [], []
    once = insert_once(Reminder).on_conflict_do_nothing().returning(col(Reminder.id), col(Reminder.agency_id))
    written = session.connection().execute(once, new).all()
    plan, days = session.get_one(Plan, period.plan_id).code, exceptions(session)
    mails = []
    for reminder, agency in written:
        row = by_id[agency]
        asked = Asked(
            agency=row["name"], receiver=row["receiver"], plan=plan, kind=period.kind, deadline=period.deadline,
            due_on=row["due_on"], state=row["state"], days=working_days_between(today, row["due_on"], days),
            note=turn.note if turn else None,
        )  # fmt: skip
        mails += [
            {
                "reminder_id": reminder,
                "recipient": address,
                "subject": mail_subject(asked),
                "text": mail_text(asked),
            }
            for address in row["addresses"]
        ]
    if mails:
        session.connection().execute(insert(OutboxMessage), mails)
    reminded = [agency for _, agency in written]
    return reminded, [agency for agency in reminded if not by_id[agency]["addresses"]]


def exceptions(session: Session) -> dict[date, bool]:
    return {day.day: day.is_working for day in session.exec(select(CalendarDay)).all()}


def _submitting() -> list[str]:
    """The roles that the law lets submit a return."""
    rules = Law({}).rules
    return sorted(
        {
            rule.role
            for rule in rules
            if (rule.resource, rule.action, rule.effect) == ("return", "submit", "allow")
        }
    )
