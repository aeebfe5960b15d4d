"""Reminders by Home Affairs, over GraphQL by role: who is reminded, who is written to, once a day, with what trace."""

from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from hub.cli import main
from hub.kit.clock import HANOI
from tests.reporting.conftest import TODAY, Half
from tests.web.reporters import Reporters

REMIND = """mutation($input: RemindAgenciesInput!) { remindAgencies(input: $input) { __typename
  ... on AgenciesReminded { reminded { agencyId kind isReachable note } unreachable { agencyId } skippedCount }
  ... on Problem { code message } ... on Invalid { errors { field code } } } }"""
DESK = """query($id: ID!) { returnsDesk(periodId: $id) { rows { agencyCode lastRemindedAt
  reminders { kind dueOn note isReachable sentCount waitingCount failedCount problem } } } }"""
LETTER = "query($id: ID!) { returnsDesk(periodId: $id) { letterUrl } }"
MAILS = """select a.code, m.recipient, m.state, m.subject, m.text
  from outbox_message m join reminder d on d.id = m.reminder_id join agency a on a.id = d.agency_id
 where d.period_id = (select max(id) from reporting_period) order by a.code, 2"""


def _remind(half: Half, period: Any, role: str = "supervisor", place: str = "SNV", **said: Any) -> Any:
    return half.ask(REMIND, role, place, input={"periodId": period["id"], **said})["remindAgencies"]


@pytest.fixture(scope="module")
def addresses(half: Half) -> None:
    """Officers have addresses: A, its unit A.1 has none of its own; B has a contact person besides; C nobody."""
    half.sql("update app_user set email = name || '@hanoi.gov.vn' where name in ('officer.A', 'officer.B')")
    half.sql("delete from agency_contact")
    half.sql(
        "insert into agency_contact (agency_id, name, email) values (%s, 'Mai', 'mai@b.gov.vn')",
        half.agencies["B"],
    )


@pytest.mark.usefixtures("addresses")
def test_home_affairs_reminds_all_who_have_not_handed_in(half: Half) -> None:
    period = half.period(date(2025, 6, 30))
    half.begun(period, "B")
    done = _remind(half, period, note="Đề nghị nộp trước thứ sáu.")
    assert done["__typename"] == "AgenciesReminded", done
    codes = {half.agency(code): code for code in half.agencies}
    assert {codes[one["agencyId"]] for one in done["reminded"]} == {"A", "A.1", "B", "C", "SNV"}
    assert {codes[one["agencyId"]] for one in done["unreachable"]} == {"C", "SNV"}
    mails = half.sql(MAILS)
    assert [(mail.code, mail.recipient) for mail in mails] == [
        ("A", "officer.A@hanoi.gov.vn"), ("A.1", "officer.A@hanoi.gov.vn"), ("B", "mai@b.gov.vn"),
    ]  # fmt: skip
    assert {mail.state for mail in mails} == {"WAITING"}
    assert mails[2].subject == "Quá hạn nộp báo cáo định kỳ, kỳ 30/6/2025 (hạn 20/6/2025)"
    assert "cho Sở Nội vụ chậm nhất ngày 20/6/2025 (quá hạn 6 ngày làm việc)" in mails[2].text
    assert "Ý kiến của Sở Nội vụ: Đề nghị nộp trước thứ sáu." in mails[2].text
    assert "cho Cơ quan A chậm nhất ngày 10/6/2025" in mails[1].text
    assert "Mai" not in mails[2].text
    rows = {
        row["agencyCode"]: row
        for row in half.ask(DESK, "supervisor", "SNV", id=period["id"])["returnsDesk"]["rows"]
    }
    reminded_at = datetime.fromisoformat(rows["B"]["lastRemindedAt"])
    assert reminded_at.astimezone(HANOI).date() == TODAY
    assert rows["B"]["reminders"] == [
        {"kind": "REQUEST", "dueOn": "2025-06-20", "note": "Đề nghị nộp trước thứ sáu.", "isReachable": True,
         "sentCount": 0, "waitingCount": 1, "failedCount": 0, "problem": None}
    ]  # fmt: skip
    [event] = half.sql(
        "select detail, reason from audit_event where event_type = 'return:follow' and object_type = 'period'"
    )
    assert (len(event.detail["agencies"]), event.reason) == (5, "Đề nghị nộp trước thứ sáu.")

    again = _remind(half, period)
    assert [error["code"] for error in again["errors"]] == ["NOBODY_TO_REMIND"]
    assert len(half.sql(MAILS)) == 3


@pytest.mark.usefixtures("addresses")
def test_some_are_reminded_once_however_often_the_call_is_repeated(half: Half) -> None:
    period = half.period()
    half.approved(period, "A")
    asked: dict[str, Any] = {"agencyIds": [half.agency("A"), half.agency("B")], "idempotencyKey": "lần đầu"}
    first = _remind(half, period, **asked)
    assert [one["agencyId"] for one in first["reminded"]] == [half.agency("B")]
    assert first["skippedCount"] == 1
    assert _remind(half, period, **asked) == first
    assert len(half.sql(MAILS)) == 1
    late = _remind(half, period, isLate=True)
    assert [error["code"] for error in late["errors"]] == ["NOBODY_TO_REMIND"]


@pytest.mark.parametrize(
    ("role", "place", "answer"),
    [
        ("leader", "TP", "NotPermitted"), ("officer", "A", "NotPermitted"), ("staff", "A", "NotFound"),
        ("user", "", "NotFound"),
    ],
)  # fmt: skip
def test_nobody_else_reminds(half: Half, role: str, place: str, answer: str) -> None:
    period = half.period()
    before = half.sql("select count(*) from reminder")
    refused = _remind(half, period, role, place, agencyIds=[half.agency("A")])
    assert refused["__typename"] == answer, refused
    assert half.sql("select count(*) from reminder") == before


def test_who_cannot_be_reminded(half: Half) -> None:
    period = half.period(date(2024, 12, 31))
    no_archive = _remind(half, period, agencyIds=[half.agency("A.2")])
    assert no_archive["__typename"] == "ReturnNotOwed"
    half.sql("update agency set valid_to = '2025-01-01' where code = 'C'")
    try:
        ended = _remind(half, period, agencyIds=[half.agency("C")])
        assert ended["__typename"] == "AgencyEnded"
    finally:
        half.sql("update agency set valid_to = null where code = 'C'")
    half.step("closePeriod", "supervisor_head", "SNV", period)
    closed = _remind(half, period, agencyIds=[half.agency("A")])
    assert closed["__typename"] == "WrongPeriodState"
    assert half.sql(MAILS) == []


def test_the_letter_to_late_agencies_is_of_home_affairs(
    half: Half, printer: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = Reporters(half)
    half.sql("update reporting_period set state = 'CLOSED' where state = 'OPEN'")
    period = half.period(
        date(2024, 6, 30), returnsDueOn=date(2024, 6, 25), unitReturnsDueOn=date(2024, 6, 10)
    )
    half.approved(period, "B")
    url = half.ask(LETTER, "supervisor", "SNV", id=period["id"])["returnsDesk"]["letterUrl"]
    fetched = people.get(url, "supervisor", "SNV")
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "application/pdf")
    for who, status in ((("supervisor", "SNV"), 200), (("leader", "TP"), 403)):
        headers = {"authorization": f"Bearer {half.tokens[who]}"}
        assert people.ask("GET", url, "anyone", headers=headers).status_code == status, who
    text = " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(fetched.content)).pages).split()
    )
    assert "1/4 cơ quan; 3 cơ quan đã quá hạn" in text
    assert "Cơ quan A 25/6/2024 Chưa lập báo cáo 1" in text
    assert "Cơ quan B" not in text
    [event] = half.sql("select event_type, detail from audit_event order by id desc limit 1")
    assert (event.event_type, event.detail["kind"]) == ("report:export", "LETTER")
    for role, place, status in (
        ("leader", "TP", 403),
        ("officer", "A", 403),
        ("staff", "A", 404),
        ("anyone", "", 403),
    ):
        assert people.get(url, role, place).status_code == status, role
        if role != "anyone":
            seen = half.ask(LETTER, role, place, id=period["id"])["returnsDesk"]["letterUrl"]
            assert seen is None
    monkeypatch.setenv("HUB_DSN", half.dsn)
    written = tmp_path / "cong-van.html"
    typed = ["report", "letter", "--period", "30/6/2024", "--out", str(written), "--as"]
    assert main([*typed, "officer.A"]) == 2
    assert not written.exists()
    assert main([*typed, "supervisor.SNV"]) == 0
    assert "3 cơ quan đã quá hạn" in written.read_text()
    half.sql("update reporting_period set state = 'CLOSED' where state = 'OPEN'")
    assert people.get(url, "supervisor", "SNV").status_code == 400


NOTICES = (
    "{ notices { kind message count overdueCount periodId dueOn workingDaysLeft agencyId returnId note } }"
)


@pytest.mark.usefixtures("addresses")
def test_everybody_is_told_what_is_asked_of_him_now(half: Half) -> None:
    half.sql("update reporting_period set state = 'CLOSED' where state = 'OPEN'")
    period = half.period(date(2025, 12, 31), returnsDueOn=date(2025, 7, 4), unitReturnsDueOn=date(2025, 7, 1))
    # The day of units has passed since.
    half.sql("update reporting_period set unit_returns_due_on = '2025-06-26' where state = 'OPEN'")
    approved = half.approved(period, "B")
    half.begun(period, "A")
    _remind(half, period, agencyIds=[half.agency("A.1")], note="Nộp ngay.")

    def asked(role: str, place: str = "A", language: str = "en") -> list[Any]:
        found: list[Any] = half.ask(NOTICES, role, place, language)["notices"]
        return found

    [write] = asked("officer")
    assert (write["kind"], write["count"], write["overdueCount"], write["dueOn"], write["note"]) == (
        "WRITE", 2, 1, "2025-06-26", "Nộp ngay.",
    )  # fmt: skip
    assert asked("officer", language="vi")[0]["message"] == (
        "Lập và trình 2 báo cáo, kỳ 31/12/2025: hạn sớm nhất 26/6/2025 (quá hạn 2 ngày làm việc); 1 đã quá hạn."
    )
    [unit] = asked("officer", "A.1")
    assert (unit["count"], unit["agencyId"], unit["workingDaysLeft"]) == (1, half.agency("A.1"), -2)
    [accept] = asked("supervisor", "SNV")
    assert (accept["kind"], accept["returnId"], accept["workingDaysLeft"]) == ("ACCEPT", approved["id"], 4)
    assert accept["message"].startswith(
        "Accept or send back the return of Cơ quan B for 2025-12-31: due 2025-07-04"
    )
    half.step("submitReturn", "officer", "A", half.begun(period, "A", expectedVersion=1))
    assert [one["kind"] for one in asked("approver")] == ["APPROVE"]
    for role, place in (("staff", "A"), ("leader", "TP"), ("user", ""), ("anyone", "")):
        assert asked(role, place) == [], role
    half.sql("update outbox_message set state = 'FAILED', last_error = '550 no' where state = 'WAITING'")
    assert {"kind": "MAIL", "note": "550 no"}.items() <= asked("supervisor", "SNV")[-1].items()
    page = Reporters(half).get("/account", "officer", "A.1").text
    assert "Việc đang chờ bạn" in page
    assert "Sở Nội vụ: Nộp ngay." in page
