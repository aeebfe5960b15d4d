"""`hub doctor` finds what is there, names what is missing and how to get it, and keeps passwords to itself."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hub import doctor
from hub.settings import Settings

NOBODY_THERE = "postgresql://hub:secret@127.0.0.1:9/hub"


def test_the_ground_under_the_tests_is_found(tmp_path: Path) -> None:
    found = {finding.name: finding for finding in doctor.examine(Settings(data=tmp_path))}
    assert {"python", "environment", "disk", "data", "postgresql", "admin", "mail", "pdf", "font"} == set(
        found
    )
    needed = ("python", "environment", "data", "postgresql")
    assert [name for name in needed if not found[name].ok] == []
    assert "PostgreSQL" in found["postgresql"].detail
    assert all(bool(finding.cure_vi) is bool(finding.cure_en) is not finding.ok for finding in found.values())


def test_a_server_that_is_there_is_found(server, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    found = {f.name: f for f in doctor.examine(Settings(data=tmp_path, dsn=server.owner_dsn))}
    assert found["postgresql"].ok
    assert found["postgresql"].detail.startswith("HUB_DSN, PostgreSQL 1")


def test_a_server_that_does_not_answer_is_missing_and_its_password_stays_unsaid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = replace(Settings(data=tmp_path), dsn=NOBODY_THERE)
    assert doctor.run(settings, as_json=True) == doctor.MISSING
    said = capsys.readouterr().out
    finding = next(f for f in json.loads(said)["findings"] if f["name"] == "postgresql")
    assert finding["ok"] is False
    assert "HUB_DSN" in finding["cure_vi"]
    assert "secret" not in said

    assert doctor.run(settings) == doctor.MISSING
    assert "✗ postgresql" in capsys.readouterr().out


def test_a_folder_below_one_that_is_not_there_is_judged_by_the_nearest(tmp_path: Path) -> None:
    found = {f.name: f for f in doctor.examine(Settings(data=tmp_path / "a" / "b"))}
    assert found["data"].ok
    assert not (tmp_path / "a").exists()
