"""Agencies' returns in GraphQL: what they say, declare and attach, where they are, and every turn they took."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from hub.returns import kept, models
from hub.returns.owed import DUE
from schema.compiler.declarations import (
    ID,
    One,
    Page,
    Source,
    by,
    column,
    condition,
    connection,
    expression,
    identifier,
    offers,
    record,
    root,
    several,
    to_one,
)
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.lazy import AnAgency, APeriod
from schema.node import Node
from schema.records.conditions import (
    agency_codes,
    agency_of,
    any_of,
    include_subtree,
    key_of,
    within,
    words,
)
from schema.scalars import JSON, Decimal
from schema.vocabulary import Action

_ = strawberry.enum_value
# By when the row's agency hands in for the row's period, of a return or a case.
DUE_ON = (
    f"(select {DUE.replace('{p}', 'q').replace('{a}', 'b')} from reporting_period q, agency b"
    " where q.id = {t}.period_id and b.id = {t}.agency_id)"
)
_LATE = f"(coalesce(({{t}}.handed_in_at at time zone 'Asia/Ho_Chi_Minh')::date, :today) > {DUE_ON})"
PERSON = "(select u.full_name from app_user u where u.id = {{t}}.{column})"
_OF_ITS_RETURN = {"id": "{t}.return_id"}
_LINES = (
    "(select i.position from indicator i where i.id = {t}.indicator_id),"
    " (select d.position from duty d where d.id = {t}.duty_id)"
)


def person(name: str, description: str) -> str | None:
    """The name of the user whose id stands in a column; who reads the row may know who wrote or decided."""
    found: str | None = expression(PERSON.format(column=name), description)
    return found


@strawberry.enum(description="Where a return is (trạng thái báo cáo của cơ quan).")
class ReturnState(Enum):
    """States of a return."""

    DRAFT = _("DRAFT", description="Being written (đang soạn).")
    SUBMITTED = _("SUBMITTED", description="Submitted to the head of the agency (đã trình).")
    APPROVED = _("APPROVED", description="Approved by the head of the agency (đã duyệt).")
    SENT_BACK = _("SENT_BACK", description="Sent back for correction (trả lại).")
    ACCEPTED = _(
        "ACCEPTED", description="Accepted by Home Affairs, of a unit by the body above (đã tiếp nhận)."
    )


@strawberry.enum(description="A step of a return from one hand to another (lượt xử lý báo cáo).")
class Turn(Enum):
    """Kinds of turns."""

    SUBMIT = _("SUBMIT", description="Submitted to the head (trình).")
    WITHDRAW = _("WITHDRAW", description="Taken back before a decision (rút).")
    APPROVE = _("APPROVE", description="Approved by the head (duyệt).")
    SEND_BACK = _("SEND_BACK", description="Sent back with the reason (trả lại).")
    ACCEPT = _("ACCEPT", description="Accepted (tiếp nhận).")


@strawberry.enum(description="Orders of returns (thứ tự báo cáo của cơ quan).")
class ReturnOrder(Enum):
    """Orders of returns."""

    ID_ASC = by(ID, description="As begun (theo thứ tự lập).")
    ID_DESC = by(ID, descending=True, description="Last begun first (mới lập trước).")


@strawberry.input(description="Which returns; every field given must hold (bộ lọc báo cáo cơ quan).")
class ReturnFilter:
    """Conditions on returns."""

    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    period_id: strawberry.ID | None = within(
        "period_id", "ReportingPeriod", "reporting_period", "Of this period (kỳ báo cáo)."
    )
    states: list[ReturnState] | None = any_of("state", "Any of these states (trạng thái).")
    is_late: bool | None = condition(
        f"{_LATE} = {{v}}", "bool", "Handed in after the day it was due, or due and not handed in (nộp chậm)."
    )
    of_units: bool | None = condition(
        "{t}.of_unit = {v}",
        "bool",
        "Of units, which go to the body above; false: those that go to Home Affairs (của đơn vị trực thuộc).",
    )
    text: str | None = words(
        "hub_fold(coalesce({t}.results, '') || ' ' || coalesce({t}.difficulties, '') || ' '"
        " || coalesce({t}.proposals, ''))"
    )


@record(
    kept.ReturnLine,
    resource="return",
    facts=_OF_ITS_RETURN,
    description="What a return declares of a row of the plan or a duty (nội dung kê khai).",
)
class ReturnLine:
    """With its evidence; a note on a figure that the hub counts is the agency's explanation."""

    code: str = expression(
        "coalesce((select i.code from indicator i where i.id = {t}.indicator_id),"
        " (select d.code from duty d where d.id = {t}.duty_id))",
        "Code of the row or duty, e.g. 3.1, IV.5.d (mã chỉ tiêu, nhiệm vụ).",
    )
    title: str = expression(
        "coalesce((select i.title_vi from indicator i where i.id = {t}.indicator_id),"
        " (select d.text_vi from duty d where d.id = {t}.duty_id))",
        "Its words in the plan (nội dung).",
    )
    numerator: Decimal | None = column("numerator", "How much is done (đã thực hiện).")
    denominator: Decimal | None = column("denominator", "Of how much (tổng số).")
    value: str | None = column("value", "Progress in words (tiến độ).")
    note: str | None = column("note", "A remark, or why a figure is as it is (ghi chú, giải trình).")
    document_number: str | None = column(
        "document_number", "Number of the paper that proves it (số văn bản)."
    )
    document_date: date | None = column("document_date", "Its date (ngày văn bản).")
    quantities: JSON = column(
        "quantities", "Amounts by the codes that the duty asks for, decimals as strings (các số lượng)."
    )


@record(
    kept.ReturnAttachment,
    resource="return",
    facts=_OF_ITS_RETURN,
    description="A file attached as evidence (tài liệu kèm theo).",
)
class ReturnAttachment:
    """Its bytes are fetched from its url, or read by returnAttachment, one at a time."""

    id: strawberry.ID = identifier()
    url: str = expression(
        "'/returns/' || {t}.return_id || '/attachments/' || {t}.id",
        "Where it is fetched, below the hub's address, with the same `Authorization: Bearer` as here or a session of "
        "the pages (đường dẫn tải về).",
    )
    name: str = column("name", "Name of the file (tên tệp).")
    mime_type: str = column("mime_type", "What it is (loại tệp).")
    size: int = column("size", "Bytes (dung lượng).")
    sha256: str = column("sha256", "Checksum (mã băm).")
    created_by: str | None = person("created_by", "Who attached it (người đính kèm).")
    created_at: datetime = column("created_at", "When (thời điểm).")


@record(
    kept.ReturnTurn,
    resource="return",
    facts=_OF_ITS_RETURN,
    description="A turn of a return, kept for good (lượt xử lý).",
)
class ReturnTurn:
    """Who, on whose behalf, when, from where to where, and why."""

    turn: Turn = column("turn", "What was done (việc đã làm).")
    from_state: ReturnState = column("from_state", "Where it was (từ trạng thái).")
    to_state: ReturnState = column("to_state", "Where it went (đến trạng thái).")
    note: str | None = column("note", "What was said (ý kiến).")
    by: str | None = person("by_id", "Who did it (người thực hiện).")
    on_behalf_of: str | None = person("on_behalf_of", "On whose behalf, by delegation (thay mặt).")
    version: int = column("version", "The version that came of it (phiên bản).")
    at: datetime = column("at", "When (thời điểm).")


@record(models.AgencyReturn, resource="return", description="What an agency reports (báo cáo của cơ quan).")
class AgencyReturn(Node):
    """Results, difficulties and proposals of one agency for one period, what it declares, and its way."""

    id: strawberry.ID = identifier()
    agency: AnAgency | None = to_one("agency_id", "Who reports (cơ quan báo cáo).")
    period: APeriod | None = to_one("period_id", "The period (kỳ báo cáo).")
    reports_to: AnAgency | None = to_one(
        "reports_to_id", "The body above that a unit reports to; null: Home Affairs (nơi nhận báo cáo)."
    )
    state: ReturnState = column("state", "Where it is (trạng thái).")
    results: str | None = column("results", "Results and progress (kết quả, tiến độ).")
    difficulties: str | None = column("difficulties", "Difficulties (khó khăn, vướng mắc).")
    proposals: str | None = column("proposals", "Proposals (đề xuất, kiến nghị).")
    figures: JSON = column(
        "figures",
        "The hub's figures by code as they stood when it was last submitted, each with the percent of the period"
        " before; returnFigures counts them now (số liệu khi trình).",
    )
    lines: list[ReturnLine] = several(
        "{t}.return_id = {p}.id", f"{_LINES}, {{t}}.id", "What it declares, in plan order (nội dung kê khai)."
    )
    attachments: list[ReturnAttachment] = several(
        "{t}.return_id = {p}.id", "{t}.id", "Evidence attached (tài liệu kèm theo)."
    )
    attach_url: str = expression(
        "'/returns/' || {t}.id || '/attach'",
        "Where evidence is sent, below the hub's address: `POST multipart/form-data` with the same "
        "`Authorization: Bearer` as here, fields `version` (as expectedVersion) and `file` (with its name; 5 MB at "
        "most); answers `{id, version}`, else `{code, message, errors}` (nơi gửi tài liệu kèm theo).",
    )
    turns: list[ReturnTurn] = several(
        "{t}.return_id = {p}.id", "{t}.id", "Every turn, the first one first (các lượt xử lý)."
    )
    due_on: date = expression(DUE_ON, "By when it is due, as extended (hạn nộp).")
    is_late: bool = expression(
        _LATE, "Handed in after that day in Hà Nội, or due and not handed in (nộp chậm)."
    )
    submitted_by: str | None = person("submitted_by", "Who submitted it last (người trình).")
    submitted_at: datetime | None = column("submitted_at", "When submitted (thời điểm nộp).")
    handed_in_at: datetime | None = column(
        "handed_in_at",
        "When it was first handed in and not taken back; by it one is late or not (thời điểm nộp lần đầu).",
    )
    approved_by: str | None = person("approved_by", "Who approved it (người duyệt).")
    approved_at: datetime | None = column("approved_at", "When approved (thời điểm duyệt).")
    decided_by: str | None = person("decided_by", "Who accepted it or sent it back (người xử lý).")
    decided_at: datetime | None = column("decided_at", "When decided (thời điểm xử lý).")
    decision_note: str | None = column("decision_note", "What was said in deciding (ý kiến xử lý).")
    version: int = column("version", "Counts changes; send it as expectedVersion (phiên bản).")
    created_at: datetime = column("created_at", "When entered (thời điểm tạo).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")
    viewer_can: list[Action] = offers(
        "What the caller may do with it (thao tác được phép).",
        period_open="exists (select from reporting_period o where o.id = {t}.period_id and o.state = 'OPEN')",
    )

    @connection("{t}.period_id = {p}.period_id and {t}.reports_to_id = {p}.agency_id")
    def unit_returns(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> AgencyReturnConnection:
        """Returns of units that report to this agency in the period (báo cáo của các đơn vị trực thuộc)."""
        raise NotImplementedError


@strawberry.type(description="A page of returns (danh sách báo cáo cơ quan).")
class AgencyReturnConnection(Connection[AgencyReturn]):
    """Connection to returns."""


ReturnId = Annotated[strawberry.ID | None, strawberry.argument(description="Its global id (mã định danh).")]
PeriodId = Annotated[
    strawberry.ID | None, strawberry.argument(description="The period, with agencyCode (kỳ báo cáo).")
]
OfAgency = Annotated[
    str | None, strawberry.argument(description="Code of the agency, with periodId (mã cơ quan).")
]


@strawberry.type
class AgencyReturnsQuery:
    """Reads of returns."""

    @root(Page((Source("true"),)))
    def returns(
        self,
        filter: ReturnFilter | None = UNSET,
        order_by: ReturnOrder | None = ReturnOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> AgencyReturnConnection:
        """Agencies' returns that the caller may see (danh sách báo cáo của cơ quan)."""
        raise NotImplementedError

    @root(
        One(
            {
                ("id",): "{t}.id = {id}::bigint",
                ("periodId", "agencyCode"): "{t}.period_id = {periodId}::bigint and {t}.agency_id = "
                + agency_of("{agencyCode}::text"),
            },
            {"id": key_of("AgencyReturn"), "periodId": key_of("ReportingPeriod")},
        )
    )
    def agency_return(
        self, id: ReturnId = UNSET, period_id: PeriodId = UNSET, agency_code: OfAgency = UNSET
    ) -> AgencyReturn | None:
        """A return by its id, or by period and agency; null when absent or not seen (một báo cáo)."""
        raise NotImplementedError
