"""The seam between asynchronous faces and the synchronous core: `read(fn)` and `change(fn)`, nothing else.

A session never crosses a thread and never leaves its function: sharing one between resolvers works warm and
fails cold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from sqlalchemy import Engine, text
from sqlmodel import Session

T = TypeVar("T")


class Seam:
    """Runs functions of the core on worker threads, each with a session of its own."""

    def __init__(self, engine: Engine, reader: Engine | None = None) -> None:
        self._engine = engine
        self._reader = reader or engine

    async def read(self, fn: Callable[[Session], T]) -> T:
        """The answer of `fn` on a session that PostgreSQL itself holds read-only."""
        return await anyio.to_thread.run_sync(self.read_now, fn)

    async def change(self, fn: Callable[[Session], T]) -> T:
        """The answer of `fn` in one transaction: committed when it returns, undone when it raises."""
        return await anyio.to_thread.run_sync(self.change_now, fn)

    def read_now(self, fn: Callable[[Session], T]) -> T:
        """`read` for a synchronous caller."""
        with Session(self._reader, expire_on_commit=False) as session:
            session.connection().execute(text("set transaction read only"))
            return fn(session)

    def change_now(self, fn: Callable[[Session], T]) -> T:
        """`change` for a synchronous caller."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            return fn(session)
