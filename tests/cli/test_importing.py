"""`hub import` as the operator: each file a transaction of its own, kept when the command has ended."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg

from tests.cli.conftest import City, Run

GOOD = """Mã hồ sơ,Mục lục số,Hồ sơ số,Tiêu đề hồ sơ,Thời gian tài liệu,Thời hạn bảo quản,Chế độ sử dụng,Số tờ
CLI.1,77,1,Hồ sơ một,2019,Vĩnh viễn,Công khai,12
CLI.2,77,2,Hồ sơ hai,3/2020,70 năm,Hạn chế,5
"""


def test_what_came_in_stays_and_a_second_run_changes_nothing(hub: Run, tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(GOOD)
    call = ("import", str(tmp_path), "--agency", "UBND-BADINH", "--json")
    first, second = (hub(*call) for _ in range(2))
    assert (first[0], second[0]) == (0, 0)
    assert json.loads(first[1])["files"][0]["counts"] == {"file": {"created": 2}}
    assert json.loads(second[1])["files"][0]["counts"] == {"file": {"unchanged": 2}}
    code, _, said = hub(*call, "--as", "demo.leader")
    assert (code, "may not" in said) == (2, True)


def test_words_wait_beside_their_index_until_the_list_is_in(hub: Run, city: City, tmp_path: Path) -> None:
    merged = "select hub_merge_words()"
    (tmp_path / "words.csv").write_text(GOOD.replace("CLI.", "CLIW.").replace(",77,", ",79,"))
    with psycopg.connect(city.owner_dsn, autocommit=True) as owner:
        owner.execute("update file set title = title || ' kho' where id = (select min(id) from file)")
        assert owner.execute(merged).fetchone() == (1,)
        assert hub("import", str(tmp_path), "--agency", "UBND-BADINH")[0] == 0
        assert owner.execute(merged).fetchone() == (0,)
        found = "select count(*) from file where catalog_number = '79' and hub_words(folded) @@ hub_query('ho so ha')"
        assert owner.execute(found).fetchone() == (1,)


def test_a_broken_file_is_named_and_undoes_nothing_but_itself(hub: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(GOOD.replace("CLI.", "CLIB.").replace(",77,", ",78,"))
    (tmp_path / "b.xml").write_text("<html><body/></html>")
    code, shown, _ = hub("import", str(tmp_path), "--agency", "UBND-BADINH")
    assert code == 2
    assert "b.xml" in shown
    again = json.loads(hub("import", str(tmp_path / "a.csv"), "--agency", "UBND-BADINH", "--json")[1])
    assert again["files"][0]["counts"] == {"file": {"unchanged": 2}}


def test_nothing_to_import_is_exit_2(hub: Run, tmp_path: Path) -> None:
    assert hub("import", str(tmp_path / "absent.csv"), "--agency", "UBND-BADINH")[0] == 2
    (tmp_path / "good.csv").write_text(GOOD)
    assert hub("import", str(tmp_path), "--agency", "NOWHERE")[0] == 2
