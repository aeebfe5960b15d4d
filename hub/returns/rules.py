"""The law of the half-year, pure: the days of a period, the steps of a return, what a return must say.

Source: Kế hoạch 67/KH-UBND, IV.1.g, IV.1.h, IV.5.h. Values in, values or field errors out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from hub.kit.clock import HANOI
from hub.kit.errors import FieldError
from policies.actions import ACTIONS

LONGEST_TEXT, LONGEST_LINE = 20_000, 2_000
# By when agencies and their units hand in, where nothing else is said: days before the city's report.
AGENCIES_BEFORE, UNITS_BEFORE = timedelta(days=10), timedelta(days=20)
_LARGEST = Decimal(10) ** 15
_HAND_IN = ("returns_due_on", "unit_returns_due_on")
# The days of a period as people call them.
_NAMES = {
    "covers_from": ("Ngày bắt đầu giai đoạn", "The first day it covers"),
    "returns_due_on": ("Hạn nộp của cơ quan", "The day by which agencies hand in"),
    "unit_returns_due_on": ("Hạn nộp của đơn vị trực thuộc", "The day by which units hand in"),
    "data_cutoff": ("Ngày chốt số liệu", "The data cut-off"),
}


class Step(NamedTuple):
    """A turn of a return: the mutation, the states it starts from, the one it leads to."""

    turn: str
    starts: tuple[str, ...]
    leads_to: str


STEPS = {
    "submit": Step("SUBMIT", ACTIONS["submitReturn"].starts, "SUBMITTED"),
    "withdraw": Step("WITHDRAW", ACTIONS["withdrawReturn"].starts, "DRAFT"),
    "approve": Step("APPROVE", ACTIONS["approveReturn"].starts, "APPROVED"),
    "return": Step("SEND_BACK", ACTIONS["sendBackReturn"].starts, "SENT_BACK"),
    "accept": Step("ACCEPT", ACTIONS["acceptReturn"].starts, "ACCEPTED"),
}
WRITTEN_IN = ACTIONS["saveReturn"].starts
# Whoever took one of these turns does not take the step: two people submit and decide, two approve and accept.
BARRED = {"approve": ("SUBMIT",), "accept": ("SUBMIT", "APPROVE")}


@dataclass(frozen=True)
class Days:
    """The days of a period; None for one that follows from the deadline."""

    deadline: date
    returns_due_on: date | None = None
    unit_returns_due_on: date | None = None
    data_cutoff: date | None = None
    covers_from: date | None = None

    def complete(self) -> Days:
        """With the usual days where none was said: ten days before for agencies, ten more for their units."""
        due = self.returns_due_on or self.deadline - AGENCIES_BEFORE
        units = self.unit_returns_due_on or min(due, self.deadline - UNITS_BEFORE)
        return Days(self.deadline, due, units, self.data_cutoff or self.deadline, self.covers_from)


def wrong_days(kind: str, days: Days) -> list[FieldError]:
    """What is wrong with the days of a period, each complete."""
    errors = []
    if kind == "HALF_YEAR" and (days.deadline.month, days.deadline.day) not in ((6, 30), (12, 31)):
        errors.append(
            FieldError(
                "deadline",
                "NOT_A_HALF_YEAR",
                "Thời điểm báo cáo định kỳ là 30/6 hoặc 31/12 (Kế hoạch, IV.1.g). Sơ kết, tổng kết chọn loại kỳ khác.",
                "A half-year's report is of 30/6 or 31/12 (plan IV.1.g). Choose another kind for a summary.",
            )
        )
    if (kind == "HALF_YEAR") != (days.covers_from is None):
        errors.append(
            FieldError(
                "covers_from",
                "COVERS",
                "Sơ kết, tổng kết cần ngày bắt đầu giai đoạn; báo cáo định kỳ thì không.",
                "A summary needs the first day it covers; a half-year has none.",
            )
        )
    if days.covers_from is not None and days.covers_from >= days.deadline:
        errors.append(_order("covers_from", "trước thời điểm báo cáo", "before the deadline"))
    # A slip of the year puts the other days out of order as well: only the slip is told.
    if errors := errors or _before_it_begins(kind, days):
        return errors
    if days.returns_due_on is not None and days.returns_due_on > days.deadline:
        errors.append(_order("returns_due_on", "không sau thời điểm báo cáo", "not after the deadline"))
    if days.data_cutoff is not None and days.data_cutoff > days.deadline:
        errors.append(_order("data_cutoff", "không sau thời điểm báo cáo", "not after the deadline"))
    if (days.unit_returns_due_on or days.deadline) > (days.returns_due_on or days.deadline):
        errors.append(
            _order(
                "unit_returns_due_on",
                "không sau hạn nộp của cơ quan",
                "not after the day on which agencies hand in",
            )
        )
    return errors


def _before_it_begins(kind: str, days: Days) -> list[FieldError]:
    """The days that lie before what the period reports on: a slip of the year."""
    first = (
        days.covers_from
        if kind != "HALF_YEAR"
        else days.deadline.replace(month=days.deadline.month - 5, day=1)
    )
    return [
        FieldError(
            name,
            "BEFORE_PERIOD",
            f"{_NAMES[name][0]} {day:%d/%m/%Y} nằm trước khi kỳ bắt đầu ({first:%d/%m/%Y}). Hãy xem lại năm, tháng.",
            f"{_NAMES[name][1]}, {day}, lies before the period begins ({first}). Check year and month.",
        )
        for name in (*_HAND_IN, "data_cutoff")
        if (day := getattr(days, name)) is not None and first is not None and day < first
    ]


def passed_days(days: Days, today: date, before: Days | None = None) -> list[FieldError]:
    """The hand-in days that have passed already, of an open period whose reporting date has not; each complete.

    Of a period as it was `before`, those that are moved to an earlier day: whoever kept the day he was told would be
    late. A period whose reporting date has come may have such days: it is an older one that is entered late.
    """
    if today > days.deadline or (before is None and today == days.deadline):
        return []
    return [
        _passed(name, day, days.deadline, today, was)
        for name in _HAND_IN
        if (day := getattr(days, name)) is not None
        and day < today
        and ((was := getattr(before, name) if before else None) is None or day < was)
    ]


def _passed(field: str, day: date, deadline: date, today: date, was: date | None) -> FieldError:
    keep_vi = f", hoặc giữ ngày {was:%d/%m/%Y}" if was else ""
    keep_en = f", or keep {was}" if was else ""
    return FieldError(
        field,
        "DAY_PASSED",
        f"{_NAMES[field][0]} {day:%d/%m/%Y} đã qua: ai chưa nộp sẽ bị tính là nộp chậm ngay. Hãy chọn một ngày từ hôm "
        f"nay ({today:%d/%m/%Y}) đến {deadline:%d/%m/%Y}{keep_vi}.",
        f"{_NAMES[field][1]}, {day}, has passed: whoever has not handed in would be late at once. Choose a day from "
        f"today ({today}) to {deadline}{keep_en}.",
    )


def _order(field: str, vi: str, en: str) -> FieldError:
    names = _NAMES[field]
    return FieldError(
        field, "WRONG_ORDER", f"{names[0]} phải {vi}. Hãy sửa lại ngày.", f"{names[1]} must be {en}. Mend it."
    )


def is_late(handed_in_at: datetime | None, due_on: date, today: date) -> bool:
    """Whether a return came, or is, after the day it was due; days are those of Hà Nội, whatever the sender's clock."""
    return (handed_in_at.astimezone(HANOI).date() if handed_in_at else today) > due_on


def wrong_text(field: str, text: str | None, longest: int = LONGEST_TEXT) -> FieldError | None:
    """A text is of some length, and of characters that can be printed."""
    if text is None:
        return None
    if len(text) > longest:
        return FieldError(
            field, "TOO_LONG", f"Quá dài ({len(text)} ký tự). Hãy rút gọn còn {longest} ký tự, hoặc đính kèm tệp.",
            f"Too long ({len(text)} characters). Shorten it to {longest}, or attach a file.",
        )  # fmt: skip
    if any(ord(char) < 32 and char not in "\n\t" for char in text) or any(
        0xD800 <= ord(char) <= 0xDFFF for char in text
    ):
        return FieldError(
            field, "BAD_CHARACTER", "Có ký tự điều khiển không in được. Hãy xóa rồi nhập lại.",
            "It has a control character that cannot be printed. Delete it and type anew.",
        )  # fmt: skip
    return None


def missing_to_submit(results: str | None, difficulties: str | None) -> list[FieldError]:
    """What a return must say before it goes on: results and difficulties (IV.5.h), if only that there were none."""
    return [
        FieldError(
            field,
            "REQUIRED",
            f"Hãy ghi {vi}; nếu không có, ghi «Không có».",
            f'State {en}; if there are none, say "none".',
        )
        for field, text, vi, en in (
            ("results", results, "kết quả, tiến độ thực hiện", "results and progress"),
            ("difficulties", difficulties, "khó khăn, vướng mắc", "difficulties"),
        )
        if not (text or "").strip()
    ]  # fmt: skip


def amount(field: str, said: str | Decimal | None) -> tuple[Decimal | None, FieldError | None]:
    """A count or amount as a decimal of two places, not negative."""
    if said is None or said == "":
        return None, None
    try:
        value = Decimal(said)
        if not value.is_finite() or not 0 <= value < _LARGEST or value != round(value, 2):
            raise InvalidOperation
    except InvalidOperation:
        return None, FieldError(
            field,
            "BAD_AMOUNT",
            f"«{str(said)[:40]}» không phải số không âm, tối đa hai chữ số thập phân (ví dụ 12.5). Hãy sửa lại.",
            f'"{str(said)[:40]}" is no number of zero or more with two places at most (like 12.5). Mend it.',
        )
    return value, None


def says_nothing(line: Mapping[str, Any]) -> bool:
    """Whether a line has been emptied."""
    return not any(value not in (None, "", {}) for value in line.values())
