"""The house keeps its shape: rooms, door signs, calm files. Prose alone did not hold such rules anywhere."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"hub", "schema", "migrations", "policies", "reports", "tests"}
FILES = {"README.md", "CHANGELOG.md", "LICENSE", "alembic.ini", "pyproject.toml", "requirements.lock"}
MADE_BY_TOOLS = {"build", "dist", "hub.egg-info", "__pycache__"}
FLOORS = ("hub", "schema", "policies", "reports", "migrations")
DOOR_SIGN = 12
LONGEST = 400

SOURCES = sorted(path for floor in (*FLOORS, "tests") for path in (ROOT / floor).rglob("*.py"))


def test_the_top_level_is_the_plan_of_the_house() -> None:
    found = {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")} - MADE_BY_TOOLS
    assert found == ROOMS | FILES


@pytest.mark.parametrize("name", FLOORS)
def test_a_floor_is_ours_and_not_a_package_of_the_same_name(name: str) -> None:
    # PyPI has packages called schema, reports and policies.
    module = importlib.import_module(name)
    assert module.__file__ is not None
    assert Path(module.__file__).parent == ROOT / name


def named(paths: Iterable[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def says_why(path: Path) -> bool:
    return bool(ast.get_docstring(ast.parse(path.read_text())))


def sign_lines(path: Path) -> int:
    return len((ast.get_docstring(ast.parse(path.read_text())) or "").splitlines())


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_a_package_has_a_door_sign_of_at_most_twelve_lines() -> None:
    signs = [path for path in SOURCES if path.name == "__init__.py"]
    assert len(signs) > 10
    assert named(path for path in signs if sign_lines(path) > DOOR_SIGN) == []
    assert named(path for path in signs if "tests" not in path.parts and not says_why(path)) == []


def test_every_module_says_why_it_exists() -> None:
    assert named(path for path in SOURCES if path.name != "__init__.py" and not says_why(path)) == []


def test_a_file_past_400_lines_becomes_a_folder() -> None:
    # Tests are read one function at a time, so their files may be longer.
    product = (path for path in SOURCES if path.relative_to(ROOT).parts[0] != "tests")
    assert named(path for path in product if lines(path) > LONGEST) == []


@pytest.mark.parametrize("module", ["hub", "hub.__main__", "hub.kit.system", "hub.kit.supervisor"])
def test_what_runs_before_setup_needs_only_python(module: str) -> None:
    # -S: no site-packages. The name is not __main__, so nothing is set up.
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import {module}"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_ci_runs_the_one_command() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert 'python3 -m hub test "$@"' in script.read_text()
