"""Which annexes a report has, and under which number: an annex without content is left out and the rest move up."""

from reports.model import Report

ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


def annex_numbers(report: Report) -> dict[str, str]:
    """The annexes with content, in order, with their Roman numbers."""
    found = {
        "tasks": report.tasks,
        "agencies": [one for one in report.breakdowns if not one.is_of_one],
        "ranking": report.ranking,
        "duties": any(duty.declared for duty in report.duties) and report.duties,
        "exclusions": report.exclusions,
    }
    return {name: ROMAN[at] for at, name in enumerate((name for name, held in found.items() if held), 1)}
