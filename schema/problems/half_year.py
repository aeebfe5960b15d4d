"""What stands in the way of a period, a return, a report, an exception by law."""

from __future__ import annotations

import strawberry

from schema.agency_returns import ReturnState
from schema.problems.base import Problem
from schema.returns import PeriodState, ReportState


@strawberry.type(description="The step does not start from where the return is (sai trạng thái báo cáo).")
class WrongReturnState(Problem):
    """A second submission, a decision made twice."""

    state: ReturnState = strawberry.field(description="Where it is (trạng thái hiện tại).")
    allowed: list[ReturnState] = strawberry.field(
        description="From where the step starts (trạng thái cho phép)."
    )


@strawberry.type(description="The step does not start from the report's state (sai trạng thái báo cáo).")
class WrongReportState(Problem):
    """Where it is, and where it would have to be."""

    state: ReportState = strawberry.field(description="Where it is (trạng thái hiện tại).")
    allowed: list[ReportState] = strawberry.field(
        description="From where the step starts (trạng thái cho phép)."
    )


@strawberry.type(description="Nothing is written or decided in a period that is not open (kỳ không mở).")
class WrongPeriodState(Problem):
    """Closed, published, or not open yet."""

    state: PeriodState = strawberry.field(description="Where the period is (trạng thái kỳ báo cáo).")
    allowed: list[PeriodState] = strawberry.field(
        description="Where it would have to be (trạng thái cho phép)."
    )


@strawberry.type(
    description="The agency has no archive of its own on the reporting date (không phải báo cáo)."
)
class ReturnNotOwed(Problem):
    """The body above reports for it."""


@strawberry.type(description="The period takes returns still (kỳ báo cáo chưa khóa).")
class PeriodStillOpen(Problem):
    """Close it first."""


@strawberry.type(description="The data cut-off has not come (chưa đến ngày chốt số liệu).")
class CutoffNotReached(Problem):
    """Wait for the day."""


@strawberry.type(description="The period's figures are not frozen (kỳ báo cáo chưa chốt số liệu).")
class NotFrozen(Problem):
    """Call freezePeriod first."""


@strawberry.type(
    description="Figures and records are those of the report in force (không có gì để đính chính)."
)
class NothingDiffers(Problem):
    """Mend the records first."""


@strawberry.type(
    description="No agency's report of the period stands where the step starts (không có báo cáo nào chờ bước này)."
)
class NothingToDo(Problem):
    """Everything is done, or asked for already."""


@strawberry.type(description="The exclusion was decided already (trường hợp loại trừ đã quyết định).")
class ExclusionDecided(Problem):
    """Load it again to see how."""


@strawberry.type(
    description="Only an approved exclusion can be lifted (trường hợp loại trừ chưa có hiệu lực)."
)
class ExclusionNotInForce(Problem):
    """Load it again to see where it is."""


@strawberry.type(description="The row of the plan grants no exceptions (chỉ tiêu không cho loại trừ).")
class ExclusionNotGranted(Problem):
    """R5b: only some rows do."""


@strawberry.type(description="The PDF could not be made; nothing was published (chưa lập được bản PDF).")
class NotPrinted(Problem):
    """`hub doctor` says what is missing."""
