"""II.1.d, 3.6 and II.2.c against an independent count: plain Python over exported rows of a random city.

The rules are written a second time, one record at a time, from the plan and the domain facts.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import the_public
from hub.kit.clock import HANOI
from hub.kpi.breakdown import By, breakdown
from hub.kpi.scorecard import scorecard
from hub.kpi.shortfall import members
from hub.kpi.values import IndicatorValue
from hub.plan.models import DecidedList, DecidedListEntry
from hub.requests.models import Publication
from hub.transfers.models import Transfer, TransferEntry
from tests.kpi.city import PLAN, City, written
from tests.kpi.test_recount import Export, Row, build, exported, some_day

CUT_OFFS = (date(2022, 12, 31), date(2023, 6, 30), date(2024, 6, 30), date(2025, 6, 30))
Counts = dict[int, Counter[str]]


def dress(city: City, rng: Random) -> None:
    """Source list, transfers, lists and publications over the random city; modes and fields now and then unknown."""
    session = city.session
    files, items = (sorted(exported(session, name), key=lambda row: row["id"]) for name in ("file", "item"))
    kept = ("PERMANENT", "PERMANENT", "UNKNOWN")
    session.execute(
        text("update item set retention_kind = :kept, issued_date = coalesce(:issued, issued_date) where id = :id"),
        [
            {"id": item["id"], "kept": rng.choice(kept),
             "issued": some_day(rng, 2020, 2022) if rng.random() < 0.8 else None}
            for item in items
        ],
    )  # fmt: skip
    session.execute(
        text("update file set access_level = :level, access_provenance = :said, languages = :languages where id = :id"),
        [
            {"id": file["id"], "level": rng.choice([0, 0, 0, 1, 2, None]), "said": rng.choice(["HD169_blank", None]),
             "languages": rng.choice([["01"], ["01"], []])}
            for file in files
        ],
    )  # fmt: skip
    for number, agency in enumerate(
        row for row in exported(session, "agency") if not row["is_historical_archive"]
    ):
        until = some_day(rng, 2022) if number % 2 else None
        if number != 3:
            city.source(agency["id"], some_day(rng, 2018, 2021), until)
    transfers: list[dict[str, Any]] = []
    for number in range(60):
        home = rng.choice(files)
        sent = datetime(2021, 1, 1, tzinfo=HANOI) + timedelta(hours=rng.randrange(38_000))
        state = rng.choice(["ACCEPTED"] * 4 + ["SUBMITTED", "CHECKING", "RETURNED", "REGISTERED"])
        transfers.append({
            "code": f"T{number}", "agency_id": home["creator_id"], "custodian_id": home["custodian_id"], "state": state,
            "channel": rng.choice(["INTEGRATED", "INTEGRATED", "MANUAL"]), "registered_on": date(2021, 1, 1),
            "submitted_at": None if state == "REGISTERED" else sent,
            "accepted_at": sent + timedelta(hours=rng.randrange(6_000)) if state == "ACCEPTED" else None,
        })  # fmt: skip
    batches = written(session, Transfer, transfers, "id")
    entries = {
        (batch, chosen["file_id"] if part else chosen["id"], chosen["id"] if part else None)
        for batch in batches
        for _ in range(4)
        for part in [rng.random() < 0.5]
        for chosen in [rng.choice(items if part else files)]
    }
    columns = ("transfer_id", "file_id", "item_id")
    written(
        session, TransferEntry, [dict(zip(columns, entry, strict=True)) for entry in sorted(entries, key=str)]
    )
    published = [
        {"file_id": row["id"], "service_level": rng.randrange(1, 5), "published_on": day,
         "withdrawn_on": day + timedelta(days=rng.randrange(1, 900)) if rng.random() < 0.3 else None}
        for row in files for _ in range(rng.randrange(3)) for day in [some_day(rng, 2020)]
    ]  # fmt: skip
    written(session, Publication, published)
    series = sorted(exported(session, "series"), key=lambda row: row["id"])
    for number in range(6):
        begin = some_day(rng, 2021, 2023)
        until = begin + timedelta(days=rng.randrange(1, 900)) if number % 2 else None
        row = {
            "kind": "RESTRICTED" if number < 4 else "HIGH_USE",
            "decision_number": str(number),
            "decided_on": begin,
        }
        [key] = written(session, DecidedList, [{**row, "valid_from": begin, "valid_to": until}], "id")
        chosen = [{"series_id": rng.choice(series)["id"], "file_id": None}] if number in (0, 3) else []
        some = [{"series_id": None, "file_id": one["id"]} for one in rng.sample(files, 12)]
        written(session, DecidedListEntry, [{"list_id": key, **one} for one in chosen + some])
    for number in range(12):
        chosen_object = (
            {"item_id": rng.choice(items)["id"]} if number % 2 else {"file_id": rng.choice(files)["id"]}
        )
        city.exclusion("II.1.d", files[0]["agency_id"], valid_from=some_day(rng, 2021, 2023), **chosen_object)


def later(day: date) -> date:
    """Three years on; the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year + 3)
    except ValueError:
        return date(day.year + 3, 2, 28)


def local(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(HANOI).date()


class Holdings(Export):
    """The rows that these figures need besides."""

    def __init__(self, session: Session, indicator: int) -> None:
        super().__init__(session, indicator)
        self.sources = exported(session, "source_membership")
        self.transfers = {row["id"]: row for row in exported(session, "transfer")}
        self.entries = exported(session, "transfer_entry")
        self.publications = exported(session, "publication")
        self.lists = {row["id"]: row for row in exported(session, "decided_list")}
        self.list_entries = exported(session, "decided_list_entry")

    def is_source(self, agency: int, day: date) -> bool:
        return any(
            row["agency_id"] == agency and row["valid_from"] <= day and (row["valid_to"] or date.max) > day
            for row in self.sources
        )

    def transfers_of(self, file: int, item: int | None) -> list[Row]:
        """Those that name the file as a whole, or the item."""
        return [
            self.transfers[row["transfer_id"]]
            for row in self.entries
            if (row["file_id"] == file and row["item_id"] is None) or (item and row["item_id"] == item)
        ]

    def scanned_on(self, item: Row) -> date | None:
        days = [
            scan["accepted_on"]
            for scan in self.scans
            if scan["file_id"] == item["file_id"] and scan["item_id"] in (None, item["id"])
        ]
        return min(days, default=None)

    def restricted(self, file: Row, day: date) -> bool:
        chain, series = set(), file["series_id"]
        while series is not None:
            chain.add(series)
            series = self.series[series]["parent_id"]
        for entry in self.list_entries:
            told = self.lists[entry["list_id"]]
            if told["kind"] != "RESTRICTED" or not told["valid_from"] <= day < (told["valid_to"] or date.max):
                continue
            if entry["file_id"] == file["id"] or entry["series_id"] in chain:
                return True
        return False


def handed_over(export: Holdings, day: date, channel: str | None) -> Counts:
    """II.1.d or 3.6 by agency: documents (item.*), scans (scan.*) and files (file.*)."""
    counts: Counts = defaultdict(Counter)

    def add(
        what: str, file: Row, item: Row | None, told: date | None, known: bool, origin: str | None, kept: str
    ) -> None:
        agency = export.answers(file["creator_id"], day)
        if kept not in ("PERMANENT", "UNKNOWN") or not export.is_source(agency, day):
            return
        if told is None:
            if day < date(2023, 1, 1):
                return
        elif told < date(2020, 1, 1) or later(told) > day:
            return
        sums = counts[agency]
        chosen = [
            row
            for row in export.transfers_of(file["id"], item["id"] if item else None)
            if channel in (None, row["channel"])
        ]
        accepted = [on for row in chosen if (on := local(row["accepted_at"])) and on <= day]
        first = min(accepted, default=None)
        missing = not known or origin is None or kept == "UNKNOWN"
        in_time = not missing and first is not None and told is not None and first <= later(told)
        if export.left_out(day, file, item["id"] if item else None):
            sums[f"{what}.excluded"] += 1
            sums[f"{what}.excluded_numerator"] += in_time
            return
        sums[f"{what}.den"] += 1
        sums[f"{what}.num"] += in_time
        sums[f"{what}.missing"] += missing
        sums[f"{what}.late"] += bool(not missing and first and told and first > later(told))
        pending = [
            sent for row in chosen
            if row["state"] != "RETURNED" and (sent := local(row["submitted_at"])) and sent <= day
            and not ((on := local(row["accepted_at"])) and on <= day)
        ]  # fmt: skip
        sums[f"{what}.waiting"] += bool(
            not missing and first is None and pending and told and min(pending) <= later(told)
        )
        still_open = file["closed_on"] > day if file["closed_on"] else file["state"] == "OPEN"
        sums[f"{what}.open"] += still_open and not missing and not in_time

    def file_day(file: Row) -> date | None:
        year = export.fonds[file["fonds_id"]]["end_year"]
        return (
            file["end_date"] or file["start_date"] or (date(year, 12, 31) if year and year < 2020 else None)
        )

    of_agencies = {
        key: file
        for key, file in export.files.items()
        if file["state"] != "DISPOSED"
        and (file["transferred"] or file["transferred_on"]
             or not export.agencies[file["custodian_id"]]["is_historical_archive"])
    }  # fmt: skip
    for item in export.items.values():
        file = of_agencies.get(item["file_id"])
        if file is None or item["state"] != "ACTIVE":
            continue
        kept = item["retention_kind"] if item["retention_kind"] != "UNKNOWN" else file["retention_kind"]
        if item["origin"] in (None, "BORN_DIGITAL"):
            told = item["issued_date"] or file_day(file)
            add("item", file, item, told, item["issued_date"] is not None, item["origin"], kept)
        elif item["origin"] == "DIGITIZED":
            scanned = export.scanned_on(item)
            if scanned and scanned <= day:
                add("scan", file, item, scanned, True, "DIGITIZED", kept)
    for file in of_agencies.values():
        still_open = file["closed_on"] > day if file["closed_on"] else file["state"] == "OPEN"
        if file["origin"] in (None, "BORN_DIGITAL") and (file["end_date"] or not still_open):
            add(
                "file",
                file,
                None,
                file_day(file),
                file["end_date"] is not None,
                file["origin"],
                file["retention_kind"],
            )
    return counts


def served_online(export: Holdings, day: date) -> Counter[str]:
    """II.2.c of the one archive."""
    sums: Counter[str] = Counter()
    for file in export.files.values():
        level = file["access_level"]
        if level is None and file["access_provenance"] == "HD169_blank":
            level = 0
        if (
            not export.agencies[file["custodian_id"]]["is_historical_archive"]
            or file["state"] == "DISPOSED"
            or (file["transferred_on"] or date.min) > day
            or level == 2
        ):
            continue
        sums["all"] += 1
        if export.restricted(file, day):
            sums["restricted"] += 1
            continue
        online = any(
            row["file_id"] == file["id"] and row["service_level"] >= 3
            and row["published_on"] <= day < (row["withdrawn_on"] or date.max)
            for row in export.publications
        )  # fmt: skip
        whole = (
            file["retention_kind"] != "UNKNOWN" and file["languages"] and file["start_date"] and file["end_date"]
            and (file["total_doc"] or file["item_count"]) and file["page_count"]
        )  # fmt: skip
        sums["den"] += 1
        sums["num"] += bool(online and whole and level == 0)
        sums["missing"] += level is None
        sums["described"] += bool(whole and level is not None)
        sums["conditional"] += level == 1
    return sums


def told_sides(value: IndicatorValue) -> dict[str, tuple[int | None, int | None]]:
    return {one.code.rpartition(".")[2]: (one.numerator, one.denominator) for one in value.side}


@pytest.mark.parametrize("seed", range(int(os.environ.get("HUB_EXAMPLES", "1"))))
def test_hand_overs_and_online_files_agree_with_an_independent_count(city: City, seed: int) -> None:
    build(city, Random(seed))
    dress(city, Random(seed + 100))
    codes = {"II.1.d": (None, city.indicator("II.1.d")), "3.6": ("INTEGRATED", city.indicator("3.6"))}
    exports = {code: Holdings(city.session, key) for code, (_, key) in codes.items()}
    seen: Counter[str] = Counter()
    for day in CUT_OFFS:
        values = {
            value.indicator.code: value
            for value in scorecard(city.session, the_public(), PLAN, day, codes=[*codes, "II.2.c"])
        }
        for value in values.values():
            sql, bound = members(value.indicator, day, None) or ("", {})
            sums = "coalesce(sum(numerator), 0), coalesce(sum(denominator), 0), coalesce(sum(excluded), 0)"
            counted = city.session.execute(text(f"select {sums} from ({sql}) m"), bound).one()
            assert tuple(counted) == (value.numerator, value.denominator, value.excluded), day
        for code, (channel, _) in codes.items():
            counts, value = handed_over(exports[code], day, channel), values[code]
            total: Counter[str] = sum(counts.values(), Counter())
            assert (value.numerator, value.denominator, value.excluded, value.missing) == tuple(
                total[f"item.{name}"] for name in ("num", "den", "excluded", "missing")
            ), (code, day)
            lines = breakdown(city.session, the_public(), value.indicator, day, By.AGENCY)
            told = {line.agency.id: (line.numerator, line.denominator) for line in lines if line.agency}
            for agency, row in counts.items():
                assert told[agency] == (row["item.num"], row["item.den"]), (code, day)
            seen += total
            if code == "II.1.d":
                documents = {
                    name: (total[f"item.{name}"], total["item.den"]) for name in ("late", "waiting", "open")
                }
                others = {
                    name: (total[f"{key}.num"], total[f"{key}.den"])
                    for name, key in (("scanned", "scan"), ("file", "file"))
                }
                assert told_sides(value) == documents | others, day
        online, value = served_online(exports["3.6"], day), values["II.2.c"]
        assert (value.numerator, value.denominator, value.missing) == (
            online["num"], online["den"], online["missing"],
        ), day  # fmt: skip
        sides = told_sides(value)
        assert sides["described"] == (online["described"], online["den"])
        assert sides["conditional"] == (online["conditional"], online["den"])
        assert sides["restricted"] == (online["restricted"], online["all"])
        seen["online.den"] += online["den"]
    assert all(seen[f"item.{name}"] for name in ("num", "den", "late", "waiting", "open"))
    assert min(seen["item.den"], seen["online.den"]) > 40
