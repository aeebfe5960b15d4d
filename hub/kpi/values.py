"""The one shape of a figure: GraphQL, PDF, CLI and pages all show these values and compute none."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Result(StrEnum):
    """What the figure says (R8): đạt, chưa đạt, không phát sinh, thiếu dữ liệu."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    MISSING_DATA = "MISSING_DATA"


class Schedule(StrEnum):
    """Whether the deadline has come (R8): chưa đến hạn, đã đến hạn."""

    BEFORE_DUE = "BEFORE_DUE"
    PAST_DUE = "PAST_DUE"


class EvidenceState(StrEnum):
    """How far a document has come at a date; MISSING: the plan asks for it and nothing is registered."""

    MISSING = "MISSING"
    PLANNED = "PLANNED"
    DRAFTED = "DRAFTED"
    APPROVED = "APPROVED"


@dataclass(frozen=True)
class Evidence:
    """A document behind a figure (văn bản chứng minh): `part` is what it proves, where a plan's row has parts.

    `part_title` and `part_title_vi` are the plan's words for the part, `title` the document's own.
    Number and date stand only once it is approved.
    """

    part: str | None
    part_title: str | None
    part_title_vi: str | None
    title: str | None
    document_number: str | None
    document_date: date | None
    state: EvidenceState


@dataclass(frozen=True)
class IndicatorRow:
    """One row of a plan as read at a date: what is measured, against which target, by when, on which documents."""

    id: int
    code: str
    part: str
    kind: str
    title: str
    title_vi: str
    legal_basis: str
    unit: str
    unit_en: str
    measure: str
    target_percent: Decimal | None
    starts_on: date | None
    due_on: date | None
    window_from: date | None
    window_to: date | None
    parameters: dict[str, object]
    base_id: int | None = None  # a side figure: the row it is printed beside, whose exclusions hold
    evidence: tuple[Evidence, ...] = ()

    @property
    def has_percent(self) -> bool:
        """Is it a ratio? Checklists and milestones show no percent (R8b)."""
        return self.kind == "RATIO"

    @property
    def wanted(self) -> Decimal | None:
        """What its share must reach, in percent: the target, or all of it for a checklist or a milestone."""
        return self.target_percent if self.has_percent else Decimal(100)


@dataclass(frozen=True)
class AgencyRef:
    """The agency a figure is about; None stands for the whole city."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class SideFigure:
    """A figure printed beside the headline: `code` is stable, titles are for people."""

    code: str
    title: str
    title_vi: str
    numerator: int | None
    denominator: int | None
    percent: str | None
    unit: str
    unit_en: str


@dataclass(frozen=True)
class IndicatorValue:
    """An indicator's figure at a cut-off. Percents are text with two places ("79.99"); null = unknown, never 0."""

    indicator: IndicatorRow
    agency: AgencyRef | None
    as_of: date
    numerator: int | None
    denominator: int | None
    excluded: int | None
    missing: int | None
    percent: str | None
    percent_low: str | None
    percent_with_excluded: str | None
    result: Result
    schedule: Schedule
    status_text: str
    status_text_en: str
    coverage: str | None
    estimated: bool
    agencies_reported: int | None
    agencies_expected: int | None
    side: tuple[SideFigure, ...] = field(default=())
    withheld: bool = False  # small cells are not told to the public (hub/kpi/small.py)


@dataclass(frozen=True)
class BreakdownRow:
    """One line of an indicator's breakdown: by agency, parent, kind of agency, or year; a name is no language's."""

    key: str
    label: str
    label_en: str
    agency: AgencyRef | None
    year: int | None
    numerator: int | None
    denominator: int | None
    excluded: int | None
    missing: int | None
    percent: str | None
    result: Result
    withheld: bool = False
