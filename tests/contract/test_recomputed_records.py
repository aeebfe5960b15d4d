"""Figures of records against a recount in plain Python over the exported rows of the demo, at every half-year.

Compared are II.1.a, II.1.d, II.2.b, II.2.c, 3.3, 3.5, 3.6 and 4.4 from 30/6/2021 to 30/6/2025: numerator, denominator,
excluded and missing of every agency (one without a line must have nothing to count) and of the city, its coverage,
and numerator and denominator of every figure printed beside one, by agency too. The recount (tests/recount) shares
no code with the measures; figures of agencies, systems, papers and people are recounted in test_registers.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlmodel import Session, create_engine

from hub.kit.db import sqlalchemy_url
from tests.contract.conftest import City
from tests.recount.agree import RECOUNTS, Told, check, tell
from tests.recount.export import Export

HALF_YEARS = [date(year, month, day) for year in range(2021, 2026) for month, day in ((6, 30), (12, 31))][:9]


@pytest.fixture(scope="module")
def session(city: City) -> Iterator[Session]:
    """The demo's database, read only."""
    engine = create_engine(sqlalchemy_url(city.dsn), execution_options={"postgresql_readonly": True})
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture(scope="module")
def export(session: Session) -> Export:
    """The rows as they are."""
    return Export(session)


@pytest.fixture(scope="module")
def told(session: Session) -> dict[date, dict[str, Told]]:
    """Every figure at every half-year."""
    return tell(session, HALF_YEARS)


@pytest.mark.parametrize("code", RECOUNTS)
def test_every_agency_and_the_city_agree_with_a_recount_at_every_half_year(
    export: Export, told: dict[date, dict[str, Told]], code: str
) -> None:
    city = check(export, told, code)
    assert len(city) == len(HALF_YEARS)
    assert city[-1].numerator > 0
    assert city[-1].denominator > city[-1].numerator
