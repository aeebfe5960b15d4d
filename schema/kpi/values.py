"""A figure with what hangs on it: its agency, its breakdown, the records behind its shortfall."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry
from strawberry import Info

from hub.kit import ids
from hub.kpi import breakdown as cuts
from hub.kpi import small, values
from hub.kpi.breakdown import By
from hub.kpi.history import Grain
from hub.kpi.shortfall import Shortfall, shortfall
from schema.kpi import types
from schema.kpi.forecast import IndicatorForecast, forecast_of
from schema.kpi.history import From, GrainOf, HistoryGrain, IndicatorHistoryPoint, To, history_of
from schema.kpi.names import LineName
from schema.kpi.paging import TYPES, checked_page, cursor_of, page_info, place_in, read_cursor, read_place
from schema.lazy import AnAgency
from schema.loading import load_record
from schema.node import Node
from schema.scalars import Percent


@strawberry.type(description="An indicator's figure at a date (giá trị chỉ tiêu tại một ngày).")
class IndicatorValue(Node):
    """Facts true at that date, as known now; null is unknown, never 0."""

    value: strawberry.Private[values.IndicatorValue]
    name: strawberry.Private[str]
    plan: strawberry.Private[str]

    @strawberry.field(description="Opaque global id (mã định danh).")  # type: ignore[misc]
    def id(self) -> strawberry.ID:
        """Names plan, indicator, agency and day."""
        return strawberry.ID(ids.encode("IndicatorValue", self.name))

    @strawberry.field(description="The row of the plan (chỉ tiêu).")
    def indicator(self) -> types.Indicator:
        """What is measured."""
        row = self.value.indicator
        return types.Indicator(
            id=strawberry.ID(ids.encode("Indicator", row.id)), code=row.code, kind=types.IndicatorKind(row.kind),
            title=row.title, title_vi=row.title_vi, legal_basis=row.legal_basis, unit=row.unit, unit_en=row.unit_en,
            target_percent=None if row.target_percent is None else Percent(f"{row.target_percent:.2f}"),
            starts_on=row.starts_on, due_on=row.due_on,
        )  # fmt: skip

    @strawberry.field(description="The agency; null for the whole city (cơ quan; null là toàn Thành phố).")
    async def agency(self, info: Info) -> AnAgency | None:
        """Whose figure it is."""
        return await load_record(info, "Agency", self.value.agency.id if self.value.agency else None)

    @strawberry.field(
        description="What the agency was called at the date; null for the whole city (tên cơ quan vào ngày đó)."
    )
    def agency_name(self) -> str | None:
        """The node itself tells today's name."""
        return self.value.agency.name if self.value.agency else None

    @strawberry.field(description="The date the facts are true at (tính đến ngày).")
    def as_of(self) -> date:
        """Cut-off, Hà Nội."""
        return self.value.as_of

    @strawberry.field(description="Numerator (tử số).")
    def numerator(self) -> int | None:
        """Sum over the agencies (R2)."""
        return self.value.numerator

    @strawberry.field(description="Denominator (mẫu số).")
    def denominator(self) -> int | None:
        """Sum over the agencies (R2)."""
        return self.value.denominator

    @strawberry.field(description="Left out by a legal basis, from both sides (loại trừ).")
    def excluded(self) -> int | None:
        """R5."""
        return self.value.excluded

    @strawberry.field(description="In the denominator without the data to count them (thiếu dữ liệu).")
    def missing(self) -> int | None:
        """R3."""
        return self.value.missing

    @strawberry.field(description="Percent, two places; never rounded up to a target (tỷ lệ).")
    def percent(self) -> Percent | None:
        """R4."""
        return _percent(self.value.percent)

    @strawberry.field(description="Percent if what is not described counted as not done (tỷ lệ thấp nhất).")
    def percent_low(self) -> Percent | None:
        """Lower bound of II.2.b."""
        return _percent(self.value.percent_low)

    @strawberry.field(description="Percent without the legal exceptions (tỷ lệ khi không loại trừ).")
    def percent_with_excluded(self) -> Percent | None:
        """R5: both values are shown."""
        return _percent(self.value.percent_with_excluded)

    @strawberry.field(
        description="Whether counts and percents are kept from the caller, being of less than five records or persons,"
        " or next to such; null figures then mean this (số nhỏ được che)."
    )
    def is_withheld(self) -> bool:
        """Of an agency or a line, for who may not read its figures live (kpi:read)."""
        return bool(self.value.withheld)

    @strawberry.field(description="Result (kết quả).")
    def result(self) -> types.IndicatorResult:  # type: ignore[valid-type]
        """R8."""
        return self.value.result

    @strawberry.field(description="Whether the deadline has come (tiến độ).")
    def schedule(self) -> types.IndicatorSchedule:  # type: ignore[valid-type]
        """R8."""
        return self.value.schedule

    @strawberry.field(description="Result and schedule in words (trạng thái).")
    def status_text(self, info: Info) -> str:
        """In the caller's language."""
        return self.value.status_text_en if info.context.language == "en" else self.value.status_text

    @strawberry.field(description="How much of what should be counted is described, percent (độ phủ).")
    def coverage(self) -> Percent | None:
        """By shelf metres for II.2.b, by files for II.1.a, by source agencies for II.1.b."""
        return _percent(self.value.coverage)

    @strawberry.field(description="Whether the figure rests on part of the holdings (ước tính).")
    def estimated(self) -> bool:
        """True while coverage is below 100, where what is not covered belongs to the figure."""
        return self.value.estimated

    @strawberry.field(description="Agencies with something to count (số cơ quan có số liệu).")
    def agencies_reported(self) -> int | None:
        """R2."""
        return self.value.agencies_reported

    @strawberry.field(description="Agencies expected (số cơ quan phải có số liệu).")
    def agencies_expected(self) -> int | None:
        """R2."""
        return self.value.agencies_expected

    @strawberry.field(description="Figures printed beside it (số liệu kèm theo).")
    def side(self) -> list[types.IndicatorSideFigure]:
        """In plan order."""
        return [types.IndicatorSideFigure.of(figure) for figure in self.value.side]

    @strawberry.field(
        description="The documents behind it: of each part of a checklist, of a milestone, of a list of papers"
        " (văn bản chứng minh)."
    )
    def evidence(self) -> list[types.IndicatorEvidence]:
        """In the order of the plan's parts."""
        return [types.IndicatorEvidence.of(one) for one in self.value.indicator.evidence]

    @strawberry.field(
        description="The figure at each month's end or at each reporting cut-off between two days, at most 120 months"
        " apart; facts true at each day, as known now (chuỗi số liệu qua các tháng hoặc các kỳ báo cáo)."
    )
    async def history(
        self, info: Info, first: From = None, last: To = None, grain: GrainOf = HistoryGrain.MONTH
    ) -> list[IndicatorHistoryPoint]:
        """Figures of one operation that ask for the same days are counted together."""
        if self.value.withheld:
            return []
        return await history_of(info, self.plan, self.value, first, last, Grain[grain.name])

    @strawberry.field(
        description="The figure carried on at the pace of the last half-years: whether and when its target will be met;"
        " null for checklists, milestones and rows without a target (dự báo)."
    )
    async def forecast(self, info: Info) -> IndicatorForecast | None:
        """Figures of one operation and day are counted together."""
        return None if self.value.withheld else await forecast_of(info, self.plan, self.value)

    @strawberry.field(description="The lines that add up to it (phân tích).")
    async def breakdown(
        self,
        info: Info,
        by: Annotated[types.BreakdownBy, strawberry.argument(description="The cut (theo).")] = By.AGENCY,  # type: ignore[valid-type]
        first: types.First = 50,
        after: types.After = None,
        order_by: Annotated[
            types.BreakdownOrder, strawberry.argument(description="Order (thứ tự).")
        ] = types.BreakdownOrder.LABEL_ASC,
    ) -> types.IndicatorBreakdownConnection:
        """Small lists (an agency a line), cut here."""
        checked_page(first)
        value = self.value
        agency_id = value.agency.id if value.agency else None
        actor = info.context.actor
        lines = await info.context.seam.read(
            lambda session: small.told_lines(
                actor,
                value.indicator,
                cuts.breakdown(session, actor, value.indicator, value.as_of, by, agency_id),
                agency_id,
                whole=not value.withheld,
            )
        )
        lines = _ordered(lines, order_by)
        mark = f"breakdown:{by}:{order_by.name}"
        start = place_in([line.key for line in lines], read_cursor(after, mark))
        page = lines[start : start + first]
        edges = [
            types.IndicatorBreakdownEdge(
                cursor=cursor_of(mark, line.key, place),
                node=types.IndicatorBreakdown(line=line, name=LineName.of(line, by, self.name)),
            )
            for place, line in enumerate(page, start)
        ]
        return types.IndicatorBreakdownConnection(
            edges=edges,
            page_info=page_info(
                [edge.cursor for edge in edges], before=start > 0, more=len(lines) > start + first
            ),
            total_count=len(lines),
        )

    @strawberry.field(
        description="The records that keep it down, as far as the caller may see (bản ghi chưa đạt)."
    )
    async def shortfall(
        self, info: Info, first: types.First = 50, after: types.After = None
    ) -> types.ShortfallConnection:
        """The figures are whole; the list is under the caller's permissions."""
        checked_page(first)
        value, context = self.value, info.context
        agency_id = value.agency.id if value.agency else None
        start = read_place(after)
        found = await context.seam.read(
            lambda session: shortfall(
                session, context.actor, value.indicator, value.as_of, agency_id, first=first, after=start
            )
        )
        if value.withheld:
            found = Shortfall((), 0, 0, False)
        edges = [
            types.ShortfallEdge(
                kind=TYPES[row.kind],
                key=row.id,
                cursor=cursor_of("shortfall", *row.place),
                reason=types.ShortfallReason(code=row.reason, message=row.message(context.language)),
                weight=row.weight,
            )
            for row in found.rows
        ]
        return types.ShortfallConnection(
            edges=edges,
            page_info=page_info(
                [edge.cursor for edge in edges], before=start is not None, more=found.has_next
            ),
            total_count=found.total,
            hidden_count=found.hidden,
        )


def _percent(text: str | None) -> Percent | None:
    return None if text is None else Percent(text)


def _ordered(lines: list[values.BreakdownRow], order: types.BreakdownOrder) -> list[values.BreakdownRow]:
    """Lines without a figure stand last; equals stay in the order of their names."""
    if order is types.BreakdownOrder.LABEL_ASC:
        return lines
    if order is types.BreakdownOrder.DENOMINATOR_DESC:
        return sorted(lines, key=lambda line: -(line.denominator or 0))
    sign = 1 if order is types.BreakdownOrder.PERCENT_ASC else -1
    return sorted(
        lines,
        key=lambda line: (line.percent is None, 0 if line.percent is None else sign * float(line.percent)),
    )
