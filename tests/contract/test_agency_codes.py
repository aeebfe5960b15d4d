"""Codes of agencies in time: links and spreadsheets go on using the code that an agency had."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.conftest import ELSEWHERE, HERE, City, Hub

OLD, NEW, TWICE = "QUAN-BA-DINH", "PHUONG-BA-DINH", "HAI-NOI"
QUERIES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("query($code: String!) { agency(code: $code) { id name } }", {}),
    (
        "query($code: String!) { files(filter: { agencyCodes: [$code] }, first: 3) { totalCount nodes { id } } }",
        {},
    ),
    (
        "query($code: String!) { files(filter: { agencyCodes: [$code], includeSubtree: true }) { totalCount } }",
        {},
    ),
    (
        'query($code: String!) { items(filter: { agencyCodes: [$code, "UBND-HOANKIEM"] }, first: 3) { totalCount } }',
        {},
    ),
    ('query($code: String!) { search(text: "a", filter: { agencyCodes: [$code] }) { totalCount } }', {}),
    ("query($code: String!, $file: String!) { file(agencyCode: $code, code: $file) { id } }", {"file": ""}),
    (
        'query($code: String!) { indicators(asOf: "2025-06-30", agencyCode: $code, codes: ["II.1.a"])'
        " { id numerator denominator agency { name } } }",
        {},
    ),
    (
        "query($code: String!) { files(filter: { agencyCodes: [$code] }) { facets { field buckets { count } } } }",
        {},
    ),
)


@contextlib.contextmanager
def _renamed(city: City) -> Iterator[None]:
    """The agency of the agency roles has a new code; its old one, and one that two agencies had, are dated codes."""
    here, there = city.agency(HERE).id, city.agency(ELSEWHERE).id
    city.connection.execute("update agency set code = %s where id = %s", [NEW, here])
    for agency, scheme, value in (
        (here, "HUB", HERE), (here, "OLD", OLD), (here, "A", TWICE), (there, "B", TWICE), (here, "C", ELSEWHERE),
    ):  # fmt: skip
        city.connection.execute(
            "insert into agency_code (agency_id, scheme, value, valid_from, valid_to) values"
            " (%s, %s, %s, '2010-01-01', '2025-06-01') on conflict (scheme, value) do nothing",
            [agency, scheme, value],
        )
    try:
        yield
    finally:
        city.connection.execute("update agency set code = %s where id = %s", [HERE, here])
        city.connection.execute("delete from agency_code where valid_to = '2025-06-01'")


@pytest.mark.parametrize("role", ["anyone", "officer"])
def test_a_former_code_means_the_agency_that_bore_it(hub: Hub, role: str) -> None:
    city = hub.city
    file = next(row.code for row in city.rows("file").values() if row.agency_id == city.agency(HERE).id)

    def told(code: str) -> list[Any]:
        return [
            hub.ask(query, role, **{**more, "code": code} | ({"file": file} if more else {})).data
            for query, more in QUERIES
        ]

    before, other = told(HERE), told(ELSEWHERE)
    assert before[0]["agency"] is not None
    with _renamed(city):
        assert told(NEW) == told(OLD) == told(HERE) == before
        # the one that bears a code now comes first; one that two bore before means neither
        assert told(ELSEWHERE) == other
        assert hub.ask(QUERIES[0][0], role, code=TWICE).data == {"agency": None}
        assert hub.ask(QUERIES[1][0], role, code=TWICE).data["files"]["totalCount"] == 0
        assert hub.ask(QUERIES[-2][0], role, code=TWICE).code == "NOT_FOUND"
    assert hub.ask(QUERIES[0][0], role, code=OLD).data == {"agency": None}


def test_a_former_code_costs_no_statement_more(hub: Hub) -> None:
    with _renamed(hub.city):
        for query, more in QUERIES[:6]:
            assert hub.statements(query, "officer", code=OLD, **more) == 2
