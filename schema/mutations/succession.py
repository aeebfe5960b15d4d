"""Agencies that follow each other: merged, split, dissolved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import strawberry

from hub.kit.errors import FieldError
from hub.kit.errors import Invalid as Broken
from hub.records import commands
from hub.records.commands.succession import Part
from hub.returns.owed import followed
from schema.agencies import Agency
from schema.mutations.agencies import DECISION, EFFECTIVE
from schema.mutations.doing import Given, described, do, today
from schema.mutations.inputs import key_in, needed, once, or_none, said, version
from schema.problems import (
    AgencyEnded,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    StaleVersion,
)

DECIDED = "When it was signed (ngày ký quyết định)."

# The most that is named in one part; a longer list goes by whole series or fonds.
MOST_NAMED = 1_000


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
    effective_on: date | None = said(EFFECTIVE)
    decision: str | None = said(DECISION)
    decided_on: date | None = said(DECIDED)
    idempotency_key: str | None = once()


@strawberry.input(description="What one body gets in a split (phần giao cho một cơ quan).")
class AgencyPartInput:
    """A successor and what goes to it."""

    successor_id: strawberry.ID = needed("Who gets it (cơ quan nhận).")
    fonds_ids: list[strawberry.ID] | None = said("Whole fonds (các phông).")
    series_ids: list[strawberry.ID] | None = said("Series with all below them (các nhóm hồ sơ).")
    file_ids: list[strawberry.ID] | None = said("Single files (các hồ sơ).")
    unit_ids: list[strawberry.ID] | None = said("Units that go along (các đơn vị trực thuộc).")


@strawberry.input(description="An agency to split (chia, tách cơ quan).")
class SplitAgencyInput:
    """Input of splitAgency."""

    id: strawberry.ID = needed("The agency (cơ quan).")
    expected_version: int = version()
    parts: list[AgencyPartInput] = needed(
        "Who follows; the first gets what no other is given. The agency itself as the first: it goes on and the rest "
        "leaves it (các cơ quan kế thừa)."
    )
    effective_on: date | None = said(EFFECTIVE)
    decision: str | None = said(DECISION)
    decided_on: date | None = said(DECIDED)
    idempotency_key: str | None = once()


@strawberry.input(description="An agency to dissolve (giải thể cơ quan).")
class DissolveAgencyInput:
    """Input of dissolveAgency."""

    id: strawberry.ID = needed("The agency (cơ quan).")
    expected_version: int = version()
    records_to_id: strawberry.ID | None = said(
        "Who takes the records; left out: the historical archive for a body on the source list, else the body above "
        "(cơ quan tiếp nhận hồ sơ, tài liệu)."
    )
    effective_on: date | None = said(EFFECTIVE)
    decision: str = needed(DECISION)
    decided_on: date = needed(DECIDED)
    idempotency_key: str | None = once()


MergeAgenciesResult = Annotated[
    Agency | NotFound | NotPermitted | Invalid | StaleVersion | AgencyEnded | IdempotencyKeyReused,
    strawberry.union(
        "MergeAgenciesResult", description="The successor, or the problem that stood in the way (kết quả)."
    ),
]
SplitAgencyResult = Annotated[
    Agency | NotFound | NotPermitted | Invalid | StaleVersion | AgencyEnded | IdempotencyKeyReused,
    strawberry.union(
        "SplitAgencyResult",
        description="The agency that was split, or the problem that stood in the way (kết quả).",
    ),
]
DissolveAgencyResult = Annotated[
    Agency | NotFound | NotPermitted | Invalid | StaleVersion | AgencyEnded | IdempotencyKeyReused,
    strawberry.union(
        "DissolveAgencyResult",
        description="The agency that ended, or the problem that stood in the way (kết quả).",
    ),
]


@strawberry.type
class SuccessionMutation:
    """Deeds by which agencies follow each other."""

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
            lambda s, actor: followed(
                s,
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
                    decided_on=input.decided_on or None,
                    on=today(),
                ).successor,
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "splitAgency",
            "Split an agency from a day on (chia, tách cơ quan): it ends and several follow, or it goes on and a part "
            "leaves. Named fonds, series, files and units go where they are said to; the creator stays.",
        )
    )
    async def split_agency(self, info: strawberry.Info, input: Given[SplitAgencyInput]) -> SplitAgencyResult:
        """See the description."""
        answer: SplitAgencyResult = await do(
            info,
            "splitAgency",
            Agency,
            ("Agency", input.id),
            input,
            lambda s, actor: followed(
                s,
                commands.split_agency(
                    s,
                    actor,
                    key_in("Agency", input.id, "id"),
                    input.expected_version,
                    [_part(part) for part in input.parts],
                    effective_on=input.effective_on or today(),
                    decision=input.decision or None,
                    decided_on=input.decided_on or None,
                    on=today(),
                ).agency,
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "dissolveAgency",
            "End an agency by a decision (giải thể cơ quan): another takes over, or the historical archive takes the "
            "records and the agency answers for them in earlier and later figures.",
        )
    )
    async def dissolve_agency(
        self, info: strawberry.Info, input: Given[DissolveAgencyInput]
    ) -> DissolveAgencyResult:
        """See the description."""
        taker = or_none(input.records_to_id)
        answer: DissolveAgencyResult = await do(
            info,
            "dissolveAgency",
            Agency,
            ("Agency", input.id),
            input,
            lambda s, actor: followed(
                s,
                commands.dissolve_agency(
                    s,
                    actor,
                    key_in("Agency", input.id, "id"),
                    input.expected_version,
                    records_to=(key_in("Agency", taker, "records_to_id") if taker is not None else None),
                    effective_on=input.effective_on or today(),
                    decision=input.decision,
                    decided_on=input.decided_on,
                    on=today(),
                ).agency,
            ),
        )
        return answer


def _part(given: AgencyPartInput) -> Part:
    """What one successor gets, by keys. Raises NotFound for a forged id, Invalid for too many."""
    return Part(
        key_in("Agency", given.successor_id, "parts.successor_id"),
        fonds=_keys("Fonds", given.fonds_ids, "parts.fonds_ids"),
        series=_keys("Series", given.series_ids, "parts.series_ids"),
        files=_keys("ArchivalFile", given.file_ids, "parts.file_ids"),
        units=_keys("Agency", given.unit_ids, "parts.unit_ids"),
    )


def _keys(kind: str, given: Sequence[strawberry.ID] | None, field: str) -> list[int]:
    ids = given or []
    if len(ids) > MOST_NAMED:
        raise Broken(
            [
                FieldError(
                    field,
                    "TOO_MANY",
                    f"Tối đa {MOST_NAMED} mã mỗi lần. Hãy giao theo nhóm hồ sơ hoặc theo phông.",
                    f"At most {MOST_NAMED} at a time. Give whole series or fonds instead.",
                )
            ]
        )
    return [key_in(kind, one, field) for one in ids]
