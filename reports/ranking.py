"""Places among agencies of one kind: equal shares share a place, and who has no case has none.

Shares are compared as fractions, never as printed percentages (domain rule R4).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

from hub.kpi import rules
from reports.model import AgencyLine, Breakdown, Figure, Rank, Ranked, RankedGroup, Standing
from reports.model.figures import lacking

_JUDGED = (Standing.MET, Standing.IN_PROGRESS, Standing.OVERDUE, Standing.NO_TARGET)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cost:
    """The percentage points that an agency takes off the whole, over the targets it keeps down."""

    code: str
    name: str
    points: Fraction
    targets: tuple[str, ...]


def ranked_lines(lines: Sequence[AgencyLine]) -> list[AgencyLine]:
    """Agencies of one kind by their share, best first; those that cannot be judged last, in the order given."""
    places = ranks([_share(line.figure) for line in lines])
    placed = [replace(line, rank=rank) for line, rank in zip(lines, places, strict=True)]
    return _best_first(placed, [line.rank for line in placed])


def ranked_agencies(agencies: Sequence[Ranked]) -> list[Ranked]:
    """Agencies of one kind by how many of the targets that concern them are met, best first."""
    places = ranks([Fraction(one.met, one.counted) if one.counted else None for one in agencies])
    placed = [replace(one, rank=rank) for one, rank in zip(agencies, places, strict=True)]
    return _best_first(placed, [one.rank for one in placed])


def standing_of(code: str, name: str, figures: Sequence[Figure | None]) -> Ranked:
    """An agency with what it has met of what concerns it; missing data is not met, so that silence pays nothing."""
    concerned = [figure for figure in figures if figure and figure.standing is not Standing.NOT_APPLICABLE]
    met = sum(figure.standing is Standing.MET for figure in concerned)
    return Ranked(code, name, met, len(concerned), None, tuple(figures))


def costs(breakdowns: Sequence[Breakdown], known: Collection[str]) -> list[Cost]:
    """What each of the `known` agencies takes off the whole by lacking units to the target, dearest first.

    A small agency at 10 % may cost less than a large one at 79 %.
    """
    found: dict[str, Cost] = {}
    for breakdown in breakdowns:
        target, whole = breakdown.target, breakdown.target.figure.denominator
        if not target.figure.standing.is_short_of_target or not whole:
            continue
        for line in breakdown.agencies:
            lack = lacking(line.figure, target.goal)
            if line.code in known and lack:
                before = found.get(line.code, Cost(line.code, line.name, Fraction(0), ()))
                found[line.code] = replace(
                    before,
                    points=before.points + rules.cost(lack, whole),
                    targets=(*before.targets, target.code),
                )
    return sorted(found.values(), key=lambda cost: (-cost.points, cost.code))


def leaders(ranking: Sequence[RankedGroup]) -> list[Ranked]:
    """The agencies that meet the largest part of what concerns them, of any kind; of equals, those with more."""
    told = [one for group in ranking for one in group.agencies if one.met]
    return sorted(told, key=lambda one: (-Fraction(one.met, one.counted), -one.counted, one.code))


def ranks(shares: Sequence[Fraction | None]) -> list[Rank | None]:
    """The place of each share, largest first (1, 2, 2, 4); None has no place."""
    known = [share for share in shares if share is not None]
    return [
        None
        if share is None
        else Rank(1 + sum(other > share for other in known), len(known), known.count(share) - 1)
        for share in shares
    ]


def _share(figure: Figure) -> Fraction | None:
    if figure.standing not in _JUDGED or figure.numerator is None or not figure.denominator:
        return None
    return Fraction(figure.numerator, figure.denominator)


def _best_first(placed: Sequence[T], places: Sequence[Rank | None]) -> list[T]:
    order = sorted(range(len(placed)), key=lambda at: rank.place if (rank := places[at]) else len(placed) + 1)
    return [placed[at] for at in order]
