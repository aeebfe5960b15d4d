"""Workbooks as clerks make them: sums, signatures, headings anywhere, merged cells, several sheets, mended errors."""

# ruff: noqa: E501 (rows of sheets)

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from hub.importers.batch import BATCH_ROWS
from hub.importers.errors_sheet import write_errors
from hub.importers.outcome import KEPT_OUTCOMES, SOME_REFUSED, FileResult, ImportResult, UnusableInput
from tests.importers.conftest import codes, parsed, write_sheet
from tests.importers.test_apply import saved
from tests.kit.test_vietnamese import as_vni

Bring = Callable[..., FileResult]

HEAD = [
    "TT",
    "Số, ký hiệu hồ sơ",
    "Tiêu đề hồ sơ",
    "Thời gian tài liệu",
    "Thời hạn bảo quản",
    "Số tờ",
    "Ghi chú",
]
ONE = [1, "01.TCCB", "Hồ sơ tuyển dụng", "2019", "Vĩnh viễn", 12, ""]
TWO = [2, "02.TCCB", "Hồ sơ nâng lương", "3/2019", "20 năm", 5, "-nt-"]


def form(*rows: list[Any], head: list[str] = HEAD) -> list[list[Any]]:
    return [["UBND QUẬN BA ĐÌNH"], ["Mục lục số: 05"], [], head, *rows]


def titles(path: Path) -> list[str]:
    return [record["title"] for record in parsed(path)[0] if record["level"] == "file"]


def under(path: Path) -> dict[str, str | None]:
    """Titles of files with the title of the series above."""
    records = parsed(path)[0]
    series = {record["ref"]: record["title"] for record in records if record["level"] == "series"}
    return {
        record["title"]: series.get(record["parent_ref"]) for record in records if record["level"] == "file"
    }


@pytest.mark.parametrize(
    ("ending", "skipped"),
    [
        ([[None, None, "Tổng cộng", None, None, 17]], {"total": 1}),
        ([["Cộng:", 2, None, None, None, 17]], {"total": 1}),
        ([[None, None, "Tổng cộng: 02 hồ sơ", None, None, 17, "(mười bảy tờ)"]], {"total": 1}),
        ([[None, None, "NGƯỜI LẬP", None, None, "TRƯỞNG PHÒNG"], [None, None, "(Ký, ghi rõ họ tên)", None, None, "(Ký tên, đóng dấu)"], [None, None, "Nguyễn Văn A", None, None, "Trần Thị B"]], {"signature": 3}),
        ([[None, "NGƯỜI LẬP BIỂU", None, None, "Hà Nội, ngày 5 tháng 1 năm 2020"], [None, None, None, None, "KT. TRƯỞNG PHÒNG"], [None, None, None, None, "PHÓ TRƯỞNG PHÒNG"], [None, "Nguyễn Văn A", None, None, "Trần Thị B"]], {"signature": 4}),
    ],
)  # fmt: skip
def test_sums_and_signatures_in_any_column_are_no_files(
    tmp_path: Path, ending: list[list[Any]], skipped: dict[str, int]
) -> None:
    path = write_sheet(tmp_path / "a.xlsx", form(ONE, TWO, *ending))
    records, reading, outcomes = parsed(path)
    assert len(records) == 2
    assert codes(outcomes) == []
    assert {kind: number for kind, number in reading.skipped.items() if kind != "blank"} == skipped


@pytest.mark.parametrize(
    "title",
    ["Tổng số cán bộ, công chức", "Chủ tịch UBND quận trả lời đơn thư", "Phó Chủ tịch đi công tác nước ngoài", "Danh sách này"],
)  # fmt: skip
def test_a_title_that_begins_like_a_sum_or_a_signature_is_a_file(tmp_path: Path, title: str) -> None:
    path = write_sheet(
        tmp_path / "a.xlsx", form(ONE, [2, "02", title, "2019", "5 năm", 3, ""], [*TWO[:1], "03", *TWO[2:]])
    )
    assert titles(path)[1:] == [title, "Hồ sơ nâng lương"]


def test_files_after_a_signature_on_the_next_page_come_in(tmp_path: Path) -> None:
    path = write_sheet(
        tmp_path / "a.xlsx", form(ONE, [None, None, "NGƯỜI LẬP"], [None, None, "Nguyễn Văn A"], HEAD, TWO)
    )
    assert titles(path) == ["Hồ sơ tuyển dụng", "Hồ sơ nâng lương"]


def test_headings_by_department_in_any_column_become_series(tmp_path: Path) -> None:
    rows = form(
        ["PHÒNG NỘI VỤ"], ONE, ["PHÒNG TÀI CHÍNH - KẾ HOẠCH"], TWO,
        ["I", "Phổ biến, giáo dục pháp luật"], [3, "03.TP", "Ba", "2019", "5 năm", 1, ""],
        [None, "II. KINH TẾ"], [4, "04.KT", "Bốn", "2019", "10 năm", 1, ""],
    )  # fmt: skip
    assert under(write_sheet(tmp_path / "a.xlsx", rows)) == {
        "Hồ sơ tuyển dụng": "PHÒNG NỘI VỤ",
        "Hồ sơ nâng lương": "PHÒNG TÀI CHÍNH - KẾ HOẠCH",
        "Ba": "I. Phổ biến, giáo dục pháp luật",
        "Bốn": "II. KINH TẾ",
    }


def test_a_form_in_an_old_font_is_unicode_above_its_data_too(tmp_path: Path) -> None:
    body = [["Mục lục số: 07"], ["TT", "Số hồ sơ", "Tiêu đề hồ sơ", "Thời gian"], ["I", "", "Tổ chức cán bộ và biên chế"],
            ["1", "01", "Hồ sơ bổ nhiệm cán bộ lãnh đạo", "2001"], ["2", "02", "Hồ sơ kỷ luật viên chức", "2002"]]  # fmt: skip
    path = write_sheet(tmp_path / "a.xlsx", [[as_vni(cell) for cell in row] for row in body])
    assert set(under(path).values()) == {"I. Tổ chức cán bộ và biên chế"}
    assert {record["catalog_number"] for record in parsed(path)[0] if record["level"] == "file"} == {"07"}


def test_cells_merged_downwards_hold_for_all_their_rows_but_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Hồ sơ số", "STT", "Số ký hiệu", "Trích yếu", "Tác giả", "Số trang"])
        for at in range(1, 5):
            page.write_row(at, 1, [at, f"{at}/QĐ-UBND", f"Quyết định {at}"])
        page.merge_range(1, 0, 2, 0, "01.TCCB")
        page.merge_range(1, 4, 4, 4, "UBND quận")
        page.merge_range(3, 0, 4, 0, "02.TCCB")
        page.merge_range(1, 5, 2, 5, 9)
    records, _, outcomes = parsed(path)
    assert codes(outcomes) == []
    assert [record["file_notation"] for record in records] == ["01.TCCB"] * 2 + ["02.TCCB"] * 2
    assert {record["issuer"] for record in records} == {"UBND quận"}
    assert [record["page_count"] for record in records] == [9, None, None, None]


def test_ditto_names_the_same_file_again(tmp_path: Path) -> None:
    path = saved(tmp_path, "Mã hồ sơ,Số ký hiệu,Trích yếu\nA.1,1/QĐ,Một\n-nt-,2/QĐ,Hai\n")
    assert [record["file_code"] for record in parsed(path)[0]] == ["A.1", "A.1"]


def workbook(path: Path, hidden: str = "", **pages: list[list[Any]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in pages.items():
            page = book.add_worksheet(name)
            if name == hidden:
                page.hide()
            for at, row in enumerate(rows):
                page.write_row(at, 0, ["" if cell is None else cell for cell in row])
    return path


def test_sheets_left_out_are_named(tmp_path: Path) -> None:
    pages = {"ML": form(ONE), "Cũ": form(TWO), "Hướng dẫn": [["Điền theo mẫu", "xin cảm ơn"]]}
    records, reading, _ = parsed(workbook(tmp_path / "a.xlsx", hidden="Cũ", **pages))
    assert len(records) == 1
    assert [(note.code, note.message_vi.split("»")[0].split("«")[1]) for note in reading.notes] == [
        ("SHEET_HIDDEN", "Cũ"),
        ("SHEET_LEFT_OUT", "Hướng dẫn"),
    ]


def test_a_faulty_list_beside_a_good_one_refuses_the_workbook(tmp_path: Path) -> None:
    items = [["STT", "Số ký hiệu", "Trích yếu"], [1, "1/QĐ", "Văn bản không có hồ sơ"]]
    with pytest.raises(UnusableInput, match='worksheet "VB", line 1: Required') as refused:
        parsed(workbook(tmp_path / "a.xlsx", HS=form(ONE), VB=items))
    assert refused.value.problem_code == "MISSING_COLUMN"


def test_a_number_twice_names_both_sheets(tmp_path: Path, bring_one: Bring) -> None:
    result = bring_one(
        workbook(tmp_path / "a.xlsx", Một=form(ONE), Hai=form([9, "01.TCCB", "Khác", "2019", "", 1, ""]))
    )
    (refused,) = [outcome for outcome in result.outcomes if outcome.is_refused]
    assert (refused.sheet, refused.row, refused.findings[0].code) == ("Hai", 5, "CODE_TWICE")
    assert "Một!5" in refused.findings[0].message_vi


def test_no_number_of_warnings_hides_a_refusal(tmp_path: Path, bring_one: Bring) -> None:
    body = "".join(f"{at},Hồ sơ,05/03/99\n" for at in range(1, KEPT_OUTCOMES + 10))
    result = bring_one(
        saved(tmp_path, f"Hồ sơ số,Tiêu đề,Thời gian\n{body}x,Sai,31/02/2019\n1,Lại,05/03/99\n")
    )
    assert (result.exit_code, result.refused) == (SOME_REFUSED, 2)
    refused = [outcome for outcome in result.outcomes if outcome.is_refused]
    assert [f.code for o in refused for f in o.findings if f.is_error] == ["INVALID_DATE", "CODE_TWICE"]


def test_the_sheet_given_back_can_be_mended_and_imported(tmp_path: Path, bring_one: Bring) -> None:
    rows = [["MỤC LỤC HỒ SƠ"], [], ["Hồ sơ số", "Mục lục số", "Tiêu đề hồ sơ", "Thời gian", "Thời hạn"],
            ["1", "05", "Tốt", "2019", "Vĩnh viễn"], ["2", "05", "Sai", "31/02/2019", "-nt-"], ["3", "05", "=1+1", "2019", "-nt-"]]  # fmt: skip
    result = ImportResult([bring_one(write_sheet(tmp_path / "a.xlsx", rows))])
    errors = tmp_path / "errors.xlsx"
    assert write_errors(result, errors)
    back = CalamineWorkbook.from_path(str(errors)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert (back[0][-1], back[2][-1], back[3][-1]) == ("", "Lỗi", "")
    assert "31/02/2019" in str(back[4][-1])
    mended = [["28/02/2019" if cell == "31/02/2019" else cell for cell in row] for row in back]
    records, reading, outcomes = parsed(write_sheet(tmp_path / "b.xlsx", mended))
    assert (codes(outcomes), reading.notes) == ([], [])
    assert [(r["title"], r["retention_kind"], orjson.loads(r["extra"])) for r in records] == [
        ("Tốt", "PERMANENT", {}), ("Sai", "PERMANENT", {}), ("=1+1", "PERMANENT", {}),
    ]  # fmt: skip


@pytest.mark.parametrize("cell", ["\ufeff", "\u200b", "\x01 \u200b"])
def test_what_nobody_sees_is_no_title(tmp_path: Path, cell: str) -> None:
    _, _, outcomes = parsed(saved(tmp_path, f"Hồ sơ số,Tiêu đề hồ sơ\n1,{cell}\n"))
    assert codes(outcomes) == [(2, "title", "REQUIRED")]


@pytest.mark.parametrize(
    ("written", "first", "last", "said"),
    [
        ("T3/2019", "2019-03-01", "2019-03-31", []),
        ("05/03/2019 00:00:00", "2019-03-05", "2019-03-05", []),
        ("2018, 2020", "2018-01-01", "2020-12-31", []),
        ("1954 - nay", "1954-01-01", "None", ["UNCLEAR_DATE"]),
        ("từ 1954 đến nay", "1954-01-01", "None", ["UNCLEAR_DATE"]),
        ("khoảng 1975", "None", "None", ["UNCLEAR_DATE"]),
        ("trước 30/4/1975", "None", "None", ["UNCLEAR_DATE"]),
    ],
)
def test_open_dates_keep_their_words(
    tmp_path: Path, written: str, first: str, last: str, said: list[str]
) -> None:
    (record,), _, outcomes = parsed(
        saved(tmp_path, f"Hồ sơ số;Tiêu đề;Thời gian tài liệu\n1;Hồ sơ;{written}\n")
    )
    assert (str(record["start_date"]), str(record["end_latest"])) == (first, last)
    assert written.endswith(record["end_text"])
    assert [code for _, _, code in codes(outcomes)] == said


@pytest.mark.parametrize("written", ["trước 31/02/1975", "2019 2020", "12345678"])
def test_no_word_saves_a_day_that_never_was(tmp_path: Path, written: str) -> None:
    _, _, outcomes = parsed(saved(tmp_path, f"Hồ sơ số,Tiêu đề,Thời gian tài liệu\n1,Hồ sơ,{written}\n"))
    assert codes(outcomes) == [(2, "dates", "INVALID_DATE")]


@pytest.mark.parametrize(
    ("written", "code"),
    [("Tối mật (TM)", "SECRET_CONTENT"), ("Độ mật: Mật", "SECRET_CONTENT"), ("mật A", "SECRET_CONTENT"),
     ("Danh mục bí mật nhà nước", "SECRET_CONTENT"), ("Không mật", "UNCLEAR_ACCESS"), ("Đã giải mật", "UNCLEAR_ACCESS"),
     ("Bí mật đời tư", "UNCLEAR_ACCESS"), ("Mặt sau", "UNCLEAR_ACCESS")],
)  # fmt: skip
def test_every_way_to_write_secret_is_understood(tmp_path: Path, written: str, code: str) -> None:
    _, _, outcomes = parsed(saved(tmp_path, f"Hồ sơ số,Tiêu đề,Chế độ sử dụng\n1,Quy hoạch,{written}\n"))
    assert [found for _, _, found in codes(outcomes)] == [code]


def test_a_comma_too_many_is_said_with_its_row(tmp_path: Path) -> None:
    path = saved(tmp_path, "Hồ sơ số,Tiêu đề hồ sơ\n1,Hồ sơ A, phần hai\n2,B\n")
    records, _, outcomes = parsed(path)
    assert codes(outcomes) == [(2, "column 3", "BESIDE_THE_TABLE")]
    assert orjson.loads(records[0]["extra"]) == {"column 3": "phần hai"}


def test_rows_after_a_comma_too_many_are_read_on(tmp_path: Path) -> None:
    rest = "".join(f"{at},Hồ sơ {at}\n" for at in range(2, BATCH_ROWS + 3))
    records, _, outcomes = parsed(saved(tmp_path, f"Hồ sơ số,Tiêu đề hồ sơ\n1,Hồ sơ A, phần hai\n{rest}"))
    assert (len(records), codes(outcomes)) == (BATCH_ROWS + 2, [(2, "column 3", "BESIDE_THE_TABLE")])


def test_a_file_without_sheets_is_not_said_to_have_one(tmp_path: Path, bring_one: Bring) -> None:
    result = bring_one(saved(tmp_path, "gì đó,khác\n1,2\n"))
    assert (result.unusable is not None, result.notes) == (True, [])
