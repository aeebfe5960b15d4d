"""What became of every row: the one language in which importers speak to people and to other faces.

A finding names row, field and reason in Vietnamese and English; a file's result counts every row by what was
done with it and keeps the findings of the first rows, so that a million bad rows do not fill the memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.importers.messages import text_of
from hub.kit.errors import Problem

KEPT_OUTCOMES = 10_000  # refused rows, and as many others, kept in memory; the counts stay exact beyond it

ALL_IN, UNUSABLE, SOME_REFUSED = 0, 2, 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about one field of a row; an error refuses the row, a warning does not."""

    field: str
    code: str
    message_vi: str
    message_en: str
    is_error: bool = True

    def as_json(self) -> dict[str, Any]:
        """The finding as plain data."""
        return {
            "field": self.field,
            "code": self.code,
            "level": "error" if self.is_error else "warning",
            "messageVi": self.message_vi,
            "messageEn": self.message_en,
        }


def error(code: str, field_name: str = "", /, **facts: object) -> Finding:
    """A finding that refuses its row."""
    return Finding(field_name, code, *text_of(code, facts))


def warning(code: str, field_name: str = "", /, **facts: object) -> Finding:
    """A finding that lets its row in."""
    return Finding(field_name, code, *text_of(code, facts), is_error=False)


@dataclass(slots=True)
class RowOutcome:
    """A row (its number in the sheet, or the line in the XML), what it is, and what becomes of it."""

    row: int
    level: str = ""
    action: str = ""
    code: str = ""
    findings: list[Finding] = field(default_factory=list)
    sheet: str = ""

    @property
    def is_refused(self) -> bool:
        """Does any finding keep the row out?"""
        return any(finding.is_error for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The outcome as plain data."""
        found = [finding.as_json() for finding in self.findings]
        sheet = {"sheet": self.sheet} if self.sheet else {}
        return {
            **sheet,
            "row": self.row,
            "kind": self.level,
            "action": self.action,
            "code": self.code,
            "findings": found,
        }


class UnusableInput(Problem):
    """The input cannot be read as what it should be; nothing of it was looked at row by row."""

    code = "UNUSABLE_INPUT"

    def __init__(self, code: str, /, *, line: int | None = None, on_sheet: str = "", **facts: object) -> None:
        vi, en = text_of(code, facts)
        place_vi, place_en = (f"dòng {line}: ", f"line {line}: ") if line else ("", "")
        if on_sheet:
            place_vi, place_en = f"trang tính «{on_sheet}», {place_vi}", f'worksheet "{on_sheet}", {place_en}'
        super().__init__(place_vi + vi, place_en + en, code=code)
        self.line = line


@dataclass(slots=True)
class FileResult:
    """What became of one file."""

    path: Path
    format: str = ""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    outcomes: list[RowOutcome] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    unusable: Problem | None = None
    stored: bool = False
    seconds: float = 0.0
    headers: dict[str, int] = field(default_factory=dict)  # sheet -> row of its column names
    _kept: Counter[str] = field(default_factory=Counter)

    @property
    def refused(self) -> int:
        """How many rows are refused."""
        return sum(n for (_, action), n in self.counts.items() if action == "refused")

    @property
    def warnings(self) -> int:
        """How many kept findings are warnings."""
        found = [finding for outcome in self.outcomes for finding in outcome.findings] + self.notes
        return sum(1 for finding in found if not finding.is_error)

    def count(self, action: str) -> int:
        """How many records of any kind were `created`, `updated`, `unchanged`, `listed` or `refused`."""
        return sum(n for (_, done), n in self.counts.items() if done == action)

    def keep(self, outcomes: Iterable[RowOutcome]) -> None:
        """Keep what there is to say about rows, up to the limit; no number of warnings pushes out a refusal."""
        for outcome in outcomes:
            kind = "refused" if outcome.is_refused else "told"
            if self._kept[kind] < KEPT_OUTCOMES:
                self._kept[kind] += 1
                self.outcomes.append(outcome)

    def begin_anew(self) -> None:
        """Forget what was found out about rows."""
        for found in (self.counts, self.skipped, self.outcomes, self.notes, self.headers, self._kept):
            found.clear()

    @property
    def exit_code(self) -> int:
        """0 all in, 2 unusable, 3 some rows refused."""
        return UNUSABLE if self.unusable else SOME_REFUSED if self.refused else ALL_IN

    def as_json(self) -> dict[str, Any]:
        """The result as plain data, for machines."""
        counts: dict[str, dict[str, int]] = {}
        for (level, action), n in sorted(self.counts.items()):
            counts.setdefault(level, {})[action] = n
        problem = self.unusable
        return {
            "path": str(self.path),
            "format": self.format,
            "stored": self.stored,
            "counts": counts,
            "skipped": dict(self.skipped),
            "seconds": round(self.seconds, 3),
            "notes": [note.as_json() for note in self.notes],
            "rows": [outcome.as_json() for outcome in self.outcomes],
            "unusable": {
                "code": problem.problem_code,
                "line": getattr(problem, "line", None),
                "messageVi": problem.message_vi,
                "messageEn": problem.message_en,
            }
            if problem
            else None,
        }


@dataclass(slots=True)
class ImportResult:
    """What became of all files of one import."""

    files: list[FileResult] = field(default_factory=list)
    dry_run: bool = False

    def __iter__(self) -> Iterator[FileResult]:
        return iter(self.files)

    @property
    def exit_code(self) -> int:
        """2 when any file is unusable, else 3 when any row is refused, else 0."""
        codes = {result.exit_code for result in self.files} or {UNUSABLE}
        return UNUSABLE if UNUSABLE in codes else max(codes)

    def count(self, action: str) -> int:
        """How many records of all files were `created`, `updated`, `unchanged`, `listed` or `refused`."""
        return sum(result.count(action) for result in self.files)

    def as_json(self) -> dict[str, Any]:
        """The result as plain data, for machines."""
        return {
            "dryRun": self.dry_run,
            "exitCode": self.exit_code,
            "files": [result.as_json() for result in self.files],
        }
