"""The arithmetic of a figure, pure: percent, result, schedule and the words shown to people (R1–R8).

A percent is never compared: the test is made with integers, so that 79.996 % of a target of 80 % stays missed
however it is printed.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

from hub.kpi.values import Result, Schedule

_CENT = Decimal("0.01")


def meets(share: Fraction, target_percent: Decimal) -> bool:
    """Is the share at least the target? R4: num*100 >= target*den, in whole numbers."""
    return share * 100 >= Fraction(target_percent)


def percent(share: Fraction | None, target_percent: Decimal | None = None) -> str | None:
    """The share in percent with two places ("79.99"), rounded half up, or None for no share.

    Where rounding would show a missed target as met, the rest is cut off instead (R4).
    """
    if share is None:
        return None
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    shown = exact.quantize(_CENT, ROUND_HALF_UP)
    if target_percent is not None and not meets(share, target_percent) and shown >= target_percent:
        shown = exact.quantize(_CENT, ROUND_DOWN)
    return str(shown)


def share(numerator: Decimal | int | None, denominator: Decimal | int | None) -> Fraction | None:
    """Numerator over denominator; None where the denominator is empty or unknown (R1)."""
    if numerator is None or not denominator:
        return None
    return Fraction(numerator) / Fraction(denominator)


def lacking(numerator: int | None, denominator: int | None, target_percent: Decimal | None) -> int | None:
    """How many more whole units would reach the target; 0 when it is reached, None when that cannot be said."""
    if target_percent is None or numerator is None or not denominator:
        return None
    needed = (target_percent * denominator / 100).to_integral_value(ROUND_CEILING)
    return max(0, int(needed) - numerator)


def cost(lack: int, whole: int) -> Fraction:
    """The percentage points that so many lacking units take off a figure over `whole` units."""
    return Fraction(lack * 100, whole)


def judged(value: Fraction | None, target_percent: Decimal | None, *, uncounted: bool = False) -> Result:
    """The result of a ratio (R8). An empty denominator is `không phát sinh`, unless what is there was not counted.

    A side figure has no target: it is never met or missed.
    """
    if value is None:
        return Result.MISSING_DATA if uncounted else Result.NOT_APPLICABLE
    if target_percent is None:
        return Result.NOT_APPLICABLE
    return Result.MET if meets(value, target_percent) else Result.NOT_MET


def judged_with_bound(
    value: Fraction | None, low: Fraction | None, target_percent: Decimal | None, *, uncounted: bool = False
) -> Result:
    """The result where part of the holdings is not described (II.2.b): met only if the lower bound is.

    A share below the target is missed in any case; between the two, data are missing.
    """
    result = judged(value, target_percent, uncounted=uncounted)
    if (
        result is Result.MET
        and target_percent is not None
        and (low is None or not meets(low, target_percent))
    ):
        return Result.MISSING_DATA
    return result


def schedule(as_of: date, due_on: date | None) -> Schedule:
    """Whether the deadline has come; the day itself is the deadline (R8)."""
    return Schedule.PAST_DUE if due_on is not None and as_of >= due_on else Schedule.BEFORE_DUE


NO_TARGET = ("không đặt chỉ tiêu", "no target set")
_WORDS: dict[Result, tuple[str, str]] = {
    Result.MET: ("đạt", "met"),
    Result.NOT_APPLICABLE: ("không phát sinh", "nothing to count"),
    Result.MISSING_DATA: ("thiếu dữ liệu", "data missing"),
}


def status(result: Result, when: Schedule) -> tuple[str, str]:
    """The one-word status in Vietnamese and English, which joins result and schedule (R8)."""
    if result is Result.NOT_MET:
        overdue = when is Schedule.PAST_DUE
        return (
            ("quá hạn", "overdue") if overdue else ("chưa đạt (đang thực hiện)", "not met yet (in progress)")
        )
    return _WORDS[result]
