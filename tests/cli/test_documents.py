"""`hub document`: a build registers what its pages ask, once and whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Run

TWO = """
query Few { files(first: 2) { ...line } }
query One($id: ID!) { file(id: $id) { ...name } }
fragment line on FileConnection { nodes { ...name } }
fragment name on ArchivalFile { id title }
"""


def _listed(hub: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(hub("document", "list", "--application", "tracuu", "--json")[1])
    return found


def test_a_file_is_registered_by_its_operations_and_retired(hub: Run, tmp_path: Path) -> None:
    file, manifest = tmp_path / "a.graphql", tmp_path / "manifest.json"
    file.write_text(TWO)
    words = ("document", "register", "--application", "tracuu")
    code, shown, _ = hub(*words, str(file), "--manifest", str(manifest))
    assert code == 0
    told = json.loads(manifest.read_text())
    assert told["format"] == "apollo-persisted-query-manifest"
    assert [(one["name"], one["type"]) for one in told["operations"]] == [("Few", "query"), ("One", "query")]
    for one in told["operations"]:
        assert one["id"] == hashlib.sha256(one["body"].encode()).hexdigest()
        assert one["id"] in shown
    assert "fragment line" not in told["operations"][1]["body"]
    assert hub(*words, str(manifest))[0] == 0  # again, and by its manifest: nothing new
    assert [one["name"] for one in _listed(hub)] == ["Few", "One"]
    relay = tmp_path / "relay.json"
    relay.write_text(json.dumps({one["id"]: one["body"] for one in told["operations"]}))
    assert hub(*words, str(relay))[0] == 0
    assert len(_listed(hub)) == 2
    assert hub("document", "retire", told["operations"][0]["id"][:10], "--application", "tracuu")[0] == 0
    assert [one["retiredAt"] is None for one in _listed(hub)] == [False, True]
    assert hub("document", "retire", "--application", "nobody")[0] == 2


def test_what_could_not_run_is_refused_whole(hub: Run, tmp_path: Path) -> None:
    good = tmp_path / "good.graphql"
    good.write_text("{ files { totalCount } }")
    for name, text, reason in (
        ("wrong.graphql", "{ nosuch }", "nosuch"),
        ("broken.graphql", "{ files", "Syntax Error"),
        ("empty.graphql", "fragment f on Item { id }", "no operation"),
        ("deep.graphql", "{ agencies { nodes " + "{ parent " * 20 + "{ id }" + " }" * 20 + " } }", "depth"),
        ("false.json", json.dumps({"0" * 64: "{ __typename }"}), "SHA-256"),
        ("list.json", "[1]", "manifest"),
    ):
        file = tmp_path / name
        file.write_text(text)
        code, _, said = hub("document", "register", "--application", "refused", str(good), str(file))
        assert (code, reason in said) == (2, True), said
    assert hub("document", "register", "--application", "No Good", str(good))[0] == 2
    assert hub("document", "register", "--application", "refused", str(good), "--as", "demo.clerk")[0] == 2
    assert json.loads(hub("document", "list", "--application", "refused", "--json")[1]) == []
