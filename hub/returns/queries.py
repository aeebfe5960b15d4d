"""Reads of the half-year that faces and explanations share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import text
from sqlmodel import Session

_CUTOFFS = text(
    "select distinct r.data_cutoff from reporting_period r join plan p on p.id = r.plan_id"
    " where p.code = :plan and r.data_cutoff between :first and :last order by r.data_cutoff"
)


def cutoffs(session: Session, plan: str, first: date, last: date) -> Sequence[date]:
    """The data cut-offs of a plan's reporting periods between two days, both included, in order."""
    return session.execute(_CUTOFFS, {"plan": plan, "first": first, "last": last}).scalars().all()
