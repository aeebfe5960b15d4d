"""II.2.b through the service: pages accepted, each once, and the lower bound of what is not described."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.access.actor import the_public
from hub.kpi.breakdown import By, breakdown
from hub.kpi.values import Result
from hub.records.models import Fonds
from tests.kpi.city import CUT_OFF, City, parts, side


@pytest.fixture
def fonds(city: City) -> int:
    return city.fonds(city.archive())


def keeper(city: City, fonds: int) -> int:
    """The archive that keeps the fonds."""
    return city.session.get_one(Fonds, fonds).custodian_id


def paper(city: City, fonds: int, pages: int | None = 100, **told: Any) -> int:
    """A file of the old holdings, catalogued as a whole."""
    return city.file(fonds, **{"page_count_declared": pages, "origin_declared": "PAPER"} | told)


def test_a_partly_scanned_file_counts_its_pages_and_no_file(city: City, fonds: int) -> None:
    """Worked case 5, first half."""
    file = paper(city, fonds)
    city.metres(fonds, 10, 10)
    city.scanned(file, 1, 60)
    value = city.value("II.2.b")
    assert (parts(value), value.percent, value.result) == ((60, 100), "60.00", Result.MET)
    assert side(value, "II.2.b.file") == (0, 1, "0.00")
    city.scanned(file, 1, 60)
    city.scanned(file, 31, 60)
    assert parts(city.value("II.2.b")) == (60, 100)
    city.scanned(file, 61, 100)
    value = city.value("II.2.b")
    assert (parts(value), side(value, "II.2.b.file")) == ((100, 100), (1, 1, "100.00"))


def test_metres_not_described_make_it_an_estimate_with_a_lower_bound(city: City, fonds: int) -> None:
    """Worked case 5, second half: 200 m of 1,000 m are not arranged."""
    city.scanned(paper(city, fonds), 1, 60)
    city.metres(fonds, 800, 1_000)
    value = city.value("II.2.b")
    assert (value.percent, value.percent_low, value.coverage, value.estimated) == (
        "60.00",
        "48.00",
        "80.00",
        True,
    )
    assert (value.result, value.status_text) == (Result.MISSING_DATA, "thiếu dữ liệu")
    assert side(value, "II.2.b.shelf") == (800, 1_000, "80.00")


def test_nearly_nothing_described_is_nearly_nothing_digitised(city: City, fonds: int) -> None:
    city.scanned(paper(city, fonds), 1, 90)
    city.metres(fonds, 1_000, 9_505)
    value = city.value("II.2.b")
    assert (value.percent, value.percent_low, value.result) == ("90.00", "9.47", Result.MISSING_DATA)


@pytest.mark.parametrize(
    ("scanned", "described", "result"),
    [
        (59, 1_000, Result.NOT_MET),
        (60, 1_000, Result.MET),
        (75, 800, Result.MET),
        (74, 800, Result.MISSING_DATA),
    ],
)
def test_missed_met_and_between(city: City, fonds: int, scanned: int, described: int, result: Result) -> None:
    city.scanned(paper(city, fonds), 1, scanned)
    city.metres(fonds, described, 1_000)
    assert city.value("II.2.b").result is result


def test_holdings_that_nobody_measured_cannot_be_met(city: City, fonds: int) -> None:
    city.scanned(paper(city, fonds), 1, 100)
    value = city.value("II.2.b")
    assert (value.percent, value.percent_low, value.coverage) == ("100.00", None, None)
    assert (value.result, value.estimated) == (Result.MISSING_DATA, True)
    # A second fonds that was measured does not speak for the first.
    city.metres(city.fonds(keeper(city, fonds)), 5, 5)
    value = city.value("II.2.b")
    assert (value.result, value.coverage, value.estimated) == (Result.MET, "100.00", True)


def test_the_last_measurement_before_the_date_counts(city: City, fonds: int) -> None:
    city.scanned(paper(city, fonds), 1, 100)
    city.metres(fonds, 10, 100, on=date(2023, 1, 1))
    city.metres(fonds, 90, 100, on=date(2025, 1, 1))
    assert [city.value("II.2.b", as_of=day).coverage for day in (date(2022, 1, 1), date(2024, 12, 31), CUT_OFF)] == [
        None, "10.00", "90.00",
    ]  # fmt: skip


def test_pages_count_from_the_day_they_were_accepted(city: City, fonds: int) -> None:
    file = paper(city, fonds)
    city.scanned(file, 1, 30, on=date(2024, 6, 30))
    city.scanned(file, 31, 50, on=date(2024, 7, 1))
    assert [parts(city.value("II.2.b", as_of=date(2024, month, day))) for month, day in ((6, 29), (6, 30), (7, 1))] == [
        (0, 100), (30, 100), (50, 100),
    ]  # fmt: skip


def test_accepted_pages_are_capped_at_the_pages_of_item_and_file(city: City, fonds: int) -> None:
    file = city.file(fonds, origin_declared="PAPER")
    short, long = (
        city.item(file, origin="DIGITIZED", page_count=10),
        city.item(file, origin="PAPER", page_count=90),
    )
    city.scanned(file, 1, 40, item=short)
    value = city.value("II.2.b")
    assert (parts(value), side(value, "II.2.b.file")[0]) == ((10, 100), 0)
    city.scanned(file, 1, 90, item=long)
    value = city.value("II.2.b")
    assert parts(value) == (100, 100)
    assert side(value, "II.2.b.file") == (0, 1, "0.00")  # 130 pages accepted of 100: the totals do not agree


def test_born_digital_files_and_documents_are_on_neither_side(city: City, fonds: int) -> None:
    paper(city, fonds, origin_declared="BORN_DIGITAL")
    mixed = city.file(fonds)
    city.item(mixed, page_count=30)
    city.item(mixed, page_count=20, origin="PAPER", state="DESTROYED")
    sheet = city.item(mixed, page_count=50, origin="PAPER")
    assert parts(city.value("II.2.b")) == (0, 50)
    city.scanned(mixed, 1, 50, item=sheet)
    assert parts(city.value("II.2.b")) == (50, 50)


def test_unknown_origin_and_unknown_pages_are_said(city: City, fonds: int) -> None:
    city.metres(fonds, 10, 10)
    unknown = paper(city, fonds, 40, origin_declared=None)
    value = city.value("II.2.b")
    assert (parts(value), value.missing, value.estimated) == ((0, 40), 40, False)
    city.scanned(unknown, 1, 10)
    value = city.value("II.2.b")
    assert (parts(value), value.missing) == ((10, 40), 0)
    city.scanned(paper(city, fonds, None), 1, 5)
    value = city.value("II.2.b")
    assert (parts(value), value.estimated) == ((15, 45), True)


def test_files_without_any_page_count_are_missing_data_not_nothing(city: City, fonds: int) -> None:
    assert city.value("II.2.b").result is Result.NOT_APPLICABLE
    paper(city, fonds, None)
    value = city.value("II.2.b")
    assert (parts(value), value.percent, value.result) == ((0, 0), None, Result.MISSING_DATA)


def test_custody_begins_with_the_transfer_and_the_creator_does_not_matter(city: City, fonds: int) -> None:
    agency = city.agency("P")
    archive = keeper(city, fonds)
    own = city.fonds(agency)
    paper(city, own)
    paper(
        city,
        own,
        custodian_id=archive,
        state="TRANSFERRED",
        transferred=True,
        transferred_on=date(2024, 1, 1),
    )
    paper(city, fonds, state="DISPOSED")
    assert [parts(city.value("II.2.b", as_of=day)) for day in (date(2023, 12, 31), date(2024, 1, 1))] == [
        (0, 0), (0, 100),
    ]  # fmt: skip
    assert parts(city.value("II.2.b", archive)) == (0, 100)
    assert city.value("II.2.b", agency).result is Result.NOT_APPLICABLE


def test_the_plan_grants_no_exclusion_here(city: City, fonds: int) -> None:
    """R5b: an exclusion written for this row all the same changes nothing."""
    file = paper(city, fonds)
    city.exclusion("II.2.b", keeper(city, fonds), file_id=file)
    value = city.value("II.2.b")
    assert (parts(value), value.excluded) == ((0, 100), 0)


def test_by_archive_and_by_year(city: City, fonds: int) -> None:
    city.metres(fonds, 1, 1)
    city.scanned(paper(city, fonds, end_date=date(1975, 5, 1)), 1, 70)
    paper(city, fonds, 50, start_date=None, end_date=None)
    value = city.value("II.2.b")

    def lines(by: By) -> list[tuple[object, ...]]:
        found = breakdown(city.session, the_public(), value.indicator, CUT_OFF, by)
        return [(line.key, line.numerator, line.denominator, line.result) for line in found]

    assert lines(By.AGENCY) == [("LTLS", 70, 150, Result.NOT_MET)]
    assert lines(By.YEAR) == [("1975", 70, 100, Result.MET), ("unknown", 0, 50, Result.NOT_MET)]
