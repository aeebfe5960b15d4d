"""What a minute holds for each caller, by a clock that the test turns; and that processes share it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest
from graphql import parse
from sqlmodel import Session, create_engine

from hub.kit.db import sqlalchemy_url
from hub.kit.spending import Sums, exchange, forget
from hub.settings import Settings
from schema.errors import RateLimited
from schema.http import documents
from schema.http.budgets import REFUSED_TEXT, Budgets, address_payer
from tests.http.conftest import City, Client, Open

pytestmark = pytest.mark.anyio
FILES = "{files(first: 50) { nodes { id } }}"
LIMITED = {
    "profile": "production",
    "requests_per_minute": 5,
    "cost_per_minute": 200,
    "anonymous_requests_per_minute": 3,
    "anonymous_cost_per_minute": 120,
}


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_015.0  # 15 seconds into a minute

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _under(client: Client, clock: Clock) -> Client:
    client.app.state.graphql.budgets.clock = clock
    return client


def _cost(answer: httpx.Response) -> tuple[Any, ...]:
    cost = answer.json()["extensions"]["cost"]
    assert list(cost) == ["requested", "remaining", "resetAt"]
    return tuple(cost.values())


async def test_every_answer_tells_the_account(hub: Open, clock: Clock) -> None:
    async with hub(**LIMITED) as client:
        _under(client, clock)
        reset = "2027-01-15T08:01:00Z"
        assert _cost(await client.ask(FILES, role="officer")) == (50, 150, reset)
        assert _cost(await client.ask(FILES, role="officer")) == (50, 100, reset)  # compiled, caller guessed
        assert _cost(await client.ask("{__typename}", role="officer")) == (0, 100, reset)
        failed = await client.ask('{node(id: "x") {id}}', role="officer")
        assert "extensions" not in failed.json()


async def test_whoever_has_spent_his_minute_has_no_more_texts_read(
    hub: Open, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: list[str] = []

    def reading(text: str, **words: Any) -> Any:
        texts.append(text)
        return parse(text, **words)

    monkeypatch.setattr(documents, "parse", reading)
    async with hub(**LIMITED) as client:
        _under(client, clock)
        for _ in range(4):
            assert (await client.ask("{__typename}", role="officer")).status_code == 200
        assert _cost(await client.ask(FILES, role="officer"))[0] == 50
        texts.clear()
        for number in range(3):
            text = f"{{files(first: {number}) {{ nodes {{ id }} }} }}"
            assert (await client.ask(text, role="officer")).status_code == 429
        assert texts == []


async def test_a_new_minute_owes_nothing_for_the_last(hub: Open, clock: Clock) -> None:
    budgets = Budgets(Settings(requests_per_minute=2, cost_per_minute=100, profile="production"), clock)
    spent = budgets.charge("user:1", 60)
    clock.seconds += 60
    budgets.give_back("user:1", spent)
    assert budgets.charge("user:1", 60).remaining == 40


async def test_a_spent_budget_is_refused_until_the_minute_is_over(hub: Open, clock: Clock) -> None:
    async with hub(**LIMITED) as client:
        _under(client, clock)
        for left in (70, 20):
            assert _cost(await client.ask(FILES))[1] == left
        refused = await client.ask(FILES, accept_language="en")
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "46"
        [error] = refused.json()["errors"]
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert error["extensions"]["retryAfter"] == 46
        assert _cost(refused) == (50, 20, "2027-01-15T08:01:00Z")
        clock.seconds += 45
        assert _cost(await client.ask(FILES))[1] == 70


async def test_a_refusal_looks_the_same_in_both_media_types(hub: Open, clock: Clock) -> None:
    async with hub(**LIMITED) as client:
        _under(client, clock)
        for accept in ("application/json", "application/graphql-response+json", "*/*"):
            assert (await client.ask("{__typename}", accept=accept)).status_code == 200
        for accept in ("application/json", "application/graphql-response+json"):
            answer = await client.ask("{__typename}", accept=accept)
            assert answer.status_code == 429
            assert answer.headers["content-type"].startswith(accept)
            assert "data" not in answer.json()


async def test_callers_do_not_spend_for_each_other(hub: Open, clock: Clock) -> None:
    async with hub(**LIMITED) as client:
        _under(client, clock)
        for _ in range(4):
            assert (await client.ask(FILES, role="officer")).status_code == 200
        assert (await client.ask(FILES, role="officer")).status_code == 429
        assert (await client.ask(FILES, role="clerk")).status_code == 200
        assert (await client.ask(FILES)).status_code == 200


async def test_a_refusal_runs_no_statement(hub: Open, clock: Clock) -> None:
    async with hub(**LIMITED, pool_size=1) as client:
        _under(client, clock)
        assert (await client.ask(FILES)).status_code == 200
        async with client.services.pool.connection():  # the only one: a statement would wait for it
            assert (await client.ask("{files(first: 71) {nodes {id}}}")).status_code == 429


async def test_wrong_texts_and_wrong_keys_are_paid_for(hub: Open, clock: Clock) -> None:
    async with hub(**LIMITED) as client:
        _under(client, clock)
        assert await client.code("{nosuch}") == "BAD_REQUEST"
        assert _cost(await client.ask("{__typename}"))[1] == 120 - REFUSED_TEXT
        clock.seconds += 60
        for _ in range(3):
            assert await client.code(FILES, authorization="Bearer hub_nothing") == "UNAUTHENTICATED"
        assert await client.code(FILES, authorization="Bearer hub_nothing") == "RATE_LIMITED"
        assert (await client.ask(FILES, role="officer")).status_code == 200


async def test_a_revoked_key_is_unauthenticated_and_leaves_the_account_as_it_was(
    hub: Open, clock: Clock
) -> None:
    async with hub(**LIMITED) as client:
        budgets = _under(client, clock).app.state.graphql.budgets
        for _ in range(2):
            assert (await client.ask(FILES, role="officer")).status_code == 200
        _, spent = budgets.untold()
        [(payer, sums)] = spent.items()
        assert payer.startswith("key:")
        assert sums == Sums(2, 100)


async def test_the_development_profile_has_room(hub: Open, clock: Clock) -> None:
    async with hub(**{**LIMITED, "profile": "development"}) as client:
        _under(client, clock)
        assert _cost(await client.ask(FILES))[1] == 120 * 1_000 - 50


def test_an_ipv6_host_is_its_network() -> None:
    assert address_payer("2001:db8:1:2:3:4:5:6") == address_payer("2001:db8:1:2::1") == "ip:2001:db8:1:2::/64"
    assert address_payer("::ffff:192.0.2.1") == address_payer("192.0.2.1") == "ip:192.0.2.1"
    assert address_payer("testclient") == address_payer(None) == "ip:?"


def test_processes_share_a_minute(city: City, clock: Clock, settings: Settings) -> None:
    limited = replace(settings, **LIMITED)
    here, there = Budgets(limited, clock), Budgets(limited, clock)
    engine = create_engine(sqlalchemy_url(city.owner_dsn))

    def talk(process: Budgets) -> None:
        minute, spent = process.untold()
        with Session(engine) as session, session.begin():
            process.hear(minute, exchange(session, minute, spent))

    try:
        here.enter("user:7")
        here.charge("user:7", 150)
        talk(here)
        there.enter("user:7")
        assert there.charge("user:7", 10).remaining == 190  # it has not heard yet
        talk(there)
        with pytest.raises(RateLimited):
            there.charge("user:7", 41)
        assert there.charge("user:7", 40).remaining == 0
        talk(there)
        here.enter("user:7")
        talk(here)
        with pytest.raises(RateLimited):
            here.enter("user:7")
        clock.seconds += 60
        assert here.charge("user:7", 200).remaining == 0
        with Session(engine) as session, session.begin():
            forget(session, int(clock.seconds // 60) + 10)
    finally:
        engine.dispose()
