"""What figures and their lines are called: the keys inside their global ids, by which they are read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hub.kpi.breakdown import By
from hub.kpi.values import BreakdownRow

MOST_DIGITS = 18  # of a bigint


@dataclass(frozen=True)
class Counted:
    """A figure counted from the records: plan, indicator, agency (by its key, which no renaming changes), day."""

    plan: str
    code: str
    agency_id: int | None
    as_of: date

    def __str__(self) -> str:
        agency = "" if self.agency_id is None else self.agency_id
        return f"{self.plan}|{self.code}|{agency}|{self.as_of.isoformat()}"


@dataclass(frozen=True)
class Frozen:
    """A figure as it stands in the snapshot of a report."""

    snapshot_id: int
    code: str

    def __str__(self) -> str:
        return f"@{self.snapshot_id}|{self.code}"


Name = Counted | Frozen


def read_name(text: str) -> Name | None:
    """The name in a key; None for what the hub never wrote."""
    try:
        if text.startswith("@"):
            snapshot, code = text[1:].split("|", 1)
            found: Name = Frozen(_key(snapshot), code)
        else:
            plan, code, agency, day = text.rsplit("|", 3)
            found = Counted(plan, code, _key(agency) if agency else None, date.fromisoformat(day))
    except ValueError:
        return None
    return found if str(found) == text and "\0" not in text else None


@dataclass(frozen=True)
class LineName:
    """A line of a figure's breakdown: the cut, what the line is about, and the figure's key."""

    by: By
    about: str
    owner: str

    @classmethod
    def of(cls, line: BreakdownRow, by: By, owner: str) -> LineName:
        """An agency by its key, which no renaming changes; kinds and years as they are."""
        return cls(by, str(line.agency.id) if line.agency else line.key, owner)

    def __str__(self) -> str:
        return f"{self.by.value}|{self.about}|{self.owner}"


def read_line(text: str) -> LineName | None:
    """The name in the key of a line; None for what the hub never wrote."""
    try:
        by, about, owner = text.split("|", 2)
        return LineName(By(by), about, owner)
    except ValueError:
        return None


def _key(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise ValueError
    return int(text)
