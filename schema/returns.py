"""The half-year in GraphQL: plans, reporting periods, published reports; agencies' returns: agency_returns.py.

Counts of a period are about the returns that the caller may read: a clerk sees whether his own agency is late,
Home Affairs sees the city.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Annotated

import strawberry

from hub.plan import models as plan_models
from hub.returns import models
from hub.returns.owed import DUE, HANDED_IN, OWES
from schema.agency_returns import ReturnFilter, ReturnOrder
from schema.compiler.declarations import (
    ID,
    One,
    Page,
    Source,
    by,
    column,
    connection,
    expression,
    identifier,
    offers,
    record,
    root,
    to_one,
)
from schema.connections import UNSET, After, Before, Connection, First, Last
from schema.lazy import Agencies, AgencyReturns, AnAgency
from schema.node import Node
from schema.records.conditions import (
    agency_codes,
    any_of,
    at_least,
    at_most,
    day_key,
    include_subtree,
    key_of,
    within,
    words,
)
from schema.vocabulary import Action

_ = strawberry.enum_value
_Id = Annotated[strawberry.ID, strawberry.argument(description="Its global id (mã định danh).")]
_DEADLINE = day_key("deadline", "deadline")

_OWES = OWES.replace("{day}", "{p}.deadline") + " and {return of {a}.id}"
_DUE = DUE.replace("{a}", "{t}")
# What words are looked for in: the reporting date as people write it (30/06/2025, 30/6/2025), and the plan's code;
# its title names years, which would be found in every period.
_PERIOD = (
    "to_char({period}.deadline, 'DD/MM/YYYY FMDD/FMMM/YYYY') || ' ' ||"
    " (select p.code from plan p where p.id = {period}.plan_id)"
)
_HANDED_IN = f"r.state in {HANDED_IN}"


@strawberry.enum(description="Where a reporting period is (trạng thái kỳ báo cáo).")
class PeriodState(Enum):
    """States of a period."""

    PLANNED = _("PLANNED", description="Not yet open (dự kiến).")
    OPEN = _("OPEN", description="Returns are being made (đang mở).")
    CLOSED = _("CLOSED", description="No more returns (đã khóa).")
    PUBLISHED = _("PUBLISHED", description="The report is out (đã công bố).")


@strawberry.enum(description="What a period reports on (loại kỳ báo cáo).")
class PeriodKind(Enum):
    """Kinds of periods."""

    HALF_YEAR = _("HALF_YEAR", description="A half-year, 30/6 or 31/12 (báo cáo định kỳ 6 tháng, năm).")
    INTERIM = _("INTERIM", description="Several half-years on the way (sơ kết).")
    FINAL = _("FINAL", description="The plan as a whole (tổng kết).")


@strawberry.enum(description="Where a report is (trạng thái báo cáo tổng hợp).")
class ReportState(Enum):
    """States of a report."""

    DRAFT = _("DRAFT", description="Being written (đang soạn).")
    SUBMITTED = _("SUBMITTED", description="Submitted for approval (đã trình).")
    PUBLISHED = _("PUBLISHED", description="Published (đã công bố).")
    SUPERSEDED = _("SUPERSEDED", description="Replaced by a later revision (đã thay thế).")


@strawberry.enum(description="Orders of reporting periods (thứ tự kỳ báo cáo).")
class PeriodOrder(Enum):
    """Orders of periods."""

    DEADLINE_ASC = by(_DEADLINE, description="Earliest first (cũ trước).")
    DEADLINE_DESC = by(_DEADLINE, descending=True, description="Latest first (mới trước).")


@strawberry.enum(description="Orders of reports (thứ tự báo cáo).")
class ReportOrder(Enum):
    """Orders of reports."""

    ID_ASC = by(ID, description="As entered (theo thứ tự nhập).")
    ID_DESC = by(ID, descending=True, description="Last entered first (mới nhập trước).")


@strawberry.input(description="Which periods; every field given must hold (bộ lọc kỳ báo cáo).")
class PeriodFilter:
    """Conditions on periods."""

    deadline_from: date | None = at_least("{t}.deadline", "date", "Reporting date on or after (từ ngày).")
    deadline_to: date | None = at_most("{t}.deadline", "date", "Reporting date on or before (đến ngày).")
    states: list[PeriodState] | None = any_of("state", "Any of these states (trạng thái).")
    kinds: list[PeriodKind] | None = any_of("kind", "Any of these kinds (loại kỳ).")
    text: str | None = words(f"hub_fold({_PERIOD.format(period='{t}')})")


@strawberry.input(description="Which reports; every field given must hold (bộ lọc báo cáo).")
class ReportFilter:
    """Conditions on reports."""

    agency_codes: list[str] | None = agency_codes()
    include_subtree: bool | None = include_subtree()
    period_id: strawberry.ID | None = within(
        "period_id", "ReportingPeriod", "reporting_period", "Of this period (kỳ báo cáo)."
    )
    states: list[ReportState] | None = any_of("state", "Any of these states (trạng thái).")
    text: str | None = words(
        "hub_fold(coalesce({t}.number, '') || ' ' || coalesce((select a.name || ' ' || a.code from agency a"
        " where a.id = {t}.agency_id), '') || ' ' || (select "
        + _PERIOD.format(period="q")
        + " from reporting_period q where q.id = {t}.period_id))"
    )


@record(plan_models.Plan, resource="plan", description="A plan and the years it covers (kế hoạch).")
class Plan(Node):
    """An issued plan."""

    id: strawberry.ID = identifier()
    code: str = column("code", "Its code, e.g. 67/KH-UBND (số ký hiệu).")
    title: str = column("title", "Its title (tên kế hoạch).")
    issued_on: date = column("issued_on", "When issued (ngày ban hành).")
    issuer: str = column("issuer", "Who issued it (cơ quan ban hành).")
    period_from: date = column("period_from", "First day (từ ngày).")
    period_to: date = column("period_to", "Last day (đến ngày).")


@record(models.ReportingPeriod, resource="period", description="A reporting date of a plan (kỳ báo cáo).")
class ReportingPeriod(Node):
    """30/6 and 31/12 of each year (plan IV.1.g, IV.5.h)."""

    id: strawberry.ID = identifier()
    plan: Plan | None = to_one("plan_id", "The plan reported on (kế hoạch).")
    kind: PeriodKind = column("kind", "What it reports on (loại kỳ báo cáo).")
    covers_from: date | None = column(
        "covers_from", "The first day that a summary covers; null for a half-year (từ ngày)."
    )
    deadline: date = column("deadline", "The reporting date (thời điểm báo cáo).")
    returns_due_on: date = column("returns_due_on", "By when agencies hand in (hạn nộp của cơ quan).")
    unit_returns_due_on: date | None = column(
        "unit_returns_due_on", "By when their units hand in to them (hạn nộp của đơn vị trực thuộc)."
    )
    data_cutoff: date = column("data_cutoff", "Facts up to this day count (ngày chốt số liệu).")
    state: PeriodState = column("state", "Where it is (trạng thái).")
    expected_count: int = expression(
        f"(select count(*) from agency a where {_OWES.replace('{a}', 'a').replace('{p}', '{t}')})",
        "Agencies that owe a return, as far as the caller may read returns (số phải nộp).",
    )
    submitted_count: int = expression(
        f"(select count(*) from agency_return r where r.period_id = {{t}}.id and {_HANDED_IN}"
        " and {return of r.agency_id})",
        "Returns handed in, as far as the caller may read returns (số đã nộp).",
    )
    opened_at: datetime | None = column("opened_at", "When opened (thời điểm mở).")
    closed_at: datetime | None = column("closed_at", "When closed (thời điểm khóa).")
    version: int = column("version", "Counts changes; send it as expectedVersion (phiên bản).")
    created_at: datetime = column("created_at", "When entered (thời điểm tạo).")
    updated_at: datetime = column("updated_at", "When last changed (thời điểm sửa).")
    viewer_can: list[Action] = offers("What the caller may do with it (thao tác được phép).")

    @connection(
        "{p}.covers_from is not null and {t}.plan_id = {p}.plan_id and {t}.kind = 'HALF_YEAR'"
        " and {t}.deadline between {p}.covers_from and {p}.deadline"
    )
    def spans(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> ReportingPeriodConnection:
        """The half-years that a summary spans (các kỳ trong giai đoạn)."""
        raise NotImplementedError

    @connection("{t}.period_id = {p}.id")
    def returns(
        self,
        filter: ReturnFilter | None = UNSET,
        order_by: ReturnOrder | None = ReturnOrder.ID_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> AgencyReturns:
        """The agencies' returns (báo cáo của các cơ quan)."""
        raise NotImplementedError

    @connection(
        f"{_DUE} < :today and {_OWES.replace('{a}', '{t}')} and not exists (select 1 from"
        f" agency_return r where r.period_id = {{p}}.id and r.agency_id = {{t}}.id and {_HANDED_IN})"
    )
    def overdue(
        self, first: First = UNSET, after: After = UNSET, last: Last = UNSET, before: Before = UNSET
    ) -> Agencies:
        """Agencies whose return is late today, as far as the caller may read returns (cơ quan chậm nộp)."""
        raise NotImplementedError


@record(models.PublishedReport, resource="report", description="A half-year report (báo cáo định kỳ).")
class PublishedReport(Node):
    """Of the city, or of one agency; a correction is a new revision."""

    id: strawberry.ID = identifier()
    period: ReportingPeriod | None = to_one("period_id", "The period (kỳ báo cáo).")
    agency: AnAgency | None = to_one("agency_id", "Whose report; null for the city's (cơ quan).")
    revision: int = column("revision", "Counts corrections (lần sửa).")
    state: ReportState = column("state", "Where it is (trạng thái).")
    number: str | None = column("number", "Number of the document (số văn bản).")
    notation: str | None = column("notation", "Its notation, e.g. BC-SNV (ký hiệu văn bản).")
    issued_on: date | None = column("issued_on", "Its date (ngày văn bản).")
    pdf_url: str | None = expression(
        "case when {t}.object_key is not null then '/papers/' || {t}.sha256 || '.pdf' end",
        "A link to the PDF, below the hub's address; null while there is none (đường dẫn PDF).",
    )
    sha256: str | None = column("sha256", "SHA-256 of the PDF (mã băm).")
    brief_url: str | None = expression(
        "'/papers/' || {t}.brief_sha256 || '.pdf'",
        "A link to the one page for leadership that went out with the city's report (đường dẫn bản tóm tắt).",
    )
    brief_sha256: str | None = column("brief_sha256", "SHA-256 of that page (mã băm bản tóm tắt).")
    corrects: PublishedReport | None = to_one(
        "corrects_id", "The revision that it corrects (bản được đính chính)."
    )
    correction_reason: str | None = column("correction_reason", "Why it corrects it (lý do đính chính).")
    snapshot_id: strawberry.ID | None = expression(
        "(select encode(('Snapshot:' || s.id)::bytea, 'base64') from snapshot s where s.report_id = {t}.id"
        " order by s.id desc limit 1)",
        "The frozen figures it prints (bản chụp số liệu).",
    )
    submitted_at: datetime | None = column("submitted_at", "When submitted (thời điểm trình).")
    published_at: datetime | None = column("published_at", "When published (thời điểm công bố).")
    version: int = column("version", "Counts changes; send it as expectedVersion (phiên bản).")
    created_at: datetime = column("created_at", "When entered (thời điểm tạo).")


@strawberry.type(description="A page of reporting periods (danh sách kỳ báo cáo).")
class ReportingPeriodConnection(Connection[ReportingPeriod]):
    """Connection to periods."""


@strawberry.type(description="A page of reports (danh sách báo cáo).")
class PublishedReportConnection(Connection[PublishedReport]):
    """Connection to reports."""


@strawberry.type
class ReturnsQuery:
    """Reads of periods and reports."""

    @root(Page((Source("true"),)))
    def reporting_periods(
        self,
        filter: PeriodFilter | None = UNSET,
        order_by: PeriodOrder | None = PeriodOrder.DEADLINE_ASC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> ReportingPeriodConnection:
        """Reporting periods, earliest first (danh sách kỳ báo cáo)."""
        raise NotImplementedError

    @root(One({("id",): "{t}.id = {id}::bigint"}, {"id": key_of("PublishedReport")}))
    def report(self, id: _Id) -> PublishedReport | None:
        """A report by its id; null when absent or not seen by the caller (một báo cáo)."""
        raise NotImplementedError

    @root(One({("id",): "{t}.id = {id}::bigint"}, {"id": key_of("ReportingPeriod")}))
    def reporting_period(self, id: _Id) -> ReportingPeriod | None:
        """A period by its id; null when absent or not seen by the caller (một kỳ báo cáo)."""
        raise NotImplementedError

    @root(Page((Source("true"),)))
    def reports(
        self,
        filter: ReportFilter | None = UNSET,
        order_by: ReportOrder | None = ReportOrder.ID_DESC,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> PublishedReportConnection:
        """Reports that the caller may see, last first (danh sách báo cáo)."""
        raise NotImplementedError
