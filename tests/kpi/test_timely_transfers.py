"""II.1.d and 3.6 through the service: permanent electronic documents accepted within three years of their creation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from hub.access.actor import the_public
from hub.kit.clock import HANOI
from hub.kpi.breakdown import By, breakdown
from hub.kpi.scorecard import rows_of
from hub.kpi.shortfall import shortfall
from hub.kpi.values import Result
from tests.kpi.city import PLAN, City, parts, side

DUE = date(2023, 6, 30)


def at(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """An instant as Hà Nội's clocks show it."""
    return datetime(year, month, day, hour, minute, tzinfo=HANOI)


@pytest.fixture
def agency(city: City) -> int:
    key = city.agency("P")
    city.source(key)
    return key


@pytest.fixture
def fonds(city: City, agency: int) -> int:
    return city.fonds(agency)


def document(city: City, fonds: int, issued: date | None = date(2020, 3, 1), **told: Any) -> int:
    """An electronic document in a permanent file of its own, closed in 2020."""
    return city.item(city.file(fonds, closed_on=date(2020, 12, 1)), issued_date=issued, **told)


def reasons(city: City, as_of: date = DUE, code: str = "II.1.d") -> dict[int, str]:
    """The items behind the shortfall."""
    row = next(row for row in rows_of(city.session, PLAN, [as_of], [code])[as_of] if row.code == code)
    found = shortfall(city.session, city.actor("supervisor", None), row, as_of)
    return {one.id: one.reason for one in found.rows}


def test_the_third_anniversary_counts_to_its_last_minute(city: City, fonds: int) -> None:
    """Worked case 1."""
    on_time = document(city, fonds, date(2020, 6, 30))
    document(city, fonds, date(2020, 7, 1))
    leap = document(city, fonds, date(2020, 2, 29))
    city.transfer(city_file(city, on_time), accepted=at(2023, 6, 30, 23, 30))
    city.transfer(city_file(city, leap), accepted=at(2023, 3, 1, 0, 0))
    value = city.value("II.1.d", as_of=DUE)
    assert (parts(value), value.percent, value.result) == ((1, 2), "50.00", Result.NOT_MET)
    assert side(value, "II.1.d.late") == (1, 2, "50.00")
    assert reasons(city) == {leap: "LATE"}
    assert parts(city.value("II.1.d", as_of=date(2023, 7, 1))) == (1, 3)


@pytest.mark.parametrize(("accepted", "counted"), [(at(2023, 2, 28, 23, 59), 1), (at(2023, 3, 1, 0, 0), 0)])
def test_the_29th_of_february_is_due_on_the_28th(
    city: City, fonds: int, accepted: datetime, counted: int
) -> None:
    item = document(city, fonds, date(2020, 2, 29))
    city.transfer(city_file(city, item), accepted=accepted)
    assert parts(city.value("II.1.d", as_of=date(2023, 2, 28))) == (counted, 1)
    assert parts(city.value("II.1.d", as_of=DUE)) == (counted, 1)


def city_file(city: City, item: int) -> int:
    """The file of an item."""
    key: int = city.session.execute(
        text("select file_id from item where id = :id"), {"id": item}
    ).scalar_one()
    return key


def test_before_2023_the_cohort_is_empty(city: City, fonds: int) -> None:
    """Worked case 2."""
    document(city, fonds)
    for agency in (None, city.session.execute(text("select id from agency")).scalar_one()):
        value = city.value("II.1.d", agency, as_of=date(2021, 12, 31))
        assert (parts(value), value.percent, value.result) == ((0, 0), None, Result.NOT_APPLICABLE)
        assert value.status_text == "không phát sinh"
        assert (value.agencies_reported, value.agencies_expected) == (1, 1)


def test_the_city_is_the_sum_of_its_agencies(city: City, agency: int) -> None:
    """Worked case 3."""
    keys = {"P": agency} | {code: city.agency(code) for code in "QR"}
    for code in "QR":
        city.source(keys[code])
    for code, done, due in (("P", 4, 5), ("R", 70, 100)):
        fonds = city.fonds(keys[code])
        file, other = city.files(fonds, 2, closed_on=date(2020, 12, 1))
        city.items(file, done, issued_date=date(2020, 3, 1))
        city.items(other, due - done, issued_date=date(2020, 3, 1))
        city.transfer(file, accepted=at(2022, 5, 1))
    value = city.value("II.1.d", as_of=DUE)
    assert (parts(value), value.percent, value.result) == ((74, 105), "70.48", Result.NOT_MET)
    assert city.value("II.1.d", keys["Q"], as_of=DUE).status_text == "không phát sinh"
    lines = breakdown(city.session, the_public(), value.indicator, DUE, By.AGENCY)
    assert [(line.key, line.numerator, line.denominator, line.result) for line in lines] == [
        ("P", 4, 5, Result.MET), ("Q", 0, 0, Result.NOT_APPLICABLE), ("R", 70, 100, Result.NOT_MET),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [
        {"origin": "PAPER"},
        {"origin": "DIGITIZED"},
        {"origin": "MIXED"},
        {"retention_kind": "YEARS", "retention_years": 70},
        {"retention_kind": "LEGACY_LONG"},
        {"state": "DRAFT"},
        {"state": "DESTROYED"},
        {"issued_date": date(2019, 12, 31)},
    ],
)
def test_what_is_not_of_the_cohort(city: City, fonds: int, told: dict[str, Any]) -> None:
    city.item(city.file(fonds), **{"issued_date": date(2020, 3, 1)} | told)
    assert parts(city.value("II.1.d", as_of=DUE)) == (0, 0)


def test_a_document_has_the_retention_of_its_file_unless_it_has_its_own(city: City, fonds: int) -> None:
    ten = city.file(fonds, retention_kind="YEARS", retention_years=10)
    city.item(ten, issued_date=date(2020, 3, 1))
    assert parts(city.value("II.1.d", as_of=DUE)) == (0, 0)
    city.item(ten, issued_date=date(2020, 3, 1), retention_kind="PERMANENT")
    assert parts(city.value("II.1.d", as_of=DUE)) == (0, 1)


def test_what_is_not_known_is_missing_even_when_handed_over(city: City, fonds: int) -> None:
    """R3."""
    file = city.file(fonds, retention_kind="UNKNOWN", closed_on=date(2020, 12, 1))
    blank = city.item(file, issued_date=date(2020, 3, 1))
    origin = city.item(file, issued_date=date(2020, 3, 1), origin=None, retention_kind="PERMANENT")
    city.transfer(file, accepted=at(2022, 5, 1))
    value = city.value("II.1.d", as_of=DUE)
    assert (parts(value), value.missing) == ((0, 2), 2)
    assert reasons(city) == {blank: "RETENTION_UNKNOWN", origin: "ORIGIN_UNKNOWN"}


def test_a_document_without_a_date_counts_as_missing_from_2023_and_is_listed_before(
    city: City, fonds: int
) -> None:
    """R12."""
    undated = city.item(city.file(fonds, start_date=None, end_date=None), issued_date=None)
    before = city.value("II.1.d", as_of=date(2022, 12, 31))
    assert (parts(before), before.missing, before.result) == ((0, 0), 0, Result.NOT_APPLICABLE)
    assert reasons(city, date(2022, 12, 31)) == {undated: "DATE_UNKNOWN"}
    after = city.value("II.1.d", as_of=date(2023, 1, 1))
    assert (parts(after), after.missing, after.result) == ((0, 1), 1, Result.NOT_MET)


def test_the_file_places_a_document_without_a_date(city: City, fonds: int) -> None:
    for start, end in ((date(2015, 1, 1), date(2016, 1, 1)), (date(2022, 1, 1), None)):
        city.item(city.file(fonds, start_date=start, end_date=end), issued_date=None)
    assert parts(city.value("II.1.d", as_of=DUE)) == (0, 0)
    city.item(city.file(fonds, end_date=date(2020, 6, 30)), issued_date=None)
    value = city.value("II.1.d", as_of=DUE)
    assert (parts(value), value.missing) == ((0, 1), 1)


def test_the_source_list_in_force_at_the_date_and_the_agency_that_answers_then(city: City) -> None:
    """R13."""
    old, new = city.agency("OLD"), city.agency("NEW")
    city.source(old, until=date(2024, 1, 1))
    document(city, city.fonds(old))
    document(city, city.fonds(city.agency("UNLISTED")))
    city.succession(old, new, date(2024, 7, 1))
    days = (date(2023, 12, 31), date(2024, 1, 1), date(2024, 7, 1))
    assert [parts(city.value("II.1.d", as_of=day)) for day in days] == [(0, 1), (0, 0), (0, 0)]
    city.source(new, since=date(2024, 7, 1))
    value = city.value("II.1.d", as_of=date(2024, 7, 1))
    assert (parts(value), value.agencies_reported, value.agencies_expected) == ((0, 1), 1, 1)
    assert parts(city.value("II.1.d", new, as_of=date(2024, 7, 1))) == (0, 1)
    assert parts(city.value("II.1.d", old, as_of=date(2024, 7, 1))) == (0, 0)


def test_a_transfer_counts_from_the_day_it_was_accepted(city: City, fonds: int) -> None:
    item = document(city, fonds)
    city.transfer(city_file(city, item), accepted=at(2023, 3, 2))
    assert [side(city.value("II.1.d", as_of=date(2023, 3, day)), "II.1.d.late") for day in (1, 2)] == [
        (0, 1, "0.00"), (1, 1, "100.00"),
    ]  # fmt: skip


def test_one_document_of_a_file_may_be_handed_over_alone(city: City, fonds: int) -> None:
    first = document(city, fonds)
    file = city_file(city, first)
    second = city.item(file, issued_date=date(2020, 5, 1))
    city.transfer(items=[first], accepted=at(2023, 3, 1))
    assert (parts(city.value("II.1.d", as_of=DUE)), reasons(city)) == ((1, 2), {second: "NOT_TRANSFERRED"})
    city.transfer(file, accepted=at(2023, 5, 2))
    assert (parts(city.value("II.1.d", as_of=DUE)), reasons(city)) == ((1, 2), {second: "LATE"})


def test_a_document_listed_elsewhere_is_handed_over_with_its_own_file(city: City, fonds: int) -> None:
    """R11: once, however many files list it, and not by the hand-over of a file that only lists it."""
    item = document(city, fonds)
    guest = city.file(fonds)
    city.listing(item, guest)
    city.transfer(guest, accepted=at(2022, 5, 1))
    assert parts(city.value("II.1.d", as_of=DUE)) == (0, 1)


def test_sent_is_not_handed_over_and_is_told_apart(city: City, fonds: int) -> None:
    waiting, late, returned, draft, open_ = (document(city, fonds) for _ in range(5))
    city.transfer(city_file(city, waiting), submitted_at=at(2023, 3, 1, 23, 59))
    city.transfer(city_file(city, late), submitted_at=at(2023, 3, 2, 0, 0))
    city.transfer(city_file(city, returned), state="RETURNED", submitted_at=at(2022, 3, 1))
    city.transfer(city_file(city, draft), state="REGISTERED", submitted_at=None)
    city.session.execute(
        text("update file set state = 'OPEN', closed_on = null, accepted_at = null where id = :id"),
        {"id": city_file(city, open_)},
    )
    value = city.value("II.1.d", as_of=DUE)
    assert parts(value) == (0, 5)
    assert side(value, "II.1.d.waiting") == side(value, "II.1.d.open") == (1, 5, "20.00")
    assert reasons(city) == {
        waiting: "WAITING", late: "NOT_TRANSFERRED", returned: "NOT_TRANSFERRED", draft: "NOT_TRANSFERRED",
        open_: "FILE_OPEN",
    }  # fmt: skip


def test_a_transfer_accepted_later_was_waiting_at_the_date(city: City, fonds: int) -> None:
    item = document(city, fonds)
    city.transfer(city_file(city, item), accepted=at(2023, 7, 1, 0, 0), submitted_at=at(2023, 2, 1))
    assert side(city.value("II.1.d", as_of=DUE), "II.1.d.waiting") == (1, 1, "100.00")
    after = city.value("II.1.d", as_of=date(2023, 7, 1))
    assert (side(after, "II.1.d.waiting")[0], side(after, "II.1.d.late")[0]) == (0, 1)


def test_a_scan_is_created_on_the_day_it_was_accepted(city: City, fonds: int) -> None:
    file = city.file(fonds, end_date=date(2010, 1, 1), start_date=None)
    old = {"issued_date": date(2009, 1, 1), "origin": "DIGITIZED"}
    one, two = city.items(file, 2, **old)
    city.item(file, **old)  # nobody accepted a scan of it
    city.scanned(file, 1, 5, item=one, on=date(2020, 3, 1))
    city.scanned(file, 1, 5, item=one, on=date(2021, 3, 1))
    city.scanned(city.file(fonds), 1, 5, on=date(2020, 3, 1))
    value = city.value("II.1.d", as_of=DUE)
    assert (parts(value), side(value, "II.1.d.scanned")) == ((0, 0), (0, 1, "0.00"))
    city.transfer(items=[one], accepted=at(2023, 3, 1))
    city.scanned(file, 6, 9, on=date(2020, 4, 1))  # of the file as a whole
    value = city.value("II.1.d", as_of=DUE)
    assert side(value, "II.1.d.scanned") == (1, 3, "33.33")
    assert two not in reasons(city)


def test_a_file_is_due_three_years_after_its_end(city: City, fonds: int) -> None:
    done, missed = city.files(fonds, 2, end_date=date(2020, 6, 30), closed_on=date(2020, 7, 1))
    city.items(done, 2)
    city.items(missed, 2)
    city.items(city.file(fonds, end_date=date(2020, 7, 1)), 2)
    city.item(mixed := city.file(fonds, end_date=date(2020, 6, 1)))
    city.item(mixed, origin="PAPER")
    city.file(fonds, end_date=None, state="OPEN", accepted_at=None, origin_declared="BORN_DIGITAL")
    # Nobody wrote when these were closed, or when they end: the start places a file that is not open.
    city.file(fonds, end_date=None, origin_declared="BORN_DIGITAL")
    city.transfer(done, accepted=at(2023, 6, 30, 23, 59))
    assert side(city.value("II.1.d", as_of=DUE), "II.1.d.file") == (1, 3, "33.33")


def test_excluded_documents_leave_both_sides(city: City, agency: int, fonds: int) -> None:
    kept, excluded, late = (document(city, fonds) for _ in range(3))
    city.transfer(city_file(city, kept), city_file(city, excluded), accepted=at(2022, 5, 1))
    city.exclusion("II.1.d", agency, item_id=excluded)
    city.exclusion("II.1.d", agency, file_id=city_file(city, late))
    value = city.value("II.1.d", as_of=DUE)
    assert (parts(value), value.excluded, value.percent_with_excluded) == ((1, 1), 2, "66.67")
    assert reasons(city) == {}
    assert parts(city.value("3.6", as_of=DUE)) == (2, 3)


def test_a_record_at_the_archive_keeps_its_creator(city: City, fonds: int) -> None:
    """R10; what came to the archive without a transfer never was an agency's."""
    archive = city.archive()
    moved = {"custodian_id": archive, "state": "TRANSFERRED", "closed_on": date(2020, 12, 1)}
    done = city.file(fonds, transferred=True, transferred_on=date(2022, 5, 1), **moved)
    lost = city.file(fonds, transferred=True, transferred_on=date(2022, 5, 1), **moved)
    own = city.file(fonds, **moved)
    items = [city.item(file, issued_date=date(2020, 3, 1)) for file in (done, lost, own)]
    city.transfer(done, accepted=at(2022, 5, 1))
    assert parts(city.value("II.1.d", as_of=DUE)) == (1, 2)
    assert reasons(city) == {items[1]: "NO_ACCEPTANCE"}


def test_the_annex_row_counts_the_integrated_channel_only(city: City, fonds: int) -> None:
    through, by_hand, both = (document(city, fonds) for _ in range(3))
    city.transfer(city_file(city, through), accepted=at(2022, 5, 1))
    city.transfer(city_file(city, by_hand), city_file(city, both), accepted=at(2022, 5, 1), channel="MANUAL")
    city.transfer(city_file(city, both), accepted=at(2023, 5, 1))
    assert parts(city.value("II.1.d", as_of=DUE)) == (3, 3)
    assert parts(city.value("3.6", as_of=DUE)) == (1, 3)
    assert reasons(city, code="3.6") == {by_hand: "OTHER_CHANNEL", both: "LATE"}


def test_a_file_that_does_not_list_its_documents_lowers_coverage(city: City, fonds: int) -> None:
    city.items(city.file(fonds, total_doc=2), 2)
    short = city.file(fonds, total_doc=5, origin_declared="BORN_DIGITAL")
    city.items(short, 2, issued_date=date(2020, 3, 1))
    value = city.value("II.1.d", as_of=date(2023, 12, 31))
    assert (value.coverage, value.estimated, value.denominator) == ("50.00", True, 2)
    assert reasons(city, date(2023, 12, 31))[short] == "NOT_LISTED"
    assert city.value("II.1.d", as_of=DUE).coverage is None


def test_by_year_of_creation(city: City, fonds: int) -> None:
    for issued in (date(2020, 3, 1), date(2021, 3, 1), date(2021, 4, 1)):
        document(city, fonds, issued)
    value = city.value("II.1.d", as_of=date(2024, 12, 31))
    lines = breakdown(city.session, the_public(), value.indicator, date(2024, 12, 31), By.YEAR)
    assert [(line.key, line.denominator) for line in lines] == [("2020", 1), ("2021", 2)]
