"""A forecast in sentences, Vietnamese and English: what the pace says, and on which assumption."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from hub.kit.numerals import day, number, number_en, places
from hub.kpi.forecast import Forecast, Outlook
from hub.kpi.values import Result

FAR = 2  # years from which on a day would pretend to be exact
SMALL = 10  # units a half-year below which a decimal matters


def conclusion(forecast: Forecast) -> tuple[str, str]:
    """What the pace says of the target."""
    row, outlook = forecast.value.indicator, forecast.outlook
    goal = Decimal(row.target_percent or 0)
    due = row.due_on or date.max
    target_vi, target_en = f"chỉ tiêu {number(goal, places(goal))}%", f"the target of {goal.normalize():f}%"
    if outlook is Outlook.UNKNOWN:
        found = len(forecast.basis)
        return (
            f"Chưa đủ số liệu để dự báo: cần ít nhất hai mốc có số liệu, hiện có {found}.",
            f"Too little is known for a forecast: it needs two days with a figure, there is {found}.",
        )
    if outlook is Outlook.PAST_DUE:
        return _past_due(forecast, due, target_vi, target_en)
    expected = forecast.expected_percent
    then_vi = f"Giữ nhịp độ này, đến {day(due)} đạt khoảng {_percent(expected)}"
    then_en = f"At this pace it will be about {expected}% on {due}"
    but_vi, but_en = _undecided(forecast)
    if outlook is Outlook.STAYS_MET:
        return f"{then_vi}, vẫn đạt {target_vi}.{but_vi}", f"{then_en} and still meet {target_en}.{but_en}"
    if outlook is Outlook.WILL_FALL_BELOW:
        return (
            f"Hiện đang đạt, nhưng {then_vi[:1].lower()}{then_vi[1:]}, thấp hơn {target_vi}.{_needed(forecast)[0]}",
            f"It is met now, but {then_en[:1].lower()}{then_en[1:]}, below {target_en}.{_needed(forecast)[1]}",
        )
    when_vi, when_en = _when(forecast)
    if outlook is Outlook.WILL_BE_MET:
        return (
            f"{then_vi}, đạt {target_vi} {when_vi}.{but_vi}",
            f"{then_en} and meet {target_en} {when_en}.{but_en}",
        )
    needed_vi, needed_en = _needed(forecast)
    late_vi = f"đến {when_vi} mới đạt" if when_vi else "nhịp độ này không đưa tới chỉ tiêu"
    late_en = f"it will be met {when_en}" if when_en else "this pace never leads there"
    return (
        f"{then_vi}, chưa đạt {target_vi}; {late_vi}.{needed_vi}",
        f"{then_en} and miss {target_en}; {late_en}.{needed_en}",
    )


def assumption(forecast: Forecast) -> tuple[str, str]:
    """What the forecast takes for granted; empty where there is none."""
    if forecast.numerator_pace is None or forecast.denominator_pace is None or _is_settled(forecast):
        return "", ""
    row, first = forecast.value.indicator, forecast.basis[0].as_of
    rest_vi = " Phần tài liệu chưa thống kê không được tính." if forecast.value.estimated else ""
    rest_en = " What is not described yet is left out." if forecast.value.estimated else ""
    up, wide = forecast.numerator_pace, forecast.denominator_pace
    return (
        f"Giả định: tử số và mẫu số tiếp tục thay đổi như các mốc từ {day(first)} đến {day(forecast.value.as_of)}, tức"
        f" là {_pace(up, row.unit)} và {_pace(wide, row.unit)} mỗi nửa năm (đường thẳng bình phương tối thiểu qua"
        f" {len(forecast.basis)} mốc).{rest_vi}",
        f"Assumption: numerator and denominator go on as between {first} and {forecast.value.as_of}, which is"
        f" {_pace_en(up)} and {_pace_en(wide)} (unit: {row.unit_en}) each half-year (least-squares line through"
        f" {len(forecast.basis)} days).{rest_en}",
    )


def _past_due(forecast: Forecast, due: date, target_vi: str, target_en: str) -> tuple[str, str]:
    value = forecast.value
    vi = (
        f"Đã đến hạn ngày {day(due)}; không dự báo nữa. Hiện đạt {_percent(value.percent)} so với {target_vi}"
    )
    en = f"The day of the target, {due}, has come; nothing is forecast. It is {value.percent}% against {target_en}"
    if value.percent is None:
        vi = f"Đã đến hạn ngày {day(due)}; không dự báo nữa và chưa có số liệu để so với {target_vi}"
        en = f"The day of the target, {due}, has come; nothing is forecast, and there is no figure for {target_en}"
    if _is_settled(forecast):
        return f"{vi}.{_undecided(forecast)[0]}", f"{en}.{_undecided(forecast)[1]}"
    when_vi, when_en = _when(forecast)
    return (
        f"{vi}; giữ nhịp độ hiện nay, đến {when_vi} mới đạt.",
        f"{en}; at the present pace it will be met {when_en}.",
    )


def _is_settled(forecast: Forecast) -> bool:
    """The day has come, and no later one is told."""
    told = forecast.met_on is not None and forecast.met_on > forecast.value.as_of
    return forecast.outlook is Outlook.PAST_DUE and not told


def _when(forecast: Forecast) -> tuple[str, str]:
    """About when the target is met: the day, or the year where it is far away; empty for never."""
    met_on = forecast.met_on
    if met_on is None:
        return "", ""
    if met_on.year - forecast.value.as_of.year > FAR:
        return f"khoảng năm {met_on.year}", f"about {met_on.year}"
    return f"khoảng {day(met_on)}", f"about {met_on}"


def _undecided(forecast: Forecast) -> tuple[str, str]:
    """A percent that meets its target is not judged so while data are missing."""
    if forecast.value.result is not Result.MISSING_DATA:
        return "", ""
    return " Chưa kết luận là đạt vì còn thiếu dữ liệu.", " It is not judged as met, since data are missing."


def _needed(forecast: Forecast) -> tuple[str, str]:
    if forecast.needed is None or forecast.numerator_pace is None:
        return "", ""
    row = forecast.value.indicator
    needed, pace = ceil(forecast.needed), _shown(forecast.numerator_pace)
    return (
        f" Cần tăng {number(needed)} {row.unit} mỗi nửa năm; hiện là {number(pace, places(pace))}.",
        f" It needs {number_en(needed)} more each half-year (unit: {row.unit_en});"
        f" now it is {number_en(pace, places(pace))}.",
    )


def _shown(pace: Fraction) -> Decimal:
    """A pace without decimals, save a small one."""
    exact = Decimal(pace.numerator) / Decimal(pace.denominator)
    return exact.quantize(Decimal(1) if abs(exact) >= SMALL else Decimal("0.1"))


def _pace(pace: Fraction, unit: str) -> str:
    shown = _shown(pace)
    return f"{'tăng' if shown >= 0 else 'giảm'} {number(abs(shown), places(shown))} {unit}"


def _pace_en(pace: Fraction) -> str:
    shown = _shown(pace)
    return f"{'+' if shown >= 0 else '-'}{number_en(abs(shown), places(shown))}"


def _percent(text: str | None) -> str:
    return f"{number(None if text is None else Decimal(text), 2)}%"
