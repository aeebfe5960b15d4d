"""II.1.d and 3.6 counted again: permanent documents handed over in time, with the figures printed beside II.1.d."""

from __future__ import annotations

from datetime import date

from tests.recount.export import WINDOW, Export, Row, Sheet, is_open, later, local

SIDES = ("late", "waiting", "open", "scanned", "file")
UNDATED_FROM = date(2023, 1, 1)


def handed_over(code: str, channel: str | None, export: Export, day: date) -> Sheet:
    """Documents and scans one by one, then files, as far as their agency is on the source list."""
    count = _Count(code, channel, export, day)
    files = {key: file for key, file in export.files.items() if export.of_agency(file)}
    for item in export.items.values():
        file = files.get(item["file_id"])
        if file is None or item["state"] != "ACTIVE":
            continue
        kept = item["retention_kind"] if item["retention_kind"] != "UNKNOWN" else file["retention_kind"]
        if item["origin"] in (None, "BORN_DIGITAL"):
            told = item["issued_date"] or export.file_day(file)
            known = item["issued_date"] is not None and item["origin"] is not None
            count.add("document", file, item, told, kept, known=known)
        elif item["origin"] == "DIGITIZED" and (scanned := _scanned_on(export, item, day)):
            count.add("scanned", file, item, scanned, kept, known=True)
    for file in files.values():
        if file["origin"] in (None, "BORN_DIGITAL") and (file["end_date"] or not is_open(file, day)):
            known = file["end_date"] is not None and file["origin"] is not None
            count.add("file", file, None, export.file_day(file), file["retention_kind"], known=known)
    return count.sheet


def _scanned_on(export: Export, item: Row, day: date) -> date | None:
    return min(
        (
            scan["accepted_on"]
            for scan in export.scans.get(item["file_id"], ())
            if scan["item_id"] in (None, item["id"]) and scan["accepted_on"] <= day
        ),
        default=None,
    )


class _Count:
    def __init__(self, code: str, channel: str | None, export: Export, day: date) -> None:
        self.code, self.channel, self.export, self.day = code, channel, export, day
        self.sheet = Sheet()

    def add(
        self, what: str, file: Row, item: Row | None, told: date | None, kept: str, *, known: bool
    ) -> None:
        """One document, scan or file; `told` is the day it was created."""
        export, day = self.export, self.day
        agency = export.answers(file, day)
        if kept not in ("PERMANENT", "UNKNOWN") or not export.is_source(agency, day):
            return
        due = later(told, 3) if told else None
        if not (told >= WINDOW and due <= day if told and due else day >= UNDATED_FROM):
            return
        missing = not known or kept == "UNKNOWN"
        ways = self._transfers(file, item)
        accepted = min((on for row in ways if (on := local(row["accepted_at"])) and on <= day), default=None)
        in_time = bool(not missing and accepted and due and accepted <= due)
        excluded = export.left_out(self.code, day, file, item["id"] if item else None)
        headline = self.sheet[self.code, agency]
        if excluded:
            headline.excluded += what == "document"
            return
        if what != "document":
            self.sheet[f"{self.code}.{what}", agency].add(in_time)
            if what == "file":
                headline.cover(_is_listed(export, file))
            return
        headline.add(in_time, missing=missing)
        late = bool(not missing and accepted and due and accepted > due)
        sent = min((on for row in ways if (on := _waits_since(row, day))), default=None)
        waiting = bool(not missing and not accepted and sent and due and sent <= due)
        self.sheet[f"{self.code}.late", agency].add(late)
        self.sheet[f"{self.code}.waiting", agency].add(waiting)
        self.sheet[f"{self.code}.open", agency].add(is_open(file, day) and not missing and not in_time)

    def _transfers(self, file: Row, item: Row | None) -> list[Row]:
        """Those that name the file as a whole, or the item; through the channel, where one is asked for."""
        named = [*self.export.transfers.get(("file", file["id"]), ())]
        if item:
            named += self.export.transfers.get(("item", item["id"]), ())
        return [row for row in named if self.channel in (None, row["channel"])]


def _waits_since(row: Row, day: date) -> date | None:
    """Since when a transfer that was sent waits for a decision."""
    sent, accepted = local(row["submitted_at"]), local(row["accepted_at"])
    decided = row["state"] == "RETURNED" or (accepted is not None and accepted <= day)
    return None if decided or sent is None or sent > day else sent


def _is_listed(export: Export, file: Row) -> bool:
    """Are its documents listed: all of an electronic file, some of a file of another or unknown origin?"""
    listed, declared = export.listed[file["id"]], file["total_doc"]
    all_of_them = listed >= (1 if declared is None else declared)
    return all_of_them or (listed > 0 and file["origin_declared"] != "BORN_DIGITAL")
