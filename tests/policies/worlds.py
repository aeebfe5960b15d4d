"""Random worlds for the property tests: policies, trees, people, rows with NULL everywhere.

HUB_EXAMPLES sets how many of them a test tries (the default keeps the suite quick).
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from policies.enforcer import SCOPES
from policies.resources import Resource
from policies.subject import Grant, Subject
from policies.words import FACT_OF, WORDS

EXAMPLES = int(os.environ.get("HUB_EXAMPLES", "40"))
trying = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="HUB_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)

STATES = {
    "draft": frozenset({"OPEN", "CLOSED"}),
    "submitted": frozenset({"SUBMITTED", "PROPOSED"}),
    "approved": frozenset({"APPROVED"}),
    "disposed": frozenset({"DISPOSED"}),
    "issued": frozenset(),
}
# a resource that has every fact, one of them under another name
EVERYTHING = Resource(
    "everything",
    {**{fact: fact for fact in sorted({*FACT_OF.values(), "agency_id", "custodian_id"})}, "state": "phase"},
    STATES,
)

PLACED_ROLES = ("clerk", "officer", "archivist")
RANDOM_ROLES = ("anyone", "user", *PLACED_ROLES)

# ids 1..8 are in the tree; 9 is an agency nobody has heard of
agencies = st.none() | st.integers(1, 9)
people = st.none() | st.integers(1, 3)
flags = st.sampled_from([None, False, True])
states = st.sampled_from([None, *sorted(set().union(*STATES.values())), "ACCEPTED", "TRANSFERRED"])


def rows(columns: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Lists of rows with these columns, numbered from 1."""
    listed = st.lists(st.fixed_dictionaries(columns), min_size=1, max_size=25)
    return listed.map(lambda found: [{**row, "id": number} for number, row in enumerate(found, 1)])


FACTS: dict[str, st.SearchStrategy[Any]] = {
    "agency_id": agencies,
    "custodian_id": agencies,
    "access_level": st.sampled_from([None, 0, 1, 2]),
    "state": states,
    "published": flags,
    "on_hold": flags,
    "transferred": flags,
    "of_unit": flags,
    "created_by": people,
    "submitted_by": people,
    "approved_by": people,
    "about_user": people,
}
everything_rows = rows({EVERYTHING.names[fact]: strategy for fact, strategy in FACTS.items()})


def _parents(choices: list[int]) -> dict[int, int | None]:
    tree: dict[int, int | None] = {1: None}
    for agency, choice in enumerate(choices, 2):
        tree[agency] = choice % (agency - 1) + 1
    return tree


trees = st.lists(st.integers(0, 7), min_size=7, max_size=7).map(_parents)


def subjects(roles: tuple[str, ...]) -> st.SearchStrategy[Subject]:
    """People, the public among them, holding up to four of these roles somewhere or nowhere."""
    places = st.sampled_from([None, 1, 1, 2, 2, 3, 4, 6, 9])  # high in the tree, so that something is seen
    grants = st.lists(st.builds(Grant, st.sampled_from(roles), places), max_size=4).map(tuple)
    return st.builds(
        Subject,
        id=people,
        name=st.just("somebody"),
        grants=grants,
        granted_ids=st.frozensets(st.integers(1, 25), max_size=4),
        bound=st.frozensets(st.integers(1, 3), max_size=2),
    )


_literals = st.builds(
    lambda word, no: f"{no}{word}", st.sampled_from(sorted(WORDS)), st.sampled_from(["", "!"])
)
_rules = st.tuples(
    st.sampled_from(RANDOM_ROLES).map("role:{}".format),
    st.just("everything"),
    st.just("read"),
    st.sampled_from(sorted(SCOPES)),
    st.lists(_literals, min_size=1, max_size=2).map("+".join),
    st.sampled_from(["allow", "allow", "allow", "deny"]),
)
policies = st.lists(_rules, min_size=1, max_size=14).map(
    lambda rules: "\n".join("p, " + ", ".join(rule) for rule in rules)
)
