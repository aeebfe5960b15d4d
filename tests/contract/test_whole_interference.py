"""What somebody may not see changes no byte of any answer over the whole schema.

`HUB_EXAMPLES` says how many random operations are asked beside those that cover the schema, and lets every role ask
every one; without it each operation goes to one role in turn.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest

from schema import build_schema
from tests.conftest import Cities
from tests.contract.conftest import ROLES, Hub, served, stirred_city
from tests.contract.hidden import Hidden
from tests.contract.marks import mark
from tests.contract.walk import Walk

EXAMPLES = int(os.environ.get("HUB_EXAMPLES", "0"))
ITEMS = 400
FIGURES = ("indicators(", "snapshotIndicators(", "indicatorChange(", "dataQuality(", "transferRadar(")
SUPERVISING = ("supervisor", "supervisor_head")
_REQUEST = re.compile(rb'"requestId":"[^"]*"')


@pytest.fixture(scope="module")
def city_hub(cities: Cities) -> Iterator[Hub]:
    """The application over a small city that these tests change for good."""
    with stirred_city(cities, ITEMS) as city:
        mark(city)
        with served(city) as hub:
            yield hub


def _operations(hub: Hub) -> list[str]:
    data = hub.ask('{ indicators(asOf: "2025-06-30") { id } }', "supervisor").data
    walk = Walk(build_schema()._schema, hub.city, 4, tuple(one["id"] for one in data["indicators"]))
    made = [*walk.covering(), *walk.probing(), *walk.random(EXAMPLES or 10)]
    # Everybody reads his own trail, and it grows by being asked.
    found = [one for one in dict.fromkeys(made) if "auditEvents" not in one]
    return found if EXAMPLES else found[::4]


def _asked(operations: list[str], role: str) -> list[str]:
    return operations if EXAMPLES else operations[ROLES.index(role) :: len(ROLES)]


def _answers(hub: Hub, operations: list[str], role: str) -> dict[str, bytes]:
    return {one: _REQUEST.sub(b"", hub.ask(one, role).said) for one in operations}


def _changed(before: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    return [operation for operation in before if before[operation] != after[operation]]


def test_what_a_role_may_not_see_changes_none_of_its_answers(city_hub: Hub) -> None:
    hub, operations = city_hub, _operations(city_hub)
    plain = {one for one in operations if not any(name in one for name in (*FIGURES, "node"))}
    lists = ("{ fondsList(", "{ files(", "{ items(")
    watched = [one for one in operations if one in plain and one.startswith(lists)][:30]
    told = _answers(hub, watched, "supervisor")
    replaced = 0
    for role in ROLES:
        # texts and ids: nothing may change, figures and what hangs on them included
        before = _answers(hub, _asked(operations, role), role)
        hidden = Hidden(hub.city, role)
        hidden.rewrite()
        replaced += hidden.replace()
        assert _changed(before, _answers(hub, list(before), role)) == [], role
        # more and fewer rows: figures do change
        before = {one: answer for one, answer in before.items() if one in plain}
        hidden = Hidden(hub.city, role)
        hidden.grow()
        if role not in SUPERVISING:
            hidden.deal()
        assert _changed(before, _answers(hub, list(before), role)) == [], role
    # They were there: whoever may see them is told.
    assert replaced > 0
    assert len(_changed(told, _answers(hub, watched, "supervisor"))) >= 3
