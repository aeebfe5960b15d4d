"""From parsed batches to the tables: stage, plan, write; a long list in parts while the rest is read.

In parts goes only what no look at the whole list could change: files that are new, without fault, in no series, each
under its own code; and items that are new, each in a file that is there, and twin of no other. Once a part is stored,
the first row that is not so raises `NeedsTheWhole`; the caller undoes all of it and begins again, and then everything
is staged before anything is planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from psycopg import DataError, IntegrityError
from psycopg.errors import DeadlockDetected, OutOfMemory, ProgramLimitExceeded
from sqlmodel import Session

from hub.access.actor import Actor
from hub.importers.ahead import Ahead
from hub.importers.batch import Batch
from hub.importers.outcome import FileResult
from hub.kit.errors import NotPermitted
from hub.records.intake import new_files, new_items
from hub.records.intake.checks import check_files, check_items
from hub.records.intake.kinds import Kind, kinds_of, picked
from hub.records.intake.new_files import are_all_new_files, open_new_fonds, write_new_files
from hub.records.intake.new_items import are_all_new_items, write_new_items
from hub.records.intake.plan import LEVELS, Intake, plan_files
from hub.records.intake.plan_items import plan_items
from hub.records.intake.stage import Cursor, fill_stage, lines_of, open_part, open_stage
from hub.records.intake.write import write

FIRST_ROWS = 1_000  # nothing is stored while they are read; a list that is shorter is planned
# A later part is what was read while the one before it was stored.
LEAST_ROWS = 2_500
MOST_ROWS = 10_000

# What is stored in parts, in this order, and the columns that this takes.
_STAGED = {"file": new_files.STAGED, "item": new_items.STAGED}

# A key or code is there already, or something in a row cannot be stored, which it need not where rows are refused;
# nothing new may come in, but all of it may be there; so many parts, so many locks; two lists that meet in their files.
_NO_PART = (IntegrityError, DataError, ProgramLimitExceeded, NotPermitted, OutOfMemory, DeadlockDetected)


class NeedsTheWhole(Exception):
    """A part of the list cannot be stored before the rest of it is known."""


@dataclass(slots=True)
class Storing:
    """The rows of one file on their way; `result` counts them."""

    session: Session
    cursor: Cursor
    actor: Actor
    intake: Intake
    result: FileResult
    _provided: dict[str, set[str]] = field(default_factory=lambda: {level: set() for level in LEVELS})
    _parts: int = 0
    _are_items_placed: set[bool] = field(default_factory=set)

    def stage(self, batches: Iterator[Batch], *, in_parts: bool) -> None:
        """Everything parsed into the staging table, or stored by parts. Raises NeedsTheWhole."""
        open_stage(self.cursor)
        with closing(Ahead(self._written(batches))) as ahead:
            while part := ahead.part(FIRST_ROWS if in_parts else 1):
                for batch in part:
                    self._count(batch)
                in_parts = in_parts and self._needs_no_plan(part)
                if not in_parts:
                    self._fill(part)
                elif _rows(part):
                    self._store_part(part, ahead)
        if self._parts:
            open_stage(self.cursor)

    def _written(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """The batches as they go to the stage; where they are read ahead, this is done ahead, too."""
        for batch in batches:
            batch.kinds = kinds_of(batch.columns, batch.rows)
            rows: Iterable[Sequence[Any]] = batch.rows
            batch.staged = batch.columns
            if self._parts and (level := batch.level) in _STAGED:
                batch.staged, rows = picked(batch.columns, rows, _STAGED[level])
            batch.lines = lines_of(self.cursor.connection, batch.staged, rows)
            yield batch

    def _fill(self, part: list[Batch]) -> None:
        for batch in part:
            if batch.rows:
                fill_stage(self.cursor, batch.staged, batch.lines)

    def _count(self, batch: Batch) -> None:
        self.result.keep(outcome for outcome in batch.outcomes if outcome.findings)
        for outcome in batch.outcomes:
            if outcome.is_refused:
                self.result.counts[outcome.level, "refused"] += 1
        for kind in batch.kinds:
            self._provided[kind.level].update(batch.columns)
            if kind.level == "item":
                self._are_items_placed.add(kind.is_placed)

    def plan(self) -> None:
        """Decide about every row that is staged."""
        plan_files(self.cursor, self.intake)
        check_files(self.session, self.cursor, self.actor, self.intake)
        plan_items(self.cursor, self.intake)
        check_items(self.session, self.cursor, self.actor, self.intake)

    def write(self) -> None:
        """Store what is planned."""
        write(self.cursor, self.intake, self._said())

    def _said(self) -> dict[str, frozenset[str]]:
        return {level: frozenset(columns) for level, columns in self._provided.items()}

    def _store_part(self, part: list[Batch], ahead: Ahead) -> None:
        self._parts += 1
        of_level = {level: [batch for batch in part if batch.level == level] for level in _STAGED}
        levels = [level for level, batches in of_level.items() if batches]
        try:
            for level in levels:
                self._store(level, of_level[level], ahead if level == levels[-1] else None)
        except _NO_PART:
            raise NeedsTheWhole from None

    def _store(self, level: str, batches: list[Batch], ahead: Ahead | None) -> None:
        """Store the rows of one level; `ahead` reads on meanwhile."""
        asked = self.session, self.cursor, self.actor, self.intake
        kinds = set[Kind]().union(*(batch.kinds for batch in batches))
        open_part(self.cursor, _STAGED[level].union(*(batch.staged for batch in batches)))
        self._fill(batches)
        if not (are_all_new_files if level == "file" else are_all_new_items)(*asked, kinds):
            raise NeedsTheWhole
        fonds = open_new_fonds(self.cursor, self.intake, self._said()) if level == "file" else 0
        if ahead is not None:
            # Not before: a short statement would wait for the parser, not for its answer.
            ahead.go_on(LEAST_ROWS, MOST_ROWS)
        if level == "file":
            stored = write_new_files(self.cursor, self.intake, self._said())
        else:
            are_placed = all(kind.is_placed for kind in kinds)
            stored = write_new_items(self.cursor, self.intake, self._said(), are_placed)
        if stored != _rows(batches):  # what they belong to was removed meanwhile
            raise NeedsTheWhole
        self.result.counts[level, "created"] += stored
        if fonds:
            self.result.counts["fonds", "created"] += fonds

    def _needs_no_plan(self, part: list[Batch]) -> bool:
        # An item without a place stands after all that have one, those still to come included.
        if len(self._are_items_placed) > 1 or any(
            batch.level is None or any(kind.needs_plan for kind in batch.kinds)
            for batch in part
            if batch.rows
        ):
            if self._parts:
                raise NeedsTheWhole
            return False
        return self._parts > 0 or _rows(part) >= FIRST_ROWS


def _rows(part: list[Batch]) -> int:
    return sum(len(batch.rows) for batch in part)
