"""The radar in GraphQL: permanent records due for the historical archive, by agency, and what blocks them."""

from __future__ import annotations

from asyncio import gather
from datetime import date
from enum import Enum
from typing import Annotated

import strawberry
from sqlmodel import Session
from strawberry import Info

from hub.access.actor import Actor
from hub.kit.clock import today
from hub.kpi import radar as due
from hub.kpi import small
from hub.kpi.radar import NEVER, Bucket, DuePlace
from hub.kpi.scorecard import agency_on, check_reached
from hub.kpi.values import AgencyRef
from schema.compiler.cursors import ForgedCursor
from schema.connections import PageInfo
from schema.kpi.paging import TYPES, checked_page, cursor_of, page_info, place_in, read_cursor
from schema.kpi.place import AgencyCode, placed
from schema.kpi.seen import SeenPage
from schema.kpi.types import After, First
from schema.lazy import AFile, AnAgency, AnItem
from schema.loading import load_record
from schema.records.parts import TransferObstacle

_ = strawberry.enum_value


@strawberry.enum(description="When a record is due by the plan (thời điểm đến hạn theo Kế hoạch).")
class DueBucket(Enum):
    """Each apart from the others."""

    LATE = _("LATE", description="The day has passed (quá hạn).")
    DUE_NOW = _("DUE_NOW", description="On the day itself or within a month (đến hạn trong một tháng).")
    WITHIN_6_MONTHS = _("WITHIN_6_MONTHS", description="Later, within six months (trong 6 tháng).")
    WITHIN_12_MONTHS = _("WITHIN_12_MONTHS", description="Later, within twelve months (trong 12 tháng).")
    UNKNOWN = _(
        "UNKNOWN",
        description="Retention or date is not known, so nobody can say (chưa rõ thời hạn lưu trữ hoặc ngày).",
    )


@strawberry.type(description="How many records are due when (số hồ sơ, văn bản đến hạn).")
class DueCounts:
    """Whole, whoever asks."""

    late: int = strawberry.field(description="The day of the plan has passed (quá hạn theo Kế hoạch).")
    past_law: int = strawberry.field(description="Of these, late by law, too (trong đó quá hạn theo Luật).")
    due_now: int = strawberry.field(description="Due on the day itself or within a month (đến hạn).")
    within_6_months: int = strawberry.field(
        name="within6Months", description="Later, within six months (trong 6 tháng)."
    )
    within_12_months: int = strawberry.field(
        name="within12Months", description="Later, within twelve months (trong 12 tháng)."
    )
    unknown: int = strawberry.field(description="Retention or date is not known (chưa rõ hạn).")
    ready: int = strawberry.field(description="Of all, nothing blocks these (đủ điều kiện giao nộp).")

    @classmethod
    def of(cls, counts: due.DueCounts) -> DueCounts:
        """The counts of the service."""
        return cls(
            late=counts.late,
            past_law=counts.past_law,
            due_now=counts.due_now,
            within_6_months=counts.within_6_months,
            within_12_months=counts.within_12_months,
            unknown=counts.unknown,
            ready=counts.ready,
        )


@strawberry.type(description="What blocks so many records (lý do chưa giao nộp được).")
class BlockedCount:
    """Each record is counted at the first thing that blocks it."""

    obstacle: TransferObstacle = strawberry.field(description="What stands in the way (lý do).")
    message: str = strawberry.field(description="The same in words (diễn giải).")
    files: int = strawberry.field(description="How many files (số hồ sơ).")
    items: int = strawberry.field(description="How many documents (số văn bản).")


@strawberry.type(description="An agency on the radar (một cơ quan trên bảng theo dõi đến hạn).")
class RadarLine:
    """Its part of the counts."""

    line: strawberry.Private[due.RadarLine]

    @strawberry.field(description="The agency; null for the whole (cơ quan; null là tất cả).")
    async def agency(self, info: Info) -> AnAgency | None:
        """Read with the others of the page in one statement."""
        return await load_record(info, "Agency", self.line.agency.id if self.line.agency else None)

    @strawberry.field(description="Files (hồ sơ).")
    def file_counts(self) -> DueCounts:
        """A file is due three years after its end."""
        return DueCounts.of(self.line.files)

    @strawberry.field(description="Documents (văn bản).")
    def item_counts(self) -> DueCounts:
        """A document is due three years after its date of issue, whatever its file."""
        return DueCounts.of(self.line.items)

    @strawberry.field(description="What blocks them (lý do chưa giao nộp được).")
    def blocked(self, info: Info) -> list[BlockedCount]:
        """In the order in which obstacles are looked for."""
        return [
            BlockedCount(
                obstacle=TransferObstacle[one.obstacle],
                message=one.message(info.context.language),
                files=one.files,
                items=one.items,
            )
            for one in self.line.blocked
        ]


@strawberry.type(description="A line in its place (phần tử).")
class RadarLineEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="Where the line stands (con trỏ).")
    node: RadarLine = strawberry.field(description="The line (dòng).")


@strawberry.type(description="Agencies on the radar, page by page (các cơ quan).")
class RadarLineConnection:
    """Most late files first."""

    edges: list[RadarLineEdge] = strawberry.field(description="The lines with their places (các phần tử).")
    page_info: PageInfo = strawberry.field(description="Where the page lies (thông tin trang).")
    total_count: int = strawberry.field(description="How many agencies there are (tổng số cơ quan).")

    @strawberry.field(description="The lines alone (các dòng).")
    def nodes(self) -> list[RadarLine]:
        """Without cursors."""
        return [edge.node for edge in self.edges]


@strawberry.type(description="When a record is due and what blocks it (hạn giao nộp của một bản ghi).")
class Due:
    """What an edge says of its record."""

    row: strawberry.Private[due.DueRow]
    cursor: str = strawberry.field(description="Where the record stands (con trỏ).")

    @strawberry.field(description="When it is due (thời điểm đến hạn).")
    def bucket(self) -> DueBucket:
        """By the plan."""
        return DueBucket[self.row.bucket.name]

    @strawberry.field(description="Last day by the plan; null when nobody can say (hạn theo Kế hoạch).")
    def plan(self) -> date | None:
        """Three years after creation."""
        return self.row.due

    @strawberry.field(
        description="Last day by law; null before the agency's archive took it (hạn theo Luật)."
    )
    def law(self) -> date | None:
        """Five years from the year of hand-over to the agency's archive."""
        return self.row.law

    @strawberry.field(description="What blocks it first; null when nothing does (lý do chưa giao nộp được).")
    def obstacle(self) -> TransferObstacle | None:
        """In the order of the list."""
        return TransferObstacle[self.row.obstacle] if self.row.obstacle else None

    @strawberry.field(description="The same in words (diễn giải).")
    def message(self, info: Info) -> str | None:
        """In the caller's language."""
        return self.row.message(info.context.language)


@strawberry.type(description="A file that is due (hồ sơ đến hạn giao nộp).")
class DueFileEdge(Due):
    """Relay's edge."""

    @strawberry.field(description="The file; null when it has gone meanwhile (hồ sơ).")
    async def node(self, info: Info) -> AFile | None:
        """Read with the others of the page in one statement."""
        return await load_record(info, TYPES["file"], self.row.id)


@strawberry.type(description="A document that is due (văn bản đến hạn giao nộp).")
class DueItemEdge(Due):
    """Relay's edge."""

    @strawberry.field(description="The document; null when it has gone meanwhile (văn bản).")
    async def node(self, info: Info) -> AnItem | None:
        """Read with the others of the page in one statement."""
        return await load_record(info, TYPES["item"], self.row.id)


@strawberry.type(description="Files that are due, the longest due first (các hồ sơ đến hạn).")
class DueFileConnection(SeenPage):
    """The longest due first."""

    edges: list[DueFileEdge] = strawberry.field(description="The files with their days (các phần tử).")

    @strawberry.field(description="The files alone, those that are still there (các hồ sơ).")
    async def nodes(self, info: Info) -> list[AFile]:
        """Read in one statement; without their days."""
        found = await gather(*(load_record(info, TYPES["file"], edge.row.id) for edge in self.edges))
        return [record for record in found if record is not None]


@strawberry.type(description="Documents that are due, the longest due first (các văn bản đến hạn).")
class DueItemConnection(SeenPage):
    """The longest due first."""

    edges: list[DueItemEdge] = strawberry.field(description="The documents with their days (các phần tử).")

    @strawberry.field(description="The documents alone, those that are still there (các văn bản).")
    async def nodes(self, info: Info) -> list[AnItem]:
        """Read in one statement; without their days."""
        found = await gather(*(load_record(info, TYPES["item"], edge.row.id) for edge in self.edges))
        return [record for record in found if record is not None]


Buckets = Annotated[
    list[DueBucket] | None,
    strawberry.argument(description="Only those due at one of these (chỉ các thời điểm).", name="due"),
]
Obstacles = Annotated[
    list[TransferObstacle] | None,
    strawberry.argument(description="Only those that one of these blocks first (chỉ các lý do)."),
]


@strawberry.type(
    description="Permanent records still with their agencies and due for the historical archive, by the days of the"
    " plan (theo dõi tài liệu vĩnh viễn đến hạn nộp lưu)."
)
class TransferRadar:
    """Counts are whole and public like the figures; the lists are under the caller's permissions."""

    found: strawberry.Private[due.Radar]
    scope: strawberry.Private[AgencyRef | None]

    @strawberry.field(description="The date the facts are true at (tính đến ngày).")
    def as_of(self) -> date:
        """As known now."""
        return self.found.as_of

    @strawberry.field(description="The agency; null for the whole city (cơ quan; null là toàn Thành phố).")
    async def agency(self, info: Info) -> AnAgency | None:
        """Whose records."""
        return await load_record(info, "Agency", self.scope.id if self.scope else None)

    @strawberry.field(description="The counts of all (tổng số).")
    def whole(self) -> RadarLine:
        """The sums of the lines."""
        return RadarLine(line=self.found.whole)

    @strawberry.field(description="The counts of each agency, most late files first (theo từng cơ quan).")
    def agencies(self, first: First = 50, after: After = None) -> RadarLineConnection:
        """Agencies with nothing due have no line."""
        checked_page(first)
        lines = self.found.lines
        keys = [line.agency.code if line.agency else "" for line in lines]
        start = place_in(keys, read_cursor(after, "radar"))
        edges = [
            RadarLineEdge(cursor=cursor_of("radar", keys[place], place), node=RadarLine(line=line))
            for place, line in enumerate(lines[start : start + first], start)
        ]
        return RadarLineConnection(
            edges=edges,
            page_info=page_info(
                [edge.cursor for edge in edges], before=start > 0, more=len(lines) > start + first
            ),
            total_count=len(lines),
        )

    @strawberry.field(description="Files that are due, as far as the caller may see (hồ sơ đến hạn).")
    async def files(
        self,
        info: Info,
        buckets: Buckets = None,
        obstacles: Obstacles = None,
        first: First = 50,
        after: After = None,
    ) -> DueFileConnection:
        """The longest due first, those without a day last."""
        page = await self._page(info, "file", buckets, obstacles, first, after)
        edges = [DueFileEdge(row=row, cursor=_cursor("file", row.place)) for row in page.rows]
        return DueFileConnection(
            edges=edges,
            page_info=page_info(
                [edge.cursor for edge in edges], before=after is not None, more=page.has_next
            ),
            total_count=page.total,
            hidden_count=page.hidden,
        )

    @strawberry.field(description="Documents that are due, as far as the caller may see (văn bản đến hạn).")
    async def items(
        self,
        info: Info,
        buckets: Buckets = None,
        obstacles: Obstacles = None,
        first: First = 50,
        after: After = None,
    ) -> DueItemConnection:
        """The longest due first, those without a day last."""
        page = await self._page(info, "item", buckets, obstacles, first, after)
        edges = [DueItemEdge(row=row, cursor=_cursor("item", row.place)) for row in page.rows]
        return DueItemConnection(
            edges=edges,
            page_info=page_info(
                [edge.cursor for edge in edges], before=after is not None, more=page.has_next
            ),
            total_count=page.total,
            hidden_count=page.hidden,
        )

    async def _page(
        self,
        info: Info,
        kind: str,
        buckets: list[DueBucket] | None,
        obstacles: list[TransferObstacle] | None,
        first: int,
        after: str | None,
    ) -> due.DuePage:
        checked_page(first)
        actor, start = info.context.actor, _place(after, kind)
        found: due.DuePage = await info.context.seam.read(
            lambda session: due.due_records(
                session,
                actor,
                kind,
                self.found.as_of,
                self.scope.id if self.scope else None,
                buckets=None if buckets is None else [Bucket[one.name] for one in buckets],
                obstacles=None if obstacles is None else [one.name for one in obstacles],
                first=first,
                after=start,
            )
        )
        return found


def _cursor(kind: str, place: DuePlace) -> str:
    return cursor_of(f"due:{kind}", place.due.isoformat(), place.id)


def _place(text: str | None, kind: str) -> DuePlace | None:
    match read_cursor(text, f"due:{kind}"):
        case None:
            return None
        case [str(day), int(key)] if 0 <= key < 1 << 63:
            try:
                return DuePlace(min(date.fromisoformat(day), NEVER), key)
            except ValueError:
                raise ForgedCursor from None
    raise ForgedCursor


def read_radar(session: Session, actor: Actor, as_of: date, agency_code: str | None) -> TransferRadar:
    """Raises FutureDate, NotFound for an unknown agency, NotPermitted as the pages do."""
    check_reached(as_of, today())
    _plan, agency_id = placed(session, None, as_of, agency_code)
    small.require_all(actor, agency_id)
    scope = None if agency_id is None else agency_on(session, agency_id, [as_of])[as_of]
    return TransferRadar(found=due.radar(session, as_of, agency_id), scope=scope)


@strawberry.type
class RadarQuery:
    """The root field about what is due."""

    @strawberry.field(
        description="Permanent files and documents due for the historical archive: late, due now, within 6 and 12"
        " months, by agency, with what blocks them (tài liệu vĩnh viễn đến hạn nộp lưu vào Lưu trữ lịch sử)."
    )
    async def transfer_radar(
        self,
        info: Info,
        as_of: Annotated[
            date,
            strawberry.argument(
                description="Facts true at this date, as known now; not after today (tính đến ngày)."
            ),
        ],
        agency_code: AgencyCode = None,
    ) -> TransferRadar:
        """Counts are whole, lists under the caller's permissions."""
        actor = info.context.actor
        found: TransferRadar = await info.context.seam.read(
            lambda session: read_radar(session, actor, as_of, agency_code)
        )
        return found
