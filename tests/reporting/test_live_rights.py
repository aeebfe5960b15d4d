"""A right that ends or begins while its holder is signed in: with the next request every face answers accordingly.

Whoever has lost his rights is told what somebody is told who never had any: on pages, in files, in GraphQL.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import Session, create_engine, select

from hub.access.commands import create_token, delegate_role, end_grant
from hub.access.models import AppUser, RoleGrant
from hub.access.queries import actor_for_user, user_by_name
from hub.kit.db import sqlalchemy_url
from hub.kit.ids import encode
from tests.reporting.conftest import TODAY, Half, reporting
from tests.web.reporters import Reporters

LIVE = (
    ("officer", "A"),
    ("supervisor_head", "SNV"),
    ("leader", "TP"),
)
QUERIES = (
    "query($f: Date!) { reportingPeriods(filter: {deadlineFrom: $f}) { nodes { id expectedCount submittedCount"
    " overdue { totalCount } returns { totalCount nodes { id difficulties } } } } }",
    "query($p: ID!) { returnsDesk(periodId: $p) { expectedCount letterUrl } }",
    'query($p: ID!) { returnForm(periodId: $p, agencyCode: "A") { asked { code } } }',
    "query($r: ID!) { agencyReturn(id: $r) { id results attachments { name } } }",
    "query($x: ID!) { exclusionEffect(id: $x) { agency { without { numerator } } } }",
    "query($x: ID!) { exclusion(id: $x) { legalBasis } exclusions { totalCount } notices { message } }",
    "query($r: ID!) { node(id: $r) { id } viewer { roles { role } } auditEvents { totalCount } }",
    "query { accessChanges { totalCount } apiKeys { totalCount } }",
    "query { users { totalCount } files { totalCount } returns { totalCount } reports { totalCount } }",
)


class Scene:
    """A period with A's return handed in and its evidence, an exception that waits, and everybody's way to them."""

    def __init__(self, half: Half) -> None:
        self.half, self.people = half, Reporters(half)
        period = half.period()
        row = half.begun(period)
        file = {"name": "minh-chung.pdf", "content": base64.b64encode(b"%PDF-1.4 x").decode()}
        attached = half.do("attachToReturn", "officer", id=row["id"], expectedVersion=row["version"], **file)
        self.row = half.step("submitReturn", "officer", "A", attached)
        assert self.row["returnState"] == "SUBMITTED", self.row
        [self.period] = [found.id for found in half.sql("select max(id) as id from reporting_period")]
        [self.key, self.paper] = half.sql(
            "select return_id, id from return_attachment order by id desc limit 1"
        )[0]
        [made] = half.sql(
            "insert into exclusion (indicator_id, agency_id, whole_archive, basis_code, legal_basis, valid_from,"
            " proposed_by) select n.id, %s, true, 'STATE_SECRET', 'Luật', date '2024-01-01', u.id from indicator n,"
            " app_user u where n.code = 'II.1.c' and u.name = 'officer.A' returning id", half.agencies["A"],
        )  # fmt: skip
        self.exclusion = made.id
        self.paths = (
            "/", "/quality", "/radar", "/agencies/A", "/agencies/A/quality", "/indicators/II.1.c?agency=A", "/periods",
            f"/periods/{self.period}", f"/periods/{self.period}/agencies/A", f"/periods/{self.period}/letter.pdf",
            f"/returns/{self.key}", f"/returns/{self.key}/attachments/{self.paper}", "/reports", "/exclusions",
            f"/exclusions/{self.exclusion}", "/access-changes", "/users", "/users/officer.A", "/sessions",
        )  # fmt: skip
        self.variables = {
            "f": "2020-01-01", "p": encode("ReportingPeriod", self.period), "r": encode("AgencyReturn", self.key),
            "x": encode("Exclusion", self.exclusion),
        }  # fmt: skip

    @property
    def version(self) -> int:
        """The return's, now."""
        return self.people.version(self.key)

    def deeds(self) -> dict[str, dict[str, Any]]:
        """What would change something, were it allowed."""
        of_return = {"id": self.variables["r"], "expectedVersion": self.version}
        case = {"periodId": self.variables["p"], "agencyId": self.half.agency("A")}
        of_exclusion = {"id": self.variables["x"], "expectedVersion": 1}
        return {
            "saveReturn": {**case, "results": "x"},
            "withdrawReturn": of_return, "approveReturn": of_return, "acceptReturn": of_return,
            "sendBackReturn": {**of_return, "reason": "x"},
            "noteCall": {**case, "note": "x"}, "setContact": {**case, "name": "x"},
            "remindAgencies": {"periodId": case["periodId"], "agencyIds": [case["agencyId"]]},
            "extendReturn": {**case, "dueOn": "2090-01-01", "reason": "x"},
            "approveExclusion": of_exclusion, "returnExclusion": {**of_exclusion, "reason": "x"},
            "withdrawExclusion": of_exclusion,
            "updatePeriod": {"id": self.variables["p"], "expectedVersion": 1, "deadline": "2090-06-30"},
            "openPeriod": {"plan": "67/KH-UBND", "deadline": "2095-06-30"},
        }  # fmt: skip

    def told(self, role: str, place: str) -> dict[str, Any]:
        """What every face answers him, without his name and the time of day."""
        name = re.compile(rf"{role}[. ]{place}|\b\d\d:\d\d, ")
        answers: dict[str, Any] = {
            path: (answer.status_code, name.sub("", answer.text))
            for path in self.paths
            if (answer := self.people.get(path, role, place)) is not None
        }
        for query in QUERIES:
            used = {key: value for key, value in self.variables.items() if f"${key}:" in query}
            answers[query] = _plain(self.half._answer(query, role, place, "en", used))
        for deed, said in self.deeds().items():
            answers[deed] = _plain(self.half._answer(_asking(deed), role, place, "en", {"input": said}))
        return answers

    def seat(self, role: str, place: str, at: str | None = None) -> AppUser:
        """Somebody new, with the role at the agency; without one, with none."""

        def work(session: Session) -> AppUser:
            operator = actor_for_user(session)
            user = AppUser(name=f"{role}.{place}", full_name=f"{role} {place}")
            session.add(user)
            session.flush()
            if at is not None:
                agency = self.half.agencies[at]
                since = date(2020, 1, 1)
                session.add(
                    RoleGrant(user_id=user.id or 0, role=role, agency_id=agency, valid_from=since, reason="t")
                )
            self.half.tokens[role, place] = create_token(session, operator, user, "t", stepped_up=True)
            return user

        engine = create_engine(sqlalchemy_url(self.half.dsn))
        with Session(engine, expire_on_commit=False) as session:
            made = work(session)
            session.commit()
        engine.dispose()
        return made


def _asking(deed: str) -> str:
    kind = f"{deed[0].upper()}{deed[1:]}Input"
    return f"mutation($input: {kind}!) {{ {deed}(input: $input) {{ __typename ... on Problem {{ code message }} }} }}"


def _plain(answer: Any) -> Any:
    """Without what counts requests."""
    answer.pop("extensions", None)
    return json.loads(re.sub(r'"(requestId)": "[^"]*"', r'"\1": ""', json.dumps(answer)))


@pytest.fixture(scope="module")
def scene(half: Half) -> Scene:
    return Scene(half)


def _differ(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return [what for what in one if one[what] != other[what]]


def test_whoever_has_lost_his_rights_is_told_what_a_stranger_is(half: Half, scene: Scene) -> None:
    scene.seat("nobody", "x")
    stranger = scene.told("nobody", "x")
    assert "BAD_REQUEST" not in str(stranger)  # what is asked can be asked
    before = half.sql("select version from agency_return where id = %s", scene.key)
    for role, at in LIVE:
        scene.seat(role, "live", at)
        for path in (
            f"/returns/{scene.key}",
            "/exclusions",
            f"/returns/{scene.key}/attachments/{scene.paper}",
        ):
            assert scene.people.get(path, role, "live").status_code == 200, (role, path)
        seen = half.ask(QUERIES[3], role, "live", r=scene.variables["r"])
        assert seen["agencyReturn"] is not None, role
    half.sql("update role_grant set valid_to = %s where user_id in (select id from app_user where name like '%%.live')",
             TODAY)  # fmt: skip
    for role, _ in LIVE:
        assert _differ(scene.told(role, "live"), stranger) == [], role
    assert half.sql("select version from agency_return where id = %s", scene.key) == before


def test_a_delegation_counts_from_its_first_request_to_its_last_and_both_are_told(
    half: Half, scene: Scene
) -> None:
    deputy = scene.seat("staff", "deputy", "A")
    path = f"/returns/{scene.key}"

    def approve() -> httpx.Response:
        return scene.people.post(f"{path}/approve", "staff", "deputy", version=scene.version)

    def delegate(session: Session) -> int:
        head = user_by_name(session, "approver.A")
        grant = session.exec(select(RoleGrant).where(RoleGrant.user_id == head.id)).one()
        until = TODAY + timedelta(days=9)
        made = delegate_role(
            session, actor_for_user(session, head.name), grant.id or 0, deputy, valid_to=until
        )
        return made.id or 0

    seam = half.app.state.services.seam
    assert (scene.people.get(path, "staff", "deputy").status_code, approve().status_code) == (404, 404)
    grant = seam.change_now(delegate)
    assert scene.people.get(path, "staff", "deputy").status_code == 200
    seam.change_now(lambda session: end_grant(session, actor_for_user(session, "approver.A"), grant))
    assert (scene.people.get(path, "staff", "deputy").status_code, approve().status_code) == (404, 404)
    seam.change_now(delegate)
    # who acts for him who has submitted it decides as little as he does
    submitted = (
        "update agency_return set submitted_by = (select id from app_user where name = %s) where id = %s"
    )
    half.sql(submitted, "approver.A", scene.key)
    assert approve().status_code == 403
    half.sql(submitted, "officer.A", scene.key)
    assert approve().headers["location"].endswith("done=approved")
    [event] = half.sql(
        "select a.name as who, b.name as whom from audit_event e join app_user a on a.id = e.agent_id"
        " join app_user b on b.id = e.on_behalf_of where e.event_type = 'return:approve' and e.outcome = 'success'"
        " order by e.id desc limit 1"
    )
    assert (event.who, event.whom) == ("staff.deputy", "approver.A")
    # the delegator is shut out: nobody acts for him from the next request on
    half.sql("update app_user set disabled_at = now() where name = 'approver.A'")
    assert scene.people.get(path, "staff", "deputy").status_code == 404
    half.sql("update app_user set disabled_at = null where name = 'approver.A'")


def test_with_his_body_ends_what_he_may(half: Half, scene: Scene) -> None:
    scene.seat("nobody", "y")
    scene.seat("officer", "doomed", "B")
    stranger = scene.told("nobody", "y")
    period = scene.variables["p"]
    own = 'query($p: ID!) { returnForm(periodId: $p, agencyCode: "B") { asked { code } } }'
    assert half.ask(own, "officer", "doomed", p=period)["returnForm"] is not None
    said = {"id": half.agency("B"), "expectedVersion": 1, "effectiveOn": TODAY.isoformat(), "decision": "1/QĐ-UBND",
            "decidedOn": TODAY.isoformat(), "recordsToId": half.agency("C")}  # fmt: skip
    answer = half._answer(_asking("dissolveAgency"), "supervisor", "SNV", "en", {"input": said})
    assert answer["data"]["dissolveAgency"]["__typename"] == "Agency", answer
    assert half.refused(own, "officer", "doomed", p=period) == "NOT_FOUND"
    assert _differ(scene.told("officer", "doomed"), stranger) == []


def test_a_replica_that_lags_keeps_no_right_alive(
    clone: Callable[[], contextlib.AbstractContextManager[str]], stopped_clock: None
) -> None:
    """What stands for it has the same bodies, and knows nobody's key or session."""
    with clone() as stale, clone() as dsn:
        with reporting(stale) as behind:
            behind.period(date(2031, 6, 30))
        with reporting(dsn, read_dsn=stale) as half:
            people = Reporters(half)
            period = half.period(date(2031, 6, 30))["id"]
            ask = 'query($p: ID!) { returnForm(periodId: $p, agencyCode: "A") { owed } }'
            for _ in range(2):  # a caller who is known from before, too
                assert half.ask(ask, "officer", "A", p=period) == {"returnForm": {"owed": True}}
                assert people.get("/exclusions", "officer", "A").status_code == 200
            half.sql("update role_grant set valid_to = %s where role = 'officer'", TODAY)
            assert half.refused(ask, "officer", "A", p=period) == "NOT_FOUND"
            assert people.get("/exclusions", "officer", "A").status_code == 404
            begun = people.post("/periods/1/agencies/A/begin", "officer", "A")
            assert (begun.status_code, half.sql("select 1 from agency_return")) == (404, [])
            half.sql("update access_token set revoked_at = now()")
            assert half.refused(ask, "officer", "A", p=period) == "UNAUTHENTICATED"
