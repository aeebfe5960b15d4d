"""Exceptions by law: proposed, changed and taken back by an agency, decided and lifted by Home Affairs."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from hub.kit import ids
from hub.kit.errors import NotFound as Unfound
from hub.plan import exclusions
from schema.exclusions import Exclusion
from schema.mutations.doing import Given, described, do, today
from schema.mutations.inputs import key_in, needed, once, or_none, said, version
from schema.problems import (
    ExclusionDecided,
    ExclusionNotGranted,
    ExclusionNotInForce,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    StaleVersion,
    StepUpRequired,
)

_KINDS = {"Series": "series", "ArchivalFile": "file", "Item": "item", "Agency": "agency"}


@strawberry.input(description="A record to leave out of a figure by law (đề nghị loại trừ).")
class ProposeExclusionInput:
    """Input of proposeExclusion."""

    record_id: strawberry.ID = needed(
        "A series, file or document (nhóm hồ sơ, hồ sơ hoặc văn bản); where the row counts archives, the agency whose"
        " whole archive it is (cơ quan)."
    )
    plan: str | None = said("Code of the plan; left out: 67/KH-UBND (mã kế hoạch).")
    indicator_code: str = needed("The row of the plan that grants exceptions (mã chỉ tiêu).")
    basis_code: str = needed("Code of the basis, of the list exclusion_basis (mã căn cứ).")
    legal_basis: str = needed("The legal basis in words: which text, which article (căn cứ pháp lý).")
    valid_from: date | None = said("In force from; left out: today (có hiệu lực từ).")
    valid_to: date | None = said("The first day without it; left out: until lifted (có hiệu lực đến).")
    idempotency_key: str | None = once()


@strawberry.input(description="What a proposal is to say instead (sửa đề nghị loại trừ).")
class AmendExclusionInput:
    """Input of amendExclusion."""

    id: strawberry.ID = needed("The exclusion (trường hợp loại trừ).")
    expected_version: int = version()
    basis_code: str = needed("Code of the basis, of the list exclusion_basis (mã căn cứ).")
    legal_basis: str = needed("The legal basis in words: which text, which article (căn cứ pháp lý).")
    valid_from: date = needed("In force from (có hiệu lực từ).")
    valid_to: date | None = said("The first day without it; left out: until lifted (có hiệu lực đến).")
    idempotency_key: str | None = once()


@strawberry.input(description="A proposal to take back (rút đề nghị loại trừ).")
class WithdrawExclusionInput:
    """Input of withdrawExclusion."""

    id: strawberry.ID = needed("The exclusion (trường hợp loại trừ).")
    expected_version: int = version()
    idempotency_key: str | None = once()


@strawberry.input(description="An approved exclusion to end (bãi bỏ trường hợp loại trừ).")
class LiftExclusionInput:
    """Input of liftExclusion."""

    id: strawberry.ID = needed("The exclusion (trường hợp loại trừ).")
    expected_version: int = version()
    reason: str = needed("Why; the agency reads it (lý do).")
    ends_on: date | None = said("The first day without it; left out: today (hết hiệu lực từ).")
    idempotency_key: str | None = once()


@strawberry.input(description="A proposal to approve (duyệt trường hợp loại trừ).")
class ApproveExclusionInput:
    """Input of approveExclusion."""

    id: strawberry.ID = needed("The exclusion (trường hợp loại trừ).")
    expected_version: int = version()
    idempotency_key: str | None = once()


@strawberry.input(description="A proposal to return (trả lại đề nghị loại trừ).")
class ReturnExclusionInput:
    """Input of returnExclusion."""

    id: strawberry.ID = needed("The exclusion (trường hợp loại trừ).")
    expected_version: int = version()
    reason: str = needed("Why; the agency reads it (lý do).")
    idempotency_key: str | None = once()


_RESULT = "The exclusion, or the problem that stood in the way (kết quả)."
ProposeExclusionResult = Annotated[
    Exclusion | NotFound | NotPermitted | Invalid | ExclusionNotGranted | IdempotencyKeyReused,
    strawberry.union("ProposeExclusionResult", description=_RESULT),
]
ApproveExclusionResult = Annotated[
    Exclusion
    | NotFound
    | NotPermitted
    | Invalid
    | StepUpRequired
    | StaleVersion
    | ExclusionDecided
    | IdempotencyKeyReused,
    strawberry.union("ApproveExclusionResult", description=_RESULT),
]
ReturnExclusionResult = Annotated[
    Exclusion | NotFound | NotPermitted | Invalid | StaleVersion | ExclusionDecided | IdempotencyKeyReused,
    strawberry.union("ReturnExclusionResult", description=_RESULT),
]

AmendExclusionResult = Annotated[
    Exclusion | NotFound | NotPermitted | Invalid | StaleVersion | ExclusionDecided | IdempotencyKeyReused,
    strawberry.union("AmendExclusionResult", description=_RESULT),
]
WithdrawExclusionResult = Annotated[
    Exclusion | NotFound | NotPermitted | Invalid | StaleVersion | ExclusionDecided | IdempotencyKeyReused,
    strawberry.union("WithdrawExclusionResult", description=_RESULT),
]
LiftExclusionResult = Annotated[
    Exclusion | NotFound | NotPermitted | Invalid | StaleVersion | ExclusionNotInForce | IdempotencyKeyReused,
    strawberry.union("LiftExclusionResult", description=_RESULT),
]


def _record(text: str) -> tuple[str, int]:
    """The law's word and the key of the record that an id names. Raises NotFound for any other kind, and no id."""
    try:
        kind, _ = ids.decode(text)
    except ids.ForgedId:
        kind = ""
    if kind not in _KINDS:
        raise Unfound("đối tượng loại trừ", "the record or agency", path=("record_id",))
    return _KINDS[kind], key_in(kind, text, "record_id")


@strawberry.type
class ExclusionsMutation:
    """Deeds on exclusions."""

    @strawberry.mutation(
        description=described(
            "proposeExclusion",
            "Propose that the law leaves a record out of a figure; the same record again is answered with what waits"
            " (đề nghị loại trừ).",
        )
    )
    async def propose_exclusion(
        self, info: strawberry.Info, input: Given[ProposeExclusionInput]
    ) -> ProposeExclusionResult:
        """See the description."""
        answer: ProposeExclusionResult = await do(
            info,
            "proposeExclusion",
            Exclusion,
            None,
            input,
            lambda s, actor: exclusions.propose_exclusion(
                s,
                actor,
                or_none(input.plan) or "67/KH-UBND",
                input.indicator_code,
                *_record(input.record_id),
                basis_code=input.basis_code,
                legal_basis=input.legal_basis,
                valid_from=or_none(input.valid_from) or today(),
                valid_to=or_none(input.valid_to),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "amendExclusion",
            "Change a proposal that waits; who changes it decides on it as little as who proposed it"
            " (sửa đề nghị loại trừ).",
        )
    )
    async def amend_exclusion(
        self, info: strawberry.Info, input: Given[AmendExclusionInput]
    ) -> AmendExclusionResult:
        """See the description."""
        answer: AmendExclusionResult = await do(
            info,
            "amendExclusion",
            Exclusion,
            ("Exclusion", input.id),
            input,
            lambda s, actor: exclusions.amend_exclusion(
                s,
                actor,
                key_in("Exclusion", input.id, "id"),
                input.expected_version,
                basis_code=input.basis_code,
                legal_basis=input.legal_basis,
                valid_from=input.valid_from,
                valid_to=or_none(input.valid_to),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described("withdrawExclusion", "Take a proposal back (rút đề nghị loại trừ).")
    )
    async def withdraw_exclusion(
        self, info: strawberry.Info, input: Given[WithdrawExclusionInput]
    ) -> WithdrawExclusionResult:
        """See the description."""
        answer: WithdrawExclusionResult = await do(
            info,
            "withdrawExclusion",
            Exclusion,
            ("Exclusion", input.id),
            input,
            lambda s, actor: exclusions.withdraw_exclusion(
                s, actor, key_in("Exclusion", input.id, "id"), input.expected_version
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "approveExclusion",
            "Approve a proposal; who proposed it does not (duyệt trường hợp loại trừ).",
        )
    )
    async def approve_exclusion(
        self, info: strawberry.Info, input: Given[ApproveExclusionInput]
    ) -> ApproveExclusionResult:
        """See the description."""
        answer: ApproveExclusionResult = await do(
            info,
            "approveExclusion",
            Exclusion,
            ("Exclusion", input.id),
            input,
            lambda s, actor: exclusions.approve_exclusion(
                s, actor, key_in("Exclusion", input.id, "id"), input.expected_version
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "returnExclusion", "Return a proposal to its agency with a reason (trả lại đề nghị loại trừ)."
        )
    )
    async def return_exclusion(
        self, info: strawberry.Info, input: Given[ReturnExclusionInput]
    ) -> ReturnExclusionResult:
        """See the description."""
        answer: ReturnExclusionResult = await do(
            info,
            "returnExclusion",
            Exclusion,
            ("Exclusion", input.id),
            input,
            lambda s, actor: exclusions.return_exclusion(
                s, actor, key_in("Exclusion", input.id, "id"), input.expected_version, input.reason
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "liftExclusion",
            "End an approved exclusion from a day on; the days before keep it (bãi bỏ trường hợp loại trừ).",
        )
    )
    async def lift_exclusion(
        self, info: strawberry.Info, input: Given[LiftExclusionInput]
    ) -> LiftExclusionResult:
        """See the description."""
        answer: LiftExclusionResult = await do(
            info,
            "liftExclusion",
            Exclusion,
            ("Exclusion", input.id),
            input,
            lambda s, actor: exclusions.lift_exclusion(
                s,
                actor,
                key_in("Exclusion", input.id, "id"),
                input.expected_version,
                input.reason,
                or_none(input.ends_on),
            ),
        )
        return answer
