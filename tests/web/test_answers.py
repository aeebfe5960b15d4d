"""What holds for every page: languages, headers, and a page for what goes wrong."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import psycopg
import pytest
from sqlmodel import Session

import hub.web
from hub.web import routes
from hub.web.page import Page
from hub.web.visit import Visit
from hub.web.words import catalogue
from tests.web.conftest import Site

ROOM = Path(hub.web.__file__).parent


def test_vietnamese_first_english_by_switch_and_kept(site: Site) -> None:
    first = site.get("/", headers={"accept-language": "en"})
    assert '<html lang="vi">' in first.text
    switched = site.get("/?lang=en")
    assert '<html lang="en">' in switched.text
    assert switched.headers["set-cookie"].startswith("hub-language=en;")
    assert '<html lang="en">' in site.get("/", cookies={"hub-language": "en"}).text
    for odd in ("fr", "", "vi'--"):
        assert '<html lang="vi">' in site.get("/", params={"lang": odd}).text


def test_every_text_is_said_in_both_languages_with_the_same_values() -> None:
    for key, forms in catalogue().items():
        assert len(forms) in (2, 3), key
        assert all(form.strip() for form in forms), key
        named = [set(re.findall(r"{(\w+)", form)) for form in forms]
        assert all(names | {"n"} == named[0] | {"n"} for names in named), key


def test_every_text_is_used_and_every_text_used_is_there() -> None:
    sources = [*ROOM.rglob("*.j2"), *ROOM.rglob("*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    said = set(re.findall(r"""['"]([a-z]+(?:[.-][a-z0-9_-]+)*)['"](?!\s*~)""", text))
    assert set(re.findall(r"""\b(?:t|say)\(['"]([\w.-]+)['"](?!\s*~)""", text)) - set(catalogue()) == set()
    lost = {key for key in catalogue() if key not in said and not _composed(key, text)}
    assert lost == set()


def _composed(key: str, text: str) -> bool:
    """Whether the key is put together of a written beginning and something else."""
    parts = key.split(".")
    return any(f"'{'.'.join(parts[:n])}.' ~" in text or f"{'.'.join(parts[:n])}.{{" in text for n in (1, 2))


def test_no_page_loads_or_runs_anything_of_elsewhere(site: Site) -> None:
    for path in ("/", "/sign-in", "/nowhere"):
        answer = site.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self'")
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in policy
        assert re.search(r"<script|<style|\sstyle=|\son\w+=|https?://", answer.text) is None


def test_styles_are_kept_by_browsers_until_they_change(site: Site) -> None:
    address = re.search(r'href="(/static/hub\.css\?\w+)"', site.get("/").text)
    assert address is not None
    answer = site.get(address[1])
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert site.get("/static/words.toml").status_code == 404


def test_an_address_without_a_page_says_so(site: Site) -> None:
    answer = site.get("/khong-co")
    assert (answer.status_code, "Không có trang này" in answer.text) == (404, True)
    assert "There is no such page" in site.get("/khong-co?lang=en").text
    assert "Đăng xuất" in site.get("/khong-co", "officer").text
    assert site.ask("POST", "/khong-co").status_code == 404


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (RuntimeError("secret words"), 500, "Hệ thống gặp lỗi"),
        ("select 1/0", 500, "Hệ thống gặp lỗi"),
        ("select pg_sleep(10)", 503, "Tính số liệu quá lâu"),
        (psycopg.OperationalError("no route to 10.0.0.7"), 503, "Cơ sở dữ liệu đang gián đoạn"),
    ],
)
def test_a_failure_is_a_page_with_a_number(
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failure: object,
    status: int,
    words: str,
) -> None:
    def view(session: Session, visit: Visit) -> Page:
        if isinstance(failure, Exception):
            raise failure
        session.connection().exec_driver_sql("set local statement_timeout = 50")
        session.connection().exec_driver_sql(str(failure))
        return Page("sign_in.html.j2")

    route = routes._page("/fails", view)
    monkeypatch.setattr(site.app.router, "routes", [route, *site.app.router.routes])
    answer = site.get("/fails", headers={"x-request-id": "fails-test-1"})
    assert (answer.status_code, words in answer.text) == (status, True)
    assert "fails-test-1" in answer.text
    assert "secret words" not in answer.text
    assert "10.0.0.7" not in answer.text
    assert [record.exc_info is not None for record in caplog.records] == [True] * (status == 500)


def test_the_catalogue_is_one_file_of_lines() -> None:
    told = tomllib.loads((ROOM / "words.toml").read_text(encoding="utf-8"))
    assert all(isinstance(forms, list) for forms in told.values())
