"""What the Historical Archive of the demo keeps of its own: old fonds on paper, and the pages digitised of them.

The pages accepted grow from half-year to half-year, so that II.2.b is missed at 31/12/2024 and met at 30/6/2025.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hub.demo.vocabulary import FIELDS, file_title
from hub.kit.vietnamese import sort_key

ARCHIVE_FILE_COLUMNS = (
    "id", "fonds_id", "series_id", "agency_id", "creator_id", "custodian_id", "code", "catalog_number", "notation",
    "title", "title_sort", "state", "start_date", "start_latest", "start_precision", "end_date", "end_latest",
    "end_precision", "closed_on", "retention_kind", "retention_text", "access_level", "access_provenance",
    "origin_declared", "languages", "total_doc", "sheet_count", "page_count_declared", "published",
    "metadata_schema", "created_by",
)  # fmt: skip
_LANGUAGES, _TOTAL_DOC = (ARCHIVE_FILE_COLUMNS.index(name) for name in ("languages", "total_doc"))
PAGE_COLUMNS = ("file_id", "batch_id", "first_page", "last_page", "accepted_on")


@dataclass(frozen=True)
class OldFonds:
    """A closed fonds: who made it, its years, its shelf metres (total and described)."""

    code: str
    title: str
    creator: str
    years: tuple[int, int]
    metres: tuple[float, float]
    weight: int
    history: str


OLD_FONDS = (
    OldFonds("P.UBHC", "Phông Ủy ban Hành chính Thành phố Hà Nội", "UBND-TP", (1954, 1976), (1480.0, 1480.0), 4,
             "Ủy ban Hành chính Thành phố Hà Nội hoạt động từ tháng 10/1954 đến năm 1976."),
    OldFonds("P.UBND", "Phông Ủy ban nhân dân Thành phố Hà Nội", "UBND-TP", (1976, 2008), (4325.5, 4100.0), 9,
             "Tài liệu của Ủy ban nhân dân Thành phố từ năm 1976 đến trước khi mở rộng địa giới hành chính."),
    OldFonds("P.HATAY", "Phông Ủy ban nhân dân tỉnh Hà Tây", "UBND-HATAY", (1991, 2008), (2210.0, 2090.0), 5,
             "Tỉnh Hà Tây hợp nhất vào thành phố Hà Nội từ ngày 01/8/2008; phông đã đóng."),
    OldFonds("P.STC", "Phông Sở Tài chính Hà Nội", "STC", (1958, 2010), (860.0, 830.0), 3,
             "Tài liệu Sở Tài chính nộp lưu trước năm 2012."),
    OldFonds("P.SXD", "Phông Sở Xây dựng Hà Nội", "SXD", (1960, 2010), (629.5, 560.0), 3,
             "Hồ sơ xây dựng công trình nộp lưu vào Lưu trữ lịch sử Thành phố."),
)  # fmt: skip


def fields_of_archive() -> tuple[str, ...]:
    """The headings the Archive's fonds are arranged under."""
    return ("TH", "TCCB", "TCKH", "XD", "VX")


def archive_files(
    fonds: OldFonds,
    keys: range,
    fonds_id: int,
    series: dict[str, int],
    owner: int,
    creator: int,
    maker: int,
    seed: str,
) -> Iterator[tuple[list[object], list[list[object]]]]:
    """Each file of an old fonds with the page ranges accepted of it."""
    rng = Random(f"{seed}:{fonds.code}")
    first, last = fonds.years
    for number, key in enumerate(keys, 1):
        year = first + rng.randrange(last - first + 1)
        field = rng.choice(tuple(series))
        pages = 20 + int(rng.expovariate(1 / 110))
        start = date(year, 1 + rng.randrange(6), 1 + rng.randrange(28))
        end = min(start + timedelta(days=rng.randrange(200)), date(year, 12, 31))
        restricted = rng.random() < 0.12
        title = file_title(rng, field, year)
        row: list[object] = [
            key, fonds_id, series[field], owner, creator, owner, f"{fonds.code}.{number:05d}", "01",
            f"{number:05d}.{field}", title, sort_key(title), "TRANSFERRED", start, start, "DAY", end, end, "DAY", end,
            "PERMANENT", "Vĩnh viễn", 1 if restricted else 0, None if rng.random() < 0.9 else "HD169_blank", "PAPER",
            "{09}" if rng.random() < 0.01 else "{01}", 3 + rng.randrange(30), pages // 2 + 1, pages,
            not restricted and rng.random() < 0.7, "HD169" if year < 2005 else "TT02_2019", maker,
        ]  # fmt: skip
        if number % 31 == 3:  # a register of which not everything was typed in
            row[_LANGUAGES] = "{}"
        elif number % 43 == 7:
            row[_TOTAL_DOC] = None
        ranges: list[list[object]] = []
        roll = rng.random()
        if roll < 0.665:
            done = pages if roll < 0.64 else max(1, pages // 2)
            ranges.append([key, None, 1, done, _accepted_on(rng)])
            if rng.random() < 0.02:  # a rescan of pages that were accepted before adds nothing
                ranges.append([key, None, 1, max(1, done // 3), date(2025, 3, 14)])
        yield row, ranges


def _accepted_on(rng: Random) -> date:
    """When pages were accepted: about one seventh of the work fell into the first half of 2025."""
    if rng.random() < 0.14:
        return date(2025, 1, 2) + timedelta(days=rng.randrange(170))
    return date(2021, 6, 1) + timedelta(days=rng.randrange(1300))


assert set(fields_of_archive()) <= set(FIELDS)
