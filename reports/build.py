"""From the scorecard to the page model: gathers one report and computes no figure of its own.

report = build_report(session, actor, period=date(2025, 6, 30))
write_report(report, Path("bao-cao.pdf"))
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.models import Agency
from hub.kpi.breakdown import By, breakdown
from hub.kpi.rules import schedule
from hub.kpi.scorecard import scorecard
from hub.kpi.values import BreakdownRow, IndicatorRow, IndicatorValue, Result, Schedule
from hub.plan.models import Plan
from reports import letterhead, sources
from reports.half_years import next_half_year, previous_half_year
from reports.model import (
    AgencyLine,
    Breakdown,
    Figure,
    Kind,
    Letterhead,
    PlanName,
    Report,
    Side,
    Standing,
    Target,
)


def build_report(
    session: Session,
    actor: Actor,
    *,
    period: date,
    agency_code: str | None = None,
    signed_as: tuple[str, ...] = (),
) -> Report:
    """The report of a half-year, for the city or for one agency, as the records stand now (provisional).

    `signed_as` are the lines of quyền hạn and chức vụ above the signature. Raises NotFound for an unknown
    plan or agency and NotPermitted where the caller may not read the figures.
    """
    plan = sources.plan_reported(session, period)
    agency = sources.agency_reported(session, agency_code) if agency_code else None
    made = sources.period_of(session, plan, period)
    earlier = previous_half_year(period)
    before = sources.period_of(session, plan, earlier)
    cutoff = made.data_cutoff if made else period
    earlier_cutoff = before.data_cutoff if before else earlier

    agency_id = agency.id if agency else None
    values = scorecard(session, actor, plan.code, cutoff, agency_id)
    earlier_values = {
        value.indicator.code: value
        for value in scorecard(session, actor, plan.code, earlier_cutoff, agency_id)
    }
    measured = [(value, target_of(value, earlier_values.get(value.indicator.code))) for value in values]
    rows = sources.annex_rows(session, plan)
    return Report(
        letterhead=_letterhead(session, agency, signed_as),
        plan=PlanName(plan.code, plan.title, plan.issued_on, plan.issuer),
        period=period,
        previous_period=earlier,
        cutoff=cutoff,
        next_period=next_half_year(period),
        official=False,
        scope=agency.name if agency else None,
        targets=tuple(target for _, target in measured),
        breakdowns=_breakdowns(session, actor, measured, cutoff, earlier_cutoff) if agency is None else (),
        tasks=sources.task_groups(rows, _figures(session, actor, plan, agency, rows, cutoff)),
        exclusions=sources.exclusions(session, actor, plan, cutoff, agency),
        returns=sources.returns(session, actor, made, agency),
    )


def _letterhead(session: Session, agency: Agency | None, signed_as: tuple[str, ...]) -> Letterhead:
    if agency is None:
        return letterhead.city_letter(signed_as)
    parent = session.get(Agency, agency.parent_id) if agency.parent_id else None
    return letterhead.agency_letter(agency.name, parent.name if parent else None, signed_as)


def target_of(value: IndicatorValue, before: IndicatorValue | None) -> Target:
    """A scorecard value as the report shows it, with the value of the period before."""
    row = value.indicator
    return Target(
        code=row.code,
        title=row.title_vi,
        kind=Kind(row.kind),
        unit=row.unit,
        goal=row.target_percent,
        due_on=row.due_on,
        figure=_figure(value, value.schedule, row.target_percent),
        percent_low=_decimal(value.percent_low),
        percent_without_exclusions=_decimal(value.percent_with_excluded),
        coverage=_decimal(value.coverage),
        estimated=value.estimated,
        agencies_reported=value.agencies_reported,
        agencies_expected=value.agencies_expected,
        previous=_figure(before, before.schedule, row.target_percent) if before else None,
        sides=tuple(
            Side(
                side.title_vi,
                side.unit,
                Figure(side.numerator, side.denominator, _decimal(side.percent), Standing.NO_TARGET),
            )
            for side in value.side
        ),
    )


def _figures(
    session: Session,
    actor: Actor,
    plan: Plan,
    agency: Agency | None,
    rows: Sequence[sources.AnnexRow],
    cutoff: date,
) -> dict[str, Figure]:
    codes = [row.code for row in rows]
    if not codes:
        return {}
    values = scorecard(session, actor, plan.code, cutoff, agency.id if agency else None, codes)
    return {
        value.indicator.code: _figure(value, value.schedule, value.indicator.target_percent)
        for value in values
    }


def _breakdowns(
    session: Session,
    actor: Actor,
    measured: Sequence[tuple[IndicatorValue, Target]],
    cutoff: date,
    earlier: date,
) -> tuple[Breakdown, ...]:
    """Each measured ratio by agency, with the agency's own value of the period before, and by kind."""
    found = []
    for value, target in measured:
        if target.kind is not Kind.RATIO or target.figure.denominator is None:
            continue
        row = value.indicator
        before = {line.key: line for line in breakdown(session, actor, row, earlier, By.AGENCY)}
        lines = breakdown(session, actor, row, cutoff, By.AGENCY)
        kinds = breakdown(session, actor, row, cutoff, By.KIND)
        found.append(
            Breakdown(
                target,
                tuple(_line(line, row, before.get(line.key), cutoff, earlier) for line in lines),
                tuple(_line(line, row, None, cutoff, earlier) for line in kinds),
            )
        )
    return tuple(found)


def _line(
    line: BreakdownRow, row: IndicatorRow, before: BreakdownRow | None, cutoff: date, earlier: date
) -> AgencyLine:
    wanted = row.target_percent
    return AgencyLine(
        code=line.key,
        name=line.label,
        figure=_figure(line, schedule(cutoff, row.due_on), wanted),
        previous=_figure(before, schedule(earlier, row.due_on), wanted) if before else None,
    )


def _figure(value: IndicatorValue | BreakdownRow, when: Schedule, wanted: Decimal | None) -> Figure:
    untargeted = wanted is None and value.percent is not None
    return Figure(
        numerator=value.numerator,
        denominator=value.denominator,
        percent=_decimal(value.percent),
        standing=Standing.NO_TARGET if untargeted else standing(value.result, when),
        missing=value.missing,
        excluded=value.excluded,
    )


def standing(result: Result, when: Schedule) -> Standing:
    """The one word for a result and a schedule (domain rule R8)."""
    if result is Result.NOT_MET:
        return Standing.OVERDUE if when is Schedule.PAST_DUE else Standing.IN_PROGRESS
    return Standing(result.value)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
