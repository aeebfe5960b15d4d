"""The radar from outside: recounted from the rows of the city, whole for everybody, its lists under permission."""

from __future__ import annotations

import base64
from collections import Counter
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.contract.conftest import HERE, READING, SIGHTS, City, Hub
from tests.contract.test_indicators import AS_OF, END

COUNTS = "late pastLaw dueNow within6Months within12Months unknown ready"
LINE = f"""agency {{ code }} fileCounts {{ {COUNTS} }} itemCounts {{ {COUNTS} }}
  blocked {{ obstacle message files items }}"""
RADAR = f"""query($agency: String) {{ transferRadar(asOf: "2025-06-30", agencyCode: $agency) {{ asOf agency {{ code }}
  whole {{ {LINE} }} agencies(first: 100) {{ totalCount pageInfo {{ hasNextPage }} nodes {{ {LINE} }} }} }} }}"""
FILES = """query($agency: String, $due: [DueBucket!], $obstacles: [TransferObstacle!], $first: Int!, $after: String) {
  transferRadar(asOf: "2025-06-30", agencyCode: $agency) {
    files(due: $due, obstacles: $obstacles, first: $first, after: $after) {
      totalCount hiddenCount pageInfo { hasNextPage endCursor } nodes { id }
      edges { bucket plan law obstacle message node { id code transferDue { plan law blockedBy } } } } } }"""


def key_of(node: dict[str, Any]) -> int:
    return int(base64.b64decode(node["id"]).decode().partition(":")[2])


def due_files(city: City) -> dict[int, date | None]:
    """Permanent files, and those that may be, still with their agencies, by the day of the plan."""
    archives = {row.id for row in city.rows("agency").values() if row.is_historical_archive}
    entries = city.sql(
        "select e.file_id from transfer_entry e join transfer t on t.id = e.transfer_id"
        " where e.item_id is null and t.accepted_at < %s", END,
    )  # fmt: skip
    accepted = {row.file_id for row in entries}

    def term(row: SimpleNamespace) -> date | None:
        made = row.end_date or row.start_date
        return made and made.replace(
            year=made.year + 3, day=28 if (made.month, made.day) == (2, 29) else made.day
        )

    found: dict[int, date | None] = {}
    for row in city.rows("file").values():
        there = row.transferred_on is not None and row.transferred_on <= AS_OF
        always = row.transferred_on is None and (row.custodian_id in archives or row.transferred)
        if row.state == "DISPOSED" or there or always or row.id in accepted:
            continue
        day = term(row)
        if row.retention_kind == "UNKNOWN":
            if day is None or day <= date(2026, 6, 30):
                found[row.id] = None
        elif row.retention_kind == "PERMANENT" and (day is None or day <= date(2026, 6, 30)):
            found[row.id] = day
    return found


def test_the_radar_is_that_of_a_recount_for_everybody(hub: Hub) -> None:
    told = {role: hub.ask(RADAR, role).data["transferRadar"] for role in ("supervisor", "finance", "leader")}
    radar = told["leader"]
    assert radar == told["supervisor"] == told["finance"]
    expected = due_files(hub.city)
    files = radar["whole"]["fileCounts"]
    assert files["late"] == sum(1 for day in expected.values() if day and day < AS_OF) > 0
    assert files["dueNow"] == sum(1 for day in expected.values() if day and AS_OF <= day <= date(2025, 7, 30))
    assert files["within6Months"] == sum(
        1 for day in expected.values() if day and date(2025, 7, 30) < day <= date(2025, 12, 30)
    )
    assert (
        files["within12Months"] == sum(1 for day in expected.values() if day and date(2025, 12, 30) < day) > 0
    )
    assert files["unknown"] == sum(1 for day in expected.values() if day is None)
    assert files["ready"] + sum(one["files"] for one in radar["whole"]["blocked"]) == len(expected)
    lines = radar["agencies"]["nodes"]
    assert len(lines) == radar["agencies"]["totalCount"]
    for kind in ("fileCounts", "itemCounts"):
        sums: Counter[str] = Counter()
        for line in lines:
            sums.update(line[kind])
        assert {name: sums[name] for name in radar["whole"][kind]} == radar["whole"][kind]
    line = lines[0]
    own = hub.ask(RADAR, "leader", agency=line["agency"]["code"]).data["transferRadar"]
    assert own["agency"] == line["agency"]
    assert {**own["whole"], "agency": None} == {**line, "agency": None}
    assert own["agencies"]["nodes"] == [line]


@pytest.mark.parametrize("role", SIGHTS)
def test_the_files_are_those_the_caller_may_see(hub: Hub, role: str) -> None:
    if role not in READING:
        assert hub.ask(FILES, role, first=1).code == "NOT_PERMITTED"
        return
    expected = due_files(hub.city)
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = hub.ask(FILES, role, first=100, after=after).data["transferRadar"]["files"]
        found += page["edges"]
        assert page["nodes"] == [{"id": edge["node"]["id"]} for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    seen = {key for key in expected if hub.city.sees(role, "file", key)}
    assert [key_of(edge["node"]) for edge in found] == sorted(
        seen, key=lambda key: (expected[key] or date.max, key)
    )
    assert (page["totalCount"], page["totalCount"] + page["hiddenCount"]) == (len(seen), len(expected))
    for edge in found:
        assert edge["plan"] == (day.isoformat() if (day := expected[key_of(edge["node"])]) else None)
        assert (edge["obstacle"] is None) == (edge["message"] is None)
        if edge["node"]["transferDue"] is not None:  # one answer to one question, wherever it is asked
            assert edge["law"] == edge["node"]["transferDue"]["law"]
            assert edge["plan"] == edge["node"]["transferDue"]["plan"]
            if edge["node"]["transferDue"]["blockedBy"] is not None:
                assert edge["obstacle"] == edge["node"]["transferDue"]["blockedBy"]


def test_lists_are_of_one_time_and_one_obstacle(hub: Hub) -> None:
    whole = hub.ask(FILES, "supervisor", first=1000).data["transferRadar"]["files"]["edges"]
    for name, value in (("due", "LATE"), ("obstacles", whole[0]["obstacle"])):
        asked = {name: [value], "first": 1000}
        part = hub.ask(FILES, "supervisor", **asked).data["transferRadar"]["files"]
        field = "bucket" if name == "due" else "obstacle"
        assert part["edges"] == [edge for edge in whole if edge[field] == value]
        assert part["totalCount"] == len(part["edges"]) > 0


def test_documents_have_days_of_their_own(hub: Hub) -> None:
    query = """{ transferRadar(asOf: "2025-06-30") { whole { itemCounts { late } } items(due: [LATE], first: 1000) {
      totalCount hiddenCount edges { plan node { id issuedDate } } } } }"""
    radar = hub.ask(query, "supervisor").data["transferRadar"]
    items = radar["items"]
    assert items["totalCount"] + items["hiddenCount"] == radar["whole"]["itemCounts"]["late"] > 0
    for edge in items["edges"][:50]:
        issued = datetime.fromisoformat(edge["node"]["issuedDate"]).date()
        assert edge["plan"] == issued.replace(year=issued.year + 3).isoformat()


def test_statements_are_constant(hub: Hub) -> None:
    code = hub.ask(RADAR, "supervisor").data["transferRadar"]["agencies"]["nodes"][0]["agency"]["code"]
    assert hub.statements(RADAR, "supervisor") <= hub.statements(RADAR, "supervisor", agency=code)
    one, many = (hub.statements(FILES, "supervisor", first=first) for first in (5, 100))
    assert one == many


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ('{ transferRadar(asOf: "2025-07-01") { whole { fileCounts { late } } } }', "BAD_REQUEST"),
        ('{ transferRadar(asOf: "2025-06-30", agencyCode: "NIX") { asOf } }', "NOT_FOUND"),
        ('{ transferRadar(asOf: "2025-06-30") { files(after: "x") { totalCount } } }', "BAD_REQUEST"),
        ('{ transferRadar(asOf: "2025-06-30") { items(first: -1) { totalCount } } }', "BAD_REQUEST"),
    ],
)
def test_what_cannot_be_answered_says_why(hub: Hub, query: str, code: str) -> None:
    assert hub.ask(query, "supervisor").code == code


def test_a_cursor_of_another_list_is_refused(hub: Hub) -> None:
    page = hub.ask(FILES, "supervisor", first=1).data["transferRadar"]["files"]["pageInfo"]
    query = (
        'query($after: String) { transferRadar(asOf: "2025-06-30") { items(after: $after) { totalCount } } }'
    )
    assert hub.ask(query, "supervisor", after=page["endCursor"]).code == "BAD_REQUEST"
    assert hub.ask(RADAR, "officer", agency=HERE).data
