"""Lists of files and items read: columns by any name, forms made for paper, values as people type them."""

# ruff: noqa: E501 (rows of sheets)

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from hub.importers.outcome import UnusableInput
from hub.records.rules.description import STUB_TITLES
from tests.importers.conftest import codes, parsed, write_sheet
from tests.kit.test_vietnamese import as_tcvn3, as_vni

FORM = """\
ỦY BAN NHÂN DÂN QUẬN BA ĐÌNH,,,,,,
MỤC LỤC HỒ SƠ NỘP LƯU NĂM 2020,,,,,,
Phông số: 12,,,Mục lục số: 01,,Hộp số: 7,
,,,,,,
STT,"Số, ký hiệu hồ sơ",Tiêu đề hồ sơ,Thời gian tài liệu,Thời hạn bảo quản,Số tờ/ số trang,Ghi chú
(1),(2),(3),(4),(5),(6),(7)
I,,Tổ chức cán bộ,,,,
1,01.TCCB,Hồ sơ tuyển dụng công chức,01/02/2020-30/06/2020,Vĩnh viễn,12/24,Có ảnh
2,02.TCCB,Hồ sơ nâng lương,tháng 3/2020,70 năm,5,-nt-
,,1. Đào tạo,,,,
3,03.TCCB,"Hồ sơ đào tạo,
bồi dưỡng",2020,-nt-,7 tờ,
,,,,,,
STT,"Số, ký hiệu hồ sơ",Tiêu đề hồ sơ,Thời gian tài liệu,Thời hạn bảo quản,Số tờ/ số trang,Ghi chú
II,,Tài chính,,,,
4,01.TC,Hồ sơ quyết toán,2018 - 2020,lâu dài,24 trang,
,,Tổng cộng: 4 hồ sơ,,,,
,,,"Hà Nội, ngày 5 tháng 1 năm 2021",,,
,NGƯỜI LẬP,,,,,
,Nguyễn Văn A,,,,,
"""

ITEMS_FORM = """\
MỤC LỤC VĂN BẢN TRONG HỒ SƠ
Hồ sơ số: 01.TCCB;Mục lục số: 01
STT;Số, ký hiệu;Ngày tháng;Tên loại và trích yếu nội dung;Tác giả;Tờ số;Ghi chú
1;12/QĐ-UBND;05/03/2020;Quyết định về việc tuyển dụng;UBND quận;1;
2;13/QĐ-UBND;3/2020;Quyết định khác;-nt-;3;
3;;2020;Danh sách;Phòng Nội vụ;5;Bản sao
"""


def saved(tmp_path: Path, text: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def files_of(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record for record in records if record["level"] == "file"]


def one(
    tmp_path: Path, header: str, row: str, **how: Any
) -> tuple[dict[str, Any] | None, list[tuple[int, str, str]]]:
    """One row under one header."""
    records, _, outcomes = parsed(saved(tmp_path, f"{header}\n{row}\n"), **how)
    return (records[0] if records else None), codes(outcomes)


def test_a_form_made_for_paper(tmp_path: Path) -> None:
    records, reading, outcomes = parsed(saved(tmp_path, FORM))
    first, second, third, fourth = files_of(records)
    assert [record["notation"] for record in (first, second, third, fourth)] == [
        "01.TCCB",
        "02.TCCB",
        "03.TCCB",
        "01.TC",
    ]
    assert {record["catalog_number"] for record in files_of(records)} == {"01"}
    assert {record["fonds_code"] for record in files_of(records)} == {"12"}
    assert first["source_key"] == "hs:12|1|1.tccb"
    assert first["composed_code"] == "BĐ.01.01.TCCB"
    assert (first["sheet_count"], first["page_count"]) == (12, 24)
    assert (third["sheet_count"], third["page_count"]) == (7, None)
    assert (fourth["sheet_count"], fourth["page_count"]) == (None, 24)
    assert third["title"] == "Hồ sơ đào tạo, bồi dưỡng"
    assert (second["description"], third["retention_years"]) == ("Có ảnh", 70)  # -nt-
    assert orjson.loads(first["extra"])["box"] == "7"
    assert (str(fourth["start_date"]), str(fourth["end_latest"])) == ("2018-01-01", "2020-12-31")
    assert dict(reading.skipped) == {
        "column numbers": 1, "heading": 3, "blank": 1, "head": 1, "total": 1, "signature": 3,
    }  # fmt: skip
    assert outcomes == []


@pytest.mark.parametrize("nothing", ["-", "…", "...", "\u200b", " – "])
def test_a_row_of_which_nothing_is_left_is_blank(tmp_path: Path, nothing: str) -> None:
    rows = f"STT,Hồ sơ số,Tiêu đề hồ sơ\n1,01,Hồ sơ A\n{nothing},,\n2,02,Hồ sơ B\n"
    records, reading, outcomes = parsed(saved(tmp_path, rows))
    assert [record["title"] for record in records] == ["Hồ sơ A", "Hồ sơ B"]
    assert (dict(reading.skipped), outcomes) == ({"blank": 1}, [])


def test_headings_become_nested_series(tmp_path: Path) -> None:
    records, _, _ = parsed(saved(tmp_path, FORM))
    series = {record["ref"]: record for record in records if record["level"] == "series"}
    under = {record["notation"]: record["parent_ref"] for record in files_of(records)}
    assert series[under["01.TCCB"]]["title"] == "I. Tổ chức cán bộ"
    assert series[under["03.TCCB"]]["title"] == "1. Đào tạo"
    assert series[under["03.TCCB"]]["parent_ref"] == under["01.TCCB"] == under["02.TCCB"]
    assert series[under["01.TC"]]["title"] == "II. Tài chính"
    assert not series[under["01.TC"]]["parent_ref"]


def test_items_take_their_file_from_the_title_block(tmp_path: Path) -> None:
    records, _, _ = parsed(saved(tmp_path, ITEMS_FORM))
    assert {record["level"] for record in records} == {"item"}
    first, second, third = records
    assert first["parent_ref"] == "hs:P1|1|1.tccb"
    assert (first["number"], first["notation"], first["doc_type"]) == ("12", "QĐ-UBND", "02")
    assert second["issuer"] == "UBND quận"
    assert (str(second["start_date"]), second["start_precision"], second["start_text"]) == (
        "2020-03-01",
        "MONTH",
        "3/2020",
    )
    assert (third["number"], third["doc_type"], third["ordinal"]) == (None, None, 3)
    assert first["source_key"] == "|12|qđ-ubnd|ubndquan|2020"


def test_english_codes_of_the_circulars_in_any_order(tmp_path: Path) -> None:
    header = "PageNumber;InforSign;title;FileNotation;FILECATALOG;FileCode;Maintenance;Rights;Language;StartDate;EndDate;TotalDoc"
    row = "20;TH;Hồ sơ A;12.TH;2019;000.00.00.G09.2019.12.TH;05;02;06;01/02/2019;31/12/2019;7"
    record, said = one(tmp_path, header, row)
    assert record is not None
    assert said == []
    assert record["code"] == "000.00.00.G09.2019.12.TH"
    assert (record["retention_kind"], record["retention_years"], record["access_level"]) == ("YEARS", 20, 1)
    assert (record["languages"], record["total_doc"], record["page_count"]) == (["01", "02"], 7, 20)
    assert record["metadata_schema"] == "TT02_2019"


@pytest.mark.parametrize(
    "header", ["SO, KY HIEU HO SO,TIEU DE HO SO", "Số và ký hiệu hồ sơ (*),Tiêu đề  hồ sơ"]
)
def test_column_names_by_any_spelling(tmp_path: Path, header: str) -> None:
    record, _ = one(
        tmp_path, header.replace("SO, KY", '"SO, KY').replace("SO,TIEU", 'SO",TIEU'), "01.TH,Hồ sơ A"
    )
    assert record is not None
    assert (record["notation"], record["title"]) == ("01.TH", "Hồ sơ A")


def test_heads_of_two_rows(tmp_path: Path) -> None:
    text = (
        "Hồ sơ số,Tiêu đề,Thời gian,,Số lượng,\n,,Bắt đầu,Kết thúc,tờ,trang\n5,Hồ sơ A,1/2019,12/2020,10,20\n"
    )
    records, _, outcomes = parsed(saved(tmp_path, text))
    (record,) = records
    assert (str(record["start_date"]), str(record["end_latest"])) == ("2019-01-01", "2020-12-31")
    assert (record["sheet_count"], record["page_count"]) == (10, 20)
    assert outcomes == []


def test_a_corrected_code_and_excels_lost_zero_keep_the_key(tmp_path: Path) -> None:
    keys = set()
    for row in ("A.1,01,007,Hồ sơ", "A.2,1,7,Hồ sơ", "A.3,01,007,Hồ sơ sửa"):
        record, _ = one(tmp_path, "Mã hồ sơ,Mục lục số,Hồ sơ số,Tiêu đề", row)
        assert record is not None
        keys.add(record["source_key"])
    assert keys == {"hs:P1|1|7"}


@pytest.mark.parametrize(
    ("written", "first", "last", "precision"),
    [
        ("tháng 3/2020", "2020-03-01", "2020-03-31", "MONTH"),
        ("2020", "2020-01-01", "2020-12-31", "YEAR"),
        ("năm 1999", "1999-01-01", "1999-12-31", "YEAR"),
        ("3/2020", "2020-03-01", "2020-03-31", "MONTH"),
        ("01/02/2020-30/06/2020", "2020-02-01", "2020-06-30", "DAY"),
        ("1/2 - 30/6/2020", "2020-02-01", "2020-06-30", "DAY"),
        ("từ 3/2018 đến 5/2020", "2018-03-01", "2020-05-31", "MONTH"),
        ("ngày 5 tháng 3 năm 2020", "2020-03-05", "2020-03-05", "DAY"),
        ("2020-03-05", "2020-03-05", "2020-03-05", "DAY"),
        ("43831", "2020-01-01", "2020-01-01", "DAY"),
        ("1998-99", "1998-01-01", "1999-12-31", "YEAR"),
        ("Quý I/2020", "2020-01-01", "2020-03-31", "MONTH"),
    ],
)
def test_dates_as_people_type_them(
    tmp_path: Path, written: str, first: str, last: str, precision: str
) -> None:
    record, said = one(tmp_path, "Hồ sơ số;Tiêu đề;Thời gian tài liệu", f"1;Hồ sơ;{written}")
    assert record is not None
    assert (str(record["start_date"]), str(record["end_latest"]), record["start_precision"]) == (
        first,
        last,
        precision,
    )
    assert record["start_text"] in written
    assert said == []


def test_cells_of_a_workbook_are_dates_and_numbers(tmp_path: Path) -> None:
    path = write_sheet(
        tmp_path / "a.xlsx",
        [
            ["Mã hồ sơ", "Hồ sơ số", "Tiêu đề", "Ngày bắt đầu", "Ngày kết thúc", "Số tờ"],
            ["A", 7, "Hồ sơ", date(2020, 3, 5), 43900, 12],
        ],
    )
    (record,), _, outcomes = parsed(path)
    assert (record["notation"], record["sheet_count"]) == ("7", 12)
    assert (record["start_date"], record["end_date"]) == (date(2020, 3, 5), date(2020, 3, 10))
    assert outcomes == []


@pytest.mark.parametrize(
    ("written", "kind", "years"),
    [
        ("Vĩnh viễn", "PERMANENT", None), ("VV", "PERMANENT", None), ("01", "PERMANENT", None),
        ("Lâu dài", "LEGACY_LONG", None), ("tạm thời", "LEGACY_TEMPORARY", None), ("70 năm", "YEARS", 70),
        ("06", "YEARS", 10), ("10", "YEARS", 10), ("Đến khi văn bản hết hiệu lực", "UNTIL_EVENT", None), ("", "UNKNOWN", None),
    ],
)  # fmt: skip
def test_words_of_retention(tmp_path: Path, written: str, kind: str, years: int | None) -> None:
    record, said = one(tmp_path, "Hồ sơ số,Tiêu đề,THBQ", f"1,Hồ sơ,{written}")
    assert record is not None
    assert (record["retention_kind"], record["retention_years"], record["retention_text"]) == (
        kind,
        years,
        written or None,
    )
    assert said == []


def test_unclear_words_are_kept_and_said_never_guessed(tmp_path: Path) -> None:
    record, said = one(tmp_path, "Hồ sơ số,Tiêu đề,THBQ,Chế độ sử dụng", "1,Hồ sơ,5,theo quy định")
    assert record is not None
    assert (record["retention_kind"], record["access_level"]) == ("UNKNOWN", None)
    assert (record["retention_text"], record["access_text"]) == ("5", "theo quy định")
    assert said == [(2, "retention", "AMBIGUOUS_RETENTION"), (2, "access", "UNCLEAR_ACCESS")]


def test_a_blank_access_mode_is_open_only_in_declared_legacy_data(tmp_path: Path) -> None:
    header, row = "Hồ sơ số,Tiêu đề,Chế độ sử dụng", "1,Hồ sơ,"
    record, _ = one(tmp_path, header, row)
    legacy, _ = one(tmp_path, header, row, is_legacy=True)
    assert record is not None
    assert legacy is not None
    assert (record["access_level"], record["access_provenance"]) == (None, None)
    assert (legacy["access_level"], legacy["access_provenance"], legacy["metadata_schema"]) == (
        0,
        "HD169_blank",
        "HD169",
    )
    without, _ = one(tmp_path, "Hồ sơ số,Tiêu đề", "1,Hồ sơ", is_legacy=True)
    assert without is not None
    assert "access_level" not in without


def test_secret_contents_are_refused_and_a_stub_is_let_in(tmp_path: Path) -> None:
    text = "Hồ sơ số,Tiêu đề,Chế độ sử dụng,Tổng số văn bản,Ghi chú\n1,Kế hoạch phòng thủ,Mật,5,\n2,,03,7,\n3,,03,7,Có bản đồ\n"
    records, _, outcomes = parsed(saved(tmp_path, text))
    (stub,) = records
    assert (stub["notation"], stub["title"], stub["total_doc"], stub["access_level"]) == (
        "2",
        STUB_TITLES["title"],
        7,
        2,
    )
    assert codes(outcomes) == [(2, "title", "SECRET_CONTENT"), (4, "title", "SECRET_CONTENT")]


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ("1,Hồ sơ,31/02/2020,,", "dates", "INVALID_DATE"),
        ("1,Hồ sơ,13/2020,,", "dates", "INVALID_DATE"),
        ("1,Hồ sơ,,mười,", "sheets", "NOT_A_NUMBER"),
        ("1,Hồ sơ,,-3,", "sheets", "NOT_A_NUMBER"),
        ("1,Hồ sơ,2020-2018,,", "end", "END_BEFORE_START"),
        ("1,,2020,5,", "title", "REQUIRED"),
        (f"1,{'x' * 2001},2020,5,", "title", "TOO_LONG"),
    ],
)
def test_a_wrong_value_is_named_by_row_field_and_reason(
    tmp_path: Path, row: str, field: str, code: str
) -> None:
    path = saved(tmp_path, f"Hồ sơ số,Tiêu đề,Thời gian,Số tờ,Ghi chú\n1,Hồ sơ tốt,2020,5,\n{row}\n")
    records, _, outcomes = parsed(path)
    assert [record["title"] for record in records] == ["Hồ sơ tốt"]
    assert codes(outcomes) == [(3, field, code)]
    (finding,) = outcomes[0].findings
    assert finding.message_vi != finding.message_en
    assert outcomes[0].is_refused


def test_a_column_without_a_field_is_kept_and_said(tmp_path: Path) -> None:
    record, _ = one(tmp_path, "Hồ sơ số,Tiêu đề,Màu bìa,Hộp số", "1,Hồ sơ,xanh,12")
    _, reading, _ = parsed(tmp_path / "list.csv")
    assert record is not None
    assert orjson.loads(record["extra"]) == {"Màu bìa": "xanh", "box": "12"}
    assert [(note.code, note.field) for note in reading.notes] == [("UNKNOWN_COLUMN", "Màu bìa")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("filepath,filename,filepath\na,b,c\n", "DUPLICATE_HEADER"),
        ("Tiêu đề,Tên hồ sơ,Hồ sơ số\na,b,c\n", "DUPLICATE_HEADER"),
        ("ngôn ngữ,ghi chú\na,b\n", "MISSING_COLUMN"),
        ("trích yếu,số ký hiệu,tác giả\na,1/QĐ,b\n", "MISSING_COLUMN"),
        ("a,b\n1,2\n", "NO_HEADER"),
        ("", "FILE_EMPTY"),
        ('Hồ sơ số,Tiêu đề\n1,"không đóng\n', "BROKEN_CSV"),
    ],
)
def test_an_unusable_sheet_is_refused_whole(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        parsed(saved(tmp_path, text))
    assert refused.value.problem_code == code


def test_a_mapping_makes_a_foreign_sheet_readable(tmp_path: Path) -> None:
    text = "filepath,filename,description\nkho/1,Hồ sơ một,x\n"
    mapping = {"filepath": "notation", "filename": "title"}
    (record,), _, _ = parsed(saved(tmp_path, text), mapping=mapping)
    assert (record["notation"], record["title"], record["description"]) == ("kho/1", "Hồ sơ một", "x")
    with pytest.raises(UnusableInput) as refused:
        parsed(saved(tmp_path, text), mapping={"filepath": "no_such_field"})
    assert refused.value.problem_code == "UNKNOWN_FIELD"


ENCODED = "Hồ sơ số,Tiêu đề hồ sơ\n1,Kế hoạch đào tạo cán bộ nghiệp vụ\n2,Quyết định bổ nhiệm\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_encodings_of_unicode(tmp_path: Path, encoding: str) -> None:
    records, _, _ = parsed(saved(tmp_path, ENCODED, encoding))
    assert [record["title"] for record in records] == [
        "Kế hoạch đào tạo cán bộ nghiệp vụ",
        "Quyết định bổ nhiệm",
    ]


def test_windows_1258(tmp_path: Path) -> None:
    import unicodedata

    # Code page 1258 writes the tone apart from the letter.
    apart = "".join(
        char if char in "âêôăđơưÂÊÔĂĐƠƯ" else unicodedata.normalize("NFC", base) + tone
        for char in unicodedata.normalize("NFC", ENCODED)
        for base, tone in [_tone_apart(char)]
    )
    records, _, _ = parsed(saved(tmp_path, apart, "cp1258"))
    assert [record["title"] for record in records] == [
        "Kế hoạch đào tạo cán bộ nghiệp vụ",
        "Quyết định bổ nhiệm",
    ]


def _tone_apart(char: str) -> tuple[str, str]:
    import unicodedata

    parts = unicodedata.normalize("NFD", char)
    tones = "".join(mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323")
    return "".join(mark for mark in parts if mark not in tones), tones


@pytest.mark.parametrize(
    ("raw", "line", "byte"),
    [
        (b"H\xe1\xbb\x93 s\xc6\xa1 s\xe1\xbb\x91,Ti\xc3\xaau \xc4\x91\xe1\xbb\x81\n1,ok\n2,\xc0\n", 3, "C0"),
        ("Hồ sơ số,Tiêu đề\n1,ok\n".encode("utf-16") + b"\x00", 3, "00"),
    ],
)
def test_a_wrong_encoding_is_refused_with_its_place(tmp_path: Path, raw: bytes, line: int, byte: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(raw)
    with pytest.raises(UnusableInput) as refused:
        parsed(path)
    assert (refused.value.problem_code, refused.value.line) == ("WRONG_ENCODING", line)
    assert f"0x{byte}" in refused.value.message_vi


@pytest.mark.parametrize(("write", "font"), [(as_tcvn3, "TCVN3"), (as_vni, "VNI")])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_sheets_in_old_fonts_come_in_as_unicode(tmp_path: Path, write: Any, font: str, encoding: str) -> None:
    text = "Hồ sơ số,Tiêu đề hồ sơ,Thời hạn bảo quản\n1,Quyết định bổ nhiệm cán bộ,Vĩnh viễn\n2,Báo cáo tổng kết,lâu dài\n"
    old = write(text).encode(encoding, "replace").decode(encoding)
    records, reading, _ = parsed(saved(tmp_path, old, encoding))
    assert [record["title"] for record in records] == ["Quyết định bổ nhiệm cán bộ", "Báo cáo tổng kết"]
    assert [record["retention_kind"] for record in records] == ["PERMANENT", "LEGACY_LONG"]
    assert {note.code for note in reading.notes} == {"LEGACY_FONT"}
    assert font in reading.notes[0].message_vi


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_delimiters_quotes_and_line_ends(tmp_path: Path, sign: str) -> None:
    text = sign.join(("Hồ sơ số", "Tiêu đề")) + "\r\n" + sign.join(("1", '"Hồ sơ ""A"", B; C\nD"')) + "\r\n"
    records, _, _ = parsed(saved(tmp_path, text))
    assert [record["title"] for record in records] == ['Hồ sơ "A", B; C D']


def test_a_workbook_of_items_and_files_brings_files_first(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "both.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in (
            ("Văn bản", [["Mã hồ sơ", "STT", "Trích yếu"], ["A.1", 1, "Quyết định"]]),
            ("Hướng dẫn", [["Điền theo mẫu"], ["Không sửa cột"]]),
            ("Hồ sơ", [["Mã hồ sơ", "Tiêu đề"], ["A.1", "Hồ sơ"]]),
        ):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    records, _, _ = parsed(path)
    assert [record["level"] for record in records] == ["file", "item"]


def test_a_workbook_too_large_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hub.importers.spreadsheet import source

    path = write_sheet(
        tmp_path / "big.xlsx", [["Hồ sơ số", "Tiêu đề"], *[[n, f"Hồ sơ {n}"] for n in range(50)]]
    )
    for name, limit in (("MAX_ROWS", 20), ("MAX_UNPACKED", 500)):
        with monkeypatch.context() as patched:
            patched.setattr(source, name, limit)
            with pytest.raises(UnusableInput) as refused:
                parsed(path)
            assert refused.value.problem_code == "TOO_MANY_ROWS"
    assert len(parsed(path)[0]) == 50


@pytest.mark.parametrize("raw", [b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0 not a workbook"])
def test_a_broken_workbook_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(raw)
    with pytest.raises(UnusableInput) as refused:
        parsed(path)
    assert refused.value.problem_code == "NOT_A_SHEET"
