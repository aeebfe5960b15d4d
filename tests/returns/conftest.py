"""A period of a small city to freeze and publish."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from hub.access.actor import Actor
from hub.access.models import AppUser
from hub.plan.models import Plan
from hub.returns.models import ReportingPeriod
from tests.kpi.city import CUT_OFF, PLAN, City


@dataclass
class Half:
    """A closed half-year with two agencies and the historical archive; records of the first are in `items`."""

    city: City
    session: Session
    period: ReportingPeriod
    first: int
    second: int
    archive: int
    file: int
    items: Sequence[int]

    def actor(self, role: str, agency: int | None = None) -> Actor:
        """Somebody with an account who holds one role."""
        person = AppUser(name=f"{role}{agency or ''}{next(self.city.numbers)}", full_name="Người dùng")
        self.session.add(person)
        self.session.flush()
        made = self.city.actor(role, agency)
        return replace(made, subject=replace(made.subject, id=person.id or 0), stepped_up=True)


@pytest.fixture(scope="session")
def engine(planned_engine: Engine) -> Engine:
    """On the database under the plan."""
    return planned_engine


@pytest.fixture
def half(session: Session) -> Half:
    """Agency P has 4 of 5 documents made electronically, agency R 3 of 3; an archive has pages to digitise."""
    city = City(session)
    first, second, archive = city.agency("P"), city.agency("R"), city.archive()
    file = city.file(city.fonds(first))
    items = [*city.items(file, 4), city.item(file, origin="DIGITIZED")]
    city.items(city.file(city.fonds(second)), 3)
    held = city.fonds(archive)
    scanned = city.file(held, page_count_declared=10, origin="DIGITIZED", accepted_at=None)
    city.scanned(scanned, 1, 6)
    city.metres(held, 10, 10)
    plan = session.exec(select(Plan).where(Plan.code == PLAN)).one()
    period = ReportingPeriod(
        plan_id=plan.id or 0, deadline=CUT_OFF, returns_due_on=CUT_OFF, data_cutoff=CUT_OFF, state="CLOSED"
    )
    session.add(period)
    session.flush()
    return Half(city, session, period, first, second, archive, file, items)
