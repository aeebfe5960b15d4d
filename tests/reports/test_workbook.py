"""The workbook: one sheet a table, numbers as numbers, dates as dates, and no formula from what people typed."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from reports.model import Lacking, Report, Returns, Voice
from reports.tables import Form, tables
from reports.workbook import render_workbook
from tests.reports import samples

MADE = datetime(2025, 7, 1, 1, 30, tzinfo=UTC)
HOSTILE = ("=1+1", "+84 24 1234", "-5%", "@SUM(A1)", '=HYPERLINK("http://x")')


def _whole() -> Report:
    """A report in which every table has a row."""
    made = samples.report(31)
    voices = tuple(Voice(words, words, words, words) for words in HOSTILE)
    first = replace(made.targets[0], lacks=(Lacking("Chứng cứ về chữ ký", 12),))
    return replace(
        made,
        targets=(first, *made.targets[1:]),
        returns=Returns(31, 5, voices, 5, date(2025, 6, 20), ("Sở Y tế",)),
    )


@pytest.fixture(scope="module")
def content() -> bytes:
    return render_workbook(_whole(), MADE)


@pytest.fixture(scope="module")
def book(content: bytes) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def _sheet(book: CalamineWorkbook, name: str) -> list[dict[str, Any]]:
    head, *rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_every_table_is_a_sheet_with_a_name_that_a_spreadsheet_takes(book: CalamineWorkbook) -> None:
    made = tables(_whole())
    assert book.sheet_names == ["Giới thiệu", *(table.name for table in made)]
    assert len(made) == 13
    for table in made:
        assert len(table.name) <= 31
        assert not re.search(r"[\[\]:*?/\\]", table.name)
        assert len(_sheet(book, table.name)) == len(table.rows)
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_numbers_are_numbers_and_percentages_are_shares(book: CalamineWorkbook) -> None:
    first = next(row for row in _sheet(book, "Chỉ tiêu") if row["Mã"] == "A.1")
    assert (first["Tử số"], first["Mẫu số"], first["Tỷ lệ"]) == (724112.0, 1000000.0, 0.7241)
    assert first["Mức phải đạt"] == 0.8
    assert first["Tăng, giảm (điểm %)"] == 4.23
    assert first["Tỷ lệ nếu không loại trừ"] == 0.724
    for table in tables(_whole()):
        for row in _sheet(book, table.name):
            for column in table.columns:
                value = row[column.title]
                if column.form in (Form.COUNT, Form.SHARE, Form.POINTS):
                    assert value == "" or isinstance(value, int | float)
                if column.form is Form.DAY:
                    assert value == "" or isinstance(value, date)


def test_what_is_unknown_is_an_empty_cell_and_never_zero(book: CalamineWorkbook) -> None:
    unknown = next(row for row in _sheet(book, "Chỉ tiêu") if row["Mã"] == "B.3")
    assert (unknown["Tử số"], unknown["Mẫu số"], unknown["Tỷ lệ"]) == ("", "", "")
    assert unknown["Kết quả"] == "Thiếu dữ liệu"


def test_dates_are_dates(book: CalamineWorkbook) -> None:
    assert {row["Thời hạn"] for row in _sheet(book, "Chỉ tiêu")} >= {samples.DUE}
    papers = _sheet(book, "Tài liệu chứng minh")
    assert {row["Ngày văn bản"] for row in papers} == {date(2022, 3, 1), ""}


def test_what_people_typed_stays_text(content: bytes, book: CalamineWorkbook) -> None:
    told = [row["Khó khăn, vướng mắc"] for row in _sheet(book, "Ý kiến của cơ quan")]
    assert told == list(HOSTILE)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
        links = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels")]
    assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
    assert not any("http://x" in link for link in links)


def test_heads_stay_in_sight_and_widths_and_formats_are_set(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
        styles = archive.read("xl/styles.xml").decode()
    for sheet in sheets[1:]:
        assert 'state="frozen"' in sheet
        assert "customWidth" in sheet
    for form in ("#,##0", "0.00%", "dd/mm/yyyy"):
        assert f'formatCode="{form}"' in styles


def test_the_first_sheet_says_what_the_workbook_is() -> None:
    def front(report: Report) -> str:
        book = CalamineWorkbook.from_filelike(io.BytesIO(render_workbook(report, MADE)))
        return " | ".join(str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row)

    told = front(_whole())
    for words in ("99/KH-UBND", "Toàn Thành phố", "2025-06-30", "2025-07-01 08:30:00", "Số liệu tạm tính"):
        assert words in told
    own = front(replace(_whole(), official=True, scope="UBND quận Ba Đình"))
    assert "Số liệu chính thức" in own
    assert "UBND quận Ba Đình" in own


def test_a_table_without_rows_is_no_sheet() -> None:
    bare = replace(samples.report(3), ranking=(), duties=(), exclusions=(), tasks=())
    names = [table.name for table in tables(bare)]
    assert "Xếp hạng" not in names
    assert "Loại trừ" not in names
    assert "Chỉ tiêu" in names
