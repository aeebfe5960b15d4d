"""Words of retention, access, origin and language, as forms of four decades write them, in the hub's terms.

Sources: code lists of TT 05/2025; NĐ 30/2020 PL VI; HD 169 for the paper inventories.
Raw words are kept beside. What is not understood becomes *unknown*, never a guess: unknown retention is never permanent, unknown access
stays restricted.
"""

# ruff: noqa: E501 (tables of words)

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from hub.kit.vietnamese import fold, folded_words, nfc


class Retention(NamedTuple):
    """Kind, years where the kind is YEARS, and the code of a warning."""

    kind: str
    years: int | None = None
    note: str | None = None


_UNKNOWN = Retention("UNKNOWN")
_RETENTION_CODES = {
    "01": Retention("PERMANENT"),
    "02": Retention("YEARS", 70),
    "03": Retention("YEARS", 50),
    "04": Retention("YEARS", 30),
    "05": Retention("YEARS", 20),
    "06": Retention("YEARS", 10),
    "07": _UNKNOWN,  # khác: the years stand elsewhere, if at all
    "1": Retention("PERMANENT"),  # no retention is shorter than two years (Luật Lưu trữ 2024, Điều 15)
}
_RETENTION_WORDS = {
    "vinh vien": Retention("PERMANENT"),
    "vv": Retention("PERMANENT"),
    "v v": Retention("PERMANENT"),
    "bao quan vinh vien": Retention("PERMANENT"),
    "permanent": Retention("PERMANENT"),
    "lau dai": Retention("LEGACY_LONG"),
    "ld": Retention("LEGACY_LONG"),
    "l d": Retention("LEGACY_LONG"),
    "bao quan lau dai": Retention("LEGACY_LONG"),
    "tam thoi": Retention("LEGACY_TEMPORARY"),
    "tt": Retention("LEGACY_TEMPORARY"),
    "t t": Retention("LEGACY_TEMPORARY"),
    "bao quan tam thoi": Retention("LEGACY_TEMPORARY"),
    "khac": _UNKNOWN,
    "chua xac dinh": _UNKNOWN,
}
_YEARS = re.compile(r"(?:co )?(?:thoi han )?(\d{1,3}) ?(?:n|nam|years?|y)?")
_EVENT = re.compile(r"het hieu luc|den khi|thanh ly|until")


@lru_cache(maxsize=4096)
def retention(text: str) -> Retention:
    """Thời hạn bảo quản, thời hạn lưu trữ: words, years, or the codes 01 to 07."""
    code = text.strip()
    if not code:
        return _UNKNOWN
    if code in _RETENTION_CODES:
        return _RETENTION_CODES[code]
    words = folded_words(code)
    if words in _RETENTION_WORDS:
        return _RETENTION_WORDS[words]
    if re.fullmatch("[2-7]", words):
        return Retention("UNKNOWN", None, "AMBIGUOUS_RETENTION")
    if (match := _YEARS.fullmatch(words)) and 2 <= int(match[1]) <= 150:
        return Retention("YEARS", int(match[1]))
    if _EVENT.search(words):
        return Retention("UNTIL_EVENT")
    return Retention("UNKNOWN", None, "UNCLEAR_RETENTION")


OPEN, CONDITIONAL, SECRET = 0, 1, 2
_ACCESS = {
    "01": OPEN,
    "1": OPEN,
    "cong khai": OPEN,
    "khong han che": OPEN,
    "su dung rong rai": OPEN,
    "rong rai": OPEN,
    "tu do": OPEN,
    "open": OPEN,
    "open access": OPEN,
    "unrestricted": OPEN,
    "public": OPEN,
    "02": CONDITIONAL,
    "2": CONDITIONAL,
    "su dung co dieu kien": CONDITIONAL,
    "tiep can co dieu kien": CONDITIONAL,
    "co dieu kien": CONDITIONAL,
    "han che": CONDITIONAL,
    "han che su dung": CONDITIONAL,
    "noi bo": CONDITIONAL,
    "luu hanh noi bo": CONDITIONAL,
    "conditional": CONDITIONAL,
    "restricted": CONDITIONAL,
    "review": CONDITIONAL,
    "03": SECRET,
    "3": SECRET,
    "mat": SECRET,
    "toi mat": SECRET,
    "tuyet mat": SECRET,
    "bi mat nha nuoc": SECRET,
    "tai lieu mat": SECRET,
    "secret": SECRET,
}


_STATE_SECRET = re.compile(r"^(?:(?:muc )?do )?mat\b|\b(?:toi|tuyet) mat\b|\bbi mat nha nuoc\b")
_NO_SECRET = re.compile(r"\b(?:khong|chua|giai|het|ngoai)\b")


@lru_cache(maxsize=4096)
def access(text: str) -> int | None:
    """Chế độ sử dụng, mức độ tiếp cận: 0 open, 1 conditional, 2 secret, None for words that say neither."""
    words = folded_words(text)
    level = _ACCESS.get(words)
    if level is None and len(words) <= 60 and _STATE_SECRET.search(words) and not _NO_SECRET.search(words):
        is_other = words.startswith("mat") and not text.isascii() and "mật" not in nfc(text).lower()
        return None if is_other else SECRET  # mặt, mất, mắt are other words
    return level


_ORIGIN = {
    "01": "BORN_DIGITAL",
    "1": "BORN_DIGITAL",
    "goc dien tu": "BORN_DIGITAL",
    "dien tu": "BORN_DIGITAL",
    "ban goc dien tu": "BORN_DIGITAL",
    "born digital": "BORN_DIGITAL",
    "02": "DIGITIZED",
    "2": "DIGITIZED",
    "so hoa": "DIGITIZED",
    "tai lieu so hoa": "DIGITIZED",
    "digitized": "DIGITIZED",
    "03": "MIXED",
    "3": "MIXED",
    "hon hop": "MIXED",
    "mixed": "MIXED",
    "giay": "PAPER",
    "ban giay": "PAPER",
    "tai lieu giay": "PAPER",
    "paper": "PAPER",
}


@lru_cache(maxsize=4096)
def origin(text: str) -> str | None:
    """Mức độ tin cậy: where the record comes from; None for words that do not say."""
    return _ORIGIN.get(folded_words(text))


_NO = frozenset({"khong", "k", "no", "n", "0", "false", "ko"})


@lru_cache(maxsize=4096)
def yes_or_no(text: str, *, default: bool) -> bool:
    """Có hay không; a blank is the default, and whatever is no clear no is a yes."""
    words = folded_words(text)
    return words not in _NO if text.strip() else default


_LANGUAGES = {
    "01": ("01",), "02": ("02",), "03": ("03",), "04": ("04",), "05": ("05",), "06": ("01", "02"), "07": ("01", "04"),
    "08": ("01", "03"), "09": ("09",), "10": ("01", "05"), "11": ("11",),
    "viet": ("01",), "vietnamese": ("01",), "vie": ("01",), "vi": ("01",), "anh": ("02",), "english": ("02",), "eng": ("02",),
    "en": ("02",), "phap": ("03",), "french": ("03",), "fre": ("03",), "fra": ("03",), "fr": ("03",), "nga": ("04",),
    "russian": ("04",), "rus": ("04",), "ru": ("04",), "trung": ("05",), "trung quoc": ("05",), "hoa": ("05",),
    "chinese": ("05",), "chi": ("05",), "zho": ("05",), "zh": ("05",), "han nom": ("09",), "han": ("09",), "khac": ("11",),
}  # fmt: skip
_LANGUAGE_BREAK = re.compile(r"[,;/+&|]|\bvà\b|\bva\b|\band\b|-")


@lru_cache(maxsize=4096)
def languages(text: str) -> tuple[str, ...]:
    """Ngôn ngữ: codes of TT 05/2025, names or ISO 639 codes, as codes of the list `language`."""
    found: list[str] = []
    for part in _LANGUAGE_BREAK.split(text):
        words = folded_words(part).removeprefix("tieng ")
        codes = _LANGUAGES.get(words.zfill(2) if words.isdigit() else words, ("11",) if words else ())
        found.extend(code for code in codes if code not in found)
    return tuple(found)


DOC_TYPES = (
    "nghị quyết", "quyết định", "chỉ thị", "quy chế", "quy định", "thông cáo", "thông báo", "hướng dẫn", "chương trình",
    "kế hoạch", "phương án", "đề án", "dự án", "báo cáo", "biên bản", "tờ trình", "hợp đồng", "công văn", "công điện",
    "bản ghi nhớ", "bản thỏa thuận", "giấy ủy quyền", "giấy mời", "giấy giới thiệu", "giấy nghỉ phép", "phiếu gửi",
    "phiếu chuyển", "phiếu báo", "thư công", "bản đồ", "bản vẽ", "khác",
)  # fmt: skip
_DOC_TYPE_CODES = {fold(name): f"{number:02d}" for number, name in enumerate(DOC_TYPES, 1)}
_ABBREVIATIONS = {
    "nq": "01",
    "qd": "02",
    "ct": "03",
    "tb": "07",
    "kh": "10",
    "bc": "14",
    "bb": "15",
    "ttr": "16",
    "cv": "18",
}
_HEAD = re.compile("^(" + "|".join(sorted(_DOC_TYPE_CODES, key=len, reverse=True)) + r")\b")


@lru_cache(maxsize=4096)
def doc_type(text: str) -> str | None:
    """Tên loại văn bản: the code 01 to 32 of TT 05/2025, or None when the list does not have it."""
    words = folded_words(text)
    if re.fullmatch(r"0?[1-9]|[12]\d|3[0-2]", words):
        return words.zfill(2)
    return _DOC_TYPE_CODES.get(words) or _ABBREVIATIONS.get(words)


def doc_type_in(subject: str) -> tuple[str, str] | None:
    """The document type a subject begins with ("Quyết định về việc …"): its code and the words."""
    match = _HEAD.match(fold(subject))
    return (_DOC_TYPE_CODES[match[1]], subject[: match.end()]) if match else None
