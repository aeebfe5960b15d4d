"""The same bytes again: read once, and answered anew to whoever asks, on the day he asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from schema.http import repeats
from schema.http.endpoint import GraphQLEndpoint
from tests.http.conftest import City, Client, Open, said

pytestmark = pytest.mark.anyio
FILES = "query Files($n: Int!) { files(first: $n) { totalCount nodes { id code agency { code } } } }"
COLD = "query Cold($n: Int!) { files(first: $n) { totalCount nodes { id code agency { code } } } }"


async def _warm(client: Client, role: str, query: str = FILES) -> bytes:
    """The answer, given a third time: by then the caller is guessed and the request is known."""
    return [said(await client.ask(query, {"n": 5}, role=role)) for _ in range(3)][-1]


async def _cold(client: Client, role: str) -> bytes:
    return said(await client.ask(COLD, {"n": 5}, role=role))


async def test_each_caller_gets_his_own_answer(hub: Open) -> None:
    async with hub() as client:
        for _ in range(2):
            for role in ("officer", "finance", "leader", "clerk", "staff"):
                assert await _warm(client, role) == await _cold(client, role)
        assert await _warm(client, "officer") != await _warm(client, "leader")


async def test_two_of_one_kind_see_each_his_own_agency(hub: Open, moved: Callable[[], None]) -> None:
    async with hub() as client:
        before = await _warm(client, "officer")
        moved()
        after = said(await client.ask(FILES, {"n": 5}, role="officer"))
        assert after != before
        assert after == await _warm(client, "officer") == await _cold(client, "officer")


@pytest.fixture
def moved(city: City) -> Iterator[Callable[[], None]]:
    """Gives the officer's role at another agency: the shape of who asks stays the same."""
    which = "user_id = (select id from app_user where name = 'demo.officer') and role = 'officer'"
    with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
        [home] = connection.execute(f"select agency_id from role_grant where {which}").fetchone() or (None,)

        def put(agency: int) -> None:
            connection.execute(f"update role_grant set agency_id = %s where {which}", [agency])

        [other] = connection.execute(
            "select agency_id from file where agency_id <> %s group by 1 order by count(*) desc limit 1",
            [home],
        ).fetchone() or (None,)
        assert home is not None
        assert other is not None
        yield lambda: put(other)
        put(home)


async def test_what_holds_today_is_asked_of_today(
    hub: Open, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "{ files(first: 200) { nodes { isHighUse } } }"
    async with hub() as client:
        lists = "decided_list where kind = 'HIGH_USE' and valid_to is null"
        with psycopg.connect(city.owner_dsn, autocommit=True) as connection:
            [first] = connection.execute(f"select min(valid_from) from {lists}").fetchone() or (None,)
        answers = [(await client.ask(query, role="leader")).text for _ in range(3)]
        assert "true" in answers[-1]
        monkeypatch.setenv("HUB_TODAY", f"{first.year - 1}-01-01")
        assert "true" not in (await client.ask(query, role="leader")).text
        monkeypatch.delenv("HUB_TODAY")
        assert "true" in (await client.ask(query, role="leader")).text


async def test_requests_without_end_are_not_kept_without_end(
    hub: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "KEPT", 4)
    async with hub() as client:
        graphql: GraphQLEndpoint = client.app.state.graphql
        for n in range(1, 10):
            for _ in range(2):
                assert (await client.ask(FILES, {"n": n}, role="leader")).status_code == 200
        assert len(graphql.repeats) == 4
        long = "#" * repeats.LONGEST + "\n" + FILES
        for n in (21, 22):
            assert (await client.ask(long, {"n": n}, role="leader")).status_code == 200
            assert (await client.ask(long, {"n": n}, role="leader")).status_code == 200
        assert len(graphql.repeats) == 4
