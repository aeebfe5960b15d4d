"""Who holds the city back is told by what it costs, not by the lowest percentage."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from hub.kpi import rules
from hub.kpi.values import IndicatorRow, IndicatorValue, Result, Schedule
from hub.web.ranking import costs_of, ranked
from hub.web.sheet import Line, Sheet

ROW = IndicatorRow(
    id=1, code="II.1.a", part="TARGET", kind="RATIO", title="t", title_vi="t", legal_basis="b", unit="văn bản",
    unit_en="document", measure="born_digital", target_percent=Decimal(80), starts_on=None,
    due_on=date(2025, 12, 31), window_from=None, window_to=None, parameters={},
)  # fmt: skip


def _value(numerator: int, denominator: int) -> IndicatorValue:
    share = rules.share(numerator, denominator)
    return IndicatorValue(
        indicator=ROW, agency=None, as_of=date(2025, 6, 30), numerator=numerator, denominator=denominator,
        excluded=0, missing=0, percent=rules.percent(share, ROW.target_percent), percent_low=None,
        percent_with_excluded=None, result=rules.judged(share, ROW.target_percent), schedule=Schedule.BEFORE_DUE,
        status_text="", status_text_en="", coverage=None, estimated=False, agencies_reported=3, agencies_expected=3,
    )  # fmt: skip


def _line(code: str, numerator: int | None, denominator: int | None) -> Line:
    share = rules.share(numerator, denominator)
    percent = rules.percent(share, ROW.target_percent)
    return Line(code, code, numerator, denominator, percent, rules.judged(share, ROW.target_percent))


LINES = (_line("SMALL", 1, 10), _line("LARGE", 700, 1000), _line("GOOD", 95, 100), _line("NONE", 0, 0))


def test_a_large_agency_just_below_costs_more_than_a_small_one_far_below() -> None:
    costs = costs_of(_value(796, 1110), LINES)
    assert [(cost.line.code, int(cost.lacking)) for cost in costs] == [("LARGE", 100), ("SMALL", 7)]
    assert [round(cost.points, 2) for cost in costs] == [Decimal("9.01"), Decimal("0.63")]


def test_nobody_holds_back_a_figure_that_is_met_or_unknown() -> None:
    assert costs_of(_value(90, 100), LINES) == []
    unknown = replace(_value(1, 2), numerator=None, percent=None, result=Result.MISSING_DATA)
    assert costs_of(unknown, LINES) == []


@pytest.mark.parametrize("numerator", [79_999, 80_000])
def test_the_border_is_the_integer_one(numerator: int) -> None:
    line = _line("EDGE", numerator, 100_000)
    assert len(costs_of(_value(1, 2), [line])) == (numerator < 80_000)


def test_costs_of_several_figures_add_up_to_one_place() -> None:
    second = replace(_value(10, 100), indicator=replace(ROW, code="II.1.b"))
    sheet = Sheet(
        plan="p", as_of=date(2025, 6, 30), agency=None, values=(_value(796, 1110), second),
        lines={"II.1.a": LINES, "II.1.b": (_line("SMALL", 10, 100),)},
    )  # fmt: skip
    found = ranked(sheet)
    assert [one.code for one in found] == ["SMALL", "LARGE"]
    assert [cost.value.indicator.code for cost in found[0].costs] == ["II.1.b", "II.1.a"]
    assert round(found[0].points, 2) == Decimal("70.63")


def test_a_unit_is_not_told_off_beside_the_body_that_reports_for_it() -> None:
    sheet = Sheet(
        plan="p", as_of=date(2025, 6, 30), agency=None, values=(_value(796, 1110),),
        lines={"II.1.a": LINES}, reporting=frozenset({"LARGE", "GOOD"}),
    )  # fmt: skip
    assert [one.code for one in ranked(sheet)] == ["LARGE"]
