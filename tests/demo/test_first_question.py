"""The first question of the README has the answer that stands beneath it."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.app import create_app
from hub.demo.evidence import TODAY
from hub.demo.load import DEFAULT_ITEMS
from hub.settings import Settings
from tests.conftest import Cities

README = (Path(__file__).parents[2] / "README.md").read_text()


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


async def _ask(dsn: str, token: str, query: str) -> Any:
    app = create_app(Settings(dsn=dsn, profile="development", pool_size=2, today=TODAY))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://hub.test") as http,
    ):
        answer = await http.post(
            "/graphql", json={"query": query}, headers={"authorization": f"Bearer {token}"}
        )
    return answer.json()


def test_the_first_question_is_answered_as_it_stands(cities: Cities, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TODAY", TODAY.isoformat())
    with cities(DEFAULT_ITEMS) as city:
        answer = asyncio.run(_ask(city.owner_dsn, city.tokens["officer"], _block("graphql")))
    assert set(answer.pop("extensions")) == {"cost"}
    assert answer == json.loads(_block("json"))
