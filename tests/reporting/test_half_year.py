"""A whole half-year of 200 agencies over GraphQL, by role: opened, written, decided, followed up, closed, frozen.

Everybody acts as himself, on the days on which it happens; what one person does to many is sent in few operations.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from schema.limits import SIGNED_IN
from schema.mutations.return_inputs import MOST_AT_ONCE
from tests.reporting.conftest import PLAN, TODAY, Half, reporting

DISTRICTS = 195
OPENED, IN_TIME = date(2025, 6, 1), date(2025, 6, 18)
# How many hand in by the day, and how many after it (some of these stay drafts, some are sent back): half are late.
PROMPT, LATE, DRAFTS, BACK = 99, 41, 5, 5
SUBMITTED, SILENT = PROMPT + LATE - DRAFTS, 200 - 1 - PROMPT - LATE
ACCEPTED = SUBMITTED - BACK  # by Home Affairs; the unit's by the body above


@pytest.fixture(scope="module")
def city(clone: Callable[[], contextlib.AbstractContextManager[str]], stopped_clock: None) -> Iterator[Half]:
    with clone() as dsn, reporting(dsn, DISTRICTS) as half:
        yield half


def _many(city: Half, deed: str, who: tuple[str, str], said: Sequence[dict[str, Any]]) -> list[Any]:
    """The answers to a deed on many, in as few operations as the limits let."""
    most = SIGNED_IN.aliases
    if len(said) > most:
        return _many(city, deed, who, said[:most]) + _many(city, deed, who, said[most:])
    kind = deed[0].upper() + deed[1:]
    declared = ", ".join(f"$i{n}: {kind}Input!" for n in range(len(said)))
    asked = " ".join(f"a{n}: {deed}(input: $i{n}) {{ ...told }}" for n in range(len(said)))
    text = (
        f"mutation({declared}) {{ {asked} }} fragment told on {kind}Result {{ __typename"
        " ... on AgencyReturn { id version state } ... on Problem { code } }"
    )
    answer = city.ask(text, *who, **{f"i{n}": one for n, one in enumerate(said)})
    return [answer[f"a{n}"] for n in range(len(said))]


def _seen(row: Any) -> dict[str, Any]:
    return {"id": row["id"], "expectedVersion": row["version"]}


def test_a_half_year_from_opening_to_frozen_figures(city: Half, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TODAY", OPENED.isoformat())
    opened = city.do("openPeriod", "supervisor_head", "SNV", plan=PLAN, deadline=TODAY.isoformat())
    owing = sorted(set(city.agencies) - {"TP", "A.2"})
    assert len(owing) == 200
    others = [code for code in owing if code != "A.1"]
    monkeypatch.setenv("HUB_TODAY", IN_TIME.isoformat())
    unit = city.approved(opened, "A.1")
    assert city.step("acceptReturn", "officer", "A", unit)["returnState"] == "ACCEPTED"
    prompt = _submitted(city, _written(city, opened, others[:PROMPT]))
    # One forgets to leave the decision to the head.
    refused = _many(city, "approveReturn", ("officer", "TP"), [_seen(row) for row in prompt[:3]])
    assert {row["__typename"] for row in refused} == {"NotPermitted"}
    waiting = _approved(city, prompt)
    monkeypatch.setenv("HUB_TODAY", TODAY.isoformat())
    drafts = _written(city, opened, others[PROMPT : PROMPT + LATE])
    waiting += _approved(city, _submitted(city, drafts[DRAFTS:]))
    back = [_seen(row) | {"reason": "Thiếu minh chứng"} for row in waiting[-BACK:]]
    assert {row["state"] for row in _many(city, "sendBackReturn", ("supervisor", "SNV"), back)} == {
        "SENT_BACK"
    }
    # One of those that went back is among those to be accepted: it alone is refused.
    told = _accepted(city, [waiting[-1], *waiting[: MOST_AT_ONCE - 1]])
    assert [row["__typename"] for row in told[:2]] == ["WrongReturnState", "AgencyReturn"]
    told = told[1:] + _accepted(city, waiting[MOST_AT_ONCE - 1 : -BACK])
    assert [row["state"] for row in told] == ["ACCEPTED"] * ACCEPTED
    _followed(city, opened, owing[-1])
    _closed(city, opened)


def _written(city: Half, period: Any, codes: Sequence[str]) -> list[Any]:
    said = [
        {
            "periodId": period["id"], "agencyId": city.agency(code), "results": f"Kết quả của {code}",
            "difficulties": "Không có", "lines": [{"code": "3.1", "numerator": "4", "denominator": "4"}],
        }
        for code in codes
    ]  # fmt: skip
    drafts = _many(city, "saveReturn", ("officer", "TP"), said)
    assert {row["state"] for row in drafts} == {"DRAFT"}
    return drafts


def _submitted(city: Half, drafts: Sequence[Any]) -> list[Any]:
    found = _many(city, "submitReturn", ("officer", "TP"), [_seen(row) for row in drafts])
    assert {row["state"] for row in found} == {"SUBMITTED"}
    return found


def _approved(city: Half, submitted: Sequence[Any]) -> list[Any]:
    found = _many(city, "approveReturn", ("approver", "TP"), [_seen(row) for row in submitted])
    assert {row["state"] for row in found} == {"APPROVED"}
    return found


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
        None: SILENT, "DRAFT": DRAFTS, "SUBMITTED": 0, "APPROVED": 0, "SENT_BACK": BACK, "ACCEPTED": ACCEPTED + 1,
    }  # fmt: skip
    counts = (desk["expectedCount"], counted["expectedCount"], counted["submittedCount"])
    assert counts == (200, 200, ACCEPTED + 1)
    # The unit came after its day, others on the last one, ten days late; one of the silent has got more time.
    assert (desk["lateCount"], counted["overdue"]["totalCount"]) == (100, SILENT - 1 + DRAFTS + BACK)
    assert {one["kind"] for row in desk["rows"] for one in row["anomalies"]} == {"NO_EVIDENCE"}
    assert len(desk["rows"]) == PROMPT + LATE


def _closed(city: Half, period: Any) -> None:
    """Closed and frozen: what is declared counts, nothing is decided any more."""
    closed = city.step("closePeriod", "supervisor_head", "SNV", period)
    assert closed["periodState"] == "CLOSED"
    [row] = city.sql(
        "select (select count(*) from declared_progress) as declared,"
        " (select count(*) from return_turn) as turns, (select count(*) from period_freeze) as frozen"
    )
    assert (row.declared, row.turns, row.frozen) == (ACCEPTED, 3 + 2 * SUBMITTED + BACK + ACCEPTED, 1)
    query = '{ indicators(asOf: "2025-06-30", codes: ["3.1"]) { numerator denominator } }'
    assert city.ask(query, "leader", "TP")["indicators"] == [{"numerator": ACCEPTED, "denominator": 200}]
    late = city.do(
        "saveReturn", "officer", "TP", periodId=period["id"], agencyId=city.agency("Q194"), results="Muộn"
    )
    assert late["__typename"] == "WrongPeriodState"
