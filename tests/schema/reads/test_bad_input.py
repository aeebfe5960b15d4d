"""Wrong arguments, forged cursors and ids: a clear refusal before any statement runs, in both languages."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from hub.kit.ids import ForgedId, encode
from schema.compiler.cursors import ForgedCursor
from schema.compiler.roots import NothingNamed
from schema.compiler.values import BadText, BadVariables
from schema.compiler.windows import BadPage
from tests.schema.reads.desk import Desk

PAGE = "query($c: String) { files(orderBy: START_DATE_DESC, after: $c) { nodes { id } } }"


def forged(*parts: Any) -> str:
    """A text that looks like a cursor."""
    return base64.b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "nonsense",
        "====",
        "8J+Yiw==",
        forged(),
        forged(2, "Query.files:START_DATE_DESC", "2020-01-01", 1),
        forged(1, "Query.files:START_DATE_ASC", "2020-01-01", 1),
        forged(1, "Query.items:START_DATE_DESC", "2020-01-01", 1),
        forged(1, "Query.files:START_DATE_DESC", "2020-01-01"),
        forged(1, "Query.files:START_DATE_DESC", "31/02/2020", 1),
        forged(1, "Query.files:START_DATE_DESC", "2020-01-01", "1 or 1=1"),
        forged(1, "Query.files:START_DATE_DESC", "2020-01-01", 2**63),
        forged(1, "Query.files:START_DATE_DESC", "2020-01-01", True),
        forged(1, "Query.files:START_DATE_DESC", None, 1),
        forged(1, "Query.files:START_DATE_DESC", ["2020-01-01"], 1),
        base64.b64encode(b"[" * 100_000).decode(),
    ],
)
def test_a_forged_cursor_is_refused(desk: Desk, cursor: str) -> None:
    good = forged(1, "Query.files:START_DATE_DESC", "2020-01-01", 1)
    assert desk.ask(PAGE, "officer", c=good)["files"]["nodes"]  # the plan is kept, and checks again
    with pytest.raises(ForgedCursor) as refused:
        desk.ask(PAGE, "officer", c=cursor)
    assert refused.value.code == "BAD_REQUEST"
    assert refused.value.message("vi") != refused.value.message("en")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "5",
        "QXJjaGl2YWxGaWxl",
        encode("Nothing", 1),
        encode("ArchivalFile", "1; drop table file"),
        encode("ArchivalFile", -1),
        encode("ArchivalFile", "9" * 30),
        encode("PageInfo", 1),
        encode("Listing", 1),
        encode("Viewer", 1),
    ],
)
def test_a_forged_id_is_refused(desk: Desk, key: str) -> None:
    for text in (
        "query($k: ID!) { node(id: $k) { id } }",
        "query($k: ID!) { nodes(ids: [$k]) { id } }",
        "query($k: ID!) { file(id: $k) { id } }",
        "query($k: ID!) { files(filter: { fondsId: $k }) { nodes { id } } }",
    ):
        with pytest.raises(ForgedId):
            desk.ask(text, "officer", k=key)


def test_an_id_of_another_type_is_refused(desk: Desk) -> None:
    with pytest.raises(ForgedId):
        desk.ask("query($k: ID!) { file(id: $k) { id } }", "officer", k=encode("Item", 1))


@pytest.mark.parametrize("arguments", ["first: 100000", "first: -1", "last: 1001", "first: 1, last: 1"])
def test_a_page_out_of_bounds_is_refused(desk: Desk, arguments: str) -> None:
    for text in (
        f"{{ files({arguments}) {{ totalCount }} }}",
        f"{{ agencies {{ nodes {{ files({arguments}) {{ totalCount }} }} }} }}",
    ):
        with pytest.raises(BadPage) as refused:
            desk.ask(text, "officer")
        assert "files" in refused.value.message("vi")


@pytest.mark.parametrize(
    "arguments", ["", '(code: "H001")', f'(id: "{encode("ArchivalFile", 1)}", code: "H001")']
)
def test_a_record_must_be_named_one_way(desk: Desk, arguments: str) -> None:
    with pytest.raises(NothingNamed):
        desk.ask(f"{{ file{arguments} {{ id }} }}", "officer")


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "đ\0"])
def test_a_text_that_no_database_can_hold_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(BadText):
        desk.ask("query($t: String) { files(filter: { text: $t }) { totalCount } }", "officer", t=text)


def test_variables_that_do_not_fit_are_refused(desk: Desk) -> None:
    text = "query($n: Int!) { files(first: $n) { totalCount } }"
    assert desk.ask(text, "officer", n=1)
    for wrong in ("x", None, 1.5):
        with pytest.raises(BadVariables) as refused:
            desk.ask(text, "officer", n=wrong)
        assert refused.value.code == "BAD_REQUEST"


def test_words_and_codes_are_bound_and_never_become_sql(desk: Desk) -> None:
    evil = "'; drop table file; --"
    text = """query($t: String, $c: [String!]) {
        files(filter: { text: $t, codes: $c }) { totalCount } search(text: "a' & b | (:* <-> !") { totalCount } }"""
    answer = desk.ask(text, "officer", t=evil, c=[evil])
    assert answer == {"files": {"totalCount": 0}, "search": {"totalCount": 0}}
    plan = desk.plan(text, desk.world.actors["officer"], {"t": evil, "c": [evil]})
    assert not any("drop table" in sql for sql in plan.statements)
