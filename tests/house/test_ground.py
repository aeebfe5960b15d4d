"""What is installed is what the lock says, the lock is what the project asks for, and it names no server."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ASKED = [Requirement(r) for r in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]]
LOCKED = re.findall(
    r"^([a-z0-9-]+)(?:\[.*?\])?==(\S+)(?: ; (.+?))? \\$((?:\n    --hash=.*)*)", LOCK, re.MULTILINE
)


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_lock_names_no_server() -> None:
    assert not re.search(r"https?:|file:|//|--(extra-)?index|find-links|trusted-host", LOCK)


def test_every_locked_package_has_hashes() -> None:
    heads = [line for line in LOCK.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(LOCKED) == len(heads) > 60
    assert [name for name, _, _, hashes in LOCKED if "sha256:" not in hashes] == []


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.name)
def test_the_lock_is_what_the_project_asks_for(asked: Requirement) -> None:
    versions = [number for name, number, _, _ in LOCKED if name == plain(asked.name)]
    assert versions, "make the lock anew: its heading says how"
    assert all(asked.specifier.contains(number) for number in versions)
    assert asked.specifier, "a dependency without bounds"


def test_what_is_installed_is_what_is_locked() -> None:
    here = [(name, number) for name, number, marker, _ in LOCKED if not marker or Marker(marker).evaluate()]
    assert {name: version(name) for name, _ in here} == dict(here)


def test_casbin_is_pycasbin() -> None:
    # The distribution `casbin` is another thing under the same import name; whichever came last would win.
    assert packages_distributions()["casbin"] == ["pycasbin"]
