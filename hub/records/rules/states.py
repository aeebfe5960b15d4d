"""The life of a file: opened, closed when the work ends, handed over to the agency's archive, accepted there.

Hand-over inside an agency is duty IV.5.đ of Kế hoạch 67; the steps follow NĐ 30/2020, Điều 28-31.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from hub.kit.errors import NotPermitted
from hub.records.errors import FondsClosed, WrongState


class Step(NamedTuple):
    """A step of a file: the states it starts from and the one it leads to."""

    starts: tuple[str, ...]
    leads_to: str


STEPS = {
    "close": Step(("OPEN",), "CLOSED"),
    "reopen": Step(("CLOSED",), "OPEN"),  # never after submission: it is sent back first
    "submit": Step(("CLOSED",), "SUBMITTED"),
    "accept": Step(("SUBMITTED",), "ACCEPTED"),
    "return": Step(("SUBMITTED",), "CLOSED"),
}

# Where documents may be added, moved and listed: while the matter is open, and by the historical archive,
# which arranges old fonds of its own.
CONTENTS_CHANGE_IN = ("OPEN", "TRANSFERRED")
# What is being checked stands still; what was disposed of is evidence.
DESCRIPTION_CHANGES_IN = ("OPEN", "CLOSED", "ACCEPTED", "TRANSFERRED")

# A document may be shown elsewhere as long as its home file exists.
FILE_STATES_WITH_RECORDS = ("OPEN", "CLOSED", "SUBMITTED", "ACCEPTED", "TRANSFERRED")


def stand_in_the_way(state: str, allowed: tuple[str, ...]) -> WrongState | None:
    """The problem of a file that is in none of the allowed states."""
    return None if state in allowed else WrongState(state, allowed)


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
