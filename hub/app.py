"""The one place where the application is put together: connections, middleware, routes.

What lives as long as the server is opened in the lifespan, so that an application can be made without a database.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator

import psycopg
from psycopg_pool import PoolTimeout
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.access.credentials.issuers import Issuers
from hub.access.policy import follow
from hub.demo.issuer import LOCAL, PEOPLE_TO_BE, LocalIssuer
from hub.installation import opened
from hub.kit.db import open_pool
from hub.settings import Settings
from hub.web import routes as pages
from hub.web.site import Site
from schema import HubSchema, build_schema
from schema.http.budgets import exchanging
from schema.http.context import Services
from schema.http.endpoint import GraphQLEndpoint
from schema.http.guard import Guard
from schema.ide.files import files

# Strawberry logs every refusal with its trace; `schema.errors` logs what nobody expected, once.
logging.getLogger("strawberry.execution").setLevel(logging.CRITICAL + 1)


def create_app(settings: Settings, schema: HubSchema | None = None) -> Starlette:
    """The ASGI application. Its lifespan opens the installation and raises what `installation.opened` raises.

    `schema` is another one than the hub's to put behind the same face.
    """
    if settings.today is not None:
        os.environ["HUB_TODAY"] = settings.today.isoformat()
    behind = schema or build_schema()

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        # Figures over a whole city take longer than any page of records may.
        patience = max(settings.statement_timeout, settings.request_timeout * 3 // 4)
        # Longer than a busy moment, shorter than a person's patience; then the answer is UNAVAILABLE.
        wait = settings.request_timeout * 0.15 / 1000
        with opened(settings) as installation, installation.seam(patience) as seam:
            dsn, size = installation.read_dsn, settings.pool_size
            limit = settings.statement_timeout
            async with (
                open_pool(dsn, size=size, statement_timeout=limit, wait=wait) as pool,
                open_pool(
                    installation.app_dsn, size=size, statement_timeout=limit, wait=wait, read_only=False
                ) as trail,
            ):
                services = Services(settings, seam, pool, trail, Issuers(settings), installation.app_dsn)
                app.state.services = services
                app.state.graphql = GraphQLEndpoint(behind, services)
                app.state.site = Site(settings, seam, services.issuers)
                graphql = app.state.graphql
                async with (
                    exchanging(graphql.budgets, services),
                    graphql.uses.written(),
                    _following(installation.app_dsn),
                ):
                    yield
                await graphql.changes.end()

    routes: list[BaseRoute] = [Route("/healthz", healthz)]
    if settings.is_development:
        routes.insert(0, Mount("/graphql/ide", files))
        routes += [
            Mount("/issuer", LocalIssuer(one, PEOPLE_TO_BE).app())
            for one in settings.issuers
            if one.name == LOCAL
        ]
    return Starlette(
        routes=[*routes, *pages.routes()],
        middleware=[Middleware(Guard, settings=settings), Middleware(_GraphQL)],
        exception_handlers={404: pages.nothing_here, 405: pages.nothing_here},
        lifespan=lifespan,
    )


@contextlib.asynccontextmanager
async def _following(dsn: str) -> AsyncIterator[None]:
    """Hears of a new policy as long as it is entered."""
    task = asyncio.create_task(follow(dsn))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class _GraphQL:
    """Passes questions on to the endpoint that the lifespan has opened, before any routing; pages go their way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in ("/graphql", "/graphql/"):
            await scope["app"].state.graphql(scope, receive, send)
        elif scope["type"] == "websocket" and scope["path"] == "/graphql":
            await scope["app"].state.graphql.socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def healthz(request: Request) -> Response:
    """Whether the database answers: what a load balancer asks."""
    services: Services = request.app.state.services
    try:
        async with services.pool.connection(timeout=2) as connection:
            await connection.execute("select 1")
    except (psycopg.Error, PoolTimeout):
        return JSONResponse({"status": "unavailable"}, status_code=503)
    return JSONResponse({"status": "ok"})
