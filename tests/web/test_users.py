"""The pages of users and roles: administrators of an agency its people, everybody his own delegations."""

from __future__ import annotations

import re
from typing import Any

import httpx
import psycopg
import pytest

from tests.web.conftest import OWN, Site, served
from tests.web.test_passwords import GOOD, _cookie, _post, doors
from tests.web.test_second_factor import _enrolled

__all__ = ["doors"]


@pytest.fixture(scope="module")
def admin(doors: Site) -> dict[str, str]:
    """The cookie of the district's administrator, who has just shown his second factor."""
    return _enrolled(doors, "agency_admin")[0]


def _said(answer: httpx.Response) -> str:
    found = re.search(r'<div class="errors".*?</div>', answer.text, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[0]) if found else ""


def _counts(city: str) -> list[Any]:
    with psycopg.connect(city) as connection:
        tables = ("app_user", "role_grant", "sign_in_link")
        said = " union all ".join(f"select '{name}', count(*) from {name}" for name in tables)
        return sorted(connection.execute(said).fetchall())


def test_a_user_from_the_form_to_his_first_sign_in_and_out_again(doors: Site, admin: dict[str, str]) -> None:
    assert "Chuyên viên Lê Thu Hà" in doors.get("/users?q=thu ha", cookies=admin).text
    assert "Chuyên viên Sở Tài chính" not in doors.get("/users", cookies=admin).text
    form = {"name": "an.nv", "full_name": "Nguyễn Văn An", "agency": "UBND-BADINH"}
    refused = _post(doors, "/users/new", admin, **{**form, "name": "demo.staff"})
    assert (refused.status_code, "đã có người dùng" in _said(refused)) == (422, True)
    assert 'value="Nguyễn Văn An"' in refused.text
    made = _post(doors, "/users/new", admin, **form)
    assert made.headers["location"] == "/users/an.nv?done=created"
    given = _post(doors, "/users/an.nv/grant", admin, role="clerk", agency="UBND-BADINH", reason="QĐ 12")
    assert given.headers["location"] == "/users/an.nv?done=granted"
    page = doors.get("/users/an.nv?done=granted", cookies=admin)
    assert "Đã cấp vai trò." in page.text
    assert "QĐ 12" in page.text
    link = _post(doors, "/users/an.nv/link", admin, purpose="PASSWORD")
    address = re.search(r"<code>http://[^/]+(/password/[^<]+)</code>", link.text)
    assert address is not None
    secret = address[1].rpartition("/")[2]
    entered = _post(doors, "/password", link=secret, new=GOOD, again=GOOD)
    assert "Nguyễn Văn An" in doors.get("/account", cookies=_cookie(entered)).text
    ended = re.search(r'action="/grants/end"><input type="hidden" name="id" value="(\d+)"', page.text)
    assert ended is not None
    done = _post(doors, "/grants/end", admin, id=ended[1], back="/users/an.nv")
    assert done.headers["location"] == "/users/an.nv?done=ended"
    shut = _post(doors, "/users/an.nv/disable", admin, reason="nghỉ")
    assert shut.headers["location"] == "/users/an.nv?done=disabled"
    assert doors.get("/account", cookies=_cookie(entered)).status_code == 403
    assert (
        _post(doors, "/users/an.nv/disable", admin, enable="1").headers["location"].endswith("done=enabled")
    )


def test_without_the_second_factor_the_page_leads_there_and_back(doors: Site, city: str) -> None:
    cookies, before = doors.session("sysadmin"), _counts(city)
    asked = _post(
        doors,
        "/users/demo.staff/grant",
        cookies,
        role="clerk",
        agency="UBND-BADINH",
        back="/users/demo.staff",
    )
    assert asked.status_code == 403
    assert 'href="/account/step-up?next=/users/demo.staff"' in asked.text
    assert _post(doors, "/users/demo.staff/link", cookies, purpose="SIGN_IN").status_code == 403
    assert _counts(city) == before


def test_beyond_his_reach_nobody_is_seen_and_nothing_given(
    doors: Site, admin: dict[str, str], city: str
) -> None:
    before = _counts(city)
    assert doors.get("/users/demo.finance", cookies=admin).status_code == 404
    assert doors.get("/users/nobody", cookies=admin).status_code == 404
    for form, status in (
        ({"role": "leader"}, 403),
        ({"role": "agency_admin", "agency": "UBND-BADINH"}, 403),
        ({"role": "clerk", "agency": "SXD"}, 403),
        ({"role": "clerk"}, 422),
        ({"role": "emperor", "agency": "UBND-BADINH"}, 422),
        ({"role": "clerk", "agency": "KHONG-CO"}, 422),
    ):
        answer = _post(doors, "/users/demo.staff/grant", admin, **form)
        assert answer.status_code == status, form
        assert _said(answer)
    assert (
        _post(doors, "/users/demo.agency_admin/grant", admin, role="clerk", agency="UBND-BADINH").status_code
        == 403
    )
    for path, form in (
        ("/users/new", {"name": "x", "full_name": "X", "agency": "SXD"}),
        ("/grants/end", {"id": "1"}),
    ):
        assert _post(doors, path, admin, **form).status_code in (403, 404, 422)
    assert _counts(city) == before
    with psycopg.connect(city) as connection:
        told = connection.execute(
            "select count(*) from audit_event where outcome = 'denied' and event_type like 'grant%'"
        ).fetchone()
    assert told is not None
    assert told[0] >= 3


def test_others_see_themselves_alone_and_change_nobody(doors: Site, city: str) -> None:
    for role in ("officer", "leader", "itsec"):
        listed = doors.get("/users", role)
        assert listed.text.count('<th scope="row">') == 1
        assert 'href="/users"' not in doors.get("/account", role).text
    cookies, before = doors.session("officer"), _counts(city)
    assert _post(doors, "/users/new", cookies, name="x", full_name="X").status_code == 403
    assert (
        _post(doors, "/users/demo.officer/grant", cookies, role="clerk", agency="UBND-BADINH").status_code
        == 403
    )
    for path in ("/users", "/users/new", "/users/demo.staff"):
        assert doors.get(path).status_code in (403, 404)
    assert _counts(city) == before


def test_a_role_is_delegated_on_ones_own_page_and_taken_back(doors: Site) -> None:
    cookies = _enrolled(doors, "archive_head")[0]
    page = doors.get("/account", cookies=cookies).text
    held = re.search(r'<select id="delegated" name="id"><option value="(\d+)">', page)
    assert held is not None
    form = {"id": held[1], "to_name": "demo.supervisor", "to": "2025-12-31", "back": "/account"}
    failed = _post(doors, "/grants/delegate", cookies, **{**form, "to_name": "nobody"})
    assert (failed.status_code, bool(_said(failed))) == (422, True)
    done = _post(doors, "/grants/delegate", cookies, **form)
    assert done.headers["location"] == "/account?done=delegated"
    shown = doors.get("/account", cookies=cookies).text
    assert "ủy quyền cho Chuyên viên Sở Nội vụ Bùi Xuân Mai" in shown
    theirs = doors.get("/account", "supervisor").text
    assert "thay mặt Giám đốc Trung tâm Vũ Thanh Sơn" in theirs
    [number] = re.findall(r'action="/grants/end"><input type="hidden" name="id" value="(\d+)"', shown)
    assert (
        _post(doors, "/grants/end", cookies, id=number, back="//evil.example").headers["location"]
        == "/?done=ended"
    )


def test_ones_own_keys_are_listed_and_revoked(doors: Site) -> None:
    cookies = doors.session("client")
    page = doors.get("/account", cookies=cookies).text
    [number] = re.findall(r'action="/account/keys/revoke"><input type="hidden" name="id" value="(\d+)"', page)
    other = doors.session("finance")
    assert _post(doors, "/account/keys/revoke", other, id=number).status_code == 404
    assert _post(doors, "/account/keys/revoke", cookies, id=number).headers["location"] == "/account?done=key"
    assert "Không có mã nào còn hiệu lực." in doors.get("/account", cookies=cookies).text


@pytest.mark.parametrize(
    "path",
    ["/users/new", "/users/demo.staff/grant", "/users/demo.staff/disable", "/users/demo.staff/link",
     "/users/demo.staff/second-factor", "/grants/end", "/grants/delegate", "/account/keys/revoke"],
)  # fmt: skip
def test_a_foreign_form_does_nothing(doors: Site, admin: dict[str, str], city: str, path: str) -> None:
    before = _counts(city)
    for headers in ({}, {"origin": "https://evil.example"}, OWN | {"sec-fetch-site": "same-site"}):
        form = {"role": "clerk", "agency": "UBND-BADINH", "purpose": "SIGN_IN", "id": "1"}
        assert doors.ask("POST", path, data=form, headers=headers, cookies=admin).status_code == 403
    assert _counts(city) == before


def test_while_administration_is_closed_the_page_says_so_and_the_trail_too(city: str) -> None:
    with served(city, admin_cidrs=("10.20.0.0/16",)) as site:
        cookies = site.session("sysadmin")
        for path in ("/users", "/users/new", "/users/demo.staff", "/sessions"):
            page = site.get(path, cookies=cookies)
            assert (page.status_code, "mạng quản trị" in page.text) == (403, True), path
        refused = _post(site, "/users/new", cookies, name="x", full_name="x")
        assert (refused.status_code, "mạng quản trị" in _said(refused)) == (403, True)
        assert "vai trò quản trị của bạn đang tạm nghỉ" in site.get("/account", cookies=cookies).text
        assert site.get("/", cookies=cookies).status_code == 200
        assert site.get("/account", "officer").status_code == 200
    with psycopg.connect(city) as connection:
        told = connection.execute(
            "select event_type from audit_event where reason = 'ADMINISTRATION_CLOSED' order by id"
        ).fetchall()
    assert [one for (one,) in told] == ["user:read", "user:read", "user:read", "session:read", "user:create"]
