"""Search: found is what holds all the words; ranked, paged, counted up to a cap, under the law."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

import schema.compiler.search as engine
from tests.schema.reads.desk import Desk
from tests.schema.reads.reference import Reference, holds_words

TEXTS = ["quy hoach", "QUY HOẠCH đất", "phep xay d", "uy ban", "2020", "khong co gi", "H00", "", "?!"]
KINDS = {"Fonds": "FONDS", "Series": "SERIES", "ArchivalFile": "FILE", "Item": "ITEM"}
PAGE = """query($t: String!, $f: SearchFilter, $n: Int, $a: String) {
    search(text: $t, filter: $f, first: $n, after: $a) {
    totalCount totalCountRelation facets { field buckets { value count } }
    edges { cursor highlight node { __typename ... on Node { id } ... on Fonds { title } ... on Series { title }
        ... on ArchivalFile { title } ... on Item { subject } } }
    pageInfo { hasNextPage hasPreviousPage endCursor } } }"""


def found(reference: Reference, desk: Desk, who: str, text: str) -> list[Any]:
    """Every permitted row that holds the words."""
    if not any(char.isalnum() for char in text):
        return []
    rows = [row for kind in KINDS for row in reference.rows(desk.world.actors[who], kind)]
    return [row for row in rows if holds_words(row.folded, text)]


@pytest.mark.parametrize("who", ["anyone", "clerk", "archivist", "supervisor"])
@pytest.mark.parametrize("text", TEXTS)
def test_search_finds_what_holds_the_words(desk: Desk, reference: Reference, who: str, text: str) -> None:
    rows = found(reference, desk, who, text)
    page = desk.ask(PAGE, who, t=text, n=1000)["search"]
    hits = [edge["node"]["id"] for edge in page["edges"]]
    assert sorted(hits) == sorted(reference._id(row, desk.world.actors[who]) for row in rows)
    assert (page["totalCount"], page["totalCountRelation"]) == (len(rows), "EXACT")
    facets = {
        facet["field"]: {one["value"]: one["count"] for one in facet["buckets"]} for facet in page["facets"]
    }
    assert facets["KIND"] == Counter(KINDS[row.typename] for row in rows)
    codes = {row.id: row.code for row in desk.world["agency"]}
    assert facets["AGENCY"] == Counter(codes[row.agency_id] for row in rows)
    origins = Counter(getattr(row, "origin", None) for row in rows)
    origins.pop(None, None)
    assert facets["ORIGIN"] == origins


def test_pages_of_search_hold_every_hit_once(desk: Desk) -> None:
    whole = desk.ask(PAGE, "supervisor", t="dat", n=1000)["search"]["edges"]
    cursor, walked = None, []
    while True:
        page = desk.ask(PAGE, "supervisor", t="dat", n=7, a=cursor)["search"]
        walked += page["edges"]
        assert page["pageInfo"]["hasPreviousPage"] == (cursor is not None)
        cursor = page["pageInfo"]["endCursor"]
        assert cursor == page["edges"][-1]["cursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert walked == whole
    assert len(whole) > 20


def test_a_filter_narrows_hits_and_not_its_own_facet(desk: Desk) -> None:
    every = desk.ask(PAGE, "supervisor", t="dat", n=1000)["search"]
    files = desk.ask(
        PAGE, "supervisor", t="dat", n=1000, f={"kinds": ["FILE"], "origins": ["MIXED", "PAPER"]}
    )["search"]
    assert {edge["node"]["__typename"] for edge in files["edges"]} == {"ArchivalFile"}
    kinds = {one["field"]: one["buckets"] for one in files["facets"]}
    assert {one["value"] for one in kinds["KIND"]} >= {"FILE"}
    assert sum(one["count"] for one in kinds["KIND"]) > files["totalCount"]
    assert len(files["edges"]) < len(every["edges"])


def test_found_words_are_marked_and_the_rest_is_escaped(desk: Desk, reference: Reference) -> None:
    for edge in desk.ask(PAGE, "supervisor", t="Dat ho", n=1000)["search"]["edges"]:
        plain = edge["node"].get("title") or edge["node"]["subject"]
        marked = edge["highlight"]
        assert re.sub("</?mark>", "", marked) == plain
        words = set(re.findall("<mark>(.*?)</mark>", marked))
        assert words
        assert words <= {"đất", "hoạch"}


def test_the_total_is_capped_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "COUNTED", 10)
    monkeypatch.setattr(engine, "RANKED", 11)
    text = '{ search(text: "đất", first: 2) { totalCount totalCountRelation nodes { __typename } } }'
    page = desk.ask(text, "supervisor")["search"]
    assert (page["totalCount"], page["totalCountRelation"]) == (10, "AT_LEAST")
    assert len(page["nodes"]) == 2
