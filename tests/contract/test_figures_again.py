"""Figures read again: by their ids, as a report froze them, and the records behind them without edges."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import Session, create_engine

from hub.kit.db import sqlalchemy_url
from hub.kit.ids import decode, encode
from hub.kpi.frozen import freeze
from hub.kpi.scorecard import scorecard
from tests.contract.conftest import HERE, City, Hub
from tests.contract.test_indicators import AS_OF

TOLD = """__typename id asOf numerator denominator percent result statusText indicator { code } agency { code }
  side { code percent }"""
SCORECARD = f"""query($asOf: Date!, $agency: String) {{ indicators(asOf: $asOf, agencyCode: $agency) {{ {TOLD} }} }}"""
NODE = f"query($id: ID!) {{ node(id: $id) {{ id ... on IndicatorValue {{ {TOLD} }} }} }}"
NODES = f"""query($ids: [ID!]!) {{ nodes(ids: $ids) {{ __typename id
  ... on IndicatorValue {{ {TOLD} }} ... on Agency {{ code }} ... on Item {{ subject }} }} }}"""


@pytest.mark.parametrize("role", ["anyone", "officer"])
@pytest.mark.parametrize("agency", [None, HERE])
def test_a_figure_is_read_again_by_its_id(hub: Hub, role: str, agency: str | None) -> None:
    figures = hub.ask(SCORECARD, role, asOf="2024-12-31", agency=agency).data["indicators"]
    assert len(figures) == 8
    for figure in (figures[0], figures[5]):
        assert hub.ask(NODE, role, id=figure["id"]).data == {"node": figure}
    # a literal id, and beside a read that is compiled
    text = f'{{ a: node(id: "{figures[0]["id"]}") {{ id }} agencies(first: 1) {{ totalCount }} __typename }}'
    told = hub.ask(text, role).data
    assert (told["a"], told["__typename"]) == ({"id": figures[0]["id"]}, "Query")
    assert list(told) == ["a", "agencies", "__typename"]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2024-12-31", "Phòng Tài nguyên và Môi trường quận Tây Hồ"),
        ("2025-06-30", "Phòng Nông nghiệp và Môi trường quận Tây Hồ"),
    ],
)
def test_a_figure_calls_its_agency_as_it_was_called_then(hub: Hub, day: str, name: str) -> None:
    query = """query($asOf: Date!) { indicators(asOf: $asOf, agencyCode: "PTNMT-TAYHO", codes: ["II.1.a"]) {
      agencyName agency { name } breakdown { nodes { label agency { name } } } } }"""
    [figure] = hub.ask(query, asOf=day).data["indicators"]
    today = {"name": "Phòng Nông nghiệp và Môi trường quận Tây Hồ"}
    assert figure == {
        "agencyName": name,
        "agency": today,
        "breakdown": {"nodes": [{"label": name, "agency": today}]},
    }


def test_figures_and_records_are_read_together_in_the_order_asked(hub: Hub) -> None:
    figures = hub.ask(SCORECARD, "officer", asOf="2025-06-30").data["indicators"]
    item = next(key for key in hub.city.rows("item") if hub.city.sees("officer", "item", key))
    hidden = next(key for key in hub.city.rows("item") if not hub.city.sees("officer", "item", key))
    agency = hub.city.agency(HERE).id
    ids = [
        figures[5]["id"], encode("Item", item), figures[0]["id"], encode("Item", hidden), encode("Agency", agency),
        figures[5]["id"],
    ]  # fmt: skip
    found = hub.ask(NODES, "officer", ids=ids).data["nodes"]
    assert found[0] == found[5] == figures[5]
    assert (found[1]["id"], found[2], found[3]) == (encode("Item", item), figures[0], None)
    assert found[4] == {"__typename": "Agency", "id": encode("Agency", agency), "code": HERE}


def test_a_figure_that_is_not_there_is_null(hub: Hub) -> None:
    [figure] = hub.ask('{ indicators(asOf: "2025-06-30", codes: ["II.1.a"]) { id } }').data["indicators"]
    kind, key = decode(figure["id"])
    plan = key.partition("|")[0]
    for name in (
        "1/XX|II.1.a||2025-06-30",
        f"{plan}|nothing||2025-06-30",
        f"{plan}|II.1.a|999999999|2025-06-30",
        f"{plan}|II.1.a||2025-07-01",
        f"{plan}|II.1.a||30/6/2025",
        f"{plan}|II.1.a|x|2025-06-30",
        "@999999999|II.1.a",
        "@x|II.1.a",
        "@",
        "nonsense",
    ):
        assert hub.ask(NODE, id=encode(kind, name)).data == {"node": None}, name
        assert hub.ask(NODES, ids=[encode(kind, name), figure["id"]]).data["nodes"][0] is None, name
    assert hub.ask(NODES, ids=[figure["id"], "nonsense"]).code == "BAD_REQUEST"
    assert hub.ask(NODES, ids=[figure["id"], encode("Nothing", 1)]).code == "BAD_REQUEST"


LINE = "__typename id label year numerator denominator percent result agency { code }"


def test_a_line_of_a_breakdown_is_read_again_by_its_id(hub: Hub) -> None:
    lines: list[dict[str, Any]] = []
    for by in ("AGENCY", "PARENT", "KIND", "YEAR"):
        query = f"""{{ indicators(asOf: "2024-12-31", codes: ["II.1.a", "II.2.b"]) {{
          breakdown(by: {by}, first: 100) {{ nodes {{ {LINE} }} }} }} }}"""
        for value in hub.ask(query, "officer").data["indicators"]:
            lines += value["breakdown"]["nodes"]
    # a district is a line of its own and of its parent's cut: two lines, with two ids
    assert len({line["id"] for line in lines}) == len(lines) > 50
    asked = lines[::7]
    text = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on IndicatorBreakdown {{ {LINE} }} }} }}"
    assert hub.ask(text, "officer", ids=[line["id"] for line in asked]).data["nodes"] == asked
    kind, key = decode(lines[0]["id"])
    for name in (f"x{key}", key.replace("AGENCY|", "AGENCY|9999"), f"{key}x", "AGENCY|1", "nonsense"):
        assert hub.ask(text, ids=[encode(kind, name)]).data == {"nodes": [None]}, name
    assert hub.ask(text, ids=[line["id"] for line in lines[:8]]).code == "COST_EXCEEDED"


def test_ids_of_records_alone_are_still_one_statement(hub: Hub) -> None:
    item, file = (
        encode(name, next(iter(hub.city.rows(kind))))
        for name, kind in (("Item", "item"), ("ArchivalFile", "file"))
    )
    assert hub.statements("query($id: ID!) { node(id: $id) { id } }", "officer", id=item) == 2
    assert hub.statements("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", "officer", ids=[item, file]) == 2


def test_a_shortfall_has_its_records_without_edges(hub: Hub) -> None:
    query = """{ indicators(asOf: "2025-06-30", codes: ["II.1.a"]) { shortfall(first: 30) { totalCount
      nodes { __typename id ... on Item { subject } ... on ArchivalFile { title } }
      edges { node { __typename id ... on Item { subject } ... on ArchivalFile { title } } } } } }"""
    for role in ("officer", "supervisor"):
        [value] = hub.ask(query, role).data["indicators"]
        shortfall = value["shortfall"]
        assert shortfall["nodes"] == [edge["node"] for edge in shortfall["edges"]]
        assert len(shortfall["nodes"]) == min(30, shortfall["totalCount"])


def test_a_day_that_has_not_come_has_no_figures(hub: Hub) -> None:
    answer = hub.ask(SCORECARD, asOf="2025-07-01")
    assert answer.code == "BAD_REQUEST"
    assert "01/07/2025" in answer.error["message"]
    assert "30/06/2025" in answer.error["message"]
    # before the plan began nothing had to be counted
    assert len(hub.ask(SCORECARD, asOf="2015-01-01").data["indicators"]) == 8


@contextlib.contextmanager
def published(city: City, *, frozen: bool) -> Iterator[tuple[int, str]]:
    """A report of the city, published, another one still a draft, and the figures that it froze."""
    engine = create_engine(sqlalchemy_url(city.dsn))
    with Session(engine) as session:
        figures = freeze("67/KH-UBND", scorecard(session, city.actors["leader"], "67/KH-UBND", AS_OF))
    engine.dispose()
    keys = [
        row.id
        for state in ("PUBLISHED", "DRAFT")
        for row in city.sql(
            "insert into published_report (period_id, agency_id, revision, state) select id, null, 90, %s"
            " from reporting_period where deadline = %s returning id",
            state,
            "2024-12-31" if state == "DRAFT" else "2025-06-30",
        )
    ]
    figures["indicators"][0] |= {"numerator": 1, "denominator": 4, "percent": "25.00"}
    for key in keys if frozen else ():
        city.connection.execute(
            "insert into snapshot (report_id, as_of, formula_version, figures, sha256) values (%s, %s, '1', %s, '')",
            [key, AS_OF, json.dumps(figures)],
        )
    try:
        yield keys[0], encode("PublishedReport", keys[1])
    finally:
        city.connection.execute("delete from snapshot where report_id = any(%s)", [keys])
        city.connection.execute("delete from published_report where id = any(%s)", [keys])


FROZEN = f"query($id: ID!) {{ snapshotIndicators(reportId: $id) {{ {TOLD} }} }}"


def test_the_figures_of_a_report_stay_as_they_were_published(hub: Hub) -> None:
    with published(hub.city, frozen=True) as (key, draft):
        figures: list[dict[str, Any]] = hub.ask(FROZEN, id=encode("PublishedReport", key)).data[
            "snapshotIndicators"
        ]
        counted = hub.ask(SCORECARD, asOf="2025-06-30").data["indicators"]
        assert [figure["indicator"]["code"] for figure in figures] == [
            one["indicator"]["code"] for one in counted
        ]
        assert (figures[0]["numerator"], figures[0]["denominator"], figures[0]["percent"]) == (1, 4, "25.00")
        assert {**figures[5], "id": ""} == {**counted[5], "id": ""}
        assert not {figure["id"] for figure in figures} & {one["id"] for one in counted}
        assert hub.ask(NODE, id=figures[0]["id"]).data == {"node": figures[0]}
        # a draft is for those who write it: for others it is not there, nor are its figures
        assert hub.ask(FROZEN, id=draft).code == "NOT_FOUND"
        seen = hub.ask(FROZEN, "supervisor", id=draft).data["snapshotIndicators"][0]
        assert hub.ask(NODE, id=seen["id"]).data == {"node": None}
        assert hub.ask(NODE, "supervisor", id=seen["id"]).data == {"node": seen}
    assert hub.ask(FROZEN, id=encode("PublishedReport", key)).code == "NOT_FOUND"
    assert hub.ask(FROZEN, id=encode("Item", 1)).code == "BAD_REQUEST"


def test_a_report_without_a_snapshot_has_no_figures(hub: Hub) -> None:
    with published(hub.city, frozen=False) as (key, _):
        assert hub.ask(FROZEN, id=encode("PublishedReport", key)).data == {"snapshotIndicators": []}


def _aliased(number: int, field: str) -> str:
    return "{ " + " ".join(f"a{n}: {field}" for n in range(number)) + " }"


BARE = 'indicators(asOf: "2025-06-30", codes: ["II.1.a"]) { percent }'
CUT = """{ indicators(asOf: "2025-06-30", codes: ["II.1.a"]) { %s } }"""


def test_figures_weigh_as_much_as_they_cost(hub: Hub) -> None:
    assert hub.ask(_aliased(5, BARE)).data
    assert hub.ask(_aliased(6, BARE)).code == "COST_EXCEEDED"
    assert hub.ask(_aliased(20, BARE), "officer").data
    lines = " ".join(f"b{n}: breakdown(first: 1) {{ totalCount }}" for n in range(9))
    assert hub.ask(CUT % lines).code == "COST_EXCEEDED"
    short = "breakdown { nodes { label } } shortfall(first: 20) { edges { node { id } } }"
    assert hub.ask(CUT % short).data  # what a public page shows of one figure
    whole = f'{{ indicators(asOf: "2025-06-30") {{ {short} }} }}'
    assert hub.ask(whole).code == "COST_EXCEEDED"
    assert hub.ask(whole, "staff").data
    # by id they cost the same, written out or as variables, also in a text that was asked before
    figures = hub.ask('{ indicators(asOf: "2025-06-30") { id } }').data["indicators"]
    ids = [figure["id"] for figure in figures]
    few, many = (
        "{ nodes(ids: [" + ", ".join(f'"{one}"' for one in listed) + "]) { id } }"
        for listed in (ids[:4], ids)
    )
    assert hub.ask(few).data
    assert hub.ask(many).code == "COST_EXCEEDED"
    agencies = [encode("Agency", hub.city.agency(HERE).id)] * 8
    for given, answered in (
        (agencies, True),
        (ids, False),
        (ids[:4] + agencies[:4], True),
        (ids[:6] + agencies[:2], False),
    ):
        answer = hub.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=given)
        assert ("errors" not in answer.body) == answered
    assert hub.ask("query($a: ID!, $b: ID!) { nodes(ids: [$a, $b]) { id } }", a=ids[0], b=agencies[0]).data


def test_only_who_could_sign_in_is_told_to(hub: Hub) -> None:
    query = "{ files(first: 1001) { nodes { id } } }"
    for language, words in (("vi", "người đã đăng nhập"), ("en", "signed-in")):
        assert words in hub.ask(query, "anyone", language).error["message"]
        assert words not in hub.ask(query, "officer", language).error["message"]
