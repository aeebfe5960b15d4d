"""What the README tells people to type is there."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

from hub.kit.bounded_http import LONGEST_HEAD
from hub.settings import Settings
from schema.limits import ANONYMOUS, SIGNED_IN

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text()
TYPED = sorted(set(re.findall(r"(?:`|^|\n)(?:python3 -m )?hub ([a-z]+)", TEXT)))
PATHS = sorted(set(re.findall(r"`((?:hub|schema|policies|reports|migrations|tests)/[\w/.]+)`", TEXT)))


def test_it_opens_with_the_two_commands() -> None:
    assert "python3 -m hub demo" in TEXT
    assert "python3 -m hub test" in TEXT


def test_every_command_it_names_exists() -> None:
    arguments = ["-c", "from hub.cli import main; raise SystemExit(main())", "--help"]
    helped = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    known = set(re.findall(r"^ +([a-z]+)\b", helped.stdout, re.MULTILINE))
    assert set(TYPED) - known == set()


def test_every_setting_is_told_and_no_other() -> None:
    settings = {one.name for one in fields(Settings)}
    tables = "".join(re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL))
    named = {name.lower() for name in re.findall(r"\bHUB_([A-Z_]+[A-Z])", TEXT)}
    told = named | set(re.findall(r"^(?:\[\[)?(\w+)(?:\]\]| =)", tables, re.MULTILINE))
    assert settings - told == set()
    assert named - settings == {"examples"}  # of the tests alone


def test_the_limits_it_tells_are_those_that_hold() -> None:
    few, many = ANONYMOUS, SIGNED_IN
    for told in (
        f"| {few.page:,} | {many.page:,} |",
        f"| {few.cost:,} | {many.cost:,} |",
        f"| {few.tokens:,}, {few.letters:,} | {many.tokens:,}, {many.letters:,} |",
        f"a depth of {few.depth}, {few.aliases} aliases, {few.directives} directives on a field",
        f"a body of {Settings.max_body:,} bytes (`HUB_MAX_BODY`), headers of {LONGEST_HEAD // 1024} KiB",
    ):
        assert told in TEXT


def test_every_place_it_names_exists() -> None:
    assert [path for path in PATHS if not (ROOT / path).exists()] == []
