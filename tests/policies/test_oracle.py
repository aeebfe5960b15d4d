"""The point check against an oracle without shared code: own parser, own words, a walk up the parents.

The agreement test cannot see a fault that both forms inherit (the tree, who is signed in); this one can.
"""

from __future__ import annotations

import itertools
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.enforcer import SCOPES, read_rules
from policies.law import Law, policy_text
from policies.resources import RESOURCES
from policies.subject import GRANTABLE_ROLES, Grant, Subject
from tests.policies.worlds import EVERYTHING, STATES, everything_rows, policies, subjects, trees, trying

States = dict[str, frozenset[str]]


def _word(word: str, subject: Subject, row: dict[str, Any], states: States) -> bool:
    if word in states:
        return row["phase"] in states[word]
    if word in ("published", "on_hold", "transferred", "of_unit"):
        return bool(row[word])
    mine = {"mine": "created_by", "about_me": "about_user"}
    if word in mine:
        return subject.id is not None and row[mine[word]] == subject.id
    ours = {"submitted_by_me": "submitted_by", "approved_by_me": "approved_by", "about_us": "about_user"}
    if word in ours:
        return subject.id is not None and row[ours[word]] in (subject.id, *subject.bound)
    return {
        "always": True,
        "public": row["access_level"] == 0,
        "restricted": row["access_level"] in (1, None),
        "secret": row["access_level"] == 2,
        "granted": row["id"] in subject.granted_ids,
    }[word]


def _reaches(scope: str, place: int | None, at: int | None, tree: dict[int, int | None]) -> bool:
    if place is None or at is None:
        return False
    if scope == "self":
        return place == at
    step: int | None = at if at in tree else None
    while step is not None:
        if step == place:
            return True
        step = tree[step]
    return False


@lru_cache(4)
def _lines(policy: str) -> dict[tuple[str, str], list[tuple[str, str, str, str]]]:
    found: dict[tuple[str, str], list[tuple[str, str, str, str]]] = {}
    for line in policy.splitlines():
        if line.startswith("p,"):
            _, role, resources, actions, *rest = [part.strip() for part in line.split(",")]
            for question in itertools.product(resources.split("|"), actions.split("|")):
                found.setdefault(question, []).append((role.split(":")[1], *rest))
    return found


def _oracle(
    policy: str,
    tree: dict[int, int | None],
    subject: Subject,
    row: dict[str, Any],
    question: tuple[str, str] = ("everything", "read"),
    states: States = STATES,
) -> bool:
    verdicts = set()
    for role, scope, condition, effect in _lines(policy).get(question, ()):
        if role == "anyone":
            places: list[int | None] = [None]
        elif role == "user":
            places = [None] if subject.id is not None else []
        else:
            places = [agency for held, agency in subject.grants if held == role]
        at = row["custodian_id"] if scope == "hold" else row["agency_id"]
        reached = bool(places) if scope == "any" else any(_reaches(scope, p, at, tree) for p in places)
        held = all(
            _word(token.strip("!"), subject, row, states) == (token[0] != "!")
            for token in condition.split("+")
        )
        if reached and held:
            verdicts.add(effect)
    return verdicts == {"allow"}


def test_each_scope_reaches_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every scope, every agency of a grant, every owner and custodian of a row, each of them known or not."""
    monkeypatch.setitem(RESOURCES, "everything", EVERYTHING)
    tree: dict[int, int | None] = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 6, 8: 1}
    for scope in SCOPES:
        policy = f"p, role:clerk, everything, read, {scope}, always, allow"
        law = Law(tree, read_rules(policy))
        for place, owner, keeper in itertools.product(
            [None, 1, 2, 4, 6, 9], [None, 1, 4, 7, 9], [None, 2, 5, 8]
        ):
            subject = Subject(1, "somebody", (Grant("clerk", place),))
            row = {"id": 1, "access_level": 0, "agency_id": owner, "custodian_id": keeper}
            expected = _oracle(policy, tree, subject, row)
            found = law.may(subject, "read", "everything", SimpleNamespace(**row))
            assert found == expected, (scope, place, row)


@trying
@given(policies, trees, subjects(("clerk", "officer", "archivist")), everything_rows)
def test_the_point_check_equals_the_oracle(
    monkeypatch: pytest.MonkeyPatch,
    policy: str,
    tree: dict[int, int | None],
    subject: Subject,
    listed: list[dict[str, Any]],
) -> None:
    monkeypatch.setitem(RESOURCES, "everything", EVERYTHING)
    law = Law(tree, read_rules(policy))
    for row in listed:
        expected = _oracle(policy, tree, subject, row)
        assert law.may(subject, "read", "everything", SimpleNamespace(**row)) == expected


# The product's resources, said a second time: what the words about states mean, and where a row keeps a fact that
# does not bear its own name.
PRODUCT_STATES: States = {
    "draft": frozenset({"OPEN", "CLOSED", "DRAFT", "SENT_BACK"}),
    "submitted": frozenset({"SUBMITTED"}),
    "approved": frozenset({"APPROVED"}),
    "disposed": frozenset({"DISPOSED"}),
    "issued": frozenset({"PUBLISHED", "SUPERSEDED"}),
}
STATES_OF: dict[str, States] = {
    "transfer": {
        "draft": frozenset({"REGISTERED", "RETURNED"}),
        "approved": frozenset({"APPROVED", "CHECKING"}),
    },
    "exclusion": {"draft": frozenset(), "submitted": frozenset({"PROPOSED"})},
    "accesschange": {"draft": frozenset(), "submitted": frozenset({"PROPOSED"})},
    "return": {"approved": frozenset({"APPROVED", "ACCEPTED"})},
}
CALLED: dict[str, dict[str, str]] = {
    "item": {"phase": "file_state"},
    "digital": {"phase": "file_state"},
    "batch": {"agency_id": "custodian_id"},
    "exclusion": {"submitted_by": "proposed_by"},
    "accesschange": {
        "submitted_by": "proposed_by",
        "created_by": "proposed_by",
        "access_level": "access_before",
    },
    "return": {"custodian_id": "reports_to_id"},
    "agency": {"agency_id": "id"},
    "user": {"about_user": "id"},
    "grant": {"about_user": "user_id", "created_by": "on_behalf_of"},
    "apikey": {"about_user": "user_id"},
    "session": {"about_user": "user_id"},
    "audit": {"about_user": "agent_id"},
}
PLACES: dict[int, int | None] = {1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 6, 8: 1}


@trying
@given(subjects(GRANTABLE_ROLES), st.data())
def test_the_point_check_of_the_product_equals_the_oracle(subject: Subject, data: st.DataObject) -> None:
    """Every question of policy.csv is put about the same row."""
    law = Law(PLACES)
    listed = data.draw(everything_rows)[:1]
    for resource, action in law.questions:
        states = {**PRODUCT_STATES, **STATES_OF.get(resource, {})}
        called = {"phase": "state", **CALLED.get(resource, {})}
        for facts in listed:
            row = {called.get(fact, fact): value for fact, value in facts.items()}
            # two facts may live in one column
            told = {fact: row[called.get(fact, fact)] for fact in facts}
            expected = _oracle(policy_text(), PLACES, subject, told, (resource, action), states)
            found = law.may(subject, action, resource, SimpleNamespace(**row))
            assert found == expected, (resource, action, row)
