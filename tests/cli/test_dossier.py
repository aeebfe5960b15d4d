"""`hub security-dossier`: what it holds, in each form, and what it never says."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import City, Run, city, hub

__all__ = ["City", "city", "hub"]


def test_the_dossier_holds_its_parts_and_no_secret(hub: Run, city: City, tmp_path: Path) -> None:
    file = tmp_path / "dossier.json"
    assert hub("security-dossier", "--out", str(file))[0] == 0
    told = json.loads(file.read_text())
    assert told["settings"]["dsn"].endswith("set, not told)")
    assert city.owner_dsn not in file.read_text()
    assert {user["name"] for user in told["users"]} >= {"demo.officer", "demo.leader"}
    assert {"role", "resource", "action", "scope", "condition", "effect"} == set(told["rights"][0])
    assert told["sbom"]["bomFormat"] == "CycloneDX"
    assert "pycasbin" in {one["name"] for one in told["sbom"]["components"]}
    marks = {one["mark"] for one in told["requirements"]}
    assert marks == {"đã chứng minh · shown", "cần xác nhận · to be confirmed"}


def test_it_is_a_text_and_a_page_too(hub: Run, tmp_path: Path) -> None:
    for name, sign in (
        ("dossier.md", "| demo.officer | officer | UBND-BADINH |"),
        ("dossier.html", "<td>demo.officer</td>"),
    ):
        file = tmp_path / name
        assert hub("security-dossier", "--out", str(file))[0] == 0
        assert sign in file.read_text()
    code, _, said = hub("security-dossier", "--out", str(tmp_path / "dossier.docx"))
    assert (code, ".md, .html" in said) == (2, True)


def test_who_may_not_read_the_policy_gets_none(hub: Run, tmp_path: Path) -> None:
    file = tmp_path / "dossier.md"
    assert hub("security-dossier", "--out", str(file), "--as", "demo.officer")[0] == 2
    assert not file.exists()
