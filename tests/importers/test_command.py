"""The command line of imports: exit codes, what is said, and the sheet given back."""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlmodel import Session

from hub.importers import command
from hub.importers.errors_sheet import quoted
from hub.importers.field_names import field_name
from hub.importers.messages import MESSAGES
from hub.importers.spreadsheet.fields import FIELDS, ITEMS
from hub.importers.spreadsheet.fields import FILES as OF_FILES
from tests.importers.conftest import write_sheet
from tests.importers.findingaids import EAD_2002
from tests.importers.test_apply import FILES, saved
from tests.records.world import World

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(world: World, session: Session) -> Run:
    """The command as the officer of district A; returns the exit code and what was printed."""

    def act(*words: Any) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        parser.add_argument("--json", action="store_true")
        command.add_arguments(parser)
        arguments = parser.parse_args([*map(str, words), "--agency", world.a.code])
        out = io.StringIO()
        code = command.run(
            arguments, lambda work: work(session, world.as_role("officer")), out, io.StringIO()
        )
        return code, out.getvalue()

    return act


def test_exit_codes_tell_the_truth(tmp_path: Path, run: Run) -> None:
    good = saved(tmp_path, FILES)
    some = saved(tmp_path, FILES + "A.9,01,9,Sai,31/02/2020,,,\n", "some.csv")
    bad = saved(tmp_path, "<html/>", "bad.xml")
    assert [run(path)[0] for path in (good, some, bad)] == [0, 3, 2]
    assert run(some, "--partial")[0] == 3
    assert run(good, bad)[0] == 2


def test_rows_are_named_in_both_languages(tmp_path: Path, run: Run) -> None:
    _, said = run(saved(tmp_path, FILES + "A.9,01,9,Sai,31/02/2020,,,\n"))
    assert "✗ dòng 4, thời gian tài liệu: «31/02/2020» không phải ngày có thật" in said
    assert '"31/02/2020" is not a date that exists' in said
    assert "nothing stored" in said


def test_json_is_one_object(tmp_path: Path, run: Run) -> None:
    code, said = run(saved(tmp_path, FILES), "--json", "--dry-run")
    told = json.loads(said)
    assert (code, told["exitCode"], told["dryRun"]) == (0, 0, True)
    assert told["files"][0]["counts"] == {"file": {"created": 2}}
    assert [row["action"] for row in told["files"][0]["rows"]] == ["created", "created"]


def sheet_rows(path: Path) -> list[list[str]]:
    book = CalamineWorkbook.from_path(str(path))
    return [
        [str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_sheet_comes_back_with_a_column_of_errors(tmp_path: Path, run: Run, kind: str) -> None:
    header = ["Hồ sơ số", "Tiêu đề", "Thời gian", "Ghi chú"]
    body = [["1", "Hồ sơ tốt", "2020", "=1+1"], ["2", "Hồ sơ sai", "31/02/2020", "@SUM(A1)"]]
    if kind == "csv":
        path = saved(tmp_path, "\n".join(",".join(row) for row in [header, *body]) + "\n")
    else:
        path = write_sheet(tmp_path / "in.xlsx", [header, *body])
    errors = tmp_path / "errors.xlsx"
    assert run(path, "--errors", errors)[0] == 3
    names, good, bad = sheet_rows(errors)
    assert names == [*header, "Lỗi"]
    assert good == ["1", "Hồ sơ tốt", "2020", "'=1+1", ""]
    assert bad[:4] == ["2", "Hồ sơ sai", "31/02/2020", "'@SUM(A1)"]
    assert bad[4].startswith("thời gian tài liệu: «31/02/2020»")


def test_every_column_has_a_name_for_clerks() -> None:
    assert [one for one in FIELDS[OF_FILES] | FIELDS[ITEMS] if field_name(one) == one] == []


def test_what_is_wrong_with_xml_comes_as_a_list(tmp_path: Path, run: Run) -> None:
    errors = tmp_path / "errors.xlsx"
    run(saved(tmp_path, EAD_2002[:900], "a.xml"), "--errors", errors)
    head, line = sheet_rows(errors)
    assert head[-1] == "Lỗi"
    assert line[0] == "12"
    assert "XML" in line[-1]


def test_nothing_wrong_writes_no_sheet(tmp_path: Path, run: Run) -> None:
    errors = tmp_path / "errors.xlsx"
    assert run(saved(tmp_path, FILES), "--errors", errors)[0] == 0
    assert not errors.exists()


@pytest.mark.parametrize("cell", ["=A1", "+1", "-1", "@x", "\t=1"])
def test_no_cell_runs_as_a_formula(cell: str) -> None:
    assert quoted(cell) == f"'{cell}"
    assert quoted("Hồ sơ") == "Hồ sơ"


def test_every_message_speaks_both_languages_about_the_same_facts() -> None:
    import string

    for code, (vi, en) in MESSAGES.items():
        facts = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (vi, en)]
        assert {name.removesuffix("_en") for name in facts[0]} == {
            name.removesuffix("_en") for name in facts[1]
        }, code
        assert vi != en
