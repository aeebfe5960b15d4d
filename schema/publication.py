"""Reports made official in GraphQL: what was published, the snapshots behind it, and two of them compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry
from sqlmodel import Session
from strawberry import Info

from hub.access.actor import Actor
from hub.kit.errors import NotFound
from hub.kpi.frozen import thaw
from hub.kpi.membership import Standing
from hub.returns import models
from hub.returns.snapshots.comparing import (
    Move,
    MovedPage,
    Place,
    Side,
    moved,
    page_of,
    require_whole,
    side_of,
    summary,
)
from schema.compiler.cursors import ForgedCursor
from schema.compiler.declarations import (
    ID,
    Page,
    Source,
    by,
    column,
    condition,
    expression,
    identifier,
    record,
    root,
    to_one,
)
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.kpi.paging import TYPES, checked_page, cursor_of, page_info, read_cursor
from schema.kpi.place import placed
from schema.kpi.seen import SeenRecord, SeenRecords
from schema.kpi.types import After as AfterRecord
from schema.kpi.types import First as FirstRecords
from schema.kpi.types import IndicatorResult
from schema.node import Node
from schema.records.conditions import key_of, within, words
from schema.returns import PublishedReport, PublishedReportConnection, ReportFilter, ReportOrder
from schema.scalars import Percent

_ = strawberry.enum_value
_OF_REPORT = "(select r.{fact} from published_report r where r.id = {{t}}.report_id)"
_FACTS = {fact: _OF_REPORT.format(fact=fact) for fact in ("agency_id", "state", "created_by", "submitted_by")}


@strawberry.enum(description="Orders of snapshots (thứ tự bản chụp).")
class SnapshotOrder(Enum):
    """Orders of snapshots."""

    ID_ASC = by(ID, description="As taken (theo thứ tự chốt).")
    ID_DESC = by(ID, descending=True, description="Last taken first (mới chốt trước).")


@strawberry.input(description="Which snapshots; every field given must hold (bộ lọc bản chụp).")
class SnapshotFilter:
    """Conditions on snapshots."""

    report_id: strawberry.ID | None = within(
        "report_id", "PublishedReport", "published_report", "Of this report (báo cáo)."
    )
    as_of: date | None = condition("{t}.as_of = {v}", "date", "At this data cut-off (ngày chốt số liệu).")
    text: str | None = words(
        "hub_fold((select coalesce(r.number, '') || ' ' || coalesce(a.code || ' ' || a.name, '')"
        " from published_report r left join agency a on a.id = r.agency_id where r.id = {t}.report_id))"
    )


@record(
    models.Snapshot, resource="report", facts=_FACTS,
    description="Figures frozen for a report (bản chụp số liệu).",
)  # fmt: skip
class Snapshot(Node):
    """Written once: figures, formulas, and the records behind them."""

    id: strawberry.ID = identifier()
    report: PublishedReport | None = to_one("report_id", "The report that prints it (báo cáo).")
    as_of: date = column("as_of", "Facts up to this day count (ngày chốt số liệu).")
    formula_version: str = column(
        "formula_version", "Changes when a measure counts otherwise (phiên bản công thức)."
    )
    sha256: str = column("sha256", "SHA-256 of the figures (mã băm số liệu).")
    has_members: bool = expression(
        "{t}.freeze_id is not null",
        "Whether the records behind its figures were frozen, so that it can be compared (có danh sách bản ghi).",
    )
    created_at: datetime = column("created_at", "When frozen (thời điểm chốt).")


@strawberry.type(description="A page of snapshots (danh sách bản chụp số liệu).")
class SnapshotConnection(Connection[Snapshot]):
    """Connection to snapshots."""


@strawberry.enum(description="What became of a record between two snapshots (thay đổi giữa hai bản chụp).")
class SnapshotMove(Enum):
    """The moves of hub/returns/snapshots/comparing.py."""

    ENTERED = _("ENTERED", description="It was not counted before (mới đưa vào).")
    LEFT = _("LEFT", description="It is counted no more (đưa ra).")
    GAINED = _("GAINED", description="It adds more to the numerator (tăng ở tử số).")
    LOST = _("LOST", description="It adds less to the numerator (giảm ở tử số).")
    CHANGED = _("CHANGED", description="Its denominator or its reason is another (thay đổi khác).")


@strawberry.type(description="How a record counts in a snapshot (cách tính của bản ghi).")
class SnapshotStanding:
    """Units of the indicator."""

    numerator: int = strawberry.field(description="Units in the numerator (tử số).")
    denominator: int = strawberry.field(description="Units in the denominator (mẫu số).")
    excluded: int = strawberry.field(description="Units left out by a legal basis (loại trừ).")
    reason: str | None = strawberry.field(description="Code of why it keeps the figure down (mã lý do).")


@strawberry.type(description="How many records moved in one way (số bản ghi theo loại thay đổi).")
class SnapshotMoveCount:
    """Whole, whoever asks."""

    move: SnapshotMove = strawberry.field(description="The way (loại thay đổi).")
    count: int = strawberry.field(description="How many (số bản ghi).")


@strawberry.type(description="A record that stands otherwise (bản ghi thay đổi).")
class SnapshotMoveEdge(SeenRecord):
    """With its standing in both."""

    move: SnapshotMove = strawberry.field(description="What became of it (loại thay đổi).")
    before: SnapshotStanding | None = strawberry.field(
        description="In the first snapshot; null where it was not there (trước)."
    )
    after: SnapshotStanding | None = strawberry.field(
        description="In the second; null where it is not there (sau)."
    )


@strawberry.type(description="The records that stand otherwise (các bản ghi thay đổi).")
class SnapshotMoveConnection(SeenRecords[SnapshotMoveEdge]):
    """Entered, left, gained, lost, changed; in each by key."""


@strawberry.type(description="A figure as a snapshot froze it (số liệu trong bản chụp).")
class SnapshotFigure:
    """Null is unknown, never 0."""

    numerator: int | None = strawberry.field(description="Numerator (tử số).")
    denominator: int | None = strawberry.field(description="Denominator (mẫu số).")
    excluded: int | None = strawberry.field(description="Left out by a legal basis (loại trừ).")
    missing: int | None = strawberry.field(
        description="In the denominator without the data to count them (thiếu dữ liệu)."
    )
    percent: Percent | None = strawberry.field(description="Percent, two places (tỷ lệ).")
    result: IndicatorResult = strawberry.field(description="What it says (kết quả).")  # type: ignore[valid-type]


@strawberry.type(description="Two snapshots of one figure, side by side (so sánh hai bản chụp).")
class SnapshotComparison:
    """Figures whole; the records under the caller's permissions."""

    before: SnapshotFigure | None = strawberry.field(description="In the first snapshot (trước).")
    after: SnapshotFigure | None = strawberry.field(description="In the second snapshot (sau).")
    same_formula: bool = strawberry.field(
        description="Whether the measure counted in the same way, with the same parameters (cùng công thức)."
    )
    moves: list[SnapshotMoveCount] = strawberry.field(description="How many records moved (số thay đổi).")
    page: strawberry.Private[MovedPage]
    is_later: strawberry.Private[bool]

    @strawberry.field(description="The records, as far as the caller may see (các bản ghi).")
    def records(self) -> SnapshotMoveConnection:
        """The page that the arguments of compareSnapshots ask for."""
        edges = [
            SnapshotMoveEdge(
                kind=TYPES[row.moved.kind],
                key=row.moved.id,
                cursor=cursor_of("snapshots", *row.moved.place),
                move=SnapshotMove[row.moved.move.name],
                before=_standing(row.moved.before),
                after=_standing(row.moved.after),
            )
            for row in self.page.rows
        ]
        return SnapshotMoveConnection(
            edges=edges,
            page_info=page_info(
                [edge.cursor for edge in edges], before=self.is_later, more=self.page.has_next
            ),
            total_count=self.page.total,
            hidden_count=self.page.hidden,
        )


def _standing(one: Standing | None) -> SnapshotStanding | None:
    return None if one is None else SnapshotStanding(
        numerator=one.numerator, denominator=one.denominator, excluded=one.excluded, reason=one.reason
    )  # fmt: skip


@dataclass(frozen=True)
class _Asked:
    before: int
    after: int
    code: str
    agency_code: str | None
    first: int
    start: Place | None


def _compared(session: Session, actor: Actor, asked: _Asked) -> SnapshotComparison:
    before, after = side_of(session, actor, asked.before), side_of(session, actor, asked.after)
    _, agency_id = placed(session, None, before.snapshot.as_of, asked.agency_code)
    require_whole(actor, before, after, agency_id)
    figures = [_figure(session, side, asked.code, agency_id) for side in (before, after)]
    if figures == [None, None]:
        raise NotFound(f"chỉ tiêu «{asked.code}»", f'indicator "{asked.code}"', path=("code",))
    moves = moved(session, before, after, asked.code, agency_id)
    return SnapshotComparison(
        before=figures[0],
        after=figures[1],
        same_formula=before.formula(session, asked.code) == after.formula(session, asked.code),
        moves=[
            SnapshotMoveCount(move=SnapshotMove[name], count=count) for name, count in summary(moves).items()
        ],
        page=page_of(session, actor, moves, first=asked.first, after=asked.start),
        is_later=asked.start is not None,
    )


def _figure(session: Session, side: Side, code: str, agency_id: int | None) -> SnapshotFigure | None:
    for value in thaw(side.figures(session, agency_id)):
        if value.indicator.code == code:
            return SnapshotFigure(
                numerator=value.numerator,
                denominator=value.denominator,
                excluded=value.excluded,
                missing=value.missing,
                percent=None if value.percent is None else Percent(value.percent),
                result=value.result,
            )
    return None


def _place(text: str | None) -> Place | None:
    match read_cursor(text, "snapshots"):
        case None:
            return None
        case [int(order), str(kind), int(key)] if 0 <= order < len(Move):
            return Place(order, kind, key)
    raise ForgedCursor


_Id = Annotated[strawberry.ID, strawberry.argument(description="A snapshot (bản chụp số liệu).")]


@strawberry.type
class PublicationQuery:
    """Reads of what was published."""

    @root(Page((Source("{t}.state in ('PUBLISHED', 'SUPERSEDED')"),)))
    def published_reports(
        self,
        filter: ReportFilter | None = UNSET,
        order_by: ReportOrder | None = ReportOrder.ID_DESC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> PublishedReportConnection:
        """Reports that went out, superseded revisions too (báo cáo đã công bố, kể cả bản đã thay thế)."""
        raise NotImplementedError

    @root(Page((Source("true"),)))
    def snapshots(
        self,
        filter: SnapshotFilter | None = UNSET,
        order_by: SnapshotOrder | None = SnapshotOrder.ID_DESC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> SnapshotConnection:
        """Snapshots of reports that the caller may read, last first (các bản chụp số liệu)."""
        raise NotImplementedError

    @strawberry.field(
        description="Two snapshots of one figure record by record, for those who read provisional figures: how the"
        " figure stood in each and which records entered it, left it or count otherwise (so sánh hai bản chụp)."
    )
    async def compare_snapshots(
        self,
        info: Info,
        a: _Id,
        b: _Id,
        code: Annotated[str, strawberry.argument(description="Code of the indicator (mã chỉ tiêu).")],
        agency_code: Annotated[
            str | None,
            strawberry.argument(description="One agency of two snapshots of the city (mã cơ quan)."),
        ] = None,
        first: FirstRecords = 50,
        after: AfterRecord = None,
    ) -> SnapshotComparison:
        """From a to b."""
        checked_page(first)
        read = key_of("Snapshot")
        asked = _Asked(int(read(a)), int(read(b)), code, agency_code, first, _place(after))
        actor = info.context.actor
        found: SnapshotComparison = await info.context.seam.read(
            lambda session: _compared(session, actor, asked)
        )
        return found
