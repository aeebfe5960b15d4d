"""Pages: every row once, forwards and backwards, over ties and nulls, while rows come and go."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from hub.kit.ids import decode, encode
from schema import HubSchema
from tests.schema.reads.desk import Desk
from tests.schema.reads.making import make
from tests.schema.reads.world import read

FIELDS = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
ORDERS = {
    "files": [
        "START_DATE_ASC",
        "START_DATE_DESC",
        "TITLE_ASC",
        "TITLE_DESC",
        "CODE_DESC",
        "ID_ASC",
        "ID_DESC",
    ],
    "items": ["ISSUED_DATE_ASC", "ISSUED_DATE_DESC", "ORDINAL_ASC", "ORDINAL_DESC", "CODE_ASC"],
    "agencies": ["NAME_ASC", "NAME_DESC"],
    "seriesList": ["POSITION_ASC", "POSITION_DESC"],
}


def ids(page: dict[str, Any]) -> list[str]:
    """The ids on a page."""
    return [edge["node"]["id"] for edge in page["edges"]]


def walk(desk: Desk, root: str, order: str, way: str, size: int) -> list[str]:
    """Every id of a list, page by page."""
    first, after, more, bound = (
        ("first", "after", "hasNextPage", "endCursor")
        if way == "forward"
        else ("last", "before", "hasPreviousPage", "startCursor")
    )
    text = f"query($c: String) {{ {root}(orderBy: {order}, {first}: {size}, {after}: $c) {{ {FIELDS} }} }}"
    found: list[str] = []
    cursor = None
    while True:
        page = desk.ask(text, "officer", c=cursor)[root]
        bounds = page["pageInfo"]
        assert (bounds["startCursor"], bounds["endCursor"]) == (
            page["edges"][0]["cursor"],
            page["edges"][-1]["cursor"],
        )
        found = found + ids(page) if way == "forward" else ids(page) + found
        if not bounds[more]:
            return found
        cursor = bounds[bound]


@pytest.mark.parametrize(
    ("root", "order"), [(root, order) for root, orders in ORDERS.items() for order in orders]
)
def test_pages_hold_every_row_once_in_both_directions(desk: Desk, root: str, order: str) -> None:
    whole = ids(desk.ask(f"{{ {root}(orderBy: {order}, first: 1000) {{ {FIELDS} }} }}", "officer")[root])
    assert len(whole) == len(set(whole)) > 4
    assert walk(desk, root, order, "forward", 3 if root == "agencies" else 7) == whole
    assert walk(desk, root, order, "backward", 3 if root == "agencies" else 7) == whole


def test_a_page_between_two_cursors(desk: Desk) -> None:
    edges = desk.ask("{ items(first: 9) { edges { cursor node { id } } } }", "officer")["items"]["edges"]
    text = """query($a: String, $b: String) { items(first: 4, after: $a, before: $b) {
        nodes { id } pageInfo { hasNextPage hasPreviousPage } } }"""
    page = desk.ask(text, "officer", a=edges[1]["cursor"], b=edges[5]["cursor"])["items"]
    assert [node["id"] for node in page["nodes"]] == [edge["node"]["id"] for edge in edges[2:5]]
    assert page["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True}


def test_a_file_pages_over_its_own_and_its_listed_items(desk: Desk) -> None:
    seen = {row.id for row in desk.world["file"] if row.access_level == 0}
    shown = {row.id for row in desk.world["item"] if row.access_level == 0}
    listings = [one for one in desk.world["item_listing"] if one.file_id in seen and one.item_id in shown]
    listed = Counter(one.file_id for one in listings)
    homes = {row.file_id for row in desk.world["item"] if row.id in shown}
    key = encode("ArchivalFile", next(file for file, _ in listed.most_common() if file in homes))
    text = """query($id: ID!, $after: String) { file(id: $id) { items(first: 2, after: $after) {
        totalCount edges { ordinal isHome node { id } } pageInfo { hasNextPage endCursor } } } }"""
    found: list[Any] = []
    cursor = None
    while True:
        page = desk.ask(text, "supervisor", id=key, after=cursor)["file"]["items"]
        found += page["edges"]
        cursor = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(found) == page["totalCount"]
    assert [edge["ordinal"] for edge in found] == sorted(edge["ordinal"] for edge in found)
    assert {edge["isHome"] for edge in found} == {True, False}


def test_a_cursor_stays_good_while_rows_come_and_go(
    schema: HubSchema, clone: Callable[[], contextlib.AbstractContextManager[str]]
) -> None:
    text = "query($c: String) { items(first: 5, after: $c) { nodes { id } pageInfo { endCursor } } }"
    with clone() as dsn, psycopg.connect(dsn, autocommit=True) as owner, asyncio.Runner() as runner:
        make(owner)
        reader = runner.run(psycopg.AsyncConnection.connect(dsn, autocommit=True))
        desk = Desk(schema, runner, reader, read(owner))
        before = desk.ask("{ items(first: 10) { nodes { id } } }", "officer")["items"]["nodes"]
        page = desk.ask(text, "officer")["items"]
        owner.execute("delete from item_listing")
        owner.execute("delete from digital_object")
        # the row the cursor stands on goes, and so does one of the page before
        for node in (page["nodes"][4], page["nodes"][0]):
            owner.execute("delete from item where id = %s", [int(decode(node["id"])[1])])
        following = desk.ask(text, "officer", c=page["pageInfo"]["endCursor"])["items"]["nodes"]
        runner.run(reader.close())
    assert following == before[5:]
