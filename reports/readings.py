"""Values of the scorecard and its breakdown as the report's model says them; only totals of units are summed here."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hub.kpi.forecast import HALF_YEARS, can_be_forecast, carried_on
from hub.kpi.forecast import Outlook as Pace
from hub.kpi.forecast_words import assumption, conclusion
from hub.kpi.quality import Quality
from hub.kpi.rules import judged, percent, schedule, share
from hub.kpi.values import (
    BreakdownRow,
    EvidenceState,
    IndicatorRow,
    IndicatorValue,
    Result,
    Schedule,
    SideFigure,
)
from reports.model import (
    AgencyLine,
    Declared,
    Figure,
    Kind,
    Lacking,
    Outlook,
    Point,
    Proof,
    Rank,
    Side,
    Standing,
    Target,
    Task,
)
from reports.model.figures import UNKNOWN
from reports.sources import PlanRow

History = list[IndicatorValue]
FEWEST_UNITS = 10  # one archive of one is no pace


def target_of(history: History, rank: Rank | None = None, lacks: tuple[Lacking, ...] = ()) -> Target:
    """A row of the scorecard with its values at the reporting dates, the newest last, as the report shows it."""
    value = history[-1]
    row = value.indicator
    points = tuple(Point(one.as_of, figure_of(one)) for one in history)
    return Target(
        code=row.code,
        title=row.title_vi,
        kind=Kind(row.kind),
        unit=row.unit,
        goal=row.target_percent,
        due_on=row.due_on,
        figure=points[-1].figure,
        percent_low=decimal(value.percent_low),
        percent_without_exclusions=decimal(value.percent_with_excluded),
        coverage=decimal(value.coverage),
        estimated=value.estimated,
        agencies_reported=value.agencies_reported,
        agencies_expected=value.agencies_expected,
        previous=points[-2].figure if len(points) > 1 else None,
        sides=sides_of(history),
        proofs=proofs_of(value),
        history=points,
        outlook=outlook_of(history),
        lacks=lacks,
        rank=rank,
    )


def task_of(
    row: PlanRow,
    history: History,
    declared: tuple[Declared, ...] = (),
    lacks: tuple[Lacking, ...] = (),
) -> Task:
    """A row of the annex with its figures at the cut-off and at the one before."""
    value = history[-1]
    return Task(
        code=row.code,
        title=row.text,
        leads="; ".join(row.leads),
        partners="; ".join(row.partners),
        goal=row.goal,
        due=row.due,
        figure=figure_of(value),
        kind=Kind(value.indicator.kind),
        unit=value.indicator.unit,
        due_on=value.indicator.due_on,
        previous=figure_of(history[-2]) if len(history) > 1 else None,
        sides=sides_of(history),
        proofs=proofs_of(value),
        declared=declared,
        lacks=lacks,
        percent_without_exclusions=decimal(value.percent_with_excluded),
        coverage=decimal(value.coverage),
        estimated=value.estimated,
    )


def sides_of(history: History) -> tuple[Side, ...]:
    """The figures printed beside a row, each with its value of the period before."""
    earlier = {side.code: side for side in history[-2].side} if len(history) > 1 else {}
    return tuple(
        Side(
            side.code,
            side.title_vi,
            side.unit,
            _side(side),
            _side(earlier[side.code]) if side.code in earlier else None,
        )
        for side in history[-1].side
    )


def outlook_of(history: History) -> Outlook | None:
    """What the last half-years say of the next ones; None where too few units are counted to have a pace."""
    if not can_be_forecast(history[-1].indicator) or (history[-1].denominator or 0) < FEWEST_UNITS:
        return None
    told = carried_on(history[-HALF_YEARS - 1 :])
    at_risk = told.outlook in (Pace.WILL_BE_MISSED, Pace.WILL_FALL_BELOW)
    return Outlook(at_risk, conclusion(told)[0], assumption(told)[0])


def proofs_of(value: IndicatorValue) -> tuple[Proof, ...]:
    """The documents that a row rests on, part by part, with those owed by whom the row concerns."""
    is_owed = value.result is not Result.NOT_APPLICABLE
    return tuple(
        Proof(
            one.part_title_vi or "",
            one.title or "",
            one.document_number or "",
            one.document_date,
            one.state is EvidenceState.APPROVED,
        )
        for one in value.indicator.evidence
        if is_owed or one.state is EvidenceState.APPROVED
    )


def lacks_of(told: Quality) -> dict[str, tuple[Lacking, ...]]:
    """What the records behind each row lack, most frequent first, by the row's code."""
    return {
        one.value.indicator.code: tuple(
            Lacking(count.lack.words[0], count.records)
            for count in sorted(one.lacks, key=lambda count: -count.records)
        )
        for one in told.indicators
    }


def figure_of(value: IndicatorValue) -> Figure:
    """A scorecard value with the one word that people read."""
    return reading(value, value.indicator, value.as_of)


def reading(value: IndicatorValue | BreakdownRow, row: IndicatorRow, as_of: date) -> Figure:
    """A value of a row of the plan, or a line of its breakdown, at a date."""
    untargeted = row.target_percent is None and value.percent is not None
    return Figure(
        numerator=value.numerator,
        denominator=value.denominator,
        percent=decimal(value.percent),
        standing=Standing.NO_TARGET if untargeted else standing(value.result, schedule(as_of, row.due_on)),
        missing=value.missing,
        excluded=value.excluded,
    )


def total_of(lines: Sequence[AgencyLine], row: IndicatorRow, as_of: date) -> Figure:
    """The sum of lines of one row; a line that lacks data leaves the verdict open (domain rules R2, R3)."""
    known = [line.figure for line in lines if line.figure.is_known]
    if not known:
        return UNKNOWN
    done, whole = sum(one.numerator or 0 for one in known), sum(one.denominator or 0 for one in known)
    part = share(done, whole)
    lacking = any(one.standing is Standing.MISSING_DATA for one in known)
    result = Result.MISSING_DATA if lacking else judged(part, row.wanted)
    untargeted = row.target_percent is None and part is not None
    return Figure(
        done,
        whole,
        decimal(percent(part, row.target_percent)),
        Standing.NO_TARGET if untargeted else standing(result, schedule(as_of, row.due_on)),
        sum(one.missing or 0 for one in known),
        sum(one.excluded or 0 for one in known),
    )


def standing(result: Result, when: Schedule) -> Standing:
    """The one word for a result and a schedule (domain rule R8)."""
    if result is Result.NOT_MET:
        return Standing.OVERDUE if when is Schedule.PAST_DUE else Standing.IN_PROGRESS
    return Standing(result.value)


def _side(side: SideFigure) -> Figure:
    return Figure(side.numerator, side.denominator, decimal(side.percent), Standing.NO_TARGET)


def decimal(text: str | None) -> Decimal | None:
    """A percentage as the service writes it, as a number."""
    return None if text is None else Decimal(text)
