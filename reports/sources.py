"""What a report reads beside the figures: its plan, the annex rows, the period, exclusions and returns.

The plan is a public paper. Exclusions and returns are read under the caller's own rights, so that a report
never tells more than its maker may see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.agencies.models import Agency
from hub.kit.errors import NotFound
from hub.kit.vietnamese import sort_key
from hub.plan.models import Exclusion, Indicator, IndicatorParty, Plan
from hub.returns.models import AgencyReturn, ReportingPeriod
from reports import model

ANNEX = "ANNEX"
TARGET = "TARGET"
LEAD = "LEAD"


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """A row of the plan's annex as issued; its figure is computed elsewhere."""

    code: str
    section: str
    title: str
    goal: Decimal | None
    due: str
    leads: str
    partners: str


def plan_reported(session: Session, period: date) -> Plan:
    """The newest plan begun by then; a plan that has ended is still reported on. Raises NotFound."""
    plan = session.exec(
        select(Plan).where(col(Plan.period_from) <= period).order_by(col(Plan.issued_on).desc()).limit(1)
    ).first()
    if plan is None:
        raise NotFound(f"kế hoạch cho kỳ {period:%d/%m/%Y}", f"a plan for {period.isoformat()}")
    return plan


def agency_reported(session: Session, code: str) -> Agency:
    """The agency of a code. Raises NotFound."""
    agency = session.exec(select(Agency).where(Agency.code == code)).first()
    if agency is None:
        raise NotFound(f"cơ quan «{code}»", f'agency "{code}"', path=("agencyCode",))
    return agency


def period_of(session: Session, plan: Plan, deadline: date) -> ReportingPeriod | None:
    """The plan's reporting period that ends on this day, when Home Affairs has made one."""
    return session.exec(
        select(ReportingPeriod).where(
            ReportingPeriod.plan_id == plan.id, ReportingPeriod.deadline == deadline
        )
    ).first()


def annex_rows(session: Session, plan: Plan) -> list[AnnexRow]:
    """The annex in plan order, with leads and partners in the plan's own words and order."""
    rows = session.exec(
        select(Indicator)
        .where(Indicator.plan_id == plan.id, Indicator.part == ANNEX)
        .order_by(col(Indicator.position))
    ).all()
    names: dict[tuple[int, bool], list[str]] = {}
    for party in session.exec(
        select(IndicatorParty)
        .join(Indicator)
        .where(Indicator.plan_id == plan.id)
        .order_by(col(IndicatorParty.position))
    ):
        names.setdefault((party.indicator_id, party.role == LEAD), []).append(party.name)
    return [
        AnnexRow(
            row.code,
            row.section_vi or "",
            row.text_vi,
            row.target_percent,
            row.deadline_text or "",
            "; ".join(names.get((row.id or 0, True), ())),
            "; ".join(names.get((row.id or 0, False), ())),
        )
        for row in rows
    ]


def exclusions(
    session: Session, actor: Actor, plan: Plan, cutoff: date, agency: Agency | None
) -> tuple[model.Exclusion, ...]:
    """Exclusions in force at the cut-off, counted by indicator and legal basis (domain rule R5)."""
    kind: sa.Label[str] = sa.literal_column(
        "case when exclusion.item_id is not null then 'văn bản' "
        "when exclusion.file_id is not null then 'hồ sơ' else 'nhóm hồ sơ' end"
    ).label("kind")
    counted = (
        sa.select(
            col(Indicator.code),
            col(Exclusion.legal_basis),
            kind,
            sa.func.count(),
            sa.func.max(Exclusion.decided_at),
        )
        .join(Indicator, col(Indicator.id) == col(Exclusion.indicator_id))
        .where(
            col(Indicator.plan_id) == plan.id,
            col(Exclusion.state).in_(("APPROVED", "LIFTED")),
            col(Exclusion.valid_from) <= cutoff,
            sa.or_(col(Exclusion.valid_to).is_(None), col(Exclusion.valid_to) > cutoff),
            actor.sees("exclusion", Exclusion),
        )
        .group_by(col(Indicator.code), col(Exclusion.legal_basis), kind, col(Indicator.position))
        .order_by(col(Indicator.position), col(Exclusion.legal_basis), kind)
    )
    if agency is not None:
        counted = counted.where(col(Exclusion.agency_id) == agency.id)
    return tuple(
        model.Exclusion(code, basis, count, unit, decided.date() if decided else None)
        for code, basis, unit, count, decided in session.execute(counted)
    )


def returns(
    session: Session, actor: Actor, period: ReportingPeriod | None, agency: Agency | None
) -> model.Returns:
    """What the agencies' returns say: accepted ones for the City, its own for an agency."""
    if period is None:
        return model.Returns()
    read = (
        select(AgencyReturn, Agency)
        .join(Agency, col(Agency.id) == AgencyReturn.agency_id)
        .where(AgencyReturn.period_id == period.id, actor.sees("return", AgencyReturn))
    )
    if agency is None:
        read = read.where(AgencyReturn.state == "ACCEPTED")
    else:
        read = read.where(AgencyReturn.agency_id == agency.id)
    found = sorted(session.exec(read), key=lambda pair: sort_key(pair[1].name))
    return model.Returns(
        accepted=len(found),
        voices=tuple(
            model.Voice(owner.name, _sentence(sent.difficulties), _sentence(sent.proposals))
            for sent, owner in found
            if sent.difficulties or sent.proposals
        ),
    )


def task_groups(rows: Sequence[AnnexRow], figures: Mapping[str, model.Figure]) -> tuple[model.TaskGroup, ...]:
    """The annex under its headings, numbered in the plan's order; a row without a figure has no data."""
    grouped: dict[str, list[model.Task]] = {}
    for row in rows:
        figure = figures.get(row.code)
        grouped.setdefault(row.section, []).append(
            model.Task(
                row.code,
                row.title,
                row.leads,
                row.partners,
                row.goal,
                row.due,
                figure.standing if figure else model.Standing.MISSING_DATA,
                figure.percent if figure else None,
            )
        )
    return tuple(
        model.TaskGroup(str(number), title, tuple(tasks))
        for number, (title, tasks) in enumerate(grouped.items(), 1)
    )


def _sentence(text: str | None) -> str:
    """What people typed, ending as a sentence does."""
    said = " ".join((text or "").split())
    return said if not said or said[-1] in ".!?…" else f"{said}."
