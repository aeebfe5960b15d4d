"""The plan and the bodies that a report is about: plan, periods, annex rows, who is named in them.

The plan is a public paper and agencies are public, so nothing here asks who is asking.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.agencies.queries import NAME_AT, NAME_SORT_AT, PARENT_AT
from hub.kit.errors import NotFound
from hub.plan.models import Indicator, IndicatorParty, Plan
from hub.plan.parties import is_named
from hub.returns.models import ReportingPeriod
from reports.half_years import half_years

SIDE = "SIDE"
LEAD = "LEAD"

_DAY = "cast(:day as date)"
_BODIES = sa.text(
    f"select a.id, a.code, {NAME_AT.format(a='a', day=_DAY)} as name, a.kind,"
    f" {PARENT_AT.format(a='a', day=_DAY)} as parent_id"
    f" from agency a order by {NAME_SORT_AT.format(a='a', day=_DAY)}, a.code"
)
# A body that was separated from goes on and keeps its tasks; records that went to an archive bring it none.
_FOLLOWED = sa.text(
    "select successor_id, predecessor_id from agency_succession"
    " where effective_on <= cast(:day as date) and kind in ('MERGED', 'DIVIDED', 'DISSOLVED')"
)


@dataclass(frozen=True, slots=True)
class Body:
    """An agency as it was called, and the body it stood under, on the day of a report."""

    id: int
    code: str
    name: str
    kind: str
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class Bodies:
    """Every agency by key and by code; a report of 700 agencies reads them once."""

    by_id: Mapping[int, Body]
    by_code: Mapping[str, Body]
    followed: Mapping[int, frozenset[int]]  # by successor

    def origins(self, agency: Body) -> set[int]:
        """The keys of an agency and of the bodies whose tasks it has taken over."""
        found = {agency.id}
        while more := {old for one in found for old in self.followed.get(one, ())} - found:
            found |= more
        return found

    def subtree(self, top: Body) -> set[int]:
        """The keys of an agency and of everything below it."""
        found = {top.id}
        while more := {body.id for body in self.by_id.values() if body.parent_id in found} - found:
            found |= more
        return found


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of the plan as issued; its figure is computed elsewhere."""

    code: str
    part: str
    section: str
    text: str
    goal: Decimal | None
    due: str
    leads: tuple[str, ...]
    partners: tuple[str, ...]
    party_ids: frozenset[int]

    def names(self, agency: Body, known: Bodies) -> bool:
        """Whether the row says that this agency, or one that it follows, leads or takes part."""
        if self.party_ids & known.origins(agency):
            return True
        return any(is_named(party, agency.name) for party in (*self.leads, *self.partners))


def plan_reported(session: Session, period: date) -> Plan:
    """The newest plan begun by then; a plan that has ended is still reported on. Raises NotFound."""
    plan = session.exec(
        select(Plan).where(col(Plan.period_from) <= period).order_by(col(Plan.issued_on).desc()).limit(1)
    ).first()
    if plan is None:
        raise NotFound(f"kế hoạch cho kỳ {period:%d/%m/%Y}", f"a plan for {period.isoformat()}")
    return plan


def bodies(session: Session, day: date) -> Bodies:
    """The agencies there are, named as on that day, and which follow which; two statements."""
    found = [
        Body(row.id, row.code, row.name, row.kind, row.parent_id)
        for row in session.execute(_BODIES, {"day": day})
    ]
    followed: dict[int, set[int]] = {}
    for successor, predecessor in session.execute(_FOLLOWED, {"day": day}):
        followed.setdefault(successor, set()).add(predecessor)
    return Bodies(
        {body.id: body for body in found},
        {body.code: body for body in found},
        {successor: frozenset(old) for successor, old in followed.items()},
    )


def body_reported(known: Bodies, code: str) -> Body:
    """The agency of a code. Raises NotFound."""
    if code not in known.by_code:
        raise NotFound(f"cơ quan «{code}»", f'agency "{code}"', path=("agencyCode",))
    return known.by_code[code]


def periods(session: Session, plan: Plan) -> dict[date, ReportingPeriod]:
    """The plan's half-years that Home Affairs has made, by their last day."""
    made = session.exec(
        select(ReportingPeriod).where(ReportingPeriod.plan_id == plan.id, ReportingPeriod.kind == "HALF_YEAR")
    )
    return {period.deadline: period for period in made}


def cutoffs(plan: Plan, made: Mapping[date, ReportingPeriod], period: date) -> dict[date, date]:
    """The reporting dates since the plan was issued, this one and the one before always, with their cut-offs."""
    ends = half_years(plan.issued_on, period)
    return {end: made[end].data_cutoff if end in made else end for end in ends}


def plan_rows(session: Session, plan: Plan) -> list[PlanRow]:
    """Targets and annex in plan order, with leads and partners in the plan's own words and order."""
    rows = session.exec(
        select(Indicator)
        .where(Indicator.plan_id == plan.id, Indicator.part != SIDE)
        .order_by(col(Indicator.position))
    ).all()
    named: dict[tuple[int, bool], list[str]] = {}
    keys: dict[int, set[int]] = {}
    for party in session.exec(
        select(IndicatorParty)
        .join(Indicator)
        .where(Indicator.plan_id == plan.id)
        .order_by(col(IndicatorParty.position))
    ):
        named.setdefault((party.indicator_id, party.role == LEAD), []).append(party.name)
        if party.agency_id is not None:
            keys.setdefault(party.indicator_id, set()).add(party.agency_id)
    return [
        PlanRow(
            row.code,
            row.part,
            row.section_vi or "",
            row.text_vi,
            row.target_percent,
            row.deadline_text or "",
            tuple(named.get((row.id or 0, True), ())),
            tuple(named.get((row.id or 0, False), ())),
            frozenset(keys.get(row.id or 0, ())),
        )
        for row in rows
    ]


def codes_of(rows: Iterable[PlanRow]) -> list[str]:
    """The codes of these rows, in order."""
    return [row.code for row in rows]
