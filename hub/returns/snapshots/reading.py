"""What was frozen, for who shows a closed period: its figures and its lines by agency, never counted again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.kpi.breakdown import By
from hub.kpi.frozen import thaw, thaw_lines
from hub.kpi.values import BreakdownRow, IndicatorValue

# Of a period's report in force, else of its closing, which a correction that waits does not touch.
_FIGURES = text(
    """
    select p.data_cutoff as day, coalesce(issued.figures, closing.figures) as figures
      from reporting_period p
      left join lateral (
           select s.figures from published_report r join snapshot s on s.report_id = r.id
            where r.period_id = p.id and r.state = 'PUBLISHED'
              and r.agency_id is not distinct from cast(:agency as bigint)
            order by s.id desc limit 1) issued on true
      left join lateral (
           select f.figures from period_freeze z join frozen_figures f on f.freeze_id = z.id
            where z.period_id = p.id and z.reason is null
              and f.agency_id is not distinct from cast(:agency as bigint)
            order by z.id desc limit 1) closing on true
     where p.plan_id = :plan and p.data_cutoff = any(:days) and p.state in ('CLOSED', 'PUBLISHED')
       and coalesce(issued.figures, closing.figures) is not null
    """
)
_LINES = text(
    """
    select p.data_cutoff as day, z.lines
      from reporting_period p
     cross join lateral (
           select z.lines from period_freeze z
             left join (select s.freeze_id from published_report r join snapshot s on s.report_id = r.id
                         where r.period_id = p.id and r.state = 'PUBLISHED' and r.agency_id is null) issued
                    on issued.freeze_id = z.id
            where z.period_id = p.id and z.agency_id is null and (issued.freeze_id is not null or z.reason is null)
            order by issued.freeze_id is not null desc, z.id desc limit 1) z
     where p.plan_id = :plan and p.data_cutoff = any(:days) and p.state in ('CLOSED', 'PUBLISHED')
    """
)
_OF_FREEZE = text("select as_of as day, lines from period_freeze where id = :freeze and agency_id is null")


def figures_at(
    session: Session, plan_id: int, days: Sequence[date], agency_id: int | None
) -> dict[date, list[IndicatorValue]]:
    """The frozen figures of the city or one agency at the cut-offs that have them; one statement."""
    asked = {"plan": plan_id, "days": list(days), "agency": agency_id}
    return {row.day: thaw(row.figures) for row in session.execute(_FIGURES, asked)}


def lines_at(
    session: Session, plan_id: int, days: Sequence[date], freeze_id: int | None = None
) -> dict[date, dict[By, dict[str, list[BreakdownRow]]]]:
    """The frozen lines of each figure at the cut-offs that have them, by agency and by kind; two statements at most.

    `freeze_id` is the freezing of a report that is being made, whose lines stand for those of its cut-off.
    """
    rows: list[Any] = list(session.execute(_LINES, {"plan": plan_id, "days": list(days)}))
    if freeze_id is not None:
        rows += session.execute(_OF_FREEZE, {"freeze": freeze_id})
    return {row.day: thaw_lines(row.lines) for row in rows if row.lines}
