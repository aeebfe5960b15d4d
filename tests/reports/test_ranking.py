"""Places: equal shares share one, who cannot be judged has none, and silence pays nothing."""

from fractions import Fraction

from reports.model import AgencyLine, Figure, Rank, Standing
from reports.ranking import ranked_agencies, ranked_lines, ranks, standing_of
from tests.reports.samples import UNKNOWN, figure

NO_CASE = Figure(0, 0, None, Standing.NOT_APPLICABLE)


def _line(code: str, shown: Figure) -> AgencyLine:
    return AgencyLine(code, code, shown)


def test_equal_shares_share_a_place_and_the_next_one_is_counted_from_those_before() -> None:
    half = Fraction(1, 2)
    assert ranks([half, Fraction(3, 4), Fraction(2, 4), None, Fraction(1, 4)]) == [
        Rank(2, 4, 1), Rank(1, 4, 0), Rank(2, 4, 1), None, Rank(4, 4, 0),
    ]  # fmt: skip


def test_shares_are_compared_as_fractions_and_not_as_they_are_printed() -> None:
    """79,996 % and 79,99 % are both printed 79,99 %."""
    close = [_line("B", figure(7999, 10000)), _line("A", figure(19999, 25000))]
    assert close[0].figure.percent == close[1].figure.percent
    assert [(line.code, line.rank.place) for line in ranked_lines(close) if line.rank] == [("A", 1), ("B", 2)]


def test_agencies_without_a_case_or_without_data_stand_last_and_have_no_place() -> None:
    lines = ranked_lines(
        [_line("N", NO_CASE), _line("U", UNKNOWN), _line("L", figure(1, 10)), _line("H", figure(9, 10))]
    )
    assert [(line.code, line.rank) for line in lines] == [
        ("H", Rank(1, 2)), ("L", Rank(2, 2)), ("N", None), ("U", None),
    ]  # fmt: skip


def test_a_target_without_data_is_not_met_and_one_without_cases_does_not_count() -> None:
    best = standing_of("A", "A", [figure(9, 10), NO_CASE, None])
    silent = standing_of("B", "B", [figure(9, 10), UNKNOWN, None])
    nothing = standing_of("C", "C", [NO_CASE, None, None])
    assert [(one.met, one.counted) for one in (best, silent, nothing)] == [(1, 1), (1, 2), (0, 0)]
    placed = ranked_agencies([nothing, silent, best])
    assert [(one.code, one.rank) for one in placed] == [("A", Rank(1, 2)), ("B", Rank(2, 2)), ("C", None)]
