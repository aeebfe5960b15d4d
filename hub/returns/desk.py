"""The period desk: for every agency that owes a return, where it is, by when, who checks it, whom to call, what is odd.

One statement for the rows and one for their reminders; flags are reckoned only when they are asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.queries import NAME_AT, NAME_SORT_AT
from hub.kit import clock
from hub.returns.anomalies import Flag, anomalies
from hub.returns.models import ReportingPeriod
from hub.returns.owed import DUE, HANDED_IN, OWES, RECEIVER
from hub.returns.reminders.told import Told, reminders_of
from hub.returns.rules import is_late
from policies.resources import RESOURCES

# So many agencies' figures are counted one by one; those of a city of 700 take half a second together.
_FEW = 3
# Beside the states of a return: nothing was begun.
NONE = "NONE"
_DAY = "p.deadline"
_ROWS = f"""
select a.id, a.code, {NAME_AT.format(a="a", day=_DAY)} as name, {NAME_SORT_AT.format(a="a", day=_DAY)} as sorted,
       {RECEIVER.format(a="a", day=_DAY)} as reports_to_id, {DUE.format(a="a", p="p")} as due_on,
       a.valid_to <= :today as has_ended,
       r.id as return_id, coalesce(r.state, '{NONE}') as state, r.handed_in_at, r.version, r.approved_by,
       c.extended_to, c.extension_reason, u.name as reviewer, u.full_name as reviewer_name,
       k.name as contact, k.position, k.phone, k.email,
       n.note as called, n.at as called_at, n.promised_on,
       (select count(*) from case_note m where m.case_id = c.id and m.kind = 'CALL') as calls
  from reporting_period p
 cross join agency a
  left join agency_return r on r.agency_id = a.id and r.period_id = p.id
  left join return_case c on c.agency_id = a.id and c.period_id = p.id
  left join app_user u on u.id = c.reviewer_id
  left join agency_contact k on k.agency_id = a.id
  left join lateral (select * from case_note m where m.case_id = c.id and m.kind = 'CALL'
                      order by m.id desc limit 1) n on true
 where p.id = :period and (cast(:agency as bigint) is null or a.id = :agency)
   and {OWES.format(a="a", day=_DAY)} and ({{seen}})
 order by sorted, a.code
"""


@dataclass(frozen=True)
class Contact:
    """Whom to call."""

    name: str
    position: str | None
    phone: str | None
    email: str | None


@dataclass(frozen=True)
class Call:
    """The last call: what was said, when, and by when the return was promised."""

    note: str
    at: datetime
    promised_on: date | None


@dataclass(frozen=True)
class DeskRow:
    """One agency in one period; `state` is NONE where nothing was begun.

    `reports_to_id` is who receives its return now, `has_ended` whether it is no more, so that it sends none.
    """

    agency_id: int
    code: str
    name: str
    reports_to_id: int | None
    has_ended: bool
    due_on: date
    return_id: int | None
    state: str
    version: int | None
    approved_by: int | None
    handed_in_at: datetime | None
    is_late: bool
    extended_to: date | None
    extension_reason: str | None
    reviewer: str | None
    reviewer_name: str | None
    contact: Contact | None
    last_call: Call | None
    calls: int
    reminders: tuple[Told, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def last_reminded_at(self) -> datetime | None:
        """When it was last reminded, by the hub or by hand."""
        return self.reminders[-1].at if self.reminders else None

    @property
    def is_handed_in(self) -> bool:
        """Whether the return has left the hands of who writes it."""
        return self.state in HANDED_IN


@dataclass(frozen=True)
class Desk:
    """A period's rows by name, as far as the caller may read returns, and their counts by state."""

    period: ReportingPeriod
    rows: tuple[DeskRow, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many agencies are in each state, those without a return under NONE."""
        return Counter(row.state for row in self.rows)

    @property
    def late(self) -> int:
        """How many are late: handed in after their day, or not yet."""
        return sum(row.is_late for row in self.rows)

    @property
    def has_late_body(self) -> bool:
        """Whether there is a letter to write: a body that reports to Home Affairs has let its day pass."""
        return self.period.state == "OPEN" and any(
            row.is_late and not row.is_handed_in and row.reports_to_id is None and not row.has_ended
            for row in self.rows
        )


def desk(
    session: Session,
    actor: Actor,
    period: ReportingPeriod,
    *,
    flagged: bool = False,
    agency_id: int | None = None,
) -> Desk:
    """The period desk as the caller may see it, or one agency's row; with `flagged` what is odd in each return."""
    columns = dict.fromkeys(RESOURCES["return"].names.values(), "null") | {"agency_id": "a.id"}
    seen = actor.predicate("return", "read", columns, root=False)
    today = clock.today()
    asked = {"period": period.id, "agency": agency_id, "today": today, **actor.values(seen)}
    found = session.execute(text(_ROWS.replace("{seen}", seen)), asked).all()
    flags = _flags(session, actor, period, [row.id for row in found]) if flagged else {}
    reminders = reminders_of(session, period.id or 0, [row.id for row in found]) if found else {}
    rows = [
        DeskRow(
            agency_id=row.id, code=row.code, name=row.name, reports_to_id=row.reports_to_id,
            has_ended=bool(row.has_ended), due_on=row.due_on,
            return_id=row.return_id, state=row.state, version=row.version, approved_by=row.approved_by,
            handed_in_at=row.handed_in_at, is_late=is_late(row.handed_in_at, row.due_on, today),
            extended_to=row.extended_to, extension_reason=row.extension_reason,
            reviewer=row.reviewer, reviewer_name=row.reviewer_name,
            contact=Contact(row.contact, row.position, row.phone, row.email) if row.contact else None,
            last_call=Call(row.called, row.called_at, row.promised_on) if row.called else None,
            calls=row.calls, reminders=tuple(reminders.get(row.id, ())), flags=tuple(flags.get(row.id, ())),
        )
        for row in found
    ]  # fmt: skip
    return Desk(period, tuple(rows))


def _flags(
    session: Session, actor: Actor, period: ReportingPeriod, agencies: Sequence[int]
) -> dict[int, list[Flag]]:
    """What is odd in the returns of these agencies: of few one by one, else of the whole city at once."""
    if len(agencies) > _FEW:
        return anomalies(session, actor, period)
    return {key: told for one in agencies for key, told in anomalies(session, actor, period, one).items()}


def picked(
    rows: Sequence[DeskRow],
    *,
    states: Collection[str] = (),
    late: bool | None = None,
    flagged: bool | None = None,
    reviewer: str | None = None,
) -> list[DeskRow]:
    """The rows for which everything asked for holds."""
    return [
        row
        for row in rows
        if (not states or row.state in states)
        and (late is None or row.is_late == late)
        and (flagged is None or bool(row.flags) == flagged)
        and (reviewer is None or row.reviewer == reviewer)
    ]
