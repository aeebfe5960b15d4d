"""What a report says of the annex, the duties, its own data, the exclusions and the returns."""

from collections import Counter
from collections.abc import Sequence

from reports.model import Duty, Report, Standing, Task
from reports.model.figures import tasks_of
from reports.numbers import day, number, percent
from reports.quality import QualityLine, quality_lines
from reports.sentences.values import COUNTED


def tasks_overall(report: Report) -> str:
    """How many rows of the annex stand where; for an agency those that name it."""
    tasks = tasks_of(report.tasks)
    found = Counter(task.standing for task in tasks)
    parts = [f"{number(found[standing])} {word}" for standing, word in COUNTED.items() if found[standing]]
    whose = "có cơ quan chủ trì hoặc phối hợp " if report.scope else ""
    return f"Trong {number(len(tasks))} nhiệm vụ {whose}tại Phụ lục Kế hoạch: {'; '.join(parts)}."


def late_tasks(report: Report) -> str:
    """The rows of the annex whose deadline has passed; empty when there is none."""
    late = [task for task in tasks_of(report.tasks) if task.standing is Standing.OVERDUE]
    if not late:
        return ""
    return "Nhiệm vụ quá hạn: " + "; ".join(_late(task) for task in late) + "."


def declared_duties(duties: Sequence[Duty]) -> str:
    """How many duties of part IV somebody has declared on."""
    told = [duty for duty in duties if duty.declared]
    if not told:
        return (
            f"Chưa có khai báo nào đối với {number(len(duties))} nhiệm vụ được giao tại phần IV của Kế hoạch; báo cáo "
            "không nêu kết quả thay cho cơ quan."
        )
    return (
        f"Có khai báo đối với {number(len(told))}/{number(len(duties))} nhiệm vụ được giao tại phần IV của Kế hoạch. "
        "Đây là nội dung do cơ quan khai, không tính từ hồ sơ."
    )


def quality_overall(report: Report) -> str:
    """How many figures lack nothing, and what the others lack in one sentence."""
    lines = quality_lines(report)
    lacking = [line for line in lines if not line.is_whole]
    if not lacking:
        return "Không ghi nhận thiếu dữ liệu ở chỉ tiêu, nhiệm vụ nào."
    unknown = [line.code for line in lacking if line.standing is Standing.MISSING_DATA]
    what = f"{number(len(lacking))}/{number(len(lines))} chỉ tiêu, nhiệm vụ có số liệu chưa đầy đủ"
    if not unknown:
        return f"{what}."
    return f"{what}; trong đó chưa đủ dữ liệu để kết luận: {', '.join(unknown)}."


def to_mend(report: Report) -> list[QualityLine]:
    """The figures that records would change, those with the largest missing part first."""
    lacking = [line for line in quality_lines(report) if not line.is_whole and line.missing is not None]
    return sorted(lacking, key=lambda line: (-(line.share or 0), line.coverage or 100))


def mend(line: QualityLine) -> str:
    """What to mend, and the agencies to begin with; a dash where the records lack nothing that has a name."""
    what = "; ".join(f"{one.what} ({number(one.records)})" for one in line.lacks)
    where = "; ".join(f"{one.name} ({number(one.figure.missing)})" for one in line.mend)
    said = [what] if what else []
    if where:
        said.append(f"trước hết tại: {where}")
    return ". ".join(part[:1].upper() + part[1:] for part in said) or number(None)


def excluded_effect(report: Report) -> list[tuple[str, str, str, str]]:
    """Rows with exclusions: code, how much was left out, the value with them left out and the value with them in."""
    rows = [(one.code, one.unit, one.figure, one.percent_without_exclusions) for one in report.targets]
    rows += [
        (one.code, one.unit, one.figure, one.percent_without_exclusions) for one in tasks_of(report.tasks)
    ]
    return [
        (code, f"{number(figure.excluded)} {unit}", percent(figure.percent), percent(without))
        for code, unit, figure, without in rows
        if figure.excluded
    ]


def returns_overall(report: Report) -> str:
    """How many returns have come and which agencies are late; empty where nothing is known of returns."""
    told = report.returns
    if told.expected is None or report.scope:
        return ""
    late = f", {number(len(told.late))} cơ quan chậm (hạn {day(told.due_on)})" if told.late else ""
    return (
        f"Đã gửi báo cáo: {number(told.submitted)}/{number(told.expected)} cơ quan{late}; đã tiếp nhận "
        f"{number(told.accepted)} báo cáo."
    )


def _late(task: Task) -> str:
    who = f", chủ trì: {task.leads}" if task.leads else ""
    return f"{task.code} (hạn {day(task.due_on)}{who})"
