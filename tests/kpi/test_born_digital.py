"""II.1.a through the service: the worked cases and each edge of the definition."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from hub.access.actor import the_public
from hub.kpi.breakdown import By, breakdown
from hub.kpi.values import Result
from tests.kpi.city import CUT_OFF, City, parts, side


def agency_with(city: City, code: str, electronic: int, paper: int) -> int:
    """An agency with so many documents: a few listed, the rest declared by their files."""
    agency = city.agency(code)
    fonds = city.fonds(agency)
    for origin, number in (("BORN_DIGITAL", electronic), ("PAPER", paper)):
        city.items(
            city.file(fonds, total_doc=number, origin_declared=origin), min(number, 100), origin=origin
        )
    return agency


def test_the_city_is_the_sum_of_its_agencies_not_the_mean_of_their_percents(city: City) -> None:
    """Worked case 3."""
    agency_with(city, "P", 4, 1)
    city.agency("Q")
    agency_with(city, "R", 70, 30)
    value = city.value("II.1.a")
    assert parts(value) == (74, 105)
    assert (value.percent, value.result) == ("70.48", Result.NOT_MET)
    assert (value.agencies_reported, value.agencies_expected) == (2, 3)
    lines = breakdown(city.session, the_public(), value.indicator, CUT_OFF, By.AGENCY)
    assert [(line.key, line.numerator, line.denominator, line.percent, line.result) for line in lines] == [
        ("P", 4, 5, "80.00", Result.MET),
        ("Q", 0, 0, None, Result.NOT_APPLICABLE),
        ("R", 70, 100, "70.00", Result.NOT_MET),
    ]


@pytest.mark.parametrize(
    ("electronic", "paper", "percent", "result"),
    [
        (800, 200, "80.00", Result.MET),
        (799, 201, "79.90", Result.NOT_MET),
        (19_999, 5_001, "79.99", Result.NOT_MET),
    ],
)
def test_the_target_is_tested_with_integers(
    city: City, electronic: int, paper: int, percent: str, result: Result
) -> None:
    """Worked case 4."""
    agency_with(city, "P", electronic, paper)
    value = city.value("II.1.a")
    assert (parts(value), value.percent, value.result) == ((electronic, electronic + paper), percent, result)


def test_one_document_in_two_files_counts_once_and_an_excluded_one_leaves_both_sides(city: City) -> None:
    """Worked case 7."""
    agency = city.agency("P")
    fonds = city.fonds(agency)
    home, other = city.files(fonds, 2)
    kept, excluded = city.items(home, 2)
    paper = city.item(other, origin="PAPER")
    city.listing(kept, other)
    assert parts(city.value("II.1.a")) == (2, 3)
    city.exclusion("II.1.a", agency, item_id=excluded)
    city.exclusion("II.1.a", agency, item_id=paper)
    value = city.value("II.1.a", agency)
    assert (parts(value), value.excluded) == ((1, 1), 2)
    assert (value.percent, value.percent_with_excluded) == ("100.00", "66.67")


def test_paper_files_count_by_the_documents_they_declare(city: City) -> None:
    """Worked case 9."""
    fonds = city.fonds(city.agency("P"))
    city.files(fonds, 3_000, total_doc=10, origin_declared="PAPER")
    city.items(city.file(fonds), 500)
    value = city.value("II.1.a")
    assert (parts(value), value.percent, value.coverage) == ((500, 30_500), "1.64", "100.00")


@pytest.mark.parametrize(
    ("declared", "listed", "origin", "expected"),
    [
        (10, 4, "BORN_DIGITAL", (10, 10, 0)),
        (10, 4, "PAPER", (4, 10, 0)),
        (10, 4, "DIGITIZED", (4, 10, 0)),
        (10, 4, "MIXED", (4, 10, 6)),
        (10, 4, None, (4, 10, 6)),
        (3, 4, "PAPER", (4, 4, 0)),
        (None, 4, "PAPER", (4, 4, 0)),
    ],
)
def test_unlisted_documents_take_the_declared_origin(
    city: City, declared: int | None, listed: int, origin: str | None, expected: tuple[int, int, int]
) -> None:
    file = city.file(city.fonds(city.agency("P")), total_doc=declared, origin_declared=origin)
    city.items(file, listed)
    value = city.value("II.1.a")
    assert (*parts(value), value.missing) == expected


def test_listed_means_own_and_listed_in_and_excluded_ones_too(city: City) -> None:
    agency = city.agency("P")
    fonds = city.fonds(agency)
    file = city.file(fonds, total_doc=5, origin_declared="PAPER")
    own = city.item(file)
    guest = city.item(city.file(fonds))
    city.listing(guest, file)
    city.exclusion("II.1.a", agency, item_id=own)
    value = city.value("II.1.a")
    assert (parts(value), value.excluded) == ((1, 4), 1)


def test_a_file_that_lists_and_declares_nothing_lowers_coverage(city: City) -> None:
    fonds = city.fonds(city.agency("P"))
    city.file(fonds)
    value = city.value("II.1.a")
    assert (parts(value), value.percent, value.result) == ((0, 0), None, Result.MISSING_DATA)
    city.files(fonds, 3, total_doc=2, origin_declared="BORN_DIGITAL")
    value = city.value("II.1.a")
    assert (parts(value), value.percent, value.coverage, value.estimated) == ((6, 6), "100.00", "75.00", True)


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        ({"origin": None}, 1),
        ({"signature_evidence": None}, 1),
        ({"signature_evidence": "UNKNOWN"}, 1),
        ({"issued_date": None}, 1),
        ({"origin": "DIGITIZED"}, 0),
        ({"origin": "MIXED"}, 0),
    ],
)
def test_what_is_not_known_stays_in_the_denominator(city: City, told: dict[str, Any], missing: int) -> None:
    file = city.file(city.fonds(city.agency("P")))
    city.item(file)
    city.item(file, **told)
    value = city.value("II.1.a")
    assert (parts(value), value.missing) == ((1, 2), missing)


@pytest.mark.parametrize("evidence", ["VERIFIED", "DECLARED", "NOT_REQUIRED"])
def test_evidence_of_the_signature_counts(city: City, evidence: str) -> None:
    city.item(city.file(city.fonds(city.agency("P"))), signature_evidence=evidence)
    assert parts(city.value("II.1.a")) == (1, 1)


@pytest.mark.parametrize("state", ["DRAFT", "DUPLICATE", "WITHDRAWN", "DESTROYED"])
def test_documents_that_are_no_longer_active_are_on_neither_side(city: City, state: str) -> None:
    file = city.file(city.fonds(city.agency("P")))
    city.item(file)
    city.item(file, state=state)
    assert parts(city.value("II.1.a")) == (1, 1)


DUE: dict[str, Any] = {
    "state": "CLOSED", "accepted_at": None, "closed_on": date(2024, 3, 1), "work_ended_on": date(2024, 2, 29),
}  # fmt: skip
NEW: dict[str, Any] = {"work_ended_on": date(2025, 1, 10)}


@pytest.mark.parametrize(
    ("told", "as_of", "expected"),
    [
        ({}, date(2021, 1, 14), (0, 0)),  # accepted on 15/1/2021; the item is of 2022 anyway
        (DUE, date(2025, 2, 27), (0, 0)),
        (DUE, date(2025, 2, 28), (1, 1)),  # 29/2 and a year is 28/2
        (DUE | {"retention_kind": "YEARS", "retention_years": 5}, CUT_OFF, (1, 1)),
        (DUE | {"retention_kind": "YEARS", "retention_years": 4}, CUT_OFF, (0, 0)),
        (DUE | {"retention_kind": "UNKNOWN"}, CUT_OFF, (0, 1)),
        (DUE | {"closed_on": None, "state": "OPEN"}, CUT_OFF, (0, 0)),
        (DUE | {"closed_on": date(2025, 7, 1)}, CUT_OFF, (0, 0)),
        (DUE | {"closed_on": date(2025, 7, 1)}, date(2025, 7, 1), (1, 1)),
        ({"retention_kind": "UNKNOWN"}, CUT_OFF, (1, 1)),  # held: its retention does not matter
        ({"state": "DISPOSED"}, CUT_OFF, (0, 0)),
        (
            NEW | {"accepted_at": datetime(2025, 6, 30, 16, 59, tzinfo=UTC)},
            CUT_OFF,
            (1, 1),
        ),  # 23:59 in Hà Nội
        (NEW | {"accepted_at": datetime(2025, 6, 30, 17, 0, tzinfo=UTC)}, CUT_OFF, (0, 0)),
        ({"accepted_at": datetime(2025, 7, 1, tzinfo=UTC)}, CUT_OFF, (1, 1)),  # late, but due since 2021
        ({"accepted_at": None}, CUT_OFF, (1, 1)),  # an accepted file of unknown date was always there
    ],
)
def test_held_by_the_agency_archive_or_due_to_it(
    city: City, told: dict[str, Any], as_of: date, expected: tuple[int, int]
) -> None:
    city.item(city.file(city.fonds(city.agency("P")), **told))
    assert parts(city.value("II.1.a", as_of=as_of)) == expected


@pytest.mark.parametrize(
    ("issued", "as_of", "expected"),
    [
        (date(2019, 12, 31), CUT_OFF, (0, 0)),
        (date(2020, 1, 1), CUT_OFF, (1, 1)),
        (date(2025, 6, 30), CUT_OFF, (1, 1)),
        (date(2025, 7, 1), CUT_OFF, (0, 0)),
        (date(2026, 1, 1), date(2026, 6, 30), (0, 0)),  # the plan's window ends in 2025
    ],
)
def test_the_window_goes_by_the_day_of_issue(
    city: City, issued: date, as_of: date, expected: tuple[int, int]
) -> None:
    city.item(city.file(city.fonds(city.agency("P"))), issued_date=issued)
    assert parts(city.value("II.1.a", as_of=as_of)) == expected


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"start_date": None, "end_date": date(2019, 6, 1)}, (0, 0)),
        ({"start_date": date(2019, 1, 1), "end_date": date(2021, 6, 1)}, (2, 3)),
        ({"start_date": date(2022, 1, 1), "end_date": None}, (2, 3)),
        ({"start_date": None, "end_date": None}, (0, 3)),
    ],
)
def test_unlisted_and_undated_documents_go_by_the_dates_of_their_file(
    city: City, dates: dict[str, Any], expected: tuple[int, int]
) -> None:
    """Two unlisted documents and one listed without a date, which is missing data wherever it counts."""
    file = city.file(city.fonds(city.agency("P")), total_doc=3, origin_declared="BORN_DIGITAL", **dates)
    city.item(file, issued_date=None)
    assert parts(city.value("II.1.a")) == expected


def test_an_undated_file_of_a_fonds_that_ended_before_the_window_is_out(city: City) -> None:
    agency = city.agency("P")
    old, newer = city.fonds(agency, end_year=1975), city.fonds(agency, end_year=2021)
    for fonds in (old, newer):
        city.file(fonds, total_doc=2, origin_declared="PAPER", start_date=None, end_date=None)
    assert parts(city.value("II.1.a")) == (0, 2)


def test_a_document_counts_when_any_of_its_files_is_held(city: City) -> None:
    fonds = city.fonds(city.agency("P"))
    home, other, third = city.file(fonds, state="OPEN", accepted_at=None), city.file(fonds), city.file(fonds)
    item = city.item(home)
    assert parts(city.value("II.1.a")) == (0, 0)
    city.listing(item, other)
    city.listing(item, third)
    assert parts(city.value("II.1.a")) == (1, 1)


def test_a_file_moved_to_the_historical_archive_keeps_its_creating_agency(city: City) -> None:
    """R10; what the historical archive has without a transfer never was of an agency archive."""
    archive, agency = city.archive(), city.agency("P")
    moved = city.file(city.fonds(agency), custodian_id=archive, state="TRANSFERRED", transferred=True,
                      accepted_at=None, transferred_on=date(2023, 5, 1), closed_on=date(2023, 3, 1),
                      work_ended_on=date(2023, 2, 1))  # fmt: skip
    city.item(moved)
    city.item(city.file(city.fonds(archive)))
    assert parts(city.value("II.1.a", agency)) == (1, 1)
    assert parts(city.value("II.1.a")) == (1, 1)
    assert parts(city.value("II.1.a", agency, as_of=date(2023, 5, 1))) == (1, 1)
    assert parts(city.value("II.1.a", agency, as_of=date(2023, 4, 30))) == (0, 0)  # not yet due by itself


def test_records_follow_the_successor_from_its_first_day(city: City) -> None:
    """R13: a merger and then a rename; history stays where it was."""
    first, second, third = city.agency("P"), city.agency("Q"), city.agency("R")
    city.items(city.file(city.fonds(first)), 3)
    city.succession(first, second, date(2024, 1, 1))
    city.succession(second, third, date(2025, 1, 1))
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 12, 31), date(2025, 1, 1))
    seen = [
        [parts(city.value("II.1.a", agency, as_of=day))[1] for agency in (first, second, third)]
        for day in days
    ]
    assert seen == [[3, 0, 0], [0, 3, 0], [0, 3, 0], [0, 0, 3]]
    assert [parts(city.value("II.1.a", as_of=day)) for day in days] == [(3, 3)] * 4


def test_after_a_split_the_owner_now_says_which_successor(city: City) -> None:
    whole, left, right = city.agency("P"), city.agency("Q"), city.agency("R")
    for owner, number in ((left, 1), (right, 2)):
        city.items(city.file(city.fonds(owner, creator_id=whole)), number)
        city.succession(whole, owner, date(2024, 1, 1))
    assert [parts(city.value("II.1.a", agency))[1] for agency in (whole, left, right)] == [0, 1, 2]
    assert parts(city.value("II.1.a", whole, as_of=date(2023, 12, 31))) == (3, 3)


@pytest.mark.parametrize(
    ("told", "as_of", "excluded"),
    [
        ({}, CUT_OFF, 1),
        ({"state": "PROPOSED", "approved_by": None, "decided_at": None}, CUT_OFF, 0),
        ({"state": "REJECTED"}, CUT_OFF, 0),
        ({"valid_from": date(2025, 6, 30)}, CUT_OFF, 1),
        ({"valid_from": date(2025, 7, 1)}, CUT_OFF, 0),
        ({"valid_to": date(2025, 6, 30)}, CUT_OFF, 0),
        ({"state": "LIFTED", "valid_to": date(2025, 1, 1)}, CUT_OFF, 0),
        ({"state": "LIFTED", "valid_to": date(2025, 1, 1)}, date(2024, 12, 31), 1),
    ],
)
def test_only_an_exclusion_in_force_at_the_date_leaves_out(
    city: City, told: dict[str, Any], as_of: date, excluded: int
) -> None:
    agency = city.agency("P")
    item, _ = city.items(city.file(city.fonds(agency)), 2)
    city.exclusion("II.1.a", agency, item_id=item, **told)
    value = city.value("II.1.a", as_of=as_of)
    assert (parts(value), value.excluded) == ((2 - excluded, 2 - excluded), excluded)


def test_an_excluded_series_takes_its_sub_series_files_and_unlisted_documents_with_it(city: City) -> None:
    agency = city.agency("P")
    fonds = city.fonds(agency)
    top = city.series(fonds)
    below = city.series(fonds, top)
    inside = city.file(fonds, series_id=below, total_doc=5, origin_declared="PAPER")
    city.item(inside)
    city.items(city.file(fonds), 2)
    city.exclusion("II.1.a", agency, series_id=top)
    value = city.value("II.1.a")
    assert (parts(value), value.excluded) == ((2, 2), 5)
    assert value.percent_with_excluded == "42.86"
    # An exclusion speaks for one row of the plan only.
    city.exclusion("II.1.d", agency, item_id=city.item(city.file(fonds)))
    assert parts(city.value("II.1.a")) == (3, 3)


def test_side_figures(city: City) -> None:
    fonds = city.fonds(city.agency("P"))
    electronic, mixed, scanned = city.files(fonds, 3)
    city.items(electronic, 2, direction="OUTGOING")
    city.item(electronic, direction="INTERNAL", signature_evidence="DECLARED", issued_date=date(2025, 2, 1))
    city.item(mixed, direction="INCOMING", signature_evidence="NOT_REQUIRED", issued_date=date(2025, 1, 1))
    city.item(mixed, direction="INCOMING", origin="PAPER", issued_date=date(2024, 12, 31))
    city.item(scanned, origin="DIGITIZED", direction="OUTGOING")
    city.item(scanned, origin="PAPER", issued_date=date(2015, 1, 1))
    value = city.value("II.1.a")
    assert parts(value) == (4, 6)
    assert {figure.code: (figure.numerator, figure.denominator) for figure in value.side} == {
        "II.1.a.system": (0, 1),
        "II.1.a.own": (3, 4),
        "II.1.a.own_year": (1, 1),
        "II.1.a.incoming": (1, 2),
        "II.1.a.incoming_year": (1, 1),
        "II.1.a.file": (1, 3),
        "II.1.a.broad": (5, 6),
        "II.1.a.verified": (2, 3),
        "II.1.a.stock": (4, 7),
    }
    assert side(value, "II.1.a.broad")[2] == "83.33"
    beside = city.value("II.1.a.broad")
    assert (parts(beside), beside.result, beside.status_text) == (
        (5, 6),
        Result.NOT_APPLICABLE,
        "không đặt chỉ tiêu",
    )


def test_the_lines_of_a_breakdown_add_up(city: City) -> None:
    top = city.agency("UB", kind="CITY", archive_since=None)
    for code, kind in (("P", "DEPARTMENT"), ("Q", "DISTRICT"), ("R", "DISTRICT")):
        fonds = city.fonds(city.agency(code, kind=kind, parent_id=top))
        file = city.file(fonds, total_doc=7, origin_declared="PAPER")
        city.items(file, 2)
        city.item(file, issued_date=date(2024, 2, 2))
        city.item(file, issued_date=None)
    value = city.value("II.1.a")
    assert parts(value) == (9, 21)

    def lines(by: By) -> list[tuple[str, int | None, int | None]]:
        found = breakdown(city.session, the_public(), value.indicator, CUT_OFF, by)
        return [(line.key, line.numerator, line.denominator) for line in found]

    assert lines(By.AGENCY) == [("P", 3, 7), ("Q", 3, 7), ("R", 3, 7)]
    assert lines(By.PARENT) == [("UB", 9, 21)]
    assert lines(By.KIND) == [("DEPARTMENT", 3, 7), ("DISTRICT", 6, 14)]
    assert lines(By.YEAR) == [("2020", 0, 12), ("2022", 6, 6), ("2024", 3, 3)]
