"""Connections: a synchronous engine for the core, an asynchronous pool for compiled reads.

Both log in as a role that owns nothing, so that neither a bug nor an injection can reach what the law forbids.
"""

from __future__ import annotations

from urllib.parse import quote

import psycopg
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Engine, create_engine, event

APP_ROLE = "hub_app"


def sqlalchemy_url(dsn: str) -> str:
    """A libpq URL as SQLAlchemy names it."""
    return "postgresql+psycopg://" + dsn.split("://", 1)[1]


def as_app(dsn: str) -> str:
    """The same address, dropping to the application's role right after login."""
    joint = "&" if "?" in dsn else "?"
    return f"{dsn}{joint}options={quote(f'-c role={APP_ROLE}')}"


def open_engine(dsn: str, *, size: int = 8, statement_timeout: int = 0) -> Engine:
    """An engine for commands and Python reads; times in milliseconds, 0 = no limit."""
    engine = create_engine(
        sqlalchemy_url(dsn),
        pool_size=size,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={"prepare_threshold": 2, "application_name": "hub"},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: psycopg.Connection[tuple[object, ...]], _record: object) -> None:
        # Figures add up millions of rows: with room they are hashed, without they are sorted on disk.
        connection.execute(
            f"set statement_timeout = {int(statement_timeout)}; set work_mem = '64MB'; set jit = off"
        )
        connection.commit()

    return engine


def open_pool(
    dsn: str, *, size: int = 8, statement_timeout: int = 5_000, wait: float = 3.0, read_only: bool = True
) -> AsyncConnectionPool:
    """A pool for compiled reads: autocommit, every statement prepared, read-only for PostgreSQL itself.

    Whoever finds no connection free waits so many seconds and then gets PoolTimeout.

    Not `read_only`, it is for what must be written beside a read, each statement a transaction: it is written before
    the answer goes out, but no reader waits for the disk, so a crash of the server may take the last half second of it
    along. Open it in the application's lifespan (`await pool.open()`).
    """

    async def configure(connection: psycopg.AsyncConnection[tuple[object, ...]]) -> None:
        connection.prepare_threshold = 0
        connection.prepared_max = 400
        await connection.set_autocommit(True)
        await connection.execute(
            f"set statement_timeout = {int(statement_timeout)};"
            f"set default_transaction_read_only = {'on' if read_only else 'off'}; set timezone = 'UTC'; set jit = off;"
            f"set synchronous_commit = {'on' if read_only else 'off'}; set search_path = public",
            prepare=False,  # several statements in one text cannot be prepared
        )

    return AsyncConnectionPool(
        dsn,
        min_size=1,
        max_size=size,
        open=False,
        configure=configure,
        kwargs={"application_name": "hub", "connect_timeout": 5},
        timeout=wait,
        # After an outage the next request tries at once, instead of waiting for a doubled delay to pass.
        reconnect_timeout=3,
    )
