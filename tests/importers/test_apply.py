"""Imports stored: idempotent, all or nothing, permitted, and honest about each row."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.importers.apply import import_path
from hub.importers.outcome import ALL_IN, SOME_REFUSED, UNUSABLE, FileResult, UnusableInput
from hub.kit.errors import NotPermitted
from hub.kpi.tally import recount_tally
from hub.records.rules.description import PROVISIONAL
from tests.importers.conftest import codes
from tests.importers.findingaids import DIALECTS, EAD_2002
from tests.importers.test_lists import FORM, ITEMS_FORM
from tests.records.world import World

Rows = Callable[..., list[dict[str, Any]]]
Bring = Callable[..., FileResult]

FILES = """Mã hồ sơ,Mục lục số,Hồ sơ số,Tiêu đề hồ sơ,Thời gian tài liệu,Thời hạn bảo quản,Chế độ sử dụng,Số tờ
A.1,01,1,Hồ sơ một,2019,Vĩnh viễn,Công khai,12
A.2,01,2,Hồ sơ hai,3/2020,70 năm,Hạn chế,5
"""
ITEMS = """Mã hồ sơ,STT,Số ký hiệu,Ngày,Trích yếu,Cơ quan ban hành,Số trang,Chế độ sử dụng
A.1,1,12/QĐ-UBND,05/03/2019,Quyết định một,UBND quận,2,01
A.1,2,13/QĐ-UBND,06/03/2019,Quyết định hai,UBND quận,3,01
A.2,,14/QĐ-UBND,07/03/2020,Quyết định ba,UBND quận,,02
"""
STATE = """
select 'fonds' as kind, id, version, updated_at, xmin::text from fonds union all
select 'series', id, version, updated_at, xmin::text from series union all
select 'file', id, version, updated_at, xmin::text from file union all
select 'item', id, version, updated_at, xmin::text from item union all
select 'listing', item_id * 1000 + file_id, 0, listed_at, xmin::text from item_listing union all
select 'audit', id, 0, at, xmin::text from audit_event order by 1, 2
"""


def saved(tmp_path: Path, body: str, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_text(body)
    return path


def test_a_list_of_files_becomes_files(tmp_path: Path, bring_one: Bring, rows: Rows, world: World) -> None:
    result = bring_one(saved(tmp_path, FILES))
    assert (result.stored, result.exit_code, dict(result.counts)) == (True, ALL_IN, {("file", "created"): 2})
    first, second = rows("select * from file where code like 'A.%' order by code")
    assert (first["title"], first["catalog_number"], first["notation"]) == ("Hồ sơ một", "01", "1")
    assert (first["retention_kind"], first["access_level"], first["sheet_count"]) == ("PERMANENT", 0, 12)
    assert (second["start_precision"], second["start_text"], second["access_level"]) == ("MONTH", "3/2020", 1)
    assert {first["fonds_id"], second["fonds_id"]} == {world.fonds.id}
    assert (first["agency_id"], first["custodian_id"], first["creator_id"]) == (world.a.id,) * 3
    assert first["created_by"] == world.user("officer").id
    assert (first["state"], first["version"], first["title_sort"] > second["title_sort"]) == ("OPEN", 1, True)


@pytest.mark.parametrize("body", [FILES, FORM, *DIALECTS.values()])
def test_a_second_run_changes_nothing(
    tmp_path: Path, bring_one: Bring, rows: Rows, session: Session, body: str
) -> None:
    path = saved(tmp_path, body, "in.xml" if body.lstrip().startswith("<") else "in.csv")
    first = bring_one(path)
    assert first.stored
    assert first.count("created") > 0
    before = rows(STATE)
    again = bring_one(path)
    assert again.stored
    assert {action for _, action in again.counts} == {"unchanged"}
    assert sum(again.counts.values()) >= first.count("created") - 1  # the fonds a list opened is no row of it
    assert rows(STATE) == before


def test_items_find_their_files_and_places(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    bring_one(saved(tmp_path, FILES))
    result = bring_one(saved(tmp_path, ITEMS, "items.csv"))
    assert dict(result.counts) == {("item", "created"): 3}
    found = rows(
        "select f.code, i.ordinal, i.number, i.notation, i.issued_date::text, i.code as own from item i"
        " join file f on f.id = i.file_id where f.code like 'A.%' order by f.code, i.ordinal"
    )
    assert [(row["code"], row["ordinal"], row["number"]) for row in found] == [
        ("A.1", 1, "12"),
        ("A.1", 2, "13"),
        ("A.2", 1, "14"),
    ]
    assert found[0]["issued_date"] == "2019-03-05"
    assert all(PROVISIONAL.fullmatch(row["own"]) for row in found)
    (first,) = rows("select item_count, page_count from file where code = 'A.1'")
    assert first == {"item_count": 2, "page_count": 5}  # derived by the table's own trigger
    again = bring_one(tmp_path / "items.csv")
    assert dict(again.counts) == {("item", "unchanged"): 3}


def test_what_is_imported_is_tallied_and_folded(tmp_path: Path, bring_one: Bring, session: Session) -> None:
    for number in range(3):
        bring_one(saved(tmp_path, FILES.replace("A.", f"B{number}.")))
    bring_one(saved(tmp_path, FILES))
    bring_one(saved(tmp_path, ITEMS, "items.csv"))
    groups = recount_tally(session)
    assert [one for one in groups if one.kept != one.recounted] == []
    assert sum(one.kept for one in groups if one.kind == "item") >= 3
    assert session.connection().scalar(text("select count(*) from record_tally")) == len(groups)


def test_a_corrected_code_changes_the_file_and_makes_no_twin(
    tmp_path: Path, bring_one: Bring, rows: Rows
) -> None:
    bring_one(saved(tmp_path, FILES))
    (before,) = rows("select id, version from file where code = 'A.1'")
    result = bring_one(saved(tmp_path, FILES.replace("A.1,", "A.10,").replace("Hồ sơ hai", "Hồ sơ hai sửa")))
    assert dict(result.counts) == {("file", "updated"): 2}
    assert rows("select id, version from file where code = 'A.10'") == [
        {"id": before["id"], "version": before["version"] + 1}
    ]
    assert rows("select id from file where code = 'A.1'") == []


def test_codes_may_change_hands(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    bring_one(saved(tmp_path, FILES))
    swapped = FILES.replace("A.1,", "A.x,").replace("A.2,", "A.1,").replace("A.x,", "A.2,")
    assert bring_one(saved(tmp_path, swapped)).stored
    assert {row["code"]: row["title"] for row in rows("select code, title from file where code like 'A._'")} == {
        "A.2": "Hồ sơ một", "A.1": "Hồ sơ hai",
    }  # fmt: skip


def test_what_a_sheet_does_not_say_stays(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    bring_one(saved(tmp_path, FILES))
    bring_one(saved(tmp_path, "Mục lục số,Hồ sơ số,Tiêu đề hồ sơ\n01,1,Hồ sơ một sửa\n"))
    (found,) = rows("select title, retention_kind, sheet_count, access_level from file where code = 'A.1'")
    assert found == {
        "title": "Hồ sơ một sửa",
        "retention_kind": "PERMANENT",
        "sheet_count": 12,
        "access_level": 0,
    }


def test_a_file_opened_by_hand_is_recognised_by_its_code(
    tmp_path: Path, bring_one: Bring, rows: Rows, world: World
) -> None:
    result = bring_one(saved(tmp_path, "Mã hồ sơ,Hồ sơ số,Tiêu đề hồ sơ\nH01,9,Hồ sơ thu chi sửa\n"))
    assert dict(result.counts) == {("file", "updated"): 1}
    assert rows("select id, title from file where code = 'H01' and agency_id = :a", a=world.a.id) == [
        {"id": world.file.id, "title": "Hồ sơ thu chi sửa"}
    ]


def test_form_headings_are_series_of_the_fonds(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    result = bring_one(saved(tmp_path, FORM))
    assert result.counts["series", "created"] == 3
    assert result.counts["fonds", "created"] == 1
    assert result.skipped["total"] == 1
    found = rows(
        "select f.notation, s.title, p.title as above, o.code as fonds from file f join series s on s.id = f.series_id"
        " left join series p on p.id = s.parent_id join fonds o on o.id = f.fonds_id where f.catalog_number = '01'"
        " order by f.id"
    )
    assert found[2] == {
        "notation": "03.TCCB",
        "title": "1. Đào tạo",
        "above": "I. Tổ chức cán bộ",
        "fonds": "12",
    }
    assert [row["above"] for row in found] == [None, None, "I. Tổ chức cán bộ", None]


def test_item_forms_meet_file_forms(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    bring_one(saved(tmp_path, FORM))
    result = bring_one(saved(tmp_path, ITEMS_FORM, "items.csv"))
    assert dict(result.counts) == {("item", "created"): 3}
    homes = rows(
        "select distinct f.notation from item i join file f on f.id = i.file_id where i.number in ('12', '13')"
    )
    assert homes == [{"notation": "01.TCCB"}]


def test_a_finding_aid_becomes_a_tree(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    result = bring_one(saved(tmp_path, EAD_2002, "a.xml"))
    assert dict(result.counts) == {
        ("fonds", "created"): 1, ("series", "created"): 3, ("file", "created"): 3, ("item", "created"): 2,
    }  # fmt: skip
    found = rows(
        "select f.title, s.title as series, p.title as above, o.code from file f join series s on s.id = f.series_id"
        " left join series p on p.id = s.parent_id join fonds o on o.id = f.fonds_id where f.source_key like 'ead:%'"
        " order by f.id"
    )
    assert found == [
        {"title": "Bổ nhiệm, 1960", "series": "Tổ chức", "above": None, "code": "P.01"},
        {"title": "Điều động", "series": "Tổ chức", "above": None, "code": "P.01"},
        {"title": "Sổ thuế", "series": "Thuế", "above": "Tài chính", "code": "P.01"},
    ]
    items = rows(
        "select subject, ordinal, issued_date::text from item where source_key like 'ead:%' order by ordinal"
    )
    assert items[0] == {"subject": "Quyết định số 5", "ordinal": 1, "issued_date": "1961-07-29"}
    (fonds,) = rows("select start_year, end_year, languages, history from fonds where code = 'P.01'")
    assert (fonds["start_year"], fonds["end_year"], fonds["languages"]) == (1954, 1986, ["01", "03"])


def test_a_changed_finding_aid_changes_only_what_changed(
    tmp_path: Path, bring_one: Bring, rows: Rows
) -> None:
    bring_one(saved(tmp_path, EAD_2002, "a.xml"))
    result = bring_one(saved(tmp_path, EAD_2002.replace("Điều động", "Điều động cán bộ"), "a.xml"))
    assert dict(result.counts) == {
        ("fonds", "unchanged"): 1, ("series", "unchanged"): 3, ("file", "unchanged"): 2, ("file", "updated"): 1,
        ("item", "unchanged"): 2,
    }  # fmt: skip
    assert rows("select version from file where title = 'Điều động cán bộ'") == [{"version": 2}]


def test_two_finding_aids_may_use_the_same_unitids(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    bring_one(saved(tmp_path, EAD_2002, "a.xml"))
    other = EAD_2002.replace("vn-hn-001", "vn-hn-002").replace("P.01", "P.02")
    assert bring_one(saved(tmp_path, other, "b.xml")).stored
    series = rows("select code, extra->'unitid' as unitid from series where title = 'Tổ chức' order by id")
    assert series[0]["code"] == "1"
    assert PROVISIONAL.fullmatch(series[1]["code"])
    assert series[1]["unitid"] == ["1"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (FILES + "A.3,01,1,Trùng số,2020,,,\n", (4, "code", "CODE_TWICE")),
        (FILES + "A.1,01,9,Trùng mã,2020,,,\n", (4, "code", "CODE_TWICE")),
        (FILES + "A.4,01,4,Ngày sai,31/02/2020,,,\n", (4, "dates", "INVALID_DATE")),
        (FILES + "A.4,01,4,Mật thật,2020,,Mật,\n", (4, "title", "SECRET_CONTENT")),
        (FILES + "A.4,01,4,Số sai,2020,,,ba\n", (4, "sheets", "NOT_A_NUMBER")),
    ],
)
def test_one_bad_row_keeps_the_whole_file_out(
    tmp_path: Path, bring_one: Bring, rows: Rows, body: str, expected: tuple[int, str, str]
) -> None:
    path = saved(tmp_path, body)
    before = rows(STATE)
    result = bring_one(path)
    assert (result.stored, result.exit_code, result.refused) == (False, SOME_REFUSED, 1)
    assert codes(result.outcomes) == [expected]
    assert rows(STATE) == before
    partly = bring_one(path, partial=True)
    assert (partly.stored, partly.exit_code, partly.count("created")) == (True, SOME_REFUSED, 2)
    assert len(rows("select id from file where code in ('A.1', 'A.2')")) == 2


def test_an_item_without_a_file_is_refused(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    bring_one(saved(tmp_path, FILES))
    before = rows("select count(*) from item")
    result = bring_one(saved(tmp_path, ITEMS.replace("A.2,", "KHONG.CO,"), "items.csv"))
    assert codes(result.outcomes) == [(4, "file_code", "ITEM_WITHOUT_FILE")]
    assert "KHONG.CO" in result.outcomes[0].findings[0].message_vi
    assert rows("select count(*) from item") == before


def test_a_document_twice_in_a_file_is_refused(tmp_path: Path, bring_one: Bring) -> None:
    bring_one(saved(tmp_path, FILES))
    again = "A.1,9,12/QĐ-UBND,05/03/2019,Quyết định một chép lại,UBND quận,2,01\n"
    result = bring_one(saved(tmp_path, ITEMS + again, "items.csv"))
    assert codes(result.outcomes) == [(5, "number", "DUPLICATE_DOCUMENT")]
    assert "2" in result.outcomes[0].findings[0].message_vi


def test_a_document_in_two_files_is_listed_and_not_copied(
    tmp_path: Path, bring_one: Bring, rows: Rows
) -> None:
    bring_one(saved(tmp_path, FILES))
    again = "A.2,7,12/QĐ-UBND,05/03/2019,Quyết định một,UBND quận,2,01\n"
    path = saved(tmp_path, ITEMS + again, "items.csv")
    result = bring_one(path)
    assert dict(result.counts) == {("item", "created"): 3, ("item", "listed"): 1}
    (listing,) = rows(
        "select f.code, l.ordinal, i.number from item_listing l join file f on f.id = l.file_id"
        " join item i on i.id = l.item_id"
    )
    assert listing == {"code": "A.2", "ordinal": 7, "number": "12"}
    assert dict(bring_one(path).counts) == {("item", "unchanged"): 4}


def test_the_same_designation_with_other_words_is_another_document_and_is_said(
    tmp_path: Path, bring_one: Bring, rows: Rows
) -> None:
    bring_one(saved(tmp_path, FILES))
    bring_one(saved(tmp_path, ITEMS, "items.csv"))
    other = ITEMS.splitlines()[0] + "\nA.2,,12/QĐ-UBND,09/09/2019,Việc hoàn toàn khác,UBND quận,1,01\n"
    result = bring_one(saved(tmp_path, other, "more.csv"))
    assert dict(result.counts) == {("item", "created"): 1}
    assert codes(result.outcomes) == [(2, "number", "POSSIBLE_DUPLICATE")]
    next_year = other.replace("2019", "2021")
    assert bring_one(saved(tmp_path, next_year, "next.csv")).outcomes == []


def test_a_dry_run_tells_every_row_and_stores_nothing(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    bring_one(saved(tmp_path, FILES))
    before = rows(STATE)
    changed = FILES.replace("Hồ sơ hai", "Hồ sơ hai sửa") + "A.3,01,3,Hồ sơ ba,2021,,,\n"
    result = bring_one(saved(tmp_path, changed), dry_run=True)
    assert not result.stored
    assert [(o.row, o.level, o.action, o.code) for o in result.outcomes] == [
        (2, "file", "unchanged", "A.1"), (3, "file", "updated", "A.2"), (4, "file", "created", "A.3"),
    ]  # fmt: skip
    assert rows(STATE) == before


def test_one_event_tells_of_an_import(tmp_path: Path, bring_one: Bring, rows: Rows, world: World) -> None:
    before = rows("select count(*) as n from audit_event")[0]["n"]
    bring_one(saved(tmp_path, FILES))
    event, *more = rows("select * from audit_event order by id desc")
    assert len(more) == before
    assert (event["event_type"], event["agency_id"]) == ("import:create", world.a.id)
    assert event["agent_id"] == world.user("officer").id
    assert event["detail"]["counts"] == {"file.created": 2}
    assert "Hồ sơ" not in str(event["detail"])


@pytest.mark.parametrize(
    ("role", "agency"), [("leader", "A"), ("officer", "B"), ("staff", "A"), ("anyone", "A")]
)
def test_who_may_not_import_changes_nothing(
    tmp_path: Path, session: Session, rows: Rows, world: World, role: str, agency: str
) -> None:
    before = rows(STATE)
    target = world.a if agency == "A" else world.b
    with pytest.raises(NotPermitted):
        import_path(session, world.as_role(role), saved(tmp_path, FILES), agency_code=target.code)
    assert rows(STATE) == before


def test_a_clerk_imports_files_but_opens_no_fonds(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    assert bring_one(saved(tmp_path, FILES), "clerk").stored
    before = rows(STATE)
    with pytest.raises(NotPermitted):
        bring_one(saved(tmp_path, EAD_2002, "a.xml"), "clerk")
    assert rows(STATE) == before


def test_files_being_handed_over_are_not_changed(
    tmp_path: Path, bring_one: Bring, rows: Rows, session: Session
) -> None:
    bring_one(saved(tmp_path, FILES))
    session.connection().execute(text("update file set state = 'SUBMITTED' where code = 'A.1'"))
    before = rows(STATE)
    result = bring_one(saved(tmp_path, FILES.replace("Hồ sơ một", "Hồ sơ khác")))
    assert codes(result.outcomes) == [(2, "code", "WRONG_STATE")]
    result = bring_one(saved(tmp_path, ITEMS, "items.csv"))
    assert codes(result.outcomes) == [(2, "code", "WRONG_STATE"), (3, "code", "WRONG_STATE")]
    assert rows(STATE) == before


def test_published_records_keep_their_access_mode(
    tmp_path: Path, bring_one: Bring, session: Session, rows: Rows
) -> None:
    bring_one(saved(tmp_path, FILES))
    session.connection().execute(text("update file set published = true where code = 'A.1'"))
    result = bring_one(saved(tmp_path, FILES.replace("Công khai", "Hạn chế")))
    assert codes(result.outcomes) == [(2, "access", "RECORD_PUBLISHED")]
    assert rows("select access_level from file where code = 'A.1'") == [{"access_level": 0}]


def test_a_folder_is_imported_file_by_file(tmp_path: Path, bring: Callable[..., Any], rows: Rows) -> None:
    saved(tmp_path, FILES, "1.csv")
    saved(tmp_path, "<html><body/></html>", "2.xml")
    (tmp_path / "below").mkdir()
    saved(tmp_path / "below", EAD_2002, "3.xml")
    saved(tmp_path, "not of interest", "readme.md")
    seen: list[str] = []
    result = bring(tmp_path, after_file=lambda found: seen.append(found.path.name))
    assert seen == ["1.csv", "2.xml", "3.xml"]
    assert [found.stored for found in result] == [True, False, True]
    assert result.exit_code == UNUSABLE
    assert result.as_json()["files"][1]["unusable"]["code"] == "HTML_PAGE"


@pytest.mark.parametrize(
    ("path", "how", "code"),
    [
        ("nowhere", {}, "FILE_MISSING"),
        (".", {}, "FOLDER_EMPTY"),
        ("a.csv", {"agency": "KHONG-CO"}, "UNKNOWN_AGENCY"),
    ],
)
def test_what_cannot_begin_is_said(
    tmp_path: Path, bring: Callable[..., Any], path: str, how: dict[str, str], code: str
) -> None:
    if path == "a.csv":
        saved(tmp_path, FILES, path)
    with pytest.raises(UnusableInput) as refused:
        bring(tmp_path / path, **how)
    assert refused.value.problem_code == code


def test_an_unknown_format_is_said_with_the_known_ones(tmp_path: Path, bring_one: Bring) -> None:
    result = bring_one(saved(tmp_path, FILES), format="marc")
    assert result.unusable is not None
    assert result.unusable.problem_code == "UNKNOWN_FORMAT"
    assert "ead" in result.unusable.message_en


def test_legacy_blanks_are_open_when_declared(tmp_path: Path, bring_one: Bring, rows: Rows) -> None:
    body = "Hồ sơ số,Tiêu đề,Chế độ sử dụng\n71,Hồ sơ cũ,\n"
    bring_one(saved(tmp_path, body), legacy=True)
    (found,) = rows("select access_level, access_provenance, metadata_schema from file where notation = '71'")
    assert found == {"access_level": 0, "access_provenance": "HD169_blank", "metadata_schema": "HD169"}


def test_progress_is_told(tmp_path: Path, bring_one: Bring) -> None:
    seen: list[tuple[int, int, int]] = []
    path = saved(tmp_path, EAD_2002, "a.xml")
    bring_one(path, progress=lambda *told: seen.append(told))
    assert seen[-1][:2] == (path.stat().st_size, path.stat().st_size)


def test_an_import_opens_nothing_by_itself_and_writes_no_word_into_a_secret(
    tmp_path: Path, bring_one: Bring, session: Session, rows: Rows
) -> None:
    bring_one(saved(tmp_path, FILES))
    bring_one(saved(tmp_path, FILES.replace("Hạn chế,5", "Công khai,6")))
    waits = """select f.code, c.access_before, c.access_after, c.state
                 from access_change c join file f on f.id = c.file_id"""
    proposed = {"code": "A.2", "access_before": 1, "access_after": 0, "state": "PROPOSED"}
    assert rows(waits) == [proposed]
    assert rows("select access_level, sheet_count from file where code = 'A.2'") == [
        {"access_level": 1, "sheet_count": 6}
    ]
    told = rows(
        "select event_type, detail->'access_level' as levels from audit_event where object_type = 'accesschange'"
    )
    assert told == [{"event_type": "accesschange:create", "levels": [1, 0]}]
    # what is said anew takes the place of what waits; what is closed again replaces it
    bring_one(saved(tmp_path, FILES.replace("Hạn chế,5", "Hạn chế,7")))
    assert rows(waits) == [proposed]
    session.connection().execute(
        text(
            "update file set access_level = 2, title = 'Hồ sơ thuộc danh mục bí mật nhà nước' where code = 'A.2'"
        )
    )
    result = bring_one(saved(tmp_path, FILES.replace("Hồ sơ hai", "Hồ sơ hai mới")))
    assert codes(result.outcomes) == [(3, "access", "SECRET_RECORD")]
    assert rows("select title from file where code = 'A.2'") == [
        {"title": "Hồ sơ thuộc danh mục bí mật nhà nước"}
    ]
