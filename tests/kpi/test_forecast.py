"""Forecasts: pace, need and day, by hand; what has none; words that say what the numbers say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import text

from hub.access.actor import the_public
from hub.kpi import rules
from hub.kpi.forecast import HALF_YEAR, Forecast, Outlook, carried_on, days_before, forecasts, slope
from hub.kpi.forecast_words import assumption, conclusion
from hub.kpi.scorecard import scorecard
from hub.kpi.values import IndicatorRow, IndicatorValue, Result, Schedule
from tests.kpi.city import CUT_OFF, PLAN, City
from tests.kpi.test_scorecard import TARGETS, statements

ROW = IndicatorRow(
    id=1, code="II.1.a", part="TARGET", kind="RATIO", title="Documents", title_vi="Tài liệu", legal_basis="",
    unit="văn bản", unit_en="document", measure="born_digital", target_percent=Decimal("80.00"), starts_on=None,
    due_on=date(2025, 12, 31), window_from=None, window_to=None, parameters={},
)  # fmt: skip
DAYS = [date(2023, 6, 30), date(2023, 12, 31), date(2024, 6, 30), date(2024, 12, 31), date(2025, 6, 30)]


def value(
    day: date, numerator: int | None, denominator: int | None, row: IndicatorRow = ROW
) -> IndicatorValue:
    return IndicatorValue(
        indicator=row, agency=None, as_of=day, numerator=numerator, denominator=denominator, excluded=0, missing=0,
        percent=rules.percent(rules.share(numerator, denominator), row.target_percent), percent_low=None,
        percent_with_excluded=None, result=Result.NOT_MET, schedule=Schedule.BEFORE_DUE, status_text="",
        status_text_en="", coverage=None, estimated=False, agencies_reported=1, agencies_expected=1,
    )  # fmt: skip


def told(
    *figures: tuple[int | None, int | None], row: IndicatorRow = ROW, days: list[date] | None = None
) -> Forecast:
    days = (days or DAYS)[-len(figures) :]
    return carried_on([value(day, *figure, row) for day, figure in zip(days, figures, strict=True)])


def met() -> Forecast:
    return told((80, 100), (81, 100))


def test_the_pace_is_that_of_the_last_half_years() -> None:
    assert days_before(CUT_OFF) == DAYS[:-1]
    assert days_before(date(2025, 3, 15)) == DAYS[:-1]
    assert days_before(date(2025, 12, 31)) == DAYS[1:]
    assert slope([Fraction(-2), Fraction(-1), Fraction(0)], [Fraction(1), Fraction(3), Fraction(5)]) == 2
    # by hand: days -2, -1, 0; counts 0, 3, 3 -> (-2+1)(0-2) + 0 + 1*(3-2) = 3, over 2
    assert slope(
        [Fraction(-2), Fraction(-1), Fraction(0)], [Fraction(0), Fraction(3), Fraction(3)]
    ) == Fraction(3, 2)


def test_units_are_carried_on_not_percentages() -> None:
    """60/100 and 70/110 a half-year later: +10 and +10, so that the day sees about 80/120, not 63.6 % + 3.6."""
    found = told((60, 100), (70, 110))
    days = Fraction((DAYS[-1] - DAYS[-2]).days)
    assert found.numerator_pace == found.denominator_pace == 10 * HALF_YEAR / days
    left = Fraction((date(2025, 12, 31) - CUT_OFF).days)
    numerator, denominator = 70 + 10 * left / days, 110 + 10 * left / days
    assert found.expected == numerator / denominator
    assert found.expected_percent == "66.71"
    assert found.outlook is Outlook.WILL_BE_MISSED
    assert found.needed == (Fraction(4, 5) * denominator - 70) / (left / HALF_YEAR)
    # what is needed suffices, exactly
    assert 70 + found.needed * left / HALF_YEAR == Fraction(4, 5) * denominator
    # 70 + 10 t = 0.8 (110 + 10 t) at t = 9 spans of 181 days
    assert found.met_on == date.fromordinal(CUT_OFF.toordinal() + 9 * 181)


@pytest.mark.parametrize(
    ("figures", "outlook", "met"),
    [
        (((70, 100), (79, 100)), Outlook.WILL_BE_MET, True),
        (((70, 100), (75, 100)), Outlook.WILL_BE_MET, True),
        (((70, 100), (74, 100)), Outlook.WILL_BE_MISSED, True),
        (((74, 100), (74, 100)), Outlook.WILL_BE_MISSED, False),
        (((74, 100), (70, 100)), Outlook.WILL_BE_MISSED, False),
        (((75, 100), (80, 105)), Outlook.WILL_BE_MISSED, True),
        (((80, 100), (80, 100)), Outlook.STAYS_MET, True),
        (((81, 100), (81, 101)), Outlook.WILL_FALL_BELOW, True),
        (((90, 100), (86, 100)), Outlook.STAYS_MET, True),
        (((99, 100), (100, 100)), Outlook.STAYS_MET, True),
        (((0, 0), (74, 100)), Outlook.UNKNOWN, False),
        (((None, None), (74, 100)), Outlook.UNKNOWN, False),
        (((74, 100), (None, None)), Outlook.UNKNOWN, False),
        (((74, 100),), Outlook.UNKNOWN, False),
    ],
)
def test_what_the_pace_says(
    figures: tuple[tuple[int | None, int | None], ...], outlook: Outlook, met: bool
) -> None:
    found = told(*figures)
    assert (found.outlook, found.met_on is not None) == (outlook, met)
    assert (found.expected is None) == (outlook is Outlook.UNKNOWN)
    assert found.expected is None or 0 <= found.expected <= 1
    if outlook in (Outlook.WILL_BE_MET, Outlook.WILL_BE_MISSED) and met:
        assert (found.met_on is not None and found.met_on <= date(2025, 12, 31)) == (
            outlook is Outlook.WILL_BE_MET
        )
    for vi, en in (conclusion(found), assumption(found)):
        assert (vi == "") == (en == "")
        assert vi != en or not vi


def test_a_percent_that_almost_meets_its_target_does_not() -> None:
    """79.996 % expected is missed, and not shown as 80.00."""
    found = told((19_999, 25_000), (19_999, 25_000))
    assert (found.outlook, found.expected_percent) == (Outlook.WILL_BE_MISSED, "79.99")
    assert "chưa đạt chỉ tiêu 80%" in conclusion(found)[0]


def test_a_target_whose_day_has_come_is_not_forecast() -> None:
    past = replace(ROW, due_on=CUT_OFF)
    found = told((70, 100), (74, 100), row=past)
    assert (found.outlook, found.needed, found.expected) == (Outlook.PAST_DUE, None, None)
    assert found.met_on is not None
    assert conclusion(found)[0].startswith("Đã đến hạn ngày 30/6/2025; không dự báo nữa. Hiện đạt 74,00%")
    done = told((70, 100), (84, 100), row=past)
    assert (done.outlook, done.met_on) == (Outlook.PAST_DUE, CUT_OFF)
    assert assumption(done) == ("", "")
    assert assumption(found)[0]
    alone = told((84, 100), row=past)
    assert (alone.outlook, alone.numerator_pace) == (Outlook.PAST_DUE, None)
    assert assumption(alone) == ("", "")


def test_the_words_say_the_numbers() -> None:
    found = told((60_000, 100_000), (70_000, 110_000))
    vi, en = conclusion(found)
    assert vi.startswith(
        "Giữ nhịp độ này, đến 31/12/2025 đạt khoảng 66,71%, chưa đạt chỉ tiêu 80%; đến khoảng năm 2029 mới đạt. "
    )
    assert "văn bản mỗi nửa năm; hiện là 10.090." in vi
    assert "66.71% on 2025-12-31 and miss the target of 80%; it will be met about 2029." in en
    near = conclusion(told((70_000, 100_000), (75_000, 100_000)))
    assert "đạt chỉ tiêu 80% khoảng 28/12/2025." in near[0]
    few = assumption(told((10, 100), (11, 103)))
    assert "tăng 1 văn bản và tăng 3 văn bản" in few[0]
    assert "tăng 0,5 văn bản" in assumption(told((10, 100), (10, 100), (11, 100)))[0]
    doubtful = carried_on([*met().basis[:-1], replace(met().value, result=Result.MISSING_DATA)])
    assert conclusion(doubtful)[0].endswith(
        "vẫn đạt chỉ tiêu 80%. Chưa kết luận là đạt vì còn thiếu dữ liệu."
    )
    said, also = assumption(found)
    assert "tăng 10.090 văn bản" in said
    assert "từ 31/12/2024 đến 30/6/2025" in said
    assert "+10,090 and +10,090 (unit: document)" in also
    assert "thống kê" not in said.replace("bình phương", "")
    estimated = carried_on([*found.basis[:-1], replace(found.value, estimated=True)])
    assert "chưa thống kê" in assumption(estimated)[0]
    assert "nhịp độ này không đưa tới chỉ tiêu" in conclusion(told((74, 100), (70, 100)))[0]


def test_all_figures_of_a_day_are_forecast_in_three_statements(city: City) -> None:
    agency = city.agency("P")
    file = city.file(city.fonds(agency), total_doc=40, origin_declared="PAPER", end_date=date(2021, 1, 1))
    for day, number in ((date(2023, 5, 1), 3), (date(2024, 5, 1), 4), (date(2025, 5, 1), 5)):
        city.items(file, number, issued_date=day)
    codes = [*TARGETS, "3.1.a", "II.1.a.broad"]
    for owner in (None, agency):
        values = scorecard(city.session, the_public(), PLAN, CUT_OFF, owner, codes)
        with statements(city) as sent:
            found = forecasts(city.session, the_public(), PLAN, values)
        assert len(sent) <= 3
        assert set(found) == set(codes)
        # checklists, milestones, side figures without a target
        assert {code for code, one in found.items() if one is None} == {
            "II.2.a",
            "II.2.d",
            "3.1.a",
            "II.1.a.broad",
        }
        one = found["II.1.a"]
        assert one is not None
        assert [(point.as_of, point.numerator) for point in one.basis] == list(
            zip(DAYS, (3, 3, 7, 7, 12), strict=True)
        )
        assert one.outlook is Outlook.WILL_BE_MISSED
    city.session.execute(text("update indicator set due_on = '2025-06-30' where code = 'II.1.a'"))
    values = scorecard(city.session, the_public(), PLAN, CUT_OFF, None, ["II.1.a"])
    [late] = forecasts(city.session, the_public(), PLAN, values).values()
    assert late is not None
    assert late.outlook is Outlook.PAST_DUE
