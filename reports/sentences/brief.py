"""What the one page for leadership says: the sentence first, and at the end what waits for a decision."""

from collections.abc import Iterator
from decimal import Decimal

from reports.model import Report, Standing, Target
from reports.model.figures import tasks_of
from reports.numbers import day, number, percent
from reports.ranking import costs

MOST_TARGETS = 10
MOST_CODES = 8
_FIRST = (Standing.OVERDUE, Standing.IN_PROGRESS, Standing.MISSING_DATA, Standing.MET)
_TOLD = {
    Standing.OVERDUE: "quá hạn",
    Standing.IN_PROGRESS: "chưa đạt, đang thực hiện",
    Standing.MISSING_DATA: "thiếu dữ liệu",
    Standing.NOT_APPLICABLE: "không phát sinh",
}


def lead(report: Report) -> str:
    """The sentence to take away: targets met, short and at risk, agencies that are late, how sure it is."""
    concerned = [one for one in report.targets if one.figure.standing is not Standing.NOT_APPLICABLE]
    met = [one.code for one in concerned if one.figure.standing is Standing.MET]
    parts = [
        f"Đến hết ngày {day(report.cutoff)}, {number(len(met))}/{number(len(concerned))} chỉ tiêu đạt{_codes(met)}"
    ]
    for standing, word in _TOLD.items():
        codes = [one.code for one in report.targets if one.figure.standing is standing]
        if codes:
            parts.append(f"{number(len(codes))} {word}{_codes(codes)}")
    risky = [one.code for one in at_risk(report)]
    if risky:
        parts.append(
            f"theo nhịp độ hiện nay {number(len(risky))} chỉ tiêu có nguy cơ không đạt đúng hạn{_codes(risky)}"
        )
    behind = held_back(report)
    if behind:
        parts.append(f"{number(len(behind))} cơ quan chậm so với mức phải đạt")
    if report.returns.late:
        parts.append(f"{number(len(report.returns.late))} cơ quan chưa gửi báo cáo của kỳ này")
    nature = "số liệu chính thức" if report.official else "số liệu tạm tính"
    return f"{'; '.join(parts)} – {nature}."


def at_risk(report: Report) -> list[Target]:
    """The targets that the present pace would miss."""
    return [one for one in report.targets if one.outlook and one.outlook.is_at_risk]


def held_back(report: Report) -> list[tuple[str, str, str]]:
    """The agencies that hold the whole back, dearest first: name, points that they cost, targets."""
    known = {one.code for group in report.ranking for one in group.agencies}
    return [
        (cost.name, f"{number(Decimal(round(cost.points * 100)) / 100, 2)} điểm %", ", ".join(cost.targets))
        for cost in costs(report.breakdowns, known)
    ]


def shown(report: Report) -> list[Target]:
    """The targets of the page in plan order; of a long plan those that ask for a look, and the rest is counted."""
    if len(report.targets) <= MOST_TARGETS:
        return list(report.targets)
    order = {standing: place for place, standing in enumerate(_FIRST)}
    first = sorted(report.targets, key=lambda one: order.get(one.figure.standing, len(order)))[:MOST_TARGETS]
    return [one for one in report.targets if one in first]


def trend(target: Target) -> str:
    """What the small line of a target shows, for who cannot see it."""
    points = "; ".join(f"{day(one.at)}: {percent(one.figure.percent)}" for one in target.history)
    return f"Kết quả {target.code} qua các kỳ. {points}."


def decisions(report: Report) -> list[str]:
    """What waits for a decision: it follows from figures, dates and papers, and proposes no answer."""
    return [f"{text}." for text in _decisions(report)]


def _decisions(report: Report) -> Iterator[str]:
    lagging = [one.code for one in report.targets if _lags(one)]
    if lagging:
        yield f"Biện pháp để {_few(lagging)} đạt đúng hạn; mức cần tăng nêu tại mục II của Báo cáo"
    late = [
        f"{one.code} (hạn {day(one.due_on)})"
        for one in report.targets
        if one.figure.standing is Standing.OVERDUE
    ]
    late += [
        f"{one.code} (hạn {day(one.due_on)})"
        for one in tasks_of(report.tasks)
        if one.standing is Standing.OVERDUE
    ]
    if late:
        yield f"Thời hạn và trách nhiệm đối với nội dung đã quá hạn: {_few(late, '; ')}"
    unknown = [one.code for one in report.targets if one.figure.standing is Standing.MISSING_DATA]
    if unknown:
        yield f"Cơ quan phải bổ sung dữ liệu và thời hạn bổ sung để kết luận được: {_few(unknown)}"
    told = report.returns
    if told.late:
        yield f"Đôn đốc {number(len(told.late))} cơ quan chưa gửi báo cáo (hạn {day(told.due_on)})"
    if report.pending.returns:
        yield f"Tiếp nhận hoặc trả lại {number(report.pending.returns)} báo cáo của cơ quan"
    if report.pending.exclusions:
        yield f"Phê duyệt hoặc từ chối {number(report.pending.exclusions)} đề nghị loại trừ theo quy định pháp luật"
    proposed = [voice for voice in told.voices if voice.proposals]
    if proposed:
        yield f"Đề xuất, kiến nghị của {number(len(proposed))} cơ quan, nêu trong Báo cáo"


def _lags(target: Target) -> bool:
    """Whether a target is short and no pace is known that would meet it in time; or is met and will not stay so."""
    if target.figure.standing is Standing.IN_PROGRESS:
        return target.outlook is None or target.outlook.is_at_risk or not target.outlook.assumption
    return target.outlook is not None and target.outlook.is_at_risk


def _codes(codes: list[str]) -> str:
    return f" ({_few(codes)})" if codes else ""


def _few(texts: list[str], join: str = ", ") -> str:
    rest = f"{join}và {number(len(texts) - MOST_CODES)} nội dung khác" if len(texts) > MOST_CODES else ""
    return join.join(texts[:MOST_CODES]) + rest
