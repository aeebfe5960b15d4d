"""The 61 audits of the npm package graphql-http against a real server, where npm is at hand.

`test_protocol.py` asks in Python what matters most of it, so that a machine without npm checks that at least.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn

from hub.app import create_app
from hub.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("graphql-http@1.23.1", "graphql@16.11.0")
AUDITS = 61


@pytest.fixture(scope="module")
def node_folder() -> Path:
    """A folder with the package in it, kept for the next run."""
    folder = ROOT / ".cache" / "npm"
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("npm is missing")
    if not (folder / "node_modules" / "graphql-http").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode:
            pytest.skip(f"npm cannot install: {done.stderr.strip().splitlines()[-1:]}")
    return folder


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The application behind uvicorn, on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(create_app(settings), log_config=None, lifespan="on", ws="websockets-sansio")
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            end = time.monotonic() + 60
            while not server.started and thread.is_alive() and time.monotonic() < end:
                thread.join(0.02)
            assert server.started
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/graphql"
        finally:
            server.should_exit = True
            thread.join()


def test_the_development_profile_passes_every_audit(settings: Settings, node_folder: Path) -> None:
    with served(replace(settings, profile="development")) as url:
        command = ["node", str(Path(__file__).with_name("audit.mjs")), str(node_folder), url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    told = json.loads(done.stdout)
    assert [one for one in told if one["status"] != "ok"] == []
    assert len(told) == AUDITS
