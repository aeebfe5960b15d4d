"""Figures of published reports, as their snapshots froze them: what everybody may see. Nothing is counted here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kpi import small
from hub.kpi.frozen import thaw
from hub.kpi.values import IndicatorValue, Result
from hub.returns.published import Lines, PublishedLine, published_lines, report_sees, withheld_in
from hub.web.sheet import Line, Publication, Sheet

# The newest revision of each period's report, with the whole figures of the dates shown and the percents of all.
_REPORTS = """
    with report as (
        select distinct on (r.period_id) r.id, r.period_id, r.state, r.agency_id, r.created_by, r.submitted_by,
               r.published_at, r.revision, r.number, p.deadline, pl.code as plan, pl.period_from, s.figures
          from published_report r
          join reporting_period p on p.id = r.period_id
          join plan pl on pl.id = p.plan_id
          join snapshot s on s.report_id = r.id
         where r.agency_id is not distinct from cast(:agency_id as bigint) and r.state = 'PUBLISHED'
           and p.kind = 'HALF_YEAR' and {seen}
         order by r.period_id, r.revision desc, s.id desc
    ),
    chosen as (
        select deadline as day, plan
          from report
         order by deadline <= :as_of desc, case when deadline <= :as_of then deadline end desc nulls last, deadline,
                  period_from desc
         limit 1
    )
    select r.id, r.period_id, r.published_at, r.revision, r.number, r.deadline, r.plan, r.deadline = c.day as is_chosen,
           case when r.deadline = c.day or r.deadline = :compared_on
                     or r.deadline = (select max(deadline) from report where deadline < c.day and plan = c.plan)
                then r.figures end as figures,
           (select jsonb_object_agg(x -> 'indicator' ->> 'code',
                                    jsonb_build_array(x -> 'percent', x -> 'numerator', x -> 'denominator'))
              from jsonb_array_elements(r.figures -> 'indicators') x) as brief
      from report r join chosen c on c.plan = r.plan
     order by r.deadline
"""


def sheet(
    session: Session,
    actor: Actor,
    as_of: date,
    compared_on: date | None,
    agency_id: int | None = None,
    *,
    parts: Collection[str] = ("TARGET",),
    with_lines: bool = True,
) -> Sheet | None:
    """The figures of the newest report up to a date, else of the first there is; None where nothing is published.

    Two statements at most. Only reports that the visitor may read are looked at.
    """
    statement = _REPORTS.format(seen=report_sees(actor))
    asked = {"agency_id": agency_id, "as_of": as_of, "compared_on": compared_on, **actor.values(statement)}
    reports = session.execute(text(statement), asked).all()
    chosen = next((row for row in reports if row.is_chosen), None)
    if chosen is None:
        return None
    days = tuple(row.deadline for row in reports)
    earlier = [day for day in days if day < chosen.deadline]
    if compared_on not in days:
        compared_on = earlier[-1] if earlier else None
    before = next((row for row in reports if row.deadline == compared_on), None)
    lines: dict[int, Lines] = {}
    withheld: dict[int, frozenset[str]] = {}
    if agency_id is not None and not small.sees_all(actor, agency_id):
        lines = published_lines(session, actor, [row.period_id for row in reports])
        withheld = {period_id: withheld_in(told, agency_id) for period_id, told in lines.items()}
    elif agency_id is None and with_lines:
        lines = published_lines(session, actor, [chosen.period_id])
    values = _values(actor, chosen, parts, withheld)
    return Sheet(
        plan=chosen.plan,
        as_of=chosen.deadline,
        agency=values[0].agency if values else None,
        values=values,
        compared_on=compared_on,
        before={value.indicator.code: value for value in _values(actor, before, parts, withheld)},
        history={
            value.indicator.code: tuple(
                told
                for row in reports
                if row.deadline <= chosen.deadline
                for told in small.told(
                    actor,
                    [_at(value, row.deadline, row.brief)],
                    [value.indicator.code] if value.withheld else withheld.get(row.period_id, ()),
                )
            )
            for value in values
        },
        lines={code: tuple(map(_line, told)) for code, told in lines.get(chosen.period_id, {}).items()}
        if agency_id is None
        else {},
        days=days,
        publication=Publication(
            chosen.id, chosen.deadline, chosen.published_at, chosen.revision, chosen.number
        ),
    )


def _values(
    actor: Actor, report: Any, parts: Collection[str], withheld: Mapping[int, Collection[str]]
) -> tuple[IndicatorValue, ...]:
    """The figures of a report as the visitor is told them; none without a report."""
    if report is None:
        return ()
    return tuple(
        value
        for value in small.told(actor, thaw(report.figures or {}), withheld.get(report.period_id, ()))
        if value.indicator.part in parts and actor.may("read", "indicator", value.indicator)
    )


def _line(line: PublishedLine) -> Line:
    return Line(
        line.code, line.name, line.numerator, line.denominator, line.percent, Result(line.result), line.missing,
        line.excluded, line.agency_id, line.withheld,
    )  # fmt: skip


def _at(value: IndicatorValue, day: date, brief: Any) -> IndicatorValue:
    """The figure as an earlier report had it, as far as a history tells."""
    percent, numerator, denominator = (brief or {}).get(value.indicator.code) or (None, None, None)
    return replace(value, as_of=day, percent=percent, numerator=numerator, denominator=denominator)
