"""viewAs: what another user may do, as yes or no and as numbers of records; never the records themselves.

For administrators who ask what somebody sees. It is told of nobody whom the caller could not give all his roles:
numbers, too, tell something. Every look is an event of the audit trail.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry
from sqlalchemy import text
from sqlmodel import Session
from strawberry import Info

from hub.access.actor import Actor
from hub.access.explain import Held, held_by
from hub.access.grants import require_authority
from hub.access.models import AppUser as Account
from hub.access.queries import actor_for_user
from hub.audit.commands import record
from hub.kit.errors import BadRequest, NotFound, NotPermitted
from policies.resources import RESOURCES
from schema.access.viewer_access import AccessGrant
from schema.compiler.catalogue import Catalogue
from schema.compiler.declarations import Record
from schema.lazy import AUser
from schema.loading import load_record
from schema.records.conditions import key_of


@strawberry.type(
    description="One deed of somebody, and to how many records he may do it (quyền và số lượng)."
)
class ViewedRight:
    """A line of somebody's rights."""

    resource: str = strawberry.field(description="Kind of record, e.g. file (loại bản ghi).")
    action: str = strawberry.field(description="What is done, e.g. close (thao tác).")
    allowed: bool = strawberry.field(
        description="Whether a rule of his roles can allow it at all (có thể được phép)."
    )
    count: int | None = strawberry.field(
        description="To how many records he may do it now; null for what is made, and for records that no table holds "
        "(số bản ghi)."
    )


@strawberry.type(description="What another user may do; no record of it is shown (xem thử quyền).")
class ViewedAccess:
    """Somebody's rights, counted."""

    user_id: strawberry.Private[int]
    roles: list[AccessGrant] = strawberry.field(description="The roles he holds today (các vai trò).")
    rights: list[ViewedRight] = strawberry.field(description="Every deed the law knows (các quyền).")

    @strawberry.field(description="Who (tài khoản).")
    async def user(self, info: Info) -> AUser | None:
        """Read like any other record."""
        found: Any = await load_record(info, "AppUser", self.user_id)
        return found


@dataclass(frozen=True)
class Viewed:
    """What the core found out."""

    user_id: int
    held: Sequence[Held]
    rights: Sequence[ViewedRight]


def viewed(
    session: Session, catalogue: Catalogue, actor: Actor, key: int, resources: Sequence[str]
) -> Viewed:
    """The rights of a user, counted, and the event that they were looked at. Raises NotFound, NotPermitted."""
    user = session.get(Account, key)
    actor.require("view_as", "user", user)
    assert user is not None  # `require` raises for no row
    require_authority(session, actor, user)
    detail = {"user": user.name, "resources": list(resources)}
    record(session, actor, "user:view_as", "user", key, agency_id=user.agency_id, detail=detail)
    if user.disabled_at is not None:
        return Viewed(key, (), ())
    other = actor_for_user(session, user.name)
    rights = [right for name in resources for right in _rights(session, catalogue, other, name)]
    return Viewed(key, held_by(session, other), rights)


def _rights(session: Session, catalogue: Catalogue, other: Actor, resource: str) -> Iterator[ViewedRight]:
    """The deeds on one kind of record; all of them are counted in one look over the table."""
    table = _table(catalogue, resource)
    facts = (
        Catalogue.facts(table, "t")
        if table is not None
        else dict.fromkeys(RESOURCES[resource].names.values(), "")
    )
    actions = [action for name, action in other.law.questions if name == resource]
    tests = {action: other.predicate(resource, action, facts) for action in actions}
    counts = _counts(session, other, table, tests) if table is not None else {}
    for action in actions:
        yield ViewedRight(
            resource=resource,
            action=action,
            allowed=tests[action] != "false",
            count=None if action == "create" else counts.get(action),
        )


def _counts(session: Session, other: Actor, table: Record, tests: dict[str, str]) -> dict[str, int]:
    if all(test == "false" for test in tests.values()):
        return dict.fromkeys(tests, 0)
    listed = ", ".join(f'count(*) filter (where {test}) as "{action}"' for action, test in tests.items())
    sql = f"select {listed} from {table.name} t"
    row = session.connection().execute(text(sql), other.values(sql)).mappings().one()
    return {action: int(row[action]) for action in tests}


def _table(catalogue: Catalogue, resource: str) -> Record | None:
    """The table that holds the records of a resource, if one does."""
    records = (catalogue.record(kind) for kind in catalogue.nodes().values())
    return next((one for one in records if one.resource == resource), None)


def _deny(session: Session, actor: Actor, key: int, reason: str) -> None:
    record(session, actor, "user:view_as", "user", key, outcome="denied", reason=reason)


@strawberry.type
class ViewAsQuery:
    """The rights of others, for administrators."""

    @strawberry.field(
        description="What another user may do, counted as he would see it: decisions and numbers, never records; the "
        "audit trail tells who looked (xem thử quyền của người khác)."
    )
    async def view_as(
        self,
        info: Info,
        user: Annotated[strawberry.ID, strawberry.argument(description="Whose rights (tài khoản).")],
        resources: Annotated[
            list[str] | None,
            strawberry.argument(
                description="Only these kinds of records, e.g. file; all when left out (loại bản ghi)."
            ),
        ] = None,
    ) -> ViewedAccess:
        """See the description."""
        context, catalogue = info.context, info.schema.catalogue  # type: ignore[attr-defined]
        actor: Actor = context.actor
        key = int(key_of("AppUser")(user))
        named = list(dict.fromkeys(resources)) if resources is not None else list(RESOURCES)
        if unknown := [name for name in named if name not in RESOURCES]:
            raise BadRequest(
                f"Không có loại bản ghi «{unknown[0][:60]}». Các loại: {', '.join(RESOURCES)}.",
                f'There is no kind of record "{unknown[0][:60]}". There are: {", ".join(RESOURCES)}.',
            )
        try:
            found: Viewed = await context.seam.change(
                lambda session: viewed(session, catalogue, actor, key, named)
            )
        except (NotFound, NotPermitted) as problem:
            reason = problem.problem_code
            if actor.id is not None:
                await context.seam.change(lambda session: _deny(session, actor, key, reason))
            raise
        return ViewedAccess(
            user_id=found.user_id,
            roles=[AccessGrant.of(one) for one in found.held],
            rights=list(found.rights),
        )
