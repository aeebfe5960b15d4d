"""The one page for leadership: the sentence first, one page always, and what waits for a decision at the end."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pypdf
import pytest

from hub.kit.errors import Invalid
from reports.apart import render_pdf_apart
from reports.brief import render_brief
from reports.files import check_suffix, write_report
from reports.model import Outlook, Pending, Rank, Report, Standing, Target
from reports.pdf import render_pdf
from reports.sentences import brief
from tests.reports import samples

RISK = Outlook(True, "Giữ nhịp độ này, chưa đạt.", "Giả định: như các mốc trước.")


def _report(**more: Any) -> Report:
    whole = samples.report(31)
    targets = (replace(whole.targets[0], outlook=RISK), *whole.targets[1:])
    returns = replace(whole.returns, late=("Sở Y tế", "Sở Tư pháp"), due_on=date(2025, 6, 20))
    return replace(whole, **{"targets": targets, "returns": returns, **more})


def _texts(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_the_sentence_tells_what_is_met_short_and_at_risk_who_is_late_and_how_sure_it_is() -> None:
    assert brief.lead(_report()) == (
        "Đến hết ngày 30/6/2025, 2/7 chỉ tiêu đạt (A.3, B.4); 1 quá hạn (A.2); 2 chưa đạt, đang thực hiện (A.1, B.1); "
        "2 thiếu dữ liệu (B.2, B.3); 1 không phát sinh (A.4); theo nhịp độ hiện nay 1 chỉ tiêu có nguy cơ không đạt "
        "đúng hạn (A.1); 15 cơ quan chậm so với mức phải đạt; 2 cơ quan chưa gửi báo cáo của kỳ này – số liệu tạm tính."
    )
    assert brief.lead(_report(official=True)).endswith("số liệu chính thức.")


def test_nothing_laid_out_as_a_grid_is_broken_by_a_page() -> None:
    """WeasyPrint 70 fails (AssertionError) where a page ends in a grid with a picture: the QR code of an edition whose
    page is a little too long, before it is made smaller."""
    styles = (files("reports") / "styles" / "brief.css").read_text(encoding="utf-8")
    grids = [rule for rule in styles.split("}") if "display: grid" in rule]
    assert len(grids) == 3
    assert [rule for rule in grids if "break-inside: avoid" not in rule] == []


def test_the_sentence_comes_first_and_the_decisions_last() -> None:
    page = render_brief(_report()).split("</style>")[-1]
    places = [
        page.index(words)
        for words in ('class="lead"', 'class="targets"', "làm giảm kết quả chung", "Nội dung cần")
    ]
    assert places == sorted(places)
    assert page.count('class="spark"') == 1  # one target of the sample has a history
    assert page.count("có nguy cơ</i>") == 1
    assert 'style="' not in page


def test_agencies_that_cost_the_whole_most_are_named_with_what_they_cost() -> None:
    """Points of the whole, not of the agency: 1.000 lacking of 1.000.000 is a tenth of a point."""
    held = brief.held_back(_report())
    line = next(one for one in _report().breakdowns[0].agencies if one.name == held[0][0])
    assert line.figure.denominator is not None
    assert line.figure.numerator is not None
    lack = -(-line.figure.denominator * 80 // 100) - line.figure.numerator
    assert held[0][1] == f"{lack * 100 / 1000000:.2f}".replace(".", ",") + " điểm %"
    assert len(held) == 15


def test_what_waits_for_a_decision_follows_from_the_figures() -> None:
    asked = brief.decisions(_report(pending=Pending(exclusions=4, returns=3)))
    text = " ".join(asked)
    assert asked[0].startswith("Biện pháp để A.1, B.1 đạt đúng hạn")
    assert "A.2 (hạn 31/3/2025)" in text
    assert "bổ sung dữ liệu và thời hạn bổ sung để kết luận được: B.2, B.3." in text
    assert "Đôn đốc 2 cơ quan chưa gửi báo cáo (hạn 20/6/2025)." in text
    assert "3 báo cáo của cơ quan" in text
    assert "4 đề nghị loại trừ" in text
    calm = replace(_report(), targets=(), tasks=(), returns=samples.report(3).returns, pending=Pending())
    assert brief.decisions(calm) == []


def test_an_agencys_page_shows_its_place_instead_of_other_agencies() -> None:
    own = _report(scope="UBND quận Ba Đình", kind="Quận, huyện, thị xã", ranking=(), rank=Rank(2, 30, 1))
    page = render_brief(own)
    assert "Vị trí trong nhóm quận, huyện, thị xã" in page
    assert "thứ 2/30 (đồng hạng với 1 cơ quan)" in page
    assert "làm giảm kết quả chung" not in page


def _longer(target: Target, number: int) -> Target:
    title = "Tài liệu lưu trữ không thuộc danh mục hạn chế sử dụng được xây dựng dữ liệu đặc tả phục vụ trực tuyến"
    return replace(target, code=f"V.{number}.a", title=title, goal=Decimal(80), outlook=RISK)


@pytest.mark.parametrize("count", [8, 24])
def test_it_is_one_page_however_long_the_plan_and_its_words(printer: None, count: int) -> None:
    first = _report().targets[0]
    report = _report(
        targets=tuple(_longer(first, number) for number in range(count)),
        pending=Pending(exclusions=4, returns=3),
    )
    texts = _texts(render_pdf(report, brief=True))
    assert len(texts) == 1
    assert "Chi tiết trong Báo cáo cùng kỳ" in texts[0]
    if count > brief.MOST_TARGETS:
        assert f"Còn {count - brief.MOST_TARGETS} chỉ tiêu khác" in texts[0]


def test_of_a_long_plan_the_targets_that_ask_for_a_look_are_shown() -> None:
    plain = replace(_report().targets[3], figure=replace(_report().targets[3].figure, standing=Standing.MET))
    many = tuple(replace(plain, code=f"M.{number}") for number in range(12))
    shown = brief.shown(_report(targets=(*many, *_report().targets)))
    assert len(shown) == brief.MOST_TARGETS
    assert {"A.1", "A.2", "B.1", "B.2", "B.3"} <= {one.code for one in shown}


def test_two_prints_are_the_same_bytes_and_carry_the_figures(printer: None) -> None:
    once = render_pdf(_report(), brief=True)
    assert render_pdf_apart(_report(), brief=True) == once
    reader = pypdf.PdfReader(io.BytesIO(once))
    assert set(reader.attachments) == {"so-lieu.csv", "so-lieu.json"}
    assert bool(reader.root_object["/MarkInfo"]["/Marked"])  # type: ignore[index]


def test_it_is_written_as_pdf_or_html_and_not_as_a_workbook(printer: None, tmp_path: Path) -> None:
    page = write_report(_report(), tmp_path / "a.html", brief=True)
    assert "Bản tóm tắt" in page.read_text(encoding="utf-8")
    assert write_report(_report(), tmp_path / "a.pdf", brief=True).read_bytes().startswith(b"%PDF")
    with pytest.raises(Invalid, match="brief"):
        check_suffix(tmp_path / "a.xlsx", brief=True)
