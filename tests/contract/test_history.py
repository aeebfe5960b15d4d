"""A figure through time, from outside: each point is the figure of its day, whole for everybody, counted together."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hub.kit.ids import encode
from tests.contract.conftest import HERE, Hub
from tests.contract.test_figures_again import published

POINT = "asOf numerator denominator excluded missing percent percentLow coverage result"
HISTORY = f"""query($asOf: Date!, $agency: String, $codes: [String!], $from: Date, $to: Date, $grain: HistoryGrain!) {{
  indicators(asOf: $asOf, agencyCode: $agency, codes: $codes) {{ indicator {{ code }}
    history(from: $from, to: $to, grain: $grain) {{ {POINT} }} }} }}"""
FIGURE = f"""query($asOf: Date!, $agency: String, $codes: [String!]) {{
  indicators(asOf: $asOf, agencyCode: $agency, codes: $codes) {{ {POINT} }} }}"""
BOTH = ["II.1.a", "II.2.b"]


@pytest.mark.parametrize("role", ["supervisor", "officer", "leader"])
@pytest.mark.parametrize("agency", [None, HERE])
def test_each_point_is_the_figure_of_its_day(hub: Hub, role: str, agency: str | None) -> None:
    asked = {"asOf": "2025-06-30", "agency": agency, "codes": BOTH, "from": "2023-01-01", "grain": "PERIOD"}
    values = hub.ask(HISTORY, role, **asked).data["indicators"]
    days = ["2023-06-30", "2023-12-31", "2024-06-30", "2024-12-31", "2025-06-30"]
    assert [value["indicator"]["code"] for value in values] == BOTH
    for place, day in enumerate(days):
        figures = hub.ask(FIGURE, role, asOf=day, agency=agency, codes=BOTH).data["indicators"]
        assert [value["history"][place] for value in values] == figures
    assert [point["asOf"] for point in values[0]["history"]] == days


def test_months_end_at_the_figures_own_day(hub: Hub) -> None:
    asked = {"asOf": "2024-03-30", "codes": ["II.1.a"], "grain": "MONTH"}
    [value] = hub.ask(HISTORY, "officer", **asked).data["indicators"]
    days = [point["asOf"] for point in value["history"]]
    assert (days[0], days[-1], len(days)) == ("2019-03-31", "2024-02-29", 60)


def test_statements_do_not_grow_with_indicators_or_points(hub: Hub) -> None:
    few, many = (
        hub.statements(HISTORY, "officer", asOf="2025-06-30", codes=codes, grain="PERIOD", **{"from": first})
        for codes, first in ((["II.1.a"], "2025-01-01"), (BOTH, "2021-01-01"))
    )
    assert few == many


def test_a_history_of_a_published_figure_is_counted_as_known_now(hub: Hub) -> None:
    query = f"query($id: ID!) {{ snapshotIndicators(reportId: $id) {{ percent history(from: $from) {{ {POINT} }} }} }}"
    with published(hub.city, frozen=True) as (key, _):
        told = hub.ask(
            query.replace("$from", '"2025-06-01"'), "officer", id=encode("PublishedReport", key)
        ).data["snapshotIndicators"]
    [now] = hub.ask(FIGURE, "officer", asOf="2025-06-30", codes=["II.1.a"]).data["indicators"]
    assert (told[0]["percent"], told[0]["history"]) == ("25.00", [now])


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"from": "2025-07-01", "to": "2025-06-30"}, "BAD_REQUEST"),
        ({"from": "2010-01-01"}, "BAD_REQUEST"),
        ({"to": "2025-07-01"}, "BAD_REQUEST"),
    ],
)
def test_what_no_history_can_be(hub: Hub, asked: dict[str, Any], code: str) -> None:
    for grain in ("MONTH", "PERIOD"):
        answer = hub.ask(HISTORY, "officer", asOf="2025-06-30", codes=["II.1.a"], grain=grain, **asked)
        assert answer.code == code
        assert answer.error["message"] != answer.error.get("code")


def test_points_weigh(hub: Hub) -> None:
    """The public sees five years of periods of all targets; months of all targets are for who signed in."""
    asked = {"asOf": "2025-06-30", "from": "2020-06-30", "to": "2025-06-30"}
    assert hub.ask(HISTORY, grain="PERIOD", **asked).data
    assert hub.ask(HISTORY, grain="MONTH", **asked).code == "COST_EXCEEDED"
    assert hub.ask(HISTORY, "officer", grain="MONTH", **asked).data
    assert hub.ask(
        HISTORY, grain="PERIOD", **asked
    ).data  # the words of the variables decide, not the text alone
    literal = HISTORY.partition("{")[2].replace("$asOf", '"2025-06-30"').replace("$agency", "null")
    for name, value in (("$codes", json.dumps(BOTH)), ("$from", '"2020-01-01"'), ("$to", '"2025-06-30"')):
        literal = literal.replace(name, value)
    assert hub.ask("{" + literal.replace("$grain", "PERIOD")).data
    assert hub.ask("{" + literal.replace("$grain", "MONTH")).code == "COST_EXCEEDED"
