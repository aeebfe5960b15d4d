"""Operations made by chance, on the production profile: whatever comes, no answer is a fault of the server.

`FUZZ=2000 python3 -m hub test tests/http/test_fuzz.py` asks as many of each kind, schemathesis in proportion.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes
from hypothesis_graphql import strategies as graphql

from hub.app import create_app
from hub.settings import Settings
from tests.http.conftest import City
from tests.http.test_audits import served

SDL = (Path(__file__).resolve().parents[2] / "schema" / "schema.graphql").read_text()
EXAMPLES = int(os.environ.get("FUZZ", "20"))
ROOM = {"requests_per_minute": 10**9, "anonymous_requests_per_minute": 10**9,
        "cost_per_minute": 10**12, "anonymous_cost_per_minute": 10**12}  # fmt: skip
SCALARS = {
    "Date": st.sampled_from(["2025-06-30", "1945-09-02", "x", "9999-12-31"]).map(nodes.String),
    "DateTime": st.sampled_from(["2025-06-30T00:00:00Z", "x"]).map(nodes.String),
    "Percent": st.just("80.00").map(nodes.String),
    "Decimal": st.just("1.5").map(nodes.String),
    "BigInt": st.just("12345678901234567890").map(nodes.String),
    "JSON": st.just("{}").map(nodes.String),
}
FEW = settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, print_blob=False,
               suppress_health_check=list(HealthCheck))  # fmt: skip


class Asked:
    """The application, asked from synchronous tests."""

    def __init__(self, runner: asyncio.Runner, http: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self._runner, self._http, self._tokens = runner, http, tokens

    def post(self, body: Any, role: str | None) -> httpx.Response:
        headers = {"authorization": f"Bearer {self._tokens[role]}"} if role else {}
        return self._runner.run(self._http.post("/graphql", json=body, headers=headers))

    def fine(self, body: Any, role: str | None) -> None:
        """No fault of the server, and a shape that every client understands."""
        answer = self.post(body, role)
        told = answer.json()
        codes = [error["extensions"]["code"] for error in told.get("errors", ())]
        assert answer.status_code < 500, (body, answer.text[:500])
        assert "INTERNAL" not in codes, (body, answer.text[:500])
        assert len(codes) <= 3
        assert "data" in told or codes


@pytest.fixture(scope="module")
def asked(city: City) -> Iterator[Asked]:
    app = create_app(Settings(dsn=city.owner_dsn, profile="production", pool_size=2, **ROOM))
    with asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        runner.run(stack.enter_async_context(app.router.lifespan_context(app)))
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub.test")
        runner.run(stack.enter_async_context(http))
        try:
            yield Asked(runner, http, city.tokens)
        finally:
            runner.run(stack.aclose())


@pytest.mark.parametrize("role", [None, "officer", "supervisor"])
def test_generated_queries_find_no_fault(asked: Asked, role: str | None) -> None:
    @FEW
    @given(graphql.queries(SDL, custom_scalars=SCALARS))
    def ask(query: str) -> None:
        asked.fine({"query": query}, role)

    ask()


@pytest.mark.parametrize("role", [None, "clerk"])
def test_generated_mutations_find_no_fault(asked: Asked, role: str | None) -> None:
    @FEW
    @given(graphql.mutations(SDL, custom_scalars=SCALARS))
    def ask(query: str) -> None:
        asked.fine({"query": query}, role)

    ask()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_any_json_and_any_variables_find_no_fault(asked: Asked) -> None:
    names = ("query", "variables", "operationName", "extensions", "documentId")
    texts = st.sampled_from(
        [
            "query($n: Int, $f: FileFilter, $i: ID!) {files(first: $n, filter: $f) {totalCount} node(id: $i) {id}}",
            "{",
        ]
    )

    @FEW
    @given(JSON | st.dictionaries(st.sampled_from(names), JSON | texts, max_size=5),
           st.dictionaries(st.sampled_from(["n", "f", "i"]), JSON, max_size=3))  # fmt: skip
    def ask(body: Any, variables: Any) -> None:
        asked.fine(body, None)
        asked.fine({"query": "query($n: Int, $f: FileFilter, $i: ID!) {files(first: $n, filter: $f) {totalCount}"
                    " node(id: $i) {id}}", "variables": variables}, "officer")  # fmt: skip

    ask()


def test_schemathesis_finds_no_fault(city: City, caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("st")
    room = Settings(dsn=city.owner_dsn, profile="development", pool_size=2)
    with served(replace(room, **ROOM)) as url, caplog.at_level("ERROR", "hub.graphql"):
        done = subprocess.run(
            [command, "run", url, "--checks", "not_a_server_error", "--max-examples", str(max(EXAMPLES // 20, 1)),
             "--phases", "fuzzing", "--generation-deterministic", "--no-color"],
            capture_output=True, text=True, timeout=1_500, check=False, cwd=tmp_path,
        )  # fmt: skip
    assert "Test cases:" in done.stdout, done.stdout[-5_000:]
    # It calls every error with a path the server's, NOT_FOUND too; a fault is what the hub itself has logged as one.
    assert [record.getMessage() for record in caplog.records if record.name.startswith("hub.")] == []
    assert '"code":"INTERNAL"' not in done.stdout
