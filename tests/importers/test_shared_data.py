"""Real finding aids and sheets that nobody here wrote: all come in twice, the second time changing nothing.

They lie beside the project, not in it; without them these tests skip, and our own fixtures stand for them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.importers.outcome import UNUSABLE, FileResult
from tests.importers.conftest import SHARED, parsed
from tests.importers.test_apply import STATE
from tests.importers.test_ead import lost_words

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"the shared inputs are not here ({SHARED.name}/)"
)

# The longest only where HUB_EXAMPLES is set.
LONGEST = 10**9 if "HUB_EXAMPLES" in os.environ else 300_000
AIDS = sorted(
    path
    for folder in ("ead2002", "ead3")
    for path in SHARED.glob(f"{folder}/*.xml")
    if path.stat().st_size < LONGEST
)
Rows = Callable[..., list[dict[str, Any]]]


def name(path: Path) -> str:
    return path.name


@pytest.mark.parametrize(
    "path", [*AIDS, SHARED / "bad-inputs" / "emory__hartsfield558_invalid.xml"], ids=name
)
def test_a_real_finding_aid_comes_in_twice(
    path: Path, bring_one: Callable[..., FileResult], rows: Rows
) -> None:
    first = bring_one(path)
    assert first.stored
    assert first.counts["fonds", "created"] == 1
    before = rows(STATE)
    again = bring_one(path)
    assert {action for _, action in again.counts} == {"unchanged"}
    assert sum(again.counts.values()) == sum(first.counts.values())
    assert rows(STATE) == before


@pytest.mark.parametrize("path", AIDS, ids=name)
def test_nothing_of_a_real_finding_aid_is_dropped(path: Path) -> None:
    assert lost_words(path, parsed(path)[0]) == []


def test_a_stray_attribute_is_a_warning(bring_one: Callable[..., FileResult]) -> None:
    result = bring_one(SHARED / "bad-inputs" / "emory__hartsfield558_invalid.xml")
    said = [finding for outcome in result.outcomes for finding in outcome.findings]
    assert [(finding.field, finding.code) for finding in said if finding.code == "UNKNOWN_ATTRIBUTE"] == [
        ("ead@invalid", "UNKNOWN_ATTRIBUTE")
    ]


@pytest.mark.parametrize(
    ("file", "code", "line"),
    [
        ("bad-inputs/emory__badlyformed.xml", "NOT_WELL_FORMED", 2),
        ("bad-inputs/loc__eadmus.mu011008.2.xml", "HTML_PAGE", 1),
        ("bad-inputs/loc__eadrbc.rb010001.4.xml", "HTML_PAGE", 1),
        ("csv/sample-not-utf8.csv", "WRONG_ENCODING", 1),
        ("csv/sample-duplicate-headers.csv", "DUPLICATE_HEADER", 1),
        ("csv/sample-missing-required-column.csv", "MISSING_COLUMN", 1),
        ("csv/sample.csv", "MISSING_COLUMN", 1),
    ],
)
def test_bad_inputs_are_refused_with_a_place(
    bring_one: Callable[..., FileResult], rows: Rows, file: str, code: str, line: int | None
) -> None:
    before = rows(STATE)
    result = bring_one(SHARED / file)
    assert result.unusable is not None
    assert (result.unusable.problem_code, getattr(result.unusable, "line", None)) == (code, line)
    assert (result.exit_code, result.stored) == (UNUSABLE, False)
    assert rows(STATE) == before


def test_a_foreign_sheet_comes_in_by_a_mapping(bring_one: Callable[..., FileResult], tmp_path: Path) -> None:
    mapping = tmp_path / "map.json"
    mapping.write_text('{"columns": {"filepath": "notation", "filename": "title", "language": "language"}}')
    assert bring_one(SHARED / "csv" / "sample.csv", mapping=mapping).count("created") == 3
    twice = bring_one(SHARED / "csv" / "sample-invalid-rows-duplicate.csv", mapping=mapping)
    assert [(outcome.row, outcome.findings[0].code) for outcome in twice.outcomes if outcome.is_refused] == [
        (5, "CODE_TWICE"), (6, "CODE_TWICE"),
    ]  # fmt: skip
    assert bring_one(SHARED / "csv" / "sample-empty-row.csv", mapping=mapping).stored
