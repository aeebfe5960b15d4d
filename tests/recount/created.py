"""II.1.a counted again: documents created electronically, with the figures printed beside it."""

from __future__ import annotations

from datetime import date

from tests.recount.export import WINDOW, Export, Row, Sheet, is_open, later, local

CODE = "II.1.a"
SIDES = ("own", "own_year", "incoming", "incoming_year", "file", "broad", "verified", "stock")


def _held(file: Row, day: date) -> bool:
    accepted, moved = local(file["accepted_at"]), file["transferred_on"]
    if accepted is None and moved is None:
        return file["state"] in ("ACCEPTED", "TRANSFERRED") or bool(file["transferred"])
    return (accepted is not None and accepted <= day) or (moved is not None and moved <= day)


def _is_sure(export: Export, file: Row, day: date) -> bool | None:
    """Whether it is sure that an agency archive holds a file or is due it; None where neither is so."""
    if not export.of_agency(file):
        return None
    if _held(file, day):
        return True
    ended = file["work_ended_on"] or file["end_latest"] or file["end_date"] or file["closed_on"]
    short = file["retention_kind"] == "YEARS" and file["retention_years"] < 5
    if is_open(file, day) or short or (ended and later(ended, 1) > day):
        return None
    return ended is not None and file["retention_kind"] in ("PERMANENT", "LEGACY_LONG", "YEARS")


def created(export: Export, day: date) -> Sheet:
    """Documents one by one, then what files declare and do not list, and the files themselves."""
    sheet = Sheet()
    held = {
        key: sure for key, file in export.files.items() if (sure := _is_sure(export, file, day)) is not None
    }
    for key, item in export.items.items():
        homes = [home for home in (item["file_id"], *export.listed_in.get(key, ())) if home in held]
        if homes and item["state"] == "ACTIVE":
            _document(export, day, sheet, item, export.files[homes[0]], held[homes[0]])
    for key, sure in held.items():
        _file(export, day, sheet, export.files[key], sure)
    return sheet


def _in_window(told: date | None, day: date) -> bool:
    return told is None or WINDOW <= told <= day


def _document(export: Export, day: date, sheet: Sheet, item: Row, file: Row, sure: bool) -> None:
    agency = export.answers(file, day)
    issued, origin, evidence = item["issued_date"], item["origin"], item["signature_evidence"] or "UNKNOWN"
    told = issued or file["end_date"] or file["start_date"]
    if told and told > day:
        return
    unsigned = origin == "BORN_DIGITAL" and evidence == "UNKNOWN"
    missing = issued is None or origin is None or not sure or unsigned
    electronic = origin == "BORN_DIGITAL" and not missing
    excluded = export.left_out(CODE, day, file, item["id"])
    if not excluded:
        sheet[f"{CODE}.stock", agency].add(electronic)
    if not _in_window(issued or export.file_day(file), day):
        return
    if excluded:
        sheet[CODE, agency].excluded += 1
        return
    sheet[CODE, agency].add(electronic, missing=missing)
    sheet[f"{CODE}.broad", agency].add(origin in ("BORN_DIGITAL", "DIGITIZED") and not missing)
    if electronic and evidence != "NOT_REQUIRED":
        sheet[f"{CODE}.verified", agency].add(evidence == "VERIFIED")
    way = {"OUTGOING": "own", "INTERNAL": "own", "INCOMING": "incoming"}.get(item["direction"])
    if way:
        sheet[f"{CODE}.{way}", agency].add(electronic)
        if told and told.year == day.year:
            sheet[f"{CODE}.{way}_year", agency].add(electronic)


def _file(export: Export, day: date, sheet: Sheet, file: Row, sure: bool) -> None:
    agency, declared = export.answers(file, day), file["origin_declared"]
    told, listed = file["end_date"] or file["start_date"], export.listed[file["id"]]
    rest = max(0, (file["total_doc"] or 0) - listed)
    missing = declared in (None, "MIXED") or not sure or told is None
    electronic = declared == "BORN_DIGITAL" and not missing
    excluded = export.left_out(CODE, day, file)
    if not excluded and (told is None or told <= day):
        sheet[f"{CODE}.stock", agency].add(rest * electronic, rest)
    if not _in_window(export.file_day(file), day):
        return
    if excluded:
        sheet[CODE, agency].excluded += rest
        return
    sheet[CODE, agency].add(rest * electronic, rest, missing=rest * missing)
    scanned = declared == "DIGITIZED" and not missing
    sheet[f"{CODE}.broad", agency].add(rest * (electronic or scanned), rest)
    countable = bool(listed) or file["total_doc"] is not None
    sheet[CODE, agency].cover(countable)
    strict = file["origin"] == "BORN_DIGITAL" and (not rest or declared == "BORN_DIGITAL")
    sheet[f"{CODE}.file", agency].add(strict and countable and sure and told is not None)
