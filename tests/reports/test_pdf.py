"""The printed report: its text, its pages, its marks for archiving and for reading aloud."""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pypdf
import pytest

from reports.apart import render_pdf_apart
from reports.model import Standing
from reports.pdf import render_pdf
from tests.reports import samples


@pytest.fixture(scope="module")
def reader(printed: bytes) -> pypdf.PdfReader:
    return _read(printed)


def _read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def structure(reader: pypdf.PdfReader) -> list[Any]:
    """Every element of a file's structure."""
    return list(_structure(reader.root_object["/StructTreeRoot"]))


def _structure(element: Any) -> Iterator[Any]:
    element = element.get_object()
    if isinstance(element, dict):
        yield element
    kids = element.get("/K", []) if isinstance(element, dict) else element
    for kid in kids if isinstance(kids, list) else [kids]:
        if isinstance(kid.get_object(), dict | list):
            yield from _structure(kid)


def _annex(pages: list[str], roman: str) -> int:
    return next(
        at for at, text in enumerate(pages) if f"Phụ lục {roman} " in text and "Kèm theo Báo cáo" in text
    )


def test_the_head_follows_the_decree_and_the_number_is_left_to_the_registry(pages: list[str]) -> None:
    first = pages[0]
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in first
    assert "Độc lập - Tự do - Hạnh phúc" in first
    assert "Số: /BC-SNV" in first
    assert "Hà Nội, ngày 30 tháng 6 năm 2025" in first
    assert "Kính gửi: Ủy ban nhân dân thành phố Hà Nội" in first


def test_figures_and_standings_are_in_the_text(pages: list[str]) -> None:
    text = " ".join(pages)
    for shown in ("72,41%", "724.112/1.000.000", "68,18%", "48,00%", "80,00%", "1.204", "72,40%"):
        assert shown in text
    for standing in set(Standing) - {Standing.NO_TARGET}:
        assert standing.word in text


def test_page_numbers_begin_on_the_second_page_and_again_in_each_annex(pages: list[str]) -> None:
    """The number is drawn last, so it ends the page's text."""
    tasks, agencies = _annex(pages, "I"), _annex(pages, "II")
    for first in (0, tasks, agencies):
        assert not re.search(r"[^\d.,] \d+$", pages[first])
        assert pages[first + 1].endswith(" 2")
    assert pages[2].endswith(" 3")


def test_the_annexes_list_every_task_every_agency_and_every_exclusion(pages: list[str]) -> None:
    tasks, agencies, ranking, exclusions = (_annex(pages, roman) for roman in ("I", "II", "III", "V"))
    of_tasks, of_agencies = " ".join(pages[tasks:agencies]), " ".join(pages[agencies:ranking])
    for group in samples.tasks():
        assert group.title in of_tasks
        assert all(f" {task.code} " in of_tasks for task in group.tasks)
    assert all(line.name in of_agencies for line in samples.agencies(31))
    assert "Tổng cộng 724.112 1.000.000 72,41%" in of_agencies
    assert "40 văn bản" in pages[exclusions]
    # 48 decisions, 45 of them on documents that the indicator would count: the reader is told which is which
    assert "trừ khỏi tử số và mẫu số (A.1: 45 văn bản)" in pages[exclusions]


def test_the_signature_never_stands_alone_on_its_page(pages: list[str]) -> None:
    signed = next(text for text in pages if "Nơi nhận:" in text)
    assert "KT. GIÁM ĐỐC" in signed
    assert "kính báo cáo" in signed


@pytest.mark.parametrize("count", [19, 20])
def test_no_table_head_and_no_total_stands_alone_at_a_page_end(printer: None, count: int) -> None:
    """Row counts around a page's end: a head is followed by rows, a total by the rows before it."""
    whole = samples.report(count)
    short = replace(whole, targets=(), tasks=(), exclusions=(), ranking=(), breakdowns=whole.breakdowns[:1])
    texts = [" ".join(page.extract_text().split()) for page in _read(render_pdf(short)).pages]
    ends = ("Kết quả", "Kết quả 2", "Còn thiếu (văn bản)", "Còn thiếu (văn bản) 2")
    assert not any(text.endswith(ends) for text in texts)
    total = next(text for text in texts if "Tổng cộng" in text)
    before = total.split("Tổng cộng")[0]
    assert before.count("tăng") >= 2
    assert "không phải trung bình" in total


def test_no_heading_of_a_group_stands_at_the_foot_of_a_page(issued: bytes) -> None:
    titles = tuple(group.title for group in samples.OFFICIAL.tasks if group.title)
    whole = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(issued)).pages]
    ends = [re.sub(r"\s*\d*\s*$", "", text) for text in whole]  # without the number of the page
    assert sum(title in text for text in whole for title in titles) >= len(titles)
    assert [end[-60:] for end in ends if end.endswith(titles)] == []


def test_the_file_declares_both_norms_its_language_and_its_tags(reader: pypdf.PdfReader) -> None:
    catalog: Any = reader.root_object
    xmp = catalog["/Metadata"].get_object().get_data().decode()
    assert reader.xmp_metadata is not None  # it parses
    assert "<pdfaid:part>3</pdfaid:part>" in xmp or 'pdfaid:part="3"' in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp or 'pdfaid:conformance="A"' in xmp
    assert 'pdfuaid:part="1"' in xmp
    assert bool(catalog["/MarkInfo"]["/Marked"])
    assert catalog["/Lang"] == "vi"
    assert "/StructTreeRoot" in catalog


def test_heading_cells_have_a_scope_and_charts_an_alternative_text(reader: pypdf.PdfReader) -> None:
    elements = structure(reader)
    heads = [element for element in elements if element.get("/S") == "/TH"]
    figures = [element for element in elements if element.get("/S") == "/Figure"]
    assert len(heads) > 20
    assert {element["/A"]["/Scope"] for element in heads} <= {"/Column", "/Row"}
    assert len(figures) == 2
    assert all(element["/Alt"].startswith("Biểu đồ thanh") for element in figures)


def test_the_figures_are_attached_as_csv_and_json(reader: pypdf.PdfReader) -> None:
    attached = {name: content[0] for name, content in reader.attachments.items()}
    assert set(attached) == {"so-lieu.csv", "so-lieu.json"}
    rows = list(csv.DictReader(io.StringIO(attached["so-lieu.csv"].decode("utf-8-sig"))))
    first = next(row for row in rows if row["bang"] == "chi_tieu" and row["ma"] == "A.1")
    assert (first["tu_so"], first["mau_so"], first["ty_le"]) == ("724112", "1000000", "72.41")
    assert first["ket_qua"] == "IN_PROGRESS"
    assert next(row for row in rows if row["ma"] == "B.3")["tu_so"] == ""
    assert sum(row["bang"] == "co_quan" for row in rows) == 32
    whole = json.loads(attached["so-lieu.json"])
    assert whole["targets"][0]["figure"]["percent"] == "72.41"
    assert whole["period"] == "2025-06-30"


def test_two_prints_in_two_processes_are_the_same_bytes(printed: bytes) -> None:
    assert render_pdf_apart(samples.report(31)) == printed
