"""What nobody should send: a clear error in the caller's language, with code and request id, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hub.kit.ids import encode
from tests.contract.conftest import HERE, Answer, Hub

VIETNAMESE = re.compile(
    "[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)
INNARDS = re.compile(
    r"traceback|psycopg|sqlalchemy|graphql\.error|site-packages|\.py\b|\bselect .+ from\b|\bpg_|line \d+, in ",
    re.IGNORECASE,
)
ACCEPTED = {"BAD_REQUEST", "COST_EXCEEDED", "NOT_FOUND"}

A_FILE = encode("ArchivalFile", 1)
AN_AGENCY = encode("Agency", 1)
FILES = "query($first: Int, $after: String) { files(first: $first, after: $after) { nodes { id } } }"
NODE = "query($id: ID!) { node(id: $id) { id } }"
FIGURES = """query($asOf: Date!, $plan: String, $agency: String, $codes: [String!], $first: Int = 5, $after: String) {
  indicators(asOf: $asOf, plan: $plan, agencyCode: $agency, codes: $codes) {
    breakdown(first: $first, after: $after) { totalCount } shortfall(first: $first) { totalCount } } }"""
SHORTFALL = """query($after: String) { indicators(asOf: "2025-06-30", codes: ["II.1.a"]) {
    shortfall(first: 2, after: $after) { totalCount } } }"""
SEARCH = (
    "query($text: String!, $after: String) { search(text: $text, first: 2, after: $after) { totalCount } }"
)


def _filtered(text: str) -> str:
    return f"{{ files(filter: {{ {text} }}, first: 1) {{ nodes {{ id }} }} }}"


def _nested(levels: int) -> str:
    return '{ agency(code: "x") ' + "{ parent " * levels + "{ id }" + " }" * levels + " }"


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "a forged cursor": (FILES, {"first": 1, "after": "x"}),
    "a cursor of nothing": (FILES, {"first": 1, "after": ""}),
    "a cursor of numbers": (FILES, {"first": 1, "after": "WzEsMiwzXQ=="}),
    "a cursor of deep lists": (FILES, {"first": 1, "after": "W1tbW1tbW1tb"}),
    "a forged cursor of search": (SEARCH, {"text": "a", "after": "WzEsIlF1ZXJ5LnNlYXJjaDpSQU5LIiwwLDEsIngiXQ=="}),
    "a forged cursor of a breakdown": (FIGURES, {"asOf": "2025-06-30", "codes": ["II.1.a"], "after": "x"}),
    "a forged cursor of a shortfall": (SHORTFALL, {"after": "WzEsInNob3J0ZmFsbCIsMV0="}),
    "a cursor before": ('{ items(last: 1, before: "x") { nodes { id } } }', {}),
    "a forged id": (NODE, {"id": "x"}),
    "an empty id": (NODE, {"id": ""}),
    "an id of an unknown type": (NODE, {"id": encode("Nothing", 1)}),
    "an id with a word for a key": (NODE, {"id": encode("ArchivalFile", "x")}),
    "an id with a negative key": (NODE, {"id": encode("ArchivalFile", "-1")}),
    "an id with an endless key": (NODE, {"id": encode("ArchivalFile", "9" * 40)}),
    "an id with a zero in front": (NODE, {"id": "QXJjaGl2YWxGaWxlOjE"}),
    "an id of another type in a field": ("query($id: ID!) { file(id: $id) { id } }", {"id": AN_AGENCY}),
    "an id of another type in a filter": (_filtered(f'fondsId: "{A_FILE}"'), {}),
    "a file by nothing": ("{ file { id } }", {}),
    "a file by half a code": ('{ file(code: "x") { id } }', {}),
    "too large a page": (FILES, {"first": 100_000}),
    "a negative page": (FILES, {"first": -1}),
    "a page beyond an int": (FILES, {"first": 99_999_999_999}),
    "a page of words": (FILES, {"first": "many"}),
    "half a page": (FILES, {"first": 1.5}),
    "too many ids": ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [A_FILE] * 1_001}),
    "too many lines": (FIGURES, {"asOf": "2025-06-30", "codes": ["II.1.a"], "first": 5_000}),
    "a negative number of lines": (FIGURES, {"asOf": "2025-06-30", "codes": ["II.1.a"], "first": -2}),
    "an unknown value of an enum": ("{ files(orderBy: BY_MOOD) { nodes { id } } }", {}),
    "an unknown value in a list": (_filtered("origins: [PAPERLESS]"), {}),
    "a word for an enum": (_filtered('origins: ["PAPER"]'), {}),
    "a day that is not": (_filtered('startDateFrom: "2025-02-31"'), {}),
    "a day the other way round": (_filtered('startDateFrom: "31/02/2025"'), {}),
    "a day that is a word": (FIGURES, {"asOf": "hôm nay"}),
    "a day before the calendar": (FIGURES, {"asOf": "0000-00-00"}),
    "a day beyond the calendar": (FIGURES, {"asOf": "10000-01-01"}),
    "a day that is a number": (FIGURES, {"asOf": 20250630}),
    "an unknown plan": (FIGURES, {"asOf": "2025-06-30", "plan": "68/KH-UBND"}),
    "an unknown agency": (FIGURES, {"asOf": "2025-06-30", "agency": "UBND-ATLANTIS"}),
    "an unknown indicator": (FIGURES, {"asOf": "2025-06-30", "codes": ["II.1.a", "III.9.z"]}),
    "a nul in a text": (SEARCH, {"text": "a\0b"}),
    "a nul in a code": (FIGURES, {"asOf": "2025-06-30", "agency": "a\0"}),
    "a nul in an id": (NODE, {"id": "QXJj\0"}),
    "half a letter": (SEARCH, {"text": "a \ud800 b"}),
    "half a letter in an indicator": (FIGURES, {"asOf": "2025-06-30", "codes": ["\ud800"]}),
    "a field nobody has": ("{ files { nodes { colour } } }", {}),
    "a type nobody has": ("{ node(id: \"x\") { ... on Spoon { id } } }", {}),
    "an argument nobody has": ("{ files(colour: 1) { nodes { id } } }", {}),
    "a filter nobody has": (_filtered("colour: 1"), {}),
    "a missing argument": ("{ search { totalCount } }", {}),
    "a missing variable": (SEARCH, {}),
    "a null where there may be none": (SEARCH, {"text": None}),
    "a list for a text": (SEARCH, {"text": ["a", "b"]}),
    "a text for a list": ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": {"a": 1}}),
    "a filter of a text": ("query($f: FileFilter) { files(filter: $f) { nodes { id } } }", {"f": "x"}),
    "half a text": ("{ files { nodes { id }", {}),
    "no text": ("", {}),
    "nonsense": ("%%%", {}),
    "fields without a choice": ("{ files }", {}),
    "deep nesting": (_nested(13), {}),
    "absurd nesting": (_nested(3_000), {}),
    "nested lists": ("{ nodes(ids: " + "[" * 3_000 + "]" * 3_000 + ") { id } }", {}),
    "a thousand aliases": ("{ " + " ".join(f"a{n}: __typename" for n in range(1_000)) + " }", {}),
    "two operations and no name": ("query A { __typename } query B { __typename }", {}),
}  # fmt: skip


def clear(answer: Answer, language: str) -> None:
    """The error says what, in the caller's language, and shows nothing of the inside."""
    error = answer.error
    assert answer.response.status_code < 500
    assert error["extensions"]["requestId"] == answer.response.headers["x-request-id"]
    message = error["message"]
    assert message
    assert not INNARDS.search(answer.text), answer.text
    assert len(answer.text) < 4_000
    if language == "vi":
        assert VIETNAMESE.search(message), message


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_a_clear_error_in_either_language(hub: Hub, name: str) -> None:
    query, variables = REFUSED[name]
    told = hub.ask(query, "officer", **variables)
    assert told.code in ACCEPTED, told.text
    clear(told, "vi")
    english = hub.ask(query, "officer", "en", **variables)
    assert english.code == told.code
    clear(english, "en")
    assert english.error["message"] != told.error["message"]
    # The public is told no more.
    assert hub.ask(query, "anyone", **variables).code in ACCEPTED


HARMLESS: dict[str, tuple[str, dict[str, Any]]] = {
    "no word": (SEARCH, {"text": ""}),
    "blanks": (SEARCH, {"text": " \t\n "}),
    "signs": (SEARCH, {"text": "!!! & | :* ( ) \\ ' \" -- ;"}),
    "a query for PostgreSQL": (SEARCH, {"text": "a' | !b:* <-> c"}),
    "a face": (SEARCH, {"text": "😀 \u200b \u202e x"}),
    "a long word": (SEARCH, {"text": "x" * 50_000}),
    "many words": (SEARCH, {"text": "hồ sơ " * 8_000}),
    "many different words": (SEARCH, {"text": " ".join(f"w{n}" for n in range(20_000))}),
    "letters with many marks": (SEARCH, {"text": "a" + "\u0301" * 20_000}),
    "many words in a filter": (
        "query($t: String!) { files(filter: {text: $t}) { totalCount facets { field } } }",
        {"t": "hồ sơ " * 8_000},
    ),
    "a file that is not there": (NODE, {"id": encode("ArchivalFile", 999_999_999)}),
    "an agency that is not there": ('{ files(filter: {agencyCodes: ["x"]}) { totalCount } }', {}),
    "no agency at all": ("{ files(filter: {agencyCodes: []}) { totalCount } }", {}),
    "a null filter": ("{ files(filter: {agencyCodes: null, text: null, origins: null}) { totalCount } }", {}),
    "an unknown code list": ('{ codeList(name: "colours") { value } }', {}),
    "a page of nothing": ("{ files(first: 0) { nodes { id } pageInfo { hasNextPage endCursor } } }", {}),
    "no indicator": (FIGURES, {"asOf": "2025-06-30", "codes": []}),
    "the first day": (FIGURES, {"asOf": "0001-01-01", "codes": ["II.1.a", "II.2.b"]}),
    "the day before the plan": (FIGURES, {"asOf": "2019-12-31", "codes": ["II.1.a", "II.2.b"]}),
    "the last day": (FIGURES, {"asOf": "9999-12-31", "codes": ["II.1.a", "II.2.b"]}),
    "ranges the wrong way round": (_filtered('startDateFrom: "2025-01-01", startDateTo: "2020-01-01"'), {}),
    "a year beyond all": ('{ search(text: "a", filter: {yearFrom: 2147483647}) { totalCount } }', {}),
}


@pytest.mark.parametrize("name", HARMLESS)
@pytest.mark.parametrize("role", ["anyone", "officer"])
def test_odd_input_is_answered(hub: Hub, role: str, name: str) -> None:
    query, variables = HARMLESS[name]
    answer = hub.ask(query, role, **variables)
    if "errors" in answer.body:
        assert answer.code in ACCEPTED, answer.text
        clear(answer, "vi")
    else:
        assert answer.data is not None


BODIES: dict[str, tuple[Any, int]] = {
    "a batch": ([{"query": "{ __typename }"}], 400),
    "a text": ("{ __typename }", 400),
    "nothing": (None, 400),
    "no query": ({"variables": {}}, 400),
    "a query that is a number": ({"query": 7}, 400),
    "variables that are a list": ({"query": "{ __typename }", "variables": [1]}, 400),
    "an operation nobody wrote": ({"query": "query A { __typename }", "operationName": "B"}, 200),
    "too large a body": ({"query": "{ __typename }", "variables": {"x": "y" * 300_000}}, 413),
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies_that_are_no_operation_are_refused(hub: Hub, name: str) -> None:
    body, status = BODIES[name]
    answer = hub.post(body, "officer")
    assert (answer.code, answer.response.status_code) == ("BAD_REQUEST", status)
    clear(answer, "vi")


@pytest.mark.parametrize("token", ["x", "hub_1_x", "a.b.c", "Bearer", "hub_" + "x" * 5_000])
def test_a_bad_credential_is_nobody_and_not_the_public(hub: Hub, token: str) -> None:
    answer = hub.post({"query": "{ files { totalCount } }"}, authorization=f"Bearer {token}")
    assert (answer.code, answer.response.status_code) == ("UNAUTHENTICATED", 401)
    clear(answer, "vi")


def test_a_cursor_of_another_list_or_order_is_refused(hub: Hub) -> None:
    one = hub.ask("FilePage", "officer", agency=HERE).data["files"]
    cursor = one["edges"][0]["cursor"]
    for query in (
        "query($c: String) { files(first: 1, after: $c) { nodes { id } } }",
        "query($c: String) { files(first: 1, orderBy: CODE_ASC, after: $c) { nodes { id } } }",
        "query($c: String) { items(first: 1, after: $c) { nodes { id } } }",
        'query($c: String) { search(text: "a", first: 1, after: $c) { totalCount } }',
    ):
        assert hub.ask(query, "officer", c=cursor).code == "BAD_REQUEST"


def test_a_cursor_of_somebody_else_opens_nothing(hub: Hub) -> None:
    city = hub.city
    page = hub.ask("FilePage", "supervisor", agency=HERE).data["files"]
    for edge in page["edges"][:5]:
        answer = hub.ask("FilePage", "anyone", agency=HERE, after=edge["cursor"])
        ids = {one["node"]["id"] for one in answer.data["files"]["edges"]}
        assert ids <= {encode("ArchivalFile", row.id) for row in city.seen("anyone", "file")}
