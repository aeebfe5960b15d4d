"""The agencies of the demo: the bodies Kế hoạch 67 names, other departments, Hà Nội's 30 districts, their units.

Codes are of a scheme of their own (`DEMO`): official H26 codes are never invented. `stage` says how far an agency
has come with electronic records, so that met, not met, not applicable and missing all appear in the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hub.kit.vietnamese import fold

CITY = "UBND-TP"
ARCHIVE = "TTLTLS"
HOME_AFFAIRS = "SNV"
DISTRICT = "UBND-BADINH"  # the agency of the demo's agency roles


@dataclass(frozen=True)
class Body:
    """One agency: `stage` is LEADING, GOOD, MIDDLE, LATE, PAPER, UNDECLARED or NONE (no records yet)."""

    code: str
    name: str
    kind: str
    parent: str | None
    stage: str
    valid_from: date = date(1997, 1, 1)
    valid_to: date | None = None
    has_archive: bool = True
    is_source: bool = True


_DEPARTMENTS = (
    ("VPUB", "Văn phòng Ủy ban nhân dân Thành phố", "LEADING"),
    ("SNV", "Sở Nội vụ", "LEADING"),
    ("STTTT", "Sở Thông tin và Truyền thông", "LEADING"),
    ("STC", "Sở Tài chính", "GOOD"),
    ("SKHDT", "Sở Kế hoạch và Đầu tư", "GOOD"),
    ("STP", "Sở Tư pháp", "GOOD"),
    ("SXD", "Sở Xây dựng", "MIDDLE"),
    ("SGTVT", "Sở Giao thông vận tải", "MIDDLE"),
    ("SQHKT", "Sở Quy hoạch - Kiến trúc", "MIDDLE"),
    ("STNMT", "Sở Tài nguyên và Môi trường", "LATE"),
    ("SYT", "Sở Y tế", "LATE"),
    ("SGDDT", "Sở Giáo dục và Đào tạo", "GOOD"),
    ("SVHTT", "Sở Văn hóa và Thể thao", "MIDDLE"),
    ("SNNPTNT", "Sở Nông nghiệp và Phát triển nông thôn", "PAPER"),
    ("SLDTBXH", "Sở Lao động - Thương binh và Xã hội", "MIDDLE"),
    ("TTTP", "Thanh tra Thành phố", "LATE"),
)

_URBAN = (
    "Ba Đình", "Hoàn Kiếm", "Tây Hồ", "Long Biên", "Cầu Giấy", "Đống Đa", "Hai Bà Trưng", "Hoàng Mai",
    "Thanh Xuân", "Nam Từ Liêm", "Bắc Từ Liêm", "Hà Đông",
)  # fmt: skip
_RURAL = (
    "Sóc Sơn", "Đông Anh", "Gia Lâm", "Thanh Trì", "Mê Linh", "Ba Vì", "Phúc Thọ", "Đan Phượng", "Hoài Đức",
    "Quốc Oai", "Thạch Thất", "Chương Mỹ", "Thanh Oai", "Thường Tín", "Phú Xuyên", "Ứng Hòa", "Mỹ Đức",
)  # fmt: skip
_DISTRICT_STAGES = (
    "GOOD",
    "MIDDLE",
    "GOOD",
    "LEADING",
    "LATE",
    "MIDDLE",
    "GOOD",
    "UNDECLARED",
    "LATE",
    "GOOD",
)
_UNITS = (
    ("PNV", "Phòng Nội vụ", "UNIT"),
    ("PTCKH", "Phòng Tài chính - Kế hoạch", "UNIT"),
    ("PTNMT", "Phòng Tài nguyên và Môi trường", "UNIT"),
)


def letters(name: str) -> str:
    """A place's name as it stands in a code: «Ba Đình» → BADINH."""
    return fold(name).replace(" ", "").upper()


def bodies() -> list[Body]:
    """Every agency, parents before their units."""
    found = [
        Body(CITY, "Ủy ban nhân dân Thành phố Hà Nội", "CITY", None, "NONE", date(1954, 10, 10), has_archive=False,
             is_source=False),
        # Hà Tây joined Hà Nội on 1/8/2008: its fonds are closed and kept by the Historical Archive.
        Body("UBND-HATAY", "Ủy ban nhân dân tỉnh Hà Tây", "CITY", None, "NONE", date(1991, 8, 12), date(2008, 8, 1),
             has_archive=False, is_source=False),
        *(Body(code, name, "DEPARTMENT", CITY, stage) for code, name, stage in _DEPARTMENTS),
        Body("BQLKCN", "Ban Quản lý các khu công nghiệp và chế xuất Hà Nội", "BOARD", CITY, "MIDDLE"),
        Body("CATP", "Công an Thành phố Hà Nội", "BOARD", CITY, "NONE", has_archive=False, is_source=False),
        Body("CCVTLT", "Chi cục Văn thư - Lưu trữ", "UNIT", HOME_AFFAIRS, "LEADING", date(2010, 1, 1)),
        Body(ARCHIVE, "Trung tâm Lưu trữ lịch sử Thành phố", "ARCHIVE", HOME_AFFAIRS, "NONE", date(1963, 9, 1),
             is_source=False),
    ]  # fmt: skip
    places = (
        [("quận", name) for name in _URBAN] + [("huyện", name) for name in _RURAL] + [("thị xã", "Sơn Tây")]
    )
    for number, (grade, name) in enumerate(places):
        code = f"UBND-{letters(name)}"
        stage = _DISTRICT_STAGES[number % len(_DISTRICT_STAGES)]
        found.append(Body(code, f"Ủy ban nhân dân {grade} {name}", "DISTRICT", CITY, stage))
        for short, unit, kind in _UNITS:
            found.append(
                Body(f"{short}-{letters(name)}", f"{unit} {grade} {name}", kind, code,
                     "NONE" if short == "PTNMT" and number % 4 == 3 else stage, has_archive=False)
            )  # fmt: skip
    return found
