"""The policy of an installation: the one of the code, or a text put into force, which running processes take up.

    adopt_policy(session, actor, text, reason)      as the tables' owner; a process takes it up with its next request
    taken_up(version, text)                         the policy of a row of policy_version, or the one in force so far
    await follow(dsn)                               hears of a new one, for requests that read no caller's row

A policy is one immutable object and so is the law made of it; taking one up swaps a reference. A request that runs
keeps the law it began with, and its events say under which. A text that this code cannot read, or that allows what
`policies/facts.py` forbids, is refused with a word in the log, and the policy in force stays.
"""

from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import text as sql
from sqlmodel import Session

from hub.access.actor import Actor
from hub.audit.commands import record
from hub.kit.errors import BadRequest
from policies.enforcer import PolicyError
from policies.facts import broken
from policies.law import Law, Policy, in_force, product, put_in_force

CHANNEL = "hub_policy"
AGAIN_SECONDS = 5
log = logging.getLogger("hub.access")

_CURRENT = """
select s.policy_version as version, p.text
  from policy_state s left join policy_version p on p.version = s.policy_version
"""
_ADOPT = sql(
    "insert into policy_version (version, text, adopted_by, reason) values (:version, :text, :by, :reason)"
    " on conflict (version) do nothing"
)
_PUT = sql("update policy_state set policy_version = :version")
_NOTIFY = sql("select pg_notify(:channel, :version)")

# Versions that this process has read, and why it refused those that it did.
_POLICIES: dict[str, Policy] = {}
_REFUSED: dict[str, str] = {}
_ANY = SimpleNamespace(id=None)  # a policy belongs to nobody


class LocksOut(BadRequest):
    """Whoever puts the policy into force could not put another in its place."""

    def __init__(self) -> None:
        super().__init__(
            "Theo luật mới, chính người áp dụng không còn quyền thay luật (policy:update), nên không ai sửa lại được."
            " Hãy giữ quyền đó cho quản trị hệ thống.",
            "Under the new law whoever puts it into force could put no other in its place (policy:update), so nobody"
            " could mend it. Keep that right for the system administrator.",
        )


def readable(text: str) -> Policy:
    """The policy of a text. Raises PolicyError for one that cannot be read, or allows what is forbidden."""
    policy = Policy.of(text)
    if (fact := next(broken(policy.rules), None)) is not None:
        raise PolicyError(f"it allows what is forbidden: {fact}")
    return policy


def taken_up(version: str | None, text: str | None) -> Policy:
    """The policy that a row names; the one in force so far where its text is refused."""
    if version is None:
        return product()
    known = _POLICIES.get(version)
    if known is None:
        try:
            known = readable(text or "")
        except PolicyError as fault:
            _REFUSED[version] = str(fault)
            known = in_force()
            log.error("policy %s is refused, %s stays in force: %s", version, known.version, fault)
        _POLICIES[version] = known
    return known


def refused(version: str | None) -> str | None:
    """Why this process does not take up a version that the database names; None for one that it does."""
    return _REFUSED.get(version or "")


def adopt_policy(session: Session, actor: Actor, text: str | None, reason: str | None) -> Policy:
    """Put a text into force, or (None) the policy of the code. As the owner of the tables. Raises NotPermitted.

    Raises PolicyError for a text that cannot be law, LocksOut for one under which he could put no other into force.
    """
    actor.require("update", "policy", _ANY)
    policy = product() if text is None else readable(text)
    if not Law({}, policy=policy).may(actor.subject, "update", "policy", _ANY):
        raise LocksOut
    before = session.connection().execute(sql(_CURRENT)).mappings().one()["version"]
    if text is not None:
        session.execute(_ADOPT, {"version": policy.version, "text": text, "by": actor.id, "reason": reason})
    session.execute(_PUT, {"version": policy.version if text is not None else None})
    session.execute(_NOTIFY, {"channel": CHANNEL, "version": policy.version})
    detail = {"before": before or product().version, "after": policy.version}
    record(session, actor, "policy:update", "policy", None, reason=reason, detail=detail)
    return policy


async def follow(dsn: str) -> None:
    """Take up the policy in force there, and each that follows, until cancelled; a lost connection is made anew."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                dsn, autocommit=True, row_factory=dict_row
            ) as heard:
                await heard.execute(f"listen {CHANNEL}")
                await _take_up(heard)
                async for _ in heard.notifies():
                    await _take_up(heard)
        except psycopg.Error as error:
            log.warning("news of the policy are not heard (%s)", str(error).split("\n", 1)[0])
        await asyncio.sleep(AGAIN_SECONDS)


async def _take_up(connection: psycopg.AsyncConnection[dict[str, str | None]]) -> None:
    row = await (await connection.execute(_CURRENT)).fetchone()
    if row is not None:
        put_in_force(taken_up(row["version"], row["text"]))
