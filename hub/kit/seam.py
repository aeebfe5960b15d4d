"""The seam between asynchronous faces and the synchronous core: `read(fn)` and `change(fn)`, nothing else.

A session never crosses a thread and never leaves its function: sharing one between resolvers works warm and
fails cold. Whoever stops waiting stops the statement as well: its thread gets QueryCanceled, a change is undone.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
import psycopg
from sqlalchemy import Engine, text
from sqlmodel import Session

T = TypeVar("T")
CANCEL_SECONDS = 2.0


class _Work:
    """One function on its session, as far as somebody outside its thread may touch it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._driver: psycopg.Connection[tuple[object, ...]] | None = None
        self._stopped = False

    def run(self, session: Session, fn: Callable[[Session], T]) -> T:
        """The answer of `fn`; its statements can be stopped for as long as it runs, and not a moment longer."""
        driver = session.connection().connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        with self._lock:
            if self._stopped:
                raise asyncio.CancelledError
            self._driver = driver
        try:
            return fn(session)
        finally:
            with self._lock:
                self._driver = None

    def stop(self) -> None:
        """Cancel the statement that is running, if there is one, and whatever would come after it."""
        with self._lock, contextlib.suppress(psycopg.Error):
            self._stopped = True
            if self._driver is not None:
                self._driver.cancel_safe(timeout=CANCEL_SECONDS)


class Seam:
    """Runs functions of the core on worker threads, each with a session of its own."""

    def __init__(self, engine: Engine, reader: Engine | None = None) -> None:
        self._engine = engine
        self._reader = reader or engine
        self.has_replica = reader is not None and reader is not engine

    async def read(self, fn: Callable[[Session], T]) -> T:
        """The answer of `fn` on a session that PostgreSQL itself holds read-only, and to one state of the records.

        However many statements `fn` sends, what others commit meanwhile is in none of them.
        """
        return await _stoppable(self.read_now, fn)

    async def change(self, fn: Callable[[Session], T]) -> T:
        """The answer of `fn` in one transaction: committed when it returns, undone when it raises."""
        return await _stoppable(self.change_now, fn)

    def read_now(self, fn: Callable[[Session], T]) -> T:
        """`read` for a synchronous caller."""
        with Session(self._reader, expire_on_commit=False) as session:
            session.connection().execute(text("set transaction isolation level repeatable read, read only"))
            return fn(session)

    def change_now(self, fn: Callable[[Session], T]) -> T:
        """`change` for a synchronous caller."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            return fn(session)


async def _stoppable(way: Callable[[Callable[[Session], T]], T], fn: Callable[[Session], T]) -> T:
    work = _Work()
    running = asyncio.ensure_future(anyio.to_thread.run_sync(way, lambda session: work.run(session, fn)))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        if not running.done():
            await asyncio.to_thread(work.stop)
            await asyncio.wait({running}, timeout=CANCEL_SECONDS)  # the connection goes back to its pool
        running.add_done_callback(_heard)
        raise


def _heard(running: asyncio.Future[T]) -> None:
    """Nobody is left to hear what the stopped function raised."""
    if not running.cancelled():
        running.exception()
