"""Periods: opened with their days, changed, closed, opened again; and what nobody may do to a closed one."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import psycopg
import pytest

from hub.kpi.frozen import thaw
from hub.returns.rules import is_late
from tests.reporting.conftest import PLAN, Half, asking


def test_a_period_has_the_usual_days_unless_others_are_said(half: Half) -> None:
    usual = half.period(date(2026, 6, 30))
    assert [usual[name] for name in ("returnsDueOn", "unitReturnsDueOn", "dataCutoff")] == [
        "2026-06-20", "2026-06-10", "2026-06-30",
    ]  # fmt: skip
    said = half.period(date(2026, 12, 31), returnsDueOn=date(2026, 12, 5), dataCutoff=date(2026, 12, 14))
    assert [said[name] for name in ("returnsDueOn", "unitReturnsDueOn", "dataCutoff")] == [
        "2026-12-05", "2026-12-05", "2026-12-14",
    ]  # fmt: skip
    changed = half.step("updatePeriod", "supervisor_head", "SNV", said, unitReturnsDueOn="2026-11-25")
    assert (changed["unitReturnsDueOn"], changed["returnsDueOn"]) == ("2026-11-25", "2026-12-05")


@pytest.mark.parametrize(
    ("days", "codes"),
    [
        ({"deadline": "2027-05-31"}, ["NOT_A_HALF_YEAR"]),
        ({"deadline": "2027-06-30", "returnsDueOn": "2027-07-05"}, ["WRONG_ORDER"]),
        ({"deadline": "2027-06-30", "unitReturnsDueOn": "2027-06-25"}, ["WRONG_ORDER"]),
        ({"deadline": "2027-06-30", "dataCutoff": "2027-07-01"}, ["WRONG_ORDER"]),
        ({"deadline": "2027-06-30", "coversFrom": "2027-01-01"}, ["COVERS"]),
        ({"deadline": "2027-06-30", "kind": "INTERIM"}, ["COVERS"]),
        ({"deadline": "2027-06-30", "kind": "FINAL", "coversFrom": "2028-01-01"}, ["WRONG_ORDER"]),
        ({"deadline": "2027-06-30", "unitReturnsDueOn": "2026-06-10"}, ["BEFORE_PERIOD"]),
        ({"deadline": "2027-06-30", "dataCutoff": "2017-06-30"}, ["BEFORE_PERIOD"]),
        (
            {
                "deadline": "2027-06-30",
                "kind": "INTERIM",
                "coversFrom": "2025-01-01",
                "returnsDueOn": "2025-06-29",
            },
            ["DAY_PASSED", "DAY_PASSED"],
        ),
    ],
)
def test_days_that_cannot_be_are_named(half: Half, days: dict[str, str], codes: list[str]) -> None:
    refused = half.do("openPeriod", "supervisor_head", "SNV", plan=PLAN, **days)
    assert [error["code"] for error in refused["errors"]] == codes
    assert (
        half.sql("select 1 from reporting_period where deadline between '2027-05-01' and '2027-12-30'") == []
    )


def test_nobody_is_made_late_by_a_day_that_is_moved_into_the_past(half: Half) -> None:
    days = {"returnsDueOn": "2025-07-10", "unitReturnsDueOn": "2025-07-05"}
    period = half.do(
        "openPeriod", "supervisor_head", "SNV", plan=PLAN, kind="INTERIM", deadline="2025-07-31",
        coversFrom="2024-07-01", **days,
    )  # fmt: skip
    moved = {"returnsDueOn": "2025-06-29", "unitReturnsDueOn": "2025-06-29"}
    refused = half.step("updatePeriod", "supervisor_head", "SNV", period, **moved, language="vi")
    assert [(error["field"], error["code"]) for error in refused["errors"]] == [
        ("returnsDueOn", "DAY_PASSED"), ("unitReturnsDueOn", "DAY_PASSED"),
    ]  # fmt: skip
    assert (
        "từ hôm nay (30/06/2025) đến 31/07/2025, hoặc giữ ngày 10/07/2025" in refused["errors"][0]["message"]
    )
    query = "query($id: ID!) { reportingPeriod(id: $id) { returnsDueOn unitReturnsDueOn overdue { totalCount } } }"
    told = half.ask(query, "supervisor", "SNV", id=period["id"])["reportingPeriod"]
    assert told == {**days, "overdue": {"totalCount": 0}}
    today = {"returnsDueOn": "2025-06-30", "unitReturnsDueOn": "2025-06-30"}
    assert half.step("updatePeriod", "supervisor_head", "SNV", period, **today)["version"] == 2


def test_an_older_period_is_entered_late_and_says_who_is_late(half: Half) -> None:
    period = half.period(date(2020, 6, 30))
    query = "query($id: ID!) { reportingPeriod(id: $id) { state overdue { totalCount } } }"
    told = half.ask(query, "supervisor", "SNV", id=period["id"])["reportingPeriod"]
    assert told == {"state": "OPEN", "overdue": {"totalCount": 5}}
    right = half.step("updatePeriod", "supervisor_head", "SNV", period, returnsDueOn="2020-06-19")
    assert right["returnsDueOn"] == "2020-06-19"


@pytest.mark.parametrize("role", ["supervisor", "leader", "officer", "finance"])
def test_only_the_head_of_home_affairs_opens_and_closes(half: Half, role: str) -> None:
    place = {"leader": "TP", "officer": "A"}.get(role, "SNV")
    refused = half.do("openPeriod", role, place, plan=PLAN, deadline="2028-06-30")
    assert (refused["__typename"], refused["code"]) == ("NotPermitted", "NOT_PERMITTED")
    period = half.period()
    refused = half.step("closePeriod", role, place, period)
    assert refused["__typename"] == "NotPermitted"
    assert half.sql("select count(*) as n from reporting_period where state = 'CLOSED'")[0].n == 0


def test_a_summary_spans_half_years_and_stands_beside_the_half_year_of_its_day(half: Half) -> None:
    halves = [half.period(day) for day in (date(2030, 6, 30), date(2030, 12, 31))]
    whole = half.do(
        "openPeriod",
        "supervisor_head",
        "SNV",
        plan=PLAN,
        kind="INTERIM",
        deadline="2030-12-31",
        coversFrom="2030-01-01",
    )
    query = "query($id: ID!) { reportingPeriod(id: $id) { kind spans { nodes { id kind } } } }"
    told = half.ask(query, "leader", "TP", id=whole["id"])["reportingPeriod"]
    assert [one["id"] for one in told["spans"]["nodes"]] == [one["id"] for one in halves]
    again = half.do("openPeriod", "supervisor_head", "SNV", plan=PLAN, deadline="2030-12-31")
    assert (again["__typename"], again["code"]) == ("WrongPeriodState", "WRONG_PERIOD_STATE")


@pytest.mark.parametrize(("kind", "deadline"), [("INTERIM", "2021-12-31"), ("FINAL", "2022-06-30")])
def test_a_summary_is_written_accepted_and_closed_as_a_half_year_is(
    half: Half, kind: str, deadline: str
) -> None:
    period = half.do(
        "openPeriod",
        "supervisor_head",
        "SNV",
        plan=PLAN,
        kind=kind,
        deadline=deadline,
        coversFrom="2012-01-01",
    )
    half.period(date(2016, 6, 30) if kind == "INTERIM" else date(2016, 12, 31))
    form = 'query($id: ID!) { returnForm(periodId: $id, agencyCode: "A") { owed figures { sentence } } }'
    told = half.ask(form, "officer", "A", id=period["id"])["returnForm"]
    # What a summary covers is held against the half-year before it all, not against one in its middle.
    assert {one["sentence"] for one in told["figures"]} == {"There is no period before to compare with."}
    again = half.do(
        "openPeriod",
        "supervisor_head",
        "SNV",
        plan=PLAN,
        kind=kind,
        deadline=deadline,
        coversFrom="2013-01-01",
    )
    assert again["__typename"] == "WrongPeriodState"
    accepted = half.step("acceptReturn", "supervisor", "SNV", half.approved(period))
    assert accepted["returnState"] == "ACCEPTED"
    assert half.step("submitReturn", "officer", "A", accepted)["__typename"] == "WrongReturnState"
    assert half.step("closePeriod", "supervisor_head", "SNV", period)["periodState"] == "CLOSED"


def test_a_closed_period_takes_no_word_and_no_decision(half: Half) -> None:
    period = half.period(date(2021, 6, 30))
    approved, draft = half.approved(period, "A"), half.begun(period, "B")
    stale = half.step("closePeriod", "supervisor_head", "SNV", period | {"version": 9})
    assert stale["__typename"] == "StaleVersion"
    closed = half.step("closePeriod", "supervisor_head", "SNV", period)
    assert closed["periodState"] == "CLOSED"
    [frozen] = half.sql(
        "select f.as_of, f.taken_by is not null as by,"
        " (select count(*) from frozen_figures g where g.freeze_id = f.id) as n"
        " from period_freeze f join reporting_period p on p.id = f.period_id where p.deadline = '2021-06-30'"
    )
    assert (frozen.as_of, frozen.by, frozen.n > 1) == (date(2021, 6, 30), True, True)
    said = {"periodId": period["id"], "agencyId": half.agency("B"), "expectedVersion": draft["version"]}
    refusals: list[Any] = [
        half.step("acceptReturn", "supervisor", "SNV", approved),
        half.step("sendBackReturn", "supervisor", "SNV", approved, reason="sai"),
        half.step("submitReturn", "officer", "B", draft),
        half.do("saveReturn", "officer", "B", **said, results="muộn"),
        half.do("saveReturn", "officer", "TP", periodId=period["id"], agencyId=half.agency("C"), results="muộn"),
        half.do(
            "extendReturn", "supervisor_head", "SNV", periodId=period["id"], agencyId=half.agency("B"),
            dueOn="2021-07-10", reason="x",
        ),
        half.step("updatePeriod", "supervisor_head", "SNV", closed, returnsDueOn="2021-06-01"),
    ]  # fmt: skip
    assert {one["__typename"] for one in refusals} == {"WrongPeriodState"}
    assert "Ask Home Affairs" in refusals[0]["message"]
    query = "query($id: ID!) { agencyReturn(id: $id) { state viewerCan turns { turn } } }"
    told = half.ask(query, "supervisor", "SNV", id=approved["id"])["agencyReturn"]
    assert (told["state"], len(told["turns"])) == ("APPROVED", 2)
    assert "ACCEPT_RETURN" not in told["viewerCan"]
    empty = half.step("reopenPeriod", "supervisor_head", "SNV", closed, reason=" ")
    assert empty["__typename"] == "Invalid"
    opened = half.step("reopenPeriod", "supervisor_head", "SNV", closed, reason="Bổ sung báo cáo của quận B")
    assert opened["periodState"] == "OPEN"
    assert half.step("acceptReturn", "supervisor", "SNV", approved)["returnState"] == "ACCEPTED"


def test_a_period_is_closed_though_others_write_and_accept_while_it_is_counted(half: Half) -> None:
    period = half.period(date(2020, 12, 31))
    line = {"code": "3.1", "numerator": "4", "denominator": "4"}
    row = half.step("submitReturn", "officer", "A", half.begun(period, "A", lines=[line]))
    approved = half.step("approveReturn", "approver", "A", row)
    draft, other = half.begun(period, "B"), half.begun(period, "A.1")
    seen = {"id": period["id"], "expectedVersion": period["version"]}
    saved = {"periodId": period["id"], "agencyId": half.agency("A.1"), "expectedVersion": other["version"]}
    meanwhile = (
        ("saveReturn", "officer", "A.1", {**saved, "results": "Tự động lưu"}),
        ("submitReturn", "officer", "B", {"id": draft["id"], "expectedVersion": draft["version"]}),
        ("acceptReturn", "supervisor", "SNV", {"id": approved["id"], "expectedVersion": approved["version"]}),
    )
    waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"

    async def day() -> tuple[list[Any], Any]:
        with psycopg.connect(half.dsn) as held:
            # Who works on returns of a period shares it: the closing waits, once it has counted.
            held.execute("select from reporting_period where deadline = '2020-12-31' for share")
            closing = asyncio.create_task(
                half.answer(asking("closePeriod"), "supervisor_head", "SNV", input=seen)
            )
            while not half.sql(waiting) and not closing.done():
                await asyncio.sleep(0)
            told = [await half.answer(asking(deed), *who, input=said) for deed, *who, said in meanwhile]
        return [one["data"] for one in told], (await closing)["data"]["closePeriod"]

    told, closed = half.runner.run(day())
    assert [next(iter(one.values()))["returnState"] for one in told] == ["DRAFT", "SUBMITTED", "ACCEPTED"]
    assert closed["periodState"] == "CLOSED", closed
    [frozen] = half.sql(
        "select g.figures from frozen_figures g join period_freeze f on f.id = g.freeze_id"
        " join reporting_period p on p.id = f.period_id where p.deadline = '2020-12-31' and g.agency_id is null"
    )
    [rate] = [one for one in thaw(frozen.figures) if one.indicator.code == "3.1"]
    assert (rate.numerator, rate.agencies_reported) == (1, 1)  # what was accepted meanwhile is counted


def test_a_period_is_not_closed_before_its_data_cut_off(half: Half) -> None:
    period = half.period(date(2025, 12, 31))
    refused = half.step("closePeriod", "supervisor_head", "SNV", period)
    assert [error["code"] for error in refused["errors"]] == ["BEFORE_CUTOFF"]
    half.begun(period)
    moved = half.step("updatePeriod", "supervisor_head", "SNV", period, deadline="2026-12-31")
    assert [error["code"] for error in moved["errors"]] == ["RETURNS_BEGUN"]


def test_what_a_body_handed_in_before_it_ended_is_accepted(half: Half) -> None:
    period = half.period(date(2022, 12, 31))
    row = half.step("submitReturn", "officer", "TP", _begun_by_city(half, period))
    row = half.step("approveReturn", "approver", "TP", row)
    half.sql("update agency set valid_to = '2023-03-01' where id = %s", half.agencies["C"])
    try:
        assert half.step("acceptReturn", "supervisor", "SNV", row)["returnState"] == "ACCEPTED"
    finally:
        half.sql("update agency set valid_to = null where id = %s", half.agencies["C"])


def _begun_by_city(half: Half, period: Any) -> Any:
    said = {"periodId": period["id"], "agencyId": half.agency("C")}
    return half.do("saveReturn", "officer", "TP", **said, results="Đã làm", difficulties="Không có")


def test_a_unit_without_an_archive_owes_nothing(half: Half) -> None:
    period = half.period()
    refused = half.do(
        "saveReturn", "officer", "A", periodId=period["id"], agencyId=half.agency("A.2"), results="x"
    )
    assert (refused["__typename"], refused["code"]) == ("ReturnNotOwed", "RETURN_NOT_OWED")


def test_the_clock_of_ha_noi_decides_who_is_late(half: Half) -> None:
    """23:59 of the last day in Hà Nội is 16:59 of it in London; a minute later the day is over, whatever they say."""
    period = half.period(
        date(2023, 12, 31), returnsDueOn=date(2023, 12, 31), unitReturnsDueOn=date(2023, 12, 20)
    )
    row = half.step("submitReturn", "officer", "B", half.begun(period, "B"))
    query = "query($id: ID!, $f: ReturnFilter) { agencyReturn(id: $id) { isLate } returns(filter: $f) { totalCount } }"
    for at, late in (("2023-12-31T16:59:59Z", False), ("2023-12-31T23:59:59+07:00", False),
                     ("2023-12-31T23:59:59Z", True), ("2023-12-31T17:00:00Z", True)):  # fmt: skip
        half.sql(
            "update agency_return set handed_in_at = %s where id = (select max(id) from agency_return)", at
        )
        told = half.ask(
            query, "supervisor", "SNV", id=row["id"], f={"periodId": period["id"], "isLate": late}
        )
        assert (told["agencyReturn"]["isLate"], told["returns"]["totalCount"]) == (late, 1), at
    assert not is_late(None, date(2023, 12, 31), date(2023, 12, 31))
