"""`hub test`: the whole check, the same on a desk and in CI.

Cheap and general things first, side by side; the tests run only on code that passed them. Arguments go to pytest
and make its part narrower, never the rest. pytest's closing line is the last one printed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hub.installation import require_server

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
FLOORS = ("hub", "schema", "policies", "reports", "migrations")
# Every module is compiled once and kept, before several processes of tests would each do it.
COLLECTED = ("collect", [sys.executable, "-m", "pytest", "--collect-only", "-q"])


def run(arguments: Sequence[str] = ()) -> int:
    """Run every step; returns 0 when all passed, else the number of failed steps or pytest's exit code.

    Raises DatabaseUnreachable.
    """
    if dsn := os.environ.get("HUB_DSN"):
        print("hub test: HUB_DSN is set, the tests use that server", file=sys.stderr)
        require_server(dsn)
    steps = _steps() if arguments else [*_steps(), COLLECTED]
    with ThreadPoolExecutor(os.cpu_count()) as side_by_side:
        passed = side_by_side.map(lambda step: _passes(*step), steps)
    if failed := [name for (name, _), well in zip(steps, passed, strict=True) if not well]:
        print(
            f"\nhub test: {', '.join(failed)} không đạt; chưa chạy các kiểm thử · "
            f"{', '.join(failed)} failed; the tests were not run",
            flush=True,
        )
        return len(failed)
    command = [sys.executable, "-m", "pytest", *_workers(arguments), *arguments]
    return subprocess.run(command, cwd=ROOT, env=_environment(), check=False).returncode


def _steps() -> list[tuple[str, list[str]]]:
    ruff = str(BIN / "ruff")
    floors = [floor for floor in FLOORS if (ROOT / floor).is_dir()]
    return [
        ("format", [ruff, "format", "--check", "--quiet", "--output-format", "concise", "."]),
        ("lint", [ruff, "check", "--quiet", "--output-format", "concise", "."]),
        ("imports", [str(BIN / "lint-imports"), "--no-cache"]),
        ("types", [sys.executable, "-m", "mypy", "--no-error-summary", *floors]),
    ]


def _passes(name: str, command: list[str]) -> bool:
    """Run one step quietly; its output shows when it fails."""
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    mark = "✓" if done.returncode == 0 else "✗"
    print(f"{mark} {name:<8} {time.monotonic() - began:5.1f} s", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def _environment() -> dict[str, str]:
    """With a place for compiled modules: the tests start the hub many times, and compiling is most of a start."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(ROOT / ".cache" / "compiled")}


def _workers(arguments: Sequence[str]) -> list[str]:
    """One process more than cores for the whole suite, since tests wait; a narrower run is quicker in one.

    Files go out in the order of tests/conftest.py, the longest first: by default those of few tests come last, and the
    longest of all are among them.
    """
    cores = os.cpu_count() or 1
    if arguments or cores < 2:
        return []
    return ["-n", str(min(4, cores + 1)), "--dist", "loadfile", "--no-loadscope-reorder"]
