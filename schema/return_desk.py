"""The period desk and the return form in GraphQL: what is asked, the hub's figures beside it, and who is where."""

from __future__ import annotations

import base64
from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry
from sqlmodel import Session
from strawberry import UNSET, Info

from hub.access.actor import Actor
from hub.agencies.queries import agency_by_code
from hub.kit.errors import NotFound
from hub.kit.ids import encode
from hub.returns import anomalies, asked, desk, figures, kept, models
from hub.returns.attachments import attachment_seen
from hub.returns.ledger import period_seen
from hub.returns.owed import place_of
from hub.returns.queries import return_of
from schema.agency_returns import DUE_ON, AgencyReturn, ReturnState, person
from schema.compiler.declarations import One, column, expression, identifier, record, root, several, to_one
from schema.kpi.names import Counted
from schema.kpi.values import IndicatorValue
from schema.lazy import AnAgency, APeriod
from schema.node import Node
from schema.records.conditions import agency_of, key_of
from schema.reminders import Reminder
from schema.scalars import JSON, Decimal, Percent

_ = strawberry.enum_value


@strawberry.enum(description="What a line of a case's log is about (loại ghi chú).")
class CaseNoteKind(Enum):
    """Kinds of notes."""

    CALL = _("CALL", description="A call (cuộc gọi đôn đốc).")
    EXTENSION = _("EXTENSION", description="More time given (gia hạn).")
    REVIEWER = _("REVIEWER", description="A reviewer named (phân công).")
    CONTACT = _("CONTACT", description="Whom to call (đầu mối liên hệ).")


@record(
    kept.CaseNote,
    resource="return",
    facts={"id": "{t}.case_id"},
    description="A line of a case's log, only ever added (ghi chú theo dõi).",
)
class CaseNote:
    """Who noted what, when."""

    kind: CaseNoteKind = column("kind", "What it is about (loại).")
    note: str = column("note", "What was noted (nội dung).")
    promised_on: date | None = column("promised_on", "By when the return was promised (hẹn nộp).")
    by: str | None = person("by_id", "Who noted it (người ghi).")
    at: datetime = column("at", "When (thời điểm).")


@record(
    kept.AgencyContact,
    resource="return",
    description="Whom to call about an agency's returns (đầu mối liên hệ).",
)
class AgencyContact:
    """Seen by who may read the agency's returns."""

    name: str = column("name", "Full name (họ tên).")
    position: str | None = column("position", "Position (chức vụ).")
    phone: str | None = column("phone", "Telephone (điện thoại).")
    email: str | None = column("email", "E-mail (thư điện tử).")


@record(
    kept.ReturnCase,
    resource="return",
    facts={
        "state": "null::text",
        "created_by": "null::bigint",
        "submitted_by": "null::bigint",
        "of_unit": "({t}.reports_to_id is not null)",
    },
    description="What the period desk keeps on one agency in one period (theo dõi báo cáo của cơ quan).",
)
class ReturnCase(Node):
    """There from the first extension, reviewer, call or contact on, whether a return was begun or not."""

    id: strawberry.ID = identifier()
    agency: AnAgency | None = to_one("agency_id", "The agency (cơ quan).")
    period: APeriod | None = to_one("period_id", "The period (kỳ báo cáo).")
    agency_return: AgencyReturn | None = to_one(
        "{t}.period_id = {p}.period_id and {t}.agency_id = {p}.agency_id",
        "Its return; null while none was begun (báo cáo).",
    )
    due_on: date = expression(DUE_ON, "By when the return is due, as extended (hạn nộp).")
    extended_to: date | None = column("extended_to", "More time, until this day (gia hạn đến).")
    extension_reason: str | None = column("extension_reason", "Why (lý do gia hạn).")
    reviewer: str | None = person("reviewer_id", "Who checks the return at Home Affairs (người kiểm tra).")
    contact: AgencyContact | None = to_one("{t}.agency_id = {p}.agency_id", "Whom to call (đầu mối liên hệ).")
    notes: list[CaseNote] = several("{t}.case_id = {p}.id", "{t}.id", "Its log, oldest first (các ghi chú).")
    version: int = column("version", "Counts changes (phiên bản).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")


@strawberry.enum(description="Why a return is looked at twice (loại điểm bất thường).")
class AnomalyKind(Enum):
    """Kinds of flags."""

    JUMP = _("JUMP", description="A figure moved far, unexplained (biến động lớn chưa giải trình).")
    CONTRADICTION = _(
        "CONTRADICTION", description="What is said and what the hub has differ (mâu thuẫn số liệu)."
    )
    NO_EVIDENCE = _("NO_EVIDENCE", description="Said to be done, without a paper (thiếu minh chứng).")


@strawberry.type(description="Something to look at twice (điểm bất thường).")
class Anomaly:
    """Names the figure, what was said and what the hub has."""

    kind: AnomalyKind = strawberry.field(description="Its kind (loại).")
    code: str = strawberry.field(description="Of which row or duty (mã chỉ tiêu, nhiệm vụ).")
    message: str = strawberry.field(description="In words, in the caller's language (nội dung).")


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
        return [_anomaly(info, flag) for flag in self.row.flags]


def _anomaly(info: Info, flag: anomalies.Flag) -> Anomaly:
    return Anomaly(kind=AnomalyKind[flag.kind], code=flag.code, message=flag.message(info.context.language))


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
        description="Where Home Affairs fetches the letter to late agencies as PDF, below the hub's address; null while"
        " the period is not open or nobody who reports to it is late (công văn đôn đốc)."
    )
    def letter_url(self, info: Info) -> str | None:
        """Fetched with a session of the pages, by who may remind."""
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
    plan, told = figures.form_figures(session, actor, found[0], period, row)
    flags = anomalies.anomalies(session, actor, period, found[0]).get(found[0], [])
    return ReturnForm(
        figures=[ReturnFigure(figure=one, plan=plan) for one in told],
        asked=[_asked(one) for one in asked.asked_of(session, actor, found[0], period)],
        anomalies=[_anomaly(info, flag) for flag in flags],
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
        description="The bytes of a file attached to a return, in base64 (nội dung tài liệu kèm theo)."
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
