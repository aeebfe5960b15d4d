"""An enrolled device of a leader: reads for long, changes nothing, never reads content, and is ended at any time."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.access.commands import grant_role
from hub.access.credentials.errors import NotALeader
from hub.access.queries import actor_for_user, user_by_name
from hub.access.sessions import cookie_name, open_link, signed_in
from hub.records.models import ArchivalFile
from policies.law import Law
from policies.subject import Grant, Subject
from schema import build_schema
from tests.web.conftest import OWN, Site
from tests.web.test_passwords import _cookie, _number, _post, doors

__all__ = ["doors"]
COOKIE = cookie_name(secure=False)


def _device(site: Site, name: str = "demo.leader") -> httpx.Response:
    """The answer to the browser that has followed a link and enrolled."""

    def work(session: Session) -> str:
        return open_link(session, actor_for_user(session), user_by_name(session, name), purpose="DEVICE")

    secret = site.app.state.services.seam.change_now(work)
    shown = site.get(f"/sign-in/{secret}")
    assert "Đăng ký thiết bị này" in shown.text
    return _post(site, "/sign-in", link=secret, label=" Máy tính bảng ")


def _ask(site: Site, query: str, cookies: dict[str, str], **variables: Any) -> httpx.Response:
    headers = {**OWN, "content-type": "application/json"}
    body = json.dumps({"query": query, "variables": variables})
    return site.ask("POST", "/graphql", content=body, headers=headers, cookies=cookies)


def test_a_device_stays_enrolled_reads_and_is_listed(doors: Site, city: str) -> None:
    entered = _device(doors)
    [line] = [one for one in entered.headers.get_list("set-cookie") if one.startswith(COOKIE)]
    assert f"Max-Age={180 * 24 * 3600}" in line
    cookies = _cookie(entered)
    with psycopg.connect(city, autocommit=True) as connection:
        connection.execute(
            "update web_session set last_seen_at = last_seen_at - interval '20 days' where method = 'DEVICE'"
        )
    assert "Lãnh đạo Ủy ban nhân dân Thành phố" in doors.get("/", cookies=cookies).text
    assert "Lãnh đạo Ủy ban nhân dân Thành phố" in doors.get("/", cookies=cookies).text
    listed = doors.get("/account", "leader")
    assert "Máy tính bảng" in listed.text
    assert "thiết bị đã đăng ký" in listed.text


def test_it_changes_nothing_by_form_or_mutation(doors: Site, city: str) -> None:
    cookies = _cookie(_device(doors))

    def counted() -> list[Any]:
        with psycopg.connect(city) as connection:
            tables = ("web_session", "audit_event", "user_password", "second_factor", "role_grant")
            said = " union all ".join(f"select count(*) from {name}" for name in tables)
            return connection.execute(said).fetchall()

    before = counted()
    for path in (
        "/account/password", "/account/second-factor", "/account/second-factor/confirm", "/account/step-up",
        "/account/sessions/end",
    ):  # fmt: skip
        answer = _post(doors, path, cookies, id="1", code="1", old="x", new="x", again="x")
        assert answer.status_code == 403, path
        assert "Thiết bị đã đăng ký chỉ xem" in answer.text
    mutations = build_schema()._schema.mutation_type
    assert mutations is not None
    answer = _ask(doors, 'mutation { stepUp(input: {code: "1"}) { __typename } }', cookies)
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_PERMITTED"
    assert counted() == before


def test_it_reads_what_a_leader_may_and_never_content(doors: Site) -> None:
    cookies = _cookie(_device(doors))
    query = "{viewer { user { name } roles { role } } files(first: 3) { totalCount nodes { code } }}"
    told = _ask(doors, query, cookies).json()["data"]
    assert told["files"]["totalCount"] > 0
    content = "{items(first: 50) { nodes { digitalObjects(first: 5) { nodes { id } } } }}"
    found = _ask(doors, content, cookies).json()["data"]["items"]["nodes"]
    assert found
    assert not any(item["digitalObjects"]["nodes"] for item in found)


def test_other_roles_of_the_leader_do_not_count_there(doors: Site, city: str) -> None:
    cookies = _cookie(_device(doors))

    def with_more(session: Session) -> tuple[bool, tuple[Grant, ...]]:
        user = user_by_name(session, "demo.leader")
        place = session.connection().scalar(text("select id from agency where code = 'SNV'"))
        grant_role(session, actor_for_user(session), user, "staff", agency_id=place)
        who = signed_in(session, cookies[COOKIE])
        assert who is not None
        told = who.actor.subject.reads_only, who.actor.subject.grants
        session.rollback()
        return told

    reads_only, grants = doors.app.state.services.seam.change_now(with_more)
    assert reads_only
    assert {grant.role for grant in grants} == {"leader"}


def test_it_is_ended_by_its_user_by_it_security_and_by_itself(doors: Site) -> None:
    first, second, third = (_cookie(_device(doors)) for _ in range(3))
    own = doors.session("leader")
    number = _device_number(doors.get("/account", cookies=own).text)
    assert _post(doors, "/account/sessions/end", own, id=number).status_code == 303
    alive = [one for one in (first, second, third) if doors.get("/account", cookies=one).status_code == 200]
    assert len(alive) == 2
    guard = doors.session("itsec")
    page = doors.get("/sessions", cookies=guard).text
    assert _number(page, "demo.leader")
    left = _post(doors, "/sign-out", alive[0])
    assert left.headers["location"] == "/"
    assert doors.get("/account", cookies=alive[0]).status_code == 403


def test_only_leaders_have_devices(doors: Site) -> None:
    with pytest.raises(NotALeader):
        _device(doors, "demo.officer")


def test_the_law_lets_a_device_read_and_nothing_else() -> None:
    law = Law({1: None})
    everything = tuple(
        Grant(role, 1) for role in ("officer", "approver", "archive_head", "sysadmin", "leader")
    )
    person = Subject(7, "x", everything)
    device = replace(person, reads_only=True)
    row = {"id": 1, "agency_id": 1, "custodian_id": 1, "access_level": 0, "state": "OPEN", "created_by": 7}
    file = ArchivalFile(**row, submitted_by=None)
    for resource, action in law.questions:
        columns = {name: f"t.{name}" for name in law.columns(resource, action)}
        sql = law.predicate(device.shape, resource, action, columns, root=True)
        if action != "read" or resource in ("digital", "copy"):
            assert sql == "false", (resource, action)
        else:
            assert sql == law.predicate(person.shape, resource, action, columns, root=True)
        if resource == "file":
            assert law.may(device, action, "file", file) == (action == "read")
            assert law.decide(device, action, "file", file).allowed == (action == "read")


def _device_number(page: str) -> str:
    found = re.search(r'<th scope="row">Máy tính bảng</th>.*?name="id" value="(\d+)"', page, re.DOTALL)
    assert found is not None
    return found[1]
