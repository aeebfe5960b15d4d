"""Figures of published reports, as their snapshots froze them: what everybody may see. Nothing is counted here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.kpi import small
from hub.kpi.frozen import thaw
from hub.kpi.values import IndicatorValue, Result
from hub.web.sheet import Line, Publication, Sheet

# The newest revision of each period's report, with the whole figures of the dates shown and the percents of all.
_REPORTS = """
    with report as (
        select distinct on (r.period_id) r.id, r.state, r.agency_id, r.created_by, r.submitted_by, r.published_at,
               r.revision, r.number, p.deadline, pl.code as plan, pl.period_from, s.figures
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
    select r.id, r.published_at, r.revision, r.number, r.deadline, r.plan, r.deadline = c.day as is_chosen,
           case when r.deadline = c.day or r.deadline = :compared_on
                     or r.deadline = (select max(deadline) from report where deadline < c.day and plan = c.plan)
                then r.figures end as figures,
           (select jsonb_object_agg(x -> 'indicator' ->> 'code',
                                    jsonb_build_array(x -> 'percent', x -> 'numerator', x -> 'denominator'))
              from jsonb_array_elements(r.figures -> 'indicators') x) as brief
      from report r join chosen c on c.plan = r.plan
     order by r.deadline
"""
_AGENCIES = """
    select distinct on (r.agency_id, x -> 'indicator' ->> 'code') a.id, a.code, a.name,
           x -> 'indicator' ->> 'code' as figure,
           x -> 'indicator' ->> 'unit_en' = any(:small_units) and x -> 'indicator' ->> 'kind' = 'RATIO'
               as is_of_records,
           (x ->> 'numerator')::numeric as numerator, (x ->> 'denominator')::numeric as denominator,
           x ->> 'percent' as percent, x ->> 'result' as result, (x ->> 'missing')::numeric as missing,
           (x ->> 'excluded')::numeric as excluded
      from published_report r
      join reporting_period p on p.id = r.period_id
      join plan pl on pl.id = p.plan_id
      join agency a on a.id = r.agency_id
      join snapshot s on s.report_id = r.id
      cross join lateral jsonb_array_elements(s.figures -> 'indicators') x
     where r.state = 'PUBLISHED' and p.kind = 'HALF_YEAR' and p.deadline = :deadline and pl.code = :plan and {seen}
     order by r.agency_id, x -> 'indicator' ->> 'code', r.revision desc, s.id desc
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

    Two statements. Only reports that the visitor may read are looked at.
    """
    statement = _REPORTS.format(seen=_seen(actor))
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
    lines, hidden = {}, frozenset[str]()
    if agency_id is not None or with_lines:
        lines = _lines(session, actor, chosen)
    if agency_id is not None:
        hidden = frozenset(
            code
            for code, told in lines.items()
            for line in told
            if line.withheld and line.agency_id == agency_id
        )
    values = _values(actor, chosen.figures, parts, hidden)
    return Sheet(
        plan=chosen.plan,
        as_of=chosen.deadline,
        agency=values[0].agency if values else None,
        values=values,
        compared_on=compared_on,
        before={
            value.indicator.code: value for value in _values(actor, before.figures if before else None, parts)
        },
        history={
            value.indicator.code: tuple(
                small.told(
                    actor,
                    [
                        _at(value, row.deadline, row.brief)
                        for row in reports
                        if row.deadline <= chosen.deadline
                    ],
                    [value.indicator.code] if value.withheld else (),
                )
            )
            for value in values
        },
        lines=lines if with_lines and agency_id is None else {},
        days=days,
        publication=Publication(
            chosen.id, chosen.deadline, chosen.published_at, chosen.revision, chosen.number
        ),
    )


def _seen(actor: Actor) -> str:
    columns = {name: f"r.{name}" for name in ("id", "agency_id", "state", "created_by", "submitted_by")}
    return f"({actor.predicate('report', 'read', columns)})"


def _values(
    actor: Actor, figures: Any, parts: Collection[str], hidden: Collection[str] = ()
) -> tuple[IndicatorValue, ...]:
    return tuple(
        value
        for value in small.told(actor, thaw(figures or {}), hidden)
        if value.indicator.part in parts and actor.may("read", "indicator", value.indicator)
    )


def _lines(session: Session, actor: Actor, chosen: Any) -> dict[str, tuple[Line, ...]]:
    statement = _AGENCIES.format(seen=_seen(actor))
    asked = {
        "deadline": chosen.deadline,
        "plan": chosen.plan,
        "small_units": list(small.UNITS),
        **actor.values(statement),
    }
    found: dict[str, list[Line]] = {}
    for row in session.execute(text(statement), asked):
        line = Line(
            row.code, row.name, _whole(row.numerator), _whole(row.denominator), row.percent, Result(row.result),
            _whole(row.missing), _whole(row.excluded), row.id, row.is_of_records,
        )  # fmt: skip
        found.setdefault(row.figure, []).append(line)
    return {code: _told(actor, lines) for code, lines in found.items()}


def _told(actor: Actor, lines: list[Line]) -> tuple[Line, ...]:
    """The lines of a figure as the visitor is told them."""
    free = {line.code for line in lines if small.sees_all(actor, line.agency_id)}
    cells = {
        line.code: small.cells(line.numerator, line.denominator, line.excluded, line.missing)
        for line in lines
        if line.is_of_records
    }
    hidden = small.withheld(cells, free)
    return tuple(line.without_counts() if line.code in hidden else line for line in lines)


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def _at(value: IndicatorValue, day: date, brief: Any) -> IndicatorValue:
    """The figure as an earlier report had it, as far as a history tells."""
    percent, numerator, denominator = (brief or {}).get(value.indicator.code) or (None, None, None)
    return replace(value, as_of=day, percent=percent, numerator=numerator, denominator=denominator)
