"""Reads of the half-year that faces and explanations share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, select

from hub.returns.models import AgencyReturn

_CUTOFFS = text(
    "select distinct r.data_cutoff from reporting_period r join plan p on p.id = r.plan_id"
    " where p.code = :plan and r.data_cutoff between :first and :last order by r.data_cutoff"
)


def cutoffs(session: Session, plan: str, first: date, last: date) -> Sequence[date]:
    """The data cut-offs of a plan's reporting periods between two days, both included, in order."""
    return session.execute(_CUTOFFS, {"plan": plan, "first": first, "last": last}).scalars().all()


@dataclass(frozen=True)
class Published:
    """What a report said: when its figures were frozen, by which version of the formulas, and the document itself."""

    report_id: int
    as_of: date
    frozen_at: datetime
    formula_version: str
    figures: dict[str, Any]


_PUBLISHED = text(
    """
    select r.id as report_id, s.as_of, s.created_at as frozen_at, s.formula_version, s.figures
      from snapshot s
      join published_report r on r.id = s.report_id
      join reporting_period q on q.id = r.period_id
      join plan p on p.id = q.plan_id
     where p.code = :plan and q.kind = 'HALF_YEAR' and s.as_of = :as_of and r.state = 'PUBLISHED'
       and r.agency_id is not distinct from cast(:agency as bigint)
     order by r.revision desc, s.id desc limit 1
    """
)


def published_at(session: Session, plan: str, as_of: date, agency_id: int | None) -> Published | None:
    """The report in force on these figures, of the city or one agency; None where there is none.

    Published reports are public, so nothing here asks who is asking.
    """
    row = session.execute(_PUBLISHED, {"plan": plan, "as_of": as_of, "agency": agency_id}).mappings().first()
    return Published(**row) if row is not None else None


def return_of(session: Session, period_id: int, agency_id: int) -> AgencyReturn | None:
    """The return of an agency for a period; None while none was begun. Whoever shows it asks the law."""
    return session.exec(
        select(AgencyReturn).where(AgencyReturn.period_id == period_id, AgencyReturn.agency_id == agency_id)
    ).first()
