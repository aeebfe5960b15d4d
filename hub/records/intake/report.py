"""What the plan says about rows, for people: how many of each kind, which are refused and why, what else is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from hub.records.intake.plan import LEVELS
from hub.records.intake.stage import Cursor

_PLANS = " union all ".join(
    f"select row, '{level}' as level, action from pg_temp.import_{level} where row is not null"
    for level in LEVELS
)


class PlannedRow(NamedTuple):
    """A staged row and what becomes of it; `fault` and `warned` say what is wrong."""

    place: int
    level: str
    code: str | None
    action: str
    fault: str | None
    row: int
    first_row: int | None  # the row that was there first, and its place
    first_place: int | None
    warned: str | None
    named: str | None  # the file an item names
    shown: str | None  # what a person knows the row by when it has no code


def counts(cursor: Cursor) -> Counter[tuple[str, str]]:
    """How many rows of each level are created, updated, unchanged, listed, refused."""
    found: Counter[tuple[str, str]] = Counter()
    for level, action, number in cursor.execute(
        f"select level, action, count(*) from ({_PLANS}) p group by 1, 2"
    ):
        found[level, action] = number
    opened = cursor.execute(
        "select count(*) from pg_temp.import_fonds where row is null and action = 'created'"
    ).fetchone()
    if opened and opened[0]:
        found["fonds", "created"] += opened[0]
    return found


def rows(cursor: Cursor, *, limit: int, only_words: bool) -> Iterator[PlannedRow]:
    """The refused rows, then the others, each in the order of the file; `only_words` leaves out the quiet ones."""
    words = "where s.fault is not null or s.warned is not null" if only_words else ""
    cursor.execute(
        f"""
select s.place, s.level, coalesce(s.code, s.composed_code), p.action, s.fault, s.row, s.first_row, f.place,
       s.warned,
       coalesce(s.file_notation, s.file_code, s.parent_ref), coalesce(s.notation, left(s.title, 80))
  from pg_temp.import_stage s join ({_PLANS}) p on p.row = s.row
  left join pg_temp.import_stage f on f.row = s.first_row {words} order by s.fault is null, s.row limit %(limit)s
""",
        {"limit": limit},
    )
    for row in cursor:
        yield PlannedRow(*row)
