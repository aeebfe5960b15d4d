"""How many statements an operation costs, read off the wire: one for each field read, one for who asks."""

from __future__ import annotations

import pytest

from tests.contract.conftest import ARCHIVE, ELSEWHERE, HERE, OPERATIONS, Hub
from tests.contract.test_records import REFUSED, variables

COMPILED = [name for name in OPERATIONS if name not in ("CityScorecard", "IndicatorByAgency")]
FIGURES = """query($codes: [String!], $agency: String, $as_of: Date!) {
  indicators(asOf: $as_of, codes: $codes, agencyCode: $agency) { id indicator { code } numerator denominator percent
    side { code numerator } } }"""
WALKED = """query($codes: [String!], $agency: String, $many: Int!) {
  indicators(asOf: "2025-06-30", codes: $codes, agencyCode: $agency) {
    breakdown(by: AGENCY, first: $many) { nodes { agency { code name } numerator } }
    shortfall(first: $many) { totalCount hiddenCount edges { node { id ... on Item { subject } } } } } }"""


@pytest.mark.parametrize("name", COMPILED)
def test_a_read_is_one_statement_and_one_for_the_caller(hub: Hub, name: str) -> None:
    given = variables(hub.city)[name]
    assert hub.statements(name, "officer", **given) == 2
    if name not in REFUSED:
        assert hub.statements(name, "anyone", **given) == 1


def test_each_root_field_is_one_statement_more(hub: Hub) -> None:
    query = """{ files(first: 3) { totalCount nodes { agency { fondsList(first: 2) { nodes { title } } } } }
      items(first: 2) { facets { field } nodes { file { items(first: 2) { totalCount } } } }
      search(text: "a") { totalCount } viewer { user { name } } agencies(first: 2) { nodes { code } } }"""
    assert hub.statements(query, "officer") == 1 + 5


@pytest.mark.parametrize(
    "codes", [None, ["II.1.a"], ["II.1.a", "II.2.b"], ["1.1", "4.4", "II.2.b", "II.1.d"]]
)
@pytest.mark.parametrize("agency", [None, HERE])
def test_figures_are_at_most_four_statements(hub: Hub, codes: list[str] | None, agency: str | None) -> None:
    for role, caller in (("anyone", 0), ("officer", 1)):
        said = hub.statements(FIGURES, role, codes=codes, agency=agency, as_of="2025-06-30")
        # The public is told no small count of an agency, and the lines of all others show which those are.
        assert said - caller <= 4 + (role == "anyone" and agency is not None)


def test_what_hangs_on_a_figure_costs_the_same_however_much_it_is(hub: Hub) -> None:
    for role in ("officer", "supervisor"):
        for code, agency in (("II.1.a", None), ("II.1.a", ELSEWHERE), ("II.2.b", None), ("II.2.b", ARCHIVE)):
            few, many = (
                hub.statements(WALKED, role, codes=[code], agency=agency, many=size) for size in (10, 90)
            )
            assert few == many
            # who asks, the figure, the two lists, and the records of each; and what is small for whom it is withheld
            assert few <= 1 + 4 + 4 + (role == "officer" and agency is not None)
