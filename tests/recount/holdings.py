"""II.2.b, II.2.c, 3.3, 3.5 and 4.4 counted again: pages, files and fonds, with the figures printed beside them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.recount.export import Export, Row, Sheet, in_force

KINDS = ("administrative", "specialised", "procedure")


def _pages(export: Export, file: Row, day: date) -> tuple[int | None, int, int, bool]:
    """Pages that are not electronic, those accepted, those that count, and whether every page is done and none more."""
    key = file["id"]
    contents = {item["id"]: item for item in export.contents.get(key, ())}
    apart = {
        number
        for number, item in contents.items()
        if item["origin"] == "BORN_DIGITAL" or item["state"] != "ACTIVE"
    }
    leaves: dict[int | None, set[int]] = defaultdict(set)
    for scan in export.scans.get(key, ()):
        if scan["accepted_on"] <= day and scan["item_id"] not in apart:
            leaves[scan["item_id"]] |= set(range(scan["first_page"], scan["last_page"] + 1))
    accepted = sum(map(len, leaves.values()))
    capped = 0
    for number, told in leaves.items():
        cap = export.items[number]["page_count"] if number else None
        capped += len(told) if cap is None else min(len(told), cap)
    if file["page_count"] is None:
        return None, accepted, capped, False
    pages = max(0, file["page_count"] - sum(contents[number]["page_count"] or 0 for number in apart))
    declared = file["page_count_declared"]
    agrees = accepted == pages and declared in (None, file["page_count"])
    return pages, accepted, min(capped, pages), 0 < pages == capped and agrees


def _level(file: Row) -> int | None:
    """The access mode; a legacy field left blank is unrestricted."""
    blank = file["access_level"] is None and file["access_provenance"] == "HD169_blank"
    return 0 if blank else file["access_level"]


def _is_described(export: Export, file: Row) -> bool:
    """The fields that NĐ 113/2025 asks of a file, the remark and the access mode apart."""
    code = file["code"].strip()
    return bool(
        code and not code.startswith("TAM-") and file["title"].strip() and file["retention_kind"] != "UNKNOWN"
        and file["languages"] and file["start_date"] and file["end_date"] and file["page_count"]
        and (file["total_doc"] or export.listed[file["id"]])
    )  # fmt: skip


def _is_online(export: Export, file: Row, day: date) -> bool:
    return any(
        row["service_level"] >= 3 and row["published_on"] <= day < (row["withdrawn_on"] or date.max)
        for row in export.publications.get(file["id"], ())
    )


def _shelves(export: Export, sheet: Sheet, code: str, day: date) -> None:
    """Metres described of all metres, by the last measurement of each fonds of the historical archive."""
    for key, rows in export.extents.items():
        told = [row for row in rows if row["measured_on"] <= day]
        keeper = export.fonds[key]["custodian_id"]
        if told and export.agencies[keeper]["is_historical_archive"]:
            last = max(told, key=lambda row: row["measured_on"])
            described, total = (Decimal(str(last[f"{part}_metres"])) for part in ("described", "total"))
            sheet[code, keeper].cover(described, total)
            sheet[f"{code}.shelf", keeper].add(described, total)


def digitised(export: Export, day: date) -> Sheet:
    """II.2.b."""
    sheet = Sheet()
    for file in export.files.values():
        if not export.at_archive(file, day) or file["origin"] == "BORN_DIGITAL":
            continue
        agency = file["custodian_id"]
        pages, accepted, done, full = _pages(export, file, day)
        missing = (pages or 0) if file["origin"] is None and not accepted else 0
        sheet["II.2.b", agency].add(done, done if pages is None else pages, missing=missing)
        sheet["II.2.b.file", agency].add(full)
    _shelves(export, sheet, "II.2.b", day)
    return sheet


def served_online(export: Export, day: date) -> Sheet:
    """II.2.c."""
    sheet = Sheet()
    for file in export.files.values():
        level, agency = _level(file), file["custodian_id"]
        if not export.at_archive(file, day) or level == 2:
            continue
        restricted = bool(export.named("RESTRICTED", day, file))
        sheet["II.2.c.restricted", agency].add(restricted)
        if restricted:
            continue
        whole = _is_described(export, file)
        served = level == 0 and whole and _is_online(export, file, day)
        pages = file["page_count"] or 0
        sheet["II.2.c", agency].add(served, missing=level is None)
        sheet["II.2.c.described", agency].add(whole and level is not None)
        sheet["II.2.c.conditional", agency].add(level == 1)
        sheet["II.2.c.page", agency].add(pages * served, pages)
    _shelves(export, sheet, "II.2.c", day)
    return sheet


def high_use_online(export: Export, day: date) -> Sheet:
    """3.3."""
    sheet = Sheet()
    for file in export.files.values():
        wanted = export.at_archive(file, day) and export.named("HIGH_USE", day, file)
        if not wanted or file["origin"] == "BORN_DIGITAL":
            continue
        agency = file["custodian_id"]
        pages, accepted, done, _ = _pages(export, file, day)
        unseen = file["origin"] is None and not accepted
        scanned = pages is not None and done >= pages and not unseen
        described = _is_described(export, file) and _level(file) is not None
        online = _is_online(export, file, day)
        missing = pages is None or _level(file) is None or unseen
        sheet["3.3", agency].add(scanned and described and online, missing=missing)
        sheet["3.3.digitised", agency].add(scanned)
        sheet["3.3.described", agency].add(described)
        sheet["3.3.online", agency].add(online)
    return sheet


def high_use_pages(export: Export, day: date) -> Sheet:
    """3.5."""
    sheet = Sheet()
    for file in export.files.values():
        kinds = export.named("HIGH_USE", day, file) if export.of_agency(file) else set()
        if not kinds or file["origin"] == "BORN_DIGITAL":
            continue
        agency = export.answers(file, day)
        pages, accepted, done, _ = _pages(export, file, day)
        size = done if pages is None else pages
        missing = (pages or 0) if file["origin"] is None and not accepted else 0
        sheet["3.5", agency].add(done, size, missing=missing)
        sheet["3.5", agency].cover(pages is not None)
        for kind in KINDS:
            if kind.upper() in kinds:
                sheet[f"3.5.{kind}", agency].add(done, size)
        sheet["3.5.described", agency].add(_is_described(export, file) and _level(file) is not None)
        sheet["3.5.file", agency].add(pages is not None and accepted > 0 and done >= pages)
    return sheet


def widely_used(export: Export, day: date) -> Sheet:
    """4.4."""
    sheet = Sheet()
    for key, fonds in export.fonds.items():
        keeper = fonds["custodian_id"]
        rows = export.entries.get(("WIDELY_USED", "fonds_id", key), ())
        if export.agencies[keeper]["is_historical_archive"] and any(in_force(row, day) for row in rows):
            taken = any(row["accepted_on"] <= day for row in export.receipts.get(key, ()))
            sheet["4.4", keeper].add(taken)
    return sheet
