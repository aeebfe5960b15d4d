"""A compiled operation: its statements, and how their rows become the bytes of `data`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
import psycopg
from graphql import DocumentNode
from psycopg.pq.abc import PGresult

from hub.access.actor import Actor
from hub.kit.clock import today
from hub.kit.wire import Question, ask, checked
from schema.compiler.cursors import cursor_text
from schema.compiler.declarations import Slot
from schema.compiler.marks import unmarked
from schema.compiler.statement import Bindings, Parameter
from schema.compiler.values import Signature

Pieces = list[bytes]
Join = Callable[[PGresult], Pieces]


@dataclass(frozen=True)
class Read:
    """One root field as a statement; `join` makes JSON of its rows, in pieces, so that a long answer is copied once."""

    sql: str
    parameters: tuple[Parameter, ...]
    join: Join


@dataclass(frozen=True)
class Plan:
    """What one operation, under one shape of variables and of subject, asks of PostgreSQL.

    `rest` is the part that ordinary resolvers must answer, None when there is none. `size` is what the text takes of
    memory, to whose nodes a plan goes back with each request, and the statements.
    """

    signature: Signature
    fields: tuple[tuple[str, Read | bytes | None], ...]
    rest: DocumentNode | None
    size: int = 0

    @property
    def statements(self) -> tuple[str, ...]:
        """The SQL of every compiled root field."""
        return tuple(read.sql for _, read in self.fields if isinstance(read, Read))

    @property
    def values(self) -> int:
        """How many values the statements take."""
        return sum(len(read.parameters) for _, read in self.fields if isinstance(read, Read))

    async def run(
        self,
        connection: psycopg.AsyncConnection[Any],
        variables: Mapping[str, Any] | None,
        actor: Actor,
        rest: Mapping[str, Any] | None = None,
    ) -> bytes:
        """JSON of `data`; `rest` is the answer of ordinary resolvers to `self.rest`.

        The connection is in autocommit. Raises psycopg's errors as they come, ForgedCursor and ForgedId.
        """
        asked = Bound(self, self.signature.read(variables)).questions(actor)
        return self.join(checked(await ask(connection, asked)), actor, rest)

    def join(self, results: list[PGresult], actor: Actor, rest: Mapping[str, Any] | None = None) -> bytes:
        """JSON of `data` from the results of the questions; restricted records in it are told to the audit.

        The results are taken out of the list, so that each is let go of before the next one is joined.
        """
        pieces = [b"{"]
        for number, (key, read) in enumerate(self.fields):
            pieces.append(b'%b"%b":' % (b"," if number else b"", key.encode()))
            if isinstance(read, Read):
                pieces += read.join(results.pop(0))
            else:
                pieces.append(orjson.dumps((rest or {})[key]) if read is None else read)
        pieces.append(b"}")
        return unmarked(b"".join(pieces), actor)


class Bound:
    """A plan with the variables of one request, as `Signature.read` gives them."""

    __slots__ = ("_asked", "_for", "plan", "values")

    def __init__(self, plan: Plan, values: Mapping[str, Any]) -> None:
        self.plan = plan
        self.values = values
        self._for: tuple[Actor, date] | None = None
        self._asked: tuple[Question, ...] = ()

    def questions(self, actor: Actor) -> tuple[Question, ...]:
        """The statements with their values, one for each compiled root field.

        Who asks and the day are all that may differ the next time, so the same actor's are kept.
        """
        day = today()
        if self._for is None or self._for[0] is not actor or self._for[1] != day:
            bindings = Bindings(self.values, actor)
            reads = [read for _, read in self.plan.fields if isinstance(read, Read)]
            self._asked = tuple(
                Question(read.sql, [one.read(bindings) for one in read.parameters]) for read in reads
            )
            self._for = actor, day
        return self._asked


# ---- rows into JSON --------------------------------------------------------------------------------------


def one_row(result: PGresult) -> Pieces:
    """The first row, or null."""
    return [(result.get_value(0, 0) if result.ntuples else None) or b"null"]


def all_rows(result: PGresult) -> Pieces:
    """The rows as a list; a null row stays null."""
    rows = b",".join([result.get_value(row, 0) or b"null" for row in range(result.ntuples)])
    return [b"[", rows, b"]"]


@dataclass(frozen=True)
class Info:
    """A field of `pageInfo`: its key, and what it tells or, as bytes, what it always is."""

    key: bytes
    tells: Slot | bytes
    meta: int = 0


@dataclass(frozen=True)
class Member:
    """A field of a root connection: rows of a column, a value of the closing row, `pageInfo`, or a constant."""

    key: bytes
    rows: int | None = None
    meta: int | None = None
    info: tuple[Info, ...] | None = None
    constant: bytes = b""


@dataclass(frozen=True)
class PageJoin:
    """Joins the rows of a page; rows whose first column is null carry counts and facets in the others."""

    members: tuple[Member, ...]
    size: int
    backward: bool
    mark: str
    keys: range
    has_meta: bool

    def __call__(self, result: PGresult) -> Pieces:
        """JSON of the connection."""
        rows = list(range(result.ntuples))
        closing = -1
        if self.has_meta:
            closing = next(row for row in reversed(rows) if result.get_value(row, 0) is None)
            rows.remove(closing)
        more = len(rows) > self.size
        rows = rows[: self.size]
        if self.backward:
            rows.reverse()
        value = result.get_value
        pieces = [b"{"]
        for number, member in enumerate(self.members):
            pieces.append(b'%b"%b":' % (b"," if number else b"", member.key))
            if member.rows is not None:
                column = member.rows
                pieces += [b"[", b",".join([value(row, column) for row in rows]), b"]"]  # type: ignore[misc]
            elif member.meta is not None:
                pieces.append(value(closing, member.meta) or b"null")
            elif member.info is not None:
                told = [b'"%b":%b' % (i.key, self._tell(i, result, rows, more, closing)) for i in member.info]
                pieces += [b"{", b",".join(told), b"}"]
            else:
                pieces.append(member.constant)
        return [*pieces, b"}"]

    def _tell(self, info: Info, result: PGresult, rows: list[int], more: bool, closing: int) -> bytes:
        match info.tells:
            case bytes() as constant:
                return constant
            case Slot.HAS_NEXT | Slot.HAS_PREVIOUS if (info.tells is Slot.HAS_PREVIOUS) == self.backward:
                return b"true" if more else b"false"
            case Slot.HAS_NEXT | Slot.HAS_PREVIOUS:
                return result.get_value(closing, info.meta) or b"false"
        if not rows:
            return b"null"
        row = rows[0] if info.tells is Slot.START else rows[-1]
        keys = [result.get_value(row, column) or b"null" for column in self.keys]
        return b'"%b"' % cursor_text(self.mark, keys)
