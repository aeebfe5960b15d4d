"""What stands in the way of publishing a report.

Problem
├── NotPermitted
│   └── OwnReport            whoever submitted it does not publish it
└── Conflict
    ├── WrongReportState     the step does not start from the state the report is in
    ├── PeriodStillOpen      figures are published of a closed period
    ├── NotFrozen            the period's figures were not frozen
    ├── NothingDiffers       a correction that changes no figure
    ├── NothingToDo          no report of the period stands where the work would start
    └── PaperChanged         the stored PDF is not the one that its SHA-256 names
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hub.kit.errors import Conflict, NotPermitted, Problem

_STATES = {
    "DRAFT": ("đang soạn", "a draft"),
    "SUBMITTED": ("đã trình", "submitted"),
    "PUBLISHED": ("đã công bố", "published"),
    "SUPERSEDED": ("đã thay thế", "superseded"),
}


class WrongReportState(Conflict):
    """The step starts from another state."""

    code = "WRONG_STATE"

    def __init__(self, state: str, allowed: Sequence[str]) -> None:
        self.state, self.allowed = state, tuple(allowed)
        vi = " hoặc ".join(_STATES[one][0] for one in allowed)
        en = " or ".join(_STATES[one][1] for one in allowed)
        super().__init__(
            f"Báo cáo đang ở trạng thái «{_STATES[state][0]}», bước này chỉ làm được khi báo cáo {vi}. Hãy tải lại"
            " báo cáo rồi chọn bước tiếp theo.",
            f"The report is {_STATES[state][1]}; this step starts from {en}. Load it again and choose the next step.",
        )


class OwnReport(NotPermitted):
    """Two people submit and publish; no administrator can change that, another person can help."""

    def __init__(self) -> None:
        self.action = "report:publish"
        Problem.__init__(
            self,
            "Người trình báo cáo (hoặc người có quan hệ ủy quyền với người trình) không được tự công bố báo cáo đó. Hãy"
            " để người khác có thẩm quyền công bố.",
            "Whoever submitted a report, or is bound to him by a delegation, does not publish it. Somebody else with"
            " the right must do it.",
        )


class PeriodStillOpen(Conflict):
    """The period takes returns still, so its figures are not final."""

    code = "PERIOD_STILL_OPEN"

    def __init__(self, deadline: date) -> None:
        super().__init__(
            f"Kỳ báo cáo {deadline:%d/%m/%Y} chưa khóa, số liệu còn thay đổi. Hãy khóa kỳ rồi lập báo cáo.",
            f"The period of {deadline} is not closed, its figures may still change. Close it, then draft the report.",
        )


class NotFrozen(Conflict):
    """The period was closed without its figures frozen, or has none of this agency."""

    code = "NOT_FROZEN"

    def __init__(self, deadline: date) -> None:
        super().__init__(
            f"Kỳ báo cáo {deadline:%d/%m/%Y} chưa chốt số liệu của cơ quan này. Hãy gọi freezePeriod rồi lập báo cáo.",
            f"The figures of this body for the period of {deadline} are not frozen. Call freezePeriod, then draft the"
            " report.",
        )


class NothingDiffers(Conflict):
    """The records give the same figures and the same members as the report in force."""

    code = "NOTHING_DIFFERS"

    def __init__(self) -> None:
        super().__init__(
            "Số liệu và danh sách hồ sơ, văn bản vẫn như báo cáo đã công bố, không có gì để đính chính. Hãy kiểm tra"
            " lại dữ liệu đã sửa.",
            "The figures and the records behind them are those of the published report; there is nothing to correct."
            " Check that the records were mended.",
        )


class NothingToDo(Conflict):
    """Many were asked for, and none is left that it could be done to."""

    code = "NOTHING_TO_DO"

    def __init__(self) -> None:
        super().__init__(
            "Không có báo cáo cơ quan nào của kỳ này đang chờ bước này. Hãy tải lại danh sách báo cáo.",
            "No agency’s report of this period waits for this step. Load the list of reports again.",
        )


class PaperChanged(Conflict):
    """The file on disk is gone, or its bytes are others."""

    code = "PAPER_CHANGED"

    def __init__(self, sha256: str) -> None:
        super().__init__(
            f"Tệp PDF {sha256[:12]}… không còn nguyên vẹn trong kho. Hãy báo quản trị hệ thống khôi phục từ bản sao"
            " lưu.",
            f"The PDF {sha256[:12]}… in the store is not what it was. Ask the administrator to restore it from backup.",
        )
