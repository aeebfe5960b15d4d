"""The way of a report: its period frozen, drafted, submitted, published with its PDF, corrected by a new revision."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated

import strawberry
from sqlmodel import Session

from hub.access.acting import acting
from hub.access.actor import Actor
from hub.returns.models import ReportingPeriod as Period
from hub.returns.publication import correcting, drafting
from hub.returns.publication.errors import NothingDiffers as NothingLeft
from hub.returns.snapshots import freezing
from schema.jobs import Job
from schema.mutations.doing import Deed, Given, described, do, do_after
from schema.mutations.inputs import key_in, needed, once, or_none, said, version
from schema.mutations.printing import to_print, to_publish
from schema.problems import (
    CutoffNotReached,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotFrozen,
    NothingDiffers,
    NotPermitted,
    NotPrinted,
    PeriodStillOpen,
    StaleVersion,
    StepUpRequired,
    WrongReportState,
)
from schema.returns import PublishedReport, ReportingPeriod

REPORT = "The report (báo cáo)."
NUMBER = "Number given by văn thư (số văn bản)."
NOTATION = "Notation given by văn thư, e.g. BC-SNV (ký hiệu văn bản)."
ISSUED = "Date of the document (ngày văn bản)."


@strawberry.input(description="A period whose figures to freeze (chốt số liệu).")
class FreezePeriodInput:
    """Input of freezePeriod."""

    id: strawberry.ID = needed("The period (kỳ báo cáo).")
    idempotency_key: str | None = once()


@strawberry.input(description="A report to draft (lập báo cáo).")
class DraftReportInput:
    """Input of draftReport."""

    period_id: strawberry.ID = needed("The period, closed and frozen (kỳ báo cáo đã khóa).")
    agency_id: strawberry.ID | None = said("Whose report; left out: the city's (cơ quan).")
    idempotency_key: str | None = once()


@strawberry.input
class NumberedReport:
    """A report as the caller saw it, and what văn thư writes on it; fields of the inputs below."""

    id: strawberry.ID = needed(REPORT)
    expected_version: int = version()
    number: str | None = said(NUMBER)
    notation: str | None = said(NOTATION)
    issued_on: date | None = said(ISSUED)
    idempotency_key: str | None = once()


@strawberry.input(description="A draft to submit (trình báo cáo).")
class SubmitReportInput(NumberedReport):
    """Input of submitReport."""


@strawberry.input(description="A submitted report to send back (trả lại báo cáo).")
class SendBackReportInput:
    """Input of sendBackReport."""

    id: strawberry.ID = needed(REPORT)
    expected_version: int = version()
    reason: str = needed("Why; who drafts it reads it (lý do).")
    idempotency_key: str | None = once()


@strawberry.input(description="A submitted report to publish (công bố báo cáo).")
class PublishReportInput(NumberedReport):
    """Input of publishReport."""


@strawberry.input(description="A submitted report to print for publication (in báo cáo để công bố).")
class PrintReportInput(NumberedReport):
    """Input of printReport."""


@strawberry.input(description="A published report to correct (đính chính báo cáo).")
class CorrectReportInput:
    """Input of correctReport."""

    id: strawberry.ID = needed("The report in force (báo cáo đã công bố).")
    expected_version: int = version()
    reason: str = needed("Why; it is printed and kept (lý do đính chính).")
    idempotency_key: str | None = once()


_RESULT = "The report, or the problem that stood in the way (kết quả)."
FreezePeriodResult = Annotated[
    ReportingPeriod
    | NotFound
    | NotPermitted
    | Invalid
    | PeriodStillOpen
    | CutoffNotReached
    | IdempotencyKeyReused,
    strawberry.union(
        "FreezePeriodResult", description="The period, or the problem that stood in the way (kết quả)."
    ),
]
DraftReportResult = Annotated[
    PublishedReport | NotFound | NotPermitted | Invalid | PeriodStillOpen | NotFrozen | IdempotencyKeyReused,
    strawberry.union("DraftReportResult", description=_RESULT),
]
SubmitReportResult = Annotated[
    PublishedReport
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongReportState
    | IdempotencyKeyReused,
    strawberry.union("SubmitReportResult", description=_RESULT),
]
SendBackReportResult = Annotated[
    PublishedReport
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongReportState
    | IdempotencyKeyReused,
    strawberry.union("SendBackReportResult", description=_RESULT),
]
PublishReportResult = Annotated[
    PublishedReport
    | NotFound
    | NotPermitted
    | Invalid
    | StepUpRequired
    | StaleVersion
    | WrongReportState
    | PeriodStillOpen
    | NotPrinted
    | IdempotencyKeyReused,
    strawberry.union("PublishReportResult", description=_RESULT),
]
PrintReportResult = Annotated[
    Job
    | NotFound
    | NotPermitted
    | Invalid
    | StepUpRequired
    | StaleVersion
    | WrongReportState
    | PeriodStillOpen
    | IdempotencyKeyReused,
    strawberry.union(
        "PrintReportResult", description="The work, or the problem that stood in the way (kết quả)."
    ),
]
CorrectReportResult = Annotated[
    PublishedReport
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongReportState
    | NothingDiffers
    | IdempotencyKeyReused,
    strawberry.union("CorrectReportResult", description=_RESULT),
]


async def _taken_again(info: strawberry.Info, input: CorrectReportInput) -> Deed:
    actor, key, seam = info.context.actor, key_in("PublishedReport", input.id, "id"), info.context.seam
    taken = await seam.read(lambda session: correcting.take_again(session, actor, key))
    if await seam.read(lambda session: correcting.is_idle(session, key, taken)):
        await seam.change(acting(actor, lambda session: correcting.drop_draft(session, actor, key)))
        raise NothingLeft
    return lambda session, who: correcting.correct_report(
        session, who, key, input.expected_version, taken, input.reason
    )


async def _frozen(info: strawberry.Info, input: FreezePeriodInput) -> Deed:
    actor, key = info.context.actor, key_in("ReportingPeriod", input.id, "id")
    taken = await info.context.seam.read(lambda session: freezing.take(session, actor, key))

    def deed(session: Session, who: Actor) -> Period:
        period = session.get_one(Period, key, with_for_update=True)
        drafting.require_closed(period)
        freezing.keep(session, who, taken)
        return period

    return deed


@strawberry.type
class PublicationMutation:
    """Deeds on reports."""

    @strawberry.mutation(
        description=described(
            "freezePeriod",
            "Freeze the figures of a closed period with the records behind each, in one state of the records; once"
            " frozen they stay so (chốt số liệu kỳ báo cáo).",
        )
    )
    async def freeze_period(
        self, info: strawberry.Info, input: Given[FreezePeriodInput]
    ) -> FreezePeriodResult:
        """See the description."""
        answer: FreezePeriodResult = await do_after(
            info,
            "freezePeriod",
            ReportingPeriod,
            ("ReportingPeriod", input.id),
            input,
            partial(_frozen, info, input),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "draftReport",
            "Draft the report of a closed period from its frozen figures; one that is there is answered (lập báo cáo).",
        )
    )
    async def draft_report(self, info: strawberry.Info, input: Given[DraftReportInput]) -> DraftReportResult:
        """See the description."""
        answer: DraftReportResult = await do(
            info,
            "draftReport",
            PublishedReport,
            None,
            input,
            lambda s, actor: drafting.draft_report(
                s,
                actor,
                key_in("ReportingPeriod", input.period_id, "period_id"),
                key_in("Agency", input.agency_id, "agency_id") if input.agency_id else None,
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "submitReport", "Submit a draft for publication; another publishes it (trình báo cáo)."
        )
    )
    async def submit_report(
        self, info: strawberry.Info, input: Given[SubmitReportInput]
    ) -> SubmitReportResult:
        """See the description."""
        answer: SubmitReportResult = await do(
            info,
            "submitReport",
            PublishedReport,
            ("PublishedReport", input.id),
            input,
            lambda s, actor: drafting.submit_report(
                s,
                actor,
                key_in("PublishedReport", input.id, "id"),
                input.expected_version,
                number=or_none(input.number),
                notation=or_none(input.notation),
                issued_on=or_none(input.issued_on),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "sendBackReport",
            "Send a submitted report back to who drafts it, with a reason (trả lại báo cáo).",
        )
    )
    async def send_back_report(
        self, info: strawberry.Info, input: Given[SendBackReportInput]
    ) -> SendBackReportResult:
        """See the description."""
        answer: SendBackReportResult = await do(
            info,
            "sendBackReport",
            PublishedReport,
            ("PublishedReport", input.id),
            input,
            lambda s, actor: drafting.send_back_report(
                s, actor, key_in("PublishedReport", input.id, "id"), input.expected_version, input.reason
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "printReport",
            "Have the PDF of a submitted report printed and signed by a job, to be followed by jobUpdated;"
            " publishReport with the same number and date then takes it (in báo cáo để công bố).",
        )
    )
    async def print_report(self, info: strawberry.Info, input: Given[PrintReportInput]) -> PrintReportResult:
        """See the description."""
        answer: PrintReportResult = await do_after(
            info,
            "printReport",
            Job,
            ("PublishedReport", input.id),
            input,
            partial(to_print, info, input),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "publishReport",
            "Publish a submitted report: its PDF is made, signed, stored and hashed, then it is in force and what it"
            " corrects is superseded; published twice it is answered as it is (công bố báo cáo).",
        )
    )
    async def publish_report(
        self, info: strawberry.Info, input: Given[PublishReportInput]
    ) -> PublishReportResult:
        """See the description."""
        answer: PublishReportResult = await do_after(
            info,
            "publishReport",
            PublishedReport,
            ("PublishedReport", input.id),
            input,
            partial(to_publish, info, input),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "correctReport",
            "Draft a new revision of a published report from the records as they stand now; it says what differs and"
            " why (đính chính báo cáo).",
        )
    )
    async def correct_report(
        self, info: strawberry.Info, input: Given[CorrectReportInput]
    ) -> CorrectReportResult:
        """See the description."""
        answer: CorrectReportResult = await do_after(
            info,
            "correctReport",
            PublishedReport,
            ("PublishedReport", input.id),
            input,
            partial(_taken_again, info, input),
        )
        return answer
