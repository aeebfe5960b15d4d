"""Who is calling: the credential of a request, read with every request.

One statement gives the caller, his grants in force and the version of the tree of agencies; a second one runs
only when that tree is new to this process. No credential is the public; a bad one is refused. Of a key that was read
before, PostgreSQL is asked only whether anything has changed since, a tenth of the work; of a session, which also ends
by standing still, everything.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
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
    STATE,
    STATE_SQL,
    actor_from_row,
    caller_values,
    keep_law,
    kept_law,
)
from hub.kit import clock
from hub.kit.errors import Unauthenticated
from hub.kit.wire import Numbered, Question, ask, checked, first_row
from schema.compiler import Bound
from schema.http.credentials import Credential

KEPT_CALLERS = 1_000

_CALLER, _SESSION, _IDENTITY = map(Numbered.of, (CALLER_SQL, SESSION_SQL, IDENTITY_SQL))

_STATE = Question(STATE_SQL, ())

# The columns of a row as they came over the wire; None when there is no such row.
Row = tuple[bytes | None, ...] | None


@dataclass(frozen=True)
class Remembered:
    """What the last request of a credential was told: the actor, who pays, and what PostgreSQL must say again.

    That is the whole row for a session; for a key the state of access, on the same day and before `until`.
    """

    told: Row
    actor: Actor
    payer: str
    day: date
    until: datetime | None


class Callers:
    """Reads who is calling. The last answer of each credential is kept, to be checked and never to be believed."""

    def __init__(self) -> None:
        self._last: OrderedDict[Credential, Remembered] = OrderedDict()

    async def read(self, connection: AsyncConnection[Any], shown: Credential) -> Remembered:
        """Who holds the credential. Raises Unauthenticated."""
        day = clock.today()
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
        again = _row(told) if shown.is_session else _state(told, row)
        found = Remembered(again, actor_from_row(row, law), payer, day, row.get("until"))
        self._remember(shown, found)
        return found

    def last(self, shown: Credential, closed: Closed | None) -> Remembered | None:
        """What the last request of this credential was told; a guess until PostgreSQL has said the same again.

        `closed`: administration is closed to the request now asked, whatever it was to the last one.
        """
        found = self._last.get(shown)
        if found is None or not (shown.is_session or _lasts(found)):
            return None
        if closed is None:
            return found
        return replace(found, actor=found.actor.without_administration(closed))

    async def read_with(
        self, connection: AsyncConnection[Any], shown: Credential, guess: Remembered, ready: Bound
    ) -> bytes | None:
        """The data of a plan, asked in one journey with the caller; None, the data unseen, if he has changed, or if his
        time has run out while a connection was waited for.

        Saves a third of a small request. Raises what the plan's statements raise, if the caller is the same.
        """
        if not (shown.is_session or _lasts(guess)):
            return None
        again = _question(shown) if shown.is_session else _STATE
        told, *found = await ask(connection, [again, *ready.questions(guess.actor)])
        return ready.plan.join(checked(found), guess.actor) if _row(told) == guess.told else None

    def _remember(self, shown: Credential, told: Remembered) -> None:
        self._last[shown] = told
        self._last.move_to_end(shown)
        while len(self._last) > KEPT_CALLERS:
            self._last.popitem(last=False)


def _question(shown: Credential) -> Question:
    statement = _SESSION if shown.is_session else _IDENTITY if shown.issuer else _CALLER
    values = caller_values(shown.secret, shown.client_ip, issuer=shown.issuer, subject=shown.subject)
    return statement.question(values)


def _lasts(found: Remembered) -> bool:
    """Whether nothing about him has changed by the mere passing of time."""
    return found.day == clock.today() and (found.until is None or clock.now() < found.until)


def _state(told: PGresult, names: Iterable[str]) -> Row:
    """What STATE_SQL gives for as long as nothing has changed since this row, whose columns have these names."""
    columns = list(names)
    return tuple([told.get_value(0, columns.index(name)) for name in STATE])


def _row(result: PGresult) -> Row:
    """The caller's row; None when there is none, or the statement about him failed."""
    if not result.ntuples:
        return None
    return tuple([result.get_value(0, column) for column in range(result.nfields)])
