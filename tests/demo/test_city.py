"""The demo city is whole, deterministic, and refuses to grow into another size."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, create_engine

from hub.access.actor import the_public
from hub.demo.load import AnotherDemo, load_city, loaded_items
from hub.demo.people import ROLES
from hub.kit.db import sqlalchemy_url
from hub.kpi.frozen import thaw
from hub.kpi.scorecard import scorecard, scorecards
from hub.kpi.values import Result
from hub.returns.snapshots.checking import check
from tests.conftest import Cities

ITEMS = 2500
# Everything but keys of rows, which follow from sequences, and times of writing.
DIGEST = text(
    "select md5(string_agg(t, '|' order by t)) from ("
    " select concat_ws(',', code, subject, issued_date, origin, ordinal, signature_evidence) as t from item"
    " union all select concat_ws(',', code, title, state, access_level, published, item_count, page_count,"
    " digitized_page_count, origin) from file) s"
)


@pytest.fixture
def city(cities: Cities) -> Iterator[Session]:
    """A session in a loaded city."""
    with cities(ITEMS) as loaded:
        engine = create_engine(sqlalchemy_url(loaded.owner_dsn))
        with Session(engine) as session:
            yield session
        engine.dispose()


@pytest.fixture(scope="module")
def other(engine: Engine) -> Iterator[Session]:
    """A city that is loaded, and not committed."""
    with Session(engine) as session:
        assert tuple(load_city(session, ITEMS)) == ROLES
        yield session


def test_two_loads_give_the_same_city_of_exactly_the_asked_size(city: Session, other: Session) -> None:
    assert city.connection().scalar(text("select count(*) from item")) == ITEMS
    assert city.connection().scalar(DIGEST) == other.connection().scalar(DIGEST)


def test_the_planner_knows_the_city_before_it_is_committed(other: Session) -> None:
    connection = other.connection()
    names = ("item", "born_digital_count")
    known = {
        name: connection.scalar(text("select reltuples from pg_class where relname = :name"), {"name": name})
        for name in names
    }
    assert known["item"] == ITEMS
    assert (known["born_digital_count"] or 0) > 0
    with connection.begin_nested():
        connection.execute(text("set local role hub_app"))
        connection.execute(text("select hub_take_statistics()"))
        connection.execute(text("reset role"))


def test_agencies_are_at_different_stages_and_parents_differ_in_size(city: Session) -> None:
    connection = city.connection()
    assert connection.scalar(text("select count(*) from agency where kind = 'DISTRICT'")) == 30
    states = set(connection.scalars(text("select distinct state from file")))
    assert {"OPEN", "CLOSED", "ACCEPTED", "TRANSFERRED"} <= states
    assert connection.scalar(text("select max(item_count) from file")) >= ITEMS // 50
    assert connection.scalar(text("select count(*) from file where total_doc is null and item_count = 0")) > 0


def test_the_closed_half_years_are_published_as_they_were_counted(city: Session) -> None:
    days = city.connection().scalars(
        text(
            "select s.as_of from published_report r join snapshot s on s.report_id = r.id"
            " where r.agency_id is null and r.state = 'PUBLISHED' order by s.as_of"
        )
    )
    told = dict.fromkeys(days)
    assert list(told) == [date(y, m, d) for y in range(2021, 2025) for m, d in ((6, 30), (12, 31))]
    assert city.connection().scalar(text("select count(*) from snapshot where freeze_id is null")) == 0
    oldest = city.connection().scalar(text("select min(id) from period_freeze"))
    assert check(city, oldest).is_right
    frozen = city.connection().execute(
        text(
            "select r.agency_id, s.figures from published_report r join snapshot s on s.report_id = r.id"
            " where s.as_of = '2024-12-31' and (r.agency_id is null or r.agency_id = (select id from agency"
            " where code = 'UBND-BADINH'))"
        )
    )
    for agency_id, figures in frozen:
        counted = scorecard(city, the_public(), "67/KH-UBND", date(2024, 12, 31), agency_id)
        assert thaw(figures)[: len(counted)] == counted


def test_bodies_changed_within_the_years_of_the_plan(city: Session) -> None:
    connection = city.connection()
    steps = connection.execute(
        text(
            "select kind, count(*) from agency_succession where effective_on > '2021-01-01' group by kind order by 1"
        )
    )
    assert [tuple(step) for step in steps] == [("DIVIDED", 2), ("MERGED", 1)]
    names = connection.scalars(
        text(
            "select n.name from agency_name n join agency a on a.id = n.agency_id where a.code = 'PTNMT-TAYHO'"
            " order by n.valid_to"
        )
    )
    assert list(names) == [
        "Phòng Tài nguyên và Môi trường quận Tây Hồ",
        "Phòng Nông nghiệp và Môi trường quận Tây Hồ",
    ]
    assert connection.scalar(text("select count(*) from fonds where code = 'PTCKH-LONGBIEN.P01.T'")) == 1


def test_another_size_on_a_full_database_is_refused(city: Session) -> None:
    assert loaded_items(city) == ITEMS
    with pytest.raises(AnotherDemo) as refusal:
        load_city(city, 20)
    assert str(ITEMS) in refusal.value.message_vi
    assert city.connection().scalar(text("select count(*) from item")) == ITEMS


def test_hand_overs_lists_and_what_is_online_give_figures_at_every_half_year(
    city: Session,
) -> None:
    days = [date(year, month, day) for year in range(2021, 2026) for month, day in ((6, 30), (12, 31))][:9]
    codes = ["II.1.d", "3.6", "II.2.c", "3.3", "3.5", "4.4"]
    told = scorecards(city, the_public(), "67/KH-UBND", days, codes=codes)
    shares = {
        code: [value.numerator or 0 for day in days for value in told[day] if value.indicator.code == code]
        for code in codes
    }
    assert all(0 <= first <= second for counts in shares.values() for first, second in pairwise(counts))
    last = {value.indicator.code: value for value in told[days[-1]]}
    for code in codes:
        value = last[code]
        assert 0 < (value.numerator or 0) < (value.denominator or 0), code
    assert {value.result for value in told[days[0]] if value.indicator.code != "II.2.c"} == {
        Result.NOT_APPLICABLE
    }
    levels = city.connection().scalars(text("select distinct service_level from publication order by 1"))
    assert list(levels) == [2, 3, 4]
