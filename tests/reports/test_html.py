"""The HTML form stands alone, escapes what people typed, and tells a result by more than a colour."""

import re
from dataclasses import replace

from reports.html import render_html
from reports.model import Rank, Returns, Standing, Voice
from tests.reports import samples


def test_the_page_needs_nothing_beside_it() -> None:
    page = render_html(samples.report())
    assert re.findall(r"(?:src|href)\s*=", page) == []
    assert "file:" not in page
    assert all(url.startswith("data:") for url in re.findall(r'url\("?([^")#]+)', page))


def test_what_an_agency_typed_is_text_and_never_markup() -> None:
    hostile = Voice("Sở <b>X</b>", "<script>alert(1)</script>", '"><img src=x>')
    page = render_html(replace(samples.report(), returns=Returns(1, 1, (hostile,))))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_every_standing_has_its_word_and_its_own_shape() -> None:
    page = render_html(samples.report())
    for standing in Standing:
        if standing is not Standing.NO_TARGET:
            assert f'mark {standing.value.lower()}"></span>{standing.short.split()[0]}</span>' in page
            assert standing.short.split(" ", 1)[-1] in page
        assert re.search(rf"\.mark\.{standing.value.lower()}\b", page)


def test_without_returns_the_report_says_so_and_invents_nothing() -> None:
    page = render_html(samples.report())
    assert "Chưa có báo cáo của cơ quan trong kỳ này" in page
    assert "Tài liệu tồn đọng" not in page
    with_voices = render_html(samples.report(voices=25))
    assert "Chưa có báo cáo của cơ quan" not in with_voices
    assert with_voices.count("Tài liệu tồn đọng chưa chỉnh lý") == 20
    assert "Ý kiến của 5 cơ quan khác" in with_voices


def test_the_same_report_gives_the_same_page() -> None:
    assert render_html(samples.report()) == render_html(samples.report())


def test_a_report_without_figures_is_still_a_whole_document() -> None:
    empty = replace(
        samples.report(),
        targets=(),
        breakdowns=(),
        tasks=(),
        exclusions=(),
        returns=Returns(),
        ranking=(),
        duties=(),
    )
    page = render_html(empty)
    assert '<section class="annex' not in page
    assert "<h2>I. Kết quả chung</h2>" in page
    assert "chưa có chỉ tiêu nào" in page
    assert "./." in page


def test_annexes_are_numbered_without_gaps_and_named_by_their_numbers() -> None:
    page = render_html(samples.report())
    numbers = re.findall(r"<h2><span>Phụ lục (\w+)</span>", page)
    assert numbers == ["I", "II", "III", "IV", "V"]
    assert "theo căn cứ pháp lý (Phụ lục V)" in page
    fewer = render_html(replace(samples.report(), ranking=(), duties=()))
    assert re.findall(r"<h2><span>Phụ lục (\w+)</span>", fewer) == ["I", "II", "III"]
    assert "theo căn cứ pháp lý (Phụ lục III)" in fewer


def test_what_proves_a_row_stands_under_it_and_what_is_owed_is_said() -> None:
    page = render_html(samples.report())
    assert "Thu thập: Biên bản nghiệm thu, số 12/BB-SNV ngày 01/3/2022." in page
    assert "Chưa có văn bản: Bảo quản." in page
    assert "Cơ quan có kế hoạch riêng: 12/49 cơ quan (24,48%)." in page
    assert "2/31 cơ quan đã khai" in page


def test_an_agencys_report_speaks_of_units_and_leaves_its_words_to_the_agency() -> None:
    whole = samples.report()
    own = replace(
        whole, scope="UBND quận Ba Đình", ranking=(), kind="Quận, huyện, thị xã", rank=Rank(2, 30, 1)
    )
    page = render_html(own)
    assert "UBND quận Ba Đình xếp thứ 2/30 (đồng hạng với 1 cơ quan)" in page
    assert "Kết quả của đơn vị trực thuộc" in page
    assert "mục này do cơ quan bổ sung trước khi ký" in page
    voice = Voice("UBND quận Ba Đình", "Thiếu kho.", "Bố trí kinh phí.", "Đã lập kế hoạch.")
    told = render_html(replace(own, returns=Returns(None, 1, (voice,))))
    for words in ("Đã lập kế hoạch.", "Thiếu kho.", "Bố trí kinh phí."):
        assert words in told


def test_only_declared_duties_are_listed_and_the_others_are_named() -> None:
    page = render_html(samples.report())
    annex = page[page.index('class="annex annex-duties"') :].split("</section>")[0]
    assert "Hướng dẫn số hóa" in annex
    assert "Trang bị hạ tầng" not in annex
    assert re.search(r'Chưa có khai báo: <span class="keep">IV\.5\.b</span>\.', annex)
    silent = tuple(replace(duty, declared=()) for duty in samples.duties())
    without = render_html(replace(samples.report(), duties=silent))
    assert 'class="annex annex-duties"' not in without
    assert "Chưa có khai báo nào đối với 3 nhiệm vụ" in without
