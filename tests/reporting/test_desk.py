"""The period desk: who is where and by when, more time, reviewers, calls, contacts, anomalies, evidence."""

from __future__ import annotations

import base64
import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from hub.returns.anomalies import Line, flags_of
from tests.reporting.conftest import Half

DESK = """query($id: ID!) { returnsDesk(periodId: $id) {
  expectedCount lateCount counts { state count }
  rows { agencyCode isUnit state dueOn isLate extendedTo reviewer contact lastCall promisedOn calls version
         anomalies { kind code message } } } }"""
PDF = b"%PDF-1.7\n%test\n"


def _desk(half: Half, period: Any, role: str = "supervisor", place: str = "SNV") -> Any:
    return half.ask(DESK, role, place, id=period["id"])["returnsDesk"]


def _about(half: Half, period: Any, code: str, **said: Any) -> dict[str, Any]:
    return {"periodId": period["id"], "agencyId": half.agency(code), **said}


def test_the_desk_knows_every_agency_of_a_period(half: Half) -> None:
    period = half.period(date(2025, 6, 30))
    half.approved(period, "A")
    half.begun(period, "B")
    about = _about(half, period, "B")
    extended = half.do(
        "extendReturn", "supervisor_head", "SNV", **about, dueOn="2025-07-04", reason="Mất điện"
    )
    assert (extended["dueOn"], extended["notes"][0]["note"]) == ("2025-07-04", "04/07/2025: Mất điện")
    half.do("assignReviewer", "supervisor", "SNV", **about, reviewer="supervisor.SNV")
    half.do("setContact", "officer", "B", **about, name="Nguyễn Thị Mai", phone="024 3825 0000")
    called = half.do(
        "noteCall", "supervisor", "SNV", **about, note="Hẹn nộp thứ sáu", promisedOn="2025-07-03"
    )
    assert [note["kind"] for note in called["notes"]] == ["EXTENSION", "REVIEWER", "CONTACT", "CALL"]
    desk = _desk(half, period)
    assert (desk["expectedCount"], desk["lateCount"]) == (5, 4)
    assert {one["state"]: one["count"] for one in desk["counts"] if one["count"]} == {
        None: 3, "APPROVED": 1, "DRAFT": 1,
    }  # fmt: skip
    rows = {row["agencyCode"]: row for row in desk["rows"]}
    assert (rows["A.1"]["isUnit"], rows["A.1"]["dueOn"], rows["A.1"]["isLate"]) == (True, "2025-06-10", True)
    assert {name: rows["B"][name] for name in rows["B"] if name not in ("anomalies", "version")} == {
        "agencyCode": "B", "isUnit": False, "state": "DRAFT", "dueOn": "2025-07-04", "isLate": False,
        "extendedTo": "2025-07-04", "reviewer": "supervisor SNV", "contact": "Nguyễn Thị Mai, 024 3825 0000",
        "lastCall": "Hẹn nộp thứ sáu", "promisedOn": "2025-07-03", "calls": 1,
    }  # fmt: skip
    mine = (
        "query($id: ID!) { returnsDesk(periodId: $id) { rows(mine: true, states: [DRAFT]) { agencyCode } } }"
    )
    assert half.ask(mine, "supervisor", "SNV", id=period["id"])["returnsDesk"]["rows"] == [
        {"agencyCode": "B"}
    ]
    assert [row["agencyCode"] for row in _desk(half, period, "officer", "A")["rows"]] == ["A", "A.1"]
    assert _desk(half, period, "finance")["rows"] == []


def test_more_time_for_all_takes_none_away_from_who_was_given_more(half: Half) -> None:
    period = half.period(
        date(2026, 6, 30), returnsDueOn=date(2026, 1, 10), unitReturnsDueOn=date(2026, 1, 10)
    )
    more = _about(half, period, "B", dueOn="2026-01-15", reason="Mất điện")
    assert half.do("extendReturn", "supervisor_head", "SNV", **more)["dueOn"] == "2026-01-15"
    half.step("updatePeriod", "supervisor_head", "SNV", period, returnsDueOn="2026-01-20")
    assert {row["agencyCode"]: row["dueOn"] for row in _desk(half, period)["rows"]}["B"] == "2026-01-20"


def test_a_body_above_gives_its_unit_more_time_and_nobody_else(half: Half) -> None:
    period = half.period()
    unit = _about(half, period, "A.1", dueOn=period["deadline"], reason="Mới thành lập")
    assert half.do("extendReturn", "approver", "B", **unit)["__typename"] == "NotFound"
    assert half.do("extendReturn", "officer", "A", **unit)["__typename"] == "NotPermitted"
    assert (
        half.do("extendReturn", "approver", "A", **unit | {"agencyId": half.agency("A")})["__typename"]
        == "NotPermitted"
    )
    assert half.do("extendReturn", "approver", "A", **unit)["extendedTo"] == unit["dueOn"]
    early = half.do("extendReturn", "approver", "A", **unit | {"dueOn": "2020-01-01"})
    assert [error["code"] for error in early["errors"]] == ["NOT_AN_EXTENSION"]


@pytest.mark.parametrize(
    ("deed", "role", "said", "code"),
    [
        ("assignReviewer", "supervisor", {"reviewer": "officer.A"}, "NOT_A_REVIEWER"),
        ("setContact", "supervisor", {"name": ""}, "REQUIRED"),
        ("setContact", "supervisor", {"name": "Mai", "phone": "gọi sau"}, "BAD_CONTACT"),
        ("setContact", "supervisor", {"name": "Mai", "email": "mai"}, "BAD_CONTACT"),
        ("noteCall", "supervisor", {"note": "  "}, "REQUIRED"),
    ],
)
def test_what_a_desk_cannot_note(half: Half, deed: str, role: str, said: dict[str, str], code: str) -> None:
    period = half.period()
    refused = half.do(deed, role, "SNV", **_about(half, period, "B", **said))
    assert [error["code"] for error in refused["errors"]] == [code]
    assert half.do(deed, "leader", "TP", **_about(half, period, "B", **said))["__typename"] == "NotPermitted"
    assert (
        half.sql("select 1 from return_case where period_id = (select max(id) from reporting_period)") == []
    )


def test_evidence_is_kept_with_its_checksum_and_read_by_who_reads_the_return(half: Half) -> None:
    row, content = half.begun(half.period()), base64.b64encode(PDF).decode()
    attached = half.do(
        "attachToReturn", "officer", "A", "attachments { id name mimeType size sha256 createdBy }",
        id=row["id"], expectedVersion=row["version"], name="C:\\vanban\\QĐ 12.pdf", content=content,
    )  # fmt: skip
    [file] = attached["attachments"]
    assert {name: file[name] for name in file if name != "id"} == {
        "name": "QĐ 12.pdf", "mimeType": "application/pdf", "size": len(PDF),
        "sha256": hashlib.sha256(PDF).hexdigest(), "createdBy": "officer A",
    }  # fmt: skip
    query = "query($id: ID!) { returnAttachment(id: $id) }"
    told = half.ask(query, "supervisor", "SNV", id=file["id"])["returnAttachment"]
    assert base64.b64decode(told) == PDF
    for role, place in (("officer", "B"), ("staff", "A"), ("anyone", "")):
        assert half.refused(query, role, place, id=file["id"]) == "NOT_FOUND"
    assert half.refused(query, "officer", "A", id=row["id"]) == "BAD_REQUEST"
    again = half.do(
        "attachToReturn", "officer", "A", id=row["id"], expectedVersion=attached["version"], name="khác.pdf",
        content=content,
    )  # fmt: skip
    assert again["version"] == attached["version"]
    gone = half.do(
        "detachFromReturn", "officer", "A", "attachments { id }",
        id=row["id"], expectedVersion=again["version"], attachmentId=file["id"],
    )  # fmt: skip
    assert gone["attachments"] == []


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("virus.exe", PDF, "UNKNOWN_KIND"),
        ("a.pdf", b"MZ not a pdf", "UNKNOWN_KIND"),
        ("a.pdf", b"", "UNKNOWN_KIND"),
        (".pdf", PDF, "UNKNOWN_KIND"),
        ("x" * 300 + ".pdf", PDF, "BAD_NAME"),
    ],
)
def test_what_is_no_evidence(half: Half, name: str, content: bytes, code: str) -> None:
    row = half.begun(half.period())
    refused = half.step(
        "attachToReturn", "officer", "A", row, name=name, content=base64.b64encode(content).decode()
    )
    assert [error["code"] for error in refused["errors"]] == [code]


def test_the_form_says_what_is_asked_and_what_units_said(half: Half) -> None:
    period = half.period()
    unit = half.begun(period, "A.1", lines=[
        {"code": "IV.5.d", "quantities": [{"code": "backlog_left", "amount": "12.5"}]},
        {"code": "3.1", "numerator": "2", "denominator": "4"},
    ])  # fmt: skip
    unit = half.step("submitReturn", "officer", "A.1", unit)
    unit = half.step("approveReturn", "approver", "A.1", unit)
    half.step("acceptReturn", "approver", "A", unit)
    query = """query($id: ID!, $a: String!) { returnForm(periodId: $id, agencyCode: $a) { owed
      figures { now { indicator { code } percent numerator } before points sentence note wasPublished }
      asked { code isDuty quantities units unitsNumerator unitsDenominator unitsQuantities } anomalies { kind } } }"""
    form = half.ask(query, "officer", "A", id=period["id"], a="A")["returnForm"]
    asked = {line["code"]: line for line in form["asked"]}
    assert form["owed"]
    assert len(form["figures"]) == 8
    assert {"3.4", "3.5", "3.6", "IV.5.a", "IV.5.h"} <= set(asked)
    assert not {"3.2", "4.5", "IV.1.a", "IV.4.a"} & set(asked)
    assert (asked["IV.5.d"]["units"], asked["IV.5.d"]["unitsQuantities"]) == (1, {"backlog_left": "12.5"})
    # The clerk reads the return of his body and none of its units.
    of_clerk = half.ask(query, "clerk", "A", id=period["id"], a="A")["returnForm"]["asked"]
    assert {line["code"] for line in of_clerk} == set(asked)
    assert {line["units"] for line in of_clerk} == {0}
    assert [one["code"] for one in asked["IV.5.d"]["quantities"]] == ["backlog_arranged", "backlog_left"]


def test_flags_name_what_was_said_and_what_the_hub_has() -> None:
    lines = [
        Line("3.1", "ANNEX", Decimal(4), Decimal(4)),
        Line("3.4", "ANNEX", Decimal(1), Decimal(1), has_evidence=True),
        Line("IV.5.g", quantities={"funds_granted": "10", "funds_spent": "12.5"}),
        Line(
            "IV.5.d",
            quantities={"backlog_left": "5", "backlog_arranged": "2"},
            quantities_before={"backlog_left": "40"},
        ),
        Line("IV.5.f", quantities={"trained": "3"}),
    ]
    assert [(flag.kind, flag.code) for flag in flags_of(lines, {}, trained=1)] == [
        ("NO_EVIDENCE", "3.1"), ("CONTRADICTION", "IV.5.g"), ("CONTRADICTION", "IV.5.d"), ("CONTRADICTION", "IV.5.f"),
    ]  # fmt: skip
    assert flags_of(lines[1:2], {}, 0) == []
    [funds] = flags_of(lines[2:3], {}, 0)
    assert funds.message("vi") == "IV.5.g: đã sử dụng 12,50, nhiều hơn được giao 10."
