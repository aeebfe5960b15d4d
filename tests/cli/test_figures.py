"""`hub kpi` and `hub report`: three forms of one scorecard, and a file."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import psycopg
import pytest
from python_calamine import CalamineWorkbook

from tests.cli.conftest import City, Run
from tests.cli.test_importing import GOOD

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
        ("report", "--period", "2025-12-31", "--out", "report.html"),
        ("report", "--period", "2025-06-30", "--agency", "NOWHERE", "--out", "report.html"),
        ("kpi", "--as-of", "2025-07-01"),
    ],
)
def test_unusable_input_is_one_line_and_exit_2(hub: Run, words: tuple[str, ...]) -> None:
    code, shown, said = hub(*words)
    assert (code, shown) == (2, "")
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1


def test_the_counters_are_proved_by_a_recount_and_mended(hub: Run, city: City) -> None:
    call = ("kpi", "--recount", "--as-of", "2025-06-30")
    code, shown, said = hub(*call)
    assert (code, shown) == (0, "")
    assert "recount" in said
    before = hub("kpi", "--as-of", "2025-06-30", "--json")[1]
    with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
        connection.execute("update born_digital_count set electronic = electronic + 1 where grain = 'YEAR'")
        connection.execute(
            "update record_tally set n = n - 1 where ctid = (select min(ctid) from record_tally)"
        )
    code, shown, said = hub(*call)
    assert code == 3
    assert "born_digital" in shown
    assert shown.count("record_tally") == 1
    assert "--repair" in said
    assert hub(*call, "--repair")[0] == 0
    assert hub(*call)[0] == 0
    assert hub("kpi", "--as-of", "2025-06-30", "--json")[1] == before
    with psycopg.connect(city.owner_dsn) as connection:
        (files,) = connection.execute("select count(*) from file").fetchone() or (0,)
        told = connection.execute("select detail->>'files' from audit_event where event_type = 'kpi:recount'")
        assert told.fetchall() == [(str(files),)]


def test_a_report_is_written_as_html(hub: Run, tmp_path: Path) -> None:
    out = tmp_path / "bao-cao.html"
    code, shown, _ = hub("report", "--period", "30/6/2025", "--out", str(out))
    assert (code, shown.strip()) == (0, str(out))
    assert "BÁO CÁO" in out.read_text().upper()


def test_a_report_is_written_as_a_workbook(hub: Run, tmp_path: Path) -> None:
    out = tmp_path / "bao-cao.xlsx"
    code, shown, _ = hub("report", "--period", "30/6/2025", "--agency", "UBND-BADINH", "--out", str(out))
    assert (code, shown.strip()) == (0, str(out))
    assert "Chỉ tiêu" in CalamineWorkbook.from_path(str(out)).sheet_names


def test_the_brief_is_one_page_and_no_workbook(hub: Run, tmp_path: Path) -> None:
    out = tmp_path / "tom-tat.html"
    code, shown, _ = hub("report", "--period", "30/6/2025", "--brief", "--out", str(out))
    assert (code, shown.strip()) == (0, str(out))
    assert "Bản tóm tắt" in out.read_text(encoding="utf-8")
    assert hub("report", "--period", "30/6/2025", "--brief", "--out", str(tmp_path / "a.xlsx"))[0] == 2


def test_the_reports_of_all_agencies_are_written_once_and_what_fails_is_told(
    printer: None, hub: Run, city: City, tmp_path: Path
) -> None:
    out = tmp_path / "reports"
    call = ("report", "--period", "30/6/2025", "--all", "--out", str(out), "--json")
    with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
        # Three agencies owe a return; the others have no archive of their own any more.
        others = "code not in ('STC', 'STP', 'SNV') and archive_since is not null"
        connection.execute(f"update agency set archive_until = '2020-01-01' where {others}")
        try:
            (out / "bao-cao-2025-06-30-STP.pdf").mkdir(parents=True)
            code, shown, said = hub(*call)
            told = json.loads(shown)
            assert (code, told["written"], told["kept"]) == (3, 2, 0), said
            assert [one["agency"] for one in told["failed"]] == ["STP"]
            assert sum("STP" in line for line in said.splitlines()) == 1
            made = (out / "bao-cao-2025-06-30-STC.pdf").stat().st_mtime_ns
            (out / "bao-cao-2025-06-30-STP.pdf").rmdir()
            code, shown, _ = hub(*call)
            told = json.loads(shown)
            assert (code, told["written"], told["kept"], told["failed"]) == (0, 1, 2, [])
            assert (out / "bao-cao-2025-06-30-STC.pdf").stat().st_mtime_ns == made
            names = sorted(path.name for path in out.iterdir())
            assert names == [
                f"bao-cao-2025-06-30-{agency}.{form}"
                for agency in ("SNV", "STC", "STP")
                for form in ("pdf", "xlsx")
            ]
        finally:
            connection.execute(f"update agency set archive_until = null where {others}")


@pytest.mark.parametrize(
    "words", [("--brief",), ("--agency", "STC"), ("--processes", "0"), ("--processes", "two")]
)
def test_all_goes_with_neither_brief_nor_agency(hub: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    code, shown, said = hub("report", "--period", "30/6/2025", "--all", "--out", str(tmp_path / "x"), *words)
    assert (code, shown) == (2, "")
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "x").exists()


def test_a_former_code_means_the_agency_that_bore_it(hub: Run, city: City, tmp_path: Path) -> None:
    call = ("kpi", "--as-of", "2025-06-30", "--json", "--agency")
    before = json.loads(hub(*call, "UBND-BADINH")[1])
    with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
        connection.execute(
            "insert into agency_code (agency_id, scheme, value, valid_to) select id, 'OLD', 'BA-DINH', '2023-01-01'"
            " from agency where code = 'UBND-BADINH'"
        )
        try:
            assert json.loads(hub(*call, "BA-DINH")[1]) == before
            assert before["agency"] == "UBND-BADINH"
            out = tmp_path / "bao-cao.html"
            report = ("report", "--period", "30/6/2025", "--out", str(out), "--agency")
            assert hub(*report, "BA-DINH")[0] == 0
            (tmp_path / "a.csv").write_text(GOOD.replace("CLI.", "CLIC.").replace(",77,", ",79,"))
            load = ("import", str(tmp_path / "a.csv"), "--json", "--dry-run", "--agency")
            [file] = json.loads(hub(*load, "BA-DINH")[1])["files"]
            assert file["counts"] == {"file": {"created": 2}}
        finally:
            connection.execute("delete from agency_code where scheme = 'OLD'")
