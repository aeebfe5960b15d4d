"""Where a filter has fixed the agency of every row, the test made once keeps the rows that the point check allows."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from sqlalchemy import Engine, text

from policies.enforcer import read_rules
from policies.law import Law, names_of
from policies.resources import RESOURCES
from policies.subject import Subject
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
            assert found == [
                row["id"]
                for row in listed
                if row["agency_id"] == agency
                and law.may(subject, "read", "everything", SimpleNamespace(**row))
            ]
