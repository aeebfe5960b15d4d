"""What the plan decided, in the words and numbers of the result."""

from __future__ import annotations

from collections.abc import Iterator

from hub.importers.batch import Reading
from hub.importers.outcome import KEPT_OUTCOMES, FileResult, Finding, RowOutcome, error, warning
from hub.records.intake import report
from hub.records.intake.stage import Cursor


def tell(cursor: Cursor, reading: Reading, result: FileResult, *, every_row: bool) -> None:
    """Counts and words of the plan into the result; a dry run tells the action of every row it can keep."""
    if not result.counts and not report.counts(cursor):
        result.notes.append(warning("NOTHING_TO_IMPORT"))
    result.counts.update(report.counts(cursor))
    spoken = {
        (outcome.sheet, outcome.row, outcome.level): outcome
        for outcome in result.outcomes
        if not outcome.is_refused
    }
    told: list[RowOutcome] = []
    for row in report.rows(cursor, limit=KEPT_OUTCOMES, only_words=not every_row):
        sheet = reading.sheet_of(row.row)
        known = spoken.get((sheet, row.place, row.level))
        outcome = known or RowOutcome(row.place, row.level, sheet=sheet)
        outcome.action, outcome.code = row.action, row.code or outcome.code
        first_sheet = reading.sheet_of(row.first_row)
        outcome.findings.extend(_findings(row, f"{first_sheet}!" if first_sheet != sheet else ""))
        if known is None:
            told.append(outcome)
    result.keep(told)
    for outcome in result.outcomes:
        if outcome.is_refused:
            outcome.action = "refused"
    result.outcomes.sort(key=lambda outcome: (outcome.sheet, outcome.row))


_KINDS = {"file": ("Hồ sơ", "The file"), "item": ("Văn bản", "The item"), "series": ("Nhóm", "The series")}
_FIELD = {
    "ITEM_WITHOUT_FILE": "file_code",
    "DUPLICATE_DOCUMENT": "number",
    "RECORD_PUBLISHED": "access",
    "SECRET_RECORD": "access",
}


def _findings(row: report.PlannedRow, first_sheet: str) -> Iterator[Finding]:
    if row.fault:
        what, what_en = _KINDS.get(row.level, ("Phông", "The fonds"))
        yield error(
            row.fault,
            _FIELD.get(row.fault, "code"),
            code=row.code or row.shown or "",
            first=f"{first_sheet}{row.first_place}" if row.first_place else "",
            file=row.named or "",
            what=what,
            what_en=what_en,
        )
    if row.warned:
        yield warning("POSSIBLE_DUPLICATE", "number", code=row.warned)
