"""Reporting periods: opened, their days changed, closed, opened again."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry

from hub.returns import closing, periods
from hub.returns.errors import DecidedMeanwhile
from hub.returns.rules import Days
from schema.mutations.doing import Deed, Given, described, do, do_after
from schema.mutations.inputs import key_in, needed, once, or_none, said, version
from schema.problems import (
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    NotPermitted,
    StaleVersion,
    WrongPeriodState,
)
from schema.returns import PeriodKind, ReportingPeriod

_PERIOD = "The period, or the problem that stood in the way (kết quả)."


@strawberry.input(description="A period to open (mở kỳ báo cáo).")
class OpenPeriodInput:
    """Input of openPeriod."""

    plan: str = needed("Code of the plan, e.g. 67/KH-UBND (số ký hiệu kế hoạch).")
    deadline: date = needed("The reporting date: the day of the city's report (thời điểm báo cáo).")
    kind: PeriodKind | None = said("What it reports on; left out: a half-year (loại kỳ báo cáo).")
    covers_from: date | None = said("The first day that a summary covers (từ ngày).")
    returns_due_on: date | None = said(
        "By when agencies hand in; left out: ten days before (hạn nộp của cơ quan)."
    )
    unit_returns_due_on: date | None = said(
        "By when their units hand in to them; left out: twenty days before (hạn nộp của đơn vị trực thuộc)."
    )
    data_cutoff: date | None = said(
        "Facts up to this day count; left out: the reporting date (ngày chốt số liệu)."
    )
    idempotency_key: str | None = once()


@strawberry.input(description="What changes in a period (sửa kỳ báo cáo).")
class UpdatePeriodInput:
    """Input of updatePeriod; null takes the usual day again."""

    id: strawberry.ID = needed("The period (kỳ báo cáo).")
    expected_version: int = version()
    deadline: date | None = said("The reporting date, while no return was begun (thời điểm báo cáo).")
    covers_from: date | None = said("The first day that a summary covers (từ ngày).")
    returns_due_on: date | None = said("By when agencies hand in (hạn nộp của cơ quan).")
    unit_returns_due_on: date | None = said("By when their units hand in (hạn nộp của đơn vị trực thuộc).")
    data_cutoff: date | None = said("Facts up to this day count (ngày chốt số liệu).")
    idempotency_key: str | None = once()


@strawberry.input(description="A period to close (khóa kỳ báo cáo).")
class ClosePeriodInput:
    """Input of closePeriod."""

    id: strawberry.ID = needed("The period (kỳ báo cáo).")
    expected_version: int = version()
    reason: str | None = said("What is to be noted (ghi chú).")
    idempotency_key: str | None = once()


@strawberry.input(description="A closed period to open again (mở lại kỳ báo cáo).")
class ReopenPeriodInput:
    """Input of reopenPeriod."""

    id: strawberry.ID = needed("The period (kỳ báo cáo).")
    expected_version: int = version()
    reason: str = needed("Why; kept in the audit (lý do).")
    idempotency_key: str | None = once()


OpenPeriodResult = Annotated[
    ReportingPeriod | NotFound | NotPermitted | Invalid | WrongPeriodState | IdempotencyKeyReused,
    strawberry.union("OpenPeriodResult", description=_PERIOD),
]
UpdatePeriodResult = Annotated[
    ReportingPeriod
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongPeriodState
    | IdempotencyKeyReused,
    strawberry.union("UpdatePeriodResult", description=_PERIOD),
]
ClosePeriodResult = Annotated[
    ReportingPeriod
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongPeriodState
    | IdempotencyKeyReused,
    strawberry.union("ClosePeriodResult", description=_PERIOD),
]
ReopenPeriodResult = Annotated[
    ReportingPeriod
    | NotFound
    | NotPermitted
    | Invalid
    | StaleVersion
    | WrongPeriodState
    | IdempotencyKeyReused,
    strawberry.union("ReopenPeriodResult", description=_PERIOD),
]
_DAYS = ("deadline", "covers_from", "returns_due_on", "unit_returns_due_on", "data_cutoff")


@strawberry.type
class PeriodsMutation:
    """Deeds on periods."""

    @strawberry.mutation(
        description=described(
            "openPeriod",
            "Open a reporting period, the planned one or a new one; several half-years are summed up by kind INTERIM "
            "or FINAL. Days by which to hand in that have passed are refused, unless the reporting date has come: then "
            "an older period is entered late, and whoever has not handed in is late at once, see `overdue` "
            "(mở kỳ báo cáo, sơ kết, tổng kết).",
        )
    )
    async def open_period(self, info: strawberry.Info, input: Given[OpenPeriodInput]) -> OpenPeriodResult:
        """See the description."""
        kind = or_none(input.kind) or PeriodKind.HALF_YEAR
        days = Days(**{name: or_none(getattr(input, name)) for name in _DAYS})
        answer: OpenPeriodResult = await do(
            info,
            "openPeriod",
            ReportingPeriod,
            None,
            input,
            lambda s, actor: periods.open_period(s, actor, input.plan, kind.name, days),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "updatePeriod",
            "Change the days of a period before it is closed; of an open one no day by which to hand in is moved to "
            "an earlier one that has passed (sửa kỳ báo cáo).",
        )
    )
    async def update_period(
        self, info: strawberry.Info, input: Given[UpdatePeriodInput]
    ) -> UpdatePeriodResult:
        """See the description."""
        told: dict[str, Any] = {
            name: value for name in _DAYS if (value := getattr(input, name)) is not strawberry.UNSET
        }
        if told.get("deadline", ...) is None:
            del told["deadline"]
        answer: UpdatePeriodResult = await do(
            info,
            "updatePeriod",
            ReportingPeriod,
            ("ReportingPeriod", input.id),
            input,
            lambda s, actor: periods.update_period(
                s, actor, key_in("ReportingPeriod", input.id, "id"), input.expected_version, told
            ),
        )
        return answer

    @strawberry.mutation(
        description=described(
            "closePeriod",
            "Close an open period from its data cut-off on: nothing is written or decided in it any more, and its "
            "figures are frozen with the records behind them. Where returns are accepted while figures are counted, "
            "they are counted again; `DECIDED_MEANWHILE` where that does not end (khóa kỳ báo cáo).",
        )
    )
    async def close_period(self, info: strawberry.Info, input: Given[ClosePeriodInput]) -> ClosePeriodResult:
        """See the description."""

        async def taken() -> Deed:
            asker, key = info.context.actor, key_in("ReportingPeriod", input.id, "id")
            found = await info.context.seam.read(lambda s: closing.count_to_close(s, asker, key))
            return lambda s, actor: closing.close_period(
                s, actor, key, input.expected_version, found, or_none(input.reason)
            )

        answer: ClosePeriodResult = await do_after(
            info,
            "closePeriod",
            ReportingPeriod,
            ("ReportingPeriod", input.id),
            input,
            taken,
            DecidedMeanwhile,
        )
        return answer

    @strawberry.mutation(
        description=described(
            "reopenPeriod",
            "Open a closed period again, while its report is not published (mở lại kỳ báo cáo).",
        )
    )
    async def reopen_period(
        self, info: strawberry.Info, input: Given[ReopenPeriodInput]
    ) -> ReopenPeriodResult:
        """See the description."""
        answer: ReopenPeriodResult = await do(
            info,
            "reopenPeriod",
            ReportingPeriod,
            ("ReportingPeriod", input.id),
            input,
            lambda s, actor: periods.reopen_period(
                s, actor, key_in("ReportingPeriod", input.id, "id"), input.expected_version, input.reason
            ),
        )
        return answer
