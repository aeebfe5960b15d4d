"""All agencies side by side: places among a kind, the city's tables by agency, an agency's tables by unit.

Two statements whatever their number, and one comparison serves every report of a period.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.models import AGENCY_KINDS
from hub.kpi.breakdown import KIND_LABELS, By, breakdowns
from hub.kpi.values import BreakdownRow, IndicatorRow
from reports.model import AgencyLine, Breakdown, Figure, Rank, Ranked, RankedGroup, Target
from reports.ranking import ranked_agencies, ranked_lines, standing_of
from reports.readings import reading, total_of
from reports.sources import Bodies, Body

UNIT = "UNIT"
OWN = "Cơ quan"
UNITS = "Đơn vị trực thuộc"


@dataclass(frozen=True)
class Cut:
    """A row of the plan at a date with the lines of its breakdown."""

    row: IndicatorRow
    at: date
    lines: Sequence[BreakdownRow]

    def line(self, told: BreakdownRow, before: Figure | None, group: str) -> AgencyLine:
        """A line of it as the report shows it."""
        return AgencyLine(told.key, told.label, reading(told, self.row, self.at), before, group)


@dataclass(frozen=True)
class Comparison:
    """The breakdowns of ratios by agency, at the cut-off and at the one before, and by kind; by the row's code."""

    bodies: Bodies
    now: Mapping[str, Cut]
    before: Mapping[str, Cut]
    kinds: Mapping[str, Cut]

    @cached_property
    def lines(self) -> Mapping[str, list[AgencyLine]]:
        """The agencies of each row, kind by kind, best first in each."""
        return {code: self._ranked(code) for code in self.now}

    @cached_property
    def ranking(self) -> tuple[RankedGroup, ...]:
        """The agencies of each kind by the targets they meet; units report through their agency and have no place."""
        columns = tuple(code for code, lines in self.lines.items() if len(lines) > 1)
        figures = [{line.code: line.figure for line in self.lines[code]} for code in columns]
        kinds: dict[str, list[Ranked]] = {kind: [] for kind in AGENCY_KINDS if kind != UNIT}
        for body in self.bodies.by_code.values():
            own = [told.get(body.code) for told in figures]
            if body.kind in kinds and any(own):
                kinds[body.kind].append(standing_of(body.code, body.name, own))
        return tuple(
            RankedGroup(KIND_LABELS[kind][0], columns, tuple(ranked_agencies(agencies)))
            for kind, agencies in kinds.items()
            if agencies
        )

    def by_agency(self, targets: Iterable[Target]) -> tuple[Breakdown, ...]:
        """The City's tables: each measured ratio by agency, and by kind of agency."""
        return tuple(
            Breakdown(
                target,
                tuple(self.lines[target.code]),
                tuple(self.kinds[target.code].line(line, None, "") for line in self.kinds[target.code].lines),
                target.figure,
            )
            for target in targets
            if self.lines.get(target.code)
        )

    def by_unit(self, targets: Iterable[Target], agency: Body) -> tuple[Breakdown, ...]:
        """The tables of an agency that has units: its own line, its units best first, and their sum."""
        within = self.bodies.subtree(agency)
        found = []
        for target in targets:
            lines = [
                line
                for line in self.lines.get(target.code, ())
                if self.bodies.by_code[line.code].id in within
            ]
            own = [replace(line, group=OWN, rank=None) for line in lines if line.code == agency.code]
            units = [replace(line, group=UNITS) for line in lines if line.code != agency.code]
            if units:
                cut, together = self.now[target.code], (*own, *ranked_lines(units))
                found.append(Breakdown(target, together, (), total_of(together, cut.row, cut.at)))
        return tuple(found)

    def place(self, agency: Body) -> Rank | None:
        """An agency's place among its kind, over all targets."""
        groups = (one for group in self.ranking for one in group.agencies)
        return next((one.rank for one in groups if one.code == agency.code), None)

    def place_in(self, agency: Body, code: str) -> Rank | None:
        """An agency's place among its kind in one target; none where it is the only one of its kind."""
        ranks = (line.rank for line in self.lines.get(code, ()) if line.code == agency.code)
        found = next(ranks, None)
        return found if found and found.of > 1 else None

    def kind_of(self, agency: Body) -> str:
        """The name of the kind of agency that an agency is of."""
        return KIND_LABELS[agency.kind][0]

    def _ranked(self, code: str) -> list[AgencyLine]:
        earlier = self.before.get(code)
        before = (
            {line.key: reading(line, earlier.row, earlier.at) for line in earlier.lines} if earlier else {}
        )
        cut = self.now[code]
        kinds: dict[str, list[AgencyLine]] = {kind: [] for kind in AGENCY_KINDS}
        for told in cut.lines:
            body = self.bodies.by_code[told.key]
            group = KIND_LABELS[body.kind][0]
            kinds[body.kind].append(replace(cut.line(told, before.get(told.key), group), name=body.name))
        return [line for lines in kinds.values() for line in ranked_lines(lines)]


def compare(
    session: Session,
    actor: Actor,
    bodies: Bodies,
    now: Sequence[tuple[date, IndicatorRow]],
    before: Sequence[tuple[date, IndicatorRow]],
    frozen: Mapping[date, Mapping[By, Mapping[str, Sequence[BreakdownRow]]]],
) -> Comparison:
    """The comparison of these rows at a cut-off and at the one before; two statements at most.

    Lines that were frozen with a closed period are not counted again.
    """

    def lines(asked: Sequence[tuple[date, IndicatorRow]], by: By) -> list[Sequence[BreakdownRow]]:
        open_ones = [one for one in asked if one[0] not in frozen]
        counted = iter(breakdowns(session, actor, open_ones, by))
        return [
            frozen[at].get(by, {}).get(row.code, ()) if at in frozen else next(counted) for at, row in asked
        ]

    by_agency = lines([*now, *before], By.AGENCY)
    by_kind = lines(now, By.KIND)
    cuts = [Cut(row, at, lines) for (at, row), lines in zip([*now, *before], by_agency, strict=True)]
    return Comparison(
        bodies,
        {cut.row.code: cut for cut in cuts[: len(now)]},
        {cut.row.code: cut for cut in cuts[len(now) :]},
        {row.code: Cut(row, at, lines) for (at, row), lines in zip(now, by_kind, strict=True)},
    )
