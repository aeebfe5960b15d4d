"""The pages of passwords and sessions: sign in, set up, change, see and end sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from sqlmodel import Session

from hub.access.queries import actor_for_user, user_by_name
from hub.access.sessions import cookie_name, open_link
from tests.web.conftest import OWN, Site, served

COOKIE = cookie_name(secure=False)
GOOD, OTHER = "Hồ Gươm xanh 2026", "Cầu Long Biên, 1902"


@pytest.fixture(scope="module")
def doors(city: str) -> Iterator[Site]:
    """The site of a city whose people have enrolled nothing: other modules have had it before."""
    with psycopg.connect(city) as connection:
        connection.execute("delete from recovery_code")
        connection.execute("delete from second_factor")
    with served(city) as site:
        yield site


def _cookie(answer: httpx.Response) -> dict[str, str]:
    for line in answer.headers.get_list("set-cookie"):
        name, _, rest = line.partition("=")
        if name == COOKIE:
            return {COOKIE: rest.partition(";")[0]}
    return {}


def _link(site: Site, name: str) -> str:
    def work(session: Session) -> str:
        return open_link(session, actor_for_user(session), user_by_name(session, name), purpose="PASSWORD")

    return f"/password/{site.app.state.services.seam.change_now(work)}"


def _post(site: Site, path: str, cookies: dict[str, str] | None = None, **form: str) -> httpx.Response:
    return site.ask("POST", path, data=form, headers=OWN, cookies=cookies or {})


def _set(site: Site, name: str, password: str) -> httpx.Response:
    secret = _link(site, name).rpartition("/")[2]
    return _post(site, "/password", link=secret, new=password, again=password)


def test_from_the_set_up_link_to_a_changed_password(doors: Site) -> None:
    link = _link(doors, "demo.clerk")
    shown = doors.get(link)
    assert "Văn thư Trần Minh Châu" in shown.text
    assert "demo.clerk" in shown.text
    secret = link.rpartition("/")[2]
    refused = _post(doors, "/password", link=secret, new="short", again="other")
    assert refused.status_code == 422
    assert refused.text.count("<li>Mật khẩu cần ít nhất") == 2
    assert "Hai lần nhập không giống nhau." in refused.text
    entered = _post(doors, "/password", link=secret, new=GOOD, again=GOOD)
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookies = _cookie(entered)
    assert "Văn thư Trần Minh Châu" in doors.get("/account", cookies=cookies).text
    assert _post(doors, "/password", link=secret, new=GOOD, again=GOOD).status_code == 410

    wrong = _post(doors, "/account/password", cookies, old=OTHER, new=OTHER, again=OTHER)
    assert (wrong.status_code, _cookie(wrong)) == (422, {})
    changed = _post(doors, "/account/password", cookies, old=GOOD, new=OTHER, again=OTHER)
    assert changed.headers["location"] == "/account?done=password"
    assert "Đã đổi mật khẩu" in doors.get("/account?done=password", cookies=_cookie(changed)).text
    assert doors.get("/account", cookies=cookies).status_code == 403  # the old secret is worth nothing


def test_signing_in_by_password_goes_where_one_wanted(doors: Site) -> None:
    _set(doors, "demo.officer", GOOD)
    asked = doors.get("/account")
    assert asked.status_code == 403
    there = re.search(r'href="(/sign-in\?next=[^"]+)"', asked.text)
    assert there is not None
    assert 'name="next" value="/account"' in doors.get(there[1]).text
    entered = _post(doors, "/sign-in/password", name="demo.officer", password=GOOD, next="/account")
    assert (entered.status_code, entered.headers["location"]) == (303, "/account")
    for foreign in ("//evil.example", "https://evil.example", "/\\evil.example", "/\n/evil"):
        entered = _post(doors, "/sign-in/password", name="demo.officer", password=GOOD, next=foreign)
        assert entered.headers["location"] == "/"


def test_wrong_names_and_passwords_look_alike_and_lock_with_a_time(doors: Site) -> None:
    _set(doors, "demo.staff", GOOD)
    told = {}
    for name in ("demo.staff", "no such name"):
        answers = [_post(doors, "/sign-in/password", name=name, password="x") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [401] * 5
        locked = _post(doors, "/sign-in/password", name=name, password=GOOD)
        assert locked.status_code == 429
        assert 0 < int(locked.headers["retry-after"]) <= 901
        assert not _cookie(locked)
        told[name] = answers[0].text.replace(name, "")
    assert len(set(told.values())) == 1


def test_a_foreign_form_neither_signs_in_nor_sets_anything(doors: Site) -> None:
    link = _link(doors, "demo.finance")
    for path, form in (
        ("/sign-in/password", {"name": "demo.officer", "password": GOOD}),
        ("/password", {"link": link.rpartition("/")[2], "new": GOOD, "again": GOOD}),
        ("/account/password", {"old": GOOD, "new": OTHER, "again": OTHER}),
        ("/account/sessions/end", {"id": "1"}),
    ):
        for headers in ({}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            answer = doors.ask("POST", path, data=form, headers=headers, cookies=doors.session("officer"))
            assert answer.status_code == 403
            assert not _cookie(answer)
    assert doors.get(link).status_code == 200


def _number(page: str, name: str) -> str:
    """The number of a session of that user, in the list of everybody's."""
    found = re.search(rf'name="id" value="(\d+)"><input[^>]*><button [^>]*aria-label="[^"]*{name}', page)
    assert found is not None
    return found[1]


def test_sessions_are_listed_and_ended(doors: Site) -> None:
    here, there = doors.session("supervisor"), doors.session("supervisor")
    page = doors.get("/account", cookies=here)
    assert "phiên này" in page.text
    assert 'href="/sessions"' not in page.text
    number, *_older = re.findall(
        r'action="/account/sessions/end"><input type="hidden" name="id" value="(\d+)"', page.text
    )
    doors.session("finance")
    other = _number(doors.get("/sessions", "itsec").text, "demo.finance")
    ended = _post(doors, "/account/sessions/end", here, id=number)
    assert ended.headers["location"] == "/account?done=session"
    assert doors.get("/account", cookies=there).status_code == 403
    assert _post(doors, "/account/sessions/end", here, id=other).status_code == 404
    assert _post(doors, "/account/sessions/end", here, id="x").status_code == 404


def test_it_security_ends_anybodys_session(doors: Site) -> None:
    victim, guard = doors.session("leader"), doors.session("itsec")
    listed = doors.get("/sessions", cookies=guard)
    assert "demo.leader" in listed.text
    number = _number(listed.text, "demo.leader")
    ended = _post(doors, "/account/sessions/end", guard, id=number, all="1")
    assert ended.headers["location"] == "/sessions?done=session"
    assert doors.get("/account", cookies=victim).status_code == 403


def test_a_pasted_set_up_link_leads_to_its_page(doors: Site) -> None:
    link = _link(doors, "demo.finance")
    answer = _post(doors, "/sign-in", link=f"http://hub.test{link}")
    assert answer.headers["location"] == link
