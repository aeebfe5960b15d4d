"""What the deeds on returns are given."""

from __future__ import annotations

from datetime import date

import strawberry

from hub.returns.lines import LineSaid
from schema.mutations.inputs import needed, once, or_none, said, version

_LINES = "The return's id and version as the caller saw it (báo cáo và phiên bản đã xem)."
# One answer for each; a whole city in a few calls.
MOST_AT_ONCE = 100


@strawberry.input(description="An amount that a duty asks for (số lượng).")
class QuantityInput:
    """By the code of the plan's data, e.g. backlog_left."""

    code: str = needed("Which (mã số lượng).")
    amount: str | None = said('How much, e.g. "12.50"; null takes it away (số lượng).')


@strawberry.input(
    description="What is declared of a row or duty; saying nothing takes it away (nội dung kê khai)."
)
class ReturnLineInput:
    """Replaces what was said of the same code."""

    code: str = needed("Code of the row or duty, e.g. 3.1, II.1.a, IV.5.d (mã chỉ tiêu, nhiệm vụ).")
    numerator: str | None = said("How much is done (đã thực hiện).")
    denominator: str | None = said("Of how much (tổng số).")
    value: str | None = said("Progress in words (tiến độ).")
    note: str | None = said("A remark, or why a figure of the hub is as it is (ghi chú, giải trình).")
    document_number: str | None = said("Number of the paper that proves it (số văn bản).")
    document_date: date | None = said("Its date (ngày văn bản).")
    quantities: list[QuantityInput] | None = said("Amounts that the duty asks for (các số lượng).")


@strawberry.input(description="What an agency reports; absent texts and lines stay (lưu báo cáo).")
class SaveReturnInput:
    """Input of saveReturn."""

    period_id: strawberry.ID = needed("The period (kỳ báo cáo).")
    agency_id: strawberry.ID = needed("Who reports (cơ quan báo cáo).")
    expected_version: int | None = said(
        "The version as the caller saw it; left out only to begin the return (phiên bản đã xem)."
    )
    results: str | None = said("Results and progress (kết quả, tiến độ).")
    difficulties: str | None = said("Difficulties (khó khăn, vướng mắc).")
    proposals: str | None = said("Proposals (đề xuất, kiến nghị).")
    lines: list[ReturnLineInput] | None = said("Rows and duties that are said anew (nội dung kê khai).")
    idempotency_key: str | None = once()


@strawberry.input(description="A return to submit to the head of the agency (trình báo cáo).")
class SubmitReturnInput:
    """Input of submitReturn."""

    id: strawberry.ID = needed("The return (báo cáo).")
    expected_version: int = version()
    idempotency_key: str | None = once()


@strawberry.input(description="A submitted return to take back (rút báo cáo).")
class WithdrawReturnInput:
    """Input of withdrawReturn."""

    id: strawberry.ID = needed("The return (báo cáo).")
    expected_version: int = version()
    idempotency_key: str | None = once()


@strawberry.input(description="A return to approve as the head of the agency (duyệt báo cáo).")
class ApproveReturnInput:
    """Input of approveReturn."""

    id: strawberry.ID = needed("The return (báo cáo).")
    expected_version: int = version()
    note: str | None = said("What is to be noted (ý kiến).")
    idempotency_key: str | None = once()


@strawberry.input(description="A return to send back (trả lại báo cáo).")
class SendBackReturnInput:
    """Input of sendBackReturn."""

    id: strawberry.ID = needed("The return (báo cáo).")
    expected_version: int = version()
    reason: str = needed("Why; shown to who wrote it (lý do).")
    idempotency_key: str | None = once()


@strawberry.input(description="A return to accept (tiếp nhận báo cáo).")
class AcceptReturnInput:
    """Input of acceptReturn."""

    id: strawberry.ID = needed("The return (báo cáo).")
    expected_version: int = version()
    note: str | None = said("What is to be noted (ý kiến).")
    idempotency_key: str | None = once()


@strawberry.input(description=_LINES)
class ReturnSeen:
    """One of several returns."""

    id: strawberry.ID = needed("The return (báo cáo).")
    expected_version: int = version()


@strawberry.input(description="Returns to accept, each by itself (tiếp nhận nhiều báo cáo).")
class AcceptReturnsInput:
    """Input of acceptReturns."""

    returns: list[ReturnSeen] = needed(f"At most {MOST_AT_ONCE} (các báo cáo).")
    note: str | None = said("What is to be noted on each (ý kiến).")
    idempotency_key: str | None = once()


def line_of(given: ReturnLineInput) -> LineSaid:
    """What the agency says in a line, null and absent alike."""
    return LineSaid(
        code=given.code,
        quantities={one.code: or_none(one.amount) for one in or_none(given.quantities) or ()},
        **{
            name: or_none(getattr(given, name))
            for name in ("numerator", "denominator", "value", "note", "document_number", "document_date")
        },
    )
