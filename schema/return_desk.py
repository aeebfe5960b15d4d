"""The period desk and the return form in GraphQL: what is asked, the hub's figures beside it, and who is where."""

from __future__ import annotations

import base64
from datetime import date, datetime
from typing import Annotated

import strawberry
from strawberry import UNSET, Info

from hub.kit.ids import encode
from hub.returns import desk, models
from hub.returns.attachments import attachment_seen
from hub.returns.ledger import period_seen
from schema.agency_returns import ReturnState
from schema.anomalies import Anomaly, told
from schema.compiler.declarations import One, root
from schema.records.conditions import agency_of, key_of
from schema.reminders import Reminder
from schema.return_cases import ReturnCase
from schema.return_form import ReturnForm, read_form


@strawberry.type(description="How many agencies are in a state (số cơ quan theo trạng thái).")
class StateCount:
    """State null: nothing was begun."""

    state: ReturnState | None = strawberry.field(description="The state; null: nothing begun (trạng thái).")
    count: int = strawberry.field(description="How many (số cơ quan).")


@strawberry.type(description="An agency that owes a return, as the period desk sees it (dòng theo dõi).")
class DeskRow:
    """By name; ids lead to the records."""

    row: strawberry.Private[desk.DeskRow]

    @strawberry.field(description="Global id of the agency (mã định danh cơ quan).")
    def agency_id(self) -> strawberry.ID:
        """Of type Agency."""
        return strawberry.ID(encode("Agency", self.row.agency_id))

    @strawberry.field(description="Code of the agency (mã cơ quan).")
    def agency_code(self) -> str:
        """Today's."""
        return self.row.code

    @strawberry.field(description="Name on the reporting date (tên cơ quan).")
    def agency_name(self) -> str:
        """As it was called then."""
        return self.row.name

    @strawberry.field(description="Whether it is a unit that reports to the body above (đơn vị trực thuộc).")
    def is_unit(self) -> bool:
        """Else it reports to Home Affairs."""
        return self.row.reports_to_id is not None

    @strawberry.field(
        description="Whether it has ended since, and sends no return any more (đã kết thúc hoạt động)."
    )
    def has_ended(self) -> bool:
        """What it had handed in is accepted all the same."""
        return self.row.has_ended

    @strawberry.field(description="Global id of its return; null while none was begun (báo cáo).")
    def return_id(self) -> strawberry.ID | None:
        """Of type AgencyReturn."""
        return (
            None if self.row.return_id is None else strawberry.ID(encode("AgencyReturn", self.row.return_id))
        )

    @strawberry.field(description="Where the return is; null while none was begun (trạng thái).")
    def state(self) -> ReturnState | None:
        """Null is not DRAFT."""
        return None if self.row.state == desk.NONE else ReturnState[self.row.state]

    @strawberry.field(description="Version of the return, to be sent as expectedVersion (phiên bản).")
    def version(self) -> int | None:
        """For acceptReturns."""
        return self.row.version

    @strawberry.field(description="By when it is due, as extended (hạn nộp).")
    def due_on(self) -> date:
        """A unit's day is earlier."""
        return self.row.due_on

    @strawberry.field(description="Handed in after that day, or due and not handed in (nộp chậm).")
    def is_late(self) -> bool:
        """Days are those of Hà Nội."""
        return self.row.is_late

    @strawberry.field(description="When it was handed in (thời điểm nộp).")
    def handed_in_at(self) -> datetime | None:
        """The first time."""
        return self.row.handed_in_at

    @strawberry.field(description="More time, until this day (gia hạn đến).")
    def extended_to(self) -> date | None:
        """Null: none given."""
        return self.row.extended_to

    @strawberry.field(description="Who checks it at Home Affairs (người kiểm tra).")
    def reviewer(self) -> str | None:
        """Full name."""
        return self.row.reviewer_name

    @strawberry.field(description="Whom to call: name, position, telephone, e-mail (đầu mối liên hệ).")
    def contact(self) -> str | None:
        """On one line."""
        one = self.row.contact
        parts = (one.name, one.position, one.phone, one.email) if one else ()
        return ", ".join(part for part in parts if part) or None

    @strawberry.field(description="What was noted of the last call (cuộc gọi gần nhất).")
    def last_call(self) -> str | None:
        """The whole log stands in the case."""
        return self.row.last_call.note if self.row.last_call else None

    @strawberry.field(description="By when the return was promised in that call (hẹn nộp).")
    def promised_on(self) -> date | None:
        """Null: nothing promised."""
        return self.row.last_call.promised_on if self.row.last_call else None

    @strawberry.field(description="How often it was called (số cuộc gọi).")
    def calls(self) -> int:
        """In this period."""
        return self.row.calls

    @strawberry.field(description="When it was last reminded (lần nhắc gần nhất).")
    def last_reminded_at(self) -> datetime | None:
        """By the hub or by hand."""
        return self.row.last_reminded_at

    @strawberry.field(description="How it was reminded, oldest first (các lần nhắc).")
    def reminders(self) -> list[Reminder]:
        """In this period."""
        return [Reminder(one=one) for one in self.row.reminders]

    @strawberry.field(description="What to look at twice (điểm bất thường).")
    def anomalies(self, info: Info) -> list[Anomaly]:
        """Empty where nothing is odd."""
        return [told(info, flag) for flag in self.row.flags]


@strawberry.type(
    description="A period by agency, as far as the caller may read returns (bàn theo dõi kỳ báo cáo)."
)
class ReturnsDesk:
    """Counts are of all rows, rows those asked for."""

    found: strawberry.Private[desk.Desk]

    @strawberry.field(description="How many agencies owe a return (số phải nộp).")
    def expected_count(self) -> int:
        """Those the caller may read."""
        return len(self.found.rows)

    @strawberry.field(description="How many are late (số nộp chậm).")
    def late_count(self) -> int:
        """Handed in late, or due and not handed in."""
        return self.found.late

    @strawberry.field(description="How many are in each state, the empty ones too (số theo trạng thái).")
    def counts(self) -> list[StateCount]:
        """Nothing begun first."""
        counts = self.found.counts
        states = [None, *ReturnState]
        return [
            StateCount(state=state, count=counts.get(state.name if state else desk.NONE, 0))
            for state in states
        ]

    @strawberry.field(
        description="Where Home Affairs fetches the letter to late agencies as PDF, below the hub's address, with the"
        " same `Authorization: Bearer` as here or a session of the pages; null while the period is not open or nobody"
        " who reports to it is late (công văn đôn đốc)."
    )
    def letter_url(self, info: Info) -> str | None:
        """Fetched by who may remind."""
        if not self.found.has_late_body:
            return None
        key = self.found.period.id or 0
        one = models.AgencyReturn(period_id=key, agency_id=self.found.rows[0].agency_id)
        may = info.context.actor.may("follow", "return", one, of_unit=False)
        return f"/periods/{key}/letter.pdf" if may else None

    @strawberry.field(description="The agencies for which everything asked for holds, by name (các cơ quan).")
    def rows(
        self,
        info: Info,
        states: Annotated[
            list[ReturnState] | None, strawberry.argument(description="Any of these states (trạng thái).")
        ] = None,
        not_begun: Annotated[
            bool, strawberry.argument(description="Those without a return too, or alone (chưa soạn).")
        ] = False,
        is_late: Annotated[bool | None, strawberry.argument(description="Late or not (nộp chậm).")] = None,
        is_odd: Annotated[
            bool | None, strawberry.argument(description="With or without anomalies (có điểm bất thường).")
        ] = None,
        mine: Annotated[
            bool, strawberry.argument(description="Those the caller checks (phân công cho tôi).")
        ] = False,
    ) -> list[DeskRow]:
        """Without arguments all of them."""
        wanted = [*(state.name for state in states or ()), *([desk.NONE] if not_begun else [])]
        reviewer = info.context.actor.name if mine else None
        picked = desk.picked(self.found.rows, states=wanted, late=is_late, flagged=is_odd, reviewer=reviewer)
        return [DeskRow(row=row) for row in picked]


_Period = Annotated[strawberry.ID, strawberry.argument(description="The period (kỳ báo cáo).")]


@strawberry.type
class ReturnDeskQuery:
    """Reads of the period desk and of the form."""

    @root(
        One(
            {
                ("id",): "{t}.id = {id}::bigint",
                ("periodId", "agencyCode"): "{t}.period_id = {periodId}::bigint and {t}.agency_id = "
                + agency_of("{agencyCode}::text"),
            },
            {"id": key_of("ReturnCase"), "periodId": key_of("ReportingPeriod")},
        )
    )
    def return_case(
        self,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="Its global id (mã).")] = UNSET,
        period_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="The period, with agencyCode (kỳ).")
        ] = UNSET,
        agency_code: Annotated[
            str | None, strawberry.argument(description="Code of the agency, with periodId (mã cơ quan).")
        ] = UNSET,
    ) -> ReturnCase | None:
        """The desk's case of an agency; null while nothing was noted, or not seen (theo dõi báo cáo)."""
        raise NotImplementedError

    @strawberry.field(
        description="A period by agency: where each return is, by when, who checks it, whom to call, what is odd"
        " (bàn theo dõi kỳ báo cáo)."
    )
    async def returns_desk(self, info: Info, period_id: _Period) -> ReturnsDesk:
        """Anomalies cost two scorecards of the city."""
        actor, key = info.context.actor, int(key_of("ReportingPeriod")(period_id))
        found: desk.Desk = await info.context.seam.read(
            lambda session: desk.desk(session, actor, period_seen(session, actor, key), flagged=True)
        )
        return ReturnsDesk(found=found)

    @strawberry.field(
        description="What an agency's return for a period is made of: what is asked, the hub's figures beside those of"
        " the period before, what units said, what is odd (biểu báo cáo của cơ quan)."
    )
    async def return_form(
        self,
        info: Info,
        period_id: _Period,
        agency_code: Annotated[str, strawberry.argument(description="Code of the agency (mã cơ quan).")],
    ) -> ReturnForm:
        """There before the return is begun."""
        actor, key = info.context.actor, int(key_of("ReportingPeriod")(period_id))
        found: ReturnForm = await info.context.seam.read(
            lambda session: read_form(session, actor, key, agency_code, info)
        )
        return found

    @strawberry.field(
        description="The bytes of a file attached to a return, in base64; `ReturnAttachment.url` gives them as they are"
        " (nội dung tài liệu kèm theo)."
    )
    async def return_attachment(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The attachment (tài liệu).")],
    ) -> str:
        """One at a time: an answer is no place for many. Raises NotFound, ForgedId."""
        actor, key = info.context.actor, int(key_of("ReturnAttachment")(id))
        found: str = await info.context.seam.read(
            lambda session: base64.b64encode(attachment_seen(session, actor, key).content).decode()
        )
        return found
