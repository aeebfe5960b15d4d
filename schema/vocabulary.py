"""Closed lists of words (enums) that records share, and how the database says them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import strawberry

from policies.actions import ACTIONS
from schema.compiler.rows import action_name

_ = strawberry.enum_value


@strawberry.enum(description="How records came to be (nguồn gốc hình thành).")
class Origin(Enum):
    """Of a file: derived from its items where it has any."""

    BORN_DIGITAL = _("BORN_DIGITAL", description="Created electronically (gốc điện tử).")
    DIGITIZED = _("DIGITIZED", description="Scanned from paper (số hóa).")
    MIXED = _("MIXED", description="Some of each (hỗn hợp).")
    PAPER = _("PAPER", description="On paper, not digitised at all (giấy, chưa số hóa).")


@strawberry.enum(description="Who may use a record (chế độ sử dụng).")
class AccessMode(Enum):
    """Modes 01, 02, 03 of TT 05/2025/TT-BNV."""

    OPEN = _("OPEN", description="Open to everybody (công khai).")
    CONDITIONAL = _("CONDITIONAL", description="Open under conditions (sử dụng có điều kiện).")
    SECRET = _("SECRET", description="Secret (mật).")


ACCESS_SQL = "case {t}.access_level when 0 then 'OPEN' when 1 then 'CONDITIONAL' when 2 then 'SECRET' end"
ACCESS_LEVELS = {"OPEN": "0", "CONDITIONAL": "1", "SECRET": "2"}


@strawberry.enum(description="How long a record is kept (loại thời hạn lưu trữ).")
class RetentionKind(Enum):
    """Kinds of retention; a blank is unknown, never permanent."""

    PERMANENT = _("PERMANENT", description="Permanently (vĩnh viễn).")
    YEARS = _("YEARS", description="A number of years (có thời hạn).")
    UNTIL_EVENT = _("UNTIL_EVENT", description="Until something happens (đến khi có sự kiện).")
    LEGACY_LONG = _("LEGACY_LONG", description="Old class: long (lâu dài).")
    LEGACY_TEMPORARY = _("LEGACY_TEMPORARY", description="Old class: temporary (tạm thời).")
    UNKNOWN = _("UNKNOWN", description="Not said (chưa xác định).")


@strawberry.enum(description="Where a file is in its life (trạng thái hồ sơ).")
class FileState(Enum):
    """States of a file."""

    OPEN = _("OPEN", description="Being made (đang lập).")
    CLOSED = _("CLOSED", description="Work ended, numbered (đã kết thúc).")
    SUBMITTED = _("SUBMITTED", description="Handed to the agency's archive (đã nộp).")
    ACCEPTED = _("ACCEPTED", description="In the agency's archive (đã tiếp nhận).")
    TRANSFERRED = _("TRANSFERRED", description="In the historical archive (đã giao nộp lịch sử).")
    DISPOSED = _("DISPOSED", description="Disposed of (đã hủy).")


@strawberry.enum(description="Whether a document counts (trạng thái văn bản).")
class ItemState(Enum):
    """States of an item."""

    ACTIVE = _("ACTIVE", description="In the file (hiệu lực).")
    DRAFT = _("DRAFT", description="A draft (dự thảo).")
    DUPLICATE = _("DUPLICATE", description="A duplicate (bản trùng).")
    WITHDRAWN = _("WITHDRAWN", description="Withdrawn (đã rút).")
    DESTROYED = _("DESTROYED", description="Destroyed (đã hủy).")


@strawberry.enum(description="Which way a document went (chiều văn bản).")
class Direction(Enum):
    """Văn bản đi, đến, nội bộ."""

    OUTGOING = _("OUTGOING", description="Sent (văn bản đi).")
    INCOMING = _("INCOMING", description="Received (văn bản đến).")
    INTERNAL = _("INTERNAL", description="Within the agency (văn bản nội bộ).")


@strawberry.enum(description="What is known of the digital signature (bằng chứng chữ ký số).")
class SignatureEvidence(Enum):
    """Evidence of a signature."""

    VERIFIED = _("VERIFIED", description="Checked and valid (đã xác thực).")
    DECLARED = _("DECLARED", description="Declared, not checked (được khai báo).")
    UNKNOWN = _("UNKNOWN", description="Not known (chưa rõ).")
    NOT_REQUIRED = _("NOT_REQUIRED", description="Not required (không yêu cầu).")


@strawberry.enum(description="How exact a date is (độ chính xác của ngày).")
class DatePrecision(Enum):
    """Precision of a date as written."""

    DAY = _("DAY", description="To the day (ngày).")
    MONTH = _("MONTH", description="To the month (tháng).")
    YEAR = _("YEAR", description="To the year (năm).")
    UNKNOWN = _("UNKNOWN", description="Not known (không rõ).")


_VIETNAMESE = {
    "rotateApiKey": "đổi mã truy cập",
    "revokeApiKey": "thu hồi mã truy cập",
    "endSession": "kết thúc phiên đăng nhập",
    "closeFonds": "đóng phông",
    "moveSeries": "chuyển nhóm hồ sơ",
    "describeFile": "biên mục hồ sơ",
    "closeFile": "kết thúc hồ sơ",
    "reopenFile": "mở lại hồ sơ",
    "submitFile": "nộp hồ sơ",
    "acceptFile": "tiếp nhận hồ sơ",
    "sendBackFile": "trả lại hồ sơ",
    "correctItem": "sửa văn bản",
    "moveItem": "chuyển văn bản",
    "listItem": "đưa văn bản vào hồ sơ khác",
    "unlistItem": "bỏ văn bản khỏi hồ sơ khác",
    "confirmAccessChange": "xác nhận thay đổi mức tiếp cận",
    "rejectAccessChange": "không chấp nhận thay đổi mức tiếp cận",
    "renameAgency": "đổi tên cơ quan",
    "moveAgency": "chuyển cơ quan cấp trên",
    "mergeAgencies": "hợp nhất cơ quan",
    "splitAgency": "chia, tách cơ quan",
    "dissolveAgency": "giải thể cơ quan",
    "updateUser": "sửa tài khoản",
    "disableUser": "khóa tài khoản",
    "enableUser": "mở khóa tài khoản",
    "endGrant": "thu hồi vai trò",
    "endDelegation": "thôi ủy quyền",
    "openPeriod": "mở kỳ báo cáo",
    "updatePeriod": "sửa kỳ báo cáo",
    "closePeriod": "khóa kỳ báo cáo",
    "reopenPeriod": "mở lại kỳ báo cáo",
    "saveReturn": "lưu báo cáo",
    "submitReturn": "trình báo cáo",
    "withdrawReturn": "rút báo cáo đã trình",
    "approveReturn": "duyệt báo cáo",
    "sendBackReturn": "trả lại báo cáo",
    "acceptReturn": "tiếp nhận báo cáo",
    "acceptReturns": "tiếp nhận nhiều báo cáo",
    "attachToReturn": "đính kèm tài liệu",
    "detachFromReturn": "bỏ tài liệu đính kèm",
    "extendReturn": "gia hạn nộp báo cáo",
    "assignReviewer": "phân công người kiểm tra",
    "noteCall": "ghi cuộc gọi đôn đốc",
    "setContact": "ghi đầu mối liên hệ",
    "freezePeriod": "chốt số liệu kỳ báo cáo",
    "submitReport": "trình báo cáo",
    "sendBackReport": "trả lại báo cáo",
    "printReport": "in báo cáo để công bố",
    "publishReport": "công bố báo cáo",
    "amendExclusion": "sửa đề nghị loại trừ",
    "withdrawExclusion": "rút đề nghị loại trừ",
    "approveExclusion": "duyệt trường hợp loại trừ",
    "returnExclusion": "trả lại đề nghị loại trừ",
    "liftExclusion": "bãi bỏ trường hợp loại trừ",
}


@strawberry.enum(description="What a caller may do with a record (thao tác được phép).")
class Action(Enum):
    """One member for each mutation on a record that exists; the mutations are the list."""

    _ignore_ = ["members", "mutation", "action"]
    members = vars()
    for mutation, action in ACTIONS.items():
        if not action.is_creation:
            members[action_name(mutation)] = _(
                action_name(mutation),
                description=f"The mutation {mutation} ({_VIETNAMESE.get(mutation, action.name)}).",
            )


def labels(sql: str, words: type[Enum]) -> dict[str, str]:
    """SQL that turns a word into its labels, taken from its description: English first, Vietnamese in brackets."""
    definition = words.__strawberry_definition__  # type: ignore[attr-defined]
    parted = {value.name: value.description.rpartition("(") for value in definition.values}
    return {
        "label": _cases(sql, {name: vietnamese.rstrip(").") for name, (_, _, vietnamese) in parted.items()}),
        "label_en": _cases(sql, {name: english.strip() for name, (english, _, _) in parted.items()}),
    }


def _quoted(words: str) -> str:
    """Words of ours as the inside of an SQL string."""
    return words.replace("'", "''")


def _cases(sql: str, told: Mapping[str, str]) -> str:
    cases = " ".join(f"when '{name}' then '{_quoted(label)}'" for name, label in told.items())
    return f"case {sql} {cases} else {sql} end"
