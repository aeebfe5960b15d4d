"""A return from the first word to acceptance, by role over GraphQL, and everything that stands in its way."""

from __future__ import annotations

from typing import Any

import pytest

from hub.kit.ids import encode
from tests.reporting.conftest import TODAY, Half

WAY = (
    "state dueOn isLate submittedBy approvedBy decidedBy decisionNote reportsTo { code } viewerCan"
    " turns { turn fromState toState note by onBehalfOf version } lines { code numerator denominator note quantities }"
)


def _amount(code: str, amount: str) -> dict[str, str]:
    return {"code": code, "amount": amount}


def _read(half: Half, row: Any, role: str = "officer", place: str = "A") -> Any:
    query = f"query($id: ID!) {{ agencyReturn(id: $id) {{ {WAY} }} }}"
    return half.ask(query, role, place, id=row["id"])["agencyReturn"]


def test_a_return_goes_its_way_and_every_turn_is_kept(half: Half) -> None:
    period = half.period()
    row = half.begun(
        period,
        lines=[
            {"code": "3.1", "numerator": "3", "denominator": "4", "documentNumber": "12/QĐ"},
            {"code": "IV.5.d", "quantities": [{"code": "backlog_left", "amount": "30.5"}]},
            {"code": "II.1.a", "note": "Đơn vị mới kết nối trục liên thông."},
        ],
    )
    row = half.step("submitReturn", "officer", "A", row)
    row = half.step("sendBackReturn", "approver", "A", row, reason="Bổ sung số liệu kinh phí")
    row = half.do(
        "saveReturn", "officer", "A", periodId=period["id"], agencyId=half.agency("A"),
        expectedVersion=row["version"], proposals="Bố trí kinh phí.",
    )  # fmt: skip
    row = half.step("submitReturn", "officer", "A", row)
    row = half.step("approveReturn", "approver", "A", row, note="Đồng ý")
    assert _read(half, row, "supervisor", "SNV")["viewerCan"] == [
        "SEND_BACK_RETURN", "ACCEPT_RETURN", "ACCEPT_RETURNS", "ASSIGN_REVIEWER", "NOTE_CALL", "SET_CONTACT",
    ]  # fmt: skip
    row = half.step("acceptReturn", "supervisor", "SNV", row)
    assert row["returnState"] == "ACCEPTED"
    told = _read(half, row)
    assert half.sql(
        "select distinct (handed_in_at at time zone 'Asia/Ho_Chi_Minh')::date as day from agency_return"
        " where period_id = (select max(period_id) from agency_return)"
    ) == [(TODAY,)]
    assert [(turn["turn"], turn["fromState"], turn["toState"], turn["by"]) for turn in told["turns"]] == [
        ("SUBMIT", "DRAFT", "SUBMITTED", "officer A"),
        ("SEND_BACK", "SUBMITTED", "SENT_BACK", "approver A"),
        ("SUBMIT", "SENT_BACK", "SUBMITTED", "officer A"),
        ("APPROVE", "SUBMITTED", "APPROVED", "approver A"),
        ("ACCEPT", "APPROVED", "ACCEPTED", "supervisor SNV"),
    ]
    assert [turn["note"] for turn in told["turns"]] == [
        None,
        "Bổ sung số liệu kinh phí",
        None,
        "Đồng ý",
        None,
    ]
    assert (told["submittedBy"], told["approvedBy"], told["decidedBy"]) == (
        "officer A",
        "approver A",
        "supervisor SNV",
    )
    assert [line["code"] for line in told["lines"]] == ["II.1.a", "3.1", "IV.5.d"]
    events = half.sql(
        "select event_type from audit_event where object_type = 'return' and object_id ="
        " (select id from agency_return where period_id = (select max(period_id) from agency_return)) order by id"
    )
    assert [event.event_type for event in events] == [
        "return:create", "return:submit", "return:return", "return:update", "return:submit", "return:approve",
        "return:accept",
    ]  # fmt: skip


def test_what_is_accepted_is_declared_progress_and_a_mere_explanation_is_not(half: Half) -> None:
    period = half.period()
    row = half.begun(
        period, "B",
        lines=[
            {"code": "3.1", "numerator": "4", "denominator": "4"},
            {"code": "IV.5.g", "quantities": [_amount("funds_granted", "1200"), _amount("funds_spent", "300.5")]},
            {"code": "II.1.a", "note": "Giải trình"},
        ],
    )  # fmt: skip
    row = half.step("submitReturn", "officer", "B", row)
    row = half.step("approveReturn", "approver", "B", row)
    assert half.sql("select 1 from declared_progress where agency_id = %s", half.agencies["B"]) == []
    half.step("acceptReturn", "supervisor", "SNV", row)
    told = half.sql(
        "select coalesce(i.code, d.code) as code, p.numerator, p.value, p.as_of from declared_progress p"
        " left join indicator i on i.id = p.indicator_id left join duty d on d.id = p.duty_id"
        " where p.agency_id = %s order by p.id",
        half.agencies["B"],
    )
    assert [(one.code, one.numerator, one.value) for one in told] == [
        ("3.1", 4, None),
        (
            "IV.5.g",
            None,
            "Kinh phí được giao trong năm: 1.200 triệu đồng; "
            "Kinh phí đã sử dụng đến ngày chốt số liệu: 300,50 triệu đồng",
        ),
    ]


def test_a_return_that_is_sent_back_after_all_declares_nothing_and_what_held_before_holds(half: Half) -> None:
    newest = (
        "select distinct on (indicator_id, duty_id) p.numerator::int as n from declared_progress p"
        " left join indicator i on i.id = p.indicator_id left join duty d on d.id = p.duty_id"
        " where p.agency_id = %s and coalesce(i.code, d.code) = %s"
        " order by indicator_id, duty_id, p.as_of desc, p.declared_at desc, p.id desc"
    )

    def told() -> list[int | None]:
        return [half.sql(newest, half.agencies["B"], code)[0].n for code in ("3.1", "3.2")]

    for count, code in (("1", "3.1"), ("3", "3.1"), ("4", "3.2")):
        period = half.period()
        row = half.begun(period, "B", lines=[{"code": code, "numerator": count, "denominator": "4"}])
        row = half.step("submitReturn", "officer", "B", row)
        row = half.step("approveReturn", "approver", "B", row)
        accepted = half.step("acceptReturn", "supervisor", "SNV", row)
        if count != "1":
            back = half.step("sendBackReturn", "supervisor", "SNV", accepted, reason="Chưa có văn bản")
            assert back["returnState"] == "SENT_BACK"
    assert told() == [1, None]
    line = {"code": "3.2", "numerator": "2", "denominator": "4"}
    said = {"periodId": period["id"], "agencyId": half.agency("B"), "expectedVersion": back["version"]}
    row = half.do("saveReturn", "officer", "B", **said, lines=[line])
    row = half.step("submitReturn", "officer", "B", row)
    row = half.step("approveReturn", "approver", "B", row)
    half.step("acceptReturn", "supervisor", "SNV", row)
    assert told() == [1, 2]


def test_a_units_return_goes_to_the_body_above_and_home_affairs_leaves_it_alone(half: Half) -> None:
    period = half.period()
    row = half.approved(period, "A.1")
    told = _read(half, row, "officer", "A")
    assert (told["reportsTo"]["code"], "ACCEPT_RETURN" in told["viewerCan"]) == ("A", True)
    assert half.step("acceptReturn", "supervisor", "SNV", row)["__typename"] == "NotPermitted"
    assert half.step("acceptReturn", "officer", "B", row)["__typename"] == "NotFound"
    assert half.step("acceptReturn", "officer", "A", row)["returnState"] == "ACCEPTED"
    whole = half.begun(period, "A")
    query = "query($id: ID!) { agencyReturn(id: $id) { unitReturns { totalCount nodes { agency { code } state } } } }"
    units = half.ask(query, "officer", "A", id=whole["id"])["agencyReturn"]["unitReturns"]
    assert units == {"totalCount": 1, "nodes": [{"agency": {"code": "A.1"}, "state": "ACCEPTED"}]}


def test_who_submitted_neither_approves_nor_accepts_nor_does_his_delegate(half: Half) -> None:
    period = half.period()
    both = half.sql("select id from app_user where name = 'approver.TP'")[0].id
    row = half.step("submitReturn", "officer", "TP", half.begun(period))
    half.sql(
        "update agency_return set submitted_by = %s where id = (select max(id) from agency_return)", both
    )
    refused = half.step("approveReturn", "approver", "TP", row)
    assert (refused["__typename"], refused["code"]) == ("NotPermitted", "NOT_PERMITTED")
    assert "Somebody else" in refused["message"]
    with pytest.raises(Exception, match="ck_agency_return_approved_by_another"):
        half.sql("update agency_return set approved_by = submitted_by where submitted_by = %s", both)
    with pytest.raises(Exception, match="ck_agency_return_accepted_by_another"):
        half.sql(
            "update agency_return set state = 'ACCEPTED', decided_by = submitted_by where submitted_by = %s",
            both,
        )
    assert _read(half, row)["state"] == "SUBMITTED"


def test_a_head_away_lets_another_approve_on_his_behalf_and_the_turn_says_so(half: Half) -> None:
    period = half.period()
    row = half.step("submitReturn", "officer", "B", half.begun(period, "B"))
    half.sql(
        "insert into role_grant (user_id, role, agency_id, valid_from, valid_to, on_behalf_of, delegated_from, reason)"
        " select d.id, g.role, g.agency_id, '2025-06-01', '2025-08-01', g.user_id, g.id, 'ủy quyền'"
        " from role_grant g join app_user u on u.id = g.user_id, app_user d"
        " where u.name = 'approver.B' and d.name = 'finance.SNV'"
    )
    row = half.step("approveReturn", "finance", "SNV", row)
    assert row["returnState"] == "APPROVED"
    turn = _read(half, row, "supervisor", "SNV")["turns"][-1]
    assert (turn["by"], turn["onBehalfOf"]) == ("finance SNV", "approver B")


def _delegated(half: Half, giver: str, taker: str) -> None:
    """A head's role given to another for a while."""
    half.sql(
        "insert into role_grant (user_id, role, agency_id, valid_from, valid_to, on_behalf_of, delegated_from, reason)"
        " select d.id, g.role, g.agency_id, '2025-06-01', '2025-08-01', g.user_id, g.id, 'ủy quyền'"
        " from role_grant g join app_user u on u.id = g.user_id, app_user d where u.name = %s and d.name = %s",
        giver, taker,
    )  # fmt: skip


def test_who_approved_a_units_return_does_not_accept_it_as_the_body_above(half: Half) -> None:
    row = half.step("submitReturn", "officer", "A.1", half.begun(half.period(), "A.1"))
    row = half.step("approveReturn", "approver", "A", row)
    before = _read(half, row)
    refused = half.step("acceptReturn", "approver", "A", row)
    assert (refused["__typename"], refused["code"]) == ("NotPermitted", "NOT_PERMITTED")
    assert "approved a return" in refused["message"]
    assert refused["message"].endswith(
        "Somebody else with the right must do it: officer A; officer A-second; approver TP."
    )
    told = half.step("acceptReturn", "approver", "A", row, language="vi")["message"]
    assert told.endswith("Người có thể làm bước này: officer A; officer A-second; approver TP.")
    assert "ACCEPT_RETURN" not in _read(half, row, "approver", "A")["viewerCan"]
    assert _read(half, row) == before
    with pytest.raises(Exception, match="ck_agency_return_accepted_by_no_approver"):
        half.sql(
            "update agency_return set state = 'ACCEPTED', decided_by = approved_by"
            " where id = (select max(id) from agency_return)"
        )
    assert half.step("acceptReturn", "officer", "A", row)["returnState"] == "ACCEPTED"


def test_nor_does_who_let_another_approve_it_even_when_the_delegation_is_over(half: Half) -> None:
    _delegated(half, "approver.A", "user.")
    row = half.step("submitReturn", "officer", "A.1", half.begun(half.period(), "A.1"))
    row = half.step("approveReturn", "user", "", row)
    before = _read(half, row)
    assert before["turns"][-1]["onBehalfOf"] == "approver A"
    for who in (("user", ""), ("approver", "A")):
        assert half.step("acceptReturn", *who, row)["__typename"] == "NotPermitted", who
    half.sql(
        "update role_grant set valid_to = '2025-06-30' where on_behalf_of is not null and valid_to > '2025-06-30'"
    )
    refused = half.step("acceptReturn", "approver", "A", row)
    assert refused["message"].endswith("officer A; officer A-second; approver TP.")
    assert _read(half, row) == before


def test_a_second_submission_an_old_version_and_a_repeat(half: Half) -> None:
    period = half.period()
    draft = half.begun(period)
    again = half.do(
        "saveReturn", "officer", "A-second", periodId=period["id"], agencyId=half.agency("A"), results="x"
    )
    assert (again["__typename"], again["code"]) == ("StaleVersion", "STALE_VERSION")
    once = {"id": draft["id"], "expectedVersion": draft["version"], "idempotencyKey": "k-1"}
    row = half.do("submitReturn", "officer", "A", **once)
    assert half.do("submitReturn", "officer", "A", **once) == row
    second = half.step("submitReturn", "officer", "A", row)
    assert (second["__typename"], second["code"]) == ("WrongReturnState", "WRONG_STATE")
    late = half.do(
        "saveReturn", "officer", "A", periodId=period["id"], agencyId=half.agency("A"),
        expectedVersion=draft["version"], results="đè",
    )  # fmt: skip
    assert late["__typename"] == "WrongReturnState"
    assert len(_read(half, row)["turns"]) == 1


def test_two_people_at_once_do_not_write_over_each_other(half: Half) -> None:
    period = half.period()
    draft = half.begun(period)
    said = {"periodId": period["id"], "agencyId": half.agency("A"), "expectedVersion": draft["version"]}
    first = half.do("saveReturn", "officer", "A", **said, results="của người thứ nhất")
    second = half.do("saveReturn", "officer", "A-second", **said, results="của người thứ hai")
    assert (first["version"], second["__typename"]) == (draft["version"] + 1, "StaleVersion")
    same = half.do("saveReturn", "officer", "A", **said | {"expectedVersion": first["version"]})
    assert same["version"] == first["version"], "an autosave without a change changes nothing"


def test_a_return_says_what_it_must_before_it_goes_on(half: Half) -> None:
    period = half.period()
    row = half.begun(period, results="", difficulties=None)
    refused = half.step("submitReturn", "officer", "A", row, language="vi")
    assert [(error["field"], error["code"]) for error in refused["errors"]] == [
        ("results", "REQUIRED"), ("difficulties", "REQUIRED"),
    ]  # fmt: skip
    assert "«Không có»" in refused["errors"][1]["message"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"code": "IX.9"}, "UNKNOWN_CODE"),
        ({"code": "3.1", "numerator": "-1"}, "BAD_AMOUNT"),
        ({"code": "3.1", "numerator": "60%"}, "BAD_AMOUNT"),
        ({"code": "3.1", "numerator": "5", "denominator": "4"}, "TOO_LARGE"),
        ({"code": "3.1", "denominator": "0"}, "REQUIRED"),
        ({"code": "IV.5.d", "quantities": [{"code": "gold", "amount": "1"}]}, "UNKNOWN_QUANTITY"),
        ({"code": "3.1", "note": "x" * 2001}, "TOO_LONG"),
    ],
)
def test_a_line_that_cannot_be_is_named_by_its_row(half: Half, line: dict[str, Any], code: str) -> None:
    period = half.sql("select id from reporting_period where state = 'OPEN' order by id limit 1")[0].id
    said = {"periodId": encode("ReportingPeriod", period), "agencyId": half.agency("C")}
    refused = half.do(
        "saveReturn", "officer", "TP", **said, lines=[{"code": "IV.5.a", "value": "xong"}, line]
    )
    assert [(error["row"], error["code"]) for error in refused["errors"]] == [(2, code)]
    assert half.sql("select 1 from agency_return where agency_id = %s", half.agencies["C"]) == []


def test_an_empty_whole_is_kept_as_said(half: Half) -> None:
    period = half.period()
    row = half.begun(period, lines=[{"code": "3.1", "numerator": "0", "denominator": "0"}])
    [line] = _read(half, row)["lines"]
    assert (line["numerator"], line["denominator"]) == ("0.00", "0.00")
    cleared = half.do(
        "saveReturn", "officer", "A",
        periodId=period["id"], agencyId=half.agency("A"),
        expectedVersion=row["version"], lines=[{"code": "3.1"}],
    )  # fmt: skip
    assert _read(half, cleared)["lines"] == []
