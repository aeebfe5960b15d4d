"""Agencies: entered, renamed, moved in the tree."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from hub.agencies import commands as agencies
from hub.returns.owed import followed
from schema.agencies import Agency, AgencyKind
from schema.mutations.doing import Given, described, do, today
from schema.mutations.inputs import key_in, needed, once, or_none, said, version
from schema.problems import (
    AgencyEnded,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    ReferenceCodeTaken,
    StaleVersion,
)

EFFECTIVE = "From what day, today at the latest; left out: today (ngày hiệu lực)."
DECISION = "The decision it rests on (quyết định)."


@strawberry.input(description="A new agency or unit (thêm cơ quan).")
class CreateAgencyInput:
    """Input of createAgency."""

    name: str = needed("Its name (tên cơ quan).")
    parent_id: strawberry.ID | None = said("The body it belongs to (cơ quan cấp trên).")
    kind: AgencyKind = needed("What it is (loại).")
    code: str | None = said("Its code in the hub; a provisional one is given when left out (mã).")
    valid_from: date | None = said("In being from (thành lập).")
    archive_since: date | None = said("With an archive of its own from (có Lưu trữ cơ quan từ).")
    decision: str | None = said(DECISION)
    idempotency_key: str | None = once()


@strawberry.input(description="An agency to rename (đổi tên cơ quan).")
class RenameAgencyInput:
    """Input of renameAgency."""

    id: strawberry.ID = needed("The agency (cơ quan).")
    expected_version: int = version()
    name: str | None = said("The new name; the old one stays with its dates; left out: unchanged (tên mới).")
    code: str | None = said("The new code; the old one stays with its dates (mã mới).")
    effective_on: date | None = said(EFFECTIVE)
    decision: str | None = said(DECISION)
    idempotency_key: str | None = once()


@strawberry.input(description="An agency to put under another (chuyển cơ quan cấp trên).")
class MoveAgencyInput:
    """Input of moveAgency."""

    id: strawberry.ID = needed("The agency (cơ quan).")
    expected_version: int = version()
    parent_id: strawberry.ID | None = needed(
        "The body above from that day; null: none (cơ quan cấp trên mới)."
    )
    effective_on: date | None = said(EFFECTIVE)
    decision: str | None = said(DECISION)
    idempotency_key: str | None = once()


CreateAgencyResult = Annotated[
    Agency | NotFound | NotPermitted | Invalid | ReferenceCodeTaken | AgencyEnded | IdempotencyKeyReused,
    strawberry.union(
        "CreateAgencyResult", description="The agency, or the problem that stood in the way (kết quả)."
    ),
]
RenameAgencyResult = Annotated[
    Agency
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | ReferenceCodeTaken
    | AgencyEnded
    | IdempotencyKeyReused,
    strawberry.union(
        "RenameAgencyResult", description="The agency, or the problem that stood in the way (kết quả)."
    ),
]
MoveAgencyResult = Annotated[
    Agency | NotFound | NotPermitted | Invalid | StaleVersion | AgencyEnded | IdempotencyKeyReused,
    strawberry.union(
        "MoveAgencyResult", description="The agency, or the problem that stood in the way (kết quả)."
    ),
]


@strawberry.type
class AgenciesMutation:
    """Deeds on agencies."""

    @strawberry.mutation(
        description=described("createAgency", "Enter an agency, or a unit of one (thêm cơ quan).")
    )
    async def create_agency(
        self, info: strawberry.Info, input: Given[CreateAgencyInput]
    ) -> CreateAgencyResult:
        """See the description."""
        answer: CreateAgencyResult = await do(
            info,
            "createAgency",
            Agency,
            ("Agency", input.parent_id) if input.parent_id else None,
            input,
            lambda s, actor: agencies.create_agency(
                s,
                actor,
                input.name,
                parent_id=key_in("Agency", input.parent_id, "parent_id") if input.parent_id else None,
                kind=input.kind.name,
                code=input.code or None,
                valid_from=input.valid_from or None,
                archive_since=input.archive_since or None,
                decision=input.decision or None,
                on=today(),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "renameAgency",
            "Give an agency another name or code from a day on; the history stays (đổi tên cơ quan).",
        )
    )
    async def rename_agency(
        self, info: strawberry.Info, input: Given[RenameAgencyInput]
    ) -> RenameAgencyResult:
        """See the description."""
        answer: RenameAgencyResult = await do(
            info,
            "renameAgency",
            Agency,
            ("Agency", input.id),
            input,
            lambda s, actor: agencies.rename_agency(
                s,
                actor,
                key_in("Agency", input.id, "id"),
                input.expected_version,
                # None for what was left out or null; an empty text is a broken rule, not silence.
                name=or_none(input.name),
                code=or_none(input.code),
                effective_on=input.effective_on or today(),
                decision=input.decision or None,
                on=today(),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "moveAgency",
            "Put an agency under another body from a day on (chuyển cơ quan cấp trên). Rights over it follow at once; "
            "figures of an earlier day still show it where it stood.",
        )
    )
    async def move_agency(self, info: strawberry.Info, input: Given[MoveAgencyInput]) -> MoveAgencyResult:
        """See the description."""
        answer: MoveAgencyResult = await do(
            info,
            "moveAgency",
            Agency,
            ("Agency", input.id),
            input,
            lambda s, actor: followed(
                s,
                agencies.move_agency(
                    s,
                    actor,
                    key_in("Agency", input.id, "id"),
                    input.expected_version,
                    parent_id=key_in("Agency", input.parent_id, "parent_id")
                    if input.parent_id is not None
                    else None,
                    effective_on=input.effective_on or today(),
                    decision=input.decision or None,
                    on=today(),
                ),
            ),
        )
        return answer
