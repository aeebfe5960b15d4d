"""An import from file to database: parse → stage → plan → store, in one savepoint per file.

Nothing of a refused file is stored unless the caller asks for the good part. A second run finds every record
unchanged and writes nothing, not even an audit event. The caller commits; a folder's files stand each for
itself, so `after_file` lets a command line commit between them.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import psycopg
from sqlalchemy import exists, or_
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.agencies.models import Agency
from hub.audit.commands import record
from hub.importers.batch import Batch, Progress, Reading
from hub.importers.outcome import (
    KEPT_OUTCOMES,
    FileResult,
    Finding,
    ImportResult,
    RowOutcome,
    UnusableInput,
    error,
    warning,
)  # fmt: skip
from hub.importers.registry import files_in, format_of
from hub.kit import clock
from hub.records.bulk import driver_connection
from hub.records.intake import report
from hub.records.intake.checks import check_files, check_items
from hub.records.intake.plan import Intake, plan_files
from hub.records.intake.plan_items import plan_items
from hub.records.intake.stage import Cursor, fill_stage, open_stage
from hub.records.intake.write import write
from hub.records.models import ArchivalFile, Fonds

_LEVELS = ("fonds", "series", "file", "item")


@dataclass(frozen=True)
class ColumnMapping:
    """What the caller says about columns and the age of the data (`--map FILE`)."""

    columns: Mapping[str, str]
    is_legacy: bool = False
    fonds_code: str = ""


NO_MAPPING = ColumnMapping({})


def read_mapping(path: Path) -> ColumnMapping:
    """A mapping file: {"columns": {header: field}, "legacy": true, "fonds": code}. Raises UnusableInput."""
    try:
        said = json.loads(path.read_text("utf-8-sig"))
        columns = said["columns"] if "columns" in said or "legacy" in said or "fonds" in said else said
        if not all(isinstance(name, str) for pair in columns.items() for name in pair):
            raise ValueError("columns")
        return ColumnMapping(dict(columns), bool(said.get("legacy") is True), str(said.get("fonds") or ""))
    except (OSError, ValueError, KeyError, AttributeError) as problem:
        raise UnusableInput("BAD_MAPPING", reason=problem) from None


class _Undo(Exception):
    """Leaves the savepoint without storing."""


def import_path(
    session: Session,
    actor: Actor,
    path: Path | str,
    *,
    agency_code: str,
    format: str | None = None,
    mapping: ColumnMapping | Path | None = None,
    dry_run: bool = False,
    partial: bool = False,
    legacy: bool = False,
    progress: Progress | None = None,
    after_file: Callable[[FileResult], None] | None = None,
) -> ImportResult:
    """Import a file or all files of a folder for one agency.

    Raises NotPermitted when the actor may not import there or may not create such records, UnusableInput when
    there is no such path, format or agency, or the agency has ended. What is wrong inside a file is in its result.
    """
    said = read_mapping(mapping) if isinstance(mapping, Path) else mapping or NO_MAPPING
    said = replace(said, is_legacy=said.is_legacy or legacy)
    importing = _Import(
        session, actor, _agency(session, actor, agency_code), said, dry_run, partial, progress
    )
    result = ImportResult(dry_run=dry_run)
    for file in files_in(Path(path)):
        found = importing.file(file, format)
        result.files.append(found)
        if after_file is not None:
            after_file(found)
    return result


def _agency(session: Session, actor: Actor, code: str) -> Agency:
    agency = session.exec(select(Agency).where(Agency.code == code)).first()
    if agency is None:
        raise UnusableInput("UNKNOWN_AGENCY", code=code)
    actor.require("create", "import", SimpleNamespace(agency_id=agency.id, created_by=actor.id))
    if agency.valid_to is not None and agency.valid_to <= clock.today():
        raise UnusableInput(
            "AGENCY_ENDED", code=code, day=f"{agency.valid_to:%d/%m/%Y}", day_en=agency.valid_to
        )
    return agency


@dataclass(frozen=True)
class _Import:
    """One call: who imports for whom, and how."""

    session: Session
    actor: Actor
    agency: Agency
    said: ColumnMapping
    dry_run: bool
    partial: bool
    progress: Progress | None

    def file(self, path: Path, format_name: str | None) -> FileResult:
        """Import one file in a savepoint of its own."""
        result = FileResult(path)
        began = time.perf_counter()
        try:
            self._settle(path, format_name, result)
        except _Undo:
            pass
        except UnusableInput as problem:
            result.unusable = problem
            result.counts.clear()
        except OSError as problem:
            result.unusable = UnusableInput("NOT_A_SHEET", reason=problem.strerror or problem)
        except psycopg.IntegrityError as problem:
            rule = problem.diag.constraint_name or "?"
            result.unusable = UnusableInput(
                "RULE_BROKEN", rule=rule, reason=problem.diag.message_detail or problem
            )
        except psycopg.DataError as problem:
            result.unusable = UnusableInput("RULE_BROKEN", rule=problem.sqlstate or "?", reason=problem)
        self.session.expire_all()
        result.seconds = time.perf_counter() - began
        return result

    def _settle(self, path: Path, format_name: str | None, result: FileResult) -> None:
        format_, kind = format_of(path, format_name)
        result.format = format_.name
        known = [self.said.fonds_code] if self.said.fonds_code else self._fonds_codes()
        reading = Reading(
            path,
            agency_code=self.agency.code,
            default_fonds=known[0] if known else self.agency.code,
            is_fonds_assumed=len(known) > 1,
            mapping=self.said.columns,
            kind=kind,
            is_legacy=self.said.is_legacy,
            progress=self.progress,
            notes=result.notes,
            skipped=result.skipped,
            headers=result.headers,
        )
        title = f"Phông {self.agency.name}"
        intake = Intake(self.agency.id or 0, self.actor.id, clock.today().year, title)
        with self.session.begin_nested(), driver_connection(self.session).cursor() as cursor:
            open_stage(cursor)
            provided = _stage(cursor, format_.parse(reading), result)
            plan_files(cursor, intake)
            check_files(self.session, cursor, self.actor, intake)
            plan_items(cursor, intake)
            check_items(self.session, cursor, self.actor, intake)
            _tell(cursor, reading, result, every_row=self.dry_run)
            if self.dry_run or (result.refused and not self.partial):
                raise _Undo
            if any(result.count(action) for action in ("created", "updated", "listed")):
                write(cursor, intake, provided)
                self._audit(result)
        result.stored = True

    def _fonds_codes(self) -> list[str]:
        """Fonds that lists go into, the oldest first; what a finding aid brought is none unless a list uses it.

        Rows that name no fonds go to the oldest, for their keys must not change when another fonds comes in.
        """
        listed = exists().where(
            col(ArchivalFile.fonds_id) == Fonds.id, col(ArchivalFile.source_key).like("hs:%")
        )
        query = select(Fonds.code).where(
            Fonds.agency_id == self.agency.id, or_(col(Fonds.source_key).is_(None), listed)
        )
        return list(self.session.exec(query.order_by(col(Fonds.id)).limit(2)))

    def _audit(self, result: FileResult) -> None:
        with result.path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        record(
            self.session,
            self.actor,
            "import:create",
            "agency",
            self.agency.id,
            agency_id=self.agency.id,
            detail={
                "file": result.path.name,
                "sha256": digest,
                "format": result.format,
                "counts": {
                    f"{level}.{action}": number for (level, action), number in sorted(result.counts.items())
                },
                "partial": bool(result.refused),
            },
        )


def _stage(cursor: Cursor, batches: Iterator[Batch], result: FileResult) -> dict[str, frozenset[str]]:
    """Everything parsed into the staging table; returns the columns that speak at each level."""
    provided: dict[str, set[str]] = {level: set() for level in _LEVELS}
    for batch in batches:
        result.keep(outcome for outcome in batch.outcomes if outcome.findings)
        for outcome in batch.outcomes:
            if outcome.is_refused:
                result.counts[outcome.level, "refused"] += 1
        if batch.rows:
            at = batch.columns.index("level")
            for level in {row[at] for row in batch.rows}:
                provided[level].update(batch.columns)
            fill_stage(cursor, batch.columns, batch.rows)
    return {level: frozenset(columns) for level, columns in provided.items()}


def _tell(cursor: Cursor, reading: Reading, result: FileResult, *, every_row: bool) -> None:
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
_FIELD = {"ITEM_WITHOUT_FILE": "file_code", "DUPLICATE_DOCUMENT": "number", "RECORD_PUBLISHED": "access"}


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
