"""A small city: a root with two departments, one of them with a unit, and an archive; people come by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.access.models import AppUser, RoleGrant
from hub.access.queries import actor_for_user
from hub.agencies.models import Agency

LONG_AGO = date(2020, 1, 1)


@dataclass(frozen=True)
class City:
    """Ids of the agencies."""

    root: int
    department: int
    unit: int
    other: int
    archive: int


@pytest.fixture
def city(session: Session) -> City:
    """Agencies of this test, under a root of their own."""

    def agency(code: str, parent: int | None = None) -> int:
        row = Agency(code=code, name=code, parent_id=parent)
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id

    root = agency("T-ROOT")
    department = agency("T-DEP", root)
    return City(
        root,
        department,
        agency("T-UNIT", department),
        agency("T-OTHER", root),
        agency("T-ARCHIVE", root),
    )


@pytest.fixture
def person(session: Session) -> Callable[..., AppUser]:
    """Makes a user with grants `(role, agency)` that have been in force for long."""

    def make(name: str, *grants: tuple[str, int | None], agency_id: int | None = None) -> AppUser:
        user = AppUser(name=name, full_name=name, agency_id=agency_id)
        session.add(user)
        session.flush()
        assert user.id is not None
        for role, place in grants:
            session.add(RoleGrant(user_id=user.id, role=role, agency_id=place, valid_from=LONG_AGO))
        session.flush()
        return user

    return make


@pytest.fixture
def actor(session: Session, person: Callable[..., AppUser]) -> Callable[..., Actor]:
    """Makes a user with grants and answers the actor he is."""

    def make(name: str, *grants: tuple[str, int | None], agency_id: int | None = None) -> Actor:
        person(name, *grants, agency_id=agency_id)
        return actor_for_user(session, name)

    return make


@pytest.fixture
def count(session: Session) -> Callable[[str], int]:
    """Counts the rows of a table, to see that a denial changed nothing."""
    return lambda table: session.connection().scalar(text(f"select count(*) from {table}")) or 0
