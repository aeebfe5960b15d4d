"""A figure carried on at its pace, in GraphQL."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as Number
from enum import Enum
from fractions import Fraction

import strawberry
from sqlmodel import Session
from strawberry import Info

from hub.kpi import forecast as future
from hub.kpi import small, values
from hub.kpi.forecast_words import assumption, conclusion
from hub.kpi.history import history
from schema.kpi.gathering import together
from schema.kpi.history import IndicatorHistoryPoint, percent
from schema.scalars import Decimal, Percent

_ = strawberry.enum_value


@strawberry.enum(description="What the pace says of the target (triển vọng đạt chỉ tiêu).")
class ForecastOutlook(Enum):
    """One of these."""

    STAYS_MET = _("STAYS_MET", description="Met now, and on the day of the target (đang đạt, sẽ giữ được).")
    WILL_BE_MET = _("WILL_BE_MET", description="Not met yet, met by the day (sẽ đạt đúng hạn).")
    WILL_BE_MISSED = _("WILL_BE_MISSED", description="Not met by the day (sẽ không đạt đúng hạn).")
    WILL_FALL_BELOW = _(
        "WILL_FALL_BELOW", description="Met now, below it on the day (đang đạt, sẽ tụt xuống)."
    )
    PAST_DUE = _("PAST_DUE", description="The day has come, nothing is forecast (đã đến hạn, không dự báo).")
    UNKNOWN = _("UNKNOWN", description="Fewer than two days have a figure (chưa đủ số liệu).")


@strawberry.type(description="A figure carried on at the pace of the last half-years (dự báo chỉ tiêu).")
class IndicatorForecast:
    """An assumption, not a promise; null is unknown."""

    found: strawberry.Private[future.Forecast]

    @strawberry.field(description="What the pace says of the target (triển vọng).")
    def outlook(self) -> ForecastOutlook:
        """Judged with fractions, as the target is."""
        return ForecastOutlook[self.found.outlook.name]

    @strawberry.field(description="The figures that tell the pace (các mốc số liệu dùng để dự báo).")
    def basis(self) -> list[IndicatorHistoryPoint]:
        """Half-year ends and the day itself, those with a figure."""
        return [IndicatorHistoryPoint.of(value) for value in self.found.basis]

    @strawberry.field(description="What the numerator gains each half-year, in units (nhịp độ của tử số).")
    def numerator_pace(self) -> Decimal | None:
        """The slope of a least-squares line."""
        return _units(self.found.numerator_pace)

    @strawberry.field(description="What the denominator gains each half-year, in units (nhịp độ của mẫu số).")
    def denominator_pace(self) -> Decimal | None:
        """The slope of a least-squares line."""
        return _units(self.found.denominator_pace)

    @strawberry.field(
        description="What the numerator must gain each half-year to meet the target by its day, if the denominator"
        " keeps its pace (mức cần tăng mỗi nửa năm)."
    )
    def needed_pace(self) -> Decimal | None:
        """Null once the day has come."""
        return _units(self.found.needed)

    @strawberry.field(description="The percent on the day of the target (tỷ lệ dự kiến khi đến hạn).")
    def expected_percent(self) -> Percent | None:
        """Never rounded up to the target."""
        return percent(self.found.expected_percent)

    @strawberry.field(
        description="When the target would be met; null for never at this pace (ngày dự kiến đạt)."
    )
    def met_on(self) -> date | None:
        """The figure's own day where it is met already."""
        return self.found.met_on

    @strawberry.field(description="The same in a sentence (kết luận).")
    def conclusion(self, info: Info) -> str:
        """In the caller's language."""
        return conclusion(self.found)[info.context.language == "en"]

    @strawberry.field(description="What is taken for granted, in words; empty without a forecast (giả định).")
    def assumption(self, info: Info) -> str:
        """In the caller's language."""
        return assumption(self.found)[info.context.language == "en"]


def _units(pace: Fraction | None) -> Decimal | None:
    if pace is None:
        return None
    return Decimal((Number(pace.numerator) / pace.denominator).quantize(Number("0.01")))


async def forecast_of(info: Info, plan: str, value: values.IndicatorValue) -> IndicatorForecast | None:
    """The forecast of a figure; the figures of an operation on one day share the statements."""
    if not future.can_be_forecast(value.indicator):
        return None
    agency_id = value.agency.id if value.agency else None
    actor = info.context.actor
    if small.is_guarded(actor, value):
        return None

    def read(session: Session, codes: list[str]) -> dict[str, list[values.IndicatorValue]]:
        return history(session, actor, plan, codes, future.days_before(value.as_of), agency_id)

    past = await together(info, ("forecast", plan, agency_id, value.as_of), value.indicator.code, read)
    return IndicatorForecast(found=future.carried_on([*(past or ()), value]))
