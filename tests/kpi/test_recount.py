"""Both measures against an independent count: plain Python over exported rows, sharing no code with the measures.

The rules are written a second time, from the plan and the domain facts, one record at a time and by sets; the
records are random, with every field missing now and then.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import the_public
from hub.digitization.models import PageAcceptance
from hub.kpi.breakdown import By, breakdown
from hub.kpi.scorecard import scorecard
from hub.kpi.shortfall import members
from hub.records.models import ArchivalFile, Item, ItemListing
from tests.kpi.city import PLAN, City, written

Row = Mapping[str, Any]
Sums = dict[str, int]
CUT_OFFS = (date(2021, 6, 30), date(2022, 12, 31), date(2024, 6, 30), date(2025, 6, 30))
HANOI = timezone(timedelta(hours=7))


def some_day(rng: Random, first: int = 2018, last: int = 2025) -> date:
    return date(first, 1, 1) + timedelta(days=rng.randrange((last - first + 1) * 365))


def build(city: City, rng: Random) -> None:
    """Five agencies, two of which follow others, an archive, and files and items of every kind."""
    session = city.session
    archive = city.archive()
    agencies = [city.agency(f"A{number}") for number in range(5)]
    city.succession(agencies[0], agencies[1], date(2023, 1, 1))
    city.succession(agencies[1], agencies[2], date(2024, 1, 1))
    fonds = {
        agency: city.fonds(agency, end_year=rng.choice([None, 2019, 2025])) for agency in [*agencies, archive]
    }
    series = {agency: [city.series(fonds[agency]) for _ in range(2)] for agency in fonds}
    nested = {agency: city.series(fonds[agency], series[agency][0]) for agency in fonds}

    def maybe(value: Any, share: float = 0.85) -> Any:
        return value if rng.random() < share else None

    files: list[dict[str, Any]] = []
    for number in range(160):
        owner = rng.choice([*agencies, archive])
        moved = owner != archive and rng.random() < 0.2
        state = (
            "TRANSFERRED"
            if moved
            else rng.choice(["OPEN", "CLOSED", "SUBMITTED", "ACCEPTED", "ACCEPTED", "DISPOSED"])
        )
        kind = rng.choice(["PERMANENT", "PERMANENT", "YEARS", "UNKNOWN", "LEGACY_LONG", "LEGACY_TEMPORARY"])
        start = some_day(rng)
        accepted = datetime(2020, 1, 1, 17, tzinfo=UTC) + timedelta(hours=rng.randrange(48_000))
        files.append({
            "fonds_id": fonds[owner], "agency_id": owner, "creator_id": owner,
            "custodian_id": archive if moved else owner, "code": f"R{number}", "title": "Hồ sơ", "state": state,
            "series_id": maybe(rng.choice([*series[owner], nested[owner]])),
            "start_date": maybe(start), "end_date": maybe(start + timedelta(days=rng.randrange(400)), 0.7),
            "end_latest": None, "closed_on": None if state == "OPEN" else maybe(start + timedelta(days=420)),
            "work_ended_on": maybe(start + timedelta(days=400), 0.6),
            "accepted_at": accepted if state in ("ACCEPTED", "TRANSFERRED") and rng.random() < 0.7 else None,
            "transferred": moved, "transferred_on": maybe(some_day(rng, 2021)) if moved else None,
            "retention_kind": kind, "retention_years": rng.choice([2, 5, 20]) if kind == "YEARS" else None,
            "total_doc": maybe(rng.randrange(8), 0.6),
            "origin_declared": maybe(rng.choice(["BORN_DIGITAL", "DIGITIZED", "MIXED", "PAPER", "PAPER"])),
            "page_count_declared": maybe(rng.randrange(1, 40), 0.7),
        })  # fmt: skip
    keys = written(session, ArchivalFile, files, "id")
    homes = [(key, file) for key, file in zip(keys, files, strict=True) if rng.random() < 0.75]
    items: list[dict[str, Any]] = [
        {
            "file_id": key, "fonds_id": file["fonds_id"], "agency_id": file["agency_id"],
            "custodian_id": file["custodian_id"], "code": f"I{key}-{number}", "subject": "Văn bản",
            "issued_date": maybe(some_day(rng), 0.9),
            "direction": maybe(rng.choice(["OUTGOING", "INCOMING", "INTERNAL"])),
            "origin": maybe(rng.choice(["BORN_DIGITAL", "BORN_DIGITAL", "DIGITIZED", "PAPER", "MIXED"]), 0.95),
            "signature_evidence": maybe(rng.choice(["VERIFIED", "DECLARED", "UNKNOWN", "NOT_REQUIRED"])),
            "state": rng.choice(["ACTIVE"] * 9 + ["DRAFT", "DESTROYED"]), "page_count": maybe(rng.randrange(1, 12)),
        }
        for key, file in homes
        for number in range(rng.randrange(1, 6))
    ]  # fmt: skip
    item_keys = written(session, Item, items, "id")
    owners = {key: file["agency_id"] for key, file in zip(keys, files, strict=True)}
    guests = [
        {"file_id": other, "item_id": key, "agency_id": item["agency_id"], "ordinal": 1}
        for key, item in rng.sample(list(zip(item_keys, items, strict=True)), 60)
        for other in rng.sample(
            [k for k in keys if owners[k] == item["agency_id"] and k != item["file_id"]], 2
        )
    ]
    written(session, ItemListing, guests)
    scans: list[dict[str, Any]] = []
    for _ in range(140):
        key, item = rng.choice(list(zip(item_keys, items, strict=True)))
        whole = rng.random() < 0.5
        first = rng.randrange(1, 20)
        scans.append({
            "file_id": rng.choice(keys) if whole else item["file_id"], "item_id": None if whole else key,
            "first_page": first, "last_page": first + rng.randrange(12), "accepted_on": some_day(rng, 2020),
        })  # fmt: skip
    written(session, PageAcceptance, scans)
    for number in range(24):
        chosen = rng.choice([
            {"item_id": rng.choice(item_keys)}, {"file_id": rng.choice(keys)},
        ])  # fmt: skip
        if number < 2:
            chosen = {"series_id": rng.choice([one for two in series.values() for one in two])}
        begin = some_day(rng, 2020)
        state = rng.choice(["APPROVED", "APPROVED", "LIFTED", "PROPOSED", "REJECTED"])
        until = begin + timedelta(days=rng.randrange(900)) if state == "LIFTED" else None
        city.exclusion("II.1.a", agencies[0], state=state, valid_from=begin, valid_to=until, **chosen)
    city.metres(fonds[archive], 70, 100)


def exported(session: Session, table: str) -> list[Row]:
    return [dict(row) for row in session.execute(text(f"select * from {table}")).mappings()]


class Export:
    """All rows, as a clerk with a spreadsheet would have them."""

    def __init__(self, session: Session, indicator: int) -> None:
        self.files = {row["id"]: row for row in exported(session, "file")}
        self.items = {row["id"]: row for row in exported(session, "item")}
        self.fonds = {row["id"]: row for row in exported(session, "fonds")}
        self.series = {row["id"]: row for row in exported(session, "series")}
        self.agencies = {row["id"]: row for row in exported(session, "agency")}
        self.listings = exported(session, "item_listing")
        self.scans = exported(session, "page_acceptance")
        self.follows = {row["predecessor_id"]: row for row in exported(session, "agency_succession")}
        self.exclusions = [row for row in exported(session, "exclusion") if row["indicator_id"] == indicator]
        self.listed_in: dict[int, list[int]] = defaultdict(list)
        for row in self.listings:
            self.listed_in[row["item_id"]].append(row["file_id"])
        self.listed = Counter([row["file_id"] for row in (*self.items.values(), *self.listings)])

    def answers(self, agency: int, day: date) -> int:
        """Who answers for an agency's records on a day."""
        while agency in self.follows and self.follows[agency]["effective_on"] <= day:
            agency = self.follows[agency]["successor_id"]
        return agency

    def left_out(self, day: date, file: Row, item: int | None) -> bool:
        chain, series = set(), file["series_id"]
        while series is not None:
            chain.add(series)
            series = self.series[series]["parent_id"]
        return any(
            row["state"] in ("APPROVED", "LIFTED")
            and row["valid_from"] <= day
            and not (row["valid_to"] is not None and row["valid_to"] <= day)
            and (
                row["file_id"] == file["id"]
                or row["series_id"] in chain
                or (item is not None and row["item_id"] == item)
            )
            for row in self.exclusions
        )


def held(export: Export, file: Row, day: date) -> bool:
    told_accepted, told_moved = file["accepted_at"], file["transferred_on"]
    if told_accepted is None and told_moved is None:
        return file["state"] in ("ACCEPTED", "TRANSFERRED") or file["transferred"]
    accepted = told_accepted is not None and told_accepted.astimezone(HANOI).date() <= day
    return accepted or (told_moved is not None and told_moved <= day)


def standing(export: Export, file: Row, day: date) -> str | None:
    """`sure` or `unsure` for a file that an agency archive holds or is due; None for the others."""
    keeper = export.agencies[file["custodian_id"]]
    moved = file["transferred"] or file["transferred_on"] is not None
    if file["state"] == "DISPOSED" or (keeper["is_historical_archive"] and not moved):
        return None
    if held(export, file, day):
        return "sure"
    closed = file["closed_on"] <= day if file["closed_on"] else file["state"] != "OPEN"
    ended = file["work_ended_on"] or file["end_latest"] or file["end_date"] or file["closed_on"]
    if not closed or (file["retention_kind"] == "YEARS" and file["retention_years"] < 5):
        return None
    if ended is None:
        return "unsure"
    try:
        due = ended.replace(year=ended.year + 1)
    except ValueError:
        due = date(ended.year + 1, 2, 28)
    if due > day:
        return None
    return "sure" if file["retention_kind"] in ("PERMANENT", "LEGACY_LONG", "YEARS") else "unsure"


def count_born_digital(export: Export, day: date) -> tuple[dict[int, Sums], dict[str, tuple[int, int]]]:
    """II.1.a by agency, and coverage in files by agency."""
    first = date(2020, 1, 1)
    standings = {key: how for key, file in export.files.items() if (how := standing(export, file, day))}
    sums: dict[int, Sums] = defaultdict(
        lambda: dict.fromkeys(("num", "den", "excluded", "missing", "broad", "own"), 0)
    )
    coverage: dict[str, tuple[int, int]] = {}

    def file_day(file: Row) -> date | None:
        told: date | None = file["end_date"] or file["start_date"]
        year = export.fonds[file["fonds_id"]]["end_year"]
        return told or (date(year, 12, 31) if year is not None and year < 2020 else None)

    def in_window(told: date | None) -> bool:
        return told is None or first <= told <= day

    for key, item in export.items.items():
        through = next(iter(sorted(k for k in [item["file_id"]] if k in standings)), None)
        if through is None:
            through = min((k for k in export.listed_in[key] if k in standings), default=None)
        if through is None or item["state"] != "ACTIVE":
            continue
        file = export.files[through]
        issued = item["issued_date"]
        if not (in_window(issued) if issued else in_window(file_day(file))):
            continue
        row = sums[export.answers(file["creator_id"], day)]
        if export.left_out(day, file, key):
            row["excluded"] += 1
            continue
        unknown = (
            issued is None
            or item["origin"] is None
            or standings[through] == "unsure"
            or (item["origin"] == "BORN_DIGITAL" and item["signature_evidence"] in (None, "UNKNOWN"))
        )
        row["den"] += 1
        row["missing"] += unknown
        row["num"] += not unknown and item["origin"] == "BORN_DIGITAL"
        row["broad"] += not unknown and item["origin"] in ("BORN_DIGITAL", "DIGITIZED")
        row["own"] += item["direction"] in ("OUTGOING", "INTERNAL")
    for key, how in standings.items():
        file = export.files[key]
        if not in_window(file_day(file)):
            continue
        row = sums[export.answers(file["creator_id"], day)]
        listed = export.listed[key]
        rest = max(0, (file["total_doc"] or 0) - listed)
        if export.left_out(day, file, None):
            row["excluded"] += rest
            continue
        countable, files = coverage.get("city", (0, 0))
        coverage["city"] = (countable + bool(listed or file["total_doc"] is not None), files + 1)
        declared = file["origin_declared"]
        unknown = declared in (None, "MIXED") or how == "unsure" or file_day(file) is None
        row["den"] += rest
        row["missing"] += rest * unknown
        row["num"] += rest * (not unknown and declared == "BORN_DIGITAL")
        row["broad"] += rest * (not unknown and declared in ("BORN_DIGITAL", "DIGITIZED"))
    return sums, coverage


def count_digitised(export: Export, day: date) -> Sums:
    """II.2.b of the one archive, page by page."""
    total = dict.fromkeys(("num", "den", "missing"), 0)
    for key, file in export.files.items():
        keeper = export.agencies[file["custodian_id"]]
        late = file["transferred_on"] is not None and file["transferred_on"] > day
        if (
            not keeper["is_historical_archive"]
            or late
            or file["state"] == "DISPOSED"
            or file["origin"] == "BORN_DIGITAL"
        ):
            continue
        apart = {
            number: item["page_count"] or 0
            for number, item in export.items.items()
            if item["file_id"] == key and (item["origin"] == "BORN_DIGITAL" or item["state"] != "ACTIVE")
        }
        leaves: dict[int | None, set[int]] = defaultdict(set)
        for scan in export.scans:
            if scan["file_id"] == key and scan["accepted_on"] <= day and scan["item_id"] not in apart:
                leaves[scan["item_id"]] |= set(range(scan["first_page"], scan["last_page"] + 1))
        accepted = sum(len(pages) for pages in leaves.values())
        capped = sum(
            len(pages) if number is None or export.items[number]["page_count"] is None
            else min(len(pages), export.items[number]["page_count"])
            for number, pages in leaves.items()
        )  # fmt: skip
        if file["page_count"] is None:
            total["num"] += capped
            total["den"] += capped
            continue
        pages = max(0, file["page_count"] - sum(apart.values()))
        total["num"] += min(capped, pages)
        total["den"] += pages
        total["missing"] += pages if file["origin"] is None and not accepted else 0
    return total


def summed(rows: Iterable[Sums], name: str) -> int:
    return sum(row[name] for row in rows)


@pytest.mark.parametrize("seed", range(4))
def test_both_measures_agree_with_an_independent_count(city: City, seed: int) -> None:
    build(city, Random(seed))
    export = Export(city.session, city.indicator("II.1.a"))
    seen = 0
    for day in CUT_OFFS:
        electronic, digitised = scorecard(city.session, the_public(), PLAN, day, codes=["II.1.a", "II.2.b"])
        own, coverage = count_born_digital(export, day)
        told = (electronic.numerator, electronic.denominator, electronic.excluded, electronic.missing)
        assert told == tuple(summed(own.values(), name) for name in ("num", "den", "excluded", "missing")), (
            day
        )
        sides = {figure.code: figure for figure in electronic.side}
        assert sides["II.1.a.broad"].numerator == summed(own.values(), "broad")
        assert sides["II.1.a.own"].denominator == summed(own.values(), "own")
        countable, files = coverage["city"]
        assert electronic.coverage is not None
        assert abs(float(electronic.coverage) - 100 * countable / files) < 0.006
        lines = breakdown(city.session, the_public(), electronic.indicator, day, By.AGENCY)
        for line in lines:
            assert line.agency is not None
            row = own.get(line.agency.id, {"num": 0, "den": 0, "excluded": 0, "missing": 0})
            assert (line.numerator, line.denominator, line.excluded, line.missing) == (
                row["num"], row["den"], row["excluded"], row["missing"],
            ), (day, line.key)  # fmt: skip
        assert {line.agency.id for line in lines if line.agency} >= {
            key for key, row in own.items() if row["den"]
        }
        for value in (electronic, digitised):
            sql, values = members(value.indicator, day, None) or ("", {})
            sums = "sum(numerator), sum(denominator), sum(excluded)"
            counted = city.session.execute(text(f"select {sums} from ({sql}) m"), values).one()
            assert tuple(counted) == (value.numerator, value.denominator, value.excluded), day
        pages = count_digitised(export, day)
        assert (digitised.numerator, digitised.denominator, digitised.missing) == (
            pages["num"], pages["den"], pages["missing"],
        ), day  # fmt: skip
        seen += (electronic.denominator or 0) + (digitised.denominator or 0) * (pages["num"] > 0)
    assert seen > 500  # the random city has something to count
