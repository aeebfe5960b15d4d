"""The point check against an oracle without shared code: own parser, own words, a walk up the parents.

The agreement test cannot see a fault that both forms inherit (the tree, who is signed in); this one can.
"""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given

from policies.enforcer import SCOPES, read_rules
from policies.law import Law
from policies.resources import RESOURCES
from policies.subject import Grant, Subject
from tests.policies.worlds import EVERYTHING, STATES, everything_rows, policies, subjects, trees, trying


def _word(word: str, subject: Subject, row: dict[str, Any]) -> bool:
    if word in STATES:
        return row["phase"] in STATES[word]
    if word in ("published", "on_hold", "transferred"):
        return bool(row[word])
    mine = {"mine": "created_by", "about_me": "about_user"}
    if word in mine:
        return subject.id is not None and row[mine[word]] == subject.id
    ours = {"submitted_by_me": "submitted_by", "about_us": "about_user"}
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


def _oracle(policy: str, tree: dict[int, int | None], subject: Subject, row: dict[str, Any]) -> bool:
    verdicts = set()
    for line in policy.splitlines():
        _, role, _, _, scope, condition, effect = [part.strip() for part in line.split(",")]
        role = role.split(":")[1]
        if role == "anyone":
            places: list[int | None] = [None]
        elif role == "user":
            places = [None] if subject.id is not None else []
        else:
            places = [agency for held, agency in subject.grants if held == role]
        at = row["custodian_id"] if scope == "hold" else row["agency_id"]
        reached = bool(places) if scope == "any" else any(_reaches(scope, p, at, tree) for p in places)
        held = all(
            _word(token.strip("!"), subject, row) == (token[0] != "!") for token in condition.split("+")
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
