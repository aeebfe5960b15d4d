"""II.2.c through the service: files of the historical archive, open, described in full and online at level 3 or 4."""

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


@pytest.fixture
def fonds(city: City) -> int:
    return city.fonds(city.archive())


def described(city: City, fonds: int, **told: Any) -> int:
    """A file of mode 01 with every field that NĐ 113/2025 asks for."""
    known: dict[str, Any] = {"access_level": 0, "languages": ["01"], "total_doc": 3, "page_count_declared": 9}
    return city.file(fonds, **known | {"transferred_on": date(2015, 1, 1), "transferred": True} | told)


def online(city: City, fonds: int, level: int = 3, **told: Any) -> int:
    """Such a file, published in May 2023."""
    file = described(city, fonds, **told)
    city.published(file, level)
    return file


def reasons(city: City) -> dict[int, str]:
    row = rows_of(city.session, PLAN, [CUT_OFF], ["II.2.c"])[CUT_OFF][0]
    found = shortfall(city.session, city.actor("supervisor_head", None), row, CUT_OFF)
    return {one.id: one.reason for one in found.rows if one.kind == "file"}


def test_worked_case_6(city: City, fonds: int) -> None:
    for _ in range(5):
        online(city, fonds)
    low = online(city, fonds, level=2)
    for _ in range(2):
        city.listed("RESTRICTED", file_id=online(city, fonds, access_level=1))
    online(city, fonds, access_level=0, access_provenance="HD169_blank")
    unknown = online(city, fonds, access_level=None)
    value = city.value("II.2.c")
    assert (parts(value), value.percent, value.missing, value.result) == ((6, 8), "75.00", 1, Result.NOT_MET)
    assert reasons(city) == {low: "LEVEL_TOO_LOW", unknown: "ACCESS_UNKNOWN"}


def test_worked_case_11(city: City, fonds: int) -> None:
    for _ in range(5):
        online(city, fonds)
    conditional = [online(city, fonds, access_level=1) for _ in range(5)]
    for file in conditional[:2]:
        city.listed("RESTRICTED", file_id=file)
    value = city.value("II.2.c")
    assert (parts(value), value.percent) == ((5, 8), "62.50")
    assert reasons(city) == dict.fromkeys(conditional[2:], "CONDITIONAL")
    assert side(value, "II.2.c.conditional") == (3, 8, "37.50")
    assert side(value, "II.2.c.restricted") == (2, 10, "20.00")


def test_changing_a_mode_without_listing_the_file_leaves_the_denominator(city: City, fonds: int) -> None:
    """Worked case 11, second half."""
    for level in (0, 0, 1):
        online(city, fonds, access_level=level)
    assert parts(city.value("II.2.c")) == (2, 3)


def test_a_blank_that_a_legacy_register_left_is_unrestricted(city: City, fonds: int) -> None:
    online(city, fonds, access_level=None, access_provenance="HD169_blank")
    value = city.value("II.2.c")
    assert (parts(value), value.missing) == ((1, 1), 0)


def test_secret_files_are_outside(city: City, fonds: int) -> None:
    online(city, fonds, access_level=2)
    value = city.value("II.2.c")
    assert (parts(value), value.result) == ((0, 0), Result.NOT_APPLICABLE)
    assert side(value, "II.2.c.restricted") == (0, 0, None)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"code": "TAM-2025-7"}, "LACKS_CODE"),
        ({"title": " "}, "LACKS_TITLE"),
        ({"retention_kind": "UNKNOWN"}, "LACKS_RETENTION"),
        ({"languages": []}, "LACKS_LANGUAGE"),
        ({"start_date": None}, "LACKS_DATES"),
        ({"end_date": None}, "LACKS_DATES"),
        ({"total_doc": None}, "LACKS_DOCUMENT_COUNT"),
        ({"page_count_declared": None}, "LACKS_PAGE_COUNT"),
        ({"page_count_declared": 0}, "LACKS_PAGE_COUNT"),
    ],
)
def test_each_field_that_the_description_lacks(
    city: City, fonds: int, told: dict[str, Any], reason: str
) -> None:
    whole, poor = online(city, fonds), online(city, fonds, **told)
    value = city.value("II.2.c")
    assert (parts(value), value.missing, reasons(city)) == ((1, 2), 0, {poor: reason})
    assert side(value, "II.2.c.described") == (1, 2, "50.00")
    assert whole not in reasons(city)


def test_documents_that_are_listed_are_a_number_of_documents(city: City, fonds: int) -> None:
    file = online(city, fonds, total_doc=None, page_count_declared=None)
    city.items(file, 2, page_count=4)
    value = city.value("II.2.c")
    assert (parts(value), side(value, "II.2.c.page")) == ((1, 1), (8, 8, "100.00"))


def test_publications_count_from_their_day_until_they_are_withdrawn(city: City, fonds: int) -> None:
    file = described(city, fonds)
    city.published(file, on=date(2023, 5, 1), until=date(2024, 5, 1))
    city.published(file, level=2, on=date(2023, 5, 1))
    days = (date(2023, 4, 30), date(2023, 5, 1), date(2024, 4, 30), date(2024, 5, 1))
    assert [parts(city.value("II.2.c", as_of=day))[0] for day in days] == [0, 1, 1, 0]


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_only_levels_3_and_4_serve(city: City, fonds: int, level: int) -> None:
    online(city, fonds, level)
    assert parts(city.value("II.2.c")) == (int(level >= 3), 1)


def test_a_list_names_fonds_series_with_what_is_below_or_files_for_its_dates(city: City, fonds: int) -> None:
    upper = city.series(fonds)
    lower = city.series(fonds, upper)
    other = city.fonds(city.session.get_one(Fonds, fonds).custodian_id)
    for told in ({"series_id": lower}, {"series_id": upper}, {}):
        online(city, fonds, **told)
    online(city, other)
    city.listed("RESTRICTED", series_id=upper, valid_from=date(2024, 1, 1), valid_to=date(2025, 1, 1))
    city.listed("RESTRICTED", fonds_id=other, valid_from=date(2024, 7, 1))
    city.listed("HIGH_USE", fonds_id=fonds)
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 7, 1), date(2024, 12, 31), date(2025, 1, 1))
    assert [parts(city.value("II.2.c", as_of=day)) for day in days] == [
        (4, 4),
        (2, 2),
        (1, 1),
        (1, 1),
        (3, 3),
    ]


def test_custody_begins_with_the_transfer_and_paper_need_not_be_scanned(city: City, fonds: int) -> None:
    agency = city.agency("P")
    archive = city.session.get_one(Fonds, fonds).custodian_id
    online(city, city.fonds(agency))
    online(city, city.fonds(agency), custodian_id=archive, transferred_on=date(2024, 1, 1))
    online(city, fonds, origin_declared="PAPER", transferred_on=None)
    online(city, fonds, state="DISPOSED")
    days = (date(2023, 12, 31), date(2024, 1, 1))
    assert [parts(city.value("II.2.c", as_of=day)) for day in days] == [(1, 1), (2, 2)]
    assert parts(city.value("II.2.c", archive)) == (2, 2)
    assert city.value("II.2.c", agency).result is Result.NOT_APPLICABLE


def test_metres_not_arranged_make_it_an_estimate(city: City, fonds: int) -> None:
    online(city, fonds)
    city.metres(fonds, 80, 100)
    value = city.value("II.2.c")
    assert (value.percent, value.percent_low, value.coverage, value.estimated) == (
        "100.00",
        None,
        "80.00",
        True,
    )
    assert value.result is Result.MET


def test_the_plan_grants_no_exclusion_here(city: City, fonds: int) -> None:
    """R5b."""
    city.exclusion("II.2.c", city.session.get_one(Fonds, fonds).custodian_id, file_id=described(city, fonds))
    value = city.value("II.2.c")
    assert (parts(value), value.excluded) == ((0, 1), 0)


def test_by_archive_and_by_year(city: City, fonds: int) -> None:
    online(city, fonds, start_date=date(1975, 1, 1), end_date=date(1975, 5, 1))
    described(city, fonds, start_date=None, end_date=None)
    value = city.value("II.2.c")

    def lines(by: By) -> list[tuple[object, ...]]:
        found = breakdown(city.session, the_public(), value.indicator, CUT_OFF, by)
        return [(line.key, line.numerator, line.denominator) for line in found]

    assert lines(By.AGENCY) == [("LTLS", 1, 2)]
    assert lines(By.YEAR) == [("1975", 1, 1), ("unknown", 0, 1)]
