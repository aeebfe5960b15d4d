"""Who owes a return on a reporting date, and which of them has handed it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.queries import NAME_AT, NAME_SORT_AT
from hub.returns.models import ReportingPeriod
from policies.resources import RESOURCES

# SQL: every agency that is in being and has an archive of its own on the reporting date owes a return (IV.5.h).
OWES = (
    "{a}.archive_since <= {day} and ({a}.archive_until is null or {day} < {a}.archive_until)"
    " and ({a}.valid_from is null or {a}.valid_from <= {day})"
    " and ({a}.valid_to is null or {day} < {a}.valid_to)"
)
HANDED_IN = ("SUBMITTED", "APPROVED", "ACCEPTED")

_DAY = "cast(:day as date)"
_NAMED = (
    f"select a.id, a.code, {NAME_AT.format(a='a', day=_DAY)} as name,"
    f" {NAME_SORT_AT.format(a='a', day=_DAY)} as sorted"
)
_OWING = text(f"{_NAMED} from agency a where {OWES.format(a='a', day=_DAY)} order by sorted, a.code")


@dataclass(frozen=True)
class Owed:
    """An agency that owes a return, and the state of what it has sent; None for nothing."""

    agency_id: int
    code: str
    name: str
    state: str | None

    @property
    def is_handed_in(self) -> bool:
        """Whether Home Affairs can read it."""
        return self.state in HANDED_IN


def owing(session: Session, day: date) -> list[Owed]:
    """The agencies that owe a return on a reporting date, by name; agencies are public, and so is this."""
    return [Owed(row.id, row.code, row.name, None) for row in session.execute(_OWING, {"day": day})]


def owed(session: Session, actor: Actor, period: ReportingPeriod) -> list[Owed]:
    """Those of them whose returns the caller may read, with the state of each return; one statement."""
    columns = dict.fromkeys(RESOURCES["return"].names.values(), "null") | {"agency_id": "a.id"}
    seen = actor.predicate("return", "read", columns, root=False)
    sql = f"""
        {_NAMED}, r.state
          from agency a left join agency_return r on r.agency_id = a.id and r.period_id = :period
         where {OWES.format(a="a", day=_DAY)} and ({seen})
         order by sorted, a.code
    """
    values = {"period": period.id, "day": period.deadline, **actor.values(seen)}
    return [Owed(row.id, row.code, row.name, row.state) for row in session.execute(text(sql), values)]
