"""What moved a figure, from outside: worked case 10, sums as shown, records under permission, what was reported."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlmodel import Session, create_engine

from hub.access.actor import the_public
from hub.access.commands import create_token
from hub.access.models import AppUser, RoleGrant
from hub.access.queries import actor_for_user
from hub.kit.db import sqlalchemy_url
from hub.kit.ids import encode
from tests.contract import conftest
from tests.contract.conftest import HERE, READING, SIGHTS, Clone, Hub, served
from tests.kpi.city import City
from tests.kpi.test_change import two_agencies

CAUSE = "cause message numerator denominator recordCount"
WHOLE = f"""before {{ asOf numerator denominator percent }} after {{ asOf numerator denominator percent }}
  points numerator denominator ratePoints mixPoints sentence causes {{ {CAUSE} }} readings {{ name before after }}
  reported {{ reportId numerator denominator percent causes {{ {CAUSE} }} }}
  effects(first: 100) {{ totalCount nodes {{ agency {{ code }} ratePoints mixPoints
    before {{ numerator denominator percent weight }} after {{ numerator denominator percent weight }} }} }}"""
CHANGE = f"""query($code: String!, $from: Date!, $to: Date!, $agency: String) {{
  indicatorChange(code: $code, from: $from, to: $to, agencyCode: $agency) {{ {WHOLE} }} }}"""
RECORDS = """query($code: String!, $from: Date!, $to: Date!, $only: [ChangeCause!], $first: Int!, $after: String) {
  indicatorChange(code: $code, from: $from, to: $to) { causes(only: $only) { cause recordCount
    records(first: $first, after: $after) { totalCount hiddenCount pageInfo { hasNextPage endCursor } nodes { id }
      edges { numerator denominator node { __typename id } } } } } }"""
HALF = {"from": "2024-12-31", "to": "2025-06-30"}
KINDS = {"ArchivalFile": "file", "Item": "item", "Fonds": "fonds", "Agency": "agency"}


def ask(
    hub: Hub, role: str = "leader", code: str = "II.1.a", language: str = "vi", **asked: Any
) -> dict[str, Any]:
    found: dict[str, Any] = hub.ask(CHANGE, role, language, code=code, **{**HALF, **asked}).data[
        "indicatorChange"
    ]
    return found


@pytest.fixture(scope="module")
def two(clone: Clone) -> Iterator[Hub]:
    """A city of two agencies: worked case 10."""
    with clone() as dsn:
        engine = create_engine(sqlalchemy_url(dsn))
        with Session(engine) as session:
            two_agencies(City(session))
            reader = AppUser(name="leader", full_name="Lãnh đạo")
            session.add(reader)
            session.flush()
            session.add(RoleGrant(user_id=reader.id, role="leader", valid_from=date(2020, 1, 1)))
            session.flush()
            tokens = {"leader": create_token(session, actor_for_user(session), reader, "test")}
            session.commit()
        engine.dispose()
        with (
            psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as owner,
            served(conftest.City(dsn, owner, tokens, {"anyone": the_public()})) as hub,
        ):
            yield hub


def test_both_agencies_rise_and_the_city_falls(two: Hub) -> None:
    told = ask(two, **{"from": "2024-06-30", "to": "2024-12-31"})
    assert (told["before"]["percent"], told["after"]["percent"], told["points"]) == (
        "79.80",
        "78.10",
        "-1.70",
    )
    assert (told["numerator"], told["denominator"]) == (525, 694)
    assert Decimal(told["ratePoints"]) + Decimal(told["mixPoints"]) == Decimal("-1.70")
    assert Decimal(told["ratePoints"]) > 0 > Decimal(told["mixPoints"])
    lines = {line["agency"]["code"]: line for line in told["effects"]["nodes"]}
    assert {code: (line["before"]["percent"], line["after"]["percent"]) for code, line in lines.items()} == {
        "A": ("85.71", "85.80"), "B": ("66.00", "67.00"),
    }  # fmt: skip
    assert (lines["B"]["before"]["weight"], lines["B"]["after"]["weight"]) == ("30.00", "40.97")
    for name in ("ratePoints", "mixPoints"):
        assert sum(Decimal(line[name]) for line in lines.values()) == Decimal(told[name])
    assert (
        "Cả hai cơ quan đều tăng; số giảm là do cơ cấu, không phải do kết quả thực hiện" in told["sentence"]
    )
    english = ask(two, language="en", **{"from": "2024-06-30", "to": "2024-12-31"})["sentence"]
    assert "Both agencies rose; the fall is a matter of mix, not of performance" in english
    asked = {"code": "II.1.a", "from": "2024-06-30", "to": "2024-12-31", "first": 5}
    [cause] = two.ask(RECORDS, "leader", **asked).data["indicatorChange"]["causes"]
    assert (cause["cause"], cause["recordCount"]) == ("NEW", 694)
    assert (cause["records"]["totalCount"], cause["records"]["hiddenCount"], cause["records"]["edges"]) == (
        0,
        694,
        [],
    )


@pytest.mark.parametrize(
    "code", ["II.1.a", "II.1.b", "II.1.c", "II.1.d", "II.2.a", "II.2.b", "II.2.c", "3.4", "2.2"]
)
def test_what_is_shown_adds_up_for_everybody(hub: Hub, code: str) -> None:
    told = [ask(hub, role, code) for role in ("supervisor", "finance", "leader")]
    assert told[0] == told[1] == told[2]
    found = told[0]
    every = CHANGE.replace("first: 100", "first: 1000")
    lines = hub.ask(every, "leader", code=code, **HALF).data["indicatorChange"]["effects"]["nodes"]
    assert lines[:100] == found["effects"]["nodes"]
    for side in ("numerator", "denominator"):
        assert found[side] == found["after"][side] - found["before"][side]
        assert found[side] == sum(cause[side] for cause in found["causes"])
    assert "NOT_TRACED" not in {cause["cause"] for cause in found["causes"]}
    if found["points"] is not None:
        assert Decimal(found["points"]) == Decimal(found["after"]["percent"]) - Decimal(
            found["before"]["percent"]
        )
        assert Decimal(found["ratePoints"]) + Decimal(found["mixPoints"]) == Decimal(found["points"])
        for name in ("ratePoints", "mixPoints"):
            assert len(lines) == found["effects"]["totalCount"]
            assert sum(Decimal(line[name]) for line in lines) == Decimal(found[name])
    assert found["sentence"].startswith(f"Từ 31/12/2024 đến 30/6/2025, chỉ tiêu {code} của Thành phố ")
    english = ask(hub, "leader", code, language="en")
    assert english["sentence"].startswith(f"From 2024-12-31 to 2025-06-30, indicator {code} of the City ")
    assert all(a["message"] != b["message"] for a, b in zip(found["causes"], english["causes"], strict=True))


@pytest.mark.parametrize("role", SIGHTS)
def test_the_records_of_a_cause_are_those_the_caller_may_see(hub: Hub, role: str) -> None:
    if role not in READING:
        assert hub.ask(CHANGE, role, code="II.1.a", **HALF).code == "NOT_PERMITTED"
        return
    causes = {one["cause"]: one for one in ask(hub)["causes"]}
    largest = max(causes, key=lambda cause: causes[cause]["recordCount"])
    found: list[dict[str, Any]] = []
    after = None
    while True:
        asked = {"code": "II.1.a", "only": [largest], "first": 100, "after": after, **HALF}
        [cause] = hub.ask(RECORDS, role, **asked).data["indicatorChange"]["causes"]
        page = cause["records"]
        found += page["edges"]
        assert page["nodes"] == [{"id": edge["node"]["id"]} for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert page["totalCount"] == len(found)
    assert page["totalCount"] + page["hiddenCount"] == causes[largest]["recordCount"]
    keys = [
        (
            KINDS[edge["node"]["__typename"]],
            int(base64.b64decode(edge["node"]["id"]).decode().partition(":")[2]),
        )
        for edge in found
    ]
    assert len(set(keys)) == len(keys)
    assert all(hub.city.sees(role, *key) for key in keys)
    if not page["hiddenCount"]:
        assert sum(edge["denominator"] for edge in found) == causes[largest]["denominator"]


def test_statements_do_not_grow_with_causes_or_records(hub: Hub) -> None:
    one = hub.statements(RECORDS, "supervisor", code="II.1.a", only=["NEW"], first=1, **HALF)
    all_ = hub.statements(RECORDS, "supervisor", code="II.1.a", first=50, **HALF)
    assert all_ <= one + 2  # records of two kinds and not one
    city, agency = (
        hub.statements(CHANGE, "supervisor", code="II.1.a", agency=code, **HALF) for code in (None, HERE)
    )
    assert agency <= city + 2  # the agency itself, and whether bodies followed each other


def test_one_agency_has_a_change_of_its_own(hub: Hub) -> None:
    line = ask(hub)["effects"]["nodes"][0]
    own = ask(hub, agency=line["agency"]["code"])
    assert (own["before"]["numerator"], own["after"]["denominator"]) == (
        line["before"]["numerator"], line["after"]["denominator"],
    )  # fmt: skip
    assert [one["agency"] for one in own["effects"]["nodes"]] == [line["agency"]]


def test_what_was_reported_stands_beside_what_is_known_now(hub: Hub) -> None:
    """The demo published the closed half-years; then one figure is made another, as if it had been reported so."""
    code, day = "II.1.a", "2024-12-31"
    [row] = hub.city.sql(
        "select s.id, s.figures, r.id as report from snapshot s join published_report r on r.id = s.report_id"
        " where s.as_of = %s and r.agency_id is null", day,
    )  # fmt: skip
    figures = json.loads(json.dumps(row.figures))
    [mine] = [one for one in figures["indicators"] if one["indicator"]["code"] == code]
    known = ask(hub)["before"]
    mine |= {"numerator": known["numerator"] - 7, "denominator": known["denominator"] - 2, "percent": "1.23"}
    update = "update snapshot set figures = %s where id = %s"
    hub.city.connection.execute(update, [json.dumps(figures), row.id])
    try:
        told = ask(hub)
        reported = told["reported"]
        assert reported["reportId"] == encode("PublishedReport", row.report)
        assert (reported["percent"], reported["numerator"]) == ("1.23", known["numerator"] - 7)
        assert sum(cause["numerator"] for cause in reported["causes"]) == 7
        assert sum(cause["denominator"] for cause in reported["causes"]) == 2
        assert (
            f"Số đã báo cáo tại 31/12/2024 là 1,23%, nay biết là {known['percent'].replace('.', ',')}%"
            in (told["sentence"])
        )
        assert told["causes"] == ask(hub, "leader")["causes"]
    finally:
        hub.city.connection.execute(update, [json.dumps(row.figures), row.id])
    assert ask(hub, **{"from": "2025-01-15"})["reported"] is None


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"from": "2025-06-30", "to": "2025-06-30"}, "BAD_REQUEST"),
        ({"from": "2025-06-30", "to": "2025-01-01"}, "BAD_REQUEST"),
        ({"to": "2025-07-01"}, "BAD_REQUEST"),
        ({"agency": "NIX"}, "NOT_FOUND"),
        ({"code": "IX"}, "NOT_FOUND"),
    ],
)
def test_what_cannot_be_answered_says_why(hub: Hub, asked: dict[str, Any], code: str) -> None:
    answer = hub.ask(CHANGE, "supervisor", **{"code": "II.1.a", **HALF, **asked})
    assert answer.code == code


def test_a_cursor_leads_on_in_its_own_list_only(hub: Hub) -> None:
    asked = {"code": "II.1.a", "first": 1, **HALF}
    causes = hub.ask(RECORDS, "supervisor", **asked).data["indicatorChange"]["causes"]
    ours, theirs = causes[0], causes[1]["cause"]
    cursor = ours["records"]["pageInfo"]["endCursor"]
    assert hub.ask(RECORDS, "supervisor", **asked, only=[ours["cause"]], after=cursor).data
    assert hub.ask(RECORDS, "supervisor", **asked, only=[theirs], after=cursor).code == "BAD_REQUEST"
    assert hub.ask(RECORDS, "supervisor", **asked, only=[theirs], after="x").code == "BAD_REQUEST"
