"""A way to ask the city by compiled statements, without HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import orjson
import psycopg
from graphql import parse, validate

from hub.access.actor import Actor
from schema import HubSchema
from schema.compiler import Plan, Plans
from tests.schema.reads.world import World


@dataclass
class Desk:
    """Asks the hub as somebody: compiles, runs, decodes."""

    schema: HubSchema
    runner: asyncio.Runner
    connection: psycopg.AsyncConnection[Any]
    world: World
    plans: Plans = field(default_factory=Plans)

    def plan(self, text: str, actor: Actor, variables: dict[str, Any] | None = None) -> Plan:
        """The plan of a valid operation, kept the second time."""
        found = self.plans.find(text, None, variables, actor.shape)
        if found is not None:
            return found.plan
        document = parse(text)
        errors = validate(self.schema._schema, document)
        assert not errors, errors
        return self.plans.compile(self.schema, text, document, None, variables, actor.shape)

    def raw(
        self, text: str, actor: Actor, variables: dict[str, Any] | None = None, rest: Any = None
    ) -> bytes:
        """The bytes of `data`."""
        plan = self.plan(text, actor, variables)
        return self.runner.run(plan.run(self.connection, variables, actor, rest))

    def ask(self, text: str, actor: Actor | str, /, **variables: Any) -> Any:
        """The answer, decoded."""
        who = self.world.actors[actor] if isinstance(actor, str) else actor
        return orjson.loads(self.raw(text, who, variables))
