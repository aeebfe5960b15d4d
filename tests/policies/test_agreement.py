"""The two forms of the law agree: the rows that SQL keeps are those the point check allows.

At the root of a read and below it, listed and counted, on random policies and on the product's, with NULL in every
column. Rows of the product's resources have the types that their tables have.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.dialects import postgresql

from hub.models import metadata
from policies.enforcer import read_rules
from policies.law import Law, names_of
from policies.resources import RESOURCES, Facts, Resource
from policies.subject import GRANTABLE_ROLES, Grant, Subject
from policies.words import WORDS, when
from tests.policies.test_tables import JOINED, TABLES
from tests.policies.worlds import EVERYTHING, FACTS, everything_rows, policies, rows, subjects, trees, trying

# where no table holds it: of a resource that has no table yet, and of the state of an item's file
TYPES = {
    "id": "bigint",
    "agency_id": "bigint",
    "custodian_id": "bigint",
    "access_level": "smallint",
    "state": "text",
    "published": "boolean",
    "on_hold": "boolean",
    "transferred": "boolean",
    "of_unit": "boolean",
    "created_by": "bigint",
    "submitted_by": "bigint",
    "approved_by": "bigint",
    "about_user": "bigint",
}
Row = dict[str, Any]
Rows = list[Row]
Kept = Callable[[Law, Subject, Resource, str, Rows], list[list[int]]]

PRODUCT = Law({1: None, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3, 7: 6, 8: 1})


def _type(resource: Resource, name: str) -> str:
    table = TABLES.get(resource.name)
    if table and (resource.name, name) not in JOINED:
        return str(metadata.tables[table].columns[name].type.compile(postgresql.dialect()))
    facts = {name: fact for fact, name in resource.names.items()}
    return TYPES[facts[name]]


def _record(resource: Resource, listed: Rows) -> str:
    columns = ", ".join(f"{name} {_type(resource, name)}" for name in sorted(listed[0]))
    return f"select * from json_to_recordset(cast(:rows as json)) as given({columns})"


@contextlib.contextmanager
def asking(engine: Engine) -> Iterator[Kept]:
    """Asks PostgreSQL which rows the predicate keeps: at the root, below it."""
    with engine.connect() as connection:

        def ask(law: Law, subject: Subject, resource: Resource, action: str, listed: Rows) -> list[list[int]]:
            columns = {name: f"r.{name}" for name in listed[0]}
            forms = [
                law.predicate(subject.shape, resource.name, action, columns, root=root)
                for root in (True, False)
            ]
            arrays = ", ".join(
                f"array(select r.id from r where {form} order by r.id), (select count(*) from r where {form})"
                for form in forms
            )
            sql = f"with r as materialized ({_record(resource, listed)}) select {arrays}"
            values = law.values(subject, names_of(sql))
            found = connection.execute(text(sql), {**values, "rows": json.dumps(listed)}).one()
            lists, counts = [list(ids) for ids in found[::2]], list(found[1::2])
            assert counts == [len(ids) for ids in lists]
            return lists

        yield ask


@pytest.fixture(scope="module")
def kept(engine: Engine) -> Iterator[Kept]:
    with asking(engine) as ask:
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


# one usual row, and for each fact what else it may be
USUAL: Row = {
    "agency_id": 4,
    "custodian_id": 4,
    "access_level": 0,
    "state": "OPEN",
    "published": False,
    "on_hold": False,
    "transferred": False,
    "of_unit": False,
    "created_by": 1,
    "submitted_by": 2,
    "approved_by": 2,
    "about_user": 2,
}
VARIANTS: dict[str, list[Any]] = {
    "agency_id": [2, 3, None],
    "custodian_id": [2, 3, None],
    "access_level": [1, 2, None],
    "state": ["CLOSED", "SUBMITTED", "APPROVED", "DISPOSED", "DRAFT", "PROPOSED", "PUBLISHED", None],
    "published": [True, None],
    "on_hold": [True, None],
    "transferred": [True, None],
    "of_unit": [True, None],
    "created_by": [2, None],
    "submitted_by": [1, None],
    "approved_by": [1, None],
    "about_user": [1, None],
}


def _rows_of(resource: Resource, bases: list[Row]) -> Rows:
    """The bases, and rows that differ from one of them in one fact."""
    facts = bases + [
        {**bases[number % len(bases)], fact: value}
        for fact, values in VARIANTS.items()
        for number, value in enumerate(values)
    ]
    names = resource.names
    return [
        {**{names[fact]: value for fact, value in row.items() if fact in names}, "id": number}
        for number, row in enumerate(facts, 1)
    ]


def test_on_every_pair_of_words(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each literal and each pair of literals as the only rule, and each literal as a denial."""
    monkeypatch.setitem(RESOURCES, "everything", EVERYTHING)
    literals = [sign + word for word in sorted(WORDS) for sign in ("", "!")]
    pairs = [f"{one}+{two}" for number, one in enumerate(literals) for two in literals[number + 1 :]]
    lines = []
    for number, condition in enumerate(literals + pairs):
        lines.append(f"p, role:anyone, everything, a{number}, any, {condition}, allow")
    for number, condition in enumerate(literals):
        lines.append(f"p, role:anyone, everything, d{number}, any, always, allow")
        lines.append(f"p, role:anyone, everything, d{number}, any, {condition}, deny")
    law = Law({1: None}, read_rules("\n".join(lines)))
    listed = _rows_of(EVERYTHING, [USUAL, {**USUAL, "created_by": 2, "access_level": 1}])
    columns = {name: f"r.{name}" for name in listed[0]}

    for subject in (Subject(1, "somebody", granted_ids=frozenset({2, 5})), Subject(None)):
        forms = [
            law.predicate(subject.shape, "everything", action, columns, root=True)
            for _, action in law.questions
        ]
        arrays = ", ".join(f"array(select r.id from r where {form} order by r.id)" for form in forms)
        sql = f"with r as materialized ({_record(EVERYTHING, listed)}) select {arrays}"
        values = law.values(subject, names_of(sql))
        with engine.connect() as connection:
            found = connection.execute(text(sql), {**values, "rows": json.dumps(listed)}).one()
        facts = [(row["id"], Facts(EVERYTHING, SimpleNamespace(**row))) for row in listed]
        conditions = literals + pairs
        for (_, action), ids in zip(law.questions, found, strict=True):
            condition, allows = conditions[int(action[1:])], action[0] == "a"
            assert ids == [key for key, row in facts if when(condition, subject, row) == allows], condition


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
    questions = {(rule.resource, rule.action) for rule in PRODUCT.rules if rule.role in (role, "user")}
    for resource, action in sorted(questions):
        listed = _rows_of(RESOURCES[resource], [USUAL, {**USUAL, "agency_id": 2, "custodian_id": 2}])
        expected = _allowed(PRODUCT, subject, resource, action, listed)
        assert kept(PRODUCT, subject, RESOURCES[resource], action, listed) == [expected, expected]


def test_roles_at_different_agencies_add_up(kept: Kept) -> None:
    """Somebody who holds every role, each at another agency: what one grants, another must not take away."""
    grants = tuple(Grant(role, number % 8 + 1) for number, role in enumerate(GRANTABLE_ROLES))
    bases = [{**USUAL, "agency_id": place, "custodian_id": 9 - place} for place in range(1, 9)]
    for resource, action in PRODUCT.questions:
        listed = _rows_of(RESOURCES[resource], bases)
        for subject in (Subject(1, "somebody", grants), Subject(None)):
            expected = _allowed(PRODUCT, subject, resource, action, listed)
            assert kept(PRODUCT, subject, RESOURCES[resource], action, listed) == [expected, expected]
