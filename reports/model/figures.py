"""Measured values: a figure, and the rows, agencies and dates it is shown for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from hub.kpi import rules
from reports.model.standing import Kind, Standing


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; null facts are unknown, never 0."""

    numerator: int | None
    denominator: int | None
    percent: Decimal | None
    standing: Standing
    missing: int | None = None
    excluded: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether there is anything to compare with: a figure of nothing says nothing."""
        return self.numerator is not None and self.denominator is not None


UNKNOWN = Figure(None, None, None, Standing.MISSING_DATA)


def change(now: Figure, before: Figure | None) -> Decimal | None:
    """Percentage points since the figure before; None when either has no percentage."""
    if now.percent is None or before is None or before.percent is None:
        return None
    return now.percent - before.percent


def lacking(figure: Figure, wanted: Decimal | None) -> int | None:
    """How many more units would reach the target; None when that cannot be said."""
    return rules.lacking(figure.numerator, figure.denominator, wanted)


@dataclass(frozen=True, slots=True)
class Side:
    """A figure printed beside a row: another unit, a broader or a narrower count."""

    code: str
    title: str
    unit: str
    figure: Figure
    previous: Figure | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A figure at an earlier reporting date."""

    at: date
    figure: Figure


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the pace of the last half-years says of a target, in words, and on which assumption."""

    is_at_risk: bool
    said: str
    assumption: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A document behind a figure; `part` is what it proves where a row has parts. Not done: still owed."""

    part: str
    title: str
    number: str
    issued_on: date | None
    is_done: bool


@dataclass(frozen=True, slots=True)
class Lacking:
    """What records lack so that a figure cannot count them, and how many records lack it."""

    what: str
    records: int


@dataclass(frozen=True, slots=True)
class Declared:
    """What one agency declares where no record can prove it, with the document that does."""

    agency: str
    as_of: date
    said: str
    number: str
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class Rank:
    """A place among agencies of one kind: `tied` others share it (1, 2, 2, 4)."""

    place: int
    of: int
    tied: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """One indicator of the plan with its value at the cut-off and the ones before."""

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
    proofs: tuple[Proof, ...] = ()
    history: tuple[Point, ...] = ()
    outlook: Outlook | None = None
    lacks: tuple[Lacking, ...] = ()
    rank: Rank | None = None

    @property
    def change(self) -> Decimal | None:
        """Percentage points since the period before; None when either value is unknown."""
        return change(self.figure, self.previous)


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """One agency, or one group of agencies, in an indicator's breakdown; `group` is its kind in words."""

    code: str
    name: str
    figure: Figure
    previous: Figure | None = None
    group: str = ""
    rank: Rank | None = None

    @property
    def change(self) -> Decimal | None:
        """Percentage points since the period before; None when either value is unknown."""
        return change(self.figure, self.previous)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """An indicator by agency, best first within each kind, and by kind for the chart; `total` adds them up."""

    target: Target
    agencies: tuple[AgencyLine, ...]
    groups: tuple[AgencyLine, ...] = ()
    total: Figure = UNKNOWN

    @property
    def is_of_one(self) -> bool:
        """Whether a single agency answers for the whole indicator."""
        return len(self.agencies) == 1

    @property
    def by_group(self) -> list[tuple[str, list[AgencyLine]]]:
        """The agencies under the names of their kinds."""
        return [(name, list(lines)) for name, lines in groupby(self.agencies, lambda line: line.group)]


@dataclass(frozen=True, slots=True)
class Ranked:
    """An agency among its kind: how many of the targets that concern it are met. `figures` follow the targets."""

    code: str
    name: str
    met: int
    counted: int
    rank: Rank | None
    figures: tuple[Figure | None, ...]


@dataclass(frozen=True, slots=True)
class RankedGroup:
    """Agencies of one kind, best first; those without a case come last and have no place."""

    title: str
    targets: tuple[str, ...]
    agencies: tuple[Ranked, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A row of the plan's annex with what is known of it."""

    code: str
    title: str
    leads: str
    partners: str
    goal: Decimal | None
    due: str
    figure: Figure
    kind: Kind = Kind.RATIO
    unit: str = ""
    due_on: date | None = None
    previous: Figure | None = None
    sides: tuple[Side, ...] = ()
    proofs: tuple[Proof, ...] = ()
    declared: tuple[Declared, ...] = ()
    lacks: tuple[Lacking, ...] = ()
    percent_without_exclusions: Decimal | None = None
    coverage: Decimal | None = None
    estimated: bool = False

    @property
    def standing(self) -> Standing:
        """The one word of its figure."""
        return self.figure.standing

    @property
    def change(self) -> Decimal | None:
        """Percentage points since the period before; None when either value is unknown."""
        return change(self.figure, self.previous)


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """A numbered group of the plan's annex."""

    code: str
    title: str
    tasks: tuple[Task, ...]


def tasks_of(groups: Iterable[TaskGroup]) -> list[Task]:
    """The rows of all groups, in order."""
    return [task for group in groups for task in group.tasks]
