"""A change in a sentence or two that a leader understands, Vietnamese and English, made from its figures alone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from hub.kit.numerals import day, number, number_en
from hub.kpi.causes import Moved
from hub.kpi.change import Change, Revision
from hub.kpi.effects import AgencyEffect, Effects, apportioned

# How many causes a sentence names; the rest stand in the list.
NAMED = 3
_COUNTS = {2: ("Cả hai", "Both"), 3: ("Cả ba", "All three"), 4: ("Cả bốn", "All four")}


def sentences(change: Change) -> tuple[str, str]:
    """What moved, why, by which records, and what was reported: one paragraph in each language."""
    parts = [_moved(change), *_effects(change), *_causes(change), *_reported(change.revision, change)]
    return " ".join(vi for vi, _ in parts), " ".join(en for _, en in parts)


def _moved(change: Change) -> tuple[str, str]:
    before, after = change.before, change.after
    whose_vi = before.agency.name if before.agency else "Thành phố"
    whose_en = before.agency.name if before.agency else "the City"
    code = before.indicator.code
    when_vi = f"Từ {day(before.as_of)} đến {day(after.as_of)}, chỉ tiêu {code} của {whose_vi}"
    when_en = f"From {before.as_of} to {after.as_of}, indicator {code} of {whose_en}"
    points = change.points
    if points is None:
        shown = [_value(value.percent) for value in (before, after)]
        return (
            f"{when_vi} không so sánh được tỷ lệ ({shown[0][0]} → {shown[1][0]}).",
            f"{when_en} has no percent to compare ({shown[0][1]} → {shown[1][1]}).",
        )
    span_vi = f"({_percent(before.percent)} → {_percent(after.percent)})"
    span_en = f"({before.percent}% → {after.percent}%)"
    if not points:
        return f"{when_vi} không đổi {span_vi}.", f"{when_en} did not change {span_en}."
    return (
        f"{when_vi} {'tăng' if points > 0 else 'giảm'} {number(abs(points), 2)} điểm {span_vi}.",
        f"{when_en} {'rose' if points > 0 else 'fell'} by {abs(points)} points {span_en}.",
    )


def _effects(change: Change) -> list[tuple[str, str]]:
    """Performance or mix, where several agencies make the figure."""
    found, points = change.effects, change.points
    if found is None or points is None or len(found.lines) < 2 or not (found.mix or found.rate):
        return []
    return [_against_all(found, points) or _both_effects(found, points)]


def _against_all(found: Effects, points: Decimal) -> tuple[str, str] | None:
    """All agencies move one way and the whole the other: that is mix, and not performance (domain case 10)."""
    moves = [
        line.after.rate - line.before.rate
        for line in found.lines
        if line.before.rate is not None and line.after.rate is not None
    ]
    up = points < 0 and all(move >= 0 for move in moves)
    down = points > 0 and all(move <= 0 for move in moves)
    if len(moves) < 2 or not (up or down):
        return None
    all_vi, all_en = _COUNTS.get(len(moves), (f"Cả {len(moves)}", f"All {len(moves)}"))
    still = any(not move for move in moves)
    way_vi, way_en = ("tăng", "rose") if up else ("giảm", "fell")
    if still:
        way_vi, way_en = f"{way_vi} hoặc giữ nguyên", f"{way_en} or stayed"
    whole_vi, whole_en = ("số giảm", "the fall") if up else ("số tăng", "the rise")
    line = max(found.lines, key=lambda one: (abs(one.mix), one.agency.code))
    shift_vi, shift_en = _shift(line)
    return (
        f"{all_vi} cơ quan đều {way_vi}; {whole_vi} là do cơ cấu, không phải do kết quả thực hiện: {shift_vi}.",
        f"{all_en} agencies {way_en}; {whole_en} is a matter of mix, not of performance: {shift_en}.",
    )


def _both_effects(found: Effects, points: Decimal) -> tuple[str, str]:
    rate, mix = apportioned([found.rate, found.mix], points)
    line = found.lines[0]
    if mix:
        vi = f"Trong đó kết quả thực hiện {_signed(rate)} điểm, cơ cấu {_signed(mix)} điểm"
        en = f"Of this, performance made {_signed_en(rate)} points and mix {_signed_en(mix)}"
    else:
        vi, en = "Thay đổi là do kết quả thực hiện", "The change is a matter of performance"
    if line.before.rate is None or line.after.rate is None:
        what = ("mới phát sinh", "is new") if line.before.rate is None else ("không còn phát sinh", "is gone")
        return f"{vi}; {line.agency.name} {what[0]}.", f"{en}; {line.agency.name} {what[1]}."
    spans, what_vi, what_en = (line.before.rate, line.after.rate), "", ""
    if abs(line.mix) > abs(line.rate):
        spans, what_vi, what_en = line.weights, "tỷ trọng ", "weight "
    change_vi = f"{what_vi}{_share(spans[0])} → {_share(spans[1])}"
    change_en = f"{what_en}{_share_en(spans[0])} → {_share_en(spans[1])}"
    return (
        f"{vi}; ảnh hưởng nhiều nhất: {line.agency.name} ({change_vi}).",
        f"{en}; {line.agency.name} weighed most ({change_en}).",
    )


def _shift(line: AgencyEffect) -> tuple[str, str]:
    """An agency whose part of the whole changed, with its rate against the mean."""
    rate = line.after.rate if line.after.rate is not None else line.before.rate or Fraction(0)
    grew = line.weights[1] > line.weights[0]
    low = (line.mix < 0) == grew
    size_vi, size_en = ("thấp", "low") if low else ("cao", "high")
    more_vi, more_en = ("lớn hơn", "more") if grew else ("nhỏ hơn", "less")
    spans = [(_share(weight), _share_en(weight)) for weight in line.weights]
    return (
        f"{line.agency.name}, có tỷ lệ {size_vi} ({_share(rate)}), chiếm tỷ trọng {more_vi}"
        f" ({spans[0][0]} → {spans[1][0]} tổng số)",
        f"{line.agency.name}, whose rate is {size_en} ({_share_en(rate)}), weighs {more_en}"
        f" ({spans[0][1]} → {spans[1][1]} of the whole)",
    )


def _causes(change: Change) -> list[tuple[str, str]]:
    if not change.causes:
        return []
    vi, en = _named(change.causes)
    unit = change.after.indicator
    return [(f"Nguyên nhân ({unit.unit}): {vi}.", f"Causes (unit: {unit.unit_en}): {en}.")]


def _reported(revision: Revision | None, change: Change) -> list[tuple[str, str]]:
    """Says so where the first day is known otherwise now than it was reported."""
    if revision is None or not revision.causes:
        return []
    value = revision.reported.value
    vi, en = _named(revision.causes)
    then, now = _value(value.percent), _value(change.before.percent)
    return [
        (
            f"Số đã báo cáo tại {day(value.as_of)} là {then[0]}, nay biết là {now[0]}: {vi}.",
            f"What was reported of {value.as_of} is {then[1]}, known now is {now[1]}: {en}.",
        )
    ]


def _named(causes: Sequence[Moved]) -> tuple[str, str]:
    """The causes that moved most, with their units."""
    most = sorted(causes, key=lambda one: -max(abs(one.numerator), abs(one.denominator)))
    vi, en = [], []
    for one in most[:NAMED]:
        words_vi, words_en = one.cause.words
        vi.append(f"{words_vi.lower()} (tử số {_units(one.numerator)}, mẫu số {_units(one.denominator)})")
        en.append(f"{words_en.lower()} (numerator {one.numerator:+,}, denominator {one.denominator:+,})")
    if (left := len(most) - NAMED) > 0:
        vi.append(f"{left} nguyên nhân khác")
        en.append(f"{left} more")
    return "; ".join(vi), "; ".join(en)


def _value(percent: str | None) -> tuple[str, str]:
    return ("chưa có số liệu", "no figure") if percent is None else (_percent(percent), f"{percent}%")


def _percent(text: str | None) -> str:
    return f"{number(None if text is None else Decimal(text), 2)}%"


def _share(share: Fraction) -> str:
    return f"{number(_rounded(share), 2)}%"


def _share_en(share: Fraction) -> str:
    return f"{number_en(_rounded(share), 2)}%"


def _rounded(share: Fraction) -> Decimal:
    return Decimal(share.numerator * 100) / Decimal(share.denominator)


def _units(count: int) -> str:
    return f"{'+' if count >= 0 else '-'}{number(abs(count))}"


def _signed(points: Decimal) -> str:
    return f"{'+' if points >= 0 else '-'}{number(abs(points), 2)}"


def _signed_en(points: Decimal) -> str:
    return f"{points:+}"
