"""A figure through time in GraphQL: month by month, or at the cut-offs of the reporting periods."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry
from sqlmodel import Session
from strawberry import Info

from hub.kit.clock import today
from hub.kpi import history as past
from hub.kpi import small, values
from hub.kpi.history import Grain
from hub.kpi.scorecard import check_reached
from hub.returns.queries import cutoffs
from schema.kpi.gathering import together
from schema.kpi.types import IndicatorResult
from schema.scalars import Percent

_ = strawberry.enum_value


@strawberry.enum(description="How close the points of a history lie (bước của chuỗi số liệu).")
class HistoryGrain(Enum):
    """Months, or the reporting periods of the plan."""

    MONTH = _("MONTH", description="At each month's last day (ngày cuối mỗi tháng).")
    PERIOD = _("PERIOD", description="At the data cut-off of each reporting period (mỗi kỳ báo cáo).")


GrainOf = Annotated[HistoryGrain, strawberry.argument(description="Month or period (bước).")]
From = Annotated[
    date | None,
    strawberry.argument(
        name="from", description="First day; five years before the last when left out (từ ngày)."
    ),
]
To = Annotated[
    date | None,
    strawberry.argument(
        name="to", description="Last day, today or earlier; the figure's own when left out (đến ngày)."
    ),
]


@strawberry.type(description="An indicator's figure at one day of its history (một điểm của chuỗi số liệu).")
class IndicatorHistoryPoint:
    """Facts true at that day, as known now; null is unknown, never 0."""

    as_of: date = strawberry.field(description="The day (tính đến ngày).")
    numerator: int | None = strawberry.field(description="Numerator (tử số).")
    denominator: int | None = strawberry.field(description="Denominator (mẫu số).")
    excluded: int | None = strawberry.field(
        description="Left out by a legal basis, from both sides (loại trừ)."
    )
    missing: int | None = strawberry.field(
        description="In the denominator without the data to count them (thiếu dữ liệu)."
    )
    percent: Percent | None = strawberry.field(description="Percent, two places (tỷ lệ).")
    percent_low: Percent | None = strawberry.field(
        description="Percent if what is not described counted as not done (tỷ lệ thấp nhất)."
    )
    coverage: Percent | None = strawberry.field(
        description="How much of what should be counted is described, percent (độ phủ)."
    )
    result: IndicatorResult = strawberry.field(description="Result (kết quả).")  # type: ignore[valid-type]

    @classmethod
    def of(cls, value: values.IndicatorValue) -> IndicatorHistoryPoint:
        """The figure as a point."""
        return cls(
            as_of=value.as_of,
            numerator=value.numerator,
            denominator=value.denominator,
            excluded=value.excluded,
            missing=value.missing,
            percent=percent(value.percent),
            percent_low=percent(value.percent_low),
            coverage=percent(value.coverage),
            result=value.result,
        )


def percent(text: str | None) -> Percent | None:
    """A percent of the service as the scalar."""
    return None if text is None else Percent(text)


async def history_of(
    info: Info, plan: str, value: values.IndicatorValue, first: date | None, last: date | None, grain: Grain
) -> list[IndicatorHistoryPoint]:
    """The points of a figure; all figures of an operation that ask for the same days share the statements."""
    first, last = past.span(first, last, value.as_of)
    check_reached(last, today())
    agency_id = value.agency.id if value.agency else None
    actor = info.context.actor
    if small.is_guarded(actor, value):
        return []

    def read(session: Session, codes: list[str]) -> dict[str, list[values.IndicatorValue]]:
        asked = cutoffs(session, plan, first, last) if grain is Grain.PERIOD else past.month_ends(first, last)
        return past.history(session, actor, plan, codes, asked, agency_id)

    place = ("history", plan, agency_id, first, last, grain)
    found = await together(info, place, value.indicator.code, read)
    return [IndicatorHistoryPoint.of(point) for point in found or ()]
