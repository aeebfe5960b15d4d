"""No text of anybody's rows reaches somebody who may not read them, by any field of the whole schema.

`HUB_EXAMPLES` says how many random operations each role is asked beside those that cover the schema; with it every
role is asked every operation, without it each operation goes to two roles in turn.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from schema import build_schema
from tests.contract.conftest import ROLES, Clone, Hub, _loaded, served
from tests.contract.marks import MARK, Readers, mark
from tests.contract.walk import Walk

EXAMPLES = int(os.environ.get("HUB_EXAMPLES", "0"))
ITEMS = 400
ANSWERED = {"COST_EXCEEDED", "BAD_REQUEST", "NOT_FOUND", "NOT_PERMITTED", "UNAUTHENTICATED"}


@pytest.fixture(scope="module")
def marked(clone: Clone) -> Iterator[tuple[Hub, Readers]]:
    """The application over a small city in which every text is marked, and who may be told which mark."""
    with clone() as dsn, _loaded(dsn, ITEMS) as city:
        mark(city)
        with served(city) as hub:
            yield hub, Readers(city)


def _figures(hub: Hub) -> tuple[str, ...]:
    data = hub.ask('{ indicators(asOf: "2025-06-30") { id } }', "supervisor").data
    return tuple(one["id"] for one in data["indicators"])


def test_no_field_of_the_schema_tells_what_its_reader_may_not_see(marked: tuple[Hub, Readers]) -> None:
    hub, readers = marked
    walk = Walk(build_schema()._schema, hub.city, 67, _figures(hub))
    operations = [*walk.covering(), *walk.probing(), *walk.random(EXAMPLES or 60)]
    told: set[str] = set()
    refused: list[str] = []
    asked = 0
    for number, operation in enumerate(operations):
        roles = ROLES if EXAMPLES else {ROLES[(number + step) % len(ROLES)] for step in (0, 7)}
        for role in roles:
            answer = hub.ask(operation, role)
            asked += 1
            if "errors" in answer.body:
                codes = {one["extensions"]["code"] for one in answer.body["errors"]}
                assert codes <= ANSWERED, (role, operation, answer.text[:600])
                refused.append(operation)
            assert readers.leaks(role, answer.text) == set(), (role, operation)
            told |= {kind for kind, _ in MARK.findall(answer.text)}
    print(told, len(refused), asked, len(operations), refused[::9])
    assert walk.reachable() - walk.covered == set()
    assert len(refused) * 10 < asked
    assert told >= {
        "fonds",
        "series",
        "file",
        "item",
        "digital",
        "transfer",
        "return",
        "audit",
        "user",
        "grant",
    }
