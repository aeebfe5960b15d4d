"""Users: entered, corrected, disabled, enabled."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from hub.access import commands
from schema.access.users import AppUser
from schema.mutations.doing import Given, described, do
from schema.mutations.inputs import key_in, needed, once, or_none, said, version
from schema.problems import (
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    StaleVersion,
    UserNameTaken,
)

REASON = "Why; kept in the audit (lý do)."


@strawberry.input(description="A new account (thêm tài khoản).")
class CreateUserInput:
    """Input of createUser."""

    name: str = needed(
        "Name to sign in with: letters, digits and . _ - @; it stays for ever (tên đăng nhập)."
    )
    full_name: str = needed("Full name (họ tên).")
    agency_id: strawberry.ID | None = said("Where he works (cơ quan công tác).")
    email: str | None = said("E-mail address (thư điện tử).")
    is_service: bool | None = said("A program, not a person; left out: a person (tài khoản dịch vụ).")
    idempotency_key: str | None = once()


@strawberry.input(description="What changes in an account (sửa tài khoản).")
class UpdateUserInput:
    """Input of updateUser."""

    id: strawberry.ID = needed("The account (tài khoản).")
    expected_version: int = version()
    full_name: str | None = said("Full name (họ tên).")
    agency_id: strawberry.ID | None = said("Where he works; null: nowhere named (cơ quan công tác).")
    email: str | None = said("E-mail address; null: none (thư điện tử).")
    idempotency_key: str | None = once()


@strawberry.input(description="An account to shut out (khóa tài khoản).")
class DisableUserInput:
    """Input of disableUser."""

    id: strawberry.ID = needed("The account (tài khoản).")
    expected_version: int = version()
    reason: str | None = said(REASON)
    idempotency_key: str | None = once()


@strawberry.input(description="An account to let in again (mở khóa tài khoản).")
class EnableUserInput:
    """Input of enableUser."""

    id: strawberry.ID = needed("The account (tài khoản).")
    expected_version: int = version()
    reason: str | None = said(REASON)
    idempotency_key: str | None = once()


_RESULT = "The account, or the problem that stood in the way (kết quả)."
CreateUserResult = Annotated[
    AppUser | NotFound | NotPermitted | Invalid | UserNameTaken | IdempotencyKeyReused,
    strawberry.union("CreateUserResult", description=_RESULT),
]
UpdateUserResult = Annotated[
    AppUser | NotFound | NotPermitted | Invalid | StaleVersion | IdempotencyKeyReused,
    strawberry.union("UpdateUserResult", description=_RESULT),
]
DisableUserResult = Annotated[
    AppUser | NotFound | NotPermitted | Invalid | StaleVersion | IdempotencyKeyReused,
    strawberry.union("DisableUserResult", description=_RESULT),
]
EnableUserResult = Annotated[
    AppUser | NotFound | NotPermitted | Invalid | StaleVersion | IdempotencyKeyReused,
    strawberry.union("EnableUserResult", description=_RESULT),
]


@strawberry.type
class UsersMutation:
    """Deeds on users."""

    @strawberry.mutation(
        description=described("createUser", "Enter an account, without any role yet (thêm tài khoản).")
    )
    async def create_user(self, info: strawberry.Info, input: Given[CreateUserInput]) -> CreateUserResult:
        """See the description."""
        answer: CreateUserResult = await do(
            info,
            "createUser",
            AppUser,
            ("Agency", input.agency_id) if input.agency_id else None,
            input,
            lambda s, actor: commands.create_user(
                s,
                actor,
                input.name,
                input.full_name,
                agency_id=key_in("Agency", input.agency_id, "agency_id") if input.agency_id else None,
                email=input.email or None,
                is_service=bool(input.is_service),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described("updateUser", "Correct what is said of an account (sửa tài khoản).")
    )
    async def update_user(self, info: strawberry.Info, input: Given[UpdateUserInput]) -> UpdateUserResult:
        """See the description."""
        answer: UpdateUserResult = await do(
            info,
            "updateUser",
            AppUser,
            ("AppUser", input.id),
            input,
            lambda s, actor: commands.update_user(
                s, actor, key_in("AppUser", input.id, "id"), input.expected_version, _facts(input)
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "disableUser",
            "Shut an account out from the next request on; nobody acts on its behalf meanwhile (khóa tài khoản).",
        )
    )
    async def disable_user(self, info: strawberry.Info, input: Given[DisableUserInput]) -> DisableUserResult:
        """See the description."""
        answer: DisableUserResult = await do(
            info,
            "disableUser",
            AppUser,
            ("AppUser", input.id),
            input,
            lambda s, actor: commands.disable_user(
                s,
                actor,
                key_in("AppUser", input.id, "id"),
                input.expected_version,
                reason=or_none(input.reason),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "enableUser", "Let an account in again, with the roles still in force (mở khóa tài khoản)."
        )
    )
    async def enable_user(self, info: strawberry.Info, input: Given[EnableUserInput]) -> EnableUserResult:
        """See the description."""
        answer: EnableUserResult = await do(
            info,
            "enableUser",
            AppUser,
            ("AppUser", input.id),
            input,
            lambda s, actor: commands.enable_user(
                s,
                actor,
                key_in("AppUser", input.id, "id"),
                input.expected_version,
                reason=or_none(input.reason),
            ),
        )
        return answer


def _facts(given: UpdateUserInput) -> dict[str, Any]:
    """What was said; a full name that is null is a broken rule, not silence."""
    facts: dict[str, Any] = {}
    if given.full_name is not UNSET:
        facts["full_name"] = given.full_name or ""
    if given.email is not UNSET:
        facts["email"] = given.email or None
    if given.agency_id is not UNSET:
        facts["agency_id"] = key_in("Agency", given.agency_id, "agency_id") if given.agency_id else None
    return facts
