"""What can stand in the way of the half-year's work; each leaf says what to do next.

NotPermitted
└── OwnReturn               who submitted a return neither approves nor accepts it; who approved it does not accept it

Invalid
└── DecidedMeanwhile        returns were accepted while the figures of their period were being counted

Conflict
├── WrongReturnState        the step does not start from where the return is
├── WrongPeriodState        the period is not open, or the step does not start from where it is
├── ReturnNotOwed           the agency owes no return for this period
└── AgencyEnded             the body has ended; its successor reports
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hub.kit.errors import Conflict, FieldError, Invalid, NotPermitted, Problem

RETURN_STATES = {
    "DRAFT": ("đang soạn", "a draft"), "SUBMITTED": ("đã trình", "submitted"), "APPROVED": ("đã duyệt", "approved"),
    "SENT_BACK": ("bị trả lại", "sent back"), "ACCEPTED": ("đã tiếp nhận", "accepted"),
}  # fmt: skip
PERIOD_STATES = {
    "PLANNED": ("dự kiến", "planned"), "OPEN": ("đang mở", "open"), "CLOSED": ("đã khóa", "closed"),
    "PUBLISHED": ("đã công bố", "published"),
}  # fmt: skip


class OwnReturn(NotPermitted):
    """Two people submit and decide, two approve and accept; no administrator can change that, another can help.

    `approved`: he has approved it, else submitted it; `instead` are names of people who may do the step.
    """

    def __init__(self, action: str, instead: Sequence[str], *, approved: bool = False) -> None:
        self.action = f"return:{action}"
        did, barred = ("duyệt", "tự tiếp nhận") if approved else ("trình", "tự duyệt, tự tiếp nhận")
        names = "; ".join(instead)
        who_vi = (
            f"Người có thể làm bước này: {names}."
            if instead
            else "Hiện chưa có ai khác được phân quyền: hãy đề nghị quản trị cấp vai trò cho một người khác."
        )
        who_en = (
            f"Somebody else with the right must do it: {names}."
            if instead
            else "Somebody else must do it, and nobody else has the right: ask an administrator to give it to one."
        )
        done_en = "approved a return" if approved else "submitted a return"
        left_en = "does not accept it" if approved else "neither approves nor accepts it"
        Problem.__init__(
            self,
            f"Người {did} báo cáo (hoặc người có quan hệ ủy quyền với người {did}) không được {barred} báo cáo đó. "
            f"{who_vi}",
            f"Whoever {done_en}, or is bound to him by a delegation, {left_en}. {who_en}",
        )


class DecidedMeanwhile(Invalid):
    """A period cannot be closed while its returns are being decided; `deciders` are who did, one for each."""

    def __init__(self, deciders: Sequence[str | None]) -> None:
        names = "; ".join(dict.fromkeys(name for name in deciders if name)) or "–"
        super().__init__(
            [
                FieldError(
                    "id",
                    "DECIDED_MEANWHILE",
                    f"Trong lúc đếm số liệu, {len(deciders)} báo cáo vừa được tiếp nhận hoặc trả lại ({names}). Kỳ vẫn "
                    "đang mở và chưa có gì thay đổi. Hãy đề nghị họ tạm dừng vài phút rồi khóa kỳ lại.",
                    f"While figures were counted, {len(deciders)} returns were accepted or sent back ({names}). The "
                    "period is still open, and nothing has changed. Ask them to wait a few minutes, then close again.",
                )
            ]
        )


class WrongReturnState(Conflict):
    """The step does not start from the state the return is in: a second submission, a decision made twice."""

    code = "WRONG_STATE"

    def __init__(self, state: str, allowed: Sequence[str]) -> None:
        self.state, self.allowed = state, tuple(allowed)
        vi, en = RETURN_STATES[state]
        starts = [RETURN_STATES[one] for one in allowed]
        super().__init__(
            f"Báo cáo {vi}; bước này chỉ làm được khi báo cáo {', hoặc '.join(one for one, _ in starts)}. "
            "Hãy tải lại để xem trạng thái hiện tại.",
            f"The return is {en}; this can be done only while it is {' or '.join(one for _, one in starts)}. "
            "Load it again to see where it is.",
        )


class WrongPeriodState(Conflict):
    """Nothing is written or decided in a period that is not open."""

    code = "WRONG_PERIOD_STATE"

    def __init__(self, state: str, allowed: Sequence[str] = ("OPEN",)) -> None:
        self.state, self.allowed = state, tuple(allowed)
        vi, en = PERIOD_STATES[state]
        starts = [PERIOD_STATES[one] for one in allowed]
        super().__init__(
            f"Kỳ báo cáo {vi}; bước này chỉ làm được khi kỳ {', hoặc '.join(one for one, _ in starts)}. "
            "Nếu cần, hãy đề nghị Sở Nội vụ.",
            f"The period is {en}; this can be done only while it is {' or '.join(one for _, one in starts)}. "
            "Ask Home Affairs if need be.",
        )


class ReturnNotOwed(Conflict):
    """The agency has no archive of its own on the reporting date, or did not exist yet."""

    code = "RETURN_NOT_OWED"

    def __init__(self, agency: str, day: date) -> None:
        super().__init__(
            f"«{agency}» không phải lập báo cáo cho kỳ {day:%d/%m/%Y}: vào ngày đó cơ quan không có lưu trữ cơ quan "
            "riêng. Số liệu của cơ quan nằm trong báo cáo của cơ quan cấp trên.",
            f'"{agency}" owes no return for {day}: it has no archive of its own on that day. '
            "The body above reports for it.",
            path=("agencyId",),
        )


class AgencyEnded(Conflict):
    """The body has ended (giải thể, hợp nhất): nobody reports for it any more but its successor."""

    code = "AGENCY_ENDED"

    def __init__(self, name: str, ended_on: date, successors: Sequence[str]) -> None:
        to_vi = f"cơ quan kế thừa ({'; '.join(successors)})" if successors else "cơ quan cấp trên"
        to_en = f"what succeeded it ({'; '.join(successors)})" if successors else "the body above"
        super().__init__(
            f"«{name}» đã kết thúc hoạt động từ ngày {ended_on:%d/%m/%Y}. Nội dung báo cáo do {to_vi} báo cáo.",
            f'"{name}" ended on {ended_on}. Its matters are reported by {to_en}.',
            path=("agencyId",),
        )
