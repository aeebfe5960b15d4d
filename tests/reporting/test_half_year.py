"""A whole half-year of 200 agencies over GraphQL, by role: opened, written, decided, followed up, closed, frozen.

Everybody acts as himself; what one person does to many is sent in one operation. Thirty agencies go every step; those
who have done theirs before the test begins are set up in bulk, as their steps would have left them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

import pytest

from hub.kit.ids import encode
from tests.reporting.conftest import PLAN, Half, reporting

DISTRICTS = 195
DAY = date(2025, 6, 30)
WRITING, SUBMITTING, BACK = 30, 25, 5  # all steps in the test
APPROVED, ACCEPTED = 80, 74  # done before it
# Agencies of the list, as far as the state says.
BULK = """
with one as (
    select unnest(%(ids)s::bigint[]) as id
), made as (
    insert into agency_return (period_id, agency_id, state, results, difficulties, submitted_by, submitted_at,
                               handed_in_at, approved_by, approved_at, decided_by, decided_at, version)
    select %(period)s, one.id, %(state)s, 'Đã làm', 'Không có', u.id, now(), timestamptz '2025-06-19 09:00+07',
           h.id, now(),
           case when %(state)s = 'ACCEPTED' then s.id end, now(), 4
      from one, app_user u, app_user h, app_user s
     where u.name = 'officer.TP' and h.name = 'approver.TP' and s.name = 'supervisor.SNV'
    returning id, agency_id
), lines as (
    insert into return_line (return_id, agency_id, indicator_id, numerator, denominator)
    select made.id, agency_id, i.id, 4, 4 from made, indicator i where i.code = '3.1' returning return_id
), declared as (
    insert into declared_progress (indicator_id, agency_id, as_of, numerator, denominator)
    select i.id, agency_id, date '2025-06-30', 4, 4 from made, indicator i
     where i.code = '3.1' and %(state)s = 'ACCEPTED' returning id
)
select made.id from made order by made.id
"""


@pytest.fixture(scope="module")
def city(clone: Callable[[], contextlib.AbstractContextManager[str]], stopped_clock: None) -> Iterator[Half]:
    with clone() as dsn, reporting(dsn, DISTRICTS) as half:
        yield half


def _many(city: Half, deed: str, who: tuple[str, str], said: Sequence[dict[str, Any]]) -> list[Any]:
    """The answers to a deed on many, in one operation."""
    kind = deed[0].upper() + deed[1:]
    declared = ", ".join(f"$i{n}: {kind}Input!" for n in range(len(said)))
    asked = " ".join(f"a{n}: {deed}(input: $i{n}) {{ ...told }}" for n in range(len(said)))
    text = (
        f"mutation({declared}) {{ {asked} }} fragment told on {kind}Result {{ __typename"
        " ... on AgencyReturn { id version state } ... on Problem { code } }"
    )
    answer = city.ask(text, *who, **{f"i{n}": one for n, one in enumerate(said)})
    return [answer[f"a{n}"] for n in range(len(said))]


def _before(city: Half, period: Any, codes: Sequence[str], state: str) -> list[dict[str, Any]]:
    """Returns that are there when the test begins."""
    key = city.sql("select max(id) as id from reporting_period")[0].id
    asked = {"ids": [city.agencies[code] for code in codes], "period": key, "state": state}
    found = city.owner.execute(BULK, asked).fetchall()
    return [{"id": encode("AgencyReturn", row.id), "version": 4} for row in found]


def _seen(row: Any) -> dict[str, Any]:
    return {"id": row["id"], "expectedVersion": row["version"]}


def test_a_half_year_from_opening_to_frozen_figures(city: Half) -> None:
    opened = city.do("openPeriod", "supervisor_head", "SNV", plan=PLAN, deadline=DAY.isoformat())
    owing = sorted(set(city.agencies) - {"TP", "A.2"})
    assert len(owing) == 200
    unit = city.approved(opened, "A.1")
    assert city.step("acceptReturn", "officer", "A", unit)["returnState"] == "ACCEPTED"
    others = iter(code for code in owing if code != "A.1")
    writing = list(islice(others, WRITING))
    waiting = _before(city, opened, list(islice(others, APPROVED)), "APPROVED")
    _before(city, opened, list(islice(others, ACCEPTED)), "ACCEPTED")
    said = [
        {
            "periodId": opened["id"], "agencyId": city.agency(code), "results": f"Kết quả của {code}",
            "difficulties": "Không có", "lines": [{"code": "3.1", "numerator": "4", "denominator": "4"}],
        }
        for code in writing
    ]  # fmt: skip
    drafts = _many(city, "saveReturn", ("officer", "TP"), said)
    assert {row["state"] for row in drafts} == {"DRAFT"}
    submitted = _many(city, "submitReturn", ("officer", "TP"), [_seen(row) for row in drafts[:SUBMITTING]])
    assert {row["state"] for row in submitted} == {"SUBMITTED"}
    refused = _many(city, "approveReturn", ("officer", "TP"), [_seen(row) for row in submitted[:3]])
    assert {row["__typename"] for row in refused} == {"NotPermitted"}
    approved = _many(city, "approveReturn", ("approver", "TP"), [_seen(row) for row in submitted])
    back = [_seen(row) | {"reason": "Thiếu minh chứng"} for row in approved[:BACK]]
    assert {row["state"] for row in _many(city, "sendBackReturn", ("supervisor", "SNV"), back)} == {
        "SENT_BACK"
    }
    # One of those that went back is among those to be accepted: it alone is refused.
    told = _accepted(city, [*approved[BACK - 1 :], *waiting[: 100 - SUBMITTING + BACK - 1]])
    assert [row["__typename"] for row in told[:2]] == ["WrongReturnState", "AgencyReturn"]
    assert [row["state"] for row in told[1:]] == ["ACCEPTED"] * 99
    told = _accepted(city, waiting[100 - SUBMITTING + BACK - 1 :])
    assert [row["state"] for row in told] == ["ACCEPTED"] * (APPROVED - 79)
    _followed(city, opened, owing[-1])
    _closed(city, opened)


def _accepted(city: Half, rows: Sequence[Any]) -> list[Any]:
    query = (
        "mutation($input: AcceptReturnsInput!) { acceptReturns(input: $input) { __typename"
        " ... on AgencyReturn { state } ... on Problem { code } } }"
    )
    given = {"returns": [_seen(row) for row in rows]}
    found: list[Any] = city.ask(query, "supervisor", "SNV", input=given)["acceptReturns"]
    return found


def _followed(city: Half, period: Any, silent: str) -> None:
    """Home Affairs sees who is where, calls, and gives one more time; the leader sees the same and does nothing."""
    about = {"periodId": period["id"], "agencyId": city.agency(silent)}
    called = city.do("noteCall", "supervisor", "SNV", **about, note="Hẹn thứ hai", promisedOn="2025-07-02")
    assert called["notes"][0]["by"] == "supervisor SNV"
    city.do("extendReturn", "supervisor_head", "SNV", **about, dueOn="2025-07-05", reason="Mưa bão")
    query = """query($id: ID!) { returnsDesk(periodId: $id) { expectedCount lateCount counts { state count }
      rows(isOdd: true) { agencyCode anomalies { kind } } }
      reportingPeriod(id: $id) { expectedCount submittedCount overdue { totalCount }
      late: returns(filter: { isLate: true, states: [DRAFT, SENT_BACK] }) { totalCount } } }"""
    told = [city.ask(query, *who, id=period["id"]) for who in (("supervisor", "SNV"), ("leader", "TP"))]
    assert told[0] == told[1]
    desk, counted = told[0]["returnsDesk"], told[0]["reportingPeriod"]
    assert {one["state"]: one["count"] for one in desk["counts"]} == {
        None: 15, "DRAFT": 5, "SUBMITTED": 0, "APPROVED": 0, "SENT_BACK": 5, "ACCEPTED": 175,
    }  # fmt: skip
    assert (desk["expectedCount"], counted["expectedCount"], counted["submittedCount"]) == (200, 200, 175)
    # What the test itself has handed in came ten days late, what was there before in time; one has got more time.
    assert (desk["lateCount"], counted["overdue"]["totalCount"]) == (15 + 5 + SUBMITTING, 24)
    assert {one["kind"] for row in desk["rows"] for one in row["anomalies"]} == {"NO_EVIDENCE"}
    assert len(desk["rows"]) == WRITING + APPROVED + ACCEPTED


def _closed(city: Half, period: Any) -> None:
    """Closed and frozen: what is declared counts, nothing is decided any more."""
    closed = city.step("closePeriod", "supervisor_head", "SNV", period)
    assert closed["periodState"] == "CLOSED"
    [row] = city.sql(
        "select (select count(*) from declared_progress) as declared,"
        " (select count(*) from return_turn) as turns, (select count(*) from period_freeze) as frozen"
    )
    assert (row.declared, row.turns, row.frozen) == (174, 3 + 2 * SUBMITTING + BACK + 100, 1)
    query = '{ indicators(asOf: "2025-06-30", codes: ["3.1"]) { numerator denominator } }'
    assert city.ask(query, "leader", "TP")["indicators"] == [{"numerator": 174, "denominator": 200}]
    late = city.do(
        "saveReturn", "officer", "TP", periodId=period["id"], agencyId=city.agency("Q194"), results="Muộn"
    )
    assert late["__typename"] == "WrongPeriodState"
