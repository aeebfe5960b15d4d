"""`python3 -m hub` in a fresh clone: what it says when the setup cannot go on, and that it begins again."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hub import __main__ as bootstrap
from hub.kit import system

ROOT = Path(__file__).resolve().parents[2]
NEEDED = (
    "hub/__init__.py",
    "hub/__main__.py",
    "hub/kit/__init__.py",
    "hub/kit/system.py",
    "pyproject.toml",
    "requirements.lock",
)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What the setup reads of a checkout, without an environment."""
    for name in NEEDED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def begin(clone: Path, **environment: str) -> subprocess.Popen[str]:
    """Start it where no package index answers."""
    base = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    nowhere = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
    }
    return subprocess.Popen(
        [sys._base_executable, "-m", "hub", "demo"],  # type: ignore[attr-defined]
        cwd=clone,
        env={**base, **nowhere, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_without_a_network_it_says_so_in_one_line_and_begins_again(clone: Path) -> None:
    half_made = clone / ".venv" / "bin"
    half_made.mkdir(parents=True)
    (half_made / "python").symlink_to("/nowhere")
    for _ in range(2):
        process = begin(clone)
        out, err = process.communicate(timeout=120)
        assert process.returncode == 1
        assert out == ""
        first, second = err.splitlines()
        assert "first run" in first
        assert "no network" in second
        assert "không có mạng" in second
        assert not (clone / ".venv" / ".hub-stamp").exists()


def test_a_second_start_waits_for_the_first(clone: Path) -> None:
    with open(clone / ".venv.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = begin(clone)
        assert process.stderr is not None
        assert "waiting for another start" in process.stderr.readline()
        assert not (clone / ".venv").exists()
        process.kill()
        process.communicate()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_checkout_that_cannot_be_written_is_named(clone: Path) -> None:
    clone.chmod(0o555)
    process = begin(clone)
    _, err = process.communicate(timeout=60)
    clone.chmod(0o755)
    assert process.returncode == 1
    assert f"{clone} cannot be written" in err


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("error: No space left on device (os error 28)", "is full"),
        ("Hash mismatch for `lxml==6.1.3`", "does not match its hash"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "does not match its hash"),
        ("error: Request failed: dns error", "no network"),
        ("noise\nerror: something quite new\nnoise", "the setup failed: error: something quite new"),
    ],
)
def test_an_installers_complaint_becomes_one_line(
    said: str, answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        bootstrap.explain(said)
    assert left.value.code == 1
    line = capsys.readouterr().err
    assert answer in line
    assert line.count("\n") == 1


def test_uv_itself_comes_by_its_hash() -> None:
    lines = bootstrap.locked("uv").splitlines()
    assert lines[0].startswith("uv==")
    assert sum("--hash=sha256:" in line for line in lines) > 5
    assert not any(line.startswith("uvicorn") for line in lines)


def test_system_packages_are_left_alone_when_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(system.NO_INSTALL, "1")
    assert not system.may_install()
    assert "--no-install-recommends libpango-1.0-0" in system.install_command(["libpango-1.0-0"])
