"""What is followed: a query asked again with every change, so that each event is answered under the law of its moment.

A subscription field stands for a query field of the same selection (`WATCHED`). Whoever follows is read anew with
each event, and every ten seconds in between: a key or session that has ended ends it, a record no longer seen does,
and so does work that is over. Each asking is paid for like any other. PostgreSQL tells of changes (NOTIFY); while it
cannot be heard, the asking in between still sees them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, NamedTuple

import orjson
import psycopg
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
    print_ast,
)

from hub.kit.errors import BadRequest, NotFound
from hub.kit.ids import decode_as
from hub.kit.progress import CHANNEL, OVER
from schema.errors import RateLimited
from schema.http.negotiation import GraphQLRequest

CHECK_SECONDS = 10.0
RETRY_SECONDS = 1.0
OPEN_PER_CALLER = 20
# subscription field: query field, type named by `id`, its field that tells the end and the words of it
WATCHED = {"jobUpdated": ("job", "Job", "state", OVER)}
_OVER = "_hub_over"

log = logging.getLogger("hub.graphql")
Ask = Callable[[bytes], Awaitable[bytes]]


class WrongWay(BadRequest):
    """A subscription came by an ordinary request, or something else by a stream."""

    def __init__(self) -> None:
        super().__init__(
            "Subscription đi qua WebSocket (graphql-transport-ws) hoặc Accept: text/event-stream; query và mutation"
            " đi bằng POST thường.",
            "Subscriptions travel by WebSocket (graphql-transport-ws) or Accept: text/event-stream; queries and"
            " mutations by an ordinary POST.",
        )


class Followed(NamedTuple):
    """A subscription as the query it stands for; `key` is the response key, `row` the record that is followed."""

    body: bytes
    key: str
    row: str
    ends: tuple[str, ...]


def followed(sent: GraphQLRequest, document: DocumentNode, operation: OperationDefinitionNode) -> Followed:
    """The query behind a valid subscription. Raises BadRequest, ForgedId."""
    selections = operation.selection_set.selections
    field = selections[0]
    if (
        len(selections) > 1
        or not isinstance(field, FieldNode)
        or field.name.value not in WATCHED
        or field.directives
    ):
        raise BadRequest(
            "Subscription phải gồm đúng một trường, không đặt trong fragment và không có chỉ thị.",
            "A subscription is exactly one field, in no fragment and without a directive.",
        )
    name, kind, tells, ends = WATCHED[field.name.value]
    [argument] = field.arguments or ()
    match argument.value:
        case VariableNode():
            named = sent.variables.get(argument.value.name.value)
        case StringValueNode():
            named = argument.value.value
        case _:
            named = None
    row = decode_as(str(named), kind)
    key = field.alias.value if field.alias else field.name.value
    told = FieldNode(alias=NameNode(value=_OVER), name=NameNode(value=tells), arguments=(), directives=())
    assert field.selection_set is not None
    below = SelectionSetNode(selections=(*field.selection_set.selections, told))
    query = OperationDefinitionNode(
        operation=OperationType.QUERY,
        name=operation.name,
        variable_definitions=operation.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(
            selections=(
                FieldNode(
                    alias=NameNode(value=key),
                    name=NameNode(value=name),
                    arguments=field.arguments,
                    directives=(),
                    selection_set=below,
                ),
            )
        ),
    )
    fragments = [one for one in document.definitions if isinstance(one, FragmentDefinitionNode)]
    text = print_ast(DocumentNode(definitions=(query, *fragments)))
    return Followed(orjson.dumps({"query": text, "variables": sent.variables}), key, str(row), ends)


class Changes:
    """Hears of changes on a connection of its own, which the first follower opens."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._task: asyncio.Task[None] | None = None
        self._followers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._open: Counter[str] = Counter()

    @contextlib.contextmanager
    def followed(self, row: str, payer: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever the row has changed. Raises RateLimited when the caller follows too much."""
        if self._open[payer] >= OPEN_PER_CALLER:
            raise RateLimited(int(CHECK_SECONDS), b'"extensions":{}')
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._hear())
        changed = asyncio.Event()
        self._open[payer] += 1
        self._followers[row].add(changed)
        try:
            yield changed
        finally:
            self._open -= Counter({payer: 1})
            self._followers[row].discard(changed)
            if not self._followers[row]:
                del self._followers[row]

    async def end(self) -> None:
        """Hear no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _hear(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._dsn, autocommit=True) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    self._tell(None)  # what happened before is asked for once
                    async for told in connection.notifies():
                        self._tell(told.payload)
            except psycopg.Error as error:
                log.warning("changes are not heard: %s", str(error).split("\n", 1)[0])
            await asyncio.sleep(RETRY_SECONDS)

    def _tell(self, row: str | None) -> None:
        rows = list(self._followers) if row is None else [row]
        for one in rows:
            for event in self._followers.get(one, ()):
                event.set()


async def events(what: Followed, changed: asyncio.Event, ask: Ask) -> AsyncIterator[bytes]:
    """The results of a subscription, one for each change that the caller can see.

    Raises NotFound when there is nothing to follow, and what `ask` raises: Unauthenticated, RateLimited.
    """
    last: Any = None
    while True:
        changed.clear()
        told = orjson.loads(await ask(what.body))
        if "errors" in told:
            yield orjson.dumps(told)
            return
        record = told["data"][what.key]
        if record is None:
            if last is None:
                raise NotFound("công việc", "the job")
            return
        state = record.pop(_OVER)
        if record != last:
            last = record
            yield orjson.dumps(told)
        if state in what.ends:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(changed.wait(), CHECK_SECONDS)
