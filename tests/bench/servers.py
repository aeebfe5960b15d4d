"""The two servers of a measurement, each a process of its own, and a client that keeps one connection to each."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Client:
    """Posts JSON over one kept connection, and reads no more of the answer's head than it needs.

    Python's own client reads every header as a mail's: 17 µs more for the hub's, in which no server has a part.
    """

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self._port = port
        named = {"host": f"127.0.0.1:{port}", "content-type": "application/json", **(headers or {})}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in named.items()).encode()
        self._connect()

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self._port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path: str, body: bytes) -> bytes:
        """The answer's bytes. Raises RuntimeError for any other status than 200."""
        asked = b"POST %b HTTP/1.1\r\n%bcontent-length: %d\r\n\r\n%b" % (
            path.encode(), self._head, len(body), body,
        )  # fmt: skip
        try:
            self._socket.sendall(asked)
            head, said = self._answer()
        except ConnectionError:  # stood idle while something slow was measured, and was closed
            self._socket.close()
            self._connect()
            self._socket.sendall(asked)
            head, said = self._answer()
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"{path}: {head[:40]!r} {said[:300]!r}")
        return said

    def _answer(self) -> tuple[bytes, bytes]:
        data = self._more()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        head, parts = data[:end], [data[end + 4 :]]
        _, _, length = head.lower().partition(b"content-length:")
        left = int(length.split(b"\r\n", 1)[0]) - len(parts[0])
        while left > 0:
            parts.append(self._more())
            left -= len(parts[-1])
        return head, b"".join(parts)

    def _more(self) -> bytes:
        came = self._socket.recv(1 << 20)
        if not came:
            raise ConnectionResetError
        return came


@dataclass(frozen=True)
class Servers:
    """A served demo and the hand-written server over the same database."""

    data: Path
    dsn: str
    agency: str
    tokens: dict[str, str]
    hub_port: int
    hub_pid: int
    hand_port: int

    def hub(self, role: str, port: int = 0) -> Client:
        """The hub as a role; the demo's own server, or the one at another port."""
        return Client(port or self.hub_port, {"authorization": f"Bearer {self.tokens[role]}"})

    def hand(self) -> Client:
        """The hand-written server."""
        return Client(self.hand_port)


@contextlib.contextmanager
def served(data: Path, items: int) -> Iterator[Servers]:
    """Both servers over the demo in `data`, which is made when it is missing."""
    with _running([sys.executable, "-m", "hub", "demo", "--data", str(data), "--items", str(items),
                   "--port", str(_free()), "--json"], stdout=subprocess.PIPE, text=True) as demo:  # fmt: skip
        told: dict[str, Any] = {}
        for line in demo.stdout or ():
            if line.startswith("{"):
                told = json.loads(line)
                break
        if not told:
            raise RuntimeError("the demo did not start")
        hub_port = int(told["graphqlUrl"].split(":")[2].split("/")[0])
        hand_port = _free()
        environment = {**os.environ, "BENCH_DSN": told["dsn"]}
        with _running([sys.executable, "-m", "tests.bench.hand", str(hand_port)], env=environment):
            _wait_for(hand_port)
            yield Servers(
                data,
                told["dsn"],
                told["agencyCode"],
                told["tokens"],
                hub_port,
                _listener(demo.pid),
                hand_port,
            )


@contextlib.contextmanager
def serving(data: Path) -> Iterator[tuple[int, int]]:
    """`hub serve` without a worker over the same data: its port and its process."""
    port = _free()
    command = [sys.executable, "-m", "hub", "serve", "--data", str(data), "--port", str(port)]
    with _running(command, stdout=subprocess.DEVNULL) as server:
        _wait_for(port)
        yield port, _listener(server.pid)


@contextlib.contextmanager
def _running(command: list[str], **options: Any) -> Iterator[subprocess.Popen[Any]]:
    process = subprocess.Popen(command, cwd=ROOT, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


def _listener(pid: int) -> int:
    """The process that serves: the one started, or the child it became."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    served = [child for child in children if "hub" in Path(f"/proc/{child}/cmdline").read_text()]
    return int(served[0]) if served else pid


def resident(pid: int) -> float:
    """Resident memory of a process in MB."""
    [line] = [one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS")]
    return int(line.split()[1]) / 1024
