"""Rules of what may be said of a record: lengths (TT 02/2019), retention, access modes, secrets, codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from hub.agencies.rules import says_nothing
from hub.kit.errors import FieldError
from hub.kit.vietnamese import nfc

SECRET = 2
# State secrets may not be kept on a networked machine: such a record is counted, never described.
STUB_TITLES = {
    "title": "Hồ sơ thuộc danh mục bí mật nhà nước",
    "subject": "Văn bản thuộc danh mục bí mật nhà nước",
}
PROVISIONAL = re.compile(r"TAM-\d{4}-\d+")

LIMITS = {
    "code": 100,
    "title": 1000,
    "subject": 1000,
    "description": 2000,
    "history": 20000,
    "keywords": 500,
    "autograph": 2000,
    "retention_text": 100,
    "reason": 2000,
    "note": 2000,
}
_LIMIT = 300  # every other text
# What tells of the matter itself; a stub has none of it.
CONTENT = frozenset(
    {
        "description", "keywords", "notation", "number", "issuer", "signer_name", "signer_position", "autograph",
        "information_sign", "doc_type", "doc_type_text", "arrival_number", "paper_file_code",
    }
)  # fmt: skip


def cleaned(
    values: Mapping[str, Any], required: Iterable[str] = ()
) -> tuple[dict[str, Any], list[FieldError]]:
    """The values with texts in normal form, blank texts as None, and the rules they break."""
    clean: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, value in values.items():
        if isinstance(value, str):
            value, error = _text(name, value)
            errors.extend([error] if error else [])
        elif isinstance(value, int) and not isinstance(value, bool) and value < 0:
            errors.append(
                FieldError(
                    name,
                    "NEGATIVE",
                    "Số không được âm. Hãy để trống nếu chưa biết.",
                    "A number cannot be below zero. Leave it out when it is not known.",
                )
            )
        clean[name] = value
    errors.extend(missing(name) for name in required if name in clean and clean[name] is None)
    return clean, errors


def _text(name: str, value: str) -> tuple[str | None, FieldError | None]:
    text = " ".join(nfc(value).split()) if name != "history" else nfc(value).strip()
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t\r" for letter in text):
        return None, FieldError(
            name,
            "BAD_CHARACTER",
            "Có ký tự không đọc được. Hãy gõ lại nội dung này.",
            "There is a character that cannot be stored. Type the text again.",
        )
    limit = LIMITS.get(name, _LIMIT)
    if len(text) > limit:
        return text, FieldError(
            name,
            "TOO_LONG",
            f"Dài {len(text)} ký tự, tối đa {limit}. Hãy rút gọn.",
            f"It has {len(text)} characters, at most {limit} are allowed. Shorten it.",
        )
    return None if says_nothing(text) else text, None


def missing(name: str) -> FieldError:
    """A field that must say something says nothing."""
    return FieldError(
        name, "REQUIRED", "Chưa có nội dung. Hãy điền vào.", "There is nothing in it. Fill it in."
    )


def required_text(name: str, value: str | None, level: int | None) -> FieldError | None:
    """A record has a title, unless it is a stub of a secret one."""
    return missing(name) if value is None and level != SECRET else None


def code_given(code: str | None) -> FieldError | None:
    """A code chosen by a person does not look like one that the hub gives for the time being."""
    if code is None or not PROVISIONAL.fullmatch(code):
        return None
    return FieldError(
        "code",
        "RESERVED_CODE",
        "Mã dạng TAM-<năm>-<số> do hệ thống cấp. Hãy dùng mã khác hoặc bỏ trống.",
        "Codes like TAM-<year>-<number> are given by the hub. Use another one or leave it out.",
    )


def provisional_code(year: int, key: int) -> str:
    """The code of a record without one; unique because the row's own key is in it."""
    return f"TAM-{year}-{key}"


def secret_content(level: int | None, title_field: str, values: Mapping[str, Any]) -> list[FieldError]:
    """A record of mode 03 carries nothing of its content: each field that does is named, never its text."""
    if level != SECRET:
        return []
    told = [name for name in sorted(CONTENT) if values.get(name)]
    if values.get(title_field) not in (None, STUB_TITLES[title_field]):
        told.insert(0, title_field)
    return [
        FieldError(
            name,
            "SECRET_CONTENT",
            "Tài liệu mật (chế độ 03) chỉ được ghi để đếm, không ghi nội dung. Hãy bỏ trống mục này.",
            "A state secret (mode 03) may only be counted, not described. Leave this field out.",
        )
        for name in told
    ]


def not_secret_as_a_whole(level: int | None) -> FieldError | None:
    """Files and documents are secret, the arrangement around them is not."""
    if level != SECRET:
        return None
    return FieldError(
        "access_level",
        "NOT_SECRET_AS_A_WHOLE",
        "Phông và nhóm hồ sơ không thuộc chế độ 03; chế độ này ghi ở từng hồ sơ, văn bản.",
        "A fonds or series is not of mode 03; the mode is said of each file and document.",
    )


def may_hold(file_level: int | None, item_level: int | None) -> FieldError | None:
    """A file that is only a stub holds nothing but stubs."""
    if file_level != SECRET or item_level == SECRET:
        return None
    return FieldError(
        "access_level",
        "SECRET_FILE",
        "Hồ sơ thuộc chế độ 03 chỉ chứa văn bản chế độ 03. Hãy chọn hồ sơ khác hoặc giải mật hồ sơ trước.",
        "A file of mode 03 holds documents of mode 03 only. Choose another file, or declassify it first.",
    )


# ---- retention ---------------------------------------------------------------------------------------------

Term = tuple[str, int | None]


def retention(kind: str, years: int | None) -> FieldError | None:
    """Years belong to the kind YEARS and to no other; legacy terms run up to 100."""
    if (kind == "YEARS") != (years is not None):
        return FieldError(
            "retention_years",
            "RETENTION_YEARS",
            "Số năm chỉ đi với loại «có thời hạn» (YEARS), và loại đó phải có số năm.",
            "Years go with kind YEARS and with no other, and that kind needs them.",
        )
    if years is not None and not 1 <= years <= 100:
        return FieldError(
            "retention_years",
            "RETENTION_YEARS",
            "Thời hạn bảo quản từ 1 đến 100 năm; lâu hơn là vĩnh viễn.",
            "A retention period is 1 to 100 years; longer is permanent.",
        )
    return None


def longest(terms: Iterable[Term]) -> Term | None:
    """The longest of the comparable terms (years and permanent); None when there is none."""
    known = [term for term in terms if term[0] == "PERMANENT" or (term[0] == "YEARS" and term[1] is not None)]
    return max(known, key=_length, default=None)


def _length(term: Term) -> float:
    return float("inf") if term[0] == "PERMANENT" else float(term[1] or 0)


def outlives(file: Term, items: Iterable[Term]) -> FieldError | None:
    """A file is kept at least as long as its longest document (Luật Lưu trữ 2024, Điều 15): told, never mended."""
    needed = longest(items)
    if needed is None or longest([file]) is None or _length(file) >= _length(needed):
        return None
    vi = "vĩnh viễn" if needed[0] == "PERMANENT" else f"{needed[1]} năm"
    en = "permanently" if needed[0] == "PERMANENT" else f"{needed[1]} years"
    return FieldError(
        "retention",
        "RETENTION_TOO_SHORT",
        f"Hồ sơ phải được bảo quản ít nhất bằng văn bản có thời hạn dài nhất trong hồ sơ ({vi}). "
        "Hãy nâng thời hạn của hồ sơ trước.",
        f"A file is kept at least as long as its longest document ({en}). Lengthen the file's term first.",
    )
