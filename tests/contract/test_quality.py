"""Data quality from outside: whole counts for everybody, records under permission, constant statements."""

from __future__ import annotations

import base64
from collections import Counter
from typing import Any

import pytest

from tests.contract.conftest import HERE, READING, SIGHTS, Hub

BOTH = ["II.1.a", "II.2.b"]
COUNTS = "records lacks { lack message records units }"
QUALITY = f"""query($agency: String, $codes: [String!]) {{ dataQuality(asOf: "2025-06-30", agencyCode: $agency,
  codes: $codes) {{ asOf agency {{ code }} {COUNTS}
    indicators {{ value {{ indicator {{ code }} missing coverage estimated numerator }} {COUNTS} }}
    agencies(first: 100) {{ totalCount nodes {{ agency {{ code }} {COUNTS} }} }} }} }}"""
MEND = """query($agency: String, $codes: [String!], $lacks: [RecordLack!], $first: Int!, $after: String) {
  dataQuality(asOf: "2025-06-30", agencyCode: $agency, codes: $codes) {
    toMend(lacks: $lacks, first: $first, after: $after) { totalCount hiddenCount pageInfo { hasNextPage endCursor }
    edges { lacks messages codes weight node { __typename id } } nodes { id } } } }"""
KINDS = {"ArchivalFile": "file", "Item": "item", "Fonds": "fonds"}


def key_of(node: dict[str, Any]) -> tuple[str, int]:
    return KINDS[node["__typename"]], int(base64.b64decode(node["id"]).decode().partition(":")[2])


def test_counts_are_whole_for_everybody(hub: Hub) -> None:
    told = {
        role: hub.ask(QUALITY, role, codes=BOTH).data["dataQuality"]
        for role in ("supervisor", "finance", "leader")
    }
    whole = told["leader"]
    assert whole == told["supervisor"] == told["finance"]
    assert whole["records"] > 0
    assert [one["value"]["indicator"]["code"] for one in whole["indicators"]] == BOTH
    figures = hub.ask(
        'query($codes: [String!]) { indicators(asOf: "2025-06-30", codes: $codes) { missing coverage numerator } }',
        codes=BOTH,
    ).data["indicators"]
    for one, figure in zip(whole["indicators"], figures, strict=True):
        assert {name: one["value"][name] for name in figure} == figure
    assert sum(one["units"] for one in whole["indicators"][0]["lacks"]) == figures[0]["missing"] > 0
    lines = whole["agencies"]["nodes"]
    assert whole["agencies"]["totalCount"] == len(lines)
    by_lack: Counter[str] = Counter()
    for line in lines:
        by_lack.update({one["lack"]: one["records"] for one in line["lacks"]})
    assert by_lack == {one["lack"]: one["records"] for one in whole["lacks"]}
    assert [line["records"] for line in lines] == sorted((line["records"] for line in lines), reverse=True)


def test_one_agencys_part_is_its_line(hub: Hub) -> None:
    lines = hub.ask(QUALITY, "leader", codes=BOTH).data["dataQuality"]["agencies"]["nodes"]
    for line in lines[:3]:
        own = hub.ask(QUALITY, "leader", codes=BOTH, agency=line["agency"]["code"]).data["dataQuality"]
        assert (own["agency"], own["records"]) == (line["agency"], line["records"])
        assert sorted(one["lack"] for one in own["lacks"]) == sorted(one["lack"] for one in line["lacks"])
    assert hub.ask(QUALITY, "officer", codes=BOTH, agency=HERE).data["dataQuality"]["agency"] == {
        "code": HERE
    }


@pytest.mark.parametrize("role", SIGHTS)
def test_the_records_are_those_the_caller_may_see(hub: Hub, role: str) -> None:
    if role not in READING:
        assert hub.ask(MEND, role, codes=BOTH, first=1).code == "NOT_PERMITTED"
        return
    records = hub.ask(QUALITY, "leader", codes=BOTH).data["dataQuality"]["records"]
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = hub.ask(MEND, role, codes=BOTH, first=100, after=after).data["dataQuality"]["toMend"]
        found += page["edges"]
        assert page["nodes"] == [{"id": edge["node"]["id"]} for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert page["totalCount"] == len(found)
    assert page["totalCount"] + page["hiddenCount"] == records
    keys = [key_of(edge["node"]) for edge in found]
    assert len(set(keys)) == len(keys)
    assert all(hub.city.sees(role, *key) for key in keys)
    assert all(edge["lacks"] and edge["messages"] and edge["codes"] for edge in found)
    if role == "supervisor":
        origins = hub.ask(MEND, role, codes=BOTH, lacks=["ORIGIN"], first=1).data["dataQuality"]["toMend"]
        assert origins["totalCount"] == sum("ORIGIN" in edge["lacks"] for edge in found) > 0


def test_statements_are_constant(hub: Hub) -> None:
    few, many = (hub.statements(QUALITY, "supervisor", codes=codes) for codes in (["II.1.a"], None))
    assert many == few
    one, whole = (hub.statements(MEND, "supervisor", codes=BOTH, first=first) for first in (5, 100))
    assert one == whole


def test_words_follow_the_callers_language(hub: Hub) -> None:
    query = '{ dataQuality(asOf: "2025-06-30") { lacks { lack message } } }'
    vietnamese, english = (
        hub.ask(query, "leader", language).data["dataQuality"]["lacks"] for language in ("vi", "en")
    )
    assert [one["lack"] for one in vietnamese] == [one["lack"] for one in english]
    assert all(a["message"] != b["message"] for a, b in zip(vietnamese, english, strict=True))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ dataQuality(asOf: "2025-07-01") { records } }', "BAD_REQUEST"),
        ('{ dataQuality(asOf: "2025-06-30", agencyCode: "NIX") { records } }', "NOT_FOUND"),
        ('{ dataQuality(asOf: "2025-06-30", codes: ["IX"]) { records } }', "NOT_FOUND"),
        ('{ dataQuality(asOf: "2025-06-30") { toMend(first: -1) { totalCount } } }', "BAD_REQUEST"),
        ('{ dataQuality(asOf: "2025-06-30") { toMend(after: "x") { totalCount } } }', "BAD_REQUEST"),
    ],
)
def test_what_cannot_be_answered_says_why(hub: Hub, query: str, code: str) -> None:
    assert hub.ask(query, "supervisor").code == code
