"""What part of a percent's change is performance and what part is mix, by agency; pure and exact.

A percent is Σ weight x rate over the agencies: weight = its denominator / all denominators, rate = its numerator /
its denominator. Between two dates, with P̄ the mean of the two percents and each agency's middle values,

    rate effect    (rate₁ - rate₀) x (weight₀ + weight₁) / 2            it does better or worse
    mix effect     (weight₁ - weight₀) x ((rate₀ + rate₁) / 2 - P̄)      its share of the whole grows or shrinks

Both dates count alike (Marshall-Edgeworth midpoints), so that there is no interaction left over and going back
turns every sign: all effects together are exactly the change. An agency that gains weight with a rate below the mean
lowers the percent; the sum does not depend on P̄, since the weights' changes sum to 0. One that comes or goes has one
rate only, which stands for both: it changes the mix, not the performance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hub.kpi.values import AgencyRef

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Part:
    """An agency's numerator and denominator at a date."""

    numerator: int = 0
    denominator: int = 0

    @property
    def rate(self) -> Fraction | None:
        """None where there is nothing to count."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    def weight(self, whole: int) -> Fraction:
        """Its share of all denominators."""
        return Fraction(self.denominator, whole)


@dataclass(frozen=True)
class AgencyEffect:
    """What an agency did to the percent, in shares of 1 (0.01 is one percentage point)."""

    agency: AgencyRef
    before: Part
    after: Part
    weights: tuple[Fraction, Fraction]
    rate: Fraction
    mix: Fraction

    @property
    def total(self) -> Fraction:
        """Both effects together."""
        return self.rate + self.mix


@dataclass(frozen=True)
class Effects:
    """All agencies' effects, the strongest first; `change` is their exact sum."""

    change: Fraction
    rate: Fraction
    mix: Fraction
    lines: tuple[AgencyEffect, ...]


def effects(before: Mapping[AgencyRef, Part], after: Mapping[AgencyRef, Part]) -> Effects | None:
    """The effects between two dates; None where one of them has nothing to count."""
    whole0 = sum(part.denominator for part in before.values())
    whole1 = sum(part.denominator for part in after.values())
    if not whole0 or not whole1:
        return None
    percent0 = Fraction(sum(part.numerator for part in before.values()), whole0)
    percent1 = Fraction(sum(part.numerator for part in after.values()), whole1)
    middle = (percent0 + percent1) / 2
    lines = []
    for agency in dict.fromkeys((*before, *after)):
        old, new = before.get(agency, Part()), after.get(agency, Part())
        weights = old.weight(whole0), new.weight(whole1)
        rates = [rate for rate in (old.rate, new.rate) if rate is not None]
        if not rates:
            continue
        first, last = rates[0], rates[-1]
        lines.append(
            AgencyEffect(
                agency,
                old,
                new,
                weights,
                rate=(last - first) * (weights[0] + weights[1]) / 2,
                mix=(weights[1] - weights[0]) * ((first + last) / 2 - middle),
            )
        )
    lines.sort(key=lambda line: (-abs(line.total), line.agency.code))
    return Effects(
        percent1 - percent0,
        sum((line.rate for line in lines), Fraction(0)),
        sum((line.mix for line in lines), Fraction(0)),
        tuple(lines),
    )


def apportioned(parts: Sequence[Fraction], whole: Decimal) -> list[Decimal]:
    """The parts (shares of 1) in percentage points of two places that sum to `whole`, by the largest remainders.

    Who adds up what is shown gets what is shown; no part is off by more than the sum's own rounding needs.
    """
    if not parts:
        return []
    cents = [part * 10_000 for part in parts]
    shown = [cent.numerator // cent.denominator for cent in cents]
    left = int(whole / CENT) - sum(shown)
    each, extra = divmod(left, len(parts))
    order = sorted(range(len(parts)), key=lambda place: shown[place] - cents[place])
    for rank, place in enumerate(order):
        shown[place] += each + (rank < extra)
    return [number * CENT for number in shown]
