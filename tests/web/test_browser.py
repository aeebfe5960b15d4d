"""The pages in Chromium: no accessibility faults, no wider than a phone, a keyboard is enough, no script needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from hub.kit import system
from tests.web.browsing import ARGUMENTS, NARROW, WIDE, faults, listening, patience, sticks_out, visitor
from tests.web.conftest import Site

ALL = (
    "/", "/annex", "/agencies", "/agencies/UBND-BADINH", "/indicators/II.1.a", "/indicators/II.1.d?agency=SXD",
    "/quality", "/radar", "/?as_of=2024-06-30&compare=2023-06-30&lang=en", "/khong-co?lang=vi",
)  # fmt: skip
SEEN = {
    "leader": ALL,
    "supervisor": ("/", "/quality", "/exclusions"),
    "supervisor_head": ("/exclusions/1?lang=en",),
    "officer": ("/", "/agencies/UBND-BADINH", "/indicators/II.1.a", "/account", "/exclusions"),
    "agency_admin": ("/users?q=le", "/users/new", "/users/demo.clerk", "/users?lang=en"),
    "itsec": (
        "/sessions",
        "/account/password",
        "/account/second-factor",
        "/account/step-up",
        "/account?lang=en",
    ),
    "anyone": (
        "/",
        "/agencies/SNV",
        "/indicators/II.1.a",
        "/sign-in",
        "/ranking?lang=vi",
        "/verify/1",
        "/verify/0",
    ),
}
Enter = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = system.browser()
    missing = system.missing_for_browser()
    if path is None or missing:
        pytest.skip(f"no browser can be driven on this machine: {system.install_command(missing)}")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    with patience():
        yield


@pytest.fixture(scope="module")
def enter(browser: Browser, site: Site) -> Iterator[Enter]:
    """Opens a browser for somebody of a role."""
    with listening(site.app) as address:

        def opened(role: str, **words: object) -> BrowserContext:
            return visitor(browser, address, site.session(role), **words)

        yield opened


@pytest.mark.parametrize("role", list(SEEN))
def test_every_page_is_sound_in_both_sizes(enter: Enter, role: str) -> None:
    context = enter(role)
    page = context.new_page()
    elsewhere: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for path in SEEN[role]:
        page.set_viewport_size(WIDE)
        page.goto(path)
        assert sticks_out(page) == [], path
        if path == "/":
            assert faults(page) == [], path
        page.set_viewport_size(NARROW)
        assert sticks_out(page) == [], path
        assert faults(page) == [], path
    assert all("127.0.0.1" in url for url in elsewhere)
    assert [text for text in said if "403" not in text and "404" not in text] == []
    context.close()


def test_a_keyboard_is_enough_and_shows_where_it_is(enter: Enter) -> None:
    context = enter("leader")
    page = context.new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    places: list[float] = []
    for _ in range(16):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
                   return {outline: s.outlineStyle, width: parseFloat(s.outlineWidth), y: r.top + scrollY,
                           visible: r.width > 0 && r.height > 0} }"""
        )
        assert shown["visible"]
        assert shown["outline"] != "none"
        assert shown["width"] >= 2
        places.append(shown["y"])
    assert all(later > earlier - 60 for earlier, later in pairwise(places))
    context.close()


def test_everything_works_without_a_script(enter: Enter, site: Site) -> None:
    context = enter("anyone", java_script_enabled=False)
    page = context.new_page()
    page.goto(site.link("leader"))
    page.click("main button")
    page.click("text=31/12/2024")
    assert "as_of=2024-12-31" in page.url
    page.click("summary")
    page.fill("input[name=as_of]", "2023-06-30")
    page.fill("input[name=compare]", "2022-06-30")
    page.click("form.inline button")
    assert "đến hết ngày 30/6/2023" in page.inner_text(".stamp")
    assert "30/6/2022:" in page.inner_text("main")
    page.click("article a >> nth=0")
    assert "/indicators/II.1.a" in page.url
    assert "as_of=2023-06-30" in page.url
    page.click("th a:has-text('Cơ quan')")
    assert page.get_attribute("#by-agency ~ table th >> nth=0", "aria-sort") == "ascending"
    page.click("text=Trang sau >> nth=0")
    assert "page=2" in page.url
    page.click("text=English")
    assert page.get_attribute("html", "lang") == "en"
    page.click("text=Sign out")
    assert "Official figures" in page.inner_text(".stamp")
    assert [cookie["name"] for cookie in context.cookies()] == ["hub-language"]
    context.close()


def test_a_fault_would_be_found(enter: Enter) -> None:
    context = enter("anyone")
    page = context.new_page()
    page.goto("/sign-in")
    page.evaluate("document.querySelector('label').remove(); document.body.style.width = '2000px'")
    assert [fault.partition(":")[0] for fault in faults(page)] == ["label"]
    assert sticks_out(page) != []
    context.close()


def test_printed_it_is_the_figures_alone(enter: Enter) -> None:
    context = enter("anyone")
    page = context.new_page()
    page.goto("/")
    page.emulate_media(media="print")
    assert page.is_visible(".figures")
    for hidden in (".tools", ".dates", "header nav"):
        assert not page.is_visible(hidden)
    context.close()
