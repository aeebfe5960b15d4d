"""What a parser hands on: rows in the columns of the staging table, some thousand at a time, and what is wrong.

A batch holds plain tuples, because they go to COPY as they are; nothing of a file is held longer than its batch.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from hub.importers.outcome import Finding, RowOutcome
from hub.records.intake.kinds import Kind

BATCH_ROWS = 500

Progress = Callable[[int, int, int], None]  # bytes read, bytes in all, rows found


@dataclass(slots=True)
class Batch:
    """Rows for the staging table in the order of `columns`; `outcomes` speak of rows that need words."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    outcomes: list[RowOutcome] = field(default_factory=list)
    # once they are on their way to the stage:
    staged: tuple[str, ...] = ()  # the columns that go there
    lines: bytes = b""  # and the rows as COPY reads them
    kinds: set[Kind] = field(default_factory=set)

    @property
    def level(self) -> str | None:
        """The level of all its rows, where they have one."""
        levels = {kind.level for kind in self.kinds}
        return levels.pop() if len(levels) == 1 else None

    def records(self) -> Iterator[dict[str, Any]]:
        """The rows by column name, for tests and for people."""
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))


@dataclass(slots=True)
class Reading:
    """One file being read: what the parser must know, and what it finds out about the file as a whole."""

    path: Path
    agency_code: str = ""
    default_fonds: str = ""
    is_fonds_assumed: bool = False  # the agency has other fonds that rows without a fonds could mean
    mapping: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None  # `files` or `items`, where the caller insists
    is_legacy: bool = False  # HD 169: a blank access mode means unrestricted
    progress: Progress | None = None
    notes: list[Finding] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    headers: dict[str, int] = field(default_factory=dict)  # sheet -> row of its column names
    sheets: list[tuple[int, str]] = field(default_factory=list)  # first row number of each sheet, in order

    def sheet_of(self, row: int | None) -> str:
        """The sheet that a row of the stage came from; no name where there are no sheets."""
        at = bisect_right(self.sheets, row or 0, key=lambda begun: begun[0])
        return self.sheets[at - 1][1] if at else ""

    def note(self, finding: Finding) -> None:
        """Say something about the file as a whole, once."""
        if finding not in self.notes:
            self.notes.append(finding)

    def tell(self, done: int, total: int, rows: int) -> None:
        """Report progress to whoever waits."""
        if self.progress is not None:
            self.progress(done, total, rows)


def fingerprint(values: object) -> bytes:
    """A short hash of a record's contents: equal contents change nothing on a second run."""
    return _hashed(repr(values))


def fingerprints(columns: Sequence[Sequence[object]]) -> list[bytes]:
    """The fingerprints of rows that lie in columns (two or more, each of one kind), as of each row's tuple.

    Most columns say the same few things over and over, and of these each is spelled once; a column that stands there
    twice is, too.
    """
    spelled: dict[int, list[str]] = {}
    for column in columns:
        if id(column) not in spelled:
            spelled[id(column)] = _spelled(column)
    rows = zip(*(spelled[id(column)] for column in columns), strict=True)
    return [_hashed(f"({', '.join(row)})") for row in rows]


def _spelled(column: Sequence[object]) -> list[str]:
    try:
        said = set(column)
    except TypeError:  # lists
        return list(map(repr, column))
    if 2 * len(said) > len(column):
        return list(map(repr, column))
    known = {value: repr(value) for value in said}
    return [known[value] for value in column]


def _hashed(spelled: str) -> bytes:
    return blake2b(spelled.encode("utf-8", "surrogatepass"), digest_size=16).digest()
