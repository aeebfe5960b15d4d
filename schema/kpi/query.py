"""The root fields of figures: a plan's scorecard in at most four statements, and what a report froze."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Annotated

import strawberry
from sqlmodel import Session, col, select
from strawberry import Info

from hub.access.actor import Actor
from hub.kit.clock import today
from hub.kit.errors import NotFound
from hub.kpi import frozen, small, values
from hub.kpi import scorecard as card
from hub.kpi.breakdown import breakdown, breakdowns
from hub.plan.queries import indicator_rows
from hub.returns.models import PublishedReport, Snapshot
from hub.returns.published import withheld_from
from schema.kpi.names import Counted, Frozen, LineName, Name, read_line, read_name
from schema.kpi.place import placed
from schema.kpi.types import IndicatorBreakdown
from schema.kpi.values import IndicatorValue
from schema.node import reads_again
from schema.records.conditions import key_of


def read_indicators(
    session: Session,
    actor: Actor,
    plan: str | None,
    as_of: date,
    agency_code: str | None,
    codes: list[str] | None,
) -> list[IndicatorValue]:
    """The figures of a plan. Raises FutureDate, and NotFound for an unknown plan, agency or code."""
    card.check_reached(as_of, today())
    plan, agency_id = placed(session, plan, as_of, agency_code)
    return _counted(session, actor, plan, as_of, agency_id, codes)


def _counted(
    session: Session, actor: Actor, plan: str, as_of: date, agency_id: int | None, codes: Sequence[str] | None
) -> list[IndicatorValue]:
    return [
        IndicatorValue(
            value=value, name=str(Counted(plan, value.indicator.code, agency_id, as_of)), plan=plan
        )
        for value in told_live(session, actor, card.scorecard(session, actor, plan, as_of, agency_id, codes))
    ]


def told_live(
    session: Session, actor: Actor, found: list[values.IndicatorValue]
) -> list[values.IndicatorValue]:
    """The figures as the caller is told them: of an agency, too, none that the other agencies' would give away."""
    agency = found[0].agency if found else None
    counted = [value for value in found if small.counts_records(value.indicator)]
    if agency is None or not counted or small.sees_all(actor, agency.id):
        return small.told(actor, found)
    cuts = breakdowns(session, actor, [(value.as_of, value.indicator) for value in counted])
    hidden = {
        value.indicator.code
        for value, lines in zip(counted, cuts, strict=True)
        for line in small.told_lines(actor, value.indicator, lines)
        if line.withheld and line.agency is not None and line.agency.id == agency.id
    }
    return small.told(actor, found, hidden)


def read_snapshot(session: Session, actor: Actor, report_id: int) -> list[IndicatorValue]:
    """The figures of a report as published; none for a report without a snapshot. Raises NotFound."""
    report = session.get(PublishedReport, report_id)
    actor.require("read", "report", report)
    assert report is not None
    snapshot = session.exec(
        select(Snapshot).where(Snapshot.report_id == report_id).order_by(col(Snapshot.id).desc()).limit(1)
    ).first()
    return _thawed(session, actor, report, snapshot) if snapshot is not None else []


def _thawed(
    session: Session, actor: Actor, report: PublishedReport, snapshot: Snapshot
) -> list[IndicatorValue]:
    """As the caller is told them: of an agency's, too, none that the other agencies' reports would give away."""
    hidden = withheld_from(session, actor, report)
    found: list[values.IndicatorValue] = frozen.thaw(snapshot.figures)
    plan = str(snapshot.figures.get("plan", ""))
    return [
        IndicatorValue(value=value, name=str(Frozen(snapshot.id or 0, value.indicator.code)), plan=plan)
        for value in small.told(actor, found, hidden)
        if actor.may("read", "indicator", value.indicator)
    ]


@reads_again("IndicatorValue")
def read_again(session: Session, actor: Actor, keys: Sequence[str]) -> list[IndicatorValue | None]:
    """The figures of these keys, None for each that is not there; those of one day and place counted together."""
    named = [read_name(key) for key in keys]
    together: dict[tuple[str, date, int | None], list[str]] = {}
    for name in named:
        if isinstance(name, Counted) and name.as_of <= today():
            together.setdefault((name.plan, name.as_of, name.agency_id), []).append(name.code)
    found: dict[Name, IndicatorValue] = {}
    for (plan, as_of, agency_id), codes in together.items():
        known = [row["code"] for row in indicator_rows(session, plan, [as_of], codes)]
        with suppress(NotFound):  # of the plan or the agency
            for value in _counted(session, actor, plan, as_of, agency_id, known):
                found[Counted(plan, value.value.indicator.code, agency_id, as_of)] = value
    for snapshot_id in {name.snapshot_id for name in named if isinstance(name, Frozen)}:
        snapshot = session.get(Snapshot, snapshot_id)
        report = session.get(PublishedReport, snapshot.report_id) if snapshot is not None else None
        if snapshot is not None and report is not None and actor.may("read", "report", report):
            for value in _thawed(session, actor, report, snapshot):
                found[Frozen(snapshot_id, value.value.indicator.code)] = value
    return [found.get(name) if name is not None else None for name in named]


@reads_again("IndicatorBreakdown")
def read_lines(session: Session, actor: Actor, keys: Sequence[str]) -> list[IndicatorBreakdown | None]:
    """The lines of these keys, None for each that is not there; each cut of a figure is made once."""
    named = [read_line(key) for key in keys]
    owners = list(dict.fromkeys(name.owner for name in named if name is not None))
    figures = dict(zip(owners, read_again(session, actor, owners), strict=True))
    found: dict[LineName, IndicatorBreakdown] = {}
    for by, owner in dict.fromkeys((name.by, name.owner) for name in named if name is not None):
        if (figure := figures[owner]) is None:
            continue
        value = figure.value
        agency_id = value.agency.id if value.agency else None
        lines = breakdown(session, actor, value.indicator, value.as_of, by, agency_id)
        for line in small.told_lines(actor, value.indicator, lines, agency_id, whole=not value.withheld):
            name = LineName.of(line, by, owner)
            found[name] = IndicatorBreakdown(line=line, name=name)
    return [found.get(name) if name is not None else None for name in named]


@strawberry.type
class IndicatorsQuery:
    """Root fields about figures."""

    @strawberry.field(
        description="The figures of a plan at a date, today or earlier (các chỉ tiêu của kế hoạch tại một ngày)."
    )
    async def indicators(
        self,
        info: Info,
        as_of: Annotated[
            date,
            strawberry.argument(
                description="Facts true at this date, as known now; not after today (tính đến ngày)."
            ),
        ],
        plan: Annotated[
            str | None,
            strawberry.argument(
                description="Code of the plan; the one in force when left out (mã kế hoạch)."
            ),
        ] = None,
        agency_code: Annotated[
            str | None,
            strawberry.argument(
                description="One agency, by its code or one it had before; the whole city when left out (mã cơ quan)."
            ),
        ] = None,
        codes: Annotated[
            list[str] | None,
            strawberry.argument(
                description="Codes of indicators; the targets of part II when left out (mã chỉ tiêu)."
            ),
        ] = None,
    ) -> list[IndicatorValue]:
        """Null figures mean unknown, never 0."""
        actor = info.context.actor
        found: list[IndicatorValue] = await info.context.seam.read(
            lambda session: read_indicators(session, actor, plan, as_of, agency_code, codes)
        )
        return found

    @strawberry.field(
        description="The figures of a report as they were published, from its snapshot; empty for a report without"
        " one. What hangs on them (breakdown, shortfall) is counted from the records as known now"
        " (số liệu theo bản chụp của báo cáo)."
    )
    async def snapshot_indicators(
        self,
        info: Info,
        report_id: Annotated[strawberry.ID, strawberry.argument(description="The report (báo cáo).")],
    ) -> list[IndicatorValue]:
        """Never counted again."""
        actor, key = info.context.actor, int(key_of("PublishedReport")(report_id))
        found: list[IndicatorValue] = await info.context.seam.read(
            lambda session: read_snapshot(session, actor, key)
        )
        return found
