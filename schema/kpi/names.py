"""What a figure is called: the key inside the global id of an IndicatorValue, by which it is read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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


def _key(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise ValueError
    return int(text)
