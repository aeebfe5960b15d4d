"""`hub serve`, as a process of its own: answers, stops in good order, and says when it cannot."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.cli.conftest import City

HUB = [sys.executable, "-c", "import sys; from hub.cli import main; sys.exit(main())"]


@pytest.fixture
def environment(city: City) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return {**kept, "HUB_DSN": city.owner_dsn, "HUB_PROFILE": "development"}


@pytest.fixture
def serving(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [*HUB, "serve", "--port", "0", "--json"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())["graphqlUrl"]
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_where_it_says_and_stops_when_told(
    serving: tuple[subprocess.Popen[str], str], city: City, number: signal.Signals
) -> None:
    process, url = serving
    headers = {"authorization": f"Bearer {city.tokens['clerk']}"}
    answer = httpx.post(url, json={"query": "{files(first: 1) {nodes {id}}}"}, headers=headers)
    assert len(answer.json()["data"]["files"]["nodes"]) == 1
    assert "server" not in answer.headers
    process.send_signal(number)
    assert process.wait(20) == 0


def test_a_port_in_use_is_one_line(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*HUB, "serve", "--port", port], env=environment, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert "--port" in done.stderr
    assert len(done.stderr.splitlines()) == 1
