"""The pages of the second factor: enrol by a picture, keep the recovery codes, prove anew and go on."""

from __future__ import annotations

import re

import psycopg
import pyotp
import pytest

from tests.web.conftest import OWN, Site
from tests.web.test_passwords import _cookie, _post, doors

__all__ = ["doors"]


def _enrolled(site: Site, role: str) -> tuple[dict[str, str], str, list[str]]:
    """The cookie of somebody who has just enrolled, the secret, and his recovery codes."""
    cookies = site.session(role)
    shown = _post(site, "/account/second-factor", cookies, next="/annex")
    assert (shown.status_code, 'name="next" value="/annex"' in shown.text) == (200, True)
    assert '<div class="qr" role="img"' in shown.text
    address = re.search(r'href="(otpauth://[^"]+)"', shown.text)
    assert address is not None
    app = pyotp.parse_uri(address[1].replace("&amp;", "&"))
    assert app.name == f"demo.{role}"
    refused = _post(site, "/account/second-factor/confirm", cookies, code="000")
    assert refused.status_code == 422
    assert app.secret in re.sub(r"\s", "", refused.text)
    now = app.now()  # type: ignore[attr-defined]
    kept = _post(site, "/account/second-factor/confirm", cookies, code=now, next="/annex")
    assert 'class="button" href="/annex"' in kept.text  # back to what waited
    codes = re.findall(r"<code>([0-9a-f]{8}-[0-9a-f]{8})</code>", kept.text)
    assert len(codes) == 10
    assert site.get("/account", cookies=cookies).status_code == 403
    return _cookie(kept), app.secret, codes


def test_enrolling_and_proving_anew(doors: Site, city: str) -> None:
    cookies, secret, codes = _enrolled(doors, "approver")
    assert "Bạn đã đăng ký. Còn 10 mã khôi phục." in doors.get("/account/second-factor", cookies=cookies).text
    with psycopg.connect(city, autocommit=True) as connection:
        connection.execute("delete from step_up where until < '9999-01-01'")
    asked = doors.get("/account/step-up?next=/annex", cookies=cookies)
    assert 'name="next" value="/annex"' in asked.text
    wrong = _post(doors, "/account/step-up", cookies, code=pyotp.TOTP(secret).now(), next="/annex")
    assert wrong.status_code == 422  # that code has enrolled already
    done = _post(doors, "/account/step-up", cookies, code=codes[0], next="/annex")
    assert (done.status_code, done.headers["location"]) == (303, "/annex")
    assert _cookie(done) != cookies
    assert "Còn 9 mã khôi phục." in doors.get("/account/second-factor", cookies=_cookie(done)).text


def test_whoever_has_none_is_led_to_enrol_and_the_public_to_sign_in(doors: Site) -> None:
    asked = doors.get("/account/step-up?next=/annex", "finance")
    assert (asked.status_code, 'name="next" value="/annex"' in asked.text) == (200, True)
    assert "Bạn chưa đăng ký yếu tố xác thực thứ hai" in asked.text
    for path in ("/account/step-up", "/account/second-factor"):
        assert doors.get(path).status_code == 403


def test_at_an_old_session_the_password_is_asked_for(doors: Site, city: str) -> None:
    cookies = doors.session("archivist")
    with psycopg.connect(city, autocommit=True) as connection:
        connection.execute("update web_session set created_at = created_at - interval '10 minutes'")
    shown = doors.get("/account/second-factor", cookies=cookies)
    assert "Hãy đăng xuất và đăng nhập lại" in shown.text
    started = _post(doors, "/account/second-factor", cookies, password="guess")
    assert started.status_code == 422
    assert "otpauth" not in started.text


@pytest.mark.parametrize(
    "path", ["/account/second-factor", "/account/second-factor/confirm", "/account/step-up"]
)
def test_a_foreign_form_proves_nothing(doors: Site, path: str) -> None:
    for headers in ({}, {"origin": "https://evil.example"}, OWN | {"sec-fetch-site": "cross-site"}):
        answer = doors.ask("POST", path, data={"code": "1"}, headers=headers, cookies=doors.session("leader"))
        assert answer.status_code == 403
        assert not _cookie(answer)
