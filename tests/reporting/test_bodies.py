"""Bodies that end while a period runs, over GraphQL: who reports then, to whom, and what becomes of what was begun."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.kit.ids import decode_as
from tests.reporting.conftest import Half
from tests.reporting.test_reminders import REMIND
from tests.web.reporters import Reporters

MERGE = """mutation($input: MergeAgenciesInput!) { mergeAgencies(input: $input) {
  __typename ... on Agency { code } ... on Problem { message } } }"""
DISSOLVE = """mutation($input: DissolveAgencyInput!) { dissolveAgency(input: $input) {
  __typename ... on Agency { code } ... on Problem { message } } }"""
PERIOD = """query($id: ID!) { reportingPeriod(id: $id) { expectedCount overdue { nodes { code } } }
  returnsDesk(periodId: $id) { rows { agencyCode } } }"""


ENDED = "query($id: ID!) { returnsDesk(periodId: $id) { rows { agencyCode hasEnded } } }"
MOVE = """mutation($input: MoveAgencyInput!) { moveAgency(input: $input) {
  __typename ... on Agency { id version } ... on Problem { message } } }"""
CREATE = (
    "mutation($input: CreateAgencyInput!) { createAgency(input: $input) { ... on Agency { id version } } }"
)


def _begun_by_city(half: Half, period: Any, code: str) -> Any:
    said = {"periodId": period["id"], "agencyId": half.agency(code)}
    return half.do("saveReturn", "officer", "TP", **said, results="Đã làm", difficulties="Không có")


def _seen(half: Half, row: Any, role: str, place: str) -> Any:
    query = "query($id: ID!) { agencyReturn(id: $id) { state version reportsTo { code } viewerCan turns { turn } } }"
    return half.ask(query, role, place, id=row["id"])["agencyReturn"]


def test_a_body_that_merges_while_a_period_runs_reports_no_more_and_its_units_to_the_successor(
    half: Half,
) -> None:
    period, before = half.period(date(2025, 12, 31)), half.period(date(2024, 12, 31))
    draft = _begun_by_city(half, period, "C")
    pending = half.step("submitReturn", "officer", "A", half.begun(period, "A"))
    unit, own, unready = half.approved(period, "A.1"), half.approved(before), half.begun(before, "A.1")
    assert _seen(half, unit, "officer", "A.1")["reportsTo"] == {"code": "A"}
    ending = [{"id": half.agency(code), "expectedVersion": 1} for code in ("A", "C")]
    said = {
        "predecessors": ending, "successorId": half.agency("B"), "effectiveOn": "2025-06-20",
        "decision": "Nghị quyết 1656/NQ-UBTVQH15",
    }  # fmt: skip
    merged = half.ask(MERGE, "supervisor", "SNV", input=said)["mergeAgencies"]
    assert merged == {"__typename": "Agency", "code": "B"}
    refused = [
        half.step("submitReturn", "officer", "TP", draft),
        half.step("approveReturn", "approver", "TP", pending),
        _begun_by_city(half, half.period(date(2026, 6, 30)), "C"),
    ]
    assert {(one["__typename"], one["code"]) for one in refused} == {("AgencyEnded", "AGENCY_ENDED")}
    assert "ended on 2025-06-20" in refused[0]["message"]
    assert "Cơ quan B" in refused[0]["message"]
    assert _seen(half, pending, "supervisor", "SNV")["turns"] == [{"turn": "SUBMIT"}]
    told = half.ask(PERIOD, "supervisor", "SNV", id=period["id"])
    assert told["reportingPeriod"]["expectedCount"] == 3
    assert {row["agencyCode"] for row in told["returnsDesk"]["rows"]} == {"SNV", "B", "A.1"}
    # What the unit sent to the body that has ended is accepted by the one that follows.
    assert "ACCEPT_RETURN" in _seen(half, unit, "officer", "B")["viewerCan"]
    assert half.step("acceptReturn", "officer", "B", unit)["returnState"] == "ACCEPTED"
    assert _seen(half, unit, "officer", "B")["reportsTo"] == {"code": "B"}
    form = 'query($id: ID!) { returnForm(periodId: $id, agencyCode: "B") { owed asked { code units } } }'
    assert half.ask(form, "officer", "B", id=period["id"])["returnForm"]["owed"]
    _of_a_day_before_the_merger(half, before, own, unready)


def _of_a_day_before_the_merger(half: Half, period: Any, own: Any, unready: Any) -> None:
    """Both still owe for that day: the unit is reminded and accepted by the successor, who is shown how."""
    people = Reporters(half)
    desk = f"/periods/{decode_as(period['id'], 'ReportingPeriod')}"
    half.sql("update app_user set email = 'b@example.vn' where name = 'officer.B'")
    asked = {"periodId": period["id"], "agencyIds": [half.agency("A.1")]}
    assert (
        half.ask(REMIND, "supervisor", "SNV", input=asked)["remindAgencies"]["__typename"]
        == "AgenciesReminded"
    )
    [mail] = half.sql("select recipient, text from outbox_message")
    assert mail.recipient == "b@example.vn"
    assert "cho Cơ quan B " in mail.text
    assert "Tiếp nhận các báo cáo" in people.get(desk, "officer", "B").text
    sent = half.step("submitReturn", "officer", "A.1", unready)
    unit = half.step("approveReturn", "approver", "A.1", sent)
    assert "kiểm tra và tiếp nhận 1 báo cáo" in people.get(desk, "officer", "B").text
    for role, place, row in (("officer", "B", unit), ("supervisor", "SNV", own)):
        told = half.ask("{ notices { kind periodId returnId } }", role, place)["notices"]
        assert {"kind": "ACCEPT", "periodId": period["id"], "returnId": row["id"]} in told
    rows = half.ask(ENDED, "supervisor", "SNV", id=period["id"])["returnsDesk"]["rows"]
    assert {row["agencyCode"] for row in rows if row["hasEnded"]} == {"A", "C"}
    city = people.get(desk, "supervisor", "SNV").text
    assert city.count("đã kết thúc hoạt động") == 2
    agencies = half.agencies
    assert (f'id="pick-{agencies["A"]}"' in city, f'id="pick-{agencies["C"]}"' in city) == (True, False)


def test_a_body_dissolved_by_decision_owes_nothing_from_that_day_on(half: Half) -> None:
    period = half.period(date(2023, 12, 31))
    made = half.ask(
        CREATE, "supervisor", "SNV",
        input={
            "name": "Cơ quan D", "kind": "DISTRICT", "code": "D", "parentId": half.agency("TP"),
            "validFrom": "2015-01-01", "archiveSince": "2015-01-01",
        },
    )["createAgency"]  # fmt: skip
    said = {"periodId": period["id"], "agencyId": made["id"], "results": "Đã làm", "difficulties": "Không có"}
    draft = half.do("saveReturn", "officer", "TP", **said)
    gone = {
        "id": made["id"], "expectedVersion": made["version"], "effectiveOn": "2025-05-01", "decision": "12/QĐ-UBND",
        "decidedOn": "2025-04-20",
    }  # fmt: skip
    assert half.ask(DISSOLVE, "supervisor", "SNV", input=gone)["dissolveAgency"]["__typename"] == "Agency"
    refused = half.step("submitReturn", "officer", "TP", draft)
    assert (refused["__typename"], refused["code"]) == ("AgencyEnded", "AGENCY_ENDED")
    assert "what succeeded it (Cơ quan TP)" in refused["message"]
    later = half.do("saveReturn", "officer", "TP", **said | {"periodId": half.period()["id"]})
    assert later["__typename"] == "AgencyEnded"
    assert (
        half.sql("select state from agency_return where id = (select max(id) from agency_return)")[0].state
        == "DRAFT"
    )


@pytest.mark.parametrize(("role", "place", "code"), [("supervisor", "SNV", "B.1"), ("sysadmin", "", "B.2")])
def test_what_a_unit_has_begun_goes_to_the_body_that_it_moves_below(
    half: Half, role: str, place: str, code: str
) -> None:
    """Whoever moves it, also an administrator, who may write no return otherwise."""
    period = half.period()
    unit = {"name": f"Đơn vị {code}", "kind": "UNIT", "code": code, "parentId": half.agency("B")}
    dated = {"validFrom": "2015-01-01", "archiveSince": "2015-01-01"}
    made = half.ask(CREATE, "supervisor", "SNV", input=unit | dated)["createAgency"]
    said = {"periodId": period["id"], "agencyId": made["id"], "results": "Đã làm", "difficulties": "Không có"}
    draft = half.do("saveReturn", "officer", "TP", **said)
    assert _seen(half, draft, "officer", "TP")["reportsTo"] == {"code": "B"}
    moved = {"id": made["id"], "expectedVersion": made["version"], "parentId": half.agency("SNV")}
    told = half.ask(MOVE, role, place, input=moved)["moveAgency"]
    assert told["__typename"] == "Agency", told
    assert _seen(half, draft, "officer", "TP")["reportsTo"] == {"code": "SNV"}
