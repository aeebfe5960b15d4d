"""An import from file to database: parse → stage → plan → store, in one savepoint per file.

Nothing of a refused file is stored unless the caller asks for the good part. A second run finds every record
unchanged and writes nothing, not even an audit event. The caller commits; a folder's files stand each for
itself, so `after_file` lets a command line commit between them.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import SimpleNamespace

import psycopg
from sqlalchemy import exists
from sqlmodel import Session, col, select

from hub.access.actor import Actor
from hub.agencies.models import Agency
from hub.audit.commands import record
from hub.importers.batch import Progress, Reading
from hub.importers.outcome import FileResult, ImportResult, UnusableInput
from hub.importers.registry import Format, files_in, format_of
from hub.importers.storing import NeedsTheWhole, Storing
from hub.importers.telling import tell
from hub.kit import clock
from hub.kpi.counters import fold
from hub.records.bulk import driver_connection
from hub.records.intake.plan import Intake
from hub.records.intake.write import Gone
from hub.records.models import ArchivalFile, Fonds


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
        except Gone:
            result.unusable = UnusableInput("CHANGED_MEANWHILE")
        except OSError as problem:
            result.unusable = UnusableInput("NOT_A_SHEET", reason=problem.strerror or problem)
        except psycopg.IntegrityError as problem:
            rule = problem.diag.constraint_name or "?"
            result.unusable = UnusableInput(
                "RULE_BROKEN", rule=rule, reason=problem.diag.message_detail or problem
            )
        except (psycopg.DataError, psycopg.errors.ProgramLimitExceeded) as problem:
            result.unusable = UnusableInput("RULE_BROKEN", rule=problem.sqlstate or "?", reason=problem)
        if result.unusable:
            result.begin_anew()
        self.session.expire_all()
        result.seconds = time.perf_counter() - began
        return result

    def _settle(self, path: Path, format_name: str | None, result: FileResult) -> None:
        format_, kind = format_of(path, format_name)
        result.format = format_.name
        # A dry run tells of every row, so it is planned whole.
        for in_parts in (False,) if self.dry_run else (True, False):
            try:
                return self._attempt(path, format_, kind, result, in_parts)
            except NeedsTheWhole:
                result.begin_anew()

    def _attempt(
        self, path: Path, format_: Format, kind: str | None, result: FileResult, in_parts: bool
    ) -> None:
        known = [self.said.fonds_code] if self.said.fonds_code else self._fonds_codes(format_)
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
            storing = Storing(self.session, cursor, self.actor, intake, result)
            storing.stage(format_.parse(reading), in_parts=in_parts)
            storing.plan()
            tell(cursor, reading, result, every_row=self.dry_run)
            if self.dry_run or (result.refused and not self.partial):
                raise _Undo
            if any(result.count(action) for action in ("created", "updated", "listed")):
                storing.write()
                fold(self.session)
                self._audit(result)
        result.stored = True

    def _fonds_codes(self, format_: Format) -> list[str]:
        """Fonds that lists go into, the oldest first; what a finding aid brought is none unless a list uses it.

        Rows that name no fonds go to the oldest, for their keys must not change when another fonds comes in. A finding
        aid names its own, and an archive of many files is not looked through for it.
        """
        if not format_.kinds:
            return []
        query = select(Fonds).where(Fonds.agency_id == self.agency.id).order_by(col(Fonds.id))
        listed = (fonds.code for fonds in self.session.exec(query) if self._is_listed(fonds))
        return list(islice(listed, 2))

    def _is_listed(self, fonds: Fonds) -> bool:
        """Whether lists go into a fonds: no finding aid brought it, or a list has named it.

        Asked with the beginning of its files' keys, which leads PostgreSQL through their index; compared by order it
        would depend on the collation of the database, and asked for the fonds as well it looks through all its files.
        """
        if fonds.source_key is None:
            return True
        named = select(ArchivalFile.fonds_id).where(
            col(ArchivalFile.agency_id) == fonds.agency_id,
            col(ArchivalFile.source_key).startswith(f"hs:{fonds.code}|", autoescape=True),
        )
        listed = named.offset(0).subquery()
        return self.session.scalars(select(exists().where(listed.c.fonds_id == fonds.id))).one()

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
