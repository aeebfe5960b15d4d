"""Who owes a return on a reporting date, to whom and by when, and which of them has handed it in.

Every agency in being that has an archive of its own owes one (IV.5.h). It goes to the body that the agency stands
under on that day, where that body owes one itself (units); else to Home Affairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.queries import NAME_AT, NAME_SORT_AT, PARENT_AT
from hub.kit import clock
from hub.returns.models import ReportingPeriod
from policies.resources import RESOURCES

T = TypeVar("T")
# SQL: every agency that is in being and has an archive of its own on the reporting date owes a return (IV.5.h).
OWES = (
    "{a}.archive_since <= {day} and ({a}.archive_until is null or {day} < {a}.archive_until)"
    " and ({a}.valid_from is null or {a}.valid_from <= {day})"
    " and ({a}.valid_to is null or {day} < {a}.valid_to)"
)
# SQL: the body that the return of the agency `{a}` goes to; null for Home Affairs.
REPORTS_TO = (
    "(select above.id from agency above where above.id = "
    + PARENT_AT
    + f" and {OWES.replace('{a}', 'above')})"
)
# SQL: who receives it now: that body, or what follows it where it has ended since.
RECEIVER = (
    "(select nullif(case when b.valid_to <= :today then coalesce("
    "(select min(c.successor_id) from agency_succession c where c.predecessor_id = b.id), b.id) else b.id end, {a}.id)"
    " from agency b where b.id = " + REPORTS_TO + ")"
)
# SQL: by when the agency `{a}` hands in for the period `{p}`: as units or as agencies do, or as extended. An extension
# that a later day for all has overtaken takes no time away.
DUE = (
    "greatest((select f.extended_to from return_case f where f.period_id = {p}.id and f.agency_id = {a}.id),"
    f" coalesce(case when {REPORTS_TO.replace('{day}', '{p}.deadline')} is not null then {{p}}.unit_returns_due_on end,"
    " {p}.returns_due_on))"
)
HANDED_IN = ("SUBMITTED", "APPROVED", "ACCEPTED")

_DAY = "cast(:day as date)"
_NAMED = (
    f"select a.id, a.code, {NAME_AT.format(a='a', day=_DAY)} as name,"
    f" {NAME_SORT_AT.format(a='a', day=_DAY)} as sorted"
)
_OWING = text(f"{_NAMED} from agency a where {OWES.format(a='a', day=_DAY)} order by sorted, a.code")
_PLACE = text(
    f"""
    select a.code, a.name, a.valid_to, {OWES.format(a="a", day=_DAY)} as owes,
           {RECEIVER.format(a="a", day=_DAY)} as reports_to,
           array(select s.name from agency_succession c join agency s on s.id = c.successor_id
                  where c.predecessor_id = a.id order by s.name_sort) as successors
      from agency a where a.id = :agency
    """
)
_FOLLOW = [
    text(
        f"""
        update {table} r set reports_to_id = w.receiver
          from (select k.id, {RECEIVER.format(a="a", day="p.deadline")} as receiver
                  from {table} k join reporting_period p on p.id = k.period_id join agency a on a.id = k.agency_id
                 where p.state = 'OPEN' {waiting}) w
         where w.id = r.id and r.reports_to_id is distinct from w.receiver
        """
    )
    for table, waiting in (("agency_return", "and k.state <> 'ACCEPTED'"), ("return_case", ""))
]


@dataclass(frozen=True)
class Owed:
    """An agency that owes a return, and the state of what it has sent; None for nothing.

    `due_on` is its own day, as a unit's or as extended; None where no period was asked about.
    """

    agency_id: int
    code: str
    name: str
    state: str | None
    due_on: date | None = None

    @property
    def is_handed_in(self) -> bool:
        """Whether Home Affairs can read it."""
        return self.state in HANDED_IN

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been handed in before today, and was not."""
        return not self.is_handed_in and self.due_on is not None and self.due_on < today


@dataclass(frozen=True)
class Place:
    """Where an agency stands for a reporting date: whether it owes, to whom, whether and into what it has ended."""

    code: str
    name: str
    valid_to: date | None
    owes: bool
    reports_to: int | None
    successors: list[str]


def owing(session: Session, day: date) -> list[Owed]:
    """The agencies that owe a return on a reporting date, by name; agencies are public, and so is this."""
    return [Owed(row.id, row.code, row.name, None) for row in session.execute(_OWING, {"day": day})]


def place_of(session: Session, agency_id: int, day: date) -> Place | None:
    """Where an agency stands for a reporting date; None for no such agency."""
    asked = {"agency": agency_id, "day": day, "today": clock.today()}
    row = session.execute(_PLACE, asked).mappings().first()
    return None if row is None else Place(**row)


def followed(session: Session, agency: T) -> T:
    """The agency, once what waits in open periods goes to who receives it after bodies were moved or have ended."""
    for follow in _FOLLOW:
        session.execute(follow, {"today": clock.today()})
    return agency


def owed(session: Session, actor: Actor, period: ReportingPeriod) -> list[Owed]:
    """Those of them whose returns the caller may read, with the state of each return; one statement."""
    columns = dict.fromkeys(RESOURCES["return"].names.values(), "null") | {"agency_id": "a.id"}
    seen = actor.predicate("return", "read", columns, root=False)
    sql = f"""
        {_NAMED}, r.state, {DUE.format(a="a", p="p")} as due_on
          from reporting_period p cross join agency a
          left join agency_return r on r.agency_id = a.id and r.period_id = p.id
         where p.id = :period and {OWES.format(a="a", day=_DAY)} and ({seen})
         order by sorted, a.code
    """
    values = {"period": period.id, "day": period.deadline, **actor.values(seen)}
    return [
        Owed(row.id, row.code, row.name, row.state, row.due_on) for row in session.execute(text(sql), values)
    ]
