"""Events in the words of PREMIS: the same in Python and in SQL, and no wrong term where there is none."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.audit import premis
from policies.actions import ACTIONS

NAMES = [action.name for action in ACTIONS.values()] + [
    "import:create",
    "record:read",
    "session:start",
    "grant:create",
    "user:create",
    "agency:merge",
    "audit:verify",
    "odd",
]


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("import:create", "ingestion"),
        ("file:create", "creation"),
        ("item:update", "metadata modification"),
        ("file:accept", "accession"),
        ("grant:create", "policy assignment"),
        ("session:start", None),
        ("user:create", None),
    ],
)
def test_an_event_has_the_term_that_is_meant(name: str, term: str | None) -> None:
    assert premis.event_type(name) == term
    if term:
        assert premis.event_type_uri(term).startswith("http://id.loc.gov/vocabulary/preservation/eventType/")


def test_python_and_sql_say_the_same(session: Session) -> None:
    told = text(
        f"select {premis.sql('n')} from unnest(cast(:names as text[])) with ordinality x(n, place) order by place"
    )
    assert list(session.scalars(told, {"names": NAMES})) == [premis.event_type(name) for name in NAMES]


def test_every_deed_on_records_has_a_term() -> None:
    lacking = [
        action.name
        for action in ACTIONS.values()
        if action.resource in ("fonds", "series", "file", "item") and premis.event_type(action.name) is None
    ]
    assert lacking == []
