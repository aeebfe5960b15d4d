"""The subject of a transaction told to PostgreSQL, whose row-level security holds his writes within the law.

Settings of the transaction only: they end with it, and a connection of the pool remembers nobody. A writer that
says nothing is refused every row of the guarded tables (policies/rls.py). What the hub does by itself (seals, the
night's recount) acts as nobody and writes none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import psycopg
from sqlmodel import Session, SQLModel

from hub.access.actor import Actor
from policies.rls import DEED, settings

T = TypeVar("T")
Row = TypeVar("Row", bound=SQLModel)


def act_as(session: Session, actor: Actor, deed: str = "") -> None:
    """Write as this actor for the rest of the transaction; `deed` is what he is about, as in audit events."""
    told = {**settings(actor.law, actor.subject), DEED: deed}
    # By the driver itself: every write begins with this, and SQLAlchemy's own share would be most of it.
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    driver.execute(_TELL, [list(told), list(told.values())])


def acting(actor: Actor, work: Callable[[Session], T], deed: str = "") -> Callable[[Session], T]:
    """The work, done as this actor."""

    def done(session: Session) -> T:
        act_as(session, actor, deed)
        return work(session)

    return done


def held(session: Session, kind: type[Row], key: int, *, shared: bool = False) -> Row | None:
    """A row as it is now, which nobody else changes before the end of the transaction; `shared`, others hold it, too.

    Where no deed of the caller's reaches, PostgreSQL locks nothing for him; the row comes unlocked then, for the law
    to refuse what he wants with it in the words he is used to.
    """
    lock = {"read": True} if shared else True
    row = session.get(kind, key, with_for_update=lock, populate_existing=True)
    return row or session.get(kind, key, populate_existing=True)


_TELL = "select count(set_config(name, value, true)) from unnest(%s::text[], %s::text[]) t(name, value)"
