"""The period desk's deeds, and what is attached to a return."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from typing import Annotated

import strawberry

from hub.kit.errors import FieldError
from hub.kit.errors import Invalid as Broken
from hub.returns import attachments, cases
from schema.agency_returns import AgencyReturn
from schema.mutations.doing import Given, described, do
from schema.mutations.inputs import key_in, needed, once, or_none, said, version
from schema.problems import (
    AgencyEnded,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    ReturnNotOwed,
    StaleVersion,
    WrongPeriodState,
    WrongReturnState,
)
from schema.return_cases import ReturnCase

_CASE = "The case, or the problem that stood in the way (kết quả)."
_RETURN = "The return, or the problem that stood in the way (kết quả)."
_PERIOD, _AGENCY = "The period (kỳ báo cáo).", "The agency (cơ quan)."


@strawberry.input(description="A file to attach to a return (đính kèm tài liệu).")
class AttachToReturnInput:
    """Input of attachToReturn."""

    id: strawberry.ID = needed("The return (báo cáo).")
    expected_version: int = version()
    name: str = needed("Name of the file, with its ending (tên tệp).")
    content: str = needed(
        "Its bytes in base64, some 180 KB at most; larger files go to AgencyReturn.attachUrl (nội dung)."
    )
    idempotency_key: str | None = once()


@strawberry.input(description="An attachment to take away (bỏ tài liệu đính kèm).")
class DetachFromReturnInput:
    """Input of detachFromReturn."""

    id: strawberry.ID = needed("The return (báo cáo).")
    expected_version: int = version()
    attachment_id: strawberry.ID = needed("The attachment (tài liệu).")
    idempotency_key: str | None = once()


@strawberry.input(description="More time for an agency (gia hạn nộp báo cáo).")
class ExtendReturnInput:
    """Input of extendReturn."""

    period_id: strawberry.ID = needed(_PERIOD)
    agency_id: strawberry.ID = needed(_AGENCY)
    due_on: date = needed("The new day (hạn mới).")
    reason: str = needed("Why (lý do).")
    idempotency_key: str | None = once()


@strawberry.input(description="Who checks an agency's return (phân công người kiểm tra).")
class AssignReviewerInput:
    """Input of assignReviewer."""

    period_id: strawberry.ID = needed(_PERIOD)
    agency_id: strawberry.ID = needed(_AGENCY)
    reviewer: str | None = said("The name he signs in with; null: nobody (người kiểm tra).")
    idempotency_key: str | None = once()


@strawberry.input(description="A call to note (ghi cuộc gọi đôn đốc).")
class NoteCallInput:
    """Input of noteCall."""

    period_id: strawberry.ID = needed(_PERIOD)
    agency_id: strawberry.ID = needed(_AGENCY)
    note: str = needed("What was said (nội dung).")
    promised_on: date | None = said("By when the return was promised (hẹn nộp).")
    idempotency_key: str | None = once()


@strawberry.input(description="Whom to call at an agency (đầu mối liên hệ).")
class SetContactInput:
    """Input of setContact; replaces who was named before."""

    period_id: strawberry.ID = needed(_PERIOD)
    agency_id: strawberry.ID = needed(_AGENCY)
    name: str = needed("Full name (họ tên).")
    position: str | None = said("Position (chức vụ).")
    phone: str | None = said("Telephone (điện thoại).")
    email: str | None = said("E-mail (thư điện tử).")
    idempotency_key: str | None = once()


AttachToReturnResult = Annotated[
    AgencyReturn
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongReturnState
    | WrongPeriodState
    | IdempotencyKeyReused,
    strawberry.union("AttachToReturnResult", description=_RETURN),
]
DetachFromReturnResult = Annotated[
    AgencyReturn
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongReturnState
    | WrongPeriodState
    | IdempotencyKeyReused,
    strawberry.union("DetachFromReturnResult", description=_RETURN),
]
ExtendReturnResult = Annotated[
    ReturnCase
    | NotFound
    | NotPermitted
    | Invalid
    | WrongPeriodState
    | ReturnNotOwed
    | AgencyEnded
    | IdempotencyKeyReused,
    strawberry.union("ExtendReturnResult", description=_CASE),
]
AssignReviewerResult = Annotated[
    ReturnCase | NotFound | NotPermitted | Invalid | ReturnNotOwed | AgencyEnded | IdempotencyKeyReused,
    strawberry.union("AssignReviewerResult", description=_CASE),
]
NoteCallResult = Annotated[
    ReturnCase | NotFound | NotPermitted | Invalid | ReturnNotOwed | AgencyEnded | IdempotencyKeyReused,
    strawberry.union("NoteCallResult", description=_CASE),
]
SetContactResult = Annotated[
    ReturnCase | NotFound | NotPermitted | Invalid | ReturnNotOwed | AgencyEnded | IdempotencyKeyReused,
    strawberry.union("SetContactResult", description=_CASE),
]


@strawberry.type
class ReturnDeskMutation:
    """Deeds of the period desk."""

    @strawberry.mutation(
        description=described(
            "attachToReturn",
            "Attach a small file to a return that is being written; larger ones, up to 5 MB, are sent to its "
            "`attachUrl` (đính kèm tài liệu).",
        )
    )
    async def attach_to_return(
        self, info: strawberry.Info, input: Given[AttachToReturnInput]
    ) -> AttachToReturnResult:
        """See the description."""
        answer: AttachToReturnResult = await do(
            info,
            "attachToReturn",
            AgencyReturn,
            ("AgencyReturn", input.id),
            input,
            lambda s, actor: attachments.attach(
                s,
                actor,
                key_in("AgencyReturn", input.id, "id"),
                input.expected_version,
                input.name,
                _bytes(input.content),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "detachFromReturn", "Take an attachment away while the return is being written (bỏ đính kèm)."
        )
    )
    async def detach_from_return(
        self, info: strawberry.Info, input: Given[DetachFromReturnInput]
    ) -> DetachFromReturnResult:
        """See the description."""
        answer: DetachFromReturnResult = await do(
            info,
            "detachFromReturn",
            AgencyReturn,
            ("AgencyReturn", input.id),
            input,
            lambda s, actor: attachments.detach(
                s,
                actor,
                key_in("AgencyReturn", input.id, "id"),
                input.expected_version,
                key_in("ReturnAttachment", input.attachment_id, "attachment_id"),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "extendReturn",
            "Give an agency more time, with the reason; to a unit also the head of the body above may (gia hạn).",
        )
    )
    async def extend_return(
        self, info: strawberry.Info, input: Given[ExtendReturnInput]
    ) -> ExtendReturnResult:
        """See the description."""
        answer: ExtendReturnResult = await do(
            info,
            "extendReturn",
            ReturnCase,
            ("Agency", input.agency_id),
            input,
            lambda s, actor: cases.extend_return(s, actor, *_place(input), input.due_on, input.reason),
        )
        return answer

    @strawberry.mutation(
        description=described("assignReviewer", "Say who at Home Affairs checks a return (phân công).")
    )
    async def assign_reviewer(
        self, info: strawberry.Info, input: Given[AssignReviewerInput]
    ) -> AssignReviewerResult:
        """See the description."""
        answer: AssignReviewerResult = await do(
            info,
            "assignReviewer",
            ReturnCase,
            ("Agency", input.agency_id),
            input,
            lambda s, actor: cases.assign_reviewer(s, actor, *_place(input), or_none(input.reviewer)),
        )
        return answer

    @strawberry.mutation(
        description=described("noteCall", "Note a call to an agency about its return (ghi cuộc gọi đôn đốc).")
    )
    async def note_call(self, info: strawberry.Info, input: Given[NoteCallInput]) -> NoteCallResult:
        """See the description."""
        answer: NoteCallResult = await do(
            info,
            "noteCall",
            ReturnCase,
            ("Agency", input.agency_id),
            input,
            lambda s, actor: cases.note_call(
                s, actor, *_place(input), input.note, or_none(input.promised_on)
            ),
        )
        return answer

    @strawberry.mutation(
        description=described("setContact", "Say whom to call about an agency's returns (đầu mối liên hệ).")
    )
    async def set_contact(self, info: strawberry.Info, input: Given[SetContactInput]) -> SetContactResult:
        """See the description."""
        answer: SetContactResult = await do(
            info,
            "setContact",
            ReturnCase,
            ("Agency", input.agency_id),
            input,
            lambda s, actor: cases.set_contact(
                s,
                actor,
                *_place(input),
                input.name,
                or_none(input.position),
                or_none(input.phone),
                or_none(input.email),
            ),
        )
        return answer


def _place(
    given: ExtendReturnInput | AssignReviewerInput | NoteCallInput | SetContactInput,
) -> tuple[int, int]:
    return (
        key_in("ReportingPeriod", given.period_id, "period_id"),
        key_in("Agency", given.agency_id, "agency_id"),
    )


def _bytes(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise Broken(
            [FieldError("content", "BAD_BASE64", "Nội dung không phải base64.", "The content is no base64.")]
        ) from None
