"""The small city, in a session that is rolled back."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from tests.records.world import World


@pytest.fixture
def world(session: Session) -> World:
    return World(session)
