"""A figure through time: its days, its bounds, and statements that do not grow with points or indicators."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from hub.access.actor import the_public
from hub.kit.errors import BadRequest
from hub.kpi.history import back, half_year_ends, history, month_ends, span
from hub.returns.queries import cutoffs
from tests.kpi.city import CUT_OFF, PLAN, City, parts
from tests.kpi.test_scorecard import TARGETS, statements


def test_months_end_where_the_calendar_says() -> None:
    assert month_ends(date(2023, 12, 31), date(2024, 3, 30)) == [
        date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29),
    ]  # fmt: skip
    assert month_ends(date(2024, 2, 1), date(2024, 2, 28)) == []
    assert half_year_ends(date(2024, 1, 1), date(2025, 6, 29)) == [date(2024, 6, 30), date(2024, 12, 31)]
    assert back(date(2024, 8, 31), 6) == date(2024, 2, 29)
    assert back(date(2024, 1, 15), 13) == date(2022, 12, 15)
    assert back(date(1, 1, 1), 12) == date.min


def test_a_history_is_bounded_and_runs_forward() -> None:
    assert span(None, None, CUT_OFF) == (date(2020, 6, 30), CUT_OFF)
    assert span(None, date(2024, 1, 31), CUT_OFF) == (date(2019, 1, 31), date(2024, 1, 31))
    assert span(CUT_OFF, CUT_OFF, CUT_OFF) == (CUT_OFF, CUT_OFF)
    assert len(month_ends(*span(date(2015, 7, 1), CUT_OFF, CUT_OFF))) == 120
    assert span(date(2015, 6, 30), CUT_OFF, CUT_OFF)
    with pytest.raises(BadRequest, match="121 months"):
        span(date(2015, 5, 31), CUT_OFF, CUT_OFF)
    with pytest.raises(BadRequest, match="Exchange"):
        span(date(2025, 7, 1), CUT_OFF, CUT_OFF)


def test_each_point_is_the_figure_of_its_day(city: City) -> None:
    agency = city.agency("P")
    file = city.file(city.fonds(agency), total_doc=20, origin_declared="PAPER")
    for year in (2021, 2022, 2024):
        city.items(file, year - 2020, issued_date=date(year, 5, 15))
    days = month_ends(date(2021, 3, 1), date(2024, 6, 30))
    assert len(days) == 40
    for owner in (None, agency):
        with statements(city) as sent:
            told = history(city.session, the_public(), PLAN, TARGETS, days, owner)
        assert len(sent) <= 3, sent
        assert list(told) == TARGETS
        assert [point.as_of for point in told["II.1.a"]] == days
        for place in (0, 2, 15, 39):
            assert told["II.1.a"][place] == city.value("II.1.a", owner, days[place])
    assert [parts(told["II.1.a"][place]) for place in (1, 2, 39)] == [(0, 13), (1, 14), (7, 20)]
    with statements(city) as sent:
        assert history(city.session, the_public(), PLAN, ["II.1.a"], []) == {"II.1.a": []}
    assert sent == []


def test_periods_are_those_of_the_plan(city: City) -> None:
    days = (date(2024, 6, 30), date(2024, 12, 31), date(2025, 6, 30))
    for day in days:
        city.session.execute(
            text("insert into reporting_period (plan_id, deadline, returns_due_on, data_cutoff)"
                 " select id, :day, :day, cast(:day as date) - 5 from plan where code = :plan"),
            {"day": day, "plan": PLAN},
        )  # fmt: skip
    assert cutoffs(city.session, PLAN, date(2024, 6, 25), date(2025, 6, 24)) == [
        date(2024, 6, 25), date(2024, 12, 26),
    ]  # fmt: skip
    assert cutoffs(city.session, "1/XX", date(2020, 1, 1), CUT_OFF) == []
