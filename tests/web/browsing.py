"""A real Chromium on the pages: Debian's program, driven by Playwright, with axe-core to look for faults."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from starlette.applications import Starlette

# A machine that is busy with other tests is slow, not stuck: no watchdog may end what draws the page.
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-gpu-watchdog", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDE, NARROW = ViewportSize(width=1200, height=900), ViewportSize(width=360, height=740)


@contextlib.contextmanager
def listening(app: Starlette) -> Iterator[str]:
    """The application on a port of this machine; yields its address."""
    config = uvicorn.Config(app, port=0, log_level="error", ws="none", lifespan="on", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


@contextlib.contextmanager
def patience(seconds: int = 240) -> Iterator[None]:
    """Ends what drives the browser after so long: who waits for an answer that never comes fails."""

    def end() -> None:
        for task in Path("/proc/self/task").iterdir():
            for child in (task / "children").read_text().split():
                if Path(f"/proc/{child}/comm").read_text().startswith("node"):
                    os.kill(int(child), signal.SIGKILL)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def faults(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it is shown now."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(
        """axe.run(document, {resultTypes: ['violations']}).then(told => told.violations.flatMap(
               fault => fault.nodes.map(node => `${fault.id}: ${node.target} ${node.failureSummary}`)))"""
    )
    return found


def sticks_out(page: Page) -> list[str]:
    """What makes the page wider than the screen."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
               [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
               .map(e => e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 40)).slice(0, 5)"""
    )
    return found


def visitor(browser: Browser, address: str, cookies: Mapping[str, str], **words: Any) -> BrowserContext:
    """Somebody with a browser of his own, in the session of his cookies."""
    context = browser.new_context(base_url=address, viewport=WIDE, **words)
    context.set_default_timeout(90_000)
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    return context
