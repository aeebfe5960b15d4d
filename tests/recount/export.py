"""All rows, as a clerk with a spreadsheet would have them, and the questions that several figures ask of them.

Nothing here or beside it comes from hub.kpi: the rules are written a second time, from the plan and the domain facts.
Held for what the tests build: where several bodies answer for one that was divided, one of them owned the fonds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

Row = Mapping[str, Any]
HANOI = timezone(timedelta(hours=7))
WINDOW = date(2020, 1, 1)  # the plan's window ends after every date of the tests
TARGETS = ("fonds_id", "series_id", "file_id", "item_id")


@dataclass
class Line:
    """One figure of one agency; coverage is covered of whole."""

    numerator: Decimal = Decimal()
    denominator: Decimal = Decimal()
    excluded: int = 0
    missing: int = 0
    covered: Decimal = Decimal()
    whole: Decimal = Decimal()

    def add(self, counts: int | Decimal, of: int | Decimal = 1, *, missing: int = 0) -> None:
        self.numerator += counts
        self.denominator += of
        self.missing += missing

    def cover(self, covered: int | Decimal, of: int | Decimal = 1) -> None:
        self.covered += covered
        self.whole += of


class Sheet(defaultdict[tuple[str, int], Line]):
    """Lines by code of the figure and agency; a line that nobody wrote on is empty."""

    def __init__(self) -> None:
        super().__init__(Line)

    def of(self, code: str, agency: int) -> Line:
        return self.get((code, agency), Line())

    def city(self, code: str) -> Line:
        """The sum of all agencies (R2)."""
        lines = [line for (told, _), line in self.items() if told == code]
        return Line(*(sum(getattr(line, name) for line in lines) for name in Line.__annotations__))


def exported(session: Session, table: str) -> list[Row]:
    return [dict(row) for row in session.execute(text(f"select * from {table}")).mappings()]


def in_force(row: Row, day: date) -> bool:
    """From its first day up to the day before its last."""
    return bool(row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"]))


def local(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(HANOI).date()


def later(day: date, years: int) -> date:
    """The same day years on; the 29th of February becomes the 28th (R12)."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


class Export:
    """The tables, and who answers, what is left out, listed or held on a day."""

    def __init__(self, session: Session) -> None:
        def keyed(table: str) -> dict[int, Row]:
            return {row["id"]: row for row in exported(session, table)}

        self.files, self.items, self.fonds, self.series, self.agencies = map(
            keyed, ("file", "item", "fonds", "series", "agency")
        )
        self.follows = _grouped(exported(session, "agency_succession"), "predecessor_id")
        self.owners = _grouped(exported(session, "fonds_owner"), "fonds_id")
        codes = {row["id"]: row["code"] for row in exported(session, "indicator")}
        self.exclusions = _by_target(
            (codes[row["indicator_id"]], row)
            for row in exported(session, "exclusion")
            if row["state"] in ("APPROVED", "LIFTED")
        )
        lists = keyed("decided_list")
        self.entries = _by_target(
            (lists[row["list_id"]]["kind"], {**lists[row["list_id"]], **row})
            for row in exported(session, "decided_list_entry")
        )
        self.contents, self.scans, self.publications, self.extents, self.receipts = (
            _grouped(rows, key)
            for rows, key in (
                (self.items.values(), "file_id"),
                (exported(session, "page_acceptance"), "file_id"),
                (exported(session, "publication"), "file_id"),
                (exported(session, "fonds_extent"), "fonds_id"),
                (exported(session, "state_acceptance"), "fonds_id"),
            )
        )
        listings = exported(session, "item_listing")
        self.listed_in = {
            key: sorted(row["file_id"] for row in rows) for key, rows in _grouped(listings, "item_id").items()
        }
        self.listed = Counter(row["file_id"] for row in (*self.items.values(), *listings))
        self.sources = _grouped(exported(session, "source_membership"), "agency_id")
        transfers = keyed("transfer")
        self.transfers: dict[tuple[str, int], list[Row]] = defaultdict(list)
        for row in exported(session, "transfer_entry"):
            part = ("item", row["item_id"]) if row["item_id"] else ("file", row["file_id"])
            self.transfers[part].append(transfers[row["transfer_id"]])

    def answers(self, file: Row, day: date) -> int:
        """Who answers on a day for what the file's creator did (R13); after a division, who owned the fonds."""
        bodies, left = set(), [file["creator_id"]]
        while left:
            body = left.pop()
            steps = [row for row in self.follows.get(body, ()) if row["effective_on"] <= day]
            left += [row["successor_id"] for row in steps if row["kind"] != "ARCHIVED"]
            if all(row["kind"] in ("SEPARATED", "ARCHIVED") for row in steps):
                bodies.add(body)
        owner = self._owner(file["fonds_id"], day)
        if owner in bodies:
            return owner
        [body] = bodies
        return body

    def _owner(self, fonds: int, day: date) -> int:
        """Who owned a fonds on a day: the first whose time had not ended, else who owns it now."""
        ended = [row for row in self.owners.get(fonds, ()) if row["valid_to"] > day]
        first = min(ended, key=lambda row: row["valid_to"], default=self.fonds[fonds])
        found: int = first["agency_id"]
        return found

    def is_source(self, agency: int, day: date) -> bool:
        return any(in_force(row, day) for row in self.sources.get(agency, ()))

    def _places(self, file: Row, item: int | None = None) -> Iterator[tuple[str, int]]:
        """What may be named where a file, or an item of it, is meant."""
        yield from (("file_id", file["id"]), ("fonds_id", file["fonds_id"]))
        if item is not None:
            yield "item_id", item
        series = file["series_id"]
        while series is not None:
            yield "series_id", series
            series = self.series[series]["parent_id"]

    def left_out(self, code: str, day: date, file: Row, item: int | None = None) -> bool:
        """Does the law except the file, or the item of it, from the figure (R5)?"""
        return any(
            in_force(row, day)
            for place in self._places(file, item)
            for row in self.exclusions.get((code, *place), ())
        )

    def named(self, kind: str, day: date, file: Row) -> set[str | None]:
        """The categories under which the lists of a kind name a file; empty when none does."""
        return {
            row["category"]
            for place in self._places(file)
            for row in self.entries.get((kind, *place), ())
            if in_force(row, day)
        }

    def at_archive(self, file: Row, day: date) -> bool:
        """Does the historical archive keep it?"""
        return bool(
            self.agencies[file["custodian_id"]]["is_historical_archive"]
            and file["state"] != "DISPOSED"
            and (file["transferred_on"] or day) <= day
        )

    def of_agency(self, file: Row) -> bool:
        """Is or was it of an agency's archive? What the historical archive keeps without a transfer never was."""
        return file["state"] != "DISPOSED" and bool(
            file["transferred"]
            or file["transferred_on"]
            or not self.agencies[file["custodian_id"]]["is_historical_archive"]
        )

    def file_day(self, file: Row) -> date | None:
        """The day a file stands at; one without dates at the end of a fonds that ended before the plan's window."""
        year = self.fonds[file["fonds_id"]]["end_year"]
        told: date | None = file["end_date"] or file["start_date"]
        return told or (date(year, 12, 31) if year and year < WINDOW.year else None)


def is_open(file: Row, day: date) -> bool:
    return bool(file["closed_on"] > day if file["closed_on"] else file["state"] == "OPEN")


def _grouped(rows: Any, key: str) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return dict(found)


def _by_target(rows: Iterator[tuple[str, Row]]) -> dict[tuple[str, str, int], list[Row]]:
    """By a word (the figure, the kind of list) and the one thing that a row names."""
    found: dict[tuple[str, str, int], list[Row]] = defaultdict(list)
    for word, row in rows:
        for target in TARGETS:
            if row.get(target) is not None:
                found[word, target, row[target]].append(row)
    return dict(found)
