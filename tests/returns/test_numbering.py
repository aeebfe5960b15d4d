"""Many reports take their numbers from the first: no number twice in a register and year."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from hub.agencies.models import Agency
from hub.kit.errors import Invalid
from hub.returns.models import PublishedReport
from hub.returns.publication.tasks import Seen, ask_to_submit, tasks_of
from tests.returns.conftest import Half

NOTATION, DAY = "BC-SNV", date(2025, 7, 15)


@pytest.fixture
def drafts(half: Half) -> list[PublishedReport]:
    """A draft of each of the three agencies, and the city's."""
    made = [
        PublishedReport(
            period_id=half.period.id or 0, agency_id=agency, created_by=half.actor("supervisor").id
        )
        for agency in (half.first, half.second, half.archive, None)
    ]
    half.session.add_all(made)
    half.session.flush()
    return made


def numbers(half: Half, first: int, reports: list[Seen] | None = None) -> list[str | None]:
    """Those that the reports of an act are given, which is undone."""
    session, clerk = half.session, half.actor("supervisor")
    with session.begin_nested() as undone:
        job = ask_to_submit(
            session, clerk, half.period.id or 0, reports, notation=NOTATION, issued_on=DAY, first_number=first
        )
        given = [task.number for task in tasks_of(session, job.id or 0)]
        undone.rollback()
    return given


def test_numbers_follow_one_another_and_below_ten_begin_with_a_nought(
    half: Half, drafts: list[PublishedReport]
) -> None:
    assert numbers(half, 8) == ["08", "09", "10"]
    for first in (0, 1_000_000):
        with pytest.raises(Invalid):
            numbers(half, first)


def test_of_all_reports_the_first_number_is_the_first_agencys_by_name(
    half: Half, drafts: list[PublishedReport]
) -> None:
    for key, place in ((half.first, "2"), (half.second, "1"), (half.archive, "3")):
        half.session.get_one(Agency, key).name_sort = place
    half.session.flush()
    clerk, period = half.actor("supervisor"), half.period.id or 0
    job = ask_to_submit(half.session, clerk, period, first_number=11)
    given = [(task.agency_id, task.number) for task in tasks_of(half.session, job.id or 0)]
    assert given == [(half.second, "11"), (half.first, "12"), (half.archive, "13")]


def test_a_number_told_for_one_of_the_reports_is_not_given_to_the_next(
    half: Half, drafts: list[PublishedReport]
) -> None:
    one, two, three, _ = (report.id or 0 for report in drafts)
    assert numbers(half, 8, [Seen(one, 1), Seen(two, 1, " 9 "), Seen(three, 1)]) == ["08", "9", "10"]


def test_a_number_that_another_report_bears_is_passed_over(half: Half, drafts: list[PublishedReport]) -> None:
    city = drafts[-1]
    for borne, given in (
        ({}, ["08", "10", "11"]),
        ({"notation": "BC-UBND"}, ["08", "09", "10"]),  # of another register
        ({"notation": None, "issued_on": None}, ["08", "10", "11"]),
        ({"issued_on": date(2024, 12, 31)}, ["08", "09", "10"]),
        ({"state": "SUPERSEDED"}, ["08", "10", "11"]),
    ):
        for name, value in {"number": "09", "notation": NOTATION, "issued_on": DAY, **borne}.items():
            setattr(city, name, value)
        half.session.flush()
        assert numbers(half, 8) == given, borne


def test_a_number_that_is_on_its_way_is_passed_over_until_the_work_is_cancelled(
    half: Half, drafts: list[PublishedReport]
) -> None:
    one, _, three, _ = (report.id or 0 for report in drafts)
    clerk, period = half.actor("supervisor"), half.period.id or 0
    job = ask_to_submit(half.session, clerk, period, [Seen(one, 1)], notation=NOTATION, first_number=8)
    assert numbers(half, 7, [Seen(three, 1)]) == ["07"]
    assert numbers(half, 8, [Seen(three, 1)]) == ["09"]
    half.session.execute(text("update job set cancel_requested_at = now() where id = :id"), {"id": job.id})
    assert numbers(half, 8, [Seen(three, 1)]) == ["08"]
