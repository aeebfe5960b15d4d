"""The published reports of the closed half-years: the figures of the city and of each agency, frozen as they stand.

The public sees these figures and no others, and a report once published is never counted again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import insert
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.access.models import AppUser
from hub.kit.clock import HANOI
from hub.kpi.frozen import freeze
from hub.kpi.scorecard import scorecards, scorecards_by_agency
from hub.kpi.values import IndicatorValue
from hub.plan.models import Indicator, Plan
from hub.returns.models import PublishedReport, ReportingPeriod, Snapshot

FORMULAS = "1"
# The report goes out about a month after its date.
_PUBLISHED_AFTER = timedelta(days=30)


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
    whose: list[tuple[ReportingPeriod, int | None, Sequence[IndicatorValue]]] = []
    for period, day in zip(periods, days, strict=True):
        whose.append((period, None, [*targets[day], *rows[day]]))
        whose += [(period, one.id, told[day]) for one, told in agencies.items() if one.id in reporting]
    keys = session.scalars(
        insert(PublishedReport).returning(col(PublishedReport.id), sort_by_parameter_order=True),
        [_report(period, agency_id, users) for period, agency_id, _ in whose],
    ).all()
    session.execute(
        insert(Snapshot),
        [
            _snapshot(key or 0, period, freeze(plan.code, values))
            for key, (period, _, values) in zip(keys, whose, strict=True)
        ],
    )


def _report(
    period: ReportingPeriod, agency_id: int | None, users: Mapping[str, AppUser]
) -> dict[str, object]:
    out = datetime.combine(period.deadline + _PUBLISHED_AFTER, time(9), HANOI)
    return {
        "period_id": period.id, "agency_id": agency_id, "state": "PUBLISHED", "submitted_by": users["supervisor"].id,
        "published_by": users["supervisor_head"].id, "published_at": out, "created_by": users["supervisor"].id,
    }  # fmt: skip


def _snapshot(report_id: int, period: ReportingPeriod, figures: dict[str, object]) -> dict[str, object]:
    written = json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {
        "report_id": report_id, "as_of": period.data_cutoff, "formula_version": FORMULAS, "figures": figures,
        "sha256": hashlib.sha256(written.encode()).hexdigest(),
    }  # fmt: skip
