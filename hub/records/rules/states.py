"""The life of a file: opened, closed when the work ends, handed over to the agency's archive, accepted there.

Hand-over inside an agency is duty IV.5.đ of Kế hoạch 67; the steps follow NĐ 30/2020, Điều 28-31.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from hub.records.errors import FondsClosed, FondsClosedForWork, OwnSubmission, WrongState
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
    "DISPOSED": ("đã hủy", "disposed of"),
}  # fmt: skip
# Of a fonds one says that it is shut, not that its work has ended.
FONDS_LABELS = {**LABELS, "CLOSED": ("đã đóng", "closed")}


def stand_in_the_way(state: str, allowed: tuple[str, ...], resource: str = "file") -> WrongState | None:
    """The problem of a record that is in none of the allowed states."""
    if state in allowed:
        return None
    labels = FONDS_LABELS if resource == "fonds" else LABELS
    states = [labels.get(one, (one, one)) for one in (state, *allowed)]
    return WrongState(state, allowed, [vi for vi, _ in states], [en for _, en in states])


def may_accept(submitted_by: int | None, actor_id: int | None) -> OwnSubmission | None:
    """Who handed a file over does not accept it (separation of duties; CHECK ck_file_accepted_by_another)."""
    if actor_id is not None and submitted_by == actor_id:
        return OwnSubmission()
    return None


def may_take(fonds_state: str, closed_on: date | None, start: date | None) -> FondsClosed | None:
    """A closed fonds takes only what began by the day it was closed: the backlog is described, not continued."""
    if fonds_state == "OPEN":
        return None
    if start is not None and closed_on is not None and start <= closed_on:
        return None
    return FondsClosed(closed_on)


def may_reopen(fonds_state: str, closed_on: date | None) -> FondsClosedForWork | None:
    """A fonds was closed when the work on its files had ended (FondsHasOpenFiles); it stays so."""
    return None if fonds_state == "OPEN" else FondsClosedForWork(closed_on)


def has_ended(valid_to: date | None, on: date) -> bool:
    """Whether a body no longer exists on that day; `valid_to` is the first day without it."""
    return valid_to is not None and valid_to <= on
