"""What the audit is told of a request beside its deeds: restricted records that were shown, reads that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from graphql import GraphQLError
from psycopg_pool import AsyncConnectionPool
from sqlmodel import Session

from hub.access.actor import Actor
from hub.audit.commands import record_refusal
from hub.audit.reads import INSERT, Reads
from hub.kit.errors import NotPermitted
from hub.kit.seam import Seam
from hub.kit.wire import Numbered, ask, checked
from hub.records.reading import write_reads
from schema.http.execution import Lease, reading

_READS = Numbered.of(INSERT)


async def tell_reads(seam: Seam, trail: AsyncConnectionPool[Any], reads: Reads) -> None:
    """Write which restricted records the answer holds, before it goes out; nothing when there are none.

    One journey, a transaction of its own, and no thread: it stands in the way of an answer. Where the connection is
    lost it is asked again, since a read that is told twice is better than one that is not. Only for whom somebody
    else delegated a grant it is looked up first which records that grant has opened.
    """
    if not reads:
        return
    actor = reads.agent
    if isinstance(actor, Actor) and actor.subject.mandates:
        return await seam.change(partial(write_reads, actor=actor, reads=reads))
    questions = [_READS.question(event) for event in reads.events()]

    async def write(lease: Lease) -> None:
        checked(await ask(await lease.connection(), questions))

    await reading(trail, write)


async def tell_refusals(seam: Seam, actor: Actor, errors: Sequence[GraphQLError] | None) -> None:
    """Write which reads the law refused by name; mutations tell theirs themselves, and the public is not told."""
    refused = [error.original_error for error in errors or ()]
    actions = {one.action: one.problem_code for one in refused if isinstance(one, NotPermitted)}
    if not actions or actor.id is None:
        return

    def tell(session: Session) -> None:
        for action, reason in actions.items():
            record_refusal(session, actor, action, reason)

    await seam.change(tell)
