"""What a report says, before anybody decides how it looks.

Frozen values only: the same model gives the same HTML and the same PDF bytes on any day, and a rendering
process needs neither the database nor the caller's rights. Nothing here knows a plan's codes: titles,
targets and deadlines come from the plan's rows, so the next plan is data.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Standing(StrEnum):
    """Result and schedule as the one word people read (domain rule R8)."""

    MET = "MET"
    IN_PROGRESS = "IN_PROGRESS"
    OVERDUE = "OVERDUE"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    MISSING_DATA = "MISSING_DATA"
    NO_TARGET = "NO_TARGET"

    @property
    def word(self) -> str:
        """The Vietnamese word printed beside the shape."""
        return _WORDS[self]

    @property
    def short(self) -> str:
        """The word for narrow columns."""
        return _SHORT_WORDS.get(self, self.word)

    @property
    def is_short_of_target(self) -> bool:
        """Whether the target was measured and not reached."""
        return self in (Standing.IN_PROGRESS, Standing.OVERDUE)


_WORDS = {
    Standing.MET: "Đạt",
    Standing.IN_PROGRESS: "Chưa đạt (đang thực hiện)",
    Standing.OVERDUE: "Quá hạn",
    Standing.NOT_APPLICABLE: "Không phát sinh",
    Standing.MISSING_DATA: "Thiếu dữ liệu",
    Standing.NO_TARGET: "Không đặt chỉ tiêu",
}
_SHORT_WORDS = {Standing.IN_PROGRESS: "Chưa đạt", Standing.NO_TARGET: "Không đặt mức"}


class Kind(StrEnum):
    """Only a ratio has a percentage and a bar (domain rule R8b)."""

    RATIO = "RATIO"
    CHECKLIST = "CHECKLIST"
    MILESTONE = "MILESTONE"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who reports to whom, and who signs (NĐ 30/2020, Phụ lục I); lines are broken by hand."""

    parent: tuple[str, ...]
    organ: tuple[str, ...]
    organ_name: str
    place: str
    notation: str
    addressed_to: str
    signed_as: tuple[str, ...]
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanName:
    """The plan that is reported on, as its own row names it."""

    code: str
    title: str
    issued_on: date | None
    issuer: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; null facts are unknown, never 0."""

    numerator: int | None
    denominator: int | None
    percent: Decimal | None
    standing: Standing
    missing: int | None = None
    excluded: int | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """A figure printed beside a target: another unit, a broader or a narrower count."""

    title: str
    unit: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Target:
    """One indicator of the plan with its value at the cut-off and the one before."""

    code: str
    title: str
    kind: Kind
    unit: str
    goal: Decimal | None
    due_on: date | None
    figure: Figure
    percent_low: Decimal | None = None
    percent_without_exclusions: Decimal | None = None
    coverage: Decimal | None = None
    estimated: bool = False
    agencies_reported: int | None = None
    agencies_expected: int | None = None
    previous: Figure | None = None
    sides: tuple[Side, ...] = ()

    @property
    def change(self) -> Decimal | None:
        """Percentage points since the period before; None when either value is unknown."""
        if self.figure.percent is None or self.previous is None or self.previous.percent is None:
            return None
        return self.figure.percent - self.previous.percent


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """One agency, or one group of agencies, in an indicator's breakdown."""

    code: str
    name: str
    figure: Figure
    previous: Figure | None = None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """An indicator by agency, and by group of agencies for the chart."""

    target: Target
    agencies: tuple[AgencyLine, ...]
    groups: tuple[AgencyLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A row of the plan's annex with what is known of it."""

    code: str
    title: str
    leads: str
    partners: str
    goal: Decimal | None
    due: str
    standing: Standing
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """A numbered group of the plan's annex."""

    code: str
    title: str
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What was left out of an indicator on one legal basis (domain rule R5)."""

    indicator: str
    basis: str
    count: int
    unit: str
    approved_on: date | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """What one agency's return says in its own words."""

    agency: str
    difficulties: str
    proposals: str


@dataclass(frozen=True, slots=True)
class Returns:
    """The agencies' returns of the period."""

    expected: int | None = None
    accepted: int = 0
    voices: tuple[Voice, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One half-year report, whole."""

    letterhead: Letterhead
    plan: PlanName
    period: date
    previous_period: date
    cutoff: date
    next_period: date
    official: bool
    scope: str | None
    targets: tuple[Target, ...]
    breakdowns: tuple[Breakdown, ...]
    tasks: tuple[TaskGroup, ...]
    exclusions: tuple[Exclusion, ...]
    returns: Returns
