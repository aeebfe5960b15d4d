"""Wider access to records: confirmed or rejected by a second person."""

from __future__ import annotations

from typing import Annotated

import strawberry

from hub.records import commands
from schema.mutations.doing import Given, described, do
from schema.mutations.inputs import key_in, needed, once, version
from schema.problems import (
    AccessChangeDecided,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    RecordPublished,
    StaleVersion,
    StepUpRequired,
    WrongState,
)
from schema.records.access_change import AccessChange


@strawberry.input(description="A change of access to confirm (xác nhận thay đổi mức tiếp cận).")
class ConfirmAccessChangeInput:
    """Input of confirmAccessChange."""

    id: strawberry.ID = needed("The change (thay đổi mức tiếp cận).")
    expected_version: int = version()
    idempotency_key: str | None = once()


@strawberry.input(description="A change of access to reject (không chấp nhận thay đổi mức tiếp cận).")
class RejectAccessChangeInput:
    """Input of rejectAccessChange."""

    id: strawberry.ID = needed("The change (thay đổi mức tiếp cận).")
    expected_version: int = version()
    reason: str = needed("Why; shown to who proposed it (lý do).")
    idempotency_key: str | None = once()


_RESULT = "The change, or the problem that stood in the way (kết quả)."
ConfirmAccessChangeResult = Annotated[
    AccessChange
    | NotFound
    | NotPermitted
    | Invalid
    | StepUpRequired
    | StaleVersion
    | AccessChangeDecided
    | WrongState
    | RecordPublished
    | IdempotencyKeyReused,
    strawberry.union("ConfirmAccessChangeResult", description=_RESULT),
]
RejectAccessChangeResult = Annotated[
    AccessChange
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | AccessChangeDecided
    | IdempotencyKeyReused,
    strawberry.union("RejectAccessChangeResult", description=_RESULT),
]


@strawberry.type
class AccessChangesMutation:
    """Deeds on changes of access."""

    @strawberry.mutation(
        description=described(
            "confirmAccessChange",
            "Put wider access to a record into force; never by whoever proposed it, nor by one with whom a delegation "
            "binds him (xác nhận thay đổi mức tiếp cận).",
        )
    )
    async def confirm_access_change(
        self, info: strawberry.Info, input: Given[ConfirmAccessChangeInput]
    ) -> ConfirmAccessChangeResult:
        """See the description."""
        answer: ConfirmAccessChangeResult = await do(
            info,
            "confirmAccessChange",
            AccessChange,
            ("AccessChange", input.id),
            input,
            lambda s, actor: commands.confirm_access_change(
                s, actor, key_in("AccessChange", input.id, "id"), input.expected_version
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "rejectAccessChange",
            "Give wider access up, with the reason; whoever proposed it takes it back so "
            "(không chấp nhận thay đổi mức tiếp cận).",
        )
    )
    async def reject_access_change(
        self, info: strawberry.Info, input: Given[RejectAccessChangeInput]
    ) -> RejectAccessChangeResult:
        """See the description."""
        answer: RejectAccessChangeResult = await do(
            info,
            "rejectAccessChange",
            AccessChange,
            ("AccessChange", input.id),
            input,
            lambda s, actor: commands.reject_access_change(
                s, actor, key_in("AccessChange", input.id, "id"), input.expected_version, input.reason
            ),
        )
        return answer
