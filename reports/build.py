"""From the scorecard to the page model: gathers one report and computes no figure of its own.

report = build_report(session, actor, period=date(2025, 6, 30))
write_report(report, Path("bao-cao.pdf"))

The number of statements is the same for three agencies and for seven hundred. Who makes a report for each of many
agencies makes the comparison once, by `Half`, and hands it on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from hub.access.actor import Actor
from hub.kpi.frozen import without_units
from hub.kpi.quality import quality
from hub.kpi.scorecard import scorecards
from hub.kpi.values import IndicatorValue
from hub.plan.models import Plan
from hub.returns.models import ReportingPeriod
from hub.returns.snapshots.reading import figures_at, lines_at
from hub.returns.snapshots.said import Said, gather
from reports import declared, letterhead, sources
from reports.comparison import Comparison, compare
from reports.declared import Declaration
from reports.half_years import next_half_year
from reports.model import Kind, Lacking, Letterhead, PlanName, Report, Task, TaskGroup
from reports.readings import History, lacks_of, target_of, task_of
from reports.sources import Bodies, Body, PlanRow

TARGET = "TARGET"


@dataclass(frozen=True)
class Half:
    """What all reports of one half-year share: plan and rows, dates and cut-offs, agencies side by side."""

    plan: Plan
    rows: Sequence[PlanRow]
    ends: Mapping[date, date]
    made: Mapping[date, ReportingPeriod]
    comparison: Comparison

    @property
    def bodies(self) -> Bodies:
        """The agencies there are."""
        return self.comparison.bodies


def half_of(session: Session, actor: Actor, period: date, freeze_id: int | None = None) -> Half:
    """The shared part of a half-year's reports; what was frozen of a closed period is not counted again.

    `freeze_id` is the freezing that a report is made of, where it is not the one in force. Raises NotFound where no
    plan had begun.
    """
    plan = sources.plan_reported(session, period)
    made = sources.periods(session, plan)
    ends = sources.cutoffs(plan, made, period)
    rows = sources.plan_rows(session, plan)
    dates = list(ends.values())[-2:]
    codes = [row.code for row in rows if row.part == TARGET]
    values = scorecards(session, actor, plan.code, dates, None, codes)
    before, now = (
        [(at, value.indicator) for value in values[at] if value.indicator.kind == Kind.RATIO] for at in dates
    )
    return Half(
        plan,
        rows,
        ends,
        made,
        compare(
            session,
            actor,
            sources.bodies(session, dates[-1]),
            now,
            before,
            lines_at(session, plan.id or 0, dates, freeze_id),
        ),
    )


def build_report(
    session: Session,
    actor: Actor,
    *,
    period: date,
    agency_code: str | None = None,
    signed_as: tuple[str, ...] = (),
    half: Half | None = None,
    frozen: Mapping[date, Sequence[IndicatorValue]] | None = None,
    said: Said | None = None,
) -> Report:
    """The report of a half-year, for the city or for one agency (provisional).

    Figures of closed periods are those that were frozen, `frozen` among them; others are counted as the records stand.
    `said` is what people had said when the period was closed; None: what they say now.
    `signed_as` are the lines of quyền hạn and chức vụ above the signature. Raises NotFound for an unknown
    plan or agency and NotPermitted where the caller may not read the figures.
    """
    half = half or half_of(session, actor, period)
    plan, made = half.plan, half.made.get(period)
    agency = sources.body_reported(half.bodies, agency_code) if agency_code else None
    cutoff = half.ends[period]
    rows = [
        row for row in half.rows if row.part == TARGET or agency is None or row.names(agency, half.bodies)
    ]
    histories = _histories(session, actor, half, rows, agency, frozen or {})
    if said is None:
        said = gather(session, actor, plan.id or 0, cutoff, made, agency.id if agency else None)
        lacks = lacks_of(
            quality(
                session, actor, plan.code, cutoff, agency.id if agency else None, [row.code for row in rows]
            )
        )
    else:
        said = said.of(agency.id) if agency else said
        lacks = declared.lacks(said, agency)
    targets = tuple(
        target_of(
            histories[row.code],
            half.comparison.place_in(agency, row.code) if agency else None,
            lacks.get(row.code, ()),
        )
        for row in rows
        if row.part == TARGET and row.code in histories
    )
    told = declared.declarations(said)
    returns = declared.returns(said, of_agency=agency is not None)
    return Report(
        letterhead=_letterhead(half.bodies, agency, signed_as),
        plan=PlanName(plan.code, plan.title, plan.issued_on, plan.issuer),
        period=period,
        previous_period=list(half.ends)[-2],
        cutoff=cutoff,
        next_period=next_half_year(period),
        official=False,
        scope=agency.name if agency else None,
        targets=targets,
        breakdowns=half.comparison.by_unit(targets, agency) if agency else half.comparison.by_agency(targets),
        tasks=_task_groups(half.rows, rows, histories, told, lacks),
        exclusions=declared.exclusions(said),
        returns=returns,
        duties=declared.duties(session, plan, told, agency, returns.expected),
        ranking=() if agency else half.comparison.ranking,
        kind=half.comparison.kind_of(agency) if agency else "",
        rank=half.comparison.place(agency) if agency else None,
        pending=declared.pending(said),
        published_on=declared.published_on(session, actor, made, agency),
    )


def _histories(
    session: Session,
    actor: Actor,
    half: Half,
    rows: Sequence[PlanRow],
    agency: Body | None,
    frozen: Mapping[date, Sequence[IndicatorValue]],
) -> dict[str, History]:
    """The values of each row at every reporting date since the plan was issued, oldest first."""
    codes = [row.code for row in rows]
    dates = list(half.ends.values())
    agency_id = agency.id if agency else None
    told = scorecards(session, actor, half.plan.code, dates, agency_id, codes)
    kept = {**figures_at(session, half.plan.id or 0, dates, agency_id), **frozen}
    found: dict[str, list[IndicatorValue]] = {}
    for at in dates:
        stands = {value.indicator.code: value for value in kept.get(at, ())}
        for value in told[at]:
            code = value.indicator.code
            # Of an agency's annex only what counted something of it was frozen.
            other = without_units(value) if stands and agency_id is not None else value
            found.setdefault(code, []).append(stands.get(code, other))
    return found


def _task_groups(
    whole: Sequence[PlanRow],
    rows: Sequence[PlanRow],
    histories: Mapping[str, History],
    told: Sequence[Declaration],
    lacks: Mapping[str, tuple[Lacking, ...]],
) -> tuple[TaskGroup, ...]:
    """The rows of the annex under its headings, numbered as in the whole plan, with what is measured and declared."""
    headings = list(dict.fromkeys(row.section for row in whole if row.part != TARGET))
    grouped: dict[str, list[Task]] = {heading: [] for heading in headings}
    for row in rows:
        if row.part != TARGET and row.code in histories:
            said = tuple(one.declared for one in told if one.code == row.code)
            grouped[row.section].append(task_of(row, histories[row.code], said, lacks.get(row.code, ())))
    return tuple(
        TaskGroup(str(number), title, tuple(tasks))
        for number, (title, tasks) in enumerate(grouped.items(), 1)
        if tasks
    )


def _letterhead(bodies: Bodies, agency: Body | None, signed_as: tuple[str, ...]) -> Letterhead:
    if agency is None:
        return letterhead.city_letter(signed_as)
    parent = bodies.by_id[agency.parent_id] if agency.parent_id else None
    return letterhead.agency_letter(agency.name, parent.name if parent else None, signed_as)
