"""The radar: when each record is due, what blocks it first, whole counts, lists under permission."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from hub.access.actor import Actor, the_public
from hub.kpi.radar import OBSTACLES, Bucket, DueCounts, DuePage, DuePlace, DueRow, due_records, radar
from hub.transfers.models import Transfer, TransferEntry
from tests.kpi.city import CUT_OFF, City
from tests.kpi.test_recount import Export, build
from tests.kpi.test_scorecard import statements


def source(city: City, code: str, *, channel: bool = True) -> int:
    """An agency on the source list, with a system that is integrated."""
    agency = city.agency(code)
    run = city.session.execute
    run(
        text("insert into source_membership (agency_id, valid_from) values (:id, '2010-01-01')"),
        {"id": agency},
    )
    if channel:
        run(
            text(
                "with s as (insert into registered_system (code, name, state, operating_since, is_integrated,"
                " integrated_on) values (:code, :code, 'OPERATING', '2020-01-01', true, '2021-01-01') returning id)"
                " insert into system_agency (system_id, agency_id) select id, :id from s"
            ),
            {"code": f"HT-{code}", "id": agency},
        )
    return agency


def handed(city: City, agency: int, file: int, item: int | None = None, **told: Any) -> None:
    """A transfer of a file or of one item."""
    archive = (
        city.session.execute(text("select id from agency where is_historical_archive")).scalars().first()
    )
    known = {"registered_on": date(2025, 1, 1), "submitted_at": datetime(2025, 1, 2, tzinfo=UTC)}
    number = next(city.numbers)
    key = city._add(
        Transfer(code=f"T{number}", agency_id=agency, custodian_id=archive or city.archive(), **known | told)
    )
    city._add(TransferEntry(transfer_id=key, file_id=file, item_id=item))


def due(
    city: City,
    kind: str = "file",
    actor: Actor | None = None,
    agency: int | None = None,
    as_of: date = CUT_OFF,
    **asked: Any,
) -> DuePage:
    return due_records(city.session, actor or city.actor("supervisor", None), kind, as_of, agency, **asked)


def ended(day: date, **told: Any) -> dict[str, Any]:
    """A file of a matter that ended on a day."""
    return {"start_date": day - timedelta(days=200), "end_date": day, **told}


def test_each_record_stands_by_its_day(city: City) -> None:
    agency = source(city, "P")
    fonds = city.fonds(agency)
    days = {
        date(2020, 6, 30): Bucket.LATE,
        date(2022, 6, 29): Bucket.LATE,
        date(2022, 6, 30): Bucket.DUE_NOW,
        date(2022, 7, 30): Bucket.DUE_NOW,
        date(2022, 7, 31): Bucket.WITHIN_6_MONTHS,
        date(2022, 12, 30): Bucket.WITHIN_6_MONTHS,
        date(2022, 12, 31): Bucket.WITHIN_12_MONTHS,
        date(2023, 6, 30): Bucket.WITHIN_12_MONTHS,
        date(2023, 7, 1): None,
    }
    files = {city.file(fonds, **ended(day)): bucket for day, bucket in days.items()}
    unending = city.file(fonds, start_date=date(2022, 8, 1), end_date=None)
    files[unending] = Bucket.WITHIN_6_MONTHS
    undated = city.file(fonds, start_date=None, end_date=None)
    unknown = city.file(fonds, **ended(date(2020, 1, 1), retention_kind="UNKNOWN"))
    files |= {undated: Bucket.UNKNOWN, unknown: Bucket.UNKNOWN}
    city.file(fonds, **ended(date(2020, 1, 1), retention_kind="YEARS", retention_years=20))
    home = city.file(fonds, **ended(date(2023, 12, 31)))
    items = {city.item(home, issued_date=day): bucket for day, bucket in days.items()}
    items[city.item(home, issued_date=None)] = Bucket.UNKNOWN
    page = due(city)
    assert {row.id: row.bucket for row in page.rows} == {key: one for key, one in files.items() if one}
    assert [row.due for row in page.rows[:2]] == [date(2023, 6, 30), date(2025, 6, 29)]
    assert [row.due for row in page.rows[-2:]] == [None, None]
    assert {row.id: row.bucket for row in due(city, "item").rows} == {
        key: one for key, one in items.items() if one
    }
    whole = radar(city.session, CUT_OFF).whole
    assert (whole.files, whole.items) == (
        DueCounts(late=2, due_now=2, within_6_months=3, within_12_months=2, unknown=2, past_law=0, ready=9),
        DueCounts(late=2, due_now=2, within_6_months=2, within_12_months=2, unknown=1, past_law=0, ready=8),
    )
    assert {one.obstacle: (one.files, one.items) for one in whole.blocked} == {
        "RETENTION_UNKNOWN": (1, 0), "DATE_UNKNOWN": (1, 1),
    }  # fmt: skip
    # a leap day is due on 28/2; accepted in 2016, late by law since 2022
    old = city.file(fonds, **ended(date(2016, 2, 29)), accepted_at=datetime(2016, 12, 31, 16, 59, tzinfo=UTC))
    [row] = [row for row in due(city).rows if row.id == old]
    assert (row.due, row.law) == (date(2019, 2, 28), date(2021, 12, 31))
    assert radar(city.session, CUT_OFF).whole.files.past_law == 1


def test_what_blocks_a_record_is_said_once(city: City) -> None:
    city.archive()
    agency, other, bare = source(city, "P"), city.agency("Q"), source(city, "R", channel=False)
    fonds = city.fonds(agency)
    day = ended(date(2021, 1, 1))
    expected: dict[int, str | None] = {
        city.file(fonds, **day): None,
        city.file(fonds, **day, on_hold=True, access_level=2): "ON_HOLD",
        city.file(fonds, **day, access_level=2, state="OPEN"): "SECRET",
        city.file(fonds, **day, state="OPEN", accepted_at=None): "FILE_OPEN",
        city.file(fonds, **day, state="CLOSED", accepted_at=None): "NOT_IN_AGENCY_ARCHIVE",
        city.file(fonds, **day, state="SUBMITTED", accepted_at=None): "NOT_IN_AGENCY_ARCHIVE",
        city.file(fonds, **day, accepted_at=datetime(2025, 7, 1, tzinfo=UTC)): "NOT_IN_AGENCY_ARCHIVE",
        city.file(fonds, **day, closed_on=date(2025, 7, 1)): "FILE_OPEN",
        city.file(city.fonds(other), **day): "NOT_ON_SOURCE_LIST",
        city.file(city.fonds(bare), **day): "NO_CHANNEL",
    }
    waiting, returned, accepted = (city.file(fonds, **day) for _ in range(3))
    handed(city, agency, waiting, state="CHECKING")
    handed(city, agency, returned, state="RETURNED")
    handed(city, agency, accepted, state="ACCEPTED", accepted_at=datetime(2025, 3, 1, tzinfo=UTC))
    expected |= {waiting: "AWAITING_ACCEPTANCE", returned: "RETURNED"}
    found = {
        row.id: row for actor in (None, city.actor("officer", agency)) for row in due(city, actor=actor).rows
    }
    assert {key: row.obstacle for key, row in found.items()} == expected
    for row in found.values():
        assert row.message("vi") == (row.obstacle and OBSTACLES[row.obstacle][0])
        assert row.message("en") == (row.obstacle and OBSTACLES[row.obstacle][1])
    # before it was accepted, the transfer was waiting
    before = {row.id: row.obstacle for row in due(city, as_of=date(2025, 2, 1)).rows}
    assert before[accepted] == "AWAITING_ACCEPTANCE"
    # an item goes with its file, or alone
    assert due(city, "item").total == 0
    home = city.file(fonds, **day)
    stays, gone, held = (city.item(home) for _ in range(3))
    city.items(accepted, 2)
    handed(city, agency, home, gone, state="ACCEPTED", accepted_at=datetime(2025, 3, 1, tzinfo=UTC))
    city.session.execute(text("update item set on_hold = true where id = :id"), {"id": held})
    assert {row.id: row.obstacle for row in due(city, "item").rows} == {stays: None, held: "ON_HOLD"}
    line = next(one for one in radar(city.session, CUT_OFF).lines if one.agency and one.agency.id == agency)
    assert line.files.late == 11
    assert {one.obstacle: one.files for one in line.blocked}["NOT_IN_AGENCY_ARCHIVE"] == 3


def test_what_went_to_the_archive_is_no_longer_due(city: City) -> None:
    agency, archive = source(city, "P"), city.archive()
    fonds = city.fonds(agency)
    there = {"custodian_id": archive, "transferred": True, "state": "TRANSFERRED"}
    city.file(fonds, **ended(date(2021, 1, 1)), **there, transferred_on=date(2025, 6, 30))
    city.file(fonds, **ended(date(2021, 1, 1)), **there)
    city.file(city.fonds(archive), **ended(date(2021, 1, 1)))
    city.file(fonds, **ended(date(2021, 1, 1)), state="DISPOSED")
    assert due(city).total == 0
    assert radar(city.session, CUT_OFF).lines == ()
    assert due(city, as_of=date(2025, 6, 29)).total == 1


def test_records_follow_the_body_that_answers_for_them(city: City) -> None:
    first, second = source(city, "P"), source(city, "Q")
    city.file(city.fonds(first), **ended(date(2021, 1, 1)))
    city.succession(first, second, date(2025, 1, 1))
    for day, owner, other in ((CUT_OFF, second, first), (date(2024, 12, 31), first, second)):
        [line] = radar(city.session, day).lines
        assert line.agency is not None
        assert (line.agency.id, line.files.late) == (owner, 1)
        assert radar(city.session, day, owner).whole.files.late == 1
        assert radar(city.session, day, other).whole.files.late == 0
        assert due(city, agency=other, as_of=day).total == 0


def test_counts_are_whole_and_lists_are_what_the_caller_may_see(city: City) -> None:
    first, second = source(city, "P"), source(city, "Q")
    for agency in (first, second):
        for level in (0, 0, 1, 2):
            file = city.file(city.fonds(agency), **ended(date(2021, 1, 1)), access_level=level)
            city.item(file, issued_date=date(2021, 1, 1), access_level=level)
    whole = radar(city.session, CUT_OFF)
    assert (whole.whole.files.late, whole.whole.items.late, len(whole.lines)) == (8, 8, 2)
    for kind in ("file", "item"):

        def seen(actor: Actor, agency: int | None = None, kind: str = kind) -> tuple[int, int]:
            found = due(city, kind, actor, agency)
            assert len(found.rows) == found.total
            return found.total, found.hidden

        assert seen(city.actor("officer", first)) == (4, 4)
        assert seen(city.actor("officer", first), second) == (0, 4)
        assert seen(city.actor("leader", None))[0] < 8
        assert seen(the_public()) == (0, 8)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_pages_follow_each_other_without_gap_or_repeat(city: City, size: int) -> None:
    fonds = city.fonds(source(city, "P"))
    for number in range(4):
        city.files(fonds, 2, **ended(date(2020 + number // 2, 1, 1)))
    city.files(fonds, 2, start_date=None, end_date=None)
    whole = due(city).rows
    assert len(whole) == 10
    found: list[DueRow] = []
    after: DuePlace | None = None
    while True:
        page = due(city, first=size, after=after)
        assert page.total == 10
        found += page.rows
        if not page.has_next:
            break
        after = page.rows[-1].place
    assert tuple(found) == whole
    assert due(city, buckets=[Bucket.UNKNOWN]).total == 2
    assert due(city, obstacles=["DATE_UNKNOWN"]).total == 2
    assert due(city, buckets=[Bucket.LATE], obstacles=["DATE_UNKNOWN"]).total == 0


@pytest.mark.parametrize("day", [date(2023, 6, 30), CUT_OFF])
def test_a_random_city_is_recounted(city: City, day: date) -> None:
    build(city, Random(5))
    rows = Export(city.session, city.indicator("II.1.a"))
    archive = city.session.execute(text("select id from agency where is_historical_archive")).scalar_one()
    expected: dict[int, date | None] = {}
    for file in rows.files.values():
        gone = file["transferred_on"] is not None and file["transferred_on"] <= day
        always = file["transferred_on"] is None and (file["custodian_id"] == archive or file["transferred"])
        if (
            file["state"] == "DISPOSED"
            or gone
            or always
            or file["retention_kind"] not in ("PERMANENT", "UNKNOWN")
        ):
            continue
        made = file["end_date"] or file["start_date"]
        term = made and date(made.year + 3, made.month, min(made.day, 28) if made.month == 2 else made.day)
        if term is None or term <= date(day.year + 1, day.month, day.day):
            expected[file["id"]] = term if file["retention_kind"] == "PERMANENT" else None
    actor = city.actor("supervisor", None)
    with statements(city) as sent:
        whole, page = radar(city.session, day), due(city, actor=actor, as_of=day, first=1000)
    assert len(sent) == 2
    assert {row.id: row.due for row in page.rows} == expected
    assert whole.whole.files.late == sum(1 for term in expected.values() if term and term < day)
    assert whole.whole.files.unknown == sum(1 for term in expected.values() if term is None)
    assert sum(line.files.late for line in whole.lines) == whole.whole.files.late
    assert whole.whole.files.ready + sum(one.files for one in whole.whole.blocked) == len(expected)
