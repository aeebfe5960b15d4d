"""Subscriptions on their way: by server-sent events (graphql-sse, distinct connections), or graphql-transport-ws.

Both authenticate before anything else, and again with each event; a page of another origin needs to be listed in
HUB_ALLOWED_ORIGINS as for any request. Queries and mutations travel by POST only.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

import orjson
from starlette.types import Receive, Scope, Send

from hub.kit.errors import Unauthenticated
from schema.http.responses import Answer, send_answer

PROTOCOL = "graphql-transport-ws"
INIT_SECONDS = 10.0
PING_SECONDS = 15.0
MOST_OPERATIONS = 20
# graphql-transport-ws names these; 4403 for an origin that is not listed is answered before the socket opens.
BAD_MESSAGE, UNAUTHORIZED, INIT_TIMEOUT, ALREADY_THERE, TOO_MANY = 4400, 4401, 4408, 4409, 4429

Headers = dict[str, str]
# Follows the subscription in a body, for whoever these headers name; yields results as JSON.
Follow = Callable[[Headers, Scope, bytes], AsyncIterator[bytes]]


class Told(Protocol):
    """Turns what went wrong into an answer."""

    def __call__(self, headers: Headers, scope: Scope, error: Exception, /) -> Answer: ...


async def stream(
    follow: Follow, told: Told, headers: Headers, scope: Scope, receive: Receive, send: Send, body: bytes
) -> None:
    """Answer one subscription by server-sent events; a refusal before the first is an ordinary answer."""
    results = follow(headers, scope, body)
    try:
        first = await anext(results, None)
    except Exception as error:
        return await send_answer(send, told(headers, scope, error))
    start = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": start})

    async def event(kind: bytes, data: bytes) -> None:
        line = b"event: %b\ndata: %b\n\n" % (kind, data)
        await send({"type": "http.response.body", "body": line, "more_body": True})

    async def all_events() -> None:
        try:
            if first is not None:
                await event(b"next", first)
                async for result in results:
                    await event(b"next", result)
        except Exception as error:
            await event(b"next", told(headers, scope, error).body)
        await event(b"complete", b"")
        await send({"type": "http.response.body", "body": b""})

    async def pings() -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})

    async def hang_up() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    await _until_first(all_events(), hang_up(), pings())


async def _until_first(*work: Any) -> None:
    """Run all of these until one has ended, then end the others."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Socket:
    """One WebSocket: its caller, and the subscriptions that run on it."""

    def __init__(
        self,
        follow: Follow,
        told: Told,
        headers: Headers,
        scope: Scope,
        receive: Receive,
        send: Send,
        most: int,
    ) -> None:
        self._follow, self._told, self._headers = follow, told, dict(headers)
        self._receive, self._send, self._most = receive, send, most
        # What the hub asks of a request holds for the handshake, too.
        plain = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        state = {**scope.get("state", {}), "request_id": secrets.token_hex(8)}
        self.scope: Scope = {**scope, "method": "POST", "scheme": plain, "state": state}
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Talk until either side closes."""
        await self._receive()  # websocket.connect
        if PROTOCOL not in self.scope.get("subprotocols", ()):
            return await self._send({"type": "websocket.close", "code": 4406})
        await self._send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        closing: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        talk = asyncio.create_task(self._talk(closing))
        try:
            code = await closing
            if code is not None:
                await self._send({"type": "websocket.close", "code": code})
        finally:
            tasks = [talk, *self._running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _talk(self, closing: asyncio.Future[int | None]) -> None:
        close = _closer(closing)
        try:
            if not await self._introduced(close):
                return
            while True:
                message = await self._message(close)
                if message is None:
                    return
                match message:
                    case {"type": "ping"}:
                        await self._say({"type": "pong"})
                    case {"type": "pong"}:
                        pass
                    case {"type": "subscribe", "id": str(name), "payload": dict(payload)}:
                        if name in self._running:
                            return close(ALREADY_THERE)
                        if len(self._running) >= MOST_OPERATIONS:
                            return close(TOO_MANY)
                        self._running[name] = asyncio.create_task(self._follow_one(name, payload, close))
                    case {"type": "complete", "id": str(name)}:
                        if (task := self._running.pop(name, None)) is not None:
                            task.cancel()
                    case {"type": "connection_init"}:
                        return close(TOO_MANY)
                    case _:
                        return close(BAD_MESSAGE)
        except Exception as error:
            self._told(self._headers, self.scope, error)  # the log hears of it
            close(4500)

    async def _introduced(self, close: Callable[[int | None], None]) -> bool:
        """Whether the client has said who it is in time; `authorization` in its payload stands for the header."""
        try:
            message = await asyncio.wait_for(self._message(close), INIT_SECONDS)
        except TimeoutError:
            close(INIT_TIMEOUT)
            return False
        if message is None:
            return False
        if message.get("type") != "connection_init":
            close(UNAUTHORIZED)
            return False
        payload = message.get("payload") or {}
        shown = (
            payload.get("authorization", payload.get("Authorization")) if isinstance(payload, dict) else None
        )
        if shown is not None:
            self._headers["authorization"] = str(shown)
        try:
            async for _ in self._follow(self._headers, self.scope, b""):
                pass
        except Unauthenticated:
            close(UNAUTHORIZED)
            return False
        await self._say({"type": "connection_ack"})
        return True

    async def _follow_one(
        self, name: str, payload: dict[str, Any], close: Callable[[int | None], None]
    ) -> None:
        try:
            async for result in self._follow(self._headers, self.scope, orjson.dumps(payload)):
                await self._say({"id": name, "type": "next", "payload": orjson.loads(result)})
            await self._say({"id": name, "type": "complete"})
        except Unauthenticated:
            close(UNAUTHORIZED)
        except Exception as error:
            errors = orjson.loads(self._told(self._headers, self.scope, error).body)["errors"]
            await self._say({"id": name, "type": "error", "payload": errors})
        finally:
            self._running.pop(name, None)

    async def _message(self, close: Callable[[int | None], None]) -> dict[str, Any] | None:
        """The next message; None when the connection is, or is to be, closed."""
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            close(None)
            return None
        text = event.get("text")
        with contextlib.suppress(orjson.JSONDecodeError):
            if isinstance(text, str) and len(text) <= self._most:
                message = orjson.loads(text)
                if isinstance(message, dict):
                    return message
        close(BAD_MESSAGE)
        return None

    async def _say(self, message: dict[str, Any]) -> None:
        await self._send({"type": "websocket.send", "text": orjson.dumps(message).decode()})


def _closer(closing: asyncio.Future[int | None]) -> Callable[[int | None], None]:
    """Closes once; who comes later finds it done."""

    def close(code: int | None) -> None:
        if not closing.done():
            closing.set_result(code)

    return close
