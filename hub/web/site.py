"""Where a request for a page arrives: language, visitor, page, and what is said when something fails.

A page is made in one go on a worker thread, in one read-only transaction: who visits, what he may see, and the HTML.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import anyio.to_thread
from sqlmodel import Session
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hub.access.administration import closed_now
from hub.access.bearers import Bearer, actor_for_bearer, bearer_secret
from hub.access.commands import note_used
from hub.access.credentials.errors import ReadOnlyDevice
from hub.access.credentials.issuers import Issuers, is_signed_token
from hub.access.credentials.rules import idle_of
from hub.access.sessions import NOTED, SignedIn, cookie_name, note_seen, signed_in
from hub.audit.commands import record_refusal
from hub.audit.reads import READS, Reads
from hub.kit import clock
from hub.kit.accept import language
from hub.kit.errors import NotPermitted
from hub.kit.origin import client_ip, cookie, is_own_page, listener_port
from hub.kit.seam import Seam
from hub.records.reading import write_reads
from hub.settings import Settings
from hub.web import failing
from hub.web.forms import form_of
from hub.web.page import STATIC, Elsewhere, Page, Sent, render, stamp, static
from hub.web.visit import Visit, flow_name
from hub.web.words import LANGUAGES

log = logging.getLogger("hub.web")
# Made in one transaction; or a deed that takes its own, since what it waits for must not hold one.
View = Callable[[Session, Visit], Page | Elsewhere | Sent]
Deed = Callable[[Seam, Visit], Page | Elsewhere | Sent]

_LANGUAGE = "hub-language"
_YEAR = 365 * 24 * 3600
MOST_FORM = 4_096
# Nothing but our own style and pictures; no script, but for the one file of a page that has one, which may ask us
# alone. Forms lead to us, and nobody frames us.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
WITH_SCRIPT = f"{POLICY}; script-src 'self'; connect-src 'self'"
_HEADERS = {
    "content-security-policy": POLICY,
    # Under no-referrer a browser hides the origin of our own forms from us as well.
    "referrer-policy": "same-origin",
    "vary": "Cookie",
}


class Site:
    """The pages over one database."""

    def __init__(self, settings: Settings, seam: Seam, issuers: Issuers) -> None:
        self._settings, self._seam, self._issuers = settings, seam, issuers

    async def answer(
        self, request: Request, view: View, *, changing: bool = False, by_key: bool = False
    ) -> Response:
        """The answer of a view; whatever goes wrong becomes a page too. `by_key`: programs may ask with their keys."""
        visit = self._visit(request, by_key=by_key)

        def made(session: Session) -> Response:
            nonlocal visit  # so that a failure, too, is told to somebody known
            visit = visit if visit.looked_up else _known(session, visit)
            _require_hand(visit)
            return self._response(view(session, visit), visit)

        try:
            visit = await self._with_key(visit)
            if request.method == "POST" and changing:
                visit = await self._with_form(request, visit)
            if self._seam.has_replica:
                visit = await self._asker(visit)
            work = self._seam.change if changing else self._seam.read
            reads = Reads(lists=True)
            READS.set(reads)
            response = await work(made)
            if reads:
                await self._seam.change(partial(write_reads, actor=visit.actor, reads=reads))
            await self._note(visit)
        except Exception as error:
            await self._tell_refusal(visit, error)
            response = self._failed(visit, error)
        return response

    async def _tell_refusal(self, visit: Visit, error: Exception) -> None:
        """A page that the law refuses by name is told to the audit; the public is not, who could fill it."""
        if isinstance(error, NotPermitted) and visit.actor.id is not None:
            actor, action, reason = visit.actor, error.action, error.problem_code
            await self._seam.change(lambda session: record_refusal(session, actor, action, reason))

    async def do(
        self, request: Request, deed: Deed, most: int = MOST_FORM, *, by_key: bool = False
    ) -> Response:
        """The answer of a deed, which opens its transactions itself; failures become pages as well.

        `most` is how many bytes its form may have; `by_key` as for `answer`.
        """
        visit = self._visit(request, by_key=by_key)
        try:
            visit = await self._with_key(visit)
            if request.method == "POST":
                visit = await self._with_form(request, visit, most)
            visit = await self._asker(visit)
            _require_hand(visit)
            made = await anyio.to_thread.run_sync(deed, self._seam, visit)
            await self._note(visit)
            return self._response(made, visit)
        except Exception as error:
            return self._failed(visit, error)

    async def _asker(self, visit: Visit) -> Visit:
        """The visit with who visits, read where changes are made: a replica may not know yet what has ended."""
        return await self._seam.change(lambda session: _known(session, visit))

    def _failed(self, visit: Visit, error: Exception) -> Response:
        page = failing.page(error)
        if page.status == failing.FAULT:
            number = {"request_id": visit.request_id}
            log.error("request %s failed", visit.request_id, exc_info=error, extra=number)
        if visit.key is not None:
            return self._response(failing.data(page, visit), visit)
        return self._response(page, visit)

    async def _with_key(self, visit: Visit) -> Visit:
        """The visit with the key in its proper form, if it shows one. Raises Unauthenticated."""
        if visit.key is None:
            return visit
        secret = bearer_secret(visit.key.secret)
        identity = None
        if is_signed_token(secret):
            identity = await anyio.to_thread.run_sync(self._issuers.bearer, secret)
        return replace(visit, key=replace(visit.key, secret=secret, identity=identity))

    def _visit(self, request: Request, *, by_key: bool) -> Visit:
        secure = self._settings.is_secure(request.url.scheme)
        asked, kept = request.query_params.get("lang"), request.cookies.get(_LANGUAGE)
        key = None
        if by_key and (authorization := request.headers.get("authorization")) is not None:
            key, kept = (
                Bearer(authorization, client_ip(request.scope)),
                language(request.headers.get("accept-language")),
            )
        return Visit(
            method=request.method,
            path=request.url.path,
            language=next((word for word in (asked, kept) if word in LANGUAGES), "vi") or "vi",
            request_id=request.scope["state"]["request_id"],
            secure=secure,
            query=dict(request.query_params),
            parts=request.path_params,
            prefetched=request.headers.get("sec-purpose", "").startswith("prefetch"),
            user_agent=request.headers.get("user-agent"),
            wants_data=request.headers.get("accept") == "application/json",
            secret=None if key else request.cookies.get(cookie_name(secure=secure)),
            key=key,
            settings=self._settings,
            issuers=self._issuers,
            closed=closed_now(self._settings, client_ip(request.scope), listener_port(request.scope)),
            flow=request.cookies.get(flow_name(secure=secure)),
        )

    async def _with_form(self, request: Request, visit: Visit, most: int = MOST_FORM) -> Visit:
        """The visit with what its form says. Raises BadRequest for a form of another page, or too long a one."""
        # What comes with a cookie comes from our pages; no foreign page can add a key that it does not have.
        if visit.key is None and not is_own_page(request.scope, Headers(scope=request.scope)):
            raise failing.ForeignForm
        return visit.filled(*await form_of(request, most))

    def _response(self, made: Page | Elsewhere | Sent, visit: Visit) -> Response:
        response: Response
        if isinstance(made, Elsewhere):
            response = RedirectResponse(made.to, 303)
        elif isinstance(made, Sent):
            response = Response(made.content, made.status, made.headers, media_type=made.media_type)
        else:
            body = "" if visit.method == "HEAD" else render(made, visit)
            response = Response(body, made.status, made.headers, media_type="text/html")
        response.headers.update(_HEADERS)
        if isinstance(made, Page) and made.script:
            response.headers["content-security-policy"] = WITH_SCRIPT
        private = (
            visit.secret is not None or visit.key is not None or made.cookies or isinstance(made, Elsewhere)
        )
        response.headers["cache-control"] = "private, no-store" if private else "no-cache"
        for line in made.cookies:
            response.headers.append("set-cookie", line)
        if visit.is_over and not made.cookies:
            response.headers.append("set-cookie", session_cookie(visit, None))
        if visit.query.get("lang") in LANGUAGES:
            kept = cookie(_LANGUAGE, visit.language, secure=visit.secure, age=_YEAR)
            response.headers.append("set-cookie", kept)
        return response

    async def _note(self, visit: Visit) -> None:
        """The session of somebody who has not been seen for a while goes on; a key was used."""
        secret, who, key = visit.secret, visit.who, visit.key
        if key is not None:
            await self._seam.change(lambda session: note_used(session, [key.secret]))
        if secret is not None and who is not None and clock.now() - who.last_seen_at > NOTED:
            subject = who.actor.holder
            idle = idle_of(self._settings, subject.roles, is_device=subject.reads_only)
            await self._seam.change(lambda session: note_seen(session, {secret: idle}))


# What somebody does before he is signed in, and to leave.
_DOORS = ("/sign-in", "/sign-in/password", "/password", "/sign-out")


def _require_hand(visit: Visit) -> None:
    """Raise ReadOnlyDevice for a form that an enrolled device sends, but for signing in otherwise and out."""
    if visit.method == "POST" and visit.actor.subject.reads_only and visit.path not in _DOORS:
        raise ReadOnlyDevice


def _known(session: Session, visit: Visit) -> Visit:
    if visit.key is not None:
        actor, now = actor_for_bearer(session, visit.key), clock.now()
        return visit.by(SignedIn(actor, actor.name, 0, "KEY", now, now))
    return visit.by(signed_in(session, visit.secret) if visit.secret else None)


def files(name: str) -> Response:
    """A file that pages name; its address changes with its content, so browsers keep it."""
    body = static(name)
    if body is None:
        return Response("", 404, media_type="text/plain")
    headers = {"cache-control": f"public, max-age={_YEAR}, immutable", "etag": f'"{stamp(name)}"'}
    return Response(body, media_type=STATIC[name], headers=headers)


def session_cookie(visit: Visit, secret: str | None, keeps: timedelta | None = None) -> str:
    """The cookie of a session; None takes it away. It goes with the browser, unless the browser is to keep it."""
    age = int(keeps.total_seconds()) if keeps else None
    name = cookie_name(secure=visit.secure)
    return cookie(name, secret or "", secure=visit.secure, age=age if secret else 0)
