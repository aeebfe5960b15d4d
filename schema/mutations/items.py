"""Documents: registered, corrected, moved, listed in other files."""

from __future__ import annotations

from typing import Annotated

import strawberry

from hub.records import commands
from schema.mutations.doing import Given, described, do, today
from schema.mutations.inputs import (
    ItemDescription,
    item_facts,
    key_in,
    needed,
    once,
    or_none,
    said,
    version,
)
from schema.problems import (
    AlreadyListed,
    DuplicateItem,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    RecordPublished,
    ReferenceCodeTaken,
    StaleVersion,
    WrongState,
)
from schema.records.item import Item


@strawberry.input(description="A new document (đăng ký văn bản).")
class RegisterItemInput(ItemDescription):
    """Input of registerItem."""

    file_id: strawberry.ID = needed("Its home file (hồ sơ).")
    idempotency_key: str | None = once()


@strawberry.input(description="What is corrected in a document (sửa văn bản).")
class CorrectItemInput(ItemDescription):
    """Input of correctItem."""

    id: strawberry.ID = needed("The document (văn bản).")
    expected_version: int = version()
    idempotency_key: str | None = once()


@strawberry.input(description="A document to move (chuyển văn bản).")
class MoveItemInput:
    """Input of moveItem."""

    id: strawberry.ID = needed("The document (văn bản).")
    expected_version: int = version()
    file_id: strawberry.ID = needed("Its new home, of the same agency (hồ sơ mới).")
    ordinal: int | None = said("Its place there, from 1; left out: the last (số thứ tự).")
    idempotency_key: str | None = once()


@strawberry.input(description="A document to show in another file (đưa văn bản vào hồ sơ khác).")
class ListItemInput:
    """Input of listItem."""

    id: strawberry.ID = needed("The document (văn bản).")
    expected_version: int = version()
    file_id: strawberry.ID = needed("The other file, of the same agency (hồ sơ).")
    ordinal: int | None = said("Its place there, from 1; left out: the last (số thứ tự).")
    idempotency_key: str | None = once()


@strawberry.input(description="A document to show no longer in a file (bỏ văn bản khỏi hồ sơ khác).")
class UnlistItemInput:
    """Input of unlistItem."""

    id: strawberry.ID = needed("The document (văn bản).")
    expected_version: int = version()
    file_id: strawberry.ID = needed("The file that lists it (hồ sơ).")
    idempotency_key: str | None = once()


RegisterItemResult = Annotated[
    Item
    | NotFound
    | NotPermitted
    | Invalid
    | WrongState
    | ReferenceCodeTaken
    | DuplicateItem
    | IdempotencyKeyReused,
    strawberry.union(
        "RegisterItemResult", description="The document, or the problem that stood in the way (kết quả)."
    ),
]
CorrectItemResult = Annotated[
    Item
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongState
    | ReferenceCodeTaken
    | DuplicateItem
    | RecordPublished
    | IdempotencyKeyReused,
    strawberry.union(
        "CorrectItemResult", description="The document, or the problem that stood in the way (kết quả)."
    ),
]
MoveItemResult = Annotated[
    Item | NotFound | NotPermitted | Invalid | StaleVersion | WrongState | IdempotencyKeyReused,
    strawberry.union(
        "MoveItemResult", description="The document, or the problem that stood in the way (kết quả)."
    ),
]
ListItemResult = Annotated[
    Item
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongState
    | AlreadyListed
    | IdempotencyKeyReused,
    strawberry.union(
        "ListItemResult", description="The document, or the problem that stood in the way (kết quả)."
    ),
]
UnlistItemResult = Annotated[
    Item | NotFound | NotPermitted | Invalid | StaleVersion | WrongState | IdempotencyKeyReused,
    strawberry.union(
        "UnlistItemResult", description="The document, or the problem that stood in the way (kết quả)."
    ),
]


@strawberry.type
class ItemsMutation:
    """Deeds on documents."""

    @strawberry.mutation(
        description=described("registerItem", "Register a document in an open file (đăng ký văn bản).")
    )
    async def register_item(
        self, info: strawberry.Info, input: Given[RegisterItemInput]
    ) -> RegisterItemResult:
        """See the description."""
        answer: RegisterItemResult = await do(
            info,
            "registerItem",
            Item,
            ("ArchivalFile", input.file_id),
            input,
            lambda s, actor: commands.register_item(
                s,
                actor,
                key_in("ArchivalFile", input.file_id, "file_id"),
                item_facts(input),
                on=today(),
                allow_duplicate=bool(input.allow_duplicate),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described("correctItem", "Correct what is said of a document (sửa văn bản).")
    )
    async def correct_item(self, info: strawberry.Info, input: Given[CorrectItemInput]) -> CorrectItemResult:
        """See the description."""
        answer: CorrectItemResult = await do(
            info,
            "correctItem",
            Item,
            ("Item", input.id),
            input,
            lambda s, actor: commands.correct_item(
                s,
                actor,
                key_in("Item", input.id, "id"),
                input.expected_version,
                item_facts(input),
                allow_duplicate=bool(input.allow_duplicate),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "moveItem", "Make another file of the agency the home of a document (chuyển văn bản)."
        )
    )
    async def move_item(self, info: strawberry.Info, input: Given[MoveItemInput]) -> MoveItemResult:
        """See the description."""
        answer: MoveItemResult = await do(
            info,
            "moveItem",
            Item,
            ("Item", input.id),
            input,
            lambda s, actor: commands.move_item(
                s,
                actor,
                key_in("Item", input.id, "id"),
                input.expected_version,
                file_id=key_in("ArchivalFile", input.file_id, "file_id"),
                ordinal=or_none(input.ordinal),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "listItem",
            "Show a document in another file of the agency without copying it (đưa văn bản vào hồ sơ khác).",
        )
    )
    async def list_item(self, info: strawberry.Info, input: Given[ListItemInput]) -> ListItemResult:
        """See the description."""
        answer: ListItemResult = await do(
            info,
            "listItem",
            Item,
            ("Item", input.id),
            input,
            lambda s, actor: commands.list_item(
                s,
                actor,
                key_in("Item", input.id, "id"),
                input.expected_version,
                file_id=key_in("ArchivalFile", input.file_id, "file_id"),
                ordinal=or_none(input.ordinal),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "unlistItem",
            "Show a document no longer in a file that is not its home (bỏ văn bản khỏi hồ sơ khác).",
        )
    )
    async def unlist_item(self, info: strawberry.Info, input: Given[UnlistItemInput]) -> UnlistItemResult:
        """See the description."""
        answer: UnlistItemResult = await do(
            info,
            "unlistItem",
            Item,
            ("Item", input.id),
            input,
            lambda s, actor: commands.unlist_item(
                s,
                actor,
                key_in("Item", input.id, "id"),
                input.expected_version,
                file_id=key_in("ArchivalFile", input.file_id, "file_id"),
            ),
        )
        return answer
