"""Ways to the rows of a list: what an index has in order is not sorted, and rare and common words find the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from hub.kit.wire import understood
from schema.compiler.statement import Bindings
from tests.schema.reads.desk import Desk

# The words are common or not, as the setting says.
FORCED = """
alter function hub_sought(text, text) rename to hub_weighed;
create function hub_sought(words text, records text, out query tsquery, out start text, out needles text[],
    out surely text[], out common boolean, out crowded boolean) language sql stable as
$$ select query, start, needles, surely, c, c
     from hub_weighed(words, records), (select current_setting('test.common')::boolean) s(c) $$;
"""
LISTS = {
    "items": "ISSUED_DATE_DESC",
    "files": "START_DATE_ASC",
    "seriesList": "TITLE_ASC",
    "fondsList": "CODE_DESC",
}
ITEMS = "query($t: String) { items(filter: {text: $t}, first: 5) { nodes { id } } }"
INDEXED = (
    ("items", "ID_ASC"),
    ("items", "ISSUED_DATE_DESC"),
    ("files", "ID_DESC"),
    ("files", "START_DATE_ASC"),
)


@pytest.fixture(scope="module")
def forced(desk: Desk, city_url: str) -> Iterator[Desk]:
    """The desk on a connection of its own, in a transaction that is never committed, as the role of the application:
    row-level security decides, too, which conditions PostgreSQL may use.
    """
    connection = desk.runner.run(psycopg.AsyncConnection.connect(city_url, autocommit=True))
    for statement in ("begin", FORCED, "set local role hub_app", "set local test.common = on"):
        desk.runner.run(connection.execute(statement))
    yield Desk(desk.schema, desk.runner, connection, desk.world)
    desk.runner.run(connection.close())


def _set(forced: Desk, name: str, value: str) -> None:
    forced.runner.run(forced.connection.execute(f"set local {name} = {value}"))


@pytest.mark.parametrize("root", LISTS)
def test_rare_and_common_words_find_the_same(forced: Desk, root: str) -> None:
    facets = "facets { field buckets { value count } }" if root in ("items", "files") else ""
    found = 0
    for order, codes in ((LISTS[root], ["CQ-1"]), ("ID_ASC", None)):
        text = f"""query($t: String!, $c: [String!], $a: String) {{
            {root}(filter: {{ text: $t, agencyCodes: $c }}, orderBy: {order}, first: 3, after: $a) {{
                totalCount {facets} nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"""
        for who in ("officer", "supervisor"):
            for words in ("dat", "uy ban nhan d", "2020"):
                cursor = None
                for _ in range(2):  # a page, and the one after it
                    answers = []
                    for common in ("on", "off"):
                        _set(forced, "test.common", common)
                        answers.append(forced.ask(text, who, t=words, c=codes, a=cursor)[root])
                    assert answers[0] == answers[1]
                    found += answers[0]["totalCount"]
                    cursor = answers[0]["pageInfo"]["endCursor"]
    assert found


@pytest.mark.parametrize("who", ["officer", "supervisor", "anyone"])
def test_search_finds_the_same_by_walking(forced: Desk, who: str) -> None:
    text = """query($t: String!, $f: SearchFilter) { search(text: $t, filter: $f, first: 100) {
        totalCount totalCountRelation facets { field buckets { value count } }
        edges { highlight node { ... on Node { id } } } } }"""
    found = 0
    for words in ("dat", "uy ban nhan d", "2020"):
        for asked in (None, {"yearFrom": 2015, "kinds": ["FILE", "ITEM"]}):
            answers = []
            for common in ("on", "off"):
                _set(forced, "test.common", common)
                answers.append(forced.ask(text, who, t=words, f=asked)["search"])
            assert answers[0] == answers[1]
            found += answers[0]["totalCount"]
    assert found


def _explained(forced: Desk, text: str, who: str, variables: dict[str, Any]) -> list[dict[str, Any]]:
    """The nodes of the plan that PostgreSQL makes when it may neither sort nor read whole tables if it can help it."""
    actor = forced.world.actors[who]
    plan = forced.plan(text, actor, variables)
    [(_, read)] = plan.fields
    values = [one.read(Bindings(plan.signature.read(variables), actor)) for one in read.parameters]  # type: ignore[union-attr]

    async def explain() -> Any:
        for way in ("seqscan", "sort"):
            await forced.connection.execute(f"set local enable_{way} = off")
        cursor = psycopg.AsyncRawCursor(forced.connection)
        sql = understood(read.sql, forced.connection.info.server_version)  # type: ignore[union-attr]
        await cursor.execute(f"explain (format json) {sql}", values)
        return await cursor.fetchone()

    [[whole]] = forced.runner.run(explain())
    ahead, nodes = [whole["Plan"]], []
    while ahead:
        nodes.append(ahead.pop())
        ahead += nodes[-1].get("Plans", ())
    return nodes


@pytest.mark.parametrize("who", ["officer", "supervisor"])
def test_rare_words_are_asked_of_their_index_and_common_ones_met_in_order(forced: Desk, who: str) -> None:
    nodes = _explained(forced, ITEMS, who, {"t": "dat"})
    [asked] = [node for node in nodes if node.get("Index Name") == "ix_item_search"]
    assert "sought" in asked["Index Cond"]
    [walked] = [node for node in nodes if "folded ~~ ALL" in node.get("Filter", "")]
    assert walked["Index Name"] == "item_pkey"
    [found] = [node for node in nodes if "Sort Key" in node]  # only what the index of words gave has no order
    assert found["Sort Key"] == ["t3.id"]


@pytest.mark.parametrize(("root", "order"), INDEXED)
def test_an_agencys_rows_are_read_in_the_order_of_an_index(forced: Desk, root: str, order: str) -> None:
    text = f"""query($c: [String!]) {{
        {root}(filter: {{ agencyCodes: $c }}, orderBy: {order}, first: 5) {{ nodes {{ id }} }} }}"""
    nodes = _explained(forced, text, "officer", {"c": ["CQ-1"]})
    [rows] = [node for node in nodes if node.get("Relation Name") == root.removesuffix("s")]
    # Among a few rows the key of the table gives the same order as cheaply.
    assert rows["Index Name"]
    assert order.startswith("ID") or "agency_id" in rows["Index Cond"]
    assert not [node["Sort Key"] for node in nodes if "Sort Key" in node]
