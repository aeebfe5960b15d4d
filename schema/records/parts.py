"""Groups of fields that several records have: retention, dates, document type, what is due for transfer."""

from __future__ import annotations

from datetime import date
from enum import Enum

import strawberry

from hub.records.terms import FILE_CREATED, ITEM_CREATED, due_by_law, due_by_plan, obstacle
from schema.compiler.declarations import column, expression, part, worded
from schema.vocabulary import DatePrecision, RetentionKind

_ = strawberry.enum_value


@strawberry.type(description="How long a record is kept (thời hạn lưu trữ).")
class Retention:
    """Retention as a kind, years where the kind has them, and the words it was taken from."""

    kind: RetentionKind = column("retention_kind", "The kind (loại thời hạn).")
    years: int | None = column("retention_years", "Years, for the kind YEARS (số năm).")
    text: str | None = column("retention_text", "As it was written (nguyên văn).")


def retention() -> Retention:
    """The retention of a file or an item."""
    return part("How long it is kept (thời hạn lưu trữ).")


@strawberry.type(description="A date as exactly as it is known (ngày với độ chính xác).")
class ImpreciseDate:
    """The days between which the date lies."""

    earliest: date | None = column("{earliest}", "The earliest day it can be (sớm nhất).")
    latest: date | None = column("{latest}", "The latest day it can be (muộn nhất).")
    precision: DatePrecision | None = column("{precision}", "How exact it is (độ chính xác).")
    text: str | None = column("{text}", "As it was written (nguyên văn).")


@strawberry.type(description="From when to when, as exactly as it is known (thời gian tài liệu).")
class DateRange:
    """The dates of a file."""

    start: ImpreciseDate = part(
        "The beginning (bắt đầu).",
        earliest="start_date",
        latest="start_latest",
        precision="start_precision",
        text="start_text",
    )
    end: ImpreciseDate = part(
        "The end (kết thúc).",
        earliest="end_date",
        latest="end_latest",
        precision="end_precision",
        text="end_text",
    )


def _doc_type(label: str) -> str:
    return (
        f"coalesce((select c.{label} from code_list_entry c where c.list_name = 'doc_type' and c.value = {{t}}.doc_type"
        " order by c.valid_from <= :today desc, c.valid_from desc limit 1), {t}.doc_type_text, {t}.doc_type)"
    )


@strawberry.type(description="The type of a document (tên loại văn bản).")
class DocType:
    """A coded value with its label, or the words that no code fits."""

    value: str | None = column("doc_type", "The code in the list doc_type (mã loại).")
    label: str = expression(_doc_type("label"), "The label for people, in Vietnamese (nhãn).")
    label_en: str = expression(
        _doc_type("label_en"), "The label in English; words that no code fits as written (nhãn tiếng Anh)."
    )


@strawberry.type(description="Who signed a document (người ký).")
class Signer:
    """Name and position as written."""

    name: str | None = worded("signer_name", "Item", "Name (họ tên).")
    position: str | None = column("signer_position", "Position (chức vụ).")


@strawberry.enum(description="What stands in the way of a transfer (lý do chưa giao nộp được).")
class TransferObstacle(Enum):
    """The first obstacle found, in this order; a record itself knows the first four, the radar all."""

    ON_HOLD = _("ON_HOLD", description="Held for an inquiry or a dispute (đang bị tạm giữ).")
    SECRET = _("SECRET", description="Secret: only after declassification (tài liệu mật, phải giải mật).")
    FILE_OPEN = _("FILE_OPEN", description="Its file is still being made (hồ sơ chưa kết thúc).")
    NOT_IN_AGENCY_ARCHIVE = _(
        "NOT_IN_AGENCY_ARCHIVE",
        description="Not yet accepted by the agency's own archive (chưa nộp vào lưu trữ cơ quan).",
    )
    RETENTION_UNKNOWN = _(
        "RETENTION_UNKNOWN",
        description="It is not known whether it is permanent (chưa rõ thời hạn lưu trữ).",
    )
    DATE_UNKNOWN = _(
        "DATE_UNKNOWN", description="Without a date nobody knows when it is due (chưa rõ ngày để tính hạn)."
    )
    NOT_ON_SOURCE_LIST = _(
        "NOT_ON_SOURCE_LIST",
        description="The agency is not on the source list (cơ quan không thuộc danh mục nguồn nộp lưu).",
    )
    AWAITING_ACCEPTANCE = _(
        "AWAITING_ACCEPTANCE",
        description="Handed in, the historical archive has not decided yet (đã nộp, chờ tiếp nhận).",
    )
    RETURNED = _("RETURNED", description="The historical archive sent it back (bị trả lại).")
    NO_CHANNEL = _(
        "NO_CHANNEL",
        description="No system of the agency is integrated with the historical archive's (hệ thống chưa tích hợp).",
    )


@strawberry.type(
    description="By when permanent records go to the historical archive (hạn giao nộp vào lưu trữ lịch sử)."
)
class TransferDue:
    """Two terms side by side: the plan is stricter than the law (plan II.1.d; Archives Law 33/2024)."""

    plan: date | None = expression(
        due_by_plan("{created}"),
        "By the plan: three years after creation, of a file after its end, of one without an end after its start"
        " (theo kế hoạch: 3 năm từ khi tạo lập; hồ sơ tính từ khi kết thúc).",
    )
    law: date | None = expression(
        due_by_law("{handed_over}"),
        "By law: within five years from the year of hand-over to the agency's archive; null before it "
        "(theo luật: 5 năm từ năm nộp vào lưu trữ cơ quan).",
    )
    blocked_by: TransferObstacle | None = expression(
        "{obstacle}", "What stands in the way; null when nothing does (lý do chưa giao nộp được)."
    )


def transfer_due_of_file() -> TransferDue | None:
    """When a file is due; null unless it is permanent and still with the agency."""
    return part(
        "By when it goes to the historical archive; null unless permanent and still here (hạn giao nộp).",
        when="{t}.retention_kind = 'PERMANENT' and {t}.state not in ('TRANSFERRED', 'DISPOSED')",
        created=FILE_CREATED,
        handed_over="{t}.accepted_at",
        obstacle=obstacle("{t}.state"),
    )


_FILE = "(select f.{} from file f where f.id = {{t}}.file_id)"


def transfer_due_of_item() -> TransferDue | None:
    """When an item is due, by its own date and its home file's hand-over."""
    state = _FILE.format("state")
    return part(
        "By when it goes to the historical archive; null unless permanent and still here (hạn giao nộp).",
        when="{t}.retention_kind = 'PERMANENT' and {t}.state not in ('WITHDRAWN', 'DESTROYED')"
        f" and {state} not in ('TRANSFERRED', 'DISPOSED')",
        created=ITEM_CREATED,
        handed_over=_FILE.format("accepted_at"),
        obstacle=obstacle(state),
    )
