"""Annex 3.3 and 3.5 through the service: records on a high-use list, at the historical archive and at agencies."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.access.actor import the_public
from hub.kpi.breakdown import By, breakdown
from hub.kpi.scorecard import rows_of
from hub.kpi.shortfall import shortfall
from hub.kpi.values import Result
from hub.records.models import Fonds
from tests.kpi.city import CUT_OFF, PLAN, City, parts, side

WHOLE = {
    "access_level": 0, "languages": ["01"], "total_doc": 3, "page_count_declared": 10, "origin_declared": "PAPER",
}  # fmt: skip


@pytest.fixture
def holdings(city: City) -> int:
    return city.fonds(city.archive())


@pytest.fixture
def fonds(city: City) -> int:
    return city.fonds(city.agency("P"))


def listed(city: City, fonds: int, category: str | None = None, **told: Any) -> int:
    """A whole description of a paper file of ten pages, on a high-use list."""
    file = city.file(fonds, **WHOLE | told)
    city.listed("HIGH_USE", file_id=file, category=category)
    return file


def reasons(city: City, code: str) -> dict[int, str]:
    row = next(row for row in rows_of(city.session, PLAN, [CUT_OFF], [code])[CUT_OFF] if row.code == code)
    found = shortfall(city.session, city.actor("supervisor_head", None), row, CUT_OFF)
    return {one.id: one.reason for one in found.rows}


def test_a_file_counts_when_digitised_described_and_online(city: City, holdings: int) -> None:
    done, part, none, bare, low, poor = (listed(city, holdings) for _ in range(6))
    origin = listed(city, holdings, origin_declared=None)
    mode = listed(city, holdings, access_level=None)
    pages = listed(city, holdings, page_count_declared=None)
    blank = listed(city, holdings, languages=[])
    for file in (done, bare, low, poor, mode, pages, blank):
        city.scanned(file, 1, 10)
    city.scanned(part, 1, 9)
    for file in (done, part, none, mode, pages, blank):
        city.published(file)
    city.published(low, level=2)
    city.file(holdings, **WHOLE)  # on no list
    listed(city, holdings, origin_declared="BORN_DIGITAL")
    value = city.value("3.3")
    assert (parts(value), value.percent, value.missing, value.result) == ((1, 10), "10.00", 3, Result.NOT_MET)
    assert reasons(city, "3.3") == {
        part: "PARTLY_DIGITISED", none: "NOT_DIGITISED", bare: "NOT_PUBLISHED", low: "LEVEL_TOO_LOW",
        poor: "NOT_PUBLISHED", origin: "ORIGIN_UNKNOWN", mode: "ACCESS_UNKNOWN", pages: "LACKS_PAGE_COUNT",
        blank: "LACKS_LANGUAGE",
    }  # fmt: skip
    assert side(value, "3.3.digitised") == (6, 10, "60.00")
    assert side(value, "3.3.described") == (7, 10, "70.00")
    assert side(value, "3.3.online") == (6, 10, "60.00")


def test_scans_publications_and_lists_count_for_their_dates(city: City, holdings: int) -> None:
    upper = city.series(holdings)
    file = city.file(holdings, **WHOLE, series_id=city.series(holdings, upper))
    city.listed("HIGH_USE", series_id=upper, valid_from=date(2022, 1, 1), valid_to=date(2025, 1, 1))
    city.listed("RESTRICTED", file_id=city.file(holdings, **WHOLE))
    city.scanned(file, 1, 10, on=date(2023, 1, 1))
    city.published(file, on=date(2023, 7, 1))
    days = (date(2021, 12, 31), date(2022, 1, 1), date(2023, 6, 30), date(2023, 7, 1), date(2025, 1, 1))
    assert [parts(city.value("3.3", as_of=day)) for day in days] == [(0, 0), (0, 1), (0, 1), (1, 1), (0, 0)]
    assert city.value("3.3", as_of=days[0]).result is Result.NOT_APPLICABLE


def test_records_of_agencies_are_not_holdings_of_the_archive_and_the_reverse(
    city: City, fonds: int, holdings: int
) -> None:
    """R10: a file handed over counts for both, once each."""
    archive = city.session.get_one(Fonds, holdings).custodian_id
    listed(city, fonds)
    listed(city, holdings)
    assert (parts(city.value("3.3")), parts(city.value("3.5"))) == ((0, 1), (0, 10))
    moved = {
        "custodian_id": archive,
        "transferred": True,
        "transferred_on": date(2024, 1, 1),
        "state": "TRANSFERRED",
    }
    listed(city, fonds, **moved)
    assert (parts(city.value("3.3")), parts(city.value("3.5"))) == ((0, 2), (0, 20))
    assert parts(city.value("3.3", as_of=date(2023, 12, 31))) == (0, 1)


def test_pages_of_agencies_by_the_three_kinds(city: City, fonds: int) -> None:
    office = listed(city, fonds, "ADMINISTRATIVE")
    trade = listed(city, fonds, "SPECIALISED", page_count_declared=30)
    case = listed(city, fonds, "PROCEDURE", languages=[])
    other = listed(city, fonds)
    city.listed("HIGH_USE", file_id=office, category="PROCEDURE")
    for _ in range(2):  # a rescan adds nothing
        city.scanned(office, 1, 8)
    city.scanned(trade, 1, 40)
    value = city.value("3.5")
    assert (parts(value), value.percent, value.result) == ((38, 60), "63.33", Result.NOT_MET)
    assert side(value, "3.5.administrative") == (8, 10, "80.00")
    assert side(value, "3.5.specialised") == (30, 30, "100.00")
    assert side(value, "3.5.procedure") == (8, 20, "40.00")
    assert side(value, "3.5.described") == (3, 4, "75.00")
    assert side(value, "3.5.file") == (1, 4, "25.00")
    assert reasons(city, "3.5") == {
        office: "PARTLY_DIGITISED", case: "NOT_DIGITISED", other: "NOT_DIGITISED",
    }  # fmt: skip


def test_unknown_origin_and_unknown_pages_are_said(city: City, fonds: int) -> None:
    unknown = listed(city, fonds, origin_declared=None)
    value = city.value("3.5")
    assert (parts(value), value.missing, value.coverage, value.estimated) == ((0, 10), 10, "100.00", False)
    pages = listed(city, fonds, page_count_declared=None)
    city.scanned(pages, 1, 5)
    value = city.value("3.5")
    assert (parts(value), value.coverage, value.estimated) == ((5, 15), "50.00", True)
    assert reasons(city, "3.5") == {unknown: "ORIGIN_UNKNOWN", pages: "PAGES_UNKNOWN"}


def test_electronic_and_destroyed_records_are_outside(city: City, fonds: int) -> None:
    listed(city, fonds, origin_declared="BORN_DIGITAL")
    listed(city, fonds, state="DISPOSED")
    mixed = listed(city, fonds, page_count_declared=None, total_doc=2)
    city.item(mixed, page_count=7)
    city.item(mixed, page_count=3, origin="PAPER")
    assert parts(city.value("3.5")) == (0, 3)


def test_the_successor_answers_from_its_day(city: City) -> None:
    old, new = city.agency("OLD"), city.agency("NEW")
    city.succession(old, new, date(2024, 1, 1))
    listed(city, city.fonds(old), "ADMINISTRATIVE")
    days = (date(2023, 12, 31), date(2024, 1, 1))
    assert [parts(city.value("3.5", old, as_of=day)) for day in days] == [(0, 10), (0, 0)]
    assert [parts(city.value("3.5", new, as_of=day)) for day in days] == [(0, 0), (0, 10)]
    value = city.value("3.5", as_of=days[1])
    lines = breakdown(city.session, the_public(), value.indicator, days[1], By.AGENCY)
    assert {line.key: (line.denominator, line.result) for line in lines} == {
        "NEW": (10, Result.NOT_MET), "OLD": (0, Result.NOT_APPLICABLE),
    }  # fmt: skip


@pytest.mark.parametrize("code", ["3.3", "3.5", "4.4"])
def test_no_list_is_nothing_to_count(city: City, fonds: int, holdings: int, code: str) -> None:
    """R1."""
    city.file(fonds, **WHOLE)
    city.file(holdings, **WHOLE)
    assert city.value(code).status_text == "không phát sinh"


@pytest.mark.parametrize(("code", "expected"), [("3.3", (0, 1)), ("3.5", (0, 10))])
def test_the_plan_grants_no_exclusion_here(
    city: City, fonds: int, holdings: int, code: str, expected: tuple[int, int]
) -> None:
    """R5b."""
    for owner in (fonds, holdings):
        agency = city.session.get_one(Fonds, owner).agency_id
        city.exclusion(code, agency, file_id=listed(city, owner))
    value = city.value(code)
    assert (parts(value), value.excluded) == (expected, 0)
