"""The two forms of the law agree: the rows that SQL keeps are those the point check allows.

At the root of a read and below it, on random policies and on the product's, with NULL in every column.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from policies.enforcer import read_rules
from policies.law import Law, names_of
from policies.resources import RESOURCES, Resource
from policies.subject import GRANTABLE_ROLES, Grant, Subject
from tests.policies.worlds import EVERYTHING, FACTS, everything_rows, policies, rows, subjects, trees, trying

TYPES = {
    "id": "bigint",
    "agency_id": "bigint",
    "custodian_id": "bigint",
    "access_level": "smallint",
    "state": "text",
    "published": "boolean",
    "on_hold": "boolean",
    "transferred": "boolean",
    "created_by": "bigint",
    "submitted_by": "bigint",
    "about_user": "bigint",
}
Row = dict[str, Any]
Rows = list[Row]
Kept = Callable[[Law, Subject, Resource, str, Rows], list[list[int]]]

PRODUCT = Law({1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 6, 8: 1})


@pytest.fixture(scope="module")
def kept(engine: Engine) -> Iterator[Kept]:
    """Asks PostgreSQL which rows the predicate keeps: at the root, below it."""
    with engine.connect() as connection:

        def ask(law: Law, subject: Subject, resource: Resource, action: str, listed: Rows) -> list[list[int]]:
            names = {name: fact for fact, name in resource.names.items()}
            record = ", ".join(f"{name} {TYPES[names[name]]}" for name in sorted(listed[0]))
            columns = {name: f"r.{name}" for name in listed[0]}
            forms = [
                law.predicate(subject.shape, resource.name, action, columns, root=root)
                for root in (True, False)
            ]
            arrays = ", ".join(
                f"array(select r.id from json_to_recordset(cast(:rows as json)) r({record})"
                f" where {form} order by r.id)"
                for form in forms
            )
            sql = f"select {arrays}"
            values = law.values(subject, names_of(sql))
            found = connection.execute(text(sql), {**values, "rows": json.dumps(listed)}).one()
            return [list(ids) for ids in found]

        yield ask


def _allowed(law: Law, subject: Subject, resource: str, action: str, listed: Rows) -> list[int]:
    return [row["id"] for row in listed if law.may(subject, action, resource, SimpleNamespace(**row))]


@trying
@given(policies, trees, subjects(("clerk", "officer", "archivist")), everything_rows)
def test_on_random_policies(
    kept: Kept,
    monkeypatch: pytest.MonkeyPatch,
    policy: str,
    tree: dict[int, int | None],
    subject: Subject,
    listed: Rows,
) -> None:
    monkeypatch.setitem(RESOURCES, "everything", EVERYTHING)
    law = Law(tree, read_rules(policy))
    expected = _allowed(law, subject, "everything", "read", listed)
    assert kept(law, subject, EVERYTHING, "read", listed) == [expected, expected]


@st.composite
def _questions(draw: st.DrawFn) -> tuple[Resource, str, Rows]:
    resource, action = draw(st.sampled_from(PRODUCT.questions))
    # two facts may live in one column: the agency of an agency is itself
    columns = {name: FACTS[fact] for fact, name in RESOURCES[resource].names.items() if name != "id"}
    return RESOURCES[resource], action, draw(rows(columns))


@trying
@given(subjects(GRANTABLE_ROLES), _questions())
def test_on_the_policy_of_the_product(
    kept: Kept, subject: Subject, question: tuple[Resource, str, Rows]
) -> None:
    resource, action, listed = question
    expected = _allowed(PRODUCT, subject, resource.name, action, listed)
    assert kept(PRODUCT, subject, resource, action, listed) == [expected, expected]


@pytest.mark.parametrize("role", GRANTABLE_ROLES)
def test_each_role_alone_on_every_question(kept: Kept, role: str) -> None:
    """What random questions may miss: each role at one agency, and rows that differ in one fact each."""
    subject = Subject(1, "somebody", (Grant(role, 2),))
    usual: Row = {
        "agency_id": 4,
        "custodian_id": 4,
        "access_level": 0,
        "state": "OPEN",
        "published": False,
        "on_hold": False,
        "transferred": False,
        "created_by": 1,
        "submitted_by": 2,
        "about_user": 2,
    }
    variants: dict[str, list[Any]] = {
        "agency_id": [2, 3, None],
        "custodian_id": [2, 3, None],
        "access_level": [1, 2, None],
        "state": ["CLOSED", "SUBMITTED", "APPROVED", "DISPOSED", "DRAFT", "PROPOSED", "PUBLISHED", None],
        "published": [True],
        "on_hold": [True],
        "transferred": [True],
        "created_by": [2],
        "submitted_by": [1],
        "about_user": [1],
    }
    questions = {(rule.resource, rule.action) for rule in PRODUCT.rules if rule.role in (role, "user")}
    for resource, action in sorted(questions):
        names = RESOURCES[resource].names
        facts = [usual, {**usual, "agency_id": 2, "custodian_id": 2}]
        facts += [
            {**facts[len(variants[fact]) % 2], fact: value} for fact in variants for value in variants[fact]
        ]
        listed = [
            {**{names[fact]: value for fact, value in row.items() if fact in names}, "id": number}
            for number, row in enumerate(facts, 1)
        ]
        expected = _allowed(PRODUCT, subject, resource, action, listed)
        assert kept(PRODUCT, subject, RESOURCES[resource], action, listed) == [expected, expected]
