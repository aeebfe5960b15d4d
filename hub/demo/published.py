"""The published reports of the closed half-years: the figures of the city and of each agency, frozen as they stand.

The public sees these figures and no others, and a report once published is never counted again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.models import AppUser
from hub.kit.clock import HANOI
from hub.kpi.frozen import freeze
from hub.kpi.scorecard import rows_of, scorecards, scorecards_by_agency
from hub.plan.models import Indicator, Plan
from hub.returns.models import PublishedReport, ReportingPeriod, Snapshot
from hub.returns.snapshots.freezing import Taken, behind, formula_version, store_taken, take_for, written
from hub.returns.snapshots.models import PeriodFreeze

# The period is closed after its date, and the report goes out about a month after it.
_CLOSED_AFTER = timedelta(days=20)
_PUBLISHED_AFTER = timedelta(days=30)
# The newest half-years were frozen whole, with what people had said; of the others figures and the records behind them,
# so that any two can be compared.
_WHOLE = 2


def publish_closed_periods(
    session: Session, actor: Actor, plan: Plan, users: Mapping[str, AppUser], reporting: Collection[int]
) -> None:
    """A report with its snapshot for each period that is published: the city's, and one of each reporting agency."""
    periods = session.exec(
        select(ReportingPeriod)
        .where(ReportingPeriod.plan_id == plan.id, ReportingPeriod.state == "PUBLISHED")
        .order_by(col(ReportingPeriod.deadline))
    ).all()
    days = [period.data_cutoff for period in periods]
    annex = session.exec(
        select(Indicator.code)
        .where(Indicator.plan_id == plan.id, Indicator.part == "ANNEX")
        .order_by(col(Indicator.position))
    ).all()
    targets = scorecards(session, actor, plan.code, days)
    rows = scorecards(session, actor, plan.code, days, codes=annex)
    agencies = scorecards_by_agency(session, actor, plan.code, days)
    codes = [value.indicator.code for value in (*targets[days[-1]], *rows[days[-1]])]
    old = rows_of(session, plan.code, days[:-_WHOLE], codes, sides=False)
    counted = behind(session, old)
    whose: list[tuple[ReportingPeriod, int | None, dict[str, Any], PeriodFreeze]] = []
    for period, day in zip(periods, days, strict=True):
        if day in counted:
            figures: dict[int | None, dict[str, Any]] = {
                None: freeze(plan.code, [*targets[day], *rows[day]]),
                **{one.id: freeze(plan.code, told[day]) for one, told in agencies.items()},
            }
            taken = Taken(
                period.id or 0, None, day, _moment(period.deadline + _CLOSED_AFTER), counted[day].formulas,
                counted[day].parameters, {}, {}, figures, counted[day].members,
            )  # fmt: skip
        else:
            taken = replace(
                take_for(session, actor, period, None), taken_at=_moment(period.deadline + _CLOSED_AFTER)
            )
        kept = store_taken(session, actor, taken)
        owed = {None, *reporting} & taken.figures.keys()
        whose += [(period, key, told, kept) for key, told in taken.figures.items() if key in owed]
    keys = session.scalars(
        insert(PublishedReport).returning(col(PublishedReport.id), sort_by_parameter_order=True),
        [_report(period, agency_id, users) for period, agency_id, _, _ in whose],
    ).all()
    session.execute(
        insert(Snapshot),
        [
            _snapshot(key or 0, period, figures, kept)
            for key, (period, _, figures, kept) in zip(keys, whose, strict=True)
        ],
    )


def _report(
    period: ReportingPeriod, agency_id: int | None, users: Mapping[str, AppUser]
) -> dict[str, object]:
    out = _moment(period.deadline + _PUBLISHED_AFTER)
    return {
        "period_id": period.id, "agency_id": agency_id, "state": "PUBLISHED", "submitted_by": users["supervisor"].id,
        "published_by": users["supervisor_head"].id, "published_at": out, "created_by": users["supervisor"].id,
    }  # fmt: skip


def _snapshot(
    report_id: int, period: ReportingPeriod, figures: dict[str, Any], kept: PeriodFreeze
) -> dict[str, object]:
    return {
        "report_id": report_id, "as_of": period.data_cutoff, "figures": figures,
        "formula_version": formula_version(kept.formulas),
        "sha256": hashlib.sha256(written(figures)).hexdigest(), "freeze_id": kept.id,
    }  # fmt: skip


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(9), HANOI)
