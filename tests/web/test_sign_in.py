"""Signing in: a link works once and only by its button, the cookie is the browser's alone, foreign forms do nothing."""

from __future__ import annotations

import re

import psycopg
import pytest

from hub.access.sessions import cookie_name
from tests.web.conftest import OWN, Site, served

COOKIE = cookie_name(secure=False)


def _cookies(answer: object) -> dict[str, str]:
    lines = answer.headers.get_list("set-cookie")  # type: ignore[attr-defined]
    return {line.partition("=")[0]: line for line in lines}


def _value(line: str) -> str:
    return line.partition("=")[2].partition(";")[0]


def test_following_a_link_shows_a_button_and_uses_nothing_up(site: Site) -> None:
    link = site.link("leader")
    for _ in range(3):  # a mail scanner, a preview, the person
        shown = site.get(link)
        assert shown.status_code == 200
        assert "Lãnh đạo Ủy ban nhân dân Thành phố" in shown.text
        assert COOKIE not in _cookies(shown)
    secret = re.search(r'name="link" value="([^"]+)"', shown.text)
    assert secret is not None
    entered = site.ask("POST", "/sign-in", data={"link": secret[1]}, headers=OWN)
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    line = _cookies(entered)[COOKIE]
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    home = site.get("/", cookies={COOKIE: _value(line)})
    assert "Lãnh đạo Ủy ban nhân dân Thành phố" in home.text
    assert home.headers["cache-control"] == "private, no-store"
    again = site.ask("POST", "/sign-in", data={"link": secret[1]}, headers=OWN)
    assert again.status_code == 410
    assert COOKIE not in _cookies(again)


def test_a_pasted_address_works_as_well(site: Site) -> None:
    pasted = f"  http://hub.test{site.link('officer')}\n"
    entered = site.ask("POST", "/sign-in", data={"link": pasted}, headers=OWN)
    assert entered.status_code == 303
    assert COOKIE in _cookies(entered)


def test_the_demos_link_opens_at_once_but_not_for_a_prefetch(site: Site) -> None:
    link = site.link("leader", at_once=True)
    assert site.get(link, headers={"sec-purpose": "prefetch"}).status_code == 200
    assert site.ask("HEAD", link).status_code == 200
    opened = site.get(link)
    assert (opened.status_code, opened.headers["location"]) == (303, "/")
    assert site.get(link).status_code == 410


def test_signing_in_makes_a_new_session_and_ends_the_old_one(site: Site) -> None:
    old = site.session("officer")
    entered = site.ask("POST", "/sign-in", data={"link": site.link("leader")}, headers=OWN, cookies=old)
    new = _value(_cookies(entered)[COOKIE])
    assert new != old[COOKIE]
    stale = site.get("/", cookies=old)
    assert "Phạm Đức Bình" not in stale.text
    assert "Max-Age=0" in _cookies(stale)[COOKIE]  # a cookie that is worth nothing is taken away


def test_signing_out_ends_the_session_everywhere(site: Site) -> None:
    cookies = site.session("leader")
    left = site.ask("POST", "/sign-out", cookies=cookies, headers=OWN)
    assert (left.status_code, left.headers["location"]) == (303, "/")
    assert "Max-Age=0" in _cookies(left)[COOKIE]
    assert "Lãnh đạo Ủy ban" not in site.get("/", cookies=cookies).text
    assert site.get("/sign-out").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:5173"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_a_form_of_another_page_does_nothing(site: Site, headers: dict[str, str]) -> None:
    link = site.link("leader")
    for path in ("/sign-in", "/sign-out"):
        cookies = site.session("officer")
        answer = site.ask("POST", path, data={"link": link}, headers=headers, cookies=cookies)
        assert answer.status_code == 403
        assert COOKIE not in _cookies(answer)
        assert "Phạm Đức Bình" in site.get("/", cookies=cookies).text
    assert site.get(link).status_code == 200  # nor was the link used up


def test_over_https_the_cookie_is_bound_to_the_host(city: str) -> None:
    with served(city, public_url="https://hub.test") as site:
        headers = {"sec-fetch-site": "same-origin"}
        entered = site.ask("POST", "/sign-in", data={"link": site.link("leader")}, headers=headers)
        line = _cookies(entered)["__Host-hub-session"]
        assert "; Secure" in line
        assert "; Path=/" in line
        assert "Domain" not in line
        assert "Lãnh đạo" in site.get("/", cookies={"__Host-hub-session": _value(line)}).text
        assert "Lãnh đạo" not in site.get("/", cookies={COOKIE: _value(line)}).text


def test_coming_and_going_stand_in_the_trail(site: Site, city: str) -> None:
    cookies = site.session("finance")
    site.ask("POST", "/sign-out", cookies=cookies, headers=OWN | {"x-request-id": "sign-out-test"})
    with psycopg.connect(city) as connection:
        last = connection.execute(
            "select event_type, request_id from audit_event order by id desc limit 3"
        ).fetchall()
    assert [name for name, _ in last] == ["session:end", "session:start", "session:link"]
    assert last[0][1] == "sign-out-test"


def test_a_long_form_is_refused(site: Site) -> None:
    answer = site.ask("POST", "/sign-in", data={"link": "x" * 5000}, headers=OWN)
    assert answer.status_code == 400
