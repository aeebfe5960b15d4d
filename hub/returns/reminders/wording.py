"""What a reminder says: Vietnamese first, then English; of bodies and days, never of persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hub.kit.numerals import day

CITY_DESK = ("Sở Nội vụ", "the Department of Home Affairs")
_KINDS = {
    "HALF_YEAR": ("báo cáo định kỳ", "half-year return"),
    "INTERIM": ("báo cáo sơ kết", "interim return"),
    "FINAL": ("báo cáo tổng kết", "final return"),
}
_STATES = {
    "NONE": ("cơ quan chưa lập báo cáo", "no return has been begun"),
    "DRAFT": ("báo cáo đang soạn, chưa trình", "the return is a draft"),
    "SENT_BACK": (
        "báo cáo đã bị trả lại để sửa, chưa trình lại",
        "the return was sent back and not submitted again",
    ),
}


@dataclass(frozen=True)
class Asked:
    """What one agency is reminded of; `days` are working days until it is due, negative when it is overdue."""

    agency: str
    receiver: str | None
    plan: str
    kind: str
    deadline: date
    due_on: date
    state: str
    days: int
    note: str | None = None


def mail_subject(one: Asked) -> str:
    """One line; what it is, and by when."""
    name, due = f"{_KINDS[one.kind][0]}, kỳ {day(one.deadline)}", day(one.due_on)
    return f"Quá hạn nộp {name} (hạn {due})" if one.days < 0 else f"Nhắc nộp {name}, hạn {due}"


def mail_text(one: Asked) -> str:
    """The whole mail without the address of the hub, which the sender adds."""
    vi, en = _KINDS[one.kind]
    receiver_vi, receiver_en = (one.receiver, one.receiver) if one.receiver else CITY_DESK
    state_vi, state_en = _STATES[one.state]
    told = [
        f"Kính gửi: {one.agency}",
        f"Theo Kế hoạch {one.plan} (mục IV.5.h), {one.agency} nộp {vi}, kỳ {day(one.deadline)}, cho {receiver_vi} "
        f"chậm nhất ngày {day(one.due_on)} ({left(one.days)[0]}). Hiện nay {state_vi}.",
    ]
    if one.note:
        told.append(f"Ý kiến của {CITY_DESK[0]}: {one.note}")
    told += [
        "Việc cần làm: đăng nhập hệ thống, mở báo cáo của kỳ, ghi kết quả và khó khăn, vướng mắc, rồi trình thủ trưởng "
        "cơ quan duyệt. Nếu báo cáo vừa được nộp, xin bỏ qua thư này.",
        "---",
        f"The {en} of {one.agency} for {one.deadline} (plan {one.plan}, IV.5.h) is due to {receiver_en} by "
        f"{one.due_on} ({left(one.days)[1]}); {state_en}. Sign in, fill it in and submit it to the agency's head.",
    ]
    return "\n\n".join(told)


def left(days: int) -> tuple[str, str]:
    """How much time there is, in both languages."""
    if days < 0:
        return f"quá hạn {-days} ngày làm việc", f"{-days} working day{'s' if days < -1 else ''} overdue"
    if days == 0:
        return "hôm nay là ngày cuối cùng", "today is the last day"
    return f"còn {days} ngày làm việc", f"{days} working day{'s' if days > 1 else ''} left"
