"""How every mutation runs: one transaction, one deed at most for each key, a denial that leaves its trace.

    key → command (law, rules, change, audit) → kept answer → commit → the record by the compiled read path

A refused deed rolls back whole. A denial is then written in a transaction of its own, since the trail of the
deed went with the rollback.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date
from enum import Enum
from typing import Annotated, Any, TypeVar

import psycopg
import strawberry
from sqlalchemy.exc import OperationalError
from sqlmodel import Session
from strawberry.types import has_object_definition

from hub.access.acting import act_as
from hub.access.actor import Actor
from hub.kit import clock
from hub.kit.errors import Invalid
from hub.kit.errors import NotFound as Unfound
from hub.kit.errors import NotPermitted as Forbidden
from hub.kit.errors import Problem as Raised
from hub.kit.idempotency import hash_of, keep, key_given, taken
from hub.records.ledger import denied
from policies.actions import ACTIONS
from policies.law import Law
from schema.answers import check_selection, read_back
from schema.http.patience import take_time
from schema.mutations.inputs import key_in, or_none
from schema.permissions import permission
from schema.problems import told

T = TypeVar("T")
Given = Annotated[T, strawberry.argument(description="What to do, and to which record (dữ liệu đầu vào).")]
Deed = Callable[[Session, Actor], Any]
# Type and global id of a record.
About = tuple[str, str] | None

# A deadlock is nobody's fault and gone at the second try.
_TRIES = 3
# Seconds for a deed that freezes the figures of a whole city, or has its report printed.
_LONGEST = 600


async def do(
    info: strawberry.Info, mutation: str, kind: type[Any], about: About, given: Any, deed: Deed
) -> Any:
    """The record of `kind` that the deed answers, or the problem that stood in its way.

    `about` is the record that a denial is told of, `given` the mutation's input.
    """

    async def prepared() -> Deed:
        return deed

    return await _do(info, mutation, kind, about, given, prepared)


async def do_after(
    info: strawberry.Info,
    mutation: str,
    kind: type[Any],
    about: About,
    given: Any,
    prepare: Callable[[], Awaitable[Deed]],
    outrun: type[Raised] | None = None,
) -> Any:
    """The same for a deed that first reads or makes what must not wait inside its transaction, and may take long.

    `outrun` is what the deed raises when others have changed what was read: then it is prepared anew, a few times.
    """
    take_time(_LONGEST)
    return await _do(info, mutation, kind, about, given, prepare, outrun)


async def _do(
    info: strawberry.Info,
    mutation: str,
    kind: type[Any],
    about: About,
    given: Any,
    prepare: Callable[[], Awaitable[Deed]],
    outrun: type[Raised] | None = None,
) -> Any:
    context = info.context
    check_selection(info, kind)

    async def done() -> int:
        deed = await prepare()
        return await _committed(context, lambda session: _once(session, context.actor, mutation, given, deed))

    async def work() -> Any:
        key = await (done() if outrun is None else _prepared_anew(done, outrun))
        answer = await read_back(info, kind, key)
        if answer is None:  # a repeat by somebody who has lost the right to see it
            raise Unfound("bản ghi", "the record")
        return answer

    return await _or_problem(info, mutation, about, work)


async def do_once(
    info: strawberry.Info,
    mutation: str,
    about: About,
    given: Any,
    deed: Callable[[Session, Actor], tuple[Any, str]],
    show: Callable[[int, str | None], Any],
) -> Any:
    """Like `do`, for a deed that tells a secret beside its record: `show` gets the record's key and the secret.

    The secret is told once: to a repeat under the same idempotency key it is None, since it is kept nowhere.
    """
    context = info.context
    told: list[str] = []

    def done(session: Session, actor: Actor) -> Any:
        row, secret = deed(session, actor)
        told[:] = [secret]
        return row

    async def work() -> Any:
        key = await _committed(context, lambda session: _once(session, context.actor, mutation, given, done))
        return show(key, told[0] if told else None)

    return await _or_problem(info, mutation, about, work)


async def do_and_read(
    info: strawberry.Info,
    mutation: str,
    about: About,
    given: Any,
    deed: Deed,
    read: Callable[[Session, Actor, int], Any],
) -> Any:
    """Like `do`, for a deed on many records: `read` makes its answer of the key of what was written of it."""
    context = info.context

    async def work() -> Any:
        key = await _committed(context, lambda session: _once(session, context.actor, mutation, given, deed))
        return await context.seam.read(lambda session: read(session, context.actor, key))

    return await _or_problem(info, mutation, about, work)


async def _or_problem(
    info: strawberry.Info, mutation: str, about: About, work: Callable[[], Awaitable[Any]]
) -> Any:
    context = info.context
    try:
        return await work()
    except Raised as problem:
        if isinstance(problem, Forbidden | Unfound) and context.actor.id is not None:
            # The public is not written down: it could fill the trail at will, and names nobody.
            reason = problem.problem_code
            await context.seam.change(lambda session: _deny(session, context.actor, mutation, about, reason))
        return told(problem, context.language)


def _once(session: Session, actor: Actor, mutation: str, given: Any, deed: Deed) -> int:
    """Do the deed, or answer what it answered before under the same key."""
    act_as(session, actor, ACTIONS[mutation].name)
    idempotency_key = or_none(given.idempotency_key)
    if idempotency_key is None or actor.id is None:
        return int(deed(session, actor).id)
    if error := key_given(idempotency_key):
        raise Invalid([error])
    kept = taken(session, actor.id, idempotency_key, mutation, hash_of(mutation, plain(given)))
    if kept is None:
        kept = {"id": deed(session, actor).id}
        keep(session, actor.id, idempotency_key, kept)
    return int(kept["id"])


async def _committed(context: Any, work: Callable[[Session], int]) -> int:
    for _ in range(_TRIES - 1):
        try:
            return int(await context.seam.change(work))
        except OperationalError as error:
            if not isinstance(error.orig, psycopg.errors.DeadlockDetected):
                raise
    return int(await context.seam.change(work))


async def _prepared_anew(done: Callable[[], Awaitable[int]], outrun: type[Raised]) -> int:
    for _ in range(_TRIES - 1):
        with suppress(outrun):
            return await done()
    return await done()


def _deny(session: Session, actor: Actor, mutation: str, about: About, reason: str) -> None:
    resource = key = None
    if about is not None:
        resource = _RESOURCES[about[0]]
        with suppress(Unfound):
            key = key_in(*about, field="id")
    denied(session, actor, ACTIONS[mutation].name, resource, key, reason=reason)


_RESOURCES = {
    "Fonds": "fonds",
    "Series": "series",
    "ArchivalFile": "file",
    "Item": "item",
    "Agency": "agency",
    "AppUser": "user",
    "RoleGrant": "grant",
    "ApiKey": "apikey",
    "Session": "session",
    "Job": "job",
    "AccessChange": "accesschange",
    "ReportingPeriod": "period",
    "AgencyReturn": "return",
    "ReturnCase": "return",
    "PublishedReport": "report",
    "Exclusion": "exclusion",
}


def plain(given: Any) -> dict[str, Any]:
    """What was said in an input, for the hash; what was left out is left out here too."""
    return {
        name: _plain(value)
        for name, value in vars(given).items()
        if value is not strawberry.UNSET and name != "idempotency_key"
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return plain(value) if has_object_definition(value) else value


def today() -> date:
    """The day on which the deed is done, by the hub's clock."""
    return clock.today()


def described(mutation: str, text: str) -> str:
    """The description of a mutation, with the right it needs and the roles that hold it, read from the policy."""
    deed = ACTIONS[mutation]
    roles = dict.fromkeys(
        rule.role
        for rule in _RULES
        if (rule.resource, rule.action, rule.effect) == (deed.resource, deed.act, "allow")
    )
    return f"{text}\n\n{permission([deed.name], roles)}"


_RULES = Law({}).rules
