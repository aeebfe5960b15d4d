"""Vietnamese text: stored, searched, sorted, and rescued from the fonts of before Unicode."""

from __future__ import annotations

import random
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kit import vietnamese
from hub.kit.vietnamese import (
    fold,
    folded_words,
    from_tcvn3,
    from_vni,
    legacy_encoding,
    nfc,
    sort_key,
    unlegacy,
)

SENTENCES = [
    "Quyết định về việc thành lập Ban chỉ đạo cải cách hành chính",
    "Báo cáo tổng kết công tác lưu trữ năm 1998",
    "Hồ sơ nghĩa trang liệt sỹ huyện Đông Anh",
    "Kế hoạch kiểm tra việc thực hiện nghị quyết của Hội đồng nhân dân",
    "Ghế ngồi, nghề nghiệp, khuyến nghị, quản lý, giữ gìn, xuất khẩu, ưu tiên, yêu cầu, ỷ lại, ý kiến",
]
TCVN3 = {letter: chr(code) for code, letter in vietnamese._TCVN3.items() if code != 0x3BC}
VNI = {letter: code for code, letter in vietnamese._VNI.items()}


def shuffled(texts: list[str]) -> list[str]:
    return random.Random(67).sample(texts, len(texts))


def as_tcvn3(text: str) -> str:
    return "".join(TCVN3.get(char, char) for char in text)


def as_vni(text: str) -> str:
    return "".join(VNI.get(char, char) for char in text)


def test_search_form_drops_diacritics_case_and_punctuation() -> None:
    assert fold("Đề án: 67/KH-UBND (2021)") == "de an  67 kh ubnd  2021 "
    assert fold("Đường Nguyễn Ư Ỷ") == "duong nguyen u y"
    assert fold(unicodedata.normalize("NFD", "Hồ sơ lưu trữ")) == fold("Hồ sơ lưu trữ") == "ho so luu tru"


def test_search_form_is_what_the_database_makes_of_the_text(session) -> None:  # type: ignore[no-untyped-def]
    ranges = (
        (0x20, 0x180),
        (0x1E00, 0x1E9A),
        (0x1EA0, 0x1EFA),
        (0x2010, 0x2040),
        (0x410, 0x450),
    )
    chars = [chr(code) for low, high in ranges for code in range(low, high)]
    chars = [
        char for char in chars if nfc(char) == char and char not in "¼½¾ªºµ"
    ]  # PostgreSQL 18 knows these otherwise than 15 does
    chars += [*SENTENCES, string.punctuation, "m̀ Ặ"]
    cursor = session.connection().connection.cursor()
    found = cursor.execute("select t, hub_fold(t) from unnest(%s::text[]) t", (chars,)).fetchall()
    assert len(found) == len(chars)
    assert [(text, folded) for text, folded in found if folded != fold(text)] == []


@given(st.text())
def test_search_form_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aÂdđ 0 \t\u00a0\u2000½–.\u0301…", max_size=20) | st.text(max_size=20))
def test_words_are_folded_one_by_one_as_the_whole_text_is(text: str) -> None:
    one_by_one = " ".join(filter(None, map(folded_words, text.split())))
    assert folded_words(text) == one_by_one == " ".join(fold(text).split())


def test_order_is_that_of_a_vietnamese_dictionary() -> None:
    words = [
        "a",
        "à",
        "ả",
        "ã",
        "á",
        "ạ",
        "ai",
        "an",
        "ăn",
        "ân",
        "ba",
        "bà",
        "bả",
        "bã",
        "bá",
        "bạ",
        "băng",
        "cà",
    ]
    words += ["da", "đa", "e", "ê", "hoa", "hoà", "hoá", "i", "o", "ô", "ơ", "u", "ư", "xa", "y"]
    assert sorted(shuffled(words), key=sort_key) == words
    assert sorted(["Ba", "bà", "ba", "ba chủ", "bá"], key=sort_key) == [
        "ba",
        "Ba",
        "bà",
        "bá",
        "ba chủ",
    ]
    assert (
        sort_key("Hoàn  Kiếm") == sort_key("Hoàn Kiếm") == sort_key(unicodedata.normalize("NFD", "Hoàn Kiếm"))
    )


def test_numbers_sort_by_value() -> None:
    titles = [
        "Hồ sơ 1",
        "Hồ sơ 01",
        "Hồ sơ 2",
        "Hồ sơ 10",
        "Hồ sơ 10a",
        "Hồ sơ 100",
        "Hồ sơ 99999999999999999999",
        "Hồ sơ A",
    ]
    assert sorted(shuffled(titles), key=sort_key) == titles
    assert min(["67/KH-UBND", "9/KH-UBND", "120/KH-UBND"], key=sort_key) == "9/KH-UBND"


@given(st.text())
def test_a_key_is_printable_storable_and_short_enough_for_an_index(text: str) -> None:
    key = sort_key(text * 50)
    assert "\0" not in key
    assert len(key.encode("utf-8", "surrogatepass")) < 2704


@pytest.mark.parametrize(("write", "name"), [(as_tcvn3, "tcvn3"), (as_vni, "vni")])
def test_old_fonts_are_recognised_and_come_back_whole(write, name) -> None:  # type: ignore[no-untyped-def]
    typed = [write(sentence) for sentence in SENTENCES]
    assert legacy_encoding(typed) == name
    assert [unlegacy(cell, name) for cell in typed] == SENTENCES
    assert legacy_encoding(SENTENCES + typed) == name
    assert [unlegacy(cell, name) for cell in SENTENCES] == SENTENCES


def test_capital_fonts() -> None:
    assert from_tcvn3("QUYÕT §ÞNH") == "QUYẾT ĐỊNH"
    assert from_tcvn3("01/Q§-UB vÒ Hå s¬") == "01/QĐ-UB về Hồ sơ"
    assert (
        from_vni("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM, Ñoäc laäp")
        == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM, Độc lập"
    )


@pytest.mark.parametrize(
    "column",
    [
        SENTENCES,
        ["cà phê là Hà Nội và các bài báo cáo", "là và có giá bán, thì giờ, bí thư"],
        [
            "Général Giáp à Hanoï",
            "Préfecture de Haïphong où être élève",
            "Résident supérieur, château, août",
        ],
        ["Müller, Größe, Übergröße, schön, für die Straße"],
        ["España, señor, niño, año, acción; São Paulo, não, informação"],
        ["© 1998 «Nhà xuất bản» ½ trang, 30 m², §5, ±3"],
        ["Ho so luu tru", "", "12/QD-UB"],
        ["Café", "Général"],
    ],
)
def test_unicode_text_is_never_taken_for_an_old_font(column: list[str]) -> None:
    assert legacy_encoding(column) is None


def test_one_unicode_cell_in_an_old_column_stays() -> None:
    assert unlegacy("Cà phê", "tcvn3") == "Cà phê"
    assert unlegacy("Là các bài", "vni") == "Là các bài"
    assert unlegacy("Hồ sơ số 1", "tcvn3") == "Hồ sơ số 1"
