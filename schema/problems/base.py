"""What every problem tells, and the closed list of their codes."""

from __future__ import annotations

from enum import Enum

import strawberry

_ = strawberry.enum_value


@strawberry.enum(description="What kind of problem stands in the way (mã lỗi).")
class ProblemCode(Enum):
    """Codes of problems; a program decides by them, never by the text."""

    NOT_FOUND = _("NOT_FOUND", description="Absent, or not to be seen by the caller (không tìm thấy).")
    NOT_PERMITTED = _("NOT_PERMITTED", description="Seen, but without the right (không có quyền).")
    INVALID = _("INVALID", description="The input breaks rules (dữ liệu chưa hợp lệ).")
    STALE_VERSION = _("STALE_VERSION", description="Somebody changed the record first (phiên bản đã cũ).")
    IDEMPOTENCY_KEY_REUSED = _(
        "IDEMPOTENCY_KEY_REUSED",
        description="The key stands for another request (khóa đã dùng cho việc khác).",
    )
    REFERENCE_CODE_TAKEN = _("REFERENCE_CODE_TAKEN", description="Another record has the code (trùng mã).")
    DUPLICATE_ITEM = _("DUPLICATE_ITEM", description="The document is registered already (trùng văn bản).")
    WRONG_STATE = _("WRONG_STATE", description="The step does not start from this state (sai trạng thái).")
    FILE_NOT_NUMBERED = _(
        "FILE_NOT_NUMBERED", description="Documents of the file are not numbered (chưa đánh số văn bản)."
    )
    FONDS_CLOSED = _("FONDS_CLOSED", description="The fonds takes nothing new (phông đã đóng).")
    FONDS_HAS_OPEN_FILES = _(
        "FONDS_HAS_OPEN_FILES",
        description="Files of the fonds are still open (phông còn hồ sơ chưa kết thúc).",
    )
    AGENCY_ENDED = _("AGENCY_ENDED", description="The body has ended (cơ quan đã kết thúc hoạt động).")
    ALREADY_LISTED = _(
        "ALREADY_LISTED", description="The document is in that file already (đã có trong hồ sơ)."
    )
    USER_NAME_TAKEN = _("USER_NAME_TAKEN", description="Another account has the name (trùng tên).")
    ROLES_IN_CONFLICT = _(
        "ROLES_IN_CONFLICT", description="The roles may not meet in one person (vai trò xung đột)."
    )
    ALREADY_GRANTED = _("ALREADY_GRANTED", description="He has the role there already (đã có vai trò).")
    GRANT_ENDED = _("GRANT_ENDED", description="The grant has ended already (vai trò đã hết hiệu lực).")
    STEP_UP_REQUIRED = _(
        "STEP_UP_REQUIRED", description="To be proved anew first, by stepUp (cần xác thực lại)."
    )
    WRONG_CODE = _("WRONG_CODE", description="A code that is wrong, old or used (mã không đúng).")
    NO_SECOND_FACTOR = _("NO_SECOND_FACTOR", description="None enrolled yet (chưa có yếu tố thứ hai).")
    KEY_IN_ROTATION = _("KEY_IN_ROTATION", description="Two keys are valid already (đang đổi mã).")
    KEY_ENDED = _("KEY_ENDED", description="The key works no more (mã đã hết hiệu lực).")
    WRONG_PERIOD_STATE = _(
        "WRONG_PERIOD_STATE", description="The period is not where this can be done (kỳ báo cáo không mở)."
    )
    RETURN_NOT_OWED = _(
        "RETURN_NOT_OWED", description="The agency owes no return for the period (không phải báo cáo)."
    )
    RECORD_PUBLISHED = _("RECORD_PUBLISHED", description="The record is published (đã công bố).")
    ADMINISTRATION_CLOSED = _(
        "ADMINISTRATION_CLOSED",
        description="Administered from elsewhere, or at another time (ngoài giờ hoặc ngoài mạng quản trị).",
    )
    ACCESS_CHANGE_DECIDED = _("ACCESS_CHANGE_DECIDED", description="It waits no more (đã được quyết định).")
    PERIOD_STILL_OPEN = _("PERIOD_STILL_OPEN", description="The period is not closed (kỳ chưa khóa).")
    CUTOFF_NOT_REACHED = _(
        "CUTOFF_NOT_REACHED", description="The data cut-off has not come (chưa đến ngày chốt số liệu)."
    )
    NOT_FROZEN = _("NOT_FROZEN", description="The period's figures are not frozen (chưa chốt số liệu).")
    NOTHING_DIFFERS = _("NOTHING_DIFFERS", description="There is nothing to correct (không có thay đổi).")
    NOTHING_TO_DO = _(
        "NOTHING_TO_DO",
        description="No agency's report of the period stands where the step starts (không có báo cáo chờ bước này).",
    )
    EXCLUSION_DECIDED = _("EXCLUSION_DECIDED", description="It was decided already (đã quyết định).")
    EXCLUSION_NOT_GRANTED = _(
        "EXCLUSION_NOT_GRANTED", description="The row grants no exceptions (chỉ tiêu không cho loại trừ)."
    )
    EXCLUSION_NOT_IN_FORCE = _(
        "EXCLUSION_NOT_IN_FORCE", description="Only what was approved is lifted (chưa được duyệt)."
    )
    NOT_PRINTED = _("NOT_PRINTED", description="The PDF could not be made (chưa lập được PDF).")


@strawberry.interface(description="Why a mutation changed nothing (lý do chưa thực hiện được).")
class Problem:
    """What all problems tell."""

    code: ProblemCode = strawberry.field(description="For programs (mã lỗi).")
    message: str = strawberry.field(
        description="For people, in the language of Accept-Language: what happened and what to do (nội dung)."
    )
    path: list[str] | None = strawberry.field(description="The input field it is about (trường liên quan).")
