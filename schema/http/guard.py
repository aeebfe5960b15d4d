"""What holds for every request of the hub, whatever the page: an id, the security headers, and the origin.

Unsafe methods from foreign pages are refused; a portal in HUB_ALLOWED_ORIGINS may ask with a key of its own, and
never with the visitor's session (`callers.credential`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.audit.commands import ORIGIN, Origin
from hub.kit.accept import language
from hub.kit.origin import client_ip, is_own_page
from hub.settings import Settings
from schema.errors import ForeignOrigin, failures
from schema.http.negotiation import headers_of
from schema.http.responses import Answer, failed, send_answer

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_PREFLIGHT_SECONDS = b"600"

# A page brings its own policy, which stays; everything else may load nothing and be framed by nobody.
_SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (
        b"permissions-policy",
        b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
_NAMES = frozenset(name for name, _ in _SECURITY)

_Headers = Sequence[tuple[bytes, bytes]]


def may_connect(settings: Settings, scope: Scope, headers: Mapping[str, str]) -> bool:
    """Whether a WebSocket may be opened: by a program, by a page of the hub, or by a listed one."""
    origin = headers.get("origin")
    return origin is None or is_own_page(scope, headers) or is_allowed(settings, origin)


def is_allowed(settings: Settings, origin: str) -> bool:
    """Whether pages of this origin may ask with a key of their own."""
    if origin in settings.allowed_origins:
        return True
    return settings.is_development and urlsplit(origin).hostname in _LOCAL_HOSTS


class Guard:
    """ASGI middleware; `scope["state"]` then has the request's `request_id`, and its `headers` by their names."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a foreign page, answer a preflight, or pass the request on."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = headers_of(scope)
        sent_id = headers.get("x-request-id", "")
        request_id = sent_id if _REQUEST_ID.fullmatch(sent_id) else os.urandom(8).hex()
        scope.setdefault("state", {}).update(request_id=request_id, headers=headers)
        ORIGIN.set(Origin(request_id, client_ip(scope)))
        origin = headers.get("origin")
        allowed = origin is not None and is_allowed(self._settings, origin)
        same = origin is None or is_own_page(scope, headers)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._dressed(message["headers"], request_id, scope)
                if origin is not None and allowed:
                    self._allow(MutableHeaders(scope=message), origin)
            await send(message)

        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            return await send_answer(dressed, self._preflight(allowed or same))
        site = headers.get("sec-fetch-site", "none")
        foreign = (origin is None and site == "cross-site") or not (same or allowed)
        if foreign and scope["method"] not in SAFE_METHODS:
            refusal = failures([ForeignOrigin(origin or site)], request_id)
            answer = failed(refusal, "application/json", language(headers.get("accept-language")), request_id)
            return await send_answer(dressed, answer)
        return await self._app(scope, receive, dressed)

    @staticmethod
    def _preflight(allowed: bool) -> Answer:
        if not allowed:
            return Answer(403, b"")
        return Answer(
            204,
            b"",
            headers=[
                (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
                (
                    b"access-control-allow-headers",
                    b"accept, accept-language, authorization, content-type, x-request-id",
                ),
                (b"access-control-max-age", _PREFLIGHT_SECONDS),
            ],
        )

    def _dressed(self, headers: _Headers, request_id: str, scope: Scope) -> _Headers:
        dressed = [*headers, (b"x-request-id", request_id.encode())]
        own = [name for name, _ in headers if name in _NAMES]
        dressed += [header for header in _SECURITY if header[0] not in own] if own else _SECURITY
        if self._settings.is_secure(scope.get("scheme", "http")):
            dressed.append((b"strict-transport-security", b"max-age=31536000"))
        dressed.append((b"vary", b"Origin"))
        return dressed

    @staticmethod
    def _allow(headers: MutableHeaders, origin: str) -> None:
        headers["access-control-allow-origin"] = origin
        headers["access-control-expose-headers"] = "Retry-After, X-Request-Id"
        headers["cross-origin-resource-policy"] = "cross-origin"
