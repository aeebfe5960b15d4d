"""Types of a figure. What a number is stands in hub/kpi; here it gets names, and its agency and records."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Annotated

import strawberry
from strawberry import Info

from hub.kit import ids
from hub.kpi.breakdown import By
from hub.kpi.values import BreakdownRow, Evidence, EvidenceState, Result, Schedule, SideFigure
from hub.plan import models as plan
from schema.compiler.declarations import column, identifier, record
from schema.connections import PageInfo
from schema.kpi.names import LineName
from schema.kpi.seen import SeenRecord, SeenRecords
from schema.lazy import AnAgency
from schema.loading import load_record
from schema.node import Node
from schema.scalars import Percent

_ = strawberry.enum_value


@strawberry.enum(description="What kind of figure an indicator has (loại chỉ tiêu).")
class IndicatorKind(Enum):
    """R8b: only a ratio has a percent."""

    RATIO = _("RATIO", description="A ratio with a percent (tỷ lệ).")
    CHECKLIST = _("CHECKLIST", description="So many conditions of all (danh mục kiểm tra).")
    MILESTONE = _("MILESTONE", description="An event with evidence (mốc).")


IndicatorResult = strawberry.enum(
    Result,
    name="IndicatorResult",
    description="What the figure says (kết quả: đạt, chưa đạt, không phát sinh, thiếu dữ liệu).",
)
IndicatorSchedule = strawberry.enum(
    Schedule,
    name="IndicatorSchedule",
    description="Whether the deadline has come (chưa đến hạn, đã đến hạn).",
)
IndicatorEvidenceState = strawberry.enum(
    EvidenceState,
    name="IndicatorEvidenceState",
    description="How far a document has come at the date; MISSING: the plan asks for it and nothing is registered"
    " (chưa có, dự kiến, đã dự thảo, đã ban hành).",
)
BreakdownBy = strawberry.enum(
    By,
    name="BreakdownBy",
    description="What a breakdown is cut by. PARENT is the body that an agency stood under at the date (phân tích "
    "theo; PARENT: cơ quan cấp trên vào ngày đó).",
)


@strawberry.enum(description="Order of a breakdown (thứ tự).")
class BreakdownOrder(Enum):
    """The lines as they come, or those that hold the figure back first."""

    LABEL_ASC = _("LABEL_ASC", description="By name, in Vietnamese order (theo tên).")
    PERCENT_ASC = _("PERCENT_ASC", description="The lowest percent first (tỷ lệ thấp trước).")
    PERCENT_DESC = _("PERCENT_DESC", description="The highest percent first (tỷ lệ cao trước).")
    DENOMINATOR_DESC = _("DENOMINATOR_DESC", description="The largest denominator first (mẫu số lớn trước).")


@record(
    plan.Indicator,
    resource="indicator",
    description="A row of a plan: what is measured and by when (chỉ tiêu, nhiệm vụ).",
)
class Indicator(Node):
    """One row of part II or of the annex, or a figure printed beside one."""

    id: strawberry.ID = identifier()
    code: str = column("code", "Code in the plan, such as II.1.a (mã chỉ tiêu).")
    kind: IndicatorKind = column("kind", "Kind of figure (loại).")
    title: str = column("title", "Title in English (tên tiếng Anh).")
    title_vi: str = column("title_vi", "Title in Vietnamese (tên chỉ tiêu).")
    legal_basis: str = column("legal_basis", "Where it stands (căn cứ).")
    unit: str = column("unit", "Unit that is counted, in Vietnamese (đơn vị tính).")
    unit_en: str = column("unit_en", "Unit that is counted, in English (đơn vị tính bằng tiếng Anh).")
    target_percent: Percent | None = column("target_percent", "The target in percent (chỉ tiêu).")
    starts_on: date | None = column("starts_on", "When the work begins (bắt đầu).")
    due_on: date | None = column("due_on", "The deadline; the day itself counts (hạn hoàn thành).")


@strawberry.type(description="A figure printed beside the headline (số liệu kèm theo).")
class IndicatorSideFigure:
    """Own-created, incoming, per file, with scans, all years …"""

    code: str = strawberry.field(description="Stable code (mã).")
    title: str = strawberry.field(description="Title in English (tên tiếng Anh).")
    title_vi: str = strawberry.field(description="Title in Vietnamese (tên).")
    numerator: int | None = strawberry.field(description="Numerator (tử số).")
    denominator: int | None = strawberry.field(description="Denominator (mẫu số).")
    percent: Percent | None = strawberry.field(description="Percent, two places (tỷ lệ).")
    unit: str = strawberry.field(description="Unit, in Vietnamese (đơn vị tính).")
    unit_en: str = strawberry.field(description="Unit, in English (đơn vị tính bằng tiếng Anh).")

    @staticmethod
    def of(figure: SideFigure) -> IndicatorSideFigure:
        """The figure as the API shows it."""
        percent = None if figure.percent is None else Percent(figure.percent)
        return IndicatorSideFigure(
            code=figure.code, title=figure.title, title_vi=figure.title_vi, numerator=figure.numerator,
            denominator=figure.denominator, percent=percent, unit=figure.unit,
            unit_en=figure.unit_en,
        )  # fmt: skip


@strawberry.type(description="A document behind a figure, as at its date (văn bản chứng minh).")
class IndicatorEvidence:
    """What a checklist, a milestone or a list of papers rests on."""

    part: str | None = strawberry.field(description="Code of the part that it proves (mã phần).")
    part_title: str | None = strawberry.field(description="The part in English (phần, tiếng Anh).")
    part_title_vi: str | None = strawberry.field(description="The part in the plan's words (phần).")
    title: str | None = strawberry.field(description="Title of the document (tên văn bản).")
    document_number: str | None = strawberry.field(description="Its number, once approved (số, ký hiệu).")
    document_date: date | None = strawberry.field(description="Its date, once approved (ngày ban hành).")
    state: IndicatorEvidenceState = strawberry.field(description="How far it has come (trạng thái).")  # type: ignore[valid-type]

    @staticmethod
    def of(one: Evidence) -> IndicatorEvidence:
        """The document as the API shows it."""
        return IndicatorEvidence(**vars(one))


@strawberry.type(description="One line of a breakdown (dòng phân tích).")
class IndicatorBreakdown(Node):
    """An agency, a parent, a kind of agency, or a year."""

    line: strawberry.Private[BreakdownRow]
    name: strawberry.Private[LineName]

    @strawberry.field(description="Global id of the line (mã định danh).")  # type: ignore[misc]
    def id(self) -> strawberry.ID:
        """Names the figure, the cut and what the line is about."""
        return strawberry.ID(ids.encode("IndicatorBreakdown", str(self.name)))

    @strawberry.field(description="What the line is about, in the caller's language (nhãn).")
    def label(self, info: Info) -> str:
        """The agency's name, the kind, the year."""
        return self.line.label_en if info.context.language == "en" else self.line.label

    @strawberry.field(description="The agency, where the line is about one (cơ quan).")
    async def agency(self, info: Info) -> AnAgency | None:
        """Read with the others of the page in one statement."""
        return await load_record(info, "Agency", self.line.agency.id if self.line.agency else None)

    @strawberry.field(description="The year, where the line is about one (năm).")
    def year(self) -> int | None:
        """Null for other cuts, and for what knows no year."""
        return self.line.year

    @strawberry.field(description="Numerator (tử số).")
    def numerator(self) -> int | None:
        """Null is unknown, never 0."""
        return self.line.numerator

    @strawberry.field(description="Denominator (mẫu số).")
    def denominator(self) -> int | None:
        """Null is unknown, never 0."""
        return self.line.denominator

    @strawberry.field(description="Whether its counts are kept from the caller as small (số nhỏ được che).")
    def is_withheld(self) -> bool:
        """See IndicatorValue.isWithheld."""
        return self.line.withheld

    @strawberry.field(description="Left out by a legal basis (loại trừ).")
    def excluded(self) -> int | None:
        """From both sides (R5)."""
        return self.line.excluded

    @strawberry.field(description="In the denominator without the data to count them (thiếu dữ liệu).")
    def missing(self) -> int | None:
        """R3."""
        return self.line.missing

    @strawberry.field(description="Percent, two places (tỷ lệ).")
    def percent(self) -> Percent | None:
        """Null where there is nothing to count."""
        return None if self.line.percent is None else Percent(self.line.percent)

    @strawberry.field(description="Result of the line (kết quả).")
    def result(self) -> IndicatorResult:  # type: ignore[valid-type]
        """As for the whole figure."""
        return self.line.result


@strawberry.type(description="A line in its place (phần tử phân tích).")
class IndicatorBreakdownEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Where the line stands (con trỏ).")
    node: IndicatorBreakdown = strawberry.field(description="The line (dòng).")


@strawberry.type(description="A breakdown, page by page (phân tích chỉ tiêu).")
class IndicatorBreakdownConnection:
    """Relay's connection over the lines that add up to a figure."""

    edges: list[IndicatorBreakdownEdge] = strawberry.field(
        description="The lines with their places (các phần tử)."
    )
    page_info: PageInfo = strawberry.field(description="Where the page lies (thông tin trang).")
    total_count: int = strawberry.field(description="How many lines there are (tổng số dòng).")

    @strawberry.field(description="The lines alone (các dòng).")
    def nodes(self) -> list[IndicatorBreakdown]:
        """Without cursors."""
        return [edge.node for edge in self.edges]


@strawberry.type(description="Why a record keeps a figure down (lý do).")
class ShortfallReason:
    """A stable code and a sentence."""

    code: str = strawberry.field(description="Stable code (mã lý do).")
    message: str = strawberry.field(description="The reason in words (nội dung).")


@strawberry.type(description="A record that keeps a figure down (bản ghi làm chỉ tiêu chưa đạt).")
class ShortfallEdge(SeenRecord):
    """With what the list says of it."""

    reason: ShortfallReason = strawberry.field(description="Why it does not count (lý do).")
    weight: int = strawberry.field(description="How many units it costs (số đơn vị).")


@strawberry.type(
    description="The records behind a shortfall, heaviest first (các bản ghi làm chỉ tiêu chưa đạt)."
)
class ShortfallConnection(SeenRecords[ShortfallEdge]):
    """Heaviest first."""


After = Annotated[
    str | None, strawberry.argument(description="Only what follows this cursor (sau con trỏ này).")
]
First = Annotated[int, strawberry.argument(description="How many; 50 when left out (số phần tử).")]
