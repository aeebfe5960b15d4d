"""Returns: written, submitted, withdrawn, approved, sent back, accepted, one by one or many at once."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from hub.kit.errors import FieldError
from hub.kit.errors import Invalid as Broken
from hub.returns import commands
from schema.agency_returns import AgencyReturn
from schema.mutations.doing import Given, described, do
from schema.mutations.inputs import key_in, or_none
from schema.mutations.return_inputs import (
    MOST_AT_ONCE,
    AcceptReturnInput,
    AcceptReturnsInput,
    ApproveReturnInput,
    SaveReturnInput,
    SendBackReturnInput,
    SubmitReturnInput,
    WithdrawReturnInput,
    line_of,
)
from schema.problems import (
    AgencyEnded,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    ReturnNotOwed,
    StaleVersion,
    StepUpRequired,
    WrongPeriodState,
    WrongReturnState,
)

_RETURN = "The return, or the problem that stood in the way (kết quả)."


SaveReturnResult = Annotated[
    AgencyReturn
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongReturnState
    | WrongPeriodState
    | ReturnNotOwed
    | AgencyEnded
    | IdempotencyKeyReused,
    strawberry.union("SaveReturnResult", description=_RETURN),
]
SubmitReturnResult = Annotated[
    AgencyReturn
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongReturnState
    | WrongPeriodState
    | ReturnNotOwed
    | AgencyEnded
    | IdempotencyKeyReused,
    strawberry.union("SubmitReturnResult", description=_RETURN),
]
WithdrawReturnResult = Annotated[
    AgencyReturn
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongReturnState
    | WrongPeriodState
    | IdempotencyKeyReused,
    strawberry.union("WithdrawReturnResult", description=_RETURN),
]
ApproveReturnResult = Annotated[
    AgencyReturn
    | NotFound
    | NotPermitted
    | Invalid
    | StepUpRequired
    | StaleVersion
    | WrongReturnState
    | WrongPeriodState
    | ReturnNotOwed
    | AgencyEnded
    | IdempotencyKeyReused,
    strawberry.union("ApproveReturnResult", description=_RETURN),
]
SendBackReturnResult = Annotated[
    AgencyReturn
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongReturnState
    | WrongPeriodState
    | IdempotencyKeyReused,
    strawberry.union("SendBackReturnResult", description=_RETURN),
]
AcceptReturnResult = Annotated[
    AgencyReturn
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongReturnState
    | WrongPeriodState
    | ReturnNotOwed
    | AgencyEnded
    | IdempotencyKeyReused,
    strawberry.union("AcceptReturnResult", description=_RETURN),
]


@strawberry.type
class ReturnsMutation:
    """Deeds on returns."""

    @strawberry.mutation(
        description=described(
            "saveReturn",
            "Write an agency's return, as often as one likes: what two people write at once is told apart by its "
            "version (lưu báo cáo, tự động lưu).",
        )
    )
    async def save_return(self, info: strawberry.Info, input: Given[SaveReturnInput]) -> SaveReturnResult:
        """See the description."""
        texts: dict[str, Any] = {
            name: value
            for name in ("results", "difficulties", "proposals")
            if (value := getattr(input, name)) is not strawberry.UNSET
        }
        lines = [line_of(line) for line in or_none(input.lines) or ()]
        answer: SaveReturnResult = await do(
            info,
            "saveReturn",
            AgencyReturn,
            ("ReportingPeriod", input.period_id),
            input,
            lambda s, actor: commands.save_return(
                s,
                actor,
                key_in("ReportingPeriod", input.period_id, "period_id"),
                key_in("Agency", input.agency_id, "agency_id"),
                or_none(input.expected_version),
                texts,
                lines,
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "submitReturn",
            "Submit a return to the head of the agency; the hub's figures of the moment are kept with it "
            "(trình báo cáo).",
        )
    )
    async def submit_return(
        self, info: strawberry.Info, input: Given[SubmitReturnInput]
    ) -> SubmitReturnResult:
        """See the description."""
        answer: SubmitReturnResult = await do(
            info,
            "submitReturn",
            AgencyReturn,
            ("AgencyReturn", input.id),
            input,
            lambda s, actor: commands.submit_return(s, actor, _key(input.id), input.expected_version),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "withdrawReturn", "Take a submitted return back before the head decides (rút báo cáo)."
        )
    )
    async def withdraw_return(
        self, info: strawberry.Info, input: Given[WithdrawReturnInput]
    ) -> WithdrawReturnResult:
        """See the description."""
        answer: WithdrawReturnResult = await do(
            info,
            "withdrawReturn",
            AgencyReturn,
            ("AgencyReturn", input.id),
            input,
            lambda s, actor: commands.withdraw_return(s, actor, _key(input.id), input.expected_version),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "approveReturn",
            "Approve a submitted return as the head of the agency; never by who submitted it (duyệt báo cáo).",
        )
    )
    async def approve_return(
        self, info: strawberry.Info, input: Given[ApproveReturnInput]
    ) -> ApproveReturnResult:
        """See the description."""
        answer: ApproveReturnResult = await do(
            info,
            "approveReturn",
            AgencyReturn,
            ("AgencyReturn", input.id),
            input,
            lambda s, actor: commands.approve_return(
                s, actor, _key(input.id), input.expected_version, or_none(input.note)
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "sendBackReturn",
            "Send a return back with the reason: the head a submitted one, who receives it an approved or accepted "
            "one (trả lại báo cáo).",
        )
    )
    async def send_back_return(
        self, info: strawberry.Info, input: Given[SendBackReturnInput]
    ) -> SendBackReturnResult:
        """See the description."""
        answer: SendBackReturnResult = await do(
            info,
            "sendBackReturn",
            AgencyReturn,
            ("AgencyReturn", input.id),
            input,
            lambda s, actor: commands.send_back_return(
                s, actor, _key(input.id), input.expected_version, input.reason
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "acceptReturn",
            "Accept an approved return as Home Affairs, of a unit as the body above; what it declares counts from "
            "then on (tiếp nhận báo cáo).",
        )
    )
    async def accept_return(
        self, info: strawberry.Info, input: Given[AcceptReturnInput]
    ) -> AcceptReturnResult:
        """See the description."""
        return await _accepted(info, input)

    @strawberry.mutation(
        description=described(
            "acceptReturns",
            "Accept several approved returns, each by itself: an answer for each, in the order given "
            "(tiếp nhận nhiều báo cáo).",
        )
    )
    async def accept_returns(
        self, info: strawberry.Info, input: Given[AcceptReturnsInput]
    ) -> list[AcceptReturnResult]:
        """See the description."""
        key, note = or_none(input.idempotency_key), input.note
        answers: list[AcceptReturnResult] = []
        for place, seen in enumerate(input.returns):
            one = AcceptReturnInput(
                id=seen.id,
                expected_version=seen.expected_version,
                note=note,
                idempotency_key=f"{key}:{seen.id}" if key else strawberry.UNSET,
            )
            answers.append(await _accepted(info, one, too_many=place >= MOST_AT_ONCE))
        return answers


async def _accepted(
    info: strawberry.Info, given: AcceptReturnInput, *, too_many: bool = False
) -> AcceptReturnResult:
    def deed(session: Any, actor: Any) -> Any:
        if too_many:
            raise Broken([_TOO_MANY])
        return commands.accept_return(
            session, actor, _key(given.id), given.expected_version, or_none(given.note)
        )

    answer: AcceptReturnResult = await do(
        info, "acceptReturn", AgencyReturn, ("AgencyReturn", given.id), given, deed
    )
    return answer


_TOO_MANY = FieldError(
    "returns",
    "TOO_MANY",
    f"Mỗi lần tiếp nhận tối đa {MOST_AT_ONCE} báo cáo. Hãy gửi phần còn lại ở lần sau.",
    f"At most {MOST_AT_ONCE} returns at once. Send the others in a further call.",
)


def _key(id: strawberry.ID) -> int:
    return key_in("AgencyReturn", id, "id")
