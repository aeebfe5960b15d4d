"""Percent, result and words of a figure (R1, R4, R8), without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.kpi import rules
from hub.kpi.values import Result, Schedule

EIGHTY = Decimal(80)


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown", "result"),
    [
        (800, 1000, "80.00", Result.MET),
        (799, 1000, "79.90", Result.NOT_MET),
        (19_999, 25_000, "79.99", Result.NOT_MET),  # 79.996: rounding would show a missed target as met
        (3_957, 5_000, "79.14", Result.NOT_MET),
        (1, 8, "12.50", Result.NOT_MET),
        (4_015, 4_000 * 8, "12.55", Result.NOT_MET),  # 12.546875 rounds up, far from the target
        (1, 1, "100.00", Result.MET),
        (0, 3, "0.00", Result.NOT_MET),
    ],
)
def test_the_target_is_tested_exactly_and_never_shown_as_met_when_missed(
    numerator: int, denominator: int, shown: str, result: Result
) -> None:
    share = rules.share(numerator, denominator)
    assert rules.percent(share, EIGHTY) == shown
    assert rules.judged(share, EIGHTY) is result


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.decimals("0.01", "100", places=2))
def test_a_shown_percent_agrees_with_the_result(part: int, whole: int, target: Decimal) -> None:
    numerator = min(part, whole)
    share = rules.share(numerator, whole)
    shown = Decimal(rules.percent(share, target) or "x")
    met = rules.judged(share, target) is Result.MET
    assert met == (numerator * 10_000 >= int(target * 100) * whole)
    assert met == (shown >= target)
    assert abs(shown * whole - 100 * numerator) < Decimal("0.01") * whole


def test_an_empty_denominator_is_neither_zero_nor_a_hundred() -> None:
    assert rules.share(0, 0) is None
    assert rules.percent(None, EIGHTY) is None
    assert rules.judged(None, EIGHTY) is Result.NOT_APPLICABLE
    assert rules.judged(None, EIGHTY, uncounted=True) is Result.MISSING_DATA


@pytest.mark.parametrize(
    ("share", "low", "result"),
    [
        (Fraction(6, 10), Fraction(48, 100), Result.MISSING_DATA),
        (Fraction(6, 10), Fraction(6, 10), Result.MET),
        (Fraction(59, 100), Fraction(59, 100), Result.NOT_MET),
        (Fraction(6, 10), None, Result.MISSING_DATA),
        (None, None, Result.NOT_APPLICABLE),
    ],
)
def test_met_only_when_the_lower_bound_is(
    share: Fraction | None, low: Fraction | None, result: Result
) -> None:
    assert rules.judged_with_bound(share, low, Decimal(60)) is result


@pytest.mark.parametrize(
    ("result", "as_of", "words"),
    [
        (Result.NOT_MET, date(2025, 12, 30), "chưa đạt (đang thực hiện)"),
        (Result.NOT_MET, date(2025, 12, 31), "quá hạn"),
        (Result.MET, date(2025, 12, 31), "đạt"),
        (Result.NOT_APPLICABLE, date(2026, 1, 1), "không phát sinh"),
        (Result.MISSING_DATA, date(2026, 1, 1), "thiếu dữ liệu"),
    ],
)
def test_the_word_joins_result_and_schedule(result: Result, as_of: date, words: str) -> None:
    when = rules.schedule(as_of, date(2025, 12, 31))
    assert when is (Schedule.PAST_DUE if as_of >= date(2025, 12, 31) else Schedule.BEFORE_DUE)
    assert rules.status(result, when)[0] == words


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.decimals("0.01", "100", places=2))
def test_what_is_lacking_is_the_fewest_whole_units_that_reach_the_target(
    part: int, whole: int, target: Decimal
) -> None:
    lack = rules.lacking(part, whole, target)
    assert lack is not None
    assert (lack == 0) == (rules.judged(rules.share(part, whole), target) is Result.MET)
    if lack:
        assert rules.judged(rules.share(part + lack, whole), target) is Result.MET
        assert rules.judged(rules.share(part + lack - 1, whole), target) is Result.NOT_MET


def test_nothing_is_lacking_where_nothing_can_be_said() -> None:
    assert rules.lacking(None, 10, EIGHTY) is None
    assert rules.lacking(0, 0, EIGHTY) is None
    assert rules.lacking(1, 10, None) is None


def test_a_lacking_unit_costs_its_part_of_the_whole() -> None:
    assert rules.cost(7, 1110) == Fraction(700, 1110)
