"""The small city, in a session that is rolled back."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.records.world import World


@pytest.fixture(scope="session")
def engine(settled_engine: Engine) -> Engine:
    """On the database in which it lives."""
    return settled_engine


@pytest.fixture
def world(session: Session) -> World:
    return World(session)
