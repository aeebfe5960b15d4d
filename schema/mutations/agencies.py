"""Agencies: entered, renamed, merged."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from hub.agencies import commands as agencies
from hub.records import commands
from schema.agencies import Agency, AgencyKind
from schema.mutations.doing import Given, described, do, today
from schema.mutations.inputs import (
    key_in,
    needed,
    once,
    said,
    version,
)
from schema.problems import (
    AgencyEnded,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    ReferenceCodeTaken,
    StaleVersion,
)


@strawberry.input(description="A new agency or unit (thêm cơ quan).")
class CreateAgencyInput:
    """Input of createAgency."""

    name: str = needed("Its name (tên cơ quan).")
    parent_id: strawberry.ID | None = said("The body it belongs to (cơ quan cấp trên).")
    kind: AgencyKind = needed("What it is (loại).")
    code: str | None = said("Its code in the hub; a provisional one is given when left out (mã).")
    valid_from: date | None = said("In being from (thành lập).")
    idempotency_key: str | None = once()


@strawberry.input(description="An agency to rename (đổi tên cơ quan).")
class RenameAgencyInput:
    """Input of renameAgency."""

    id: strawberry.ID = needed("The agency (cơ quan).")
    expected_version: int = version()
    name: str | None = said("The new name; left out: unchanged (tên mới).")
    code: str | None = said("The new code; the old one stays with its dates (mã mới).")
    effective_on: date | None = said("From what day; left out: today (ngày hiệu lực).")
    decision: str | None = said("The decision it rests on (quyết định).")
    idempotency_key: str | None = once()


@strawberry.input(description="A body that ends in a merger (cơ quan được hợp nhất).")
class PredecessorInput:
    """An agency in the version the caller saw."""

    id: strawberry.ID = needed("The agency (cơ quan).")
    expected_version: int = version()


@strawberry.input(description="Agencies that end, and the one that follows (hợp nhất cơ quan).")
class MergeAgenciesInput:
    """Input of mergeAgencies."""

    predecessors: list[PredecessorInput] = needed("The bodies that end (các cơ quan kết thúc).")
    successor_id: strawberry.ID = needed("The body that follows them (cơ quan kế thừa).")
    effective_on: date | None = said("From what day, today at the latest; left out: today (ngày hiệu lực).")
    decision: str | None = said("The decision it rests on (quyết định).")
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
MergeAgenciesResult = Annotated[
    Agency | NotFound | NotPermitted | Invalid | StaleVersion | AgencyEnded | IdempotencyKeyReused,
    strawberry.union(
        "MergeAgenciesResult", description="The successor, or the problem that stood in the way (kết quả)."
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
                name=_given(input.name),
                code=_given(input.code),
                effective_on=input.effective_on or today(),
                decision=input.decision or None,
                on=today(),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "mergeAgencies",
            "End agencies and let another follow them (hợp nhất cơ quan): their records go to it, their history "
            "stays. A code it already uses gets the predecessor's code before it; the audit tells which.",
        )
    )
    async def merge_agencies(
        self, info: strawberry.Info, input: Given[MergeAgenciesInput]
    ) -> MergeAgenciesResult:
        """See the description."""
        answer: MergeAgenciesResult = await do(
            info,
            "mergeAgencies",
            Agency,
            ("Agency", input.successor_id),
            input,
            lambda s, actor: (
                commands.merge_agencies(
                    s,
                    actor,
                    [
                        (key_in("Agency", one.id, "predecessors"), one.expected_version)
                        for one in input.predecessors
                    ],
                    key_in("Agency", input.successor_id, "successor_id"),
                    effective_on=input.effective_on or today(),
                    decision=input.decision or None,
                    on=today(),
                ).successor
            ),
        )
        return answer


def _given(text: str | None) -> str | None:
    """None for what was left out or null; an empty text is a broken rule, not silence."""
    return text if isinstance(text, str) else None
