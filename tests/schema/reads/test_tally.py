"""Totals from the tally of records: wherever it knows enough, nowhere else, and as many as can be paged through."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import psycopg
import pytest
from graphql import parse

from hub.access.actor import Actor
from hub.kit.ids import encode
from policies.enforcer import read_rules
from policies.law import Law
from policies.subject import Grant, Subject
from schema.compiler import compile_operation
from tests.schema.reads.desk import Desk

RECORDS = re.compile(r"\bcount\(\*\)|\bfrom (?:file|item) t\d+ where")
FONDS = encode("Fonds", 2)
FILTERS = (
    "{}",
    '{agencyCodes: ["CQ-1"]}',
    '{agencyCodes: ["CQ-1", "H26.2"]}',
    '{agencyCodes: ["CQ-1"], includeSubtree: true}',
    "{agencyCodes: []}",
    "{accessModes: [OPEN]}",
    "{accessModes: [OPEN, CONDITIONAL]}",
    "{accessUnknown: true}",
    f'{{fondsId: "{FONDS}"}}',
    f'{{fondsId: "{FONDS}", accessUnknown: false, agencyCodes: ["CQ-2"], accessModes: [OPEN]}}',
)
OTHERS = {
    "files": (
        '{codes: ["H001"]}',
        '{text: "đất"}',
        "{states: [OPEN]}",
        "{origins: [PAPER]}",
        "{hasPersonalData: false}",
        f'{{seriesId: "{encode("Series", 1)}"}}',
        '{agencyCodes: ["CQ-1"], startDateUnknown: true}',
    ),
    "items": (
        '{numbers: ["1"]}',
        '{text: "đất", accessModes: [OPEN]}',
        f'{{fileId: "{encode("ArchivalFile", 3)}"}}',
        '{agencyCodes: ["CQ-1"], issuedDateFrom: "2020-01-01"}',
    ),
}
PEOPLE = ("anyone", "clerk", "officer", "archivist", "supervisor", "leader", "staff")
ROLES = (
    "clerk",
    "officer",
    "approver",
    "archivist",
    "archive_head",
    "supervisor",
    "leader",
    "staff",
    "client",
)


def _counting(desk: Desk, text: str, who: str) -> str:
    [sql] = desk.plan(text, desk.world.actors[who]).statements
    return sql


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("root", OTHERS)
def test_a_total_by_what_the_tally_knows_reads_no_record(desk: Desk, root: str, who: str) -> None:
    for asked in FILTERS:
        sql = _counting(desk, f"{{ {root}(filter: {asked}) {{ totalCount }} }}", who)
        assert f"from record_tally t1 where t1.kind = '{root[:-1]}' and" in sql, asked
        assert not RECORDS.search(sql), asked
    nested = _counting(desk, f"{{ fondsList(first: 3) {{ nodes {{ {root} {{ totalCount }} }} }} }}", who)
    assert "from record_tally" in nested
    assert not RECORDS.search(nested)


@pytest.mark.parametrize("root", OTHERS)
def test_a_total_by_anything_else_counts_the_records(desk: Desk, root: str) -> None:
    for asked in OTHERS[root]:
        sql = _counting(desk, f"{{ {root}(filter: {asked}) {{ totalCount }} }}", "officer")
        assert "record_tally" not in sql, asked
        assert RECORDS.search(sql), asked
    for nested in (
        "{ files(first: 3) { nodes { items { totalCount } } } }",
        "{ seriesList(first: 3) { nodes { files { totalCount } } } }",
        "{ fondsList { totalCount } seriesList { totalCount } }",
    ):
        for sql in desk.plan(nested, desk.world.actors["officer"]).statements:
            assert "record_tally" not in sql, nested


@pytest.mark.parametrize("condition", ["mine", "on_hold", "granted", "draft", "transferred"])
def test_a_rule_that_asks_for_more_than_the_tally_knows_is_asked_of_the_records(
    desk: Desk, condition: str
) -> None:
    law = Law({1: None}, read_rules(f"p, role:officer, file|item, read, tree, {condition}, allow"))
    shape = desk.world.actors["officer"].shape
    for text in ("{ files { totalCount } }", '{ items(filter: {agencyCodes: ["CQ-1"]}) { totalCount } }'):
        [sql] = compile_operation(desk.schema, parse(text), None, None, shape, law).statements
        assert "record_tally" not in sql
        assert RECORDS.search(sql)


def _somebody(rng: Random, law: Law) -> Actor:
    grants = [
        Grant(rng.choice(ROLES), rng.choice([1, 2, 3, 4, 5, 6, None])) for _ in range(rng.randint(1, 3))
    ]
    return Actor(Subject(1, "somebody", tuple(grants)), law)


def _paged(desk: Desk, root: str, asked: str, who: Actor) -> tuple[set[int], int]:
    """The totals that the pages of a list told, and how many rows stood on them."""
    text = f"""query($a: String) {{ {root}(filter: {asked}, first: 100, after: $a) {{
        totalCount nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    totals, ids, after = set(), set(), None
    while True:
        page = desk.ask(text, who, a=after)[root]
        totals.add(page["totalCount"])
        ids |= {node["id"] for node in page["nodes"]}
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return totals, len(ids)


@pytest.mark.parametrize("seed", range(4))
def test_a_total_is_how_many_rows_can_be_paged_through(desk: Desk, seed: int) -> None:
    rng = Random(seed)
    law = desk.world.actors["officer"].law
    people = [*desk.world.actors.values(), *(_somebody(rng, law) for _ in range(12))]
    seen = 0
    for who, root in itertools.product(people, OTHERS):
        for asked in rng.sample(FILTERS, 4):
            totals, rows = _paged(desk, root, asked, who)
            assert totals == {rows}, (who.subject, root, asked)
            seen += rows > 0
    assert seen > 40


def test_a_fonds_has_as_many_as_can_be_paged_through(desk: Desk) -> None:
    text = """{ fondsList { nodes { id files(first: 100) { totalCount nodes { id } }
        items(first: 100) { totalCount nodes { id } pageInfo { hasNextPage } } } } }"""
    for who in PEOPLE:
        answer: dict[str, Any] = desk.ask(text, who)
        for fonds in answer["fondsList"]["nodes"]:
            for held in (fonds["files"], fonds["items"]):
                more = held.get("pageInfo", {}).get("hasNextPage", False)
                assert more or held["totalCount"] == len(held["nodes"])


@pytest.fixture
def owning(desk: Desk, city_url: str) -> Iterator[Desk]:
    """A desk whose connection may write, as the owner; what is done by it is undone."""
    connection = desk.runner.run(psycopg.AsyncConnection.connect(city_url))
    yield replace(desk, connection=connection)
    desk.runner.run(connection.close())


@pytest.mark.parametrize("who", ["anyone", "officer", "supervisor"])
def test_of_a_table_that_was_emptied_nothing_is_told(owning: Desk, who: str) -> None:
    asked = "{ items(first: 1) { totalCount nodes { id } } files(first: 1) { totalCount nodes { id } } }"
    before = owning.ask(asked, who)
    assert before["items"]["totalCount"] > 0
    owning.runner.run(owning.connection.execute("truncate item cascade"))
    after = owning.ask(asked, who)
    assert after == {"items": {"totalCount": 0, "nodes": []}, "files": before["files"]}
