"""Data quality in GraphQL: what figures could not count, and the records to mend with what each lacks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import Enum
from typing import Annotated

import strawberry
from sqlmodel import Session
from strawberry import Info

from hub.access.actor import Actor
from hub.kit.clock import today
from hub.kpi import quality as lacking
from hub.kpi import small
from hub.kpi.lacks import Lack
from hub.kpi.scorecard import check_reached
from hub.kpi.values import AgencyRef
from schema.connections import PageInfo
from schema.kpi.names import Counted
from schema.kpi.paging import (
    TYPES,
    checked_page,
    cursor_of,
    page_info,
    place_in,
    read_cursor,
    read_place,
)
from schema.kpi.place import AgencyCode, PlanCode, placed
from schema.kpi.seen import SeenRecord, SeenRecords
from schema.kpi.types import After, First
from schema.kpi.values import IndicatorValue
from schema.lazy import AnAgency
from schema.loading import load_record


def _described(lack: Lack) -> object:
    vietnamese, english = lack.words
    return strawberry.enum_value(
        lack.value, description=f"{english} ({vietnamese[:1].lower()}{vietnamese[1:]})."
    )


@strawberry.enum(
    name="RecordLack", description="What is not known of a record (nội dung còn thiếu của bản ghi)."
)
class RecordLack(Enum):
    """The closed list of hub/kpi/lacks.py."""

    DATE = _described(Lack.DATE)
    ORIGIN = _described(Lack.ORIGIN)
    SIGNATURE_EVIDENCE = _described(Lack.SIGNATURE_EVIDENCE)
    RETENTION = _described(Lack.RETENTION)
    WORK_END = _described(Lack.WORK_END)
    TOTAL_DOC = _described(Lack.TOTAL_DOC)
    PAGE_COUNT = _described(Lack.PAGE_COUNT)
    ACCESS_MODE = _described(Lack.ACCESS_MODE)
    METADATA = _described(Lack.METADATA)
    DOCUMENTS = _described(Lack.DOCUMENTS)
    ARRANGEMENT = _described(Lack.ARRANGEMENT)
    SYSTEM_DATES = _described(Lack.SYSTEM_DATES)
    EVIDENCE = _described(Lack.EVIDENCE)


@strawberry.type(description="How many records lack something (số bản ghi thiếu một nội dung).")
class LackCount:
    """Whole, whoever asks."""

    lack: RecordLack = strawberry.field(description="What is lacking (nội dung thiếu).")
    message: str = strawberry.field(description="The same in words (diễn giải).")
    records: int = strawberry.field(description="How many records (số bản ghi).")
    units: int = strawberry.field(
        description="How many units they keep out of the figure, in its unit; 0 over several figures (số đơn vị tính)."
    )

    @classmethod
    def of(cls, counts: Sequence[lacking.LackCount], language: str) -> list[LackCount]:
        """Most records first."""
        return [
            cls(
                lack=RecordLack[one.lack.name],
                message=_words(one.lack, language),
                records=one.records,
                units=one.units,
            )
            for one in counts
        ]


@strawberry.type(description="A figure and what its records lack (chất lượng dữ liệu của một chỉ tiêu).")
class IndicatorQuality:
    """Missing, coverage and estimated stand with the figure itself."""

    value: IndicatorValue = strawberry.field(description="The figure (giá trị chỉ tiêu).")
    records: int = strawberry.field(description="How many records are to be mended (số bản ghi cần bổ sung).")
    lacks: list[LackCount] = strawberry.field(description="What they lack (nội dung còn thiếu).")


@strawberry.type(description="An agency's part of the records to mend (chất lượng dữ liệu của một cơ quan).")
class AgencyQuality:
    """A line of the list by agency."""

    ref: strawberry.Private[AgencyRef]
    records: int = strawberry.field(description="How many records are to be mended (số bản ghi cần bổ sung).")
    lacks: list[LackCount] = strawberry.field(description="What they lack (nội dung còn thiếu).")

    @strawberry.field(description="The agency (cơ quan).")
    async def agency(self, info: Info) -> AnAgency | None:
        """Read with the others of the page in one statement."""
        return await load_record(info, "Agency", self.ref.id)


@strawberry.type(description="A line in its place (phần tử).")
class AgencyQualityEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Where the line stands (con trỏ).")
    node: AgencyQuality = strawberry.field(description="The line (dòng).")


@strawberry.type(
    description="Agencies with records to mend, page by page (các cơ quan có bản ghi cần bổ sung)."
)
class AgencyQualityConnection:
    """Most records first."""

    edges: list[AgencyQualityEdge] = strawberry.field(
        description="The lines with their places (các phần tử)."
    )
    page_info: PageInfo = strawberry.field(description="Where the page lies (thông tin trang).")
    total_count: int = strawberry.field(description="How many agencies there are (tổng số cơ quan).")

    @strawberry.field(description="The lines alone (các dòng).")
    def nodes(self) -> list[AgencyQuality]:
        """Without cursors."""
        return [edge.node for edge in self.edges]


@strawberry.type(description="A record to mend (bản ghi cần bổ sung).")
class MendEdge(SeenRecord):
    """With what the list says of it."""

    lacks: list[RecordLack] = strawberry.field(description="What it lacks (nội dung còn thiếu).")
    messages: list[str] = strawberry.field(description="The same in words (diễn giải).")
    codes: list[str] = strawberry.field(
        description="Codes of the indicators that it is missing from (mã các chỉ tiêu bị ảnh hưởng)."
    )
    weight: int = strawberry.field(description="How many units it keeps out of them (số đơn vị).")


@strawberry.type(description="The records to mend, those that cost most first (các bản ghi cần bổ sung).")
class MendConnection(SeenRecords[MendEdge]):
    """Those that cost most first."""


@strawberry.type(description="What the figures of a plan could not count, and why (chất lượng dữ liệu).")
class DataQuality:
    """Counts are whole and public like the figures; the list of records is under the caller's permissions."""

    found: strawberry.Private[lacking.Quality]
    scope: strawberry.Private[AgencyRef | None]
    plan: strawberry.Private[str]

    @strawberry.field(description="The date the facts are true at (tính đến ngày).")
    def as_of(self) -> date:
        """As known now."""
        return self.found.as_of

    @strawberry.field(description="The agency; null for the whole city (cơ quan; null là toàn Thành phố).")
    async def agency(self, info: Info) -> AnAgency | None:
        """Whose records."""
        return await load_record(info, "Agency", self.scope.id if self.scope else None)

    @strawberry.field(description="How many records are to be mended (số bản ghi cần bổ sung).")
    def records(self) -> int:
        """Each once, for however many indicators."""
        return self.found.records

    @strawberry.field(description="What they lack, most records first (nội dung còn thiếu).")
    def lacks(self, info: Info) -> list[LackCount]:
        """Over all indicators."""
        return LackCount.of(self.found.lacks, info.context.language)

    @strawberry.field(description="The same for each indicator (theo từng chỉ tiêu).")
    def indicators(self, info: Info) -> list[IndicatorQuality]:
        """In plan order."""
        agency_id = self.scope.id if self.scope else None
        return [
            IndicatorQuality(
                value=IndicatorValue(
                    value=one.value,
                    name=str(Counted(self.plan, one.value.indicator.code, agency_id, one.value.as_of)),
                    plan=self.plan,
                ),
                records=one.records,
                lacks=LackCount.of(one.lacks, info.context.language),
            )
            for one in self.found.indicators
        ]

    @strawberry.field(description="The same for each agency, most records first (theo từng cơ quan).")
    def agencies(self, info: Info, first: First = 50, after: After = None) -> AgencyQualityConnection:
        """Agencies without such records have no line."""
        checked_page(first)
        lines = self.found.agencies
        start = place_in([line.agency.code for line in lines], read_cursor(after, "quality"))
        page = lines[start : start + first]
        edges = [
            AgencyQualityEdge(
                cursor=cursor_of("quality", line.agency.code, place),
                node=AgencyQuality(
                    ref=line.agency,
                    records=line.records,
                    lacks=LackCount.of(line.lacks, info.context.language),
                ),
            )
            for place, line in enumerate(page, start)
        ]
        return AgencyQualityConnection(
            edges=edges,
            page_info=page_info(
                [edge.cursor for edge in edges], before=start > 0, more=len(lines) > start + first
            ),
            total_count=len(lines),
        )

    @strawberry.field(
        description="The records to mend, as far as the caller may see (danh sách bản ghi cần bổ sung)."
    )
    async def to_mend(
        self,
        info: Info,
        lacks: Annotated[
            list[RecordLack] | None,
            strawberry.argument(description="Only those that lack one of these (chỉ các bản ghi thiếu)."),
        ] = None,
        first: First = 50,
        after: After = None,
    ) -> MendConnection:
        """Those that cost most units first."""
        checked_page(first)
        context = info.context
        start = read_place(after, "mend")
        rows = [one.value.indicator for one in self.found.indicators]
        agency_id = self.scope.id if self.scope else None
        wanted = None if lacks is None else [Lack(one.name) for one in lacks]
        found = await context.seam.read(
            lambda session: lacking.to_mend(
                session,
                context.actor,
                rows,
                self.found.as_of,
                agency_id,
                lacks=wanted,
                first=first,
                after=start,
            )
        )
        edges = [
            MendEdge(
                kind=TYPES[row.kind],
                key=row.id,
                cursor=cursor_of("mend", *row.place),
                lacks=[RecordLack[lack.name] for lack in row.lacks],
                messages=[_words(lack, context.language) for lack in row.lacks],
                codes=list(row.codes),
                weight=row.weight,
            )
            for row in found.rows
        ]
        return MendConnection(
            edges=edges,
            page_info=page_info(
                [edge.cursor for edge in edges], before=start is not None, more=found.has_next
            ),
            total_count=found.total,
            hidden_count=found.hidden,
        )


def _words(lack: Lack, language: str) -> str:
    return lack.words[1 if language == "en" else 0]


def read_quality(
    session: Session,
    actor: Actor,
    plan: str | None,
    as_of: date,
    agency_code: str | None,
    codes: list[str] | None,
) -> DataQuality:
    """Raises FutureDate, NotFound for an unknown plan, agency or code, NotPermitted as the pages do."""
    check_reached(as_of, today())
    plan, agency_id = placed(session, plan, as_of, agency_code)
    small.require_all(actor, agency_id)
    found = lacking.quality(session, actor, plan, as_of, agency_id, codes)
    scope = next((one.value.agency for one in found.indicators), None)
    return DataQuality(found=found, scope=scope, plan=plan)


@strawberry.type
class QualityQuery:
    """The root field about data quality."""

    @strawberry.field(
        description="What the figures of a plan could not count at a date, with the records to mend"
        " (chất lượng dữ liệu của các chỉ tiêu)."
    )
    async def data_quality(
        self,
        info: Info,
        as_of: Annotated[
            date,
            strawberry.argument(
                description="Facts true at this date, as known now; not after today (tính đến ngày)."
            ),
        ],
        plan: PlanCode = None,
        agency_code: AgencyCode = None,
        codes: Annotated[
            list[str] | None,
            strawberry.argument(
                description="Codes of indicators; the targets of part II when left out (mã chỉ tiêu)."
            ),
        ] = None,
    ) -> DataQuality:
        """Counts are whole; a record that lacks several things, or for several indicators, is one record."""
        actor = info.context.actor
        found: DataQuality = await info.context.seam.read(
            lambda session: read_quality(session, actor, plan, as_of, agency_code, codes)
        )
        return found
