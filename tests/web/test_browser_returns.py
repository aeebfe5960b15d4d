"""Periods and returns in Chromium: sound in both sizes, three agencies to acceptance, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from reports.task_jobs import perform
from tests.reporting.conftest import PLAN, Half, half, stopped_clock
from tests.web.browsing import NARROW, WIDE, faults, listening, sticks_out, visitor
from tests.web.reporters import Reporters
from tests.web.test_browser import browser, patient

__all__ = ["browser", "half", "patient", "stopped_clock"]
Enter = Callable[..., BrowserContext]
SAVED = "#status:has-text('Đã tự lưu')"


@pytest.fixture(scope="module")
def address(half: Half) -> Iterator[str]:
    with listening(half.app) as address:
        yield address


@pytest.fixture(scope="module")
def people(half: Half, address: str) -> Iterator[Reporters]:
    with httpx.Client(base_url=address, timeout=90) as client:
        yield Reporters(half, client)


@pytest.fixture(scope="module")
def enter(people: Reporters, address: str, browser: Browser) -> Enter:
    """Opens a browser for somebody, who has shown his second factor."""

    def opened(role: str, place: str, **words: object) -> BrowserContext:
        return visitor(browser, address, people.session(role, place), **words)

    return opened


def sound(page: Page, path: str) -> None:
    """The page in both sizes, without a fault."""
    page.set_viewport_size(WIDE)
    page.goto(path)
    assert sticks_out(page) == [], path
    page.set_viewport_size(NARROW)
    assert sticks_out(page) == [], path
    for closed in page.query_selector_all("details:not([open]) > summary"):
        closed.click()
    assert sticks_out(page) == [], path
    assert faults(page) == [], path


def test_three_agencies_from_the_first_word_to_acceptance(enter: Enter, people: Reporters) -> None:
    period = people.period()
    keys = {}
    for place in ("A", "B", "A.1"):
        officer = enter("officer", place)
        page = officer.new_page()
        page.goto(f"/periods/{period}/agencies/{place}")
        page.click("text=Bắt đầu soạn báo cáo")
        keys[place] = page.url.rpartition("/")[2]
        page.fill("#results", f"Kết quả của {place}.")
        page.fill("#difficulties", "Không có.")
        page.click("text=3.1 >> nth=0")
        page.fill("[name='line:3.1:numerator']", "3")
        page.click("text=Lưu và trình thủ trưởng")
        assert "Đã trình. Việc tiếp theo là của thủ trưởng" in page.inner_text(".done")
        officer.close()
        head = enter("approver", place)
        page = head.new_page()
        page.goto("/periods")
        page.click(f"a[href='/returns/{keys[place]}']")
        if place == "A":
            sound(page, page.url)
        page.click("button:has-text('Duyệt báo cáo')")
        assert "Đã duyệt." in page.inner_text(".done")
        head.close()
    above = enter("officer", "A")  # a unit's return goes to the body above
    page = above.new_page()
    page.goto(f"/returns/{keys['A.1']}")
    page.click("button:has-text('Tiếp nhận báo cáo')")
    assert "Đã tiếp nhận." in page.inner_text(".done")
    above.close()
    desk = enter("supervisor", "SNV")
    page = desk.new_page()
    for path in (
        "/periods",
        f"/periods/{period}",
        f"/periods/{period}/agencies/C",
        f"/returns/{keys['A']}",
        "/reports",
    ):
        sound(page, path)
    page.goto(f"/periods/{period}?state=APPROVED")
    page.click("text=Đánh dấu tất cả trên trang này")
    page.click("text=Tiếp nhận các báo cáo đã đánh dấu")
    assert "Đã tiếp nhận 2 báo cáo." in page.inner_text(".done")
    states = people.half.sql("select state from agency_return where period_id = %s", period)
    assert [row.state for row in states] == ["ACCEPTED"] * 3
    sound(page, page.url)
    desk.close()
    for role, place, paths in (
        ("leader", "TP", ("/", f"/periods/{period}?late=1", f"/returns/{keys['B']}")),
        ("supervisor_head", "SNV", ("/periods", f"/periods/{period}")),
        ("clerk", "A", ("/account", f"/returns/{keys['A']}?lang=en")),
        ("anyone", "", ("/reports", f"/returns/{keys['A']}")),
    ):
        context = enter(role, place)
        page = context.new_page()
        for path in paths:
            sound(page, path)
        context.close()


def test_it_saves_by_itself_and_keeps_what_was_typed_without_a_network(
    enter: Enter, people: Reporters
) -> None:
    key = people.begun(people.period())
    context = enter("officer", "A")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sound(page, f"/returns/{key}")
    page.goto(f"/returns/{key}")
    page.fill("#results", "Tự lưu.")
    page.wait_for_selector(SAVED)
    assert people.form(key)["results"] == "Tự lưu."
    context.set_offline(True)
    page.fill("#difficulties", "Mất mạng.")
    page.wait_for_selector("#status:has-text('Mất kết nối')")
    # Left before anything could be saved. A page that is left still tries, and the network is back for it a moment
    # before it is gone.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('offline')); }")
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"/returns/{key}")
    page.wait_for_selector(".kept")
    assert faults(page) == []
    assert page.input_value("#difficulties") == ""
    page.click("text=Lấy lại nội dung")
    page.wait_for_selector(SAVED)
    assert people.form(key)["difficulties"] == "Mất mạng."
    page.reload()
    assert page.query_selector(".kept") is None
    assert errors == []
    context.close()


def test_of_two_who_write_the_second_is_told_and_chooses(enter: Enter, people: Reporters) -> None:
    key = people.begun(people.period())
    first, second = enter("officer", "A"), enter("officer", "A-second")
    one, two = first.new_page(), second.new_page()
    for page in (one, two):
        page.goto(f"/returns/{key}")
    one.fill("#results", "Của người thứ nhất.")
    one.wait_for_selector(SAVED)
    two.fill("#proposals", "Đề xuất.")
    two.wait_for_selector("#status:has-text('officer A cũng vừa lưu')")
    assert two.input_value("#results") == "Của người thứ nhất."
    one.fill("#difficulties", "Một.")
    one.wait_for_selector(f"{SAVED} >> nth=0")
    expect(one.locator("#status")).to_contain_text("Đã tự lưu")
    two.fill("#difficulties", "Hai.")
    two.wait_for_selector("#status:has-text('hãy bấm Lưu để xem cả hai')")
    two.click("button:has-text('Lưu') >> nth=0")
    assert "officer A đã lưu" in two.inner_text(".theirs")
    assert "Một." in two.inner_text(".theirs")
    assert two.input_value("#difficulties") == "Hai."
    assert faults(two) == []
    two.click("button:has-text('Lưu') >> nth=0")
    assert people.form(key)["difficulties"] == "Hai."
    first.close()
    second.close()


def test_it_is_written_and_submitted_by_keyboard_and_without_a_script(
    enter: Enter, people: Reporters
) -> None:
    key = people.begun(people.period())
    context = enter("officer", "A", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/returns/{key}")
    page.focus("#results")
    page.keyboard.type("Xong.")
    while page.evaluate("document.activeElement.id") != "difficulties":
        page.keyboard.press("Tab")
    page.keyboard.type("Không có.")
    page.focus("button:has-text('Lưu và trình')")
    page.keyboard.press("Enter")
    assert "Đã trình" in page.inner_text(".done")
    context.close()


def test_a_page_follows_what_a_job_does_and_says_when_it_is_over(enter: Enter, people: Reporters) -> None:
    half = people.half
    opened = people.post("/periods/open", "supervisor_head", "SNV", plan=PLAN, deadline="2025-06-30")
    path = opened.headers["location"].partition("?")[0]
    assert people.post(f"{path}/close", "supervisor_head", "SNV", version=1).status_code == 303
    context = enter("supervisor", "SNV")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"/reports?period={path.rpartition('/')[2]}")
    page.click("button:has-text('Lập báo cáo của các cơ quan chưa có')")
    sound(page, page.url)
    page.evaluate("window.same = true")
    job = int(page.url.rpartition("/")[2])
    assert "hub worker" in page.inner_text("#work-said")  # none is there
    half.sql("insert into jobs.procrastinate_workers (last_heartbeat) values (now() + interval '1 hour')")
    half.sql("update job set state = 'RUNNING', done = 1, message = '2/3 · Cơ quan B' where id = %s", job)
    page.wait_for_selector("#work-said:has-text('2/3 · Cơ quan B')")
    assert page.get_attribute("#work-bar", "value") == "1"
    assert page.evaluate("window.same")
    perform(half.app.state.services.seam, half.app.state.services.settings, job)
    page.wait_for_selector("text=Đã làm xong")
    assert page.query_selector("#work") is None
    assert errors == []
    half.sql("delete from jobs.procrastinate_workers")
    context.close()
