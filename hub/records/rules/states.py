"""The life of a file: opened, closed when the work ends, handed over to the agency's archive, accepted there.

Hand-over inside an agency is duty IV.5.đ of Kế hoạch 67; the steps follow NĐ 30/2020, Điều 28-31.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from hub.kit.errors import NotPermitted
from hub.records.errors import FondsClosed, WrongState
from policies.actions import ACTIONS


class Step(NamedTuple):
    """A step of a file: the states it starts from and the one it leads to."""

    starts: tuple[str, ...]
    leads_to: str


STEPS = {
    "close": Step(ACTIONS["closeFile"].starts, "CLOSED"),
    "reopen": Step(ACTIONS["reopenFile"].starts, "OPEN"),  # never after submission: it is sent back first
    "submit": Step(ACTIONS["submitFile"].starts, "SUBMITTED"),
    "accept": Step(ACTIONS["acceptFile"].starts, "ACCEPTED"),
    "return": Step(ACTIONS["sendBackFile"].starts, "CLOSED"),
}
CONTENTS_CHANGE_IN = ACTIONS["moveItem"].starts
DESCRIPTION_CHANGES_IN = ACTIONS["describeFile"].starts
FILE_STATES_WITH_RECORDS = ACTIONS["listItem"].starts

LABELS = {
    "OPEN": ("đang mở", "open"), "CLOSED": ("đã kết thúc", "closed"), "SUBMITTED": ("đã nộp", "submitted"),
    "ACCEPTED": ("đã tiếp nhận", "accepted"), "TRANSFERRED": ("đã giao nộp lịch sử", "transferred"),
    "DISPOSED": ("đã hủy", "disposed"),
}  # fmt: skip


def stand_in_the_way(state: str, allowed: tuple[str, ...]) -> WrongState | None:
    """The problem of a file that is in none of the allowed states."""
    if state in allowed:
        return None
    states = [LABELS.get(one, (one, one)) for one in (state, *allowed)]
    return WrongState(state, allowed, [vi for vi, _ in states], [en for _, en in states])


def may_accept(submitted_by: int | None, actor_id: int | None) -> NotPermitted | None:
    """Who handed a file over does not accept it (separation of duties; CHECK ck_file_accepted_by_another)."""
    if actor_id is not None and submitted_by == actor_id:
        return NotPermitted(
            "file:accept", "hồ sơ do chính bạn giao nộp", "a file that you submitted yourself"
        )
    return None


def may_take(fonds_state: str, closed_on: date | None, start: date | None) -> FondsClosed | None:
    """A closed fonds takes only what began by the day it was closed: the backlog is described, not continued."""
    if fonds_state == "OPEN":
        return None
    if start is not None and closed_on is not None and start <= closed_on:
        return None
    return FondsClosed(closed_on)


def has_ended(valid_to: date | None, on: date) -> bool:
    """Whether a body no longer exists on that day; `valid_to` is the first day without it."""
    return valid_to is not None and valid_to <= on
