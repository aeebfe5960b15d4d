"""The tasks of the plan's annex (Phụ lục), group by group, with what is known of each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from hub.kit import clock
from hub.kpi.values import IndicatorValue
from hub.plan.queries import plan_by_code
from hub.web import live
from hub.web.dates import sheet_of, wants_live
from hub.web.page import Page
from hub.web.rights import may_read_live
from hub.web.views import lookups
from hub.web.visit import Visit
from reports.sources import PlanRow, plan_rows


@dataclass(frozen=True)
class Task:
    """A row of the annex as issued, with its figure."""

    row: PlanRow
    value: IndicatorValue


def show(session: Session, visit: Visit) -> Page:
    """Every row of the annex under its heading."""
    rows: list[PlanRow] | None = None
    codes = None
    if wants_live(visit):
        plan = live.frame_of(session, visit.actor, visit.day("as_of") or clock.today()).plan
        rows = _rows(session, plan)
        codes = [row.code for row in rows]
    sheet = sheet_of(session, visit, codes=codes, parts=("ANNEX",), with_history=False, with_lines=False)
    if sheet is None:
        return Page("nothing.html.j2", {"own": lookups.own_agencies(session, visit.actor)})
    rows = rows if rows is not None else _rows(session, sheet.plan)
    values = {value.indicator.code: value for value in sheet.values}
    groups: dict[str, list[Task]] = {}
    for row in rows:
        if row.code in values:
            groups.setdefault(row.section, []).append(Task(row, values[row.code]))
    live_too = may_read_live(visit.actor, None)
    return Page("annex.html.j2", {"sheet": sheet, "groups": groups, "may_live": live_too})


def _rows(session: Session, plan: str) -> list[PlanRow]:
    return [row for row in plan_rows(session, plan_by_code(session, plan)) if row.part == "ANNEX"]
