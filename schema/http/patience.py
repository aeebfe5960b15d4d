"""Whoever has gone away gets no answer: what still runs for him is stopped.

A server tells of a closed connection only when asked. Asking costs a task, so it begins when a request has already
taken longer than most; a quick one pays for a timer. Mutations are not watched: they are done or refused as a whole,
and whoever has lost the answer asks again with the same idempotencyKey.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from types import TracebackType

from starlette.types import Receive

WATCH_AFTER = 0.2
# How long the request that is being answered may take.
PATIENCE: ContextVar[asyncio.Timeout | None] = ContextVar("patience", default=None)


def take_time(seconds: float) -> None:
    """Give the request that is being answered so long from now: what freezes or prints a whole city takes its time."""
    patience = PATIENCE.get()
    if patience is not None:
        patience.reschedule(asyncio.get_running_loop().time() + seconds)


class ClientGone(Exception):
    """Nobody is there to read an answer."""


class Watched:
    """`with Watched(receive): …` cancels the block when the client hangs up. Raises ClientGone then.

    The body has been read before: nothing but the end of the connection is to come.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = False
        self._watching: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._timer = asyncio.get_running_loop().call_later(WATCH_AFTER, self._begin)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._watching is not None:
            self._watching.cancel()
        if self._gone and isinstance(error, asyncio.CancelledError):
            self._task.uncancel()
            raise ClientGone from None

    def _begin(self) -> None:
        self._watching = asyncio.create_task(self._until_gone())

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._task.cancel()
