"""`/graphql`: one order of questions for every request, whichever way its answer is made.

Method, media types, size, credential, text, limits, data. A bad credential is refused before the text is
looked at; a text is refused before any statement over records runs. The plan of an operation that was asked
before is found by its text, so that such a request costs a few look-ups and the statement itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import anyio.to_thread
import strawberry
from graphql import OperationType
from psycopg import AsyncConnection
from starlette.types import Receive, Scope, Send

from hub.access.actor import Actor, the_public
from hub.access.administration import closed_now
from hub.access.credentials.errors import ReadOnlyDevice
from hub.access.credentials.issuers import is_signed_token
from hub.audit.commands import ORIGIN, Origin
from hub.audit.reads import READS, Reads
from hub.kit.accept import language
from hub.kit.errors import HubError, Unauthenticated
from hub.kit.origin import client_ip, listener_port
from schema.compiler import Plan, Plans, Unsupported
from schema.errors import Failure, RateLimited, failures
from schema.http import negotiation
from schema.http.administered import require_open
from schema.http.asked import Asked
from schema.http.budgets import REFUSED_TEXT, Budgets, address_payer
from schema.http.callers import Callers
from schema.http.context import Context, Services
from schema.http.credentials import Credential, credential
from schema.http.documents import Document, Documents, InvalidOperation
from schema.http.execution import Lease, Ordinary, Prepared, ordinary, reading
from schema.http.guard import may_connect
from schema.http.negotiation import GraphQLRequest, MethodNotAllowed, NotAcceptable, TooLarge
from schema.http.patience import PATIENCE, ClientGone, Watched
from schema.http.repeats import Ready, Repeats
from schema.http.responses import Answer, data_answer, failed, result_answer, send_answer, with_account
from schema.http.streams import Socket, stream
from schema.http.subscriptions import Changes, Followed, WrongWay, events, followed
from schema.http.telling import tell_reads, tell_refusals
from schema.http.trusted import Trusted
from schema.http.uses import Uses
from schema.ide import files as ide
from schema.limits import limits_for


class _Understood(NamedTuple):
    """An operation that is valid and inside its limits; `cost` in rows."""

    request: GraphQLRequest
    document: Document
    kind: OperationType
    cost: int


class GraphQLEndpoint:
    """The ASGI application of `/graphql`."""

    def __init__(self, schema: strawberry.Schema, services: Services) -> None:
        self._schema, self._services, self._settings = schema, services, services.settings
        if Prepared not in schema.extensions:
            schema.extensions = (*schema.extensions, Prepared)
        self.documents = Documents(schema._schema, introspection=self._settings.is_development)
        self.plans = Plans()
        self.repeats = Repeats()
        self._callers = Callers()
        self.uses = Uses(services.settings, services.seam)
        self.budgets = Budgets(self._settings)
        self._trusted = Trusted(self._settings.trusted_documents)
        self.changes = Changes(services.primary_dsn)
        self._methods = ("GET", "POST") if self._settings.is_development else ("POST",)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever goes wrong becomes an answer too."""
        asked = self._asked(scope["state"]["headers"], scope)
        if asked.method == "POST" and negotiation.wants_stream(asked.headers.get("accept")):
            return await self._stream(asked, scope, receive, send)
        reads = Reads()
        READS.set(reads)
        try:
            async with asyncio.timeout(self._settings.request_timeout / 1000) as patience:
                PATIENCE.set(patience)
                answer = await self._answer(asked, scope, receive)
                await tell_reads(self._services.seam, self._services.trail, reads)
        except ClientGone:
            return
        except Exception as error:
            answer = self._refused(asked, error)
        await send_answer(send, answer)

    async def socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Subscriptions over one WebSocket; pages of origins that may not ask are refused before it opens."""
        headers = negotiation.headers_of(scope)
        talk = Socket(self._follow, self._told_of, headers, scope, receive, send, self._settings.max_body)
        if not may_connect(self._settings, talk.scope, headers):
            await receive()
            return await send({"type": "websocket.close", "code": 4403})
        ORIGIN.set(Origin(talk.scope["state"]["request_id"], client_ip(scope)))
        await talk.run()

    async def _stream(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._settings.request_timeout / 1000):
                negotiation.check_content_type(asked.headers.get("content-type"))
                body = await self._body(asked, receive)
        except ClientGone:
            return
        except Exception as error:
            return await send_answer(send, self._refused(asked, error))
        headers = dict(asked.headers)
        await stream(self._follow, self._told_of, headers, scope, receive, send, body)

    async def _follow(self, headers: dict[str, str], scope: Scope, body: bytes) -> AsyncIterator[bytes]:
        """The results of a subscription, its caller read anew for each; without a body only whether he is known."""
        asked = self._asked(headers, scope)
        shown = await self._named(asked, scope)
        what, payer = await reading(
            self._services.pool, lambda lease: self._followed(asked, body, shown, lease)
        )
        if what is None:
            return
        reads = Reads()

        async def ask(query: bytes) -> bytes:
            nonlocal reads
            # What was found to be a subscription that he may send is asked in its other form.
            again = self._asked(headers, scope)._replace(sends_texts=True, accepted=negotiation.JSON)
            reads = Reads()
            READS.set(reads)
            async with asyncio.timeout(self._settings.request_timeout / 1000):
                named = await self._named(again, scope)
                step = await reading(
                    self._services.pool, lambda lease: self._read(again, query, named, lease)
                )
            if not isinstance(step, Answer):
                raise Unsupported
            return step.body

        with self.changes.followed(what.row, payer) as changed:
            async for result in events(what, changed, ask):
                await tell_reads(self._services.seam, self._services.trail, reads)
                yield result

    async def _followed(
        self, asked: Asked, body: bytes, shown: Credential | None, lease: Lease
    ) -> tuple[Followed | None, str]:
        """What a subscription follows, and who pays; None for no body. Raises what is wrong with it."""
        actor, payer = the_public(), asked.address
        if shown is not None:
            actor, payer = await self._caller(asked, shown, lease)
        self.budgets.enter(payer)
        if not body:
            return None, payer
        if self._trusted.wanted(body, ""):
            await self._trusted.refresh(lease)
        found = self._afforded(asked, body, actor, payer, follows=True)
        await require_open(self._services.seam, actor, found.document, found.request.operation_name)
        operation = found.document.operation(found.request.operation_name)
        return followed(found.request, found.document.node, operation), payer

    def _asked(self, headers: Mapping[str, str], scope: Scope) -> Asked:
        return Asked(
            method=scope["method"],
            headers=headers,
            query_string=scope["query_string"].decode("latin-1"),
            request_id=scope["state"]["request_id"],
            language=language(headers.get("accept-language")),
            accepted=negotiation.response_type(headers.get("accept")),
            address=address_payer((scope.get("client") or (None,))[0]),
            sends_texts=self._trusted.lets_send(scope, headers),
            closed=closed_now(self._settings, client_ip(scope), listener_port(scope)),
        )

    async def _answer(self, asked: Asked, scope: Scope, receive: Receive) -> Answer:
        if asked.method not in self._methods:
            raise MethodNotAllowed(", ".join(self._methods))
        if asked.method == "GET" and negotiation.wants_html(asked.headers.get("accept")):
            return ide.answer(ide.PAGE)
        if asked.accepted is None:
            raise NotAcceptable
        body = b""
        if asked.method == "POST":
            negotiation.check_content_type(asked.headers.get("content-type"))
            body = await self._body(asked, receive)
        shown = await self._named(asked, scope)
        with Watched(receive):
            step = await reading(self._services.pool, lambda lease: self._read(asked, body, shown, lease))
        if isinstance(step, Answer):
            return step
        with Watched(receive) if step.only_reads else contextlib.nullcontext():
            result = await ordinary(self._schema, step.request, step.context)
        await tell_refusals(self._services.seam, step.context.actor, result.errors)
        answer = self._result(asked, result.data, result.errors, step.account)
        answer.headers.extend((b"set-cookie", line.encode()) for line in step.context.cookies)
        return answer

    async def _named(self, asked: Asked, scope: Scope) -> Credential | None:
        """The credential; of an issuer's token whom it names. A bad one is paid for by its address."""
        shown = credential(scope, asked.headers, secure=self._settings.is_secure(scope["scheme"]))
        if shown is None or shown.is_session or not is_signed_token(shown.secret):
            return shown
        try:
            identity = await anyio.to_thread.run_sync(self._services.issuers.bearer, shown.secret)
        except Unauthenticated:
            self.budgets.enter(asked.address)
            raise
        return shown._replace(issuer=identity.issuer, subject=identity.subject)

    async def _body(self, asked: Asked, receive: Receive) -> bytes:
        """The whole body. Raises TooLarge before more than the limit has been kept."""
        most = self._settings.max_body
        declared = asked.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > most:
            raise TooLarge(most)
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            body += message.get("body", b"")
            if len(body) > most:
                raise TooLarge(most)
            if not message.get("more_body"):
                return bytes(body)

    async def _read(
        self, asked: Asked, body: bytes, shown: Credential | None, lease: Lease
    ) -> Answer | Ordinary:
        """Who asks, what for, and whether he may; then the answer, if a compiled statement gives it."""
        if self._trusted.wanted(body, asked.query_string):
            await self._trusted.refresh(lease)
        actor, payer, entered = the_public(), asked.address, ""
        if shown is not None:
            guess = None if self._services.seam.has_replica else self._callers.last(shown, asked.closed)
            if guess is not None and guess.actor.closed is None:
                entered = guess.payer
                self.budgets.enter(entered)
                ready = self._ready(asked, body, guess.actor)
                if ready is not None:
                    spent = self.budgets.charge(entered, ready.cost)
                    data = await self._callers.read_with(await lease.connection(), shown, guess, ready.bound)
                    if data is not None:
                        self.uses.note(shown, guess.actor)
                        return data_answer(data, asked.media_type, spent.as_json())
                    self.budgets.give_back(entered, spent)
            actor, payer = await self._caller(asked, shown, lease)
        if payer != entered:
            self.budgets.enter(payer)
        found = self._afforded(asked, body, actor, payer)
        await require_open(self._services.seam, actor, found.document, found.request.operation_name)
        account = self.budgets.charge(payer, found.cost).as_json()
        sent = found.request
        context = Context(
            actor,
            self._services,
            asked.language,
            asked.request_id,
            found.document.node,
            sent.variables,
            credential=shown,
        )
        plan = self._plan(found, actor)
        step = Ordinary(sent, context, account, only_reads=found.kind is OperationType.QUERY)
        return step if plan is None else await self._compiled(asked, step, plan, lease)

    async def _caller(self, asked: Asked, shown: Credential, lease: Lease) -> tuple[Actor, str]:
        """`_known`, read where changes are made: a replica may not have heard yet of a right that has ended."""
        if not self._services.seam.has_replica:
            return await self._known(asked, shown, await lease.connection())
        async with self._services.trail.connection() as primary:
            return await self._known(asked, shown, primary)

    async def _known(
        self, asked: Asked, shown: Credential, connection: AsyncConnection[Any]
    ) -> tuple[Actor, str]:
        """Who shows the credential, and who pays. A bad one is paid for by its address. Raises Unauthenticated."""
        try:
            found = await self._callers.read(connection, shown)
        except Unauthenticated:
            self.budgets.enter(asked.address)
            raise
        self.uses.note(shown, found.actor)
        return found.actor.without_administration(asked.closed), found.payer

    def _afforded(
        self, asked: Asked, body: bytes, actor: Actor, payer: str, *, follows: bool = False
    ) -> _Understood:
        """As `_understand`; a text that is refused has cost its reading."""
        try:
            return self._understand(asked, body, actor, follows=follows)
        except (HubError, InvalidOperation):
            self.budgets.charge(payer, REFUSED_TEXT)
            raise

    def _ready(self, asked: Asked, body: bytes, guess: Actor) -> Ready | None:
        """The kept plan and the cost, if the caller is probably still the same; None when it needs more."""
        key = (*asked.said(body), self._trusted.version, guess.shape, guess.law.policy.version)
        length = len(body) + len(asked.query_string)
        ready = self.repeats.find(key, length)
        if ready is not None:
            return ready
        try:
            understood = self._understand(asked, body, guess)
            sent = understood.request
            found = self.plans.find(sent.query, sent.operation_name, sent.variables, guess.shape, guess.law)
        except (HubError, InvalidOperation):
            return None  # said again, and to the caller, once he is known
        if found is None or found.plan.rest is not None:
            return None
        ready = Ready(found, understood.cost)
        self.repeats.keep(key, length, ready)
        return ready

    def _understand(self, asked: Asked, body: bytes, actor: Actor, *, follows: bool = False) -> _Understood:
        """The operation, valid and inside the limits of this caller. Raises what is wrong with it."""
        if asked.method == "POST":
            sent = negotiation.read_body(body)
        else:
            sent = negotiation.read_query(dict(parse_qsl(asked.query_string, keep_blank_values=True)))
        sent = self._trusted.resolve(sent, may_send_texts=asked.sends_texts)
        limits = limits_for(signed_in=actor.id is not None)
        document = self.documents.find(sent.query, limits)
        operation = document.operation(sent.operation_name)
        if (operation.operation is OperationType.SUBSCRIPTION) != follows:
            raise WrongWay
        if operation.operation is OperationType.MUTATION and actor.subject.reads_only:
            raise ReadOnlyDevice
        if asked.method == "GET" and operation.operation is not OperationType.QUERY:
            raise MethodNotAllowed("POST")
        cost = self.documents.check_cost(document, operation, sent.variables, limits)
        return _Understood(sent, document, operation.operation, cost)

    def _plan(self, found: _Understood, actor: Actor) -> Plan | None:
        """The compiled statement of a query: a kept one, or a new one; None when graphql-core must answer."""
        if found.kind is not OperationType.QUERY:
            return None
        sent, shape, law = found.request, actor.shape, actor.law
        known = self.plans.find(sent.query, sent.operation_name, sent.variables, shape, law)
        if known is not None:
            return known.plan
        try:
            return self.plans.compile(
                self._schema, sent.query, found.document.node, sent.operation_name, sent.variables, shape, law
            )
        except Unsupported:
            return None

    async def _compiled(self, asked: Asked, step: Ordinary, plan: Plan, lease: Lease) -> Answer:
        """The answer of a plan, and of graphql-core for what the plan leaves over; one failure fails both."""
        rest = None
        if plan.rest is not None:
            context = replace(step.context, document=plan.rest)
            result = await ordinary(self._schema, step.request, context)
            if result.errors:
                await tell_refusals(self._services.seam, step.context.actor, result.errors)
                return self._result(asked, None, result.errors, step.account)
            rest = result.data
        connection = await lease.connection()
        data = await plan.run(connection, step.request.variables, step.context.actor, rest)
        return data_answer(data, asked.media_type, step.account)

    def _result(
        self, asked: Asked, data: Any, errors: Sequence[BaseException] | None, account: bytes
    ) -> Answer:
        found = self._told(errors or (), asked)
        return result_answer(data, found, account, asked.media_type, asked.language, asked.request_id)

    def _refused(self, asked: Asked, error: Exception) -> Answer:
        if isinstance(error, InvalidOperation):
            return self._failed(asked, error.errors)
        answer = self._failed(asked, [error])
        return with_account(answer, error.account) if isinstance(error, RateLimited) else answer

    def _told_of(self, headers: dict[str, str], scope: Scope, error: Exception) -> Answer:
        return self._refused(self._asked(headers, scope), error)

    def _failed(self, asked: Asked, errors: Sequence[BaseException]) -> Answer:
        return failed(self._told(errors, asked), asked.media_type, asked.language, asked.request_id)

    def _told(self, errors: Sequence[BaseException], asked: Asked) -> list[Failure]:
        return failures(errors, asked.request_id, explained=self._settings.is_development)
