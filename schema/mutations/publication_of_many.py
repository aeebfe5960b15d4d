"""Reports of many agencies drafted, submitted and published in one act; a job does it, each report by itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry

from hub.returns.publication import tasks
from schema.jobs import Job
from schema.mutations.doing import Given, described, do
from schema.mutations.inputs import key_in, needed, once, or_none, said, version
from schema.mutations.publication import ISSUED, NOTATION, NUMBER, REPORT
from schema.problems import (
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotFrozen,
    NothingToDo,
    NotPermitted,
    PeriodStillOpen,
    StaleVersion,
    StepUpRequired,
    WrongReportState,
)

PERIOD = "The period (kỳ báo cáo)."


@strawberry.input(description="A report as the caller saw it (báo cáo đã xem).")
class SeenReport:
    """One of many."""

    id: strawberry.ID = needed(REPORT)
    expected_version: int = version()
    number: str | None = said(NUMBER)
    notation: str | None = said(
        "Its own notation, before that of the others, e.g. BC-SGTVT (ký hiệu văn bản)."
    )


@strawberry.input(description="Reports of agencies to draft (lập báo cáo của nhiều cơ quan).")
class DraftReportsInput:
    """Input of draftReports."""

    period_id: strawberry.ID = needed("The period, closed and frozen (kỳ báo cáo đã khóa).")
    agency_ids: list[strawberry.ID] | None = said(
        "These; left out: all that owe a return and have no report yet (các cơ quan)."
    )
    idempotency_key: str | None = once()


@strawberry.input(description="Drafts of agencies to submit (trình nhiều báo cáo).")
class SubmitReportsInput:
    """Input of submitReports."""

    period_id: strawberry.ID = needed(PERIOD)
    reports: list[SeenReport] | None = said("These; left out: every draft of an agency (các báo cáo).")
    notation: str | None = said(NOTATION)
    issued_on: date | None = said(ISSUED)
    idempotency_key: str | None = once()


@strawberry.input(description="Submitted reports to publish (công bố nhiều báo cáo).")
class PublishReportsInput:
    """Input of publishReports."""

    period_id: strawberry.ID = needed(PERIOD)
    reports: list[SeenReport] | None = said(
        "These; left out: every report of an agency that the caller may publish (các báo cáo)."
    )
    notation: str | None = said(NOTATION)
    issued_on: date | None = said(ISSUED)
    idempotency_key: str | None = once()


_RESULT = "The work to follow by jobUpdated, or the problem that stood in the way (kết quả)."
DraftReportsResult = Annotated[
    Job
    | NotFound
    | NotPermitted
    | Invalid
    | PeriodStillOpen
    | NotFrozen
    | NothingToDo
    | IdempotencyKeyReused,
    strawberry.union("DraftReportsResult", description=_RESULT),
]
SubmitReportsResult = Annotated[
    Job
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongReportState
    | NothingToDo
    | IdempotencyKeyReused,
    strawberry.union("SubmitReportsResult", description=_RESULT),
]
PublishReportsResult = Annotated[
    Job
    | NotFound
    | NotPermitted
    | Invalid
    | StepUpRequired
    | StaleVersion
    | WrongReportState
    | PeriodStillOpen
    | NothingToDo
    | IdempotencyKeyReused,
    strawberry.union("PublishReportsResult", description=_RESULT),
]


@strawberry.type
class PublicationOfManyMutation:
    """Deeds on the reports of many agencies."""

    @strawberry.mutation(
        description=described(
            "draftReports",
            "Have a job draft the reports of many agencies from what was frozen (lập báo cáo của nhiều cơ quan).",
        )
    )
    async def draft_reports(
        self, info: strawberry.Info, input: Given[DraftReportsInput]
    ) -> DraftReportsResult:
        """See the description."""
        ids = or_none(input.agency_ids)
        answer: DraftReportsResult = await do(
            info,
            "draftReports",
            Job,
            ("ReportingPeriod", input.period_id),
            input,
            lambda session, actor: tasks.ask_to_draft(
                session,
                actor,
                key_in("ReportingPeriod", input.period_id, "period_id"),
                None if ids is None else [key_in("Agency", one, "agency_ids") for one in ids],
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "submitReports",
            "Have a job submit the drafts of many agencies; another publishes them (trình nhiều báo cáo).",
        )
    )
    async def submit_reports(
        self, info: strawberry.Info, input: Given[SubmitReportsInput]
    ) -> SubmitReportsResult:
        """See the description."""
        answer: SubmitReportsResult = await do(
            info,
            "submitReports",
            Job,
            ("ReportingPeriod", input.period_id),
            input,
            lambda session, actor: tasks.ask_to_submit(
                session,
                actor,
                *_asked(input),
                notation=or_none(input.notation),
                issued_on=or_none(input.issued_on),
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "publishReports",
            "Have a job print, sign and publish the submitted reports of many agencies, each by itself: what fails is"
            " told with its reason and stays submitted (công bố nhiều báo cáo).",
        )
    )
    async def publish_reports(
        self, info: strawberry.Info, input: Given[PublishReportsInput]
    ) -> PublishReportsResult:
        """See the description."""
        answer: PublishReportsResult = await do(
            info,
            "publishReports",
            Job,
            ("ReportingPeriod", input.period_id),
            input,
            lambda session, actor: tasks.ask_to_publish(
                session,
                actor,
                *_asked(input),
                notation=or_none(input.notation),
                issued_on=or_none(input.issued_on),
            ),
        )
        return answer


def _asked(given: SubmitReportsInput | PublishReportsInput) -> tuple[int, list[tasks.Seen] | None]:
    named = or_none(given.reports)
    return key_in("ReportingPeriod", given.period_id, "period_id"), None if named is None else [
        tasks.Seen(
            key_in("PublishedReport", one.id, "reports"),
            one.expected_version,
            or_none(one.number),
            or_none(one.notation),
        )
        for one in named
    ]
