"""The page for trying operations: it comes from the hub alone, and its examples run."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from schema.ide.files import FOLDER, TYPES
from tests.http.conftest import Open

pytestmark = pytest.mark.anyio
HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
EXAMPLES: list[dict[str, Any]] = json.loads((FOLDER / "examples.json").read_text())


async def test_a_browser_gets_the_page_under_a_policy_that_allows_no_other_address(hub: Open) -> None:
    async with hub() as client:
        page = await client.http.get("/graphql", headers=HTML)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        for address in re.findall(r'(?:src|href)="([^"#]+)"', page.text):
            file = await client.http.get(address)
            assert file.status_code == 200, address
            assert file.headers["content-security-policy"] == policy


def test_no_file_of_the_page_names_an_address_outside_the_hub() -> None:
    for path in FOLDER.iterdir():
        if path.suffix in TYPES and path.suffix != ".svg":
            assert "//" not in re.sub(r"(?m)^\s*//.*|; //.*| // .*", "", path.read_text()), path.name


async def test_only_the_pages_own_files_are_served(hub: Open) -> None:
    async with hub() as client:
        for name in ("files.py", "..%2ffiles.py", "nothing.js", ""):
            assert (await client.http.get(f"/graphql/ide/{name}")).status_code == 404


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["en"])
@pytest.mark.parametrize("role", [None, "officer"])
async def test_every_example_runs_for_everybody(hub: Open, example: dict[str, Any], role: str | None) -> None:
    async with hub() as client:
        answer = await client.ask(example["query"], example.get("variables"), role=role)
        assert "errors" not in answer.json(), answer.text
        assert example["vi"] != example["en"]
