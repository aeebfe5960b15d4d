"""What the half-year asks of somebody now: returns to write, to approve, to accept, each with its day.

One statement: the law's predicates stand beside the state from which each step starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.queries import NAME_AT, NAME_SORT_AT
from hub.kit import clock
from hub.returns.owed import DUE, OWES, REPORTS_TO
from hub.returns.rules import STEPS, WRITTEN_IN

WRITE, APPROVE, ACCEPT = "update", "approve", "accept"
# The step, the states from which it starts; `DRAFT` is also the state of what nobody has begun.
_STEPS = ((WRITE, WRITTEN_IN), (APPROVE, STEPS[APPROVE].starts), (ACCEPT, STEPS[ACCEPT].starts))
_DAY = "p.deadline"
_ABOVE = REPORTS_TO.format(a="a", day=_DAY)
_ROWS = f"""
select p.id as period_id, p.deadline, a.code, {NAME_AT.format(a="a", day=_DAY)} as name,
       {NAME_SORT_AT.format(a="a", day=_DAY)} as sorted, r.id as return_id, r.state,
       {DUE.format(a="a", p="p")} as due_on, {{steps}} as step
  from reporting_period p
 cross join agency a
  left join agency_return r on r.agency_id = a.id and r.period_id = p.id
 where p.state = 'OPEN' and {OWES.format(a="a", day=_DAY)}
   and (a.valid_to is null or a.valid_to > greatest(p.deadline, cast(:today as date)))
"""
_COLUMNS = {
    "id": "r.id",
    "agency_id": "a.id",
    "state": "coalesce(r.state, 'DRAFT')",
    "created_by": "r.created_by",
    "submitted_by": "r.submitted_by",
    "custodian_id": _ABOVE,
    "reports_to_id": _ABOVE,
    "of_unit": f"({_ABOVE} is not null)",
}


@dataclass(frozen=True)
class Awaited:
    """One return that waits for a step of the caller; `state` and `return_id` are None where nothing was begun."""

    period_id: int
    deadline: date
    code: str
    name: str
    return_id: int | None
    state: str | None
    due_on: date
    step: str


def awaited(session: Session, actor: Actor) -> Sequence[Awaited]:
    """The returns of open periods that the caller has to write, approve or accept, those due first in front."""
    may = [
        (step, starts)
        for step, starts in _STEPS
        if actor.id is not None and actor.law.reaches_any(actor.shape, "return", step)
    ]
    if not may:
        return ()
    cases = " ".join(
        f"when {_COLUMNS['state']} in ({', '.join(map(repr, starts))})"
        f" and ({actor.predicate('return', step, _COLUMNS)}) then '{step}'"
        for step, starts in may
    )
    sql = (
        f"select * from ({_ROWS.replace('{steps}', f'case {cases} end')}) t where step is not null"
        " order by due_on, deadline, sorted, code"
    )
    rows = session.execute(text(sql), {"today": clock.today(), **actor.values(sql)})
    return [
        Awaited(
            row.period_id, row.deadline, row.code, row.name, row.return_id, row.state, row.due_on, row.step
        )
        for row in rows
    ]
