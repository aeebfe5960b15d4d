"""What the audit is told of a request beside its deeds: restricted records that were shown, reads that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from graphql import GraphQLError
from sqlmodel import Session

from hub.access.actor import Actor
from hub.audit.commands import record_refusal
from hub.audit.reads import Reads, record_reads
from hub.kit.errors import NotPermitted
from hub.kit.seam import Seam


async def tell_reads(seam: Seam, reads: Reads) -> None:
    """Write which restricted records the answer holds, before it goes out; nothing when there are none."""
    if reads:
        await seam.change(partial(record_reads, values=reads.values()))


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
