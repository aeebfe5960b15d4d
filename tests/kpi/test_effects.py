"""Mix and rate: worked case 10 of the domain facts, agencies that come and go, exact sums whatever the numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from hub.kpi.effects import Effects, Part, apportioned, effects
from hub.kpi.values import AgencyRef

A, B, C = (AgencyRef(number, code, f"Cơ quan {code}") for number, code in enumerate("ABC", 1))
PARTS = some.integers(0, 1_000).flatmap(
    lambda whole: some.builds(Part, some.integers(0, whole), some.just(whole))
)
CITIES = some.dictionaries(
    some.sampled_from([A, B, C, *(AgencyRef(n, f"D{n}", "") for n in range(4, 9))]), PARTS
)


def told(before: dict[AgencyRef, Part], after: dict[AgencyRef, Part]) -> Effects:
    found = effects(before, after)
    assert found is not None
    return found


def test_both_agencies_rise_and_the_city_falls_by_mix() -> None:
    """Domain case 10: June A 600/700, B 198/300; December A 858/1000, B 465/694."""
    found = told({A: Part(600, 700), B: Part(198, 300)}, {A: Part(858, 1000), B: Part(465, 694)})
    assert found.change == Fraction(1323, 1694) - Fraction(798, 1000)
    assert round(float(found.change) * 100, 2) == -1.70
    lines = {line.agency: line for line in found.lines}
    assert all(line.rate > 0 for line in found.lines)
    assert (
        lines[A].rate == (Fraction(858, 1000) - Fraction(6, 7)) * (Fraction(7, 10) + Fraction(1000, 1694)) / 2
    )
    assert found.rate > 0
    assert found.mix < 0
    assert found.rate + found.mix == found.change
    # A, above the mean, lost weight; B, below it, gained it: both lower the whole
    assert lines[A].mix < 0
    assert lines[B].mix < 0


def test_agencies_come_and_go_as_mix() -> None:
    found = told({A: Part(80, 100), B: Part(10, 100)}, {A: Part(80, 100), C: Part(90, 100)})
    lines = {line.agency: line for line in found.lines}
    assert [lines[agency].rate for agency in (A, B, C)] == [0, 0, 0]
    assert found.mix == found.change == Fraction(85, 100) - Fraction(45, 100)
    assert lines[B].mix > 0  # the weak one has gone
    assert lines[C].mix > 0  # the strong one has come
    assert lines[A].mix == 0


def test_nothing_to_count_has_no_effects() -> None:
    assert effects({A: Part(0, 0)}, {A: Part(1, 2)}) is None
    assert effects({}, {A: Part(1, 2)}) is None
    assert effects({A: Part(1, 2)}, {B: Part(0, 0)}) is None
    assert [line.agency for line in told({A: Part(1, 2), B: Part()}, {A: Part(1, 2)}).lines] == [A]


@given(CITIES, CITIES)
def test_effects_sum_to_the_change_and_turn_with_time(
    before: dict[AgencyRef, Part], after: dict[AgencyRef, Part]
) -> None:
    found = effects(before, after)
    wholes = [sum(part.denominator for part in city.values()) for city in (before, after)]
    assert (found is None) == (0 in wholes)
    if found is None:
        return
    numerators = [sum(part.numerator for part in city.values()) for city in (before, after)]
    assert found.change == Fraction(numerators[1], wholes[1]) - Fraction(numerators[0], wholes[0])
    assert sum((line.total for line in found.lines), Fraction(0)) == found.change == found.rate + found.mix
    back = told(after, before)
    assert {line.agency: (-line.rate, -line.mix) for line in back.lines} == {
        line.agency: (line.rate, line.mix) for line in found.lines
    }


@given(
    some.lists(some.fractions(-1, 1, max_denominator=10_000), min_size=1, max_size=9), some.integers(-2, 2)
)
def test_what_is_shown_adds_up(parts: list[Fraction], off: int) -> None:
    """The whole as shown is the difference of two rounded percents, at most a few hundredths off the exact one."""
    exact = sum(parts, Fraction(0)) * 10_000
    whole = Decimal(round(exact) + off) / 100
    shown = apportioned(parts, whole)
    assert sum(shown) == whole
    for part, points in zip(parts, shown, strict=True):
        assert abs(Fraction(points) - part * 100) < Fraction(4, 100)
    assert apportioned([], Decimal(0)) == []
