"""Who is calling: the credential of a request, read with the request, never remembered.

One statement gives the caller, his grants in force and the version of the tree of agencies; a second one runs
only when that tree is new to this process. No credential is the public; a bad one is refused.
"""

from __future__ import annotations

import re
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from hub.access.actor import PUBLIC, Actor
from hub.access.queries import CALLER_SQL, LAW_SQL, caller_from_row, caller_values, keep_law, kept_law
from hub.kit.errors import Unauthenticated

# The same statements as SQLAlchemy's, with psycopg's names for the parameters.
_NAMED = re.compile(r"(?<!:):([a-z_0-9]+)")
_CALLER = _NAMED.sub(r"%(\1)s", CALLER_SQL.replace("%", "%%"))
_LAW = LAW_SQL.replace("%", "%%")


def credential(authorization: str | None) -> str | None:
    """The bearer token of a request; None when it carries no credential. Raises Unauthenticated."""
    if authorization is None:
        return None
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or not token.isascii():
        raise Unauthenticated
    return token


async def caller(connection: AsyncConnection[Any], token: str | None) -> Actor:
    """The actor who holds the token. Raises Unauthenticated."""
    if token is None:
        return PUBLIC
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_CALLER, caller_values(token))
        row = await cursor.fetchone()
        subject = caller_from_row(row)
        assert row is not None
        law = kept_law(row["agency_version"])
        if law is None:
            await cursor.execute(_LAW)
            tree = await cursor.fetchone()
            assert tree is not None
            law = keep_law(tree)
    return Actor(subject, law)
