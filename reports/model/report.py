"""The document: who writes to whom about which plan, and everything it reports."""

from dataclasses import dataclass
from datetime import date

from reports.model.figures import Breakdown, Declared, Rank, RankedGroup, Target, TaskGroup


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
class Duty:
    """A duty of part IV, what was declared for it, and how many agencies owe a declaration (None: unknown)."""

    code: str
    responsible: str
    text: str
    declared: tuple[Declared, ...]
    expected: int | None = None


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
    results: str = ""


@dataclass(frozen=True, slots=True)
class Returns:
    """The agencies' returns of the period; `late` names those that owe one after the day it was due."""

    expected: int | None = None
    accepted: int = 0
    voices: tuple[Voice, ...] = ()
    submitted: int = 0
    due_on: date | None = None
    late: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """How much waits for a decision of Home Affairs, as far as the report's maker may see."""

    exclusions: int = 0
    returns: int = 0


@dataclass(frozen=True, slots=True)
class Edition:
    """The report as it goes out: the snapshot its figures are of, where it is checked, what văn thư gave it.

    `revision` counts from 1; a later one says in `reason` what it corrects and why. Number and date are empty
    until văn thư has given them; both are then written by hand.
    """

    snapshot_id: int
    verify_url: str
    revision: int = 1
    number: str = ""
    issued_on: date | None = None
    reason: str = ""

    @property
    def correction(self) -> int:
        """How many times the report has been corrected; 0 for the first edition."""
        return self.revision - 1


@dataclass(frozen=True, slots=True)
class Report:
    """One half-year report, whole: the city's, or an agency's (`scope` names it, `kind` says among whom it is).

    `breakdowns` are by agency in the city's report, by unit in an agency's; `ranking` is the city's, `rank` the
    agency's own place among its kind. `published_on`: when the period's report, whose figures are official,
    went out. What has no `edition` has not been published, and says so on every page unless it is official.
    """

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
    duties: tuple[Duty, ...] = ()
    ranking: tuple[RankedGroup, ...] = ()
    kind: str = ""
    rank: Rank | None = None
    pending: Pending = Pending()
    published_on: date | None = None
    edition: Edition | None = None
