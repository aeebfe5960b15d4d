"""What people have said and decided about a period: declared progress, exclusions, returns, and what waits.

    told = gather(session, actor, plan_id, cutoff, period)      # as it stands now, as far as the caller may see
    told = thaw_said(freeze.said)                               # as it stood when the period was closed
    told.of(agency_id)                                          # an agency's part of it

A report prints it beside the figures, so it is frozen with them: a return or an exclusion that changes afterwards
changes no report. Reports of a freezing that has none, from before it was kept, read the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy import text
from sqlmodel import Session, col

from hub.access.actor import Actor
from hub.agencies.queries import NAME_AT
from hub.kit import clock
from hub.kpi.exclusions import answered
from hub.kpi.quality import LackCount
from hub.plan.models import DeclaredProgress, Exclusion, Indicator
from hub.returns.models import AgencyReturn, ReportingPeriod
from hub.returns.owed import owed


@dataclass(frozen=True)
class Declared:
    """The newest declaration of an agency, as it was called at the cut-off, for a row or a duty by its code."""

    code: str
    agency_id: int
    name: str
    as_of: date
    value: str | None
    note: str | None
    numerator: Decimal | None
    denominator: Decimal | None
    document_number: str | None
    document_date: date | None


@dataclass(frozen=True)
class LeftOut:
    """How much an agency's records were left out of a row on one legal basis (R5); `unit` is ITEM, FILE …"""

    code: str
    agency_id: int
    basis: str
    unit: str
    count: int
    decided_on: date | None


@dataclass(frozen=True)
class Words:
    """An agency's return in its own words."""

    agency_id: int
    name: str
    state: str
    results: str | None
    difficulties: str | None
    proposals: str | None


@dataclass(frozen=True)
class Owing:
    """An agency that owed a return, and whether it had come, or was late."""

    agency_id: int
    name: str
    is_handed_in: bool
    is_late: bool


@dataclass(frozen=True)
class Waiting:
    """How much of an agency waits for Home Affairs: proposed exclusions, approved returns."""

    agency_id: int
    exclusions: int
    returns: int


@dataclass(frozen=True)
class Lacking:
    """How many records behind a row lack something; agency None: the city."""

    agency_id: int | None
    code: str
    lack: str
    records: int


@dataclass(frozen=True)
class Said:
    """All of it, of the city or of one agency; `due_on` is the day by which agencies hand in, None where none do."""

    due_on: date | None = None
    declared: tuple[Declared, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    returns: tuple[Words, ...] = ()
    owed: tuple[Owing, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    lacks: tuple[Lacking, ...] = ()

    def of(self, agency_id: int) -> Said:
        """What concerns one agency."""
        mine: dict[str, Any] = {
            name: tuple(one for one in getattr(self, name) if one.agency_id == agency_id) for name in _LISTS
        }
        return replace(self, **mine)


_LISTS = ("declared", "left_out", "returns", "owed", "waiting", "lacks")
# What a correction takes over from the closing: it counts the records again, and asks nobody anew.
_OF_CLOSING = ("due_on", "returns", "owed", "waiting")
_NAME = NAME_AT.format(a="a", day="cast(:cutoff as date)")
_DECLARED = f"""
    select * from (
        select distinct on (d.indicator_id, d.duty_id, d.agency_id)
               coalesce(i.code, u.code) as code, d.agency_id, {_NAME} as name, d.as_of, d.value, d.note, d.numerator,
               d.denominator, d.document_number, d.document_date
          from declared_progress d
          join agency a on a.id = d.agency_id
          left join indicator i on i.id = d.indicator_id
          left join duty u on u.id = d.duty_id
         where coalesce(i.plan_id, u.plan_id) = :plan and d.as_of <= :cutoff
           and (cast(:agency as bigint) is null or d.agency_id = :agency) and ({{seen}})
         order by d.indicator_id, d.duty_id, d.agency_id, d.as_of desc, d.declared_at desc, d.id desc
    ) newest
     -- What was taken back stands there empty.
     where num_nonnulls(value, note, numerator, document_number) > 0
     order by code, agency_id
"""
_RETURNS = f"""
    select agency_return.agency_id, {_NAME} as name, agency_return.state, agency_return.results,
           agency_return.difficulties, agency_return.proposals
      from agency_return join agency a on a.id = agency_return.agency_id
     where agency_return.period_id = :period
       and (cast(:agency as bigint) is null or agency_return.agency_id = :agency) and ({{seen}})
     order by agency_return.agency_id
"""
_WAITING = """
    select agency_id, sum(exclusions) as exclusions, sum(returns) as returns from (
        select exclusion.agency_id, 1 as exclusions, 0 as returns
          from exclusion join indicator i on i.id = exclusion.indicator_id
         where i.plan_id = :plan and exclusion.state = 'PROPOSED' and ({exclusion})
        union all
        select agency_id, 0, 1 from agency_return
         where period_id = cast(:period as bigint) and state = 'APPROVED' and ({returned})
    ) one
     where cast(:agency as bigint) is null or agency_id = :agency
     group by agency_id order by agency_id
"""
_UNIT: sa.Label[str] = sa.literal_column(
    "case when exclusion.item_id is not null then 'ITEM' when exclusion.file_id is not null then 'FILE' "
    "when exclusion.series_id is not null then 'SERIES' else 'ARCHIVE' end"
).label("unit")


def gather(
    session: Session,
    actor: Actor,
    plan_id: int,
    cutoff: date,
    period: ReportingPeriod | None,
    agency_id: int | None = None,
) -> Said:
    """What has been said by now, of the city or of one agency; five statements. Lacks are the caller's to add."""
    known = {"plan": plan_id, "cutoff": cutoff, "agency": agency_id, "period": period.id if period else None}
    return Said(
        due_on=period.returns_due_on if period else None,
        declared=_declared(session, actor, known),
        left_out=left_out(session, actor, plan_id, cutoff, agency_id),
        returns=_returns(session, actor, known) if period else (),
        owed=_owed(session, actor, period) if period and agency_id is None else (),
        waiting=_waiting(session, actor, known),
    )


def with_lacks(said: Said, lacks: Mapping[int | None, Mapping[str, list[LackCount]]]) -> Said:
    """The same with what the records lack."""
    told = tuple(
        Lacking(agency_id, code, one.lack.value, one.records)
        for agency_id, figures in lacks.items()
        for code, found in figures.items()
        for one in found
    )
    return replace(said, lacks=told)


def freeze_said(said: Said) -> dict[str, Any]:
    """The document of it."""
    return dict(_form().dump_python(said, mode="json"))


def thaw_said(document: Mapping[str, Any]) -> Said | None:
    """What a document tells; None for one from before it was kept."""
    return _form().validate_python(document) if document else None


def as_closed(taken: Mapping[str, Any], closing: Mapping[str, Any], agency_id: int | None) -> dict[str, Any]:
    """What a correction tells: exclusions and what is declared as its figures count them, the rest as it was closed."""
    if not closing:
        return dict(taken)
    kept = {name: closing[name] for name in _OF_CLOSING}
    if agency_id is not None:
        kept |= {
            name: [one for one in rows if one["agency_id"] == agency_id]
            for name, rows in kept.items()
            if name != "due_on"
        }
    return {**taken, **kept}


@cache
def _form() -> TypeAdapter[Said]:
    return TypeAdapter(Said)


def _declared(session: Session, actor: Actor, known: dict[str, Any]) -> tuple[Declared, ...]:
    seen = actor.sees(
        "kpi",
        DeclaredProgress,
        alias="d",
        state="null",
        created_by="d.declared_by",
        submitted_by="d.declared_by",
    ).text
    rows = session.execute(text(_DECLARED.format(seen=seen)), {**known, **actor.values(seen)}).mappings()
    return tuple(Declared(**row) for row in rows)


def left_out(
    session: Session, actor: Actor, plan_id: int, cutoff: date, agency_id: int | None
) -> tuple[LeftOut, ...]:
    """In force at the cut-off, counted by row, legal basis and the agency that answers for it (domain rule R5)."""
    who = answered(cutoff).subquery()
    groups = (col(Indicator.code), who.c.agency_id, col(Exclusion.legal_basis), _UNIT)
    counted = (
        sa.select(*groups, sa.func.count(), sa.func.max(Exclusion.decided_at))
        .join(Indicator, col(Indicator.id) == col(Exclusion.indicator_id))
        .join(who, who.c.id == col(Exclusion.id))
        .where(
            col(Indicator.plan_id) == plan_id,
            col(Exclusion.state).in_(("APPROVED", "LIFTED")),
            col(Exclusion.valid_from) <= cutoff,
            sa.or_(col(Exclusion.valid_to).is_(None), col(Exclusion.valid_to) > cutoff),
            actor.sees("exclusion", Exclusion),
        )
        .group_by(*groups, col(Indicator.position))
        .order_by(col(Indicator.position), col(Exclusion.legal_basis), _UNIT, who.c.agency_id)
    )
    if agency_id is not None:
        counted = counted.where(who.c.agency_id == agency_id)
    return tuple(
        LeftOut(code, whose, basis, unit, count, decided.astimezone(clock.HANOI).date() if decided else None)
        for code, whose, basis, unit, count, decided in session.execute(counted)
    )


def _returns(session: Session, actor: Actor, known: dict[str, Any]) -> tuple[Words, ...]:
    seen = actor.sees("return", AgencyReturn).text
    rows = session.execute(text(_RETURNS.format(seen=seen)), {**known, **actor.values(seen)}).mappings()
    return tuple(Words(**row) for row in rows)


def _owed(session: Session, actor: Actor, period: ReportingPeriod) -> tuple[Owing, ...]:
    today = clock.today()
    return tuple(
        Owing(one.agency_id, one.name, one.is_handed_in, one.is_overdue(today))
        for one in owed(session, actor, period)
    )


def _waiting(session: Session, actor: Actor, known: dict[str, Any]) -> tuple[Waiting, ...]:
    statement = _WAITING.format(
        exclusion=actor.sees("exclusion", Exclusion).text, returned=actor.sees("return", AgencyReturn).text
    )
    rows = session.execute(text(statement), {**known, **actor.values(statement)})
    return tuple(Waiting(row.agency_id, int(row.exclusions), int(row.returns)) for row in rows)
