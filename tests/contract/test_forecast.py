"""Forecasts from outside: for ratios only, the same for everybody, told in the caller's language."""

from __future__ import annotations

import pytest

from tests.contract.conftest import HERE, Hub

FORECAST = """query($asOf: Date!, $agency: String, $codes: [String!]) {
  indicators(asOf: $asOf, agencyCode: $agency, codes: $codes) { indicator { code kind dueOn } numerator percent
    forecast { outlook basis { asOf numerator denominator percent } numeratorPace denominatorPace neededPace
      expectedPercent metOn conclusion assumption } } }"""


@pytest.mark.parametrize("agency", [None, HERE])
def test_ratios_are_forecast_for_everybody_alike(hub: Hub, agency: str | None) -> None:
    told = [
        hub.ask(FORECAST, role, "vi", asOf="2025-06-30", agency=agency).data["indicators"]
        for role in ("officer", "leader", "anyone")
    ]
    assert told[0] == told[1]
    if agency is None:
        assert told[2] == told[0]
    else:  # a forecast looks at many days; small cells of each would have to be looked for (hub/kpi/small.py)
        guarded = [value for value in told[2] if value["indicator"]["code"] in ("II.1.a", "II.2.b")]
        assert [value["forecast"] for value in guarded] == [None, None]
    for value in told[0]:
        forecast = value["forecast"]
        assert (forecast is not None) == (value["indicator"]["kind"] == "RATIO")
        if value["indicator"]["code"] == "II.1.a":
            assert forecast["basis"][-1]["asOf"] == "2025-06-30"
            assert forecast["basis"][-1]["percent"] == value["percent"]
            assert len(forecast["basis"]) == 5
            assert forecast["outlook"] != "UNKNOWN"
            assert "31/12/2025" in forecast["conclusion"]
            assert forecast["assumption"].startswith("Giả định: ")


def test_the_basis_is_the_history(hub: Hub) -> None:
    query = """{ indicators(asOf: "2025-06-30", codes: ["II.2.b"]) { forecast { basis { asOf numerator } }
      history(from: "2023-06-30", grain: PERIOD) { asOf numerator denominator } } }"""
    [value] = hub.ask(query).data["indicators"]
    expected = [
        {"asOf": point["asOf"], "numerator": point["numerator"]}
        for point in value["history"]
        if point["denominator"]
    ]
    assert value["forecast"]["basis"] == expected


def test_statements_do_not_grow_with_indicators_and_words_follow_the_language(hub: Hub) -> None:
    few, many = (
        hub.statements(FORECAST, "officer", asOf="2025-06-30", codes=codes) for codes in (["II.1.a"], None)
    )
    assert few == many
    vi, en = (
        hub.ask(FORECAST, "anyone", language, asOf="2025-06-30", codes=["II.1.a"]).data["indicators"][0][
            "forecast"
        ]
        for language in ("vi", "en")
    )
    assert en["assumption"].startswith("Assumption: ")
    assert vi["conclusion"] != en["conclusion"]
    assert vi["expectedPercent"] == en["expectedPercent"]
