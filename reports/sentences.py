"""The report's Vietnamese sentences, made from figures and from nothing else.

A leader reads sentences, not tables; each one here states what the figures allow and says so plainly when
they allow no conclusion. Words only: layout is in `templates/`, numbers are written by `numbers.py`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal

from reports.model import AgencyLine, Breakdown, Figure, Kind, PlanName, Report, Standing, Target, Task
from reports.numbers import day, goal, half_year, number, percent, points

_COUNTED = {
    Standing.MET: "đạt",
    Standing.IN_PROGRESS: "chưa đạt (đang thực hiện)",
    Standing.OVERDUE: "quá hạn",
    Standing.MISSING_DATA: "thiếu dữ liệu, chưa kết luận được",
    Standing.NOT_APPLICABLE: "không phát sinh",
    Standing.NO_TARGET: "không đặt mức phải đạt",
}


def plan_reference(plan: PlanName) -> str:
    """The plan as a document cites it: number, date, issuer, subject."""
    issued = f" ngày {day(plan.issued_on)}" if plan.issued_on else ""
    about = plan.title[:1].lower() + plan.title[1:]
    return f"Kế hoạch số {plan.code}{issued} của {plan.issuer} về việc {about}"


def subject(report: Report) -> tuple[str, ...]:
    """The trích yếu under BÁO CÁO, in the lines it is set in."""
    where = f"tại {report.scope}, " if report.scope else ""
    return (
        f"Kết quả, tiến độ thực hiện Kế hoạch số {report.plan.code}",
        f"{where}{half_year(report.period)}",
    )


def overall(report: Report) -> str:
    """One sentence a leader can take away: how many targets stand where, and which."""
    by_standing: dict[Standing, list[str]] = {}
    for target in report.targets:
        by_standing.setdefault(target.figure.standing, []).append(target.code)
    parts = [
        f"{len(by_standing[standing])} chỉ tiêu {word} ({', '.join(by_standing[standing])})"
        for standing, word in _COUNTED.items()
        if standing in by_standing
    ]
    if not parts:
        return f"Kế hoạch số {report.plan.code} chưa có chỉ tiêu nào được nạp vào hệ thống."
    return (
        f"Đến hết ngày {day(report.cutoff)}, trong {number(len(report.targets))} chỉ tiêu theo Kế hoạch số "
        f"{report.plan.code} có: {'; '.join(parts)}."
    )


def nature(report: Report) -> str:
    """Whether the figures are published or provisional."""
    if report.official:
        return f"Số liệu trong báo cáo là số liệu chính thức, được chốt đến hết ngày {day(report.cutoff)}."
    return (
        f"Số liệu trong báo cáo là số liệu tạm tính từ hồ sơ, tài liệu đã cập nhật vào hệ thống đến hết ngày "
        f"{day(report.cutoff)}; số liệu chính thức là số liệu của báo cáo được công bố."
    )


def about(target: Target, cutoff: date, previous: date, has_exclusion_annex: bool) -> list[str]:
    """Everything the report says of one target after its verdict, a paragraph each."""
    first = (_asked(target), _reached(target, cutoff), _lacking(target), trend(target, previous))
    paragraphs = (" ".join(filter(None, first)), " ".join(_caveats(target, has_exclusion_annex)))
    return [text for text in paragraphs if text]


def excluded(report: Report) -> str:
    """Why the decisions listed may be more than what the figures leave out."""
    figures = [
        f"{target.code}: {number(target.figure.excluded or 0)} {target.unit}"
        for target in report.targets
        if target.code in {line.indicator for line in report.exclusions}
    ]
    counted = f" ({'; '.join(figures)})" if figures else ""
    return (
        f"Bảng nêu các đối tượng có quyết định loại trừ còn hiệu lực đến hết ngày {day(report.cutoff)}. "
        f"Chỉ đối tượng thuộc phạm vi tính của chỉ tiêu được trừ khỏi tử số và mẫu số{counted}."
    )


def result(target: Target) -> str:
    """The value with its fraction, as tables and running text show it."""
    return value(target.figure, target.kind)


def value(figure: Figure, kind: Kind) -> str:
    """A percentage for a ratio, k/n for a checklist, done or not for a milestone."""
    if kind is Kind.RATIO:
        return percent(figure.percent)
    if figure.numerator is None or figure.denominator is None:
        return number(None)
    if kind is Kind.MILESTONE:
        return "Đã hoàn thành" if figure.numerator >= figure.denominator > 0 else "Chưa hoàn thành"
    return fraction(figure)


def fraction(figure: Figure) -> str:
    """Numerator over denominator: "7.241/10.000"."""
    if figure.numerator is None or figure.denominator is None:
        return number(None)
    return f"{number(figure.numerator)}/{number(figure.denominator)}"


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


def mix_effect(breakdown: Breakdown) -> str:
    """Says so when the total fell while no agency did (domain case 10); empty otherwise."""
    change = breakdown.target.change
    if change is None or change >= 0:
        return ""
    changes = [
        line.figure.percent - line.previous.percent
        for line in breakdown.agencies
        if line.previous is not None and line.previous.percent is not None and line.figure.percent is not None
    ]
    if len(changes) < 2 or min(changes) < 0:
        return ""
    return (
        "Không cơ quan nào giảm tỷ lệ so với kỳ trước; kết quả chung giảm do cơ quan có tỷ lệ thấp chiếm tỷ "
        "trọng lớn hơn trong tổng số (thay đổi cơ cấu), không phải do kết quả thực hiện giảm."
    )


def counted(lines: Sequence[AgencyLine]) -> str:
    """How many agencies stand where."""
    found = Counter(line.figure.standing for line in lines)
    parts = [f"{number(found[standing])} {word}" for standing, word in _COUNTED.items() if found[standing]]
    return f"Trong {number(len(lines))} cơ quan: {'; '.join(parts)}." if parts else ""


def lacking(figure: Figure, wanted: Decimal | None) -> int | None:
    """How many more units would reach the target; None when that cannot be said."""
    if wanted is None or figure.numerator is None or not figure.denominator:
        return None
    needed = (wanted * figure.denominator / 100).to_integral_value(ROUND_CEILING)
    return max(0, int(needed) - figure.numerator)


def holding_back(breakdown: Breakdown, most: int = 10) -> list[tuple[AgencyLine, int]]:
    """The agencies that lack most to reach the target, largest lack first."""
    lacks = [
        (line, lack)
        for line in breakdown.agencies
        if line.figure.standing.is_short_of_target and (lack := lacking(line.figure, breakdown.target.goal))
    ]
    return sorted(lacks, key=lambda pair: (-pair[1], pair[0].code))[:most]


def next_steps(report: Report) -> list[str]:
    """What follows from the figures for the coming period; no proposal that nobody made."""
    steps = []
    for target in report.targets:
        if target.figure.standing.is_short_of_target:
            late = target.figure.standing is Standing.OVERDUE
            when = f"đã quá hạn {day(target.due_on)}" if late else f"hạn hoàn thành {day(target.due_on)}"
            who = _most_lacking(report.breakdowns, target)
            steps.append(f"Tiếp tục thực hiện chỉ tiêu {target.code} ({when}){who}.")
    unknown = [t.code for t in report.targets if t.figure.standing is Standing.MISSING_DATA]
    if unknown:
        steps.append(f"Bổ sung dữ liệu để đánh giá các chỉ tiêu: {', '.join(unknown)}.")
    tasks = [task for group in report.tasks for task in group.tasks]
    late_tasks = _codes(task for task in tasks if task.standing is Standing.OVERDUE)
    if late_tasks:
        steps.append(f"Rà soát, hoàn thành các nhiệm vụ quá hạn tại Phụ lục I: {late_tasks}.")
    open_tasks = _codes(task for task in tasks if task.standing is Standing.IN_PROGRESS)
    if open_tasks:
        steps.append(f"Tiếp tục các nhiệm vụ đang thực hiện tại Phụ lục I: {open_tasks}.")
    unproven = _codes(task for task in tasks if task.standing is Standing.MISSING_DATA)
    if unproven:
        steps.append(f"Cập nhật tài liệu chứng minh đối với các nhiệm vụ chưa có dữ liệu: {unproven}.")
    steps.append(f"Kỳ báo cáo tiếp theo: {day(report.next_period)}.")
    return steps


def _codes(tasks: Iterable[Task]) -> str:
    return ", ".join(task.code for task in tasks)


def _most_lacking(breakdowns: Sequence[Breakdown], target: Target) -> str:
    for breakdown in breakdowns:
        if breakdown.target.code == target.code and len(breakdown.agencies) > 1:
            names = [line.name for line, _ in holding_back(breakdown, 3)]
            if names:
                return f"; trước hết tại: {', '.join(names)}"
    return ""


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


def _caveats(target: Target, has_exclusion_annex: bool) -> Iterable[str]:
    figure = target.figure
    if figure.missing:
        missing = f"{number(figure.missing)} {target.unit}"
        yield f"Có {missing} thiếu dữ liệu, được tính vào mẫu số và không tính vào tử số."
    if figure.excluded:
        where = " (Phụ lục III)" if has_exclusion_annex else ""
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
