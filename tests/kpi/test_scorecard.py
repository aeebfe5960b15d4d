"""The service as its faces call it: order, unknown measures, constant statements, decided readings, other plans."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event, text

from hub.access.actor import the_public
from hub.kit.errors import NotFound
from hub.kpi.breakdown import By, breakdown, breakdowns
from hub.kpi.registry import measure
from hub.kpi.scorecard import scorecard, scorecards, scorecards_by_agency
from hub.kpi.shortfall import shortfall
from hub.kpi.values import Result, Schedule
from hub.plan.load import PLAN_67, load_plan
from tests.kpi.city import CUT_OFF, PLAN, City, parts

TARGETS = [f"II.{number}.{letter}" for number in (1, 2) for letter in "abcd"]


@contextmanager
def statements(city: City) -> Iterator[list[str]]:
    """The data statements sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    engine = city.session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_the_eight_targets_come_in_plan_order_and_say_what_is_not_measured(city: City) -> None:
    city.items(city.file(city.fonds(city.agency("P"))), 2)
    values = scorecard(city.session, the_public(), PLAN, CUT_OFF)
    assert [value.indicator.code for value in values] == TARGETS
    for value in values:
        assert value.schedule is Schedule.BEFORE_DUE
        if value.indicator.code in {"II.1.a", "II.2.b"}:
            assert measure(value.indicator.measure) is not None
        elif measure(value.indicator.measure) is None:
            assert value.result is Result.MISSING_DATA
            unknown = (
                value.numerator, value.denominator, value.excluded, value.missing, value.percent, value.percent_low,
                value.percent_with_excluded, value.coverage, value.agencies_reported, value.agencies_expected,
            )  # fmt: skip
            assert set(unknown) == {None}
    assert parts(values[0]) == (2, 2)


def test_a_row_without_a_measure_or_with_an_unwritten_one_is_missing_data(city: City) -> None:
    city.session.execute(
        text("update indicator set measure = case code when 'II.1.b' then null else 'never_written' end"
             " where code in ('II.1.b', 'II.1.c')")
    )  # fmt: skip
    values = scorecard(city.session, the_public(), PLAN, CUT_OFF, codes=["II.1.b", "II.1.c"])
    assert [(value.result, value.status_text, value.numerator) for value in values] == [
        (Result.MISSING_DATA, "thiếu dữ liệu", None)
    ] * 2
    assert breakdown(city.session, the_public(), values[0].indicator, CUT_OFF) == []
    assert shortfall(city.session, the_public(), values[0].indicator, CUT_OFF).total == 0


def test_statements_do_not_grow_with_codes_or_agencies(city: City) -> None:
    agencies = [city.agency(f"P{number}") for number in range(5)]
    for owner in agencies:
        city.item(city.file(city.fonds(owner)))
    every = [row.code for row in city.session.execute(text("select code from indicator order by position"))]
    asked: list[tuple[list[str] | None, int | None]] = [
        (["II.1.a"], None), (None, None), (every, None), (every, agencies[3]),
    ]  # fmt: skip
    for codes, agency in asked:
        with statements(city) as sent:
            values = scorecard(city.session, the_public(), PLAN, CUT_OFF, agency, codes)
        assert len(sent) <= 3, sent
    assert [value.indicator.code for value in values] == every
    with statements(city) as sent:
        assert len(breakdown(city.session, the_public(), values[0].indicator, CUT_OFF, By.AGENCY)) == 5
        shortfall(city.session, the_public(), values[0].indicator, CUT_OFF)
    assert len(sent) == 2


def test_many_dates_are_what_each_alone_is_and_cost_no_more_statements(city: City) -> None:
    agency = city.agency("P")
    file = city.file(city.fonds(agency))
    for year in (2021, 2022, 2023, 2024):
        city.items(file, year - 2020, issued_date=date(year, 5, 1))
    city.scanned(city.file(city.fonds(city.archive()), origin_declared="PAPER", page_count_declared=9), 1, 4)
    days = [date(year, 12, 31) for year in range(2020, 2025)]
    for owner in (None, agency):
        with statements(city) as sent:
            told = scorecards(city.session, the_public(), PLAN, days, owner)
        assert len(sent) <= 3, sent
        assert told == {day: scorecard(city.session, the_public(), PLAN, day, owner) for day in days}
        bare = scorecards(city.session, the_public(), PLAN, days, owner, sides=False)
        assert bare == {
            day: [dataclasses.replace(value, side=()) for value in values] for day, values in told.items()
        }
    assert [parts(told[day][0]) for day in days] == [(0, 0), (1, 1), (3, 3), (6, 6), (10, 10)]


def test_the_agencies_at_many_dates_are_told_in_as_few(city: City) -> None:
    owners = [city.agency(f"P{number}") for number in range(3)]
    for number, owner in enumerate(owners, 1):
        city.items(city.file(city.fonds(owner)), number, issued_date=date(2020 + number, 5, 1))
    days = [date(2021, 12, 31), CUT_OFF]
    with statements(city) as sent:
        told = scorecards_by_agency(city.session, the_public(), PLAN, days)
    assert len(sent) <= 3, sent
    assert [agency.id for agency in told] == owners
    for agency, by_day in told.items():
        assert by_day == scorecards(city.session, the_public(), PLAN, days, agency.id)


def test_each_agencys_figure_is_its_line_of_the_breakdown(city: City) -> None:
    for number in range(1, 5):
        fonds = city.fonds(city.agency(f"P{number}"))
        city.items(city.file(fonds, total_doc=9, origin_declared="PAPER"), number)
    whole = city.value("II.1.a")
    lines = breakdown(city.session, the_public(), whole.indicator, CUT_OFF, By.AGENCY)
    assert len(lines) == 4
    for line in lines:
        assert line.agency is not None
        own = city.value("II.1.a", line.agency.id)
        assert own.agency == line.agency
        assert (own.numerator, own.denominator, own.percent) == (
            line.numerator,
            line.denominator,
            line.percent,
        )
        assert (own.agencies_reported, own.agencies_expected) == (1, 1)
    assert sum(line.numerator or 0 for line in lines) == whole.numerator == 10


def test_many_rows_and_dates_are_cut_in_one_statement(city: City) -> None:
    """Rows that share a counting, rows that do not, and a row whose measure is not written."""
    for number in (1, 2):
        file = city.file(city.fonds(city.agency(f"P{number}")))
        city.items(file, number, issued_date=date(2020 + number, 5, 1))
    city.scanned(city.file(city.fonds(city.archive()), origin_declared="PAPER", page_count_declared=9), 1, 4)
    days = (date(2021, 12, 31), CUT_OFF)
    told = scorecards(city.session, the_public(), PLAN, days, codes=["II.1.a", "II.1.a.broad", "II.2.b"])
    asked = [(day, value.indicator) for day in days for value in told[day]]
    asked.append((CUT_OFF, dataclasses.replace(asked[0][1], measure="never_written")))
    for by in By:
        with statements(city) as sent:
            found = breakdowns(city.session, the_public(), asked, by)
        assert len(sent) == 1
        assert found == [breakdown(city.session, the_public(), row, day, by) for day, row in asked]
    lines = breakdowns(city.session, the_public(), asked)
    assert [[line.numerator for line in few if line.denominator] for few in lines] == [
        [1], [0], [1], [1, 2], [4], [1, 2], [],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("plan", "codes", "agency"), [("0/KH", None, None), (PLAN, ["II.1.a", "II.9.z"], None), (PLAN, None, -1)]
)
def test_what_does_not_exist_is_not_found(
    city: City, plan: str, codes: list[str] | None, agency: int | None
) -> None:
    with pytest.raises(NotFound):
        scorecard(city.session, the_public(), plan, CUT_OFF, agency, codes)


def test_which_figure_is_the_headline_is_a_decided_reading(city: City) -> None:
    file = city.file(city.fonds(city.agency("P")))
    city.items(file, 3, direction="OUTGOING")
    city.item(file, direction="INCOMING", origin="PAPER")
    city.session.execute(
        text("insert into indicator_parameter (indicator_id, name, value, valid_from, decision_number, decided_on)"
             " values (:id, 'figure', '\"own\"', '2025-01-01', '12/QĐ-SNV', '2024-12-20')"),
        {"id": city.indicator("II.1.a")},
    )  # fmt: skip
    assert parts(city.value("II.1.a", as_of=date(2024, 12, 31))) == (3, 4)
    assert parts(city.value("II.1.a")) == (3, 3)


def test_another_plan_is_counted_by_its_own_window_and_target_without_code(
    city: City, tmp_path: Path
) -> None:
    """The measure is found by its name; the exclusions of one plan do not reach the other."""
    words = PLAN_67.read_text(encoding="utf-8")
    words = words.replace('"67/KH-UBND"', '"99/KH-UBND"').replace(
        "window_from = 2020-01-01", "window_from = 2022-01-01"
    )
    words = words.replace("target_percent = 80", "target_percent = 33.34")
    (tmp_path / "next.toml").write_text(
        re.sub("Giai đoạn 2020-2025", "Giai đoạn 2020-2024", words), encoding="utf-8"
    )
    load_plan(city.session, tmp_path / "next.toml")
    agency = city.agency("P")
    file = city.file(city.fonds(agency))
    excluded = city.item(file)
    city.items(file, 2, origin="PAPER")
    city.item(file, issued_date=date(2021, 12, 31))
    city.exclusion("II.1.a", agency, item_id=excluded)
    (old,) = scorecard(city.session, the_public(), PLAN, CUT_OFF, codes=["II.1.a"])
    (new,) = scorecard(city.session, the_public(), "99/KH-UBND", CUT_OFF, codes=["II.1.a"])
    assert (parts(old), old.excluded) == ((1, 3), 1)
    assert (parts(new), new.excluded, new.percent, new.status_text) == ((1, 3), 0, "33.33", "quá hạn")
