"""A district with a clerk and an officer who import, and hands to write sheets and finding aids."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import Engine, text
from sqlmodel import Session

from hub.importers import storing
from hub.importers.apply import import_path
from hub.importers.batch import Reading
from hub.importers.outcome import FileResult, ImportResult
from hub.importers.registry import format_of
from hub.importers.spreadsheet import sheet
from tests.records.world import World

# Rows in a part of a list, the whole the last; with HUB_EXAMPLES more of them, and more random lists.
EXAMPLES = int(os.environ.get("HUB_EXAMPLES", "0"))
PARTS = (2, 4, 1_000) if EXAMPLES else (2, 1_000)
_PROVISIONAL = re.compile(r"TAM-\d+-\d+")
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def engine(settled_engine: Engine) -> Engine:
    """On the database in which the small city lives."""
    return settled_engine


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@pytest.fixture
def bring(world: World, session: Session) -> Callable[..., ImportResult]:
    """Import a path for district A, by its officer unless said otherwise."""

    def act(path: Path, role: str = "officer", **how: Any) -> ImportResult:
        return import_path(
            session, world.as_role(role), path, agency_code=how.pop("agency", world.a.code), **how
        )

    return act


@pytest.fixture
def bring_one(bring: Callable[..., ImportResult]) -> Callable[..., FileResult]:
    def act(path: Path, role: str = "officer", **how: Any) -> FileResult:
        (found,) = bring(path, role, **how)
        return found

    return act


@pytest.fixture
def rows(session: Session) -> Callable[..., list[dict[str, Any]]]:
    """Rows of a query as dictionaries."""

    def act(query: str, **values: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in session.connection().execute(text(query), values).mappings()]

    return act


def parsed(path: Path, **how: Any) -> tuple[list[dict[str, Any]], Reading, list[Any]]:
    """A file parsed without any database: its records, the reading, and what is said about rows."""
    reading = Reading(path, **{"agency_code": "BĐ", "default_fonds": "P1", **how})
    format_, _ = format_of(path)
    records: list[dict[str, Any]] = []
    outcomes: list[Any] = []
    for batch in format_.parse(reading):
        records.extend(batch.records())
        outcomes.extend(batch.outcomes)
    return records, reading, outcomes


def codes(outcomes: list[Any]) -> list[tuple[int, str, str]]:
    """Row, field and code of every finding."""
    return [(o.row, f.field, f.code) for o in outcomes for f in o.findings]


def write_sheet(path: Path, rows: list[list[Any]], name: str = "Mục lục") -> Path:
    """An XLSX with these cells; strings starting with = stay strings, dates become dates."""
    with xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "default_date_format": "dd/mm/yyyy"}
    ) as book:
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(at, column, cell)
    return path


@pytest.fixture
def by_parts(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """So many rows in a part, half as many in a batch and in the first; with `least`, what the parser has by then."""

    def act(size: int, least: int | None = None) -> None:
        monkeypatch.setattr(storing, "LEAST_ROWS", least or size)
        monkeypatch.setattr(storing, "MOST_ROWS", size)
        monkeypatch.setattr(storing, "FIRST_ROWS", max(size // 2, 1))
        monkeypatch.setattr(sheet, "BATCH_ROWS", max(size // 2, 1))

    return act


def told(result: FileResult) -> tuple[Any, ...]:
    """What an import says, without the rows that need no words."""
    said = [
        (
            o.row,
            o.level,
            o.action,
            [(f.field, f.code, _PROVISIONAL.sub("TAM", f.message_vi)) for f in o.findings],
        )
        for o in result.outcomes
        if o.findings
    ]
    return (
        dict(result.counts),
        said,
        result.stored,
        dict(result.skipped),
        [note.code for note in result.notes],
    )
