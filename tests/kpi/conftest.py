"""The city that measures are tested on."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.kpi.city import City


@pytest.fixture(scope="session")
def engine(planned_engine: Engine) -> Engine:
    """On the database under the plan."""
    return planned_engine


@pytest.fixture
def city(session: Session) -> City:
    """An empty city under Kế hoạch 67."""
    return City(session)
