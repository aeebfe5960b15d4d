"""Two sessions at once, one of which holds what the other wants."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from threading import Thread

import psycopg
import pytest
from psycopg.errors import ForeignKeyViolation, LockNotAvailable


def refused_while_on_its_way(owner: psycopg.Connection, record: str, deed: str, rule: str) -> None:
    """A deed against what a record names waits while another session adds the record, and is refused afterwards."""
    with psycopg.connect(owner.info.dsn) as clerk:
        clerk.execute(record)
        owner.execute("set lock_timeout = '50ms'")
        with pytest.raises(LockNotAvailable):
            owner.execute(deed)
        clerk.commit()
    with pytest.raises(ForeignKeyViolation, match=rule):
        owner.execute(deed)


@contextlib.contextmanager
def waiting(connection: psycopg.Connection, deed: str) -> Iterator[None]:
    """A deed that has to wait, done when the block is over."""
    failed: list[Exception] = []

    def run() -> None:
        try:
            connection.execute(deed)
        except psycopg.Error as problem:
            failed.append(problem)

    thread = Thread(target=run)
    with psycopg.connect(connection.info.dsn, autocommit=True) as reader:
        thread.start()
        blocked = "select pg_blocking_pids(%s) <> '{}'"
        while thread.is_alive() and reader.execute(blocked, [connection.info.backend_pid]).fetchone() != (
            True,
        ):
            pass
        assert thread.is_alive(), failed
        yield
        thread.join(20)
    assert not failed
