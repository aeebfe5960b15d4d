"""What people have said and decided: exclusions, returns, declared progress, and what waits for a decision.

Everything is read under the caller's own rights, so that a report never tells more than its maker may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import text
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.kit.clock import HANOI, today
from hub.kit.vietnamese import sort_key
from hub.kpi.exclusions import answered_by
from hub.plan.models import DeclaredProgress, Exclusion, Indicator, Plan
from hub.plan.parties import is_general, is_named
from hub.plan.queries import duties as duties_of
from hub.returns.models import AgencyReturn, PublishedReport, ReportingPeriod
from hub.returns.owed import Owed, owed
from reports import model
from reports.numbers import number
from reports.sources import Bodies, Body


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declaration and the code of the row or duty that it is about."""

    code: str
    declared: model.Declared


def exclusions(
    session: Session, actor: Actor, plan: Plan, cutoff: date, agency: Body | None
) -> tuple[model.Exclusion, ...]:
    """Exclusions in force at the cut-off, counted by indicator and legal basis (domain rule R5)."""
    kind: sa.Label[str] = sa.literal_column(
        "case when exclusion.item_id is not null then 'văn bản' "
        "when exclusion.file_id is not null then 'hồ sơ' "
        "when exclusion.series_id is not null then 'nhóm hồ sơ' else 'lưu trữ cơ quan' end"
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
        counted = counted.where(col(Exclusion.id).in_(answered_by(agency.id, cutoff)))
    return tuple(
        model.Exclusion(code, basis, count, unit, decided.date() if decided else None)
        for code, basis, unit, count, decided in session.execute(counted)
    )


def returns(
    session: Session, actor: Actor, bodies: Bodies, period: ReportingPeriod | None, agency: Body | None
) -> model.Returns:
    """What the agencies' returns say: accepted ones for the City, its own for an agency."""
    if period is None:
        return model.Returns()
    expected = owed(session, actor, period) if agency is None else []
    read = select(AgencyReturn).where(AgencyReturn.period_id == period.id, actor.sees("return", AgencyReturn))
    if agency is None:
        read = read.where(AgencyReturn.state == "ACCEPTED")
    else:
        read = read.where(AgencyReturn.agency_id == agency.id)
    named = [(sent, bodies.by_id[sent.agency_id].name) for sent in session.exec(read)]
    found = sorted(named, key=lambda pair: sort_key(pair[1]))
    return model.Returns(
        expected=len(expected) or None,
        accepted=len(found),
        voices=tuple(
            model.Voice(
                owner, _sentence(sent.difficulties), _sentence(sent.proposals), _sentence(sent.results)
            )
            for sent, owner in found
            if sent.difficulties or sent.proposals or sent.results
        ),
        submitted=sum(one.is_handed_in for one in expected),
        due_on=period.returns_due_on,
        late=_late(expected),
    )


def _late(expected: Sequence[Owed]) -> tuple[str, ...]:
    return tuple(one.name for one in expected if one.is_overdue(today()))


def pending(
    session: Session, actor: Actor, plan: Plan, period: ReportingPeriod | None, agency: Body | None
) -> model.Pending:
    """How many proposed exclusions and approved returns wait for Home Affairs, as far as the caller may see."""
    waiting = f"""
        select (select count(*) from exclusion join indicator i on i.id = exclusion.indicator_id
                 where i.plan_id = :plan and exclusion.state = 'PROPOSED'
                   and (cast(:agency as bigint) is null or exclusion.agency_id = :agency)
                   and ({actor.sees("exclusion", Exclusion).text})) as exclusions,
               (select count(*) from agency_return
                 where period_id = cast(:period as bigint) and state = 'APPROVED'
                   and (cast(:agency as bigint) is null or agency_id = :agency)
                   and ({actor.sees("return", AgencyReturn).text})) as returns
    """
    values = {
        "plan": plan.id,
        "agency": agency.id if agency else None,
        "period": period.id if period else None,
        **actor.values(waiting),
    }
    found = session.execute(text(waiting), values).one()
    return model.Pending(found.exclusions, found.returns)


def published_on(
    session: Session, actor: Actor, period: ReportingPeriod | None, agency: Body | None
) -> date | None:
    """The day on which the period's report of the City or of the agency was published; None while it is not."""
    if period is None:
        return None
    published = sa.select(sa.func.max(PublishedReport.published_at)).where(
        col(PublishedReport.period_id) == period.id,
        col(PublishedReport.agency_id).is_not_distinct_from(agency.id if agency else None),
        col(PublishedReport.state) == "PUBLISHED",
        actor.sees("report", PublishedReport),
    )
    moment = session.execute(published).scalar()
    return moment.astimezone(HANOI).date() if moment else None


def declarations(
    session: Session, actor: Actor, bodies: Bodies, plan: Plan, cutoff: date, agency: Body | None
) -> list[Declaration]:
    """The newest declaration of each agency for each row and duty, for the cut-off or before; one statement."""
    seen = actor.sees(
        "kpi",
        DeclaredProgress,
        alias="d",
        state="null",
        created_by="d.declared_by",
        submitted_by="d.declared_by",
    ).text
    newest = f"""
        select * from (
            select distinct on (d.indicator_id, d.duty_id, d.agency_id)
                   coalesce(i.code, u.code) as code, d.agency_id, d.as_of, d.value, d.note, d.numerator,
                   d.denominator, d.document_number, d.document_date
              from declared_progress d
              left join indicator i on i.id = d.indicator_id
              left join duty u on u.id = d.duty_id
             where coalesce(i.plan_id, u.plan_id) = :plan and d.as_of <= :cutoff
               and (cast(:agency as bigint) is null or d.agency_id = :agency) and ({seen})
             order by d.indicator_id, d.duty_id, d.agency_id, d.as_of desc, d.declared_at desc, d.id desc
        ) newest
         -- What was taken back stands there empty.
         where num_nonnulls(value, note, numerator, document_number) > 0
    """
    values = {
        "plan": plan.id,
        "cutoff": cutoff,
        "agency": agency.id if agency else None,
        **actor.values(seen),
    }
    told = [
        Declaration(
            row.code,
            model.Declared(
                bodies.by_id[row.agency_id].name,
                row.as_of,
                _said(row.value, row.numerator, row.denominator, row.note),
                row.document_number or "",
                row.document_date,
            ),
        )
        for row in session.execute(text(newest), values)
    ]
    return sorted(told, key=lambda one: sort_key(one.declared.agency))


def duties(
    session: Session,
    plan: Plan,
    declared: Sequence[Declaration],
    agency: Body | None,
    expected: int | None,
) -> tuple[model.Duty, ...]:
    """The duties of part IV: all of them for the City, those that name the agency for an agency's report."""
    return tuple(
        model.Duty(
            row.code,
            row.responsible,
            row.text_vi,
            tuple(one.declared for one in declared if one.code == row.code),
            expected if is_general(row.responsible) else None,
        )
        for row in duties_of(session, plan.code)
        if agency is None or is_named(row.responsible, agency.name)
    )


def _said(value: str | None, numerator: Decimal | None, denominator: Decimal | None, note: str | None) -> str:
    """A declaration in words: what was typed, or the counts, then the note."""
    counts = ""
    if numerator is not None:
        counts = _count(numerator) if denominator is None else f"{_count(numerator)}/{_count(denominator)}"
    return "; ".join(" ".join(part.split()) for part in (value or "", counts, note or "") if part.strip())


def _count(value: Decimal) -> str:
    return number(value, 0 if value == value.to_integral_value() else 2)


def _sentence(text: str | None) -> str:
    """What people typed, ending as a sentence does."""
    said = " ".join((text or "").split())
    return said if not said or said[-1] in ".!?…" else f"{said}."
