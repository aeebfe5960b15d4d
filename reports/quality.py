"""How far each figure can be trusted, and whose data to mend first; read off the figures, nothing is computed anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.model import AgencyLine, Breakdown, Lacking, Report, Standing, Target, Task
from reports.model.figures import tasks_of


@dataclass(frozen=True, slots=True)
class QualityLine:
    """What one figure lacks: `share` is the missing part of its denominator in percent, `mend` who lacks most."""

    code: str
    title: str
    unit: str
    missing: int | None
    share: Decimal | None
    coverage: Decimal | None
    estimated: bool
    reported: int | None
    expected: int | None
    standing: Standing
    lacks: tuple[Lacking, ...] = ()
    mend: tuple[AgencyLine, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is known to be lacking."""
        covered = self.coverage is None or self.coverage >= 100
        heard = self.expected is None or self.reported == self.expected
        judged = self.standing is not Standing.MISSING_DATA
        return not self.missing and covered and heard and judged and not self.estimated


def quality_lines(report: Report) -> list[QualityLine]:
    """One line for each target and each measured row of the annex, in plan order."""
    agencies = () if report.scope else report.breakdowns  # an agency's own figure does not hold its units
    lines = [_target(target, agencies) for target in report.targets]
    return lines + [_task(task) for task in tasks_of(report.tasks)]


def most_missing(lines: Sequence[AgencyLine], most: int = 3) -> tuple[AgencyLine, ...]:
    """The agencies whose records lack most, largest first."""
    lacking = [line for line in lines if line.figure.missing]
    return tuple(sorted(lacking, key=lambda line: -(line.figure.missing or 0))[:most])


def _target(target: Target, breakdowns: Sequence[Breakdown]) -> QualityLine:
    agencies = next((one.agencies for one in breakdowns if one.target.code == target.code), ())
    return QualityLine(
        target.code,
        target.title,
        target.unit,
        target.figure.missing,
        _part(target.figure.missing, target.figure.denominator),
        target.coverage,
        target.estimated,
        target.agencies_reported,
        target.agencies_expected,
        target.figure.standing,
        target.lacks,
        most_missing(agencies) if len(agencies) > 1 else (),
    )


def _task(task: Task) -> QualityLine:
    return QualityLine(
        task.code,
        task.title,
        task.unit,
        task.figure.missing,
        _part(task.figure.missing, task.figure.denominator),
        task.coverage,
        task.estimated,
        None,
        None,
        task.standing,
        task.lacks,
    )


def _part(missing: int | None, whole: int | None) -> Decimal | None:
    if missing is None or not whole:
        return None
    return (Decimal(missing) * 100 / whole).quantize(Decimal("0.01"))
