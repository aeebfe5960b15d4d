"""What is asked of somebody now, by when: returns to write, to approve, to accept; for Home Affairs exceptions by law
to decide on, and mail that is stuck.

Counted anew from where the returns are, so that nothing has to be taken back; what Home Affairs said when it last
reminded stands beside. One statement, and one more for who decides on exceptions, or looks after the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, text
from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.agencies.queries import NAME_AT
from hub.kit import clock, numerals
from hub.plan.models import Exclusion
from hub.returns.models import AgencyReturn
from hub.returns.owed import DUE, OWES, RECEIVER
from hub.returns.reminders.reminding import exceptions
from hub.returns.reminders.schedule import working_days_between
from hub.returns.reminders.sending import outbox
from hub.returns.reminders.wording import left
from policies.resources import RESOURCES

_DAY = "p.deadline"
# kind → the right it needs and the states it waits in; in this order they are told.
_STEPS = {
    "WRITE": ("update", "'DRAFT', 'SENT_BACK'"),
    "APPROVE": ("approve", "'SUBMITTED'"),
    "ACCEPT": ("accept", "'APPROVED'"),
}
_ASKED = f"""
with owing as (
    select p.id as period_id, p.deadline, a.id as agency_id, a.code, {NAME_AT.format(a="a", day=_DAY)} as name,
           {RECEIVER.format(a="a", day=_DAY)} as reports_to_id, {DUE.format(a="a", p="p")} as due_on,
           r.id, coalesce(r.state, 'DRAFT') as state, r.created_by, r.submitted_by, r.approved_by
      from reporting_period p
     cross join agency a
      left join agency_return r on r.agency_id = a.id and r.period_id = p.id
     where p.state = 'OPEN' and {OWES.format(a="a", day=_DAY)}
       -- what a body that has ended had handed in is accepted all the same
       and (a.valid_to is null or a.valid_to > :today or r.state = 'APPROVED')
),
step as (select o.*, case {{steps}} end as kind from owing o)
select s.kind, s.period_id, s.deadline, count(*) as count, min(s.due_on) as due_on,
       count(*) filter (where s.due_on < :today) as overdue,
       case when count(*) = 1 then min(s.agency_id) end as agency_id,
       case when count(*) = 1 then min(s.name) end as agency,
       case when count(*) = 1 then min(s.code) end as agency_code,
       case when count(*) = 1 then min(s.id) end as return_id, max(d.at) as reminded_at,
       (array_agg(d.note order by d.at desc) filter (where d.note is not null))[1] as note
  from step s
  left join lateral (select d.at, n.note from reminder d join reminder_round n on n.id = d.round_id
                      where d.period_id = s.period_id and d.agency_id = s.agency_id and s.kind = 'WRITE'
                      order by d.id desc limit 1) d on true
 where s.kind is not null
 group by s.kind, s.period_id, s.deadline
 order by min(s.due_on), s.period_id, array_position(array['WRITE', 'APPROVE', 'ACCEPT'], s.kind)
"""
_DOING = {
    "WRITE": ("Lập và trình", "Write and submit"),
    "APPROVE": ("Duyệt", "Approve or send back"),
    "ACCEPT": ("Tiếp nhận hoặc trả lại", "Accept or send back"),
}


@dataclass(frozen=True)
class Notice:
    """One thing to do: `kind` WRITE, APPROVE, ACCEPT (returns of a period), EXCLUSION (exceptions by law to decide on)
    or MAIL (mails that need a person).

    `agency`, `agency_code`, `agency_id` and `return_id` where it is about one; `days` are working days left, negative
    when overdue; `note` is what Home Affairs said when it last reminded.
    """

    kind: str
    count: int
    overdue: int = 0
    period_id: int | None = None
    deadline: date | None = None
    due_on: date | None = None
    days: int = 0
    agency_id: int | None = None
    agency: str | None = None
    agency_code: str | None = None
    return_id: int | None = None
    reminded_at: datetime | None = None
    note: str | None = None

    def message(self, language: str) -> str:
        """One sentence: what to do, by when."""
        english = language == "en"
        if self.kind == "EXCLUSION":
            are = (
                "exclusion that an agency proposes" if self.count == 1 else "exclusions that agencies propose"
            )
            return (
                f"Decide on {self.count} {are}."
                if english
                else f"Quyết định {self.count} trường hợp loại trừ do cơ quan đề nghị."
            )
        if self.kind == "MAIL" or self.due_on is None:
            said = f" ({self.note})" if self.note else ""
            some = (
                f"{self.count} thư đôn đốc chưa gửi được{said}. Hãy sửa địa chỉ đầu mối, hoặc báo quản trị hệ thống.",
                f"{self.count} reminders could not be sent{said}. Mend the address, or tell the administrator.",
            )
            return some[english]
        doing, time, is_one = _DOING[self.kind][english], left(self.days)[english], self.count == 1
        if english:
            what = f"the return of {self.agency}" if self.agency else f"{self.count} returns"
            late = f"; {self.overdue} overdue" if self.overdue and not is_one else ""
            return f"{doing} {what} for {self.deadline}: {'' if is_one else 'first '}due {self.due_on} ({time}){late}."
        what = f"báo cáo của {self.agency}" if self.agency else f"{self.count} báo cáo"
        late = f"; {self.overdue} đã quá hạn" if self.overdue and not is_one else ""
        first = "hạn" if is_one else "hạn sớm nhất"
        return f"{doing} {what}, kỳ {numerals.day(self.deadline)}: {first} {numerals.day(self.due_on)} ({time}){late}."


def notices(session: Session, actor: Actor) -> list[Notice]:
    """What waits for the actor, the nearest day first; nothing for the public."""
    if actor.id is None:
        return []
    told = RESOURCES["return"].names.values()
    columns: Mapping[str, str] = {name: f"o.{name}" for name in told} | {
        "of_unit": "(o.reports_to_id is not null)"
    }
    may = {
        kind: (states, predicate)
        for kind, (act, states) in _STEPS.items()
        if (predicate := actor.predicate("return", act, columns, root=False)) != "false"
    }
    found: list[Notice] = []
    if may:
        steps = " ".join(
            f"when o.state in ({states}) and ({predicate}) then '{kind}'"
            for kind, (states, predicate) in may.items()
        )
        sql, today = _ASKED.replace("{steps}", steps), clock.today()
        rows = session.execute(text(sql), {"today": today, **actor.values(sql)}).mappings().all()
        days = exceptions(session) if rows else {}
        found = [Notice(**row, days=working_days_between(today, row["due_on"], days)) for row in rows]
    if actor.law.reaches_any(actor.shape, "exclusion", "approve"):
        waiting = (
            select(func.count())
            .select_from(Exclusion)
            .where(Exclusion.state == "PROPOSED", actor.sees("exclusion", Exclusion, "approve"))
        )
        if count := session.exec(waiting).one():
            found.append(Notice("EXCLUSION", count))
    if actor.may("follow", "return", AgencyReturn(period_id=0, agency_id=0), of_unit=False):
        box = outbox(session)
        if not box.is_well:
            found.append(Notice("MAIL", box.failed + box.stuck, note=box.last_error))
    return found
