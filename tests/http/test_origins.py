"""Foreign pages: refused to write, never shown an answer, unless they are listed."""

from __future__ import annotations

import pytest

from tests.http.conftest import Open
from tests.http.probe import HAPPENED, probe

pytestmark = pytest.mark.anyio
PORTAL = "https://tracuu.example.vn"


def _preflight(origin: str) -> dict[str, str]:
    return {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }


async def test_a_listed_portal_may_ask_preflight_included(hub: Open) -> None:
    async with hub(probe(), profile="production", allowed_origins=(PORTAL,)) as client:
        preflight = await client.http.options("/graphql", headers=_preflight(PORTAL))
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == PORTAL
        assert "POST" in preflight.headers["access-control-allow-methods"]
        for name in ("authorization", "content-type", "accept-language"):
            assert name in preflight.headers["access-control-allow-headers"]
        answer = await client.ask("{hello}", origin=PORTAL, sec_fetch_site="cross-site")
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == PORTAL
        assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"{PORTAL}.evil.example"},
        {"origin": "http://tracuu.example.vn"},
        {"origin": "http://localhost:5173"},
        {"sec_fetch_site": "cross-site"},
    ],
)
async def test_a_foreign_page_changes_and_learns_nothing(hub: Open, headers: dict[str, str]) -> None:
    HAPPENED.clear()
    async with hub(probe(), profile="production", allowed_origins=(PORTAL,)) as client:
        answer = await client.ask("mutation{happen}", None, **headers)
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert "access-control-allow-origin" not in answer.headers
        if "origin" in headers:
            preflight = await client.http.options("/graphql", headers=_preflight(headers["origin"]))
            assert preflight.status_code == 403
            assert "access-control-allow-origin" not in preflight.headers
    assert HAPPENED == []


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:3000", "https://localhost"])
async def test_the_development_profile_lets_this_machines_pages_ask(hub: Open, origin: str) -> None:
    async with hub(probe()) as client:
        answer = await client.ask("{hello}", origin=origin)
        assert answer.headers["access-control-allow-origin"] == origin


async def test_the_hubs_own_page_needs_no_list(hub: Open) -> None:
    async with hub(probe(), profile="production") as client:
        assert (await client.ask("{hello}", origin="http://hub.test")).status_code == 200
        answer = await client.ask("{hello}", origin="https://hub.example", sec_fetch_site="same-origin")
        assert answer.status_code == 200
