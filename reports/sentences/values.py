"""A figure as tables and running text show it."""

from decimal import Decimal

from reports.model import Figure, Kind, Standing, Target
from reports.numbers import number, percent

COUNTED = {
    Standing.MET: "đạt",
    Standing.IN_PROGRESS: "chưa đạt (đang thực hiện)",
    Standing.OVERDUE: "quá hạn",
    Standing.MISSING_DATA: "thiếu dữ liệu, chưa kết luận được",
    Standing.NOT_APPLICABLE: "không phát sinh",
    Standing.NO_TARGET: "không đặt mức phải đạt",
}


def result(target: Target) -> str:
    """The value with its fraction, as tables and running text show it."""
    return value(target.figure, target.kind)


def value(figure: Figure, kind: Kind) -> str:
    """A percentage for a ratio, k/n for a checklist, done or not for a milestone."""
    if kind is Kind.RATIO:
        return percent(figure.percent)
    if figure.numerator is None or not figure.denominator:
        return number(None)
    if kind is Kind.MILESTONE:
        return "Đã hoàn thành" if figure.numerator >= figure.denominator else "Chưa hoàn thành"
    return fraction(figure)


def fraction(figure: Figure) -> str:
    """Numerator over denominator: "7.241/10.000"."""
    if figure.numerator is None or figure.denominator is None:
        return number(None)
    return f"{number(figure.numerator)}/{number(figure.denominator)}"


def moved(change: Decimal | None) -> str:
    """A change for a narrow column, in words and percentage points: "tăng 4,20"; a dash when there is none to tell."""
    if change is None:
        return number(None)
    if change == 0:
        return "không đổi"
    return f"{'tăng' if change > 0 else 'giảm'} {number(abs(change), 2)}"
