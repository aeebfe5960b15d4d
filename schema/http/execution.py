"""The two ways to an answer: the compiled statement, and Strawberry's ordinary execution.

Both are given a valid operation inside its limits, and who asks; neither decides anything about that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
import strawberry
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionResult

from schema.http.context import Context
from schema.http.negotiation import GraphQLRequest

T = TypeVar("T")

TRIES = 3


class Prepared(SchemaExtension):
    """Hands Strawberry the text that `documents` has parsed and validated, so that it is not done twice."""

    def on_parse(self) -> Iterator[None]:
        """The parsed text."""
        self.execution_context.graphql_document = self.execution_context.context.document
        yield

    def on_validate(self) -> Iterator[None]:
        """No errors: found valid before."""
        self.execution_context.pre_execution_errors = []
        yield


@dataclass(frozen=True)
class Ordinary:
    """An operation that is valid, inside its limits and paid for, with what graphql-core needs to answer it."""

    request: GraphQLRequest
    context: Context
    account: bytes
    only_reads: bool = True


async def ordinary(schema: strawberry.Schema, request: GraphQLRequest, context: Context) -> ExecutionResult:
    """The answer of graphql-core: mutations, introspection, figures, whatever has no compiled statement."""
    return await schema.execute(
        request.query,
        variable_values=request.variables,
        context_value=context,
        operation_name=request.operation_name,
    )


class Lease:
    """A connection taken when it is first needed and given back at the end of the request.

    The pool's own context would commit as well, in vain on connections in autocommit.
    """

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool
        self.taken: AsyncConnection[Any] | None = None

    async def connection(self) -> AsyncConnection[Any]:
        """The connection of this request."""
        if self.taken is None:
            self.taken = await self._pool.getconn()
        return self.taken

    async def end(self) -> None:
        """Give the connection back; the pool replaces one that is lost or busy."""
        if self.taken is not None:
            await self._pool.putconn(self.taken)


async def reading(pool: AsyncConnectionPool[Any], work: Callable[[Lease], Awaitable[T]]) -> T:
    """The answer of `work`, which only reads; again on a fresh connection when its own was dead.

    After a restart of PostgreSQL the pool is full of dead connections, and while it stops, of some that answer a
    last check; nobody has to see that.
    """
    for left in reversed(range(TRIES)):
        lease = Lease(pool)
        try:
            return await work(lease)
        except psycopg.OperationalError:
            if not left or lease.taken is None or not lease.taken.closed:
                raise
        finally:
            await lease.end()
        await pool.check()
    raise AssertionError  # the last try answers or raises
