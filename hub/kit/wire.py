"""Statements asked in one journey: prepared, their values as text, the answers as PostgreSQL sent them.

The quick way beside psycopg's cursors, over the same libpq. A cursor in a pipeline costs more than the statement
of a small screen, and wakes its task for every 8 kB of a long answer; here the event loop gathers what arrives
and wakes the task once, and goes on listening between two journeys.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, finalize

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGresult

# Statements kept prepared on one connection; the one not used for longest goes first.
PREPARED_MAX = 400
CANCEL_SECONDS = 2.0

_NUMBERS = count()
_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_adapter = Transformer()
# `:name`, but neither a cast nor the inside of a word ('record:read')
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_0-9]+)")


class Question:
    """A statement and the values of its parameters, `$1` …, whose types its text tells."""

    __slots__ = ("_texts", "sql", "values")

    def __init__(self, sql: str, values: Sequence[Any]) -> None:
        self.sql = sql
        self.values = values
        self._texts: list[Any] | None = None

    @property
    def texts(self) -> list[Any]:
        """The values as they go out, made once. Raises DataError for text that no database holds."""
        if self._texts is None:
            self._texts = [_text(value) for value in self.values]
        return self._texts


class Numbered(NamedTuple):
    """A statement of SQLAlchemy's with PostgreSQL's own names for the parameters, and what they stand for."""

    sql: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, statement: str) -> Numbered:
        """The statement numbered."""
        names = tuple(dict.fromkeys(_PARAMETER.findall(statement)))
        return cls(_PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", statement), names)

    def question(self, values: Mapping[str, Any]) -> Question:
        """The question with the values of the names."""
        return Question(self.sql, [values[name] for name in self.names])


async def ask(connection: psycopg.AsyncConnection[Any], questions: Sequence[Question]) -> list[PGresult]:
    """The results in the order of the questions, up to the first that failed: see `checked`.

    The connection is idle, in autocommit and this task's alone; the pool replaces it when the task is cancelled
    on the way. Raises psycopg.OperationalError when it is lost, DataError for text that no database holds.
    """
    line = _LINES.get(connection)
    if line is None:
        line = _LINES[connection] = _Line(connection)
    pgconn, known = connection.pgconn, line.prepared
    commands = []
    for question in questions:
        sql = question.sql
        name = known.pop(sql, None)
        if name is None:
            name = b"hub_%d" % next(_NUMBERS)
            text = understood(sql, pgconn.server_version).encode()
            told = await _journey(connection, line, [partial(pgconn.send_prepare, name, text)])
            if told[0].status not in _DONE:
                return told
        known[sql] = name
        commands.append(partial(pgconn.send_query_prepared, name, question.texts))
    while len(known) > PREPARED_MAX:
        name = known.pop(next(iter(known)))
        await _journey(connection, line, [partial(pgconn.send_query_params, b"deallocate " + name, None)])
    return await _journey(connection, line, commands)


def understood(sql: str, version: int) -> str:
    """The statement as a server of this version knows it.

    Since PostgreSQL 17 json_scalar writes a scalar as JSON, a text in half the time of to_json, which looks its type
    up for every row.
    """
    return sql if version >= 170_000 else sql.replace("json_scalar(", "to_json(")


def checked(results: list[PGresult]) -> list[PGresult]:
    """The same results, if none failed. Raises psycopg.Error."""
    for result in results:
        if result.status not in _DONE:
            raise error_from_result(result)
    return results


def first_row(result: PGresult) -> dict[str, Any] | None:
    """The first row by the names of its columns, as Python's values; None when there is none."""
    if not result.ntuples:
        return None
    reader = Transformer()
    reader.set_pgresult(result)
    names = [(result.fname(column) or b"").decode() for column in range(result.nfields)]
    return dict(zip(names, reader.load_row(0, tuple) or (), strict=True))


def _text(value: Any) -> Any:
    if isinstance(value, str) and "\0" not in value:
        return value.encode()
    if isinstance(value, date):  # a datetime, too
        return value.isoformat().encode()
    if isinstance(value, bytes):
        return b"\\x" + value.hex().encode()
    return None if value is None else _adapter.get_dumper(value, PyFormat.TEXT).dump(value)


async def _journey(
    connection: psycopg.AsyncConnection[Any], line: _Line, commands: Sequence[Callable[[], None]]
) -> list[PGresult]:
    """What comes back for the commands, sent together; a connection that was interrupted is closed."""
    pgconn = connection.pgconn
    try:
        pgconn.enter_pipeline_mode()
        for command in commands:
            command()
        pgconn.pipeline_sync()
        results = await line.arrival()
        pgconn.exit_pipeline_mode()
    except BaseException:
        with contextlib.suppress(psycopg.Error):
            await connection.cancel_safe(timeout=CANCEL_SECONDS)
        await connection.close()
        raise
    return results


class _Line:
    """What is kept of a connection: the statements prepared on it, and a handle of its socket that is listened at.

    To begin and to end listening with every journey is half of what a small one costs. The handle is a copy, since
    psycopg begins and ends by itself at the socket when it asks something of its own (the checks of the pool).
    """

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self.prepared: dict[str, bytes] = {}
        self._pgconn = connection.pgconn
        self._loop = asyncio.get_running_loop()
        self._handle: int | None = None
        self._results: list[PGresult] = []
        self._arrived: asyncio.Future[None] | None = None
        finalize(connection, self._rest).atexit = False

    async def arrival(self) -> list[PGresult]:
        """Every result up to the end of the pipeline, but nothing after the first that failed."""
        if self._handle is None:
            self._handle = os.dup(self._pgconn.socket)
            self._loop.add_reader(self._handle, self._receive)
        results = self._results = []
        self._arrived = self._loop.create_future()
        sends = bool(self._pgconn.flush())  # more than the socket takes at once
        if sends:
            self._loop.add_writer(self._handle, self._send)
        try:
            await self._arrived
        finally:
            if sends and self._handle is not None:
                self._loop.remove_writer(self._handle)
            self._results = []  # an answer is let go of by whoever has read it
        return results

    def _receive(self) -> None:
        arrived, pgconn, results = self._arrived, self._pgconn, self._results
        if arrived is None or arrived.done():
            return self._rest()  # psycopg asks, or the server has something to say, or has gone
        try:
            pgconn.consume_input()
            while not pgconn.is_busy():
                result = pgconn.get_result()
                if result is None:  # between two statements, and for ever once the connection is lost
                    if pgconn.status != ConnStatus.OK:
                        raise psycopg.OperationalError("the connection was lost")
                elif result.status == ExecStatus.PIPELINE_SYNC:
                    return arrived.set_result(None)
                elif not results or results[-1].status in _DONE:
                    results.append(result)
        except psycopg.Error as error:
            arrived.set_exception(error)

    def _send(self) -> None:
        if self._handle is not None and not self._pgconn.flush():
            self._loop.remove_writer(self._handle)

    def _rest(self) -> None:
        """Listen no more, until the next journey."""
        handle, self._handle = self._handle, None
        if handle is not None:
            if not self._loop.is_closed():
                self._loop.remove_reader(handle)
            os.close(handle)


_LINES: WeakKeyDictionary[psycopg.AsyncConnection[Any], _Line] = WeakKeyDictionary()
