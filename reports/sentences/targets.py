"""What a report says of one target: what was asked, what was reached, since when, and with which reservations."""

from collections.abc import Iterable
from datetime import date

from reports.model import Kind, Standing, Target
from reports.model.figures import lacking
from reports.numbers import day, goal, number, percent, points
from reports.sentences.agencies import placed
from reports.sentences.values import fraction, value


def about(target: Target, cutoff: date, previous: date, exclusions: str = "", kind: str = "") -> list[str]:
    """Everything the report says of one target after its verdict, a paragraph each.

    `exclusions` is the number of the annex that lists them; `kind` the agencies among which the target is ranked.
    """
    first = (
        _asked(target),
        _reached(target, cutoff),
        _lacking(target),
        trend(target, previous),
        _place(target, kind),
    )
    paragraphs = (
        " ".join(filter(None, first)),
        " ".join(_caveats(target, exclusions)),
        f"{target.outlook.said} {target.outlook.assumption}".strip() if target.outlook else "",
    )
    return [text for text in paragraphs if text]


def trend(target: Target, previous: date) -> str:
    """The value against the period before, or why there is none."""
    before = target.previous
    is_unknown = before is None or (before.standing is Standing.MISSING_DATA and before.percent is None)
    if is_unknown and target.figure.standing is Standing.MISSING_DATA and target.figure.percent is None:
        return ""  # nothing then, nothing now: the paragraph has said so
    if before is None or is_unknown:
        return f"Kỳ trước ({day(previous)}) chưa có số liệu để so sánh."
    change = target.change
    if change is None:
        has_value = before.percent is not None or (
            target.kind is not Kind.RATIO and before.numerator is not None
        )
        shown = value(before, target.kind) if has_value else before.standing.word.lower()
        return f"Kỳ trước ({day(previous)}): {shown}."
    shown = f"kỳ trước ({day(previous)}: {percent(before.percent)})"
    if change == 0:
        return f"So với {shown}, kết quả không đổi."
    return f"So với {shown}, {'tăng' if change > 0 else 'giảm'} {points(change)}."


def _asked(target: Target) -> str:
    asked = []
    if target.goal is not None:
        asked.append(f"chỉ tiêu {'tối thiểu ' if target.goal < 100 else ''}{goal(target.goal)}")
    if target.due_on is not None:
        asked.append(f"hạn hoàn thành {day(target.due_on)}")
    return f"Theo Kế hoạch: {', '.join(asked)}." if asked else ""


def _reached(target: Target, cutoff: date) -> str:
    figure = target.figure
    if figure.standing is Standing.NOT_APPLICABLE:
        return (
            f"Đến ngày {day(cutoff)} không phát sinh đối tượng để tính (mẫu số bằng 0); không tính tỷ lệ và "
            "không xếp đạt hay chưa đạt."
        )
    if figure.numerator is None or figure.denominator is None:
        return (
            f"Đến ngày {day(cutoff)} chưa có đủ dữ liệu để tính; báo cáo không đưa số thay thế và không "
            "kết luận đạt hay chưa đạt."
        )
    if target.kind is Kind.MILESTONE:
        return f"Đến ngày {day(cutoff)}: {value(figure, target.kind).lower()}."
    if target.kind is Kind.CHECKLIST or figure.percent is None:
        return f"Đến ngày {day(cutoff)} đã hoàn thành {fraction(figure)} {target.unit}."
    about_right = "ước tính " if target.estimated else ""
    shown = f"{about_right}{percent(figure.percent)} ({fraction(figure)} {target.unit})"
    return f"Kết quả đến ngày {day(cutoff)}: {shown}."


def _lacking(target: Target) -> str:
    if not target.figure.standing.is_short_of_target:
        return ""
    lack = lacking(target.figure, target.goal)
    return f"Còn thiếu {number(lack)} {target.unit} để đạt chỉ tiêu." if lack else ""


def _place(target: Target, kind: str) -> str:
    return f"Trong nhóm {kind.lower()}, cơ quan xếp {placed(target.rank)}." if target.rank and kind else ""


def _caveats(target: Target, exclusions: str) -> Iterable[str]:
    figure = target.figure
    if figure.missing:
        missing = f"{number(figure.missing)} {target.unit}"
        yield f"Có {missing} thiếu dữ liệu, được tính vào mẫu số và không tính vào tử số."
    if figure.excluded:
        where = f" (Phụ lục {exclusions})" if exclusions else ""
        without = target.percent_without_exclusions
        unless = f"; nếu không loại trừ, kết quả là {percent(without)}" if without is not None else ""
        yield f"Đã loại trừ {number(figure.excluded)} {target.unit} theo căn cứ pháp lý{where}{unless}."
    if target.coverage is not None and target.coverage < 100:
        least = ""
        if target.percent_low is not None:
            least = (
                f"; nếu coi phần chưa bao quát là chưa thực hiện, kết quả là {percent(target.percent_low)}"
            )
        yield f"Số liệu bao quát {percent(target.coverage)} đối tượng phải tính{least}."
        if figure.standing is Standing.MISSING_DATA and figure.percent is not None:
            yield "Vì vậy chưa đủ căn cứ để kết luận chỉ tiêu đã đạt."
    reported, expected = target.agencies_reported, target.agencies_expected
    if reported is not None and expected is not None and reported < expected:
        yield f"Số liệu có từ {number(reported)}/{number(expected)} cơ quan phải báo cáo."
