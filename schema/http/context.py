"""What a resolver is given: who asks, in which language, and the two ways to the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode
from psycopg_pool import AsyncConnectionPool

from hub.access.actor import Actor
from hub.access.credentials.issuers import Issuers
from hub.kit.seam import Seam
from hub.settings import Settings
from schema.http.credentials import Credential


@dataclass(frozen=True)
class Services:
    """What lives as long as the application; `trail` are connections for what the audit is told of reads.

    Those are to where changes are made; `pool` may be to a replica of it.
    """

    settings: Settings
    seam: Seam
    pool: AsyncConnectionPool[Any]
    trail: AsyncConnectionPool[Any]
    issuers: Issuers
    primary_dsn: str


@dataclass(frozen=True)
class Context:
    """What lives as long as a request; `info.context` in resolvers.

    `document` is the operation as parsed and found valid, `variables` what was sent with it, as sent;
    `loaders` gather the keys that one field of a page names into one statement; `language` is `vi` or `en`.
    `credential` is what the caller showed; `cookies` are lines that the answer sets, as a session changes its secret.
    """

    actor: Actor
    services: Services
    language: str
    request_id: str
    document: DocumentNode
    variables: Mapping[str, Any] = field(default_factory=dict)
    loaders: dict[Any, Any] = field(default_factory=dict)
    credential: Credential | None = None
    cookies: list[str] = field(default_factory=list)

    @property
    def seam(self) -> Seam:
        """The way to the synchronous core: `await seam.read(fn)`, `await seam.change(fn)`."""
        return self.services.seam

    @property
    def pool(self) -> AsyncConnectionPool[Any]:
        """Connections for compiled reads."""
        return self.services.pool

    @property
    def settings(self) -> Settings:
        """The settings of this installation."""
        return self.services.settings
