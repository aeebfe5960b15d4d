"""What a report is as a paper: provisional on every page, or an edition with number, revision and a way to check it."""

import contextlib
import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
import segno
from python_calamine import CalamineWorkbook

from reports import figures, numbers
from reports.brief import render_brief
from reports.html import render_html
from reports.model import Edition, Kind
from reports.pdf import render_pdf
from reports.qr import QUIET
from reports.workbook import render_workbook
from tests.reports import samples
from tests.reports.samples import ADDRESS, OFFICIAL
from tests.reports.test_pdf import structure
from tests.reports.verapdf import broken_rules

FIRST = Edition(4711, ADDRESS)


def _texts(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_what_is_not_published_says_so_on_every_page(pages: list[str]) -> None:
    assert all("BẢN TẠM TÍNH" in page for page in pages)
    assert "chưa công bố, không có giá trị chính thức" in pages[0]
    assert "BẢN TẠM TÍNH" in render_brief(samples.report(3))


def test_an_edition_says_number_day_revision_and_where_it_is_checked(issued: bytes) -> None:
    texts = _texts(issued)
    assert not any("TẠM TÍNH" in text for text in texts)
    assert "Số: 05/BC-SNV" in texts[0]
    assert "Hà Nội, ngày 04 tháng 7 năm 2025" in texts[0]
    assert "(Bản sửa đổi lần 2) Thay thế bản ngày 01/7/2025: sửa số liệu A.1." in texts[0]
    assert any(
        "(Kèm theo Báo cáo số 05/BC-SNV ngày 04 tháng 7 năm 2025 của Sở Nội vụ)" in text for text in texts
    )
    signed = next(text for text in texts if "Nơi nhận:" in text)
    assert ADDRESS in signed.replace(" ", "")
    assert "Bản sửa đổi lần 2" in signed
    assert ADDRESS in render_brief(OFFICIAL)


def test_number_and_day_are_left_to_the_registry_until_it_gives_them() -> None:
    page = render_html(replace(OFFICIAL, edition=FIRST))
    assert 'Số: <span class="blank"></span>/BC-SNV' in page
    assert "sửa đổi lần" not in page
    assert page.count("năm <span") == 1 + page.count("(Kèm theo Báo cáo")
    whole = render_html(replace(OFFICIAL, edition=replace(FIRST, number="12/BC-UBND")))
    assert "Số: 12/BC-UBND<" in whole


def test_the_code_on_the_paper_is_the_address(issued: bytes) -> None:
    """Each module of the code is looked at where it stands on the page; drawn as paths, not as a picture."""
    reader: Any = pypdf.PdfReader(io.BytesIO(issued))
    [code] = [one for one in structure(reader) if str(one.get("/Alt", "")).startswith("Mã QR")]
    left, top, right, bottom = (
        float(side) * 3 for side in code["/A"]["/BBox"]
    )  # CSS pixels; drawn at 288 dpi
    at = reader.get_page_number(code["/Pg"].get_object())
    with contextlib.closing(pypdfium2.PdfDocument(issued)) as document:
        page = document[at].render(scale=4).to_pil().convert("L")
        assert not list(document[at].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
    wanted = [list(row) for row in segno.make(ADDRESS, error="q", micro=False, boost_error=False).matrix]
    module = (right - left) / (len(wanted) + 2 * QUIET)
    assert (right - left, bottom - top) == pytest.approx((25 / 25.4 * 288,) * 2, abs=1)
    places = [(place + QUIET + 0.5) * module for place in range(len(wanted))]
    found = [[page.getpixel((left + x, top + y)) < 128 for x in places] for y in places]
    assert found == [[bool(value) for value in row] for row in wanted]


def test_there_are_two_empty_fields_to_sign_tagged_and_named(issued: bytes) -> None:
    reader: Any = pypdf.PdfReader(io.BytesIO(issued))
    form = reader.trailer["/Root"]["/AcroForm"]
    assert set(form) == {"/Fields"}
    fields = [field.get_object() for field in form["/Fields"]]
    assert [field["/T"] for field in fields] == ["nguoi_ky", "co_quan"]
    assert all(field["/FT"] == "/Sig" and "/V" not in field and field["/TU"] for field in fields)
    person, seal = ([float(side) for side in field["/Rect"]] for field in fields)
    # NĐ 30, Phụ lục I, ô 8: the seal lies over about a third of the signature, at its left.
    assert 0.25 < (seal[2] - person[0]) / (person[2] - person[0]) < 0.42
    assert seal[0] < person[0]


def test_the_figures_agree_in_page_print_attachments_and_workbook(issued: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(issued))
    page, paper = render_html(OFFICIAL), " ".join(_texts(issued))
    attached = {name: held[0].decode("utf-8-sig") for name, held in reader.attachments.items()}
    rows = {
        row["ma"]: row
        for row in csv.DictReader(io.StringIO(attached["so-lieu.csv"]))
        if row["bang"] == "chi_tieu"
    }
    told = {one["code"]: one["figure"] for one in json.loads(attached["so-lieu.json"])["targets"]}
    assert attached["so-lieu.json"] == figures.as_json(OFFICIAL)
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(render_workbook(OFFICIAL, datetime(2025, 7, 1, tzinfo=UTC)))
    )
    head, *lines = book.get_sheet_by_name("Chỉ tiêu").to_python()
    sheet = {line[head.index("Mã")]: dict(zip(head, line, strict=True)) for line in lines}
    assert {target.code for target in OFFICIAL.targets} == set(rows) == set(told) == set(sheet)
    for target in OFFICIAL.targets:
        figure, row, data = target.figure, rows[target.code], told[target.code]
        assert (row["tu_so"], row["mau_so"]) == tuple("" if n is None else str(n) for n in _parts(figure))
        assert (data["numerator"], data["denominator"]) == _parts(figure)
        assert (sheet[target.code]["Tử số"], sheet[target.code]["Mẫu số"]) == tuple(
            "" if n is None else n for n in _parts(figure)
        )
        if target.kind == Kind.RATIO and figure.percent is not None:
            shown = numbers.percent(figure.percent)
            assert shown in page
            assert shown in paper
            assert Decimal(row["ty_le"]) == Decimal(data["percent"]) == figure.percent
            assert round(Decimal(str(sheet[target.code]["Tỷ lệ"])) * 100, 2) == figure.percent


def _parts(figure: Any) -> tuple[int | None, int | None]:
    return figure.numerator, figure.denominator


def test_report_and_brief_keep_every_rule_of_both_norms(
    issued: bytes, signed: bytes, printer: None, tmp_path: Path
) -> None:
    """The city's edition, bare and signed, an agency's provisional report, and the brief, by veraPDF itself."""
    own = replace(samples.report(3), scope="UBND quận Ba Đình", kind="Quận, huyện, thị xã", ranking=())
    printed = {
        "edition.pdf": issued,
        "signed.pdf": signed,
        "agency.pdf": render_pdf(own),
        "brief.pdf": render_pdf(OFFICIAL, brief=True),
    }
    for name, content in printed.items():
        (tmp_path / name).write_bytes(content)
    assert broken_rules([tmp_path / name for name in printed]) == {name: [] for name in printed}
