"""Every guard and test that the threats and the evidence name is there; the dossier tells both."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hub.cli.dossier import components, requirements
from hub.cli.entry import parser

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (.+?) \| `(.+?)` \| `(.+?)` \|$", re.MULTILINE)
THREATS = ROW.findall((ROOT / "policies/THREATS.md").read_text())


def names_a_test(text: str) -> bool:
    """Whether `path::name` is a test that exists."""
    path, _, name = text.partition("::")
    file = ROOT / path
    return file.is_file() and re.search(rf"def {name}\(", file.read_text()) is not None


def test_there_are_threats() -> None:
    assert len(THREATS) > 40


@pytest.mark.parametrize(("threat", "guard", "test"), THREATS, ids=[row[0] for row in THREATS])
def test_each_threat_has_a_guard_and_a_test(threat: str, guard: str, test: str) -> None:
    assert (ROOT / guard).is_file(), guard
    assert names_a_test(test), test


def test_what_is_called_shown_is_shown_by_a_test_or_a_command_that_exists() -> None:
    for one in requirements():
        assert bool(one.shown) != bool(one.open), one.en
        for evidence in one.shown:
            if evidence.startswith("hub "):
                parser().parse_args(evidence.split()[1:])
            else:
                assert names_a_test(evidence), evidence


def test_the_bill_of_materials_names_every_locked_package() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    found = components(lock)
    assert len(found) == len(re.findall(r"^[a-zA-Z0-9_.\[\]-]+==", lock, re.MULTILINE))
    assert all(one["purl"].startswith("pkg:pypi/") and one["hashes"] for one in found)
    assert json.dumps(found)
