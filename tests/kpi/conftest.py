"""The city that measures are tested on."""

import pytest
from sqlmodel import Session

from tests.kpi.city import City


@pytest.fixture
def city(session: Session) -> City:
    """An empty city under Kế hoạch 67."""
    return City(session)
