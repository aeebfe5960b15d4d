"""The HTML form stands alone, escapes what people typed, and tells a result by more than a colour."""

import re
from dataclasses import replace

from reports.html import render_html
from reports.model import Returns, Standing, Voice
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
    empty = replace(samples.report(), targets=(), breakdowns=(), tasks=(), exclusions=(), returns=Returns())
    page = render_html(empty)
    assert '<section class="annex' not in page
    assert "<h2>I. Kết quả chung</h2>" in page
    assert "chưa có chỉ tiêu nào" in page
    assert "./." in page
