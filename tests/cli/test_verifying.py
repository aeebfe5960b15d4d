"""`hub report verify` at a terminal: one line that says what the file is, and an exit code that scripts can trust."""

import json
from dataclasses import replace
from pathlib import Path

from reports.pdf import Print, print_pdf
from tests.cli.conftest import Run
from tests.reports import samples


def test_what_is_no_report_is_told_with_exit_code_3(hub: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-1.7\nnothing")
    code, out, said = hub("report", "verify", str(file))
    assert code == 3
    assert "NOT a report of this hub" in said
    assert "SHA-256" in out
    code, out, _ = hub("report", "verify", str(file), "--json")
    told = json.loads(out)
    assert (code, told["verdict"], told["issue"], told["signatures"]) == (3, "UNKNOWN", None, [])


def test_a_provisional_report_is_told_for_what_it_is(hub: Run, printer: None, tmp_path: Path) -> None:
    file = tmp_path / "b.pdf"
    file.write_bytes(
        print_pdf(replace(Print.of(samples.report(3)), html='<html lang="vi"><title>x</title>x'))
    )
    code, _, said = hub("report", "verify", str(file))
    assert code == 3
    assert "BẢN TẠM TÍNH" in said


def test_what_cannot_be_read_or_is_not_said_is_asked_for(hub: Run, tmp_path: Path) -> None:
    code, _, said = hub("report", "verify", str(tmp_path / "none.pdf"))
    assert code == 2
    assert "none.pdf cannot be read" in said
    code, _, said = hub("report", "--period", "2025-06-30")
    assert code == 2
    assert "are required: --out" in said
