"""`hub kpi` and `hub report`: three forms of one scorecard, and a file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

TARGETS = ["II.1.a", "II.1.b", "II.1.c", "II.1.d", "II.2.a", "II.2.b", "II.2.c", "II.2.d"]


def test_the_scorecard_says_the_same_in_three_forms(hub: Run) -> None:
    call = ("kpi", "--as-of", "2025-06-30")
    data = json.loads(hub(*call, "--json")[1])
    assert [row["code"] for row in data["indicators"]] == TARGETS
    rows = list(csv.DictReader(io.StringIO(hub(*call, "--format", "csv")[1])))
    table = hub(*call)[1].splitlines()
    assert len(table) == len(TARGETS) + 2
    for row, line, shown in zip(data["indicators"], rows, table[2:], strict=True):
        assert line["percent"] == (row["percent"] or "")
        assert shown.split()[0] == row["code"]
        assert row["statusText"] in shown
    born_digital = data["indicators"][0]
    assert 0 < born_digital["numerator"] < born_digital["denominator"]
    one = json.loads(hub(*call, "--agency", "UBND-BADINH", "--json")[1])["indicators"][0]
    assert one["denominator"] < born_digital["denominator"]


@pytest.mark.parametrize(
    "words",
    [
        ("kpi", "--as-of", "tomorrow"),
        ("kpi", "--as-of", "2025-06-30", "--agency", "NOWHERE"),
        ("kpi", "--as-of", "2025-06-30", "--plan", "1/XX"),
        ("kpi",),
        ("report", "--period", "2025-06-30", "--out", "report.doc"),
    ],
)
def test_unusable_input_is_one_line_and_exit_2(hub: Run, words: tuple[str, ...]) -> None:
    code, shown, said = hub(*words)
    assert (code, shown) == (2, "")
    assert "Traceback" not in said


def test_a_report_is_written_as_html(hub: Run, tmp_path: Path) -> None:
    out = tmp_path / "bao-cao.html"
    code, shown, _ = hub("report", "--period", "30/6/2025", "--out", str(out))
    assert (code, shown.strip()) == (0, str(out))
    assert "BÁO CÁO" in out.read_text().upper()
