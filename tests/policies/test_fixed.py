"""Where a filter has fixed the agency of every row, the test made once keeps the rows that the point check allows.

And where that test alone lets every row be read, the point check allows them all.
"""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from sqlalchemy import Engine, text

from policies.enforcer import read_rules
from policies.law import Law, names_of
from policies.resources import RESOURCES
from policies.subject import Grant, Subject
from tests.policies.test_agreement import Rows, _record
from tests.policies.worlds import EVERYTHING, everything_rows, policies, subjects, trees, trying


@trying
@given(policies, trees, subjects(("clerk", "officer", "archivist")), everything_rows)
def test_on_random_policies(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    policy: str,
    tree: dict[int, int | None],
    subject: Subject,
    listed: Rows,
) -> None:
    monkeypatch.setitem(RESOURCES, "everything", EVERYTHING)
    law = Law(tree, read_rules(policy))
    columns = {name: f"r.{name}" for name in listed[0]} if listed else {}
    with engine.connect() as connection:
        for agency in {row["agency_id"] for row in listed} - {None}:
            fixed = {"agency_id": "(select cast(:agency as bigint))"}
            form = law.predicate(subject.shape, "everything", "read", columns, root=False, fixed=fixed)
            sql = (
                f"select r.id from ({_record(EVERYTHING, listed)}) r"
                f" where r.agency_id = cast(:agency as bigint) and {form} order by r.id"
            )
            values = law.values(subject, names_of(sql))
            asked = {**values, "agency": agency, "rows": json.dumps(listed)}
            found = [row.id for row in connection.execute(text(sql), asked)]
            if settled := law.settled(subject.shape, "everything", "read", columns, fixed=fixed):
                values = law.values(subject, names_of(settled)) | {"agency": agency}
                if connection.scalar(text(f"select {settled}"), values):
                    assert found == sorted(row["id"] for row in listed if row["agency_id"] == agency)
            assert found == [
                row["id"]
                for row in listed
                if row["agency_id"] == agency
                and law.may(subject, "read", "everything", SimpleNamespace(**row))
            ]


WHOLE = "p, role:officer, everything, read, tree, always, allow"


@pytest.mark.parametrize(
    ("policy", "settles"),
    [
        (WHOLE, True),
        (WHOLE.replace("always", "!secret"), False),
        (f"{WHOLE}\np, role:officer, everything, read, any, secret, deny", False),
        (WHOLE.replace("tree", "hold"), False),
    ],
)
def test_one_test_settles_a_count_only_where_no_row_can_fail(
    monkeypatch: pytest.MonkeyPatch, policy: str, settles: bool
) -> None:
    monkeypatch.setitem(RESOURCES, "everything", EVERYTHING)
    subject = Subject(1, "officer", (Grant("officer", 3),))
    columns = {name: f"r.{name}" for name in EVERYTHING.names.values()}
    law = Law({3: None}, read_rules(policy))
    told = law.settled(subject.shape, "everything", "read", columns, fixed={"agency_id": "7"})
    assert bool(told) == settles
    assert "r." not in told
