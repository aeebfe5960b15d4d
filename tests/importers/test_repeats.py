"""Imports after imports: what another file or another fonds brought in between changes nothing of the first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import text
from sqlmodel import Session

from hub.importers.outcome import FileResult
from tests.importers.conftest import codes
from tests.importers.findingaids import EAD_2002
from tests.importers.test_apply import STATE, saved
from tests.records.world import World

Rows = Callable[..., list[dict[str, Any]]]
Bring = Callable[..., FileResult]

PLAIN = "Mục lục số,Hồ sơ số,Tiêu đề hồ sơ\n01,1,Hồ sơ một\n01,2,Hồ sơ hai\n"


def test_a_list_without_fonds_stays_in_its_fonds_when_others_come(
    tmp_path: Path, bring_one: Bring, rows: Rows, world: World
) -> None:
    path = saved(tmp_path, PLAIN)
    assert bring_one(path).notes == []
    bring_one(saved(tmp_path, EAD_2002, "a.xml"))
    other = "Mã phông,Mục lục số,Hồ sơ số,Tiêu đề hồ sơ\nP99,01,1,Phông khác\n"
    assert bring_one(saved(tmp_path, other, "b.csv")).counts["fonds", "created"] == 1
    before = rows(STATE)
    again = bring_one(path)
    assert dict(again.counts) == {("file", "unchanged"): 2}
    assert rows(STATE) == before
    assert [(note.code, world.fonds.code in note.message_vi) for note in again.notes] == [
        ("FONDS_ASSUMED", True)
    ]


def test_a_fonds_of_a_finding_aid_is_one_of_those_for_lists_once_a_list_has_named_it(
    tmp_path: Path, bring_one: Bring, rows: Rows
) -> None:
    bring_one(saved(tmp_path, EAD_2002, "a.xml"))
    path = saved(tmp_path, PLAIN)
    assert bring_one(path).notes == []
    [brought] = rows("select code from fonds where source_key is not null")
    named = f"Mã phông,Mục lục số,Hồ sơ số,Tiêu đề hồ sơ\n{brought['code']},07,1,Trong phông của tệp EAD\n"
    assert dict(bring_one(saved(tmp_path, named, "b.csv")).counts) == {("file", "created"): 1}
    assert [note.code for note in bring_one(path).notes] == ["FONDS_ASSUMED"]


def test_a_fonds_is_not_taken_for_another_whose_code_begins_like_its_own(
    tmp_path: Path, bring_one: Bring, rows: Rows, session: Session, world: World
) -> None:
    bring_one(saved(tmp_path, EAD_2002, "a.xml"))
    [brought] = rows("select code from fonds where source_key is not null")
    session.execute(text("update fonds set source_key = 'ead:first' where id = :id"), {"id": world.fonds.id})
    named = f"Mã phông,Mục lục số,Hồ sơ số,Tiêu đề hồ sơ\n{brought['code']}|1,07,1,Trong phông khác\n"
    bring_one(saved(tmp_path, named, "b.csv"))
    assert bring_one(saved(tmp_path, PLAIN)).notes == []
    fonds = rows(
        "select distinct f.code from fonds f join file on file.fonds_id = f.id and file.source_key like 'hs:%'"
    )
    assert [one["code"] for one in fonds] == [f"{brought['code']}|1"]


def test_a_code_given_up_may_go_to_a_new_file(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    head = "Mã hồ sơ,Mục lục số,Hồ sơ số,Tiêu đề hồ sơ\n"
    bring_one(saved(tmp_path, head + "Q.1,01,1,Một\n"))
    result = bring_one(saved(tmp_path, head + "Q.2,01,1,Một\nQ.1,01,2,Hai\n"))
    assert dict(result.counts) == {("file", "updated"): 1, ("file", "created"): 1}
    found = rows("select code, title from file where code like 'Q._' order by code")
    assert found == [{"code": "Q.1", "title": "Hai"}, {"code": "Q.2", "title": "Một"}]


def test_swapped_columns_change_nothing(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    bring_one(saved(tmp_path, "Mục lục số,Hồ sơ số,Tiêu đề hồ sơ,Hộp số,Kho\n01,1,Một,7,K1\n"))
    before = rows(STATE)
    result = bring_one(saved(tmp_path, "Kho,Tiêu đề hồ sơ,Hồ sơ số,Hộp số,Mục lục số\nK1,Một,1,7,01\n"))
    assert dict(result.counts) == {("file", "unchanged"): 1}
    assert rows(STATE) == before


def test_columns_without_a_field_stay_until_a_sheet_speaks_of_them(
    tmp_path: Path, bring_one: Bring, rows: Rows
) -> None:
    kept = "select extra from file where title like 'Một%'"
    bring_one(saved(tmp_path, "Mục lục số,Hồ sơ số,Tiêu đề hồ sơ,Hộp số,Kho\n01,1,Một,7,\n"))
    assert rows(kept) == [{"extra": {"box": "7"}}]
    bring_one(saved(tmp_path, "Mục lục số,Hồ sơ số,Tiêu đề hồ sơ,Kho\n01,1,Một sửa,K2\n"))
    assert rows(kept) == [{"extra": {"box": "7", "Kho": "K2"}}]
    bring_one(saved(tmp_path, "Mục lục số,Hồ sơ số,Tiêu đề hồ sơ,Hộp số\n01,1,Một sửa,\n"))
    assert rows(kept) == [{"extra": {"Kho": "K2"}}]


def test_what_an_import_changes_is_told_before_and_after(
    tmp_path: Path, bring_one: Bring, rows: Rows, world: World
) -> None:
    bring_one(saved(tmp_path, "Mục lục số,Hồ sơ số,Tiêu đề hồ sơ\n01,1,Một\n01,2,Hai\n"))
    bring_one(saved(tmp_path, "Mục lục số,Hồ sơ số,Tiêu đề hồ sơ\n01,1,Một sửa\n01,2,Hai\n"))
    [told] = rows(
        "select e.agent_id, e.agency_id, e.detail, f.title from audit_event e join file f on f.id = e.object_id"
        " where e.event_type = 'file:update' and e.object_type = 'file'"
    )
    assert told == {
        "agent_id": world.as_role("officer").id,
        "agency_id": world.a.id,
        "detail": {"changed": {"title": ["Một", "Một sửa"]}, "import": True},
        "title": "Một sửa",
    }


def test_lists_that_share_a_heading_do_not_take_turns(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    first = saved(tmp_path, "Mục lục số,Hồ sơ số,Tiêu đề hồ sơ\n,,I. Một\n01,1,A\n,,II. Hai\n01,2,B\n")
    second = saved(tmp_path, "Mục lục số,Hồ sơ số,Tiêu đề hồ sơ\n,,II. Hai\n02,1,C\n", "b.csv")
    bring_one(first)
    assert bring_one(second).counts["series", "unchanged"] == 1
    before = rows(STATE)
    assert {action for _, action in bring_one(first).counts} == {"unchanged"}
    assert rows(STATE) == before


def test_items_find_a_file_by_its_number_alone(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    files = (
        "Hồ sơ số,Tiêu đề hồ sơ,Thời gian tài liệu\n01.TCCB,Một,2019\n02.TCCB,Hai,2019\n02.TCCB,Khác,2020\n"
    )
    bring_one(saved(tmp_path, files))
    items = (
        "Hồ sơ số,STT,Số ký hiệu,Trích yếu,Tác giả\n1.tccb,1,12/QĐ,Văn bản,UBND\n02.TCCB,1,13/QĐ,Khác,UBND\n"
    )
    result = bring_one(saved(tmp_path, items, "items.csv"))
    assert codes(result.outcomes) == [(3, "file_code", "ITEM_WITHOUT_FILE")]  # two files have that number
    bring_one(tmp_path / "items.csv", partial=True)
    assert rows("select f.title from item i join file f on f.id = i.file_id where i.number = '12'") == [
        {"title": "Một"}
    ]


def test_a_workbook_brings_files_and_their_items_at_once(
    tmp_path: Path, bring_one: Bring, rows: Rows, world: World
) -> None:
    composed = f"{world.a.code}.2019.02"
    pages = {
        "Văn bản": [
            ["Mã hồ sơ", "Hồ sơ số", "STT", "Số ký hiệu", "Trích yếu", "Tác giả"],
            ["", "01", 1, "12/QĐ-UBND", "Quyết định một", "UBND"],
            [composed, "", 1, "13/QĐ-UBND", "Quyết định hai", "UBND"],
        ],
        "Hồ sơ": [
            ["Hồ sơ số", "Tiêu đề hồ sơ", "Thời gian tài liệu"],
            ["01", "Một", "2019"],
            ["02", "Hai", "2019"],
        ],
    }
    with xlsxwriter.Workbook(str(tmp_path / "both.xlsx")) as book:
        for name, lines in pages.items():
            page = book.add_worksheet(name)
            for at, cells in enumerate(lines):
                page.write_row(at, 0, cells)
    result = bring_one(tmp_path / "both.xlsx")
    assert dict(result.counts) == {("file", "created"): 2, ("item", "created"): 2}
    homes = rows(
        "select i.number, f.title from item i join file f on f.id = i.file_id where i.number in ('12', '13') order by 1"
    )
    assert [row["title"] for row in homes] == ["Một", "Hai"]


def test_a_refused_twin_does_not_take_the_code_from_the_first(
    tmp_path: Path, bring_one: Bring, rows: Rows, world: World
) -> None:
    result = bring_one(saved(tmp_path, PLAIN + "01,1,Hồ sơ lặp\n"), partial=True)
    assert codes(result.outcomes) == [(4, "code", "CODE_TWICE")]
    assert [
        row["code"] for row in rows("select code from file where catalog_number = '01' order by code")
    ] == [
        f"{world.a.code}.01.1",
        f"{world.a.code}.01.2",
    ]
