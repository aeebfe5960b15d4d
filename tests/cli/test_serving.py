"""`hub serve`, as a process of its own: answers, stops in good order, and says when it cannot."""

from __future__ import annotations

import contextlib
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


HEAD = b"POST /graphql HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\n"
QUERY = b'{"query":"{ __typename }"}'


BEGUN = {
    "one header": HEAD + b"x-a: ",
    "many headers": HEAD + b"x-a: 1\r\n" * 9_000,
    "an address": b"GET /graphql?query=",
    "the size of a chunk": HEAD + b"transfer-encoding: chunked\r\n\r\n1;",
    "what follows a body": HEAD + b"transfer-encoding: chunked\r\n\r\n0\r\nx-a: ",
}


def test_what_comes_before_a_request_is_whole_has_an_end(serving: tuple[subprocess.Popen[str], str]) -> None:
    _, url = serving
    place = (str(httpx.URL(url).host), httpx.URL(url).port or 0)
    for name, begun in BEGUN.items():
        with socket.create_connection(place, timeout=20) as stranger, contextlib.suppress(ConnectionError):
            stranger.sendall(begun + b"a" * 20_000)
            stranger.sendall(b"a" * 300_000)
            assert _answered(stranger).startswith(b"HTTP/1.1 4"), name
    whole = HEAD + b"x-a: " + b"a" * 60_000 + b"\r\ncontent-length: %d\r\n\r\n" % len(QUERY) + QUERY
    with socket.create_connection(place, timeout=20) as other:
        for _ in range(3):  # on one connection, which counts anew for each
            other.sendall(whole)
            assert b'"data"' in _answered(other, until=b"}}")


def _answered(connection: socket.socket, until: bytes = b"") -> bytes:
    """What comes back, to the end of the connection or of an answer."""
    told = b""
    while part := connection.recv(65_536):
        told += part
        if until and told.rstrip().endswith(until):
            break
    return told


def test_a_port_in_use_is_one_line(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*HUB, "serve", "--port", port], env=environment, capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert "--port" in done.stderr
    assert len(done.stderr.splitlines()) == 1
