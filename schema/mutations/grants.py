"""Grants: roles given, delegated, ended."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry
from sqlmodel import Session, select

from hub.access import commands
from hub.access.actor import Actor
from hub.access.models import AppUser
from hub.access.models import RoleGrant as Granted
from hub.access.users import seen_user
from schema.access.grants import RoleGrant
from schema.access.vocabulary import Role
from schema.mutations.doing import Given, described, do
from schema.mutations.inputs import key_in, needed, once, or_none, said, version
from schema.problems import (
    AgencyEnded,
    AlreadyGranted,
    GrantEnded,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    RolesInConflict,
    StaleVersion,
    StepUpRequired,
)

REASON = "Why, or by which decision; kept with it (lý do, quyết định)."
ENDS = "From this day on without it; left out: today (thôi giữ từ ngày)."


@strawberry.input(description="A role to give (cấp vai trò).")
class GrantRoleInput:
    """Input of grantRole."""

    user_id: strawberry.ID = needed("Who gets it (người được cấp).")
    role: Role = needed("The role (vai trò).")
    agency_id: strawberry.ID | None = said("Where; needed but for roles of the whole city (cơ quan).")
    valid_from: date | None = said("In force from; left out: today (có hiệu lực từ).")
    valid_to: date | None = said("The first day without it; left out: until ended (có hiệu lực đến).")
    reason: str | None = said(REASON)
    idempotency_key: str | None = once()


@strawberry.input(description="A grant to end (thu hồi vai trò).")
class EndGrantInput:
    """Input of endGrant."""

    id: strawberry.ID = needed("The grant (vai trò được cấp).")
    expected_version: int = version()
    on: date | None = said(ENDS)
    reason: str | None = said(REASON)
    idempotency_key: str | None = once()


@strawberry.input(description="A role to delegate (ủy quyền).")
class DelegateRoleInput:
    """Input of delegateRole."""

    grant_id: strawberry.ID = needed("The holder's own grant (vai trò đang giữ).")
    user_name: str = needed(
        "Who is to hold it on his behalf, by the name he signs in with (người được ủy quyền)."
    )
    valid_from: date | None = said("From; left out: today (ủy quyền từ).")
    valid_to: date = needed("The first day without it; a delegation is limited in time (ủy quyền đến).")
    reason: str | None = said(REASON)
    idempotency_key: str | None = once()


@strawberry.input(description="A delegation to end (thôi ủy quyền).")
class EndDelegationInput:
    """Input of endDelegation."""

    id: strawberry.ID = needed("The delegation (ủy quyền).")
    expected_version: int = version()
    on: date | None = said(ENDS)
    reason: str | None = said(REASON)
    idempotency_key: str | None = once()


_RESULT = "The grant, or the problem that stood in the way (kết quả)."
GrantRoleResult = Annotated[
    RoleGrant
    | NotFound
    | NotPermitted
    | Invalid
    | StepUpRequired
    | RolesInConflict
    | AlreadyGranted
    | AgencyEnded
    | IdempotencyKeyReused,
    strawberry.union("GrantRoleResult", description=_RESULT),
]
EndGrantResult = Annotated[
    RoleGrant | NotFound | NotPermitted | Invalid | StaleVersion | GrantEnded | IdempotencyKeyReused,
    strawberry.union("EndGrantResult", description=_RESULT),
]
DelegateRoleResult = Annotated[
    RoleGrant
    | NotFound
    | NotPermitted
    | Invalid
    | StepUpRequired
    | RolesInConflict
    | AlreadyGranted
    | GrantEnded
    | IdempotencyKeyReused,
    strawberry.union("DelegateRoleResult", description=_RESULT),
]
EndDelegationResult = Annotated[
    RoleGrant | NotFound | NotPermitted | Invalid | StaleVersion | GrantEnded | IdempotencyKeyReused,
    strawberry.union("EndDelegationResult", description=_RESULT),
]


@strawberry.type
class GrantsMutation:
    """Deeds on grants."""

    @strawberry.mutation(
        description=described(
            "grantRole",
            "Give a role at an agency for a time; nobody to himself, nobody beyond his own reach (cấp vai trò).",
        )
    )
    async def grant_role(self, info: strawberry.Info, input: Given[GrantRoleInput]) -> GrantRoleResult:
        """See the description."""
        answer: GrantRoleResult = await do(
            info,
            "grantRole",
            RoleGrant,
            ("AppUser", input.user_id),
            input,
            lambda s, actor: commands.grant_role(
                s,
                actor,
                seen_user(s, actor, key_in("AppUser", input.user_id, "user_id")),
                input.role.name.lower(),
                agency_id=key_in("Agency", input.agency_id, "agency_id") if input.agency_id else None,
                valid_from=or_none(input.valid_from),
                valid_to=or_none(input.valid_to),
                reason=or_none(input.reason),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "endGrant",
            "End a role, and what was delegated from it, today or on a later day (thu hồi vai trò).",
        )
    )
    async def end_grant(self, info: strawberry.Info, input: Given[EndGrantInput]) -> EndGrantResult:
        """See the description."""
        answer: EndGrantResult = await do(
            info,
            "endGrant",
            RoleGrant,
            ("RoleGrant", input.id),
            input,
            lambda s, actor: _end(s, actor, input),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "delegateRole",
            "Let another person hold one's role on one's behalf for a time, within the dates of one's own; it is not "
            "passed on and ends with it, and neither of the two decides what the other submitted (ủy quyền).",
        )
    )
    async def delegate_role(
        self, info: strawberry.Info, input: Given[DelegateRoleInput]
    ) -> DelegateRoleResult:
        """See the description."""
        answer: DelegateRoleResult = await do(
            info,
            "delegateRole",
            RoleGrant,
            ("RoleGrant", input.grant_id),
            input,
            lambda s, actor: commands.delegate_role(
                s,
                actor,
                key_in("RoleGrant", input.grant_id, "grant_id"),
                _named(s, input.user_name),
                valid_from=or_none(input.valid_from),
                valid_to=input.valid_to,
                reason=or_none(input.reason),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described("endDelegation", "End a delegation before its day (thôi ủy quyền).")
    )
    async def end_delegation(
        self, info: strawberry.Info, input: Given[EndDelegationInput]
    ) -> EndDelegationResult:
        """See the description."""
        answer: EndDelegationResult = await do(
            info,
            "endDelegation",
            RoleGrant,
            ("RoleGrant", input.id),
            input,
            lambda s, actor: _end(s, actor, input, delegation=True),
        )
        return answer


def _end(
    session: Session, actor: Actor, given: EndGrantInput | EndDelegationInput, *, delegation: bool = False
) -> Granted:
    return commands.end_grant(
        session,
        actor,
        key_in("RoleGrant", given.id, "id"),
        given.expected_version,
        on=or_none(given.on),
        reason=or_none(given.reason),
        delegation=delegation,
    )


def _named(session: Session, name: str) -> AppUser | None:
    return session.exec(select(AppUser).where(AppUser.name == name)).first()
