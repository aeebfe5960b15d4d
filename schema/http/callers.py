"""Who is calling: the credential of a request, read with every request.

One statement gives the caller, his grants in force and the version of the tree of agencies; a second one runs
only when that tree is new to this process. No credential is the public; a bad one is refused.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from psycopg import AsyncConnection
from psycopg.pq.abc import PGresult

from hub.access.actor import Actor
from hub.access.errors import Closed
from hub.access.queries import (
    CALLER_SQL,
    IDENTITY_SQL,
    LAW_SQL,
    SESSION_SQL,
    actor_from_row,
    caller_values,
    keep_law,
    kept_law,
)
from hub.kit.errors import Unauthenticated
from hub.kit.wire import Numbered, Question, ask, checked, first_row
from schema.compiler import Bound
from schema.http.credentials import Credential

KEPT_CALLERS = 1_000

_CALLER, _SESSION, _IDENTITY = map(Numbered.of, (CALLER_SQL, SESSION_SQL, IDENTITY_SQL))

# The columns of the caller's row as they came over the wire; None when there is no such row.
Row = tuple[bytes | None, ...] | None


@dataclass(frozen=True)
class Remembered:
    """What the last request of a credential was told: the row as it came, the actor made of it, and who pays."""

    row: Row
    actor: Actor
    payer: str


class Callers:
    """Reads who is calling. The last answer of each credential is kept, to be checked and never to be believed."""

    def __init__(self) -> None:
        self._last: OrderedDict[Credential, Remembered] = OrderedDict()

    async def read(self, connection: AsyncConnection[Any], shown: Credential) -> Remembered:
        """Who holds the credential. Raises Unauthenticated."""
        [told] = checked(await ask(connection, [_question(shown)]))
        row = first_row(told)
        if row is None:
            raise Unauthenticated
        law = kept_law(row)
        if law is None:
            [tree] = map(first_row, checked(await ask(connection, [Question(LAW_SQL, ())])))
            assert tree is not None
            law = keep_law(tree)
        payer = f"key:{row['token_id']}" if "token_id" in row else f"user:{row['user_id']}"
        found = Remembered(_row(told), actor_from_row(row, law), payer)
        self._remember(shown, found)
        return found

    def last(self, shown: Credential, closed: Closed | None) -> Remembered | None:
        """What the last request of this credential was told; a guess until PostgreSQL has said the same again.

        `closed`: administration is closed to the request now asked, whatever it was to the last one.
        """
        found = self._last.get(shown)
        if found is None or closed is None:
            return found
        return replace(found, actor=found.actor.without_administration(closed))

    async def read_with(
        self, connection: AsyncConnection[Any], shown: Credential, guess: Remembered, ready: Bound
    ) -> bytes | None:
        """The data of a plan, asked in one journey with the caller; None, the data unseen, if he has changed.

        Saves a third of a small request. Raises what the plan's statements raise, if the caller is the same.
        """
        told, *found = await ask(connection, [_question(shown), *ready.questions(guess.actor)])
        return ready.plan.join(checked(found), guess.actor) if _row(told) == guess.row else None

    def _remember(self, shown: Credential, told: Remembered) -> None:
        self._last[shown] = told
        self._last.move_to_end(shown)
        while len(self._last) > KEPT_CALLERS:
            self._last.popitem(last=False)


def _question(shown: Credential) -> Question:
    statement = _SESSION if shown.is_session else _IDENTITY if shown.issuer else _CALLER
    values = caller_values(shown.secret, shown.client_ip, issuer=shown.issuer, subject=shown.subject)
    return statement.question(values)


def _row(result: PGresult) -> Row:
    """The caller's row; None when there is none, or the statement about him failed."""
    if not result.ntuples:
        return None
    return tuple([result.get_value(0, column) for column in range(result.nfields)])
