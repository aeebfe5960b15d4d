"""What a return of an agency is made of: what is asked, the hub's figures beside it, and what is odd so far."""

from __future__ import annotations

import strawberry
from sqlmodel import Session
from strawberry import Info

from hub.access.actor import Actor
from hub.agencies.queries import agency_by_code
from hub.kit.errors import NotFound
from hub.returns import anomalies, asked, figures
from hub.returns.ledger import period_seen
from hub.returns.owed import place_of
from hub.returns.queries import return_of
from schema.anomalies import Anomaly, told
from schema.kpi.names import Counted
from schema.kpi.values import IndicatorValue
from schema.scalars import JSON, Decimal, Percent


@strawberry.type(description="A figure of the hub for a return, beside the period before (số liệu hệ thống).")
class ReturnFigure:
    """Nobody types it; the agency may explain it."""

    figure: strawberry.Private[figures.Figure]
    plan: strawberry.Private[str]

    @strawberry.field(description="At the data cut-off, or today (số liệu kỳ này).")
    def now(self) -> IndicatorValue:
        """As known now."""
        return _value(self.figure.now, self.plan)

    @strawberry.field(description="Percent of the period before (tỷ lệ kỳ trước).")
    def before(self) -> Percent | None:
        """Null: there was none."""
        before = self.figure.before
        return None if before is None or before.percent is None else Percent(before.percent)

    @strawberry.field(description="Whether that is what the published report said (theo báo cáo đã công bố).")
    def was_published(self) -> bool:
        """Else counted again, as known now."""
        return self.figure.was_published

    @strawberry.field(description="Change in percentage points (thay đổi).")
    def points(self) -> Percent | None:
        """With a minus when it fell."""
        return None if self.figure.points is None else Percent(f"{self.figure.points:.2f}")

    @strawberry.field(description="The change in words, by the hub (diễn giải).")
    def sentence(self, info: Info) -> str:
        """In the caller's language."""
        return self.figure.sentence[info.context.language == "en"]

    @strawberry.field(description="The agency's explanation (giải trình của cơ quan).")
    def note(self) -> str | None:
        """From the return's line of the same code."""
        return self.figure.note


@strawberry.type(description="A row or duty that a return speaks to (nội dung phải báo cáo).")
class AskedLine:
    """With what accepted returns of units say of it together."""

    code: str = strawberry.field(description="Its code (mã).")
    title: str = strawberry.field(description="Its words in the plan (nội dung).")
    is_duty: bool = strawberry.field(
        description="A duty of part IV, not a row of the annex (nhiệm vụ phần IV)."
    )
    unit: str | None = strawberry.field(description="Unit of count of a row (đơn vị tính).")
    quantities: JSON = strawberry.field(
        description="Amounts that a duty asks for: code, title, unit (các số lượng phải kê khai)."
    )
    units: int = strawberry.field(description="Accepted returns of units that speak to it (số đơn vị).")
    units_numerator: Decimal | None = strawberry.field(
        description="Their sum done (các đơn vị đã thực hiện)."
    )
    units_denominator: Decimal | None = strawberry.field(description="Of how much (tổng số của các đơn vị).")
    units_quantities: JSON = strawberry.field(description="Their amounts by code (số lượng của các đơn vị).")


@strawberry.type(description="What a return of an agency is made of (biểu báo cáo).")
class ReturnForm:
    """What is asked, the figures beside it, and what is odd so far."""

    figures: list[ReturnFigure] = strawberry.field(description="The hub's figures (số liệu hệ thống).")
    asked: list[AskedLine] = strawberry.field(
        description="Rows and duties to speak to (nội dung phải báo cáo)."
    )
    anomalies: list[Anomaly] = strawberry.field(
        description="What a reviewer would look at twice (điểm cần xem lại)."
    )
    owed: bool = strawberry.field(
        description="Whether the agency owes a return for the period (phải báo cáo)."
    )


def _value(value: figures.IndicatorValue, plan: str) -> IndicatorValue:
    agency = value.agency.id if value.agency else None
    return IndicatorValue(
        value=value, name=str(Counted(plan, value.indicator.code, agency, value.as_of)), plan=plan
    )


def read_form(session: Session, actor: Actor, period_id: int, code: str, info: Info) -> ReturnForm:
    """The form of an agency for a period. Raises NotFound for who may not read its return."""
    period = period_seen(session, actor, period_id)
    found = agency_by_code(session, code)
    if found is None:
        raise NotFound(f"cơ quan «{code}»", f'agency "{code}"', path=("agencyCode",))
    place = place_of(session, found[0], period.deadline)
    row = return_of(session, period_id, found[0])
    plan, counted = figures.form_figures(session, actor, found[0], period, row)
    flags = anomalies.anomalies(session, actor, period, found[0]).get(found[0], [])
    return ReturnForm(
        figures=[ReturnFigure(figure=one, plan=plan) for one in counted],
        asked=[_asked(one) for one in asked.asked_of(session, actor, found[0], period)],
        anomalies=[told(info, flag) for flag in flags],
        owed=place is not None and place.owes,
    )


def _asked(one: asked.Asked) -> AskedLine:
    units = one.of_units or asked.OfUnits(0, None, None, {})
    return AskedLine(
        code=one.code,
        title=one.title,
        is_duty=one.part == "DUTY",
        unit=one.unit,
        quantities=JSON(one.quantities),
        units=units.units,
        units_numerator=None if units.numerator is None else Decimal(units.numerator),
        units_denominator=None if units.denominator is None else Decimal(units.denominator),
        units_quantities=JSON(dict(units.quantities)),
    )
