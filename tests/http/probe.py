"""A schema whose fields misbehave on purpose, to be put behind the hub's own face."""

from __future__ import annotations

import asyncio

import strawberry
from sqlalchemy import text
from sqlmodel import Session

from hub.kit.errors import NotFound
from schema import HubSchema
from schema.http.context import Context

SECRET = "the password is hunter2"
HAPPENED: list[str] = []
Info = strawberry.Info[Context, None]


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "hub") -> str:
        return f"hello {name}"

    @strawberry.field
    def boom(self) -> str | None:
        raise RuntimeError(SECRET)

    @strawberry.field
    def absent(self) -> str | None:
        raise NotFound("hồ sơ", "the file")

    @strawberry.field
    async def slow(self) -> str:
        await asyncio.sleep(60)
        return "late"

    @strawberry.field
    async def sleeping(self, info: Info) -> str:
        def sleep(session: Session) -> str:
            session.connection().execute(text("select pg_sleep(60)"))
            return "late"

        return await info.context.seam.read(sleep)

    @strawberry.field
    def who(self, info: Info) -> str:
        return f"{info.context.actor.name}/{info.context.language}/{info.context.request_id}"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def happen(self) -> str:
        HAPPENED.append("it did")
        return "done"


def probe() -> HubSchema:
    """A new schema of this kind."""
    return HubSchema(Query, Mutation)
