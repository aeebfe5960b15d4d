"""What a report says as a whole: its subject, the one sentence to take away, and what comes next."""

from collections.abc import Iterable, Sequence

from reports.annexes import annex_numbers
from reports.model import Breakdown, PlanName, Report, Standing, Target, Task
from reports.model.figures import tasks_of
from reports.numbers import day, half_year, number
from reports.sentences.agencies import holding_back, placed
from reports.sentences.values import COUNTED


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
        for standing, word in COUNTED.items()
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
    until = f"hồ sơ, tài liệu đã cập nhật vào hệ thống đến hết ngày {day(report.cutoff)}"
    if report.published_on:
        return (
            f"Báo cáo kỳ này đã được công bố ngày {day(report.published_on)} và số liệu công bố là số liệu chính thức. "
            f"Số liệu dưới đây là số liệu tạm tính, tính lại từ {until}."
        )
    return (
        f"Số liệu trong báo cáo là số liệu tạm tính từ {until}; số liệu chính thức là số liệu được công bố."
    )


def own_place(report: Report) -> str:
    """Where an agency stands among its kind; empty in the city's report and for an agency alone of its kind."""
    if report.rank is None or report.rank.of < 2:
        return ""
    return (
        f"Trong nhóm {report.kind.lower()}, {report.scope} xếp {placed(report.rank)} theo số chỉ tiêu đạt trên số chỉ "
        "tiêu có phát sinh; chỉ tiêu thiếu dữ liệu tính là chưa đạt."
    )


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
    tasks, annex = tasks_of(report.tasks), annex_numbers(report).get("tasks")
    late_tasks = _codes(task for task in tasks if task.standing is Standing.OVERDUE)
    if late_tasks:
        steps.append(f"Rà soát, hoàn thành các nhiệm vụ quá hạn tại Phụ lục {annex}: {late_tasks}.")
    open_tasks = _codes(task for task in tasks if task.standing is Standing.IN_PROGRESS)
    if open_tasks:
        steps.append(f"Tiếp tục các nhiệm vụ đang thực hiện tại Phụ lục {annex}: {open_tasks}.")
    unproven = _codes(task for task in tasks if task.standing is Standing.MISSING_DATA)
    if unproven:
        steps.append(f"Cập nhật tài liệu chứng minh đối với các nhiệm vụ chưa có dữ liệu: {unproven}.")
    if report.returns.late:
        steps.append(f"Đôn đốc {number(len(report.returns.late))} cơ quan chưa gửi báo cáo của kỳ này.")
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
