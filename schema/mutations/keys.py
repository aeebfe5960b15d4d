"""Keys of systems: made, rotated, revoked. The key itself is told once, in the answer of the deed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import strawberry

from hub.access.credentials import keys
from hub.kit.errors import FieldError
from hub.kit.errors import Invalid as Broken
from schema.access.keys import ApiKey
from schema.answers import read_back
from schema.lazy import AnApiKey
from schema.mutations.doing import Given, described, do, do_once
from schema.mutations.inputs import key_in, needed, once, or_none, said
from schema.problems import (
    IdempotencyKeyReused,
    Invalid,
    KeyEnded,
    KeyInRotation,
    NotFound,
    NotPermitted,
    StepUpRequired,
)

EXPIRES = "Until when; left out: as long as the settings allow (hết hạn lúc)."
_MOST_HOURS = 24 * 30


@strawberry.input(description="A system that is to have a key (tạo mã truy cập).")
class CreateApiKeyInput:
    """Input of createApiKey."""

    agency_id: strawberry.ID = needed("The agency it is bound to (cơ quan).")
    label: str = needed("Which system it is for (tên hệ thống).")
    expires_at: datetime | None = said(EXPIRES)
    ip_ranges: list[str] | None = said(
        "From where it works, as 10.20.0.0/16; left out: from anywhere (dải địa chỉ)."
    )
    idempotency_key: str | None = once()


@strawberry.input(description="A key to replace (đổi mã truy cập).")
class RotateApiKeyInput:
    """Input of rotateApiKey."""

    id: strawberry.ID = needed("The key in use (mã đang dùng).")
    expires_at: datetime | None = said(EXPIRES)
    overlap_hours: int | None = said(
        "How long the old one goes on, at most 720; left out: a week (số giờ mã cũ còn dùng)."
    )
    idempotency_key: str | None = once()


@strawberry.input(description="A key to end (thu hồi mã truy cập).")
class RevokeApiKeyInput:
    """Input of revokeApiKey."""

    id: strawberry.ID = needed("The key (mã truy cập).")
    idempotency_key: str | None = once()


@strawberry.type(description="A key just made (mã truy cập mới).")
class NewApiKey:
    """The key, told this once, and what may be told of it later."""

    row: strawberry.Private[int]
    key: str | None = strawberry.field(
        description="The key: hub_<id>_<256 bit>; kept nowhere, so null to a repeat (mã, chỉ hiện một lần)."
    )

    @strawberry.field(description="What may be told of it later (thông tin mã).")
    async def api_key(self, info: strawberry.Info) -> AnApiKey | None:
        """Read like any other record, under the caller's rights."""
        found: ApiKey | None = await read_back(info, ApiKey, self.row)
        return found


_RESULT = "The new key, or the problem that stood in the way (kết quả)."
CreateApiKeyResult = Annotated[
    NewApiKey | NotFound | NotPermitted | StepUpRequired | Invalid | IdempotencyKeyReused,
    strawberry.union("CreateApiKeyResult", description=_RESULT),
]
RotateApiKeyResult = Annotated[
    NewApiKey
    | NotFound
    | NotPermitted
    | StepUpRequired
    | Invalid
    | KeyEnded
    | KeyInRotation
    | IdempotencyKeyReused,
    strawberry.union("RotateApiKeyResult", description=_RESULT),
]
RevokeApiKeyResult = Annotated[
    ApiKey | NotFound | NotPermitted | Invalid | IdempotencyKeyReused,
    strawberry.union(
        "RevokeApiKeyResult", description="The key, or the problem that stood in the way (kết quả)."
    ),
]


@strawberry.type
class ApiKeysMutation:
    """Deeds on keys."""

    @strawberry.mutation(
        description=described(
            "createApiKey",
            "Give a system of an agency a key, worth the role client there and nothing else (tạo mã truy cập).",
        )
    )
    async def create_api_key(
        self, info: strawberry.Info, input: Given[CreateApiKeyInput]
    ) -> CreateApiKeyResult:
        """See the description."""
        settings = info.context.settings
        answer: CreateApiKeyResult = await do_once(
            info,
            "createApiKey",
            ("Agency", input.agency_id),
            input,
            lambda s, actor: keys.create_api_key(
                s,
                actor,
                key_in("Agency", input.agency_id, "agency_id"),
                input.label,
                expires_at=or_none(input.expires_at),
                ip_ranges=or_none(input.ip_ranges) or (),
                settings=settings,
            ),
            _shown,
        )
        return answer

    @strawberry.mutation(
        description=described(
            "rotateApiKey",
            "Give the system of a key its next one; both work for a while, so that nothing stands still (đổi mã).",
        )
    )
    async def rotate_api_key(
        self, info: strawberry.Info, input: Given[RotateApiKeyInput]
    ) -> RotateApiKeyResult:
        """See the description."""
        settings = info.context.settings
        answer: RotateApiKeyResult = await do_once(
            info,
            "rotateApiKey",
            ("ApiKey", input.id),
            input,
            lambda s, actor: keys.rotate_api_key(
                s,
                actor,
                key_in("ApiKey", input.id, "id"),
                expires_at=or_none(input.expires_at),
                overlap=_overlap(or_none(input.overlap_hours)),
                settings=settings,
            ),
            _shown,
        )
        return answer

    @strawberry.mutation(
        description=described("revokeApiKey", "End a key with the next request (thu hồi mã truy cập).")
    )
    async def revoke_api_key(
        self, info: strawberry.Info, input: Given[RevokeApiKeyInput]
    ) -> RevokeApiKeyResult:
        """See the description."""
        answer: RevokeApiKeyResult = await do(
            info,
            "revokeApiKey",
            ApiKey,
            ("ApiKey", input.id),
            input,
            lambda s, actor: keys.revoke_api_key(s, actor, key_in("ApiKey", input.id, "id")),
        )
        return answer


def _shown(row: int, key: str | None) -> Any:
    return NewApiKey(row=row, key=key)


def _overlap(hours: int | None) -> timedelta:
    if hours is None:
        return keys.OVERLAP
    if not 0 <= hours <= _MOST_HOURS:
        raise Broken(
            [
                FieldError(
                    "overlap_hours",
                    "OUT_OF_RANGE",
                    f"Mã cũ còn dùng được từ 0 đến {_MOST_HOURS} giờ.",
                    f"The old key goes on for 0 to {_MOST_HOURS} hours.",
                )
            ]
        )
    return timedelta(hours=hours)
