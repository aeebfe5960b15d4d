"""What a body was called and where it stood: kept with dates, asked for any day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from hub.agencies.commands import create_agency, move_agency, rename_agency
from hub.agencies.errors import AgencyHasEnded
from hub.agencies.queries import names_at, parent_at
from hub.kit.errors import Invalid, NotFound, NotPermitted, StaleVersion
from tests.records.world import ON, World, events, trace

MARCH, MAY = date(2025, 3, 1), date(2025, 5, 1)


def rows(session: Session, table: str, column: str, agency: Any) -> list[tuple[Any, ...]]:
    found = session.connection().execute(
        text(
            f"select {column}, valid_from, valid_to, decision from {table} where agency_id = :id order by id"
        ),
        {"id": agency.id},
    )
    return [tuple(row) for row in found]


def rename(session: Session, world: World, name: str, day: date, decision: str | None = None) -> None:
    rename_agency(
        session, world.as_role("supervisor"), world.a.id, None, name=name, code=None, effective_on=day,
        decision=decision, on=ON,
    )  # fmt: skip


def test_a_name_is_kept_with_its_dates(session: Session, world: World) -> None:
    rename(session, world, "Tên giữa", MARCH, "QĐ 1")
    rename(session, world, "Tên mới", MAY, "QĐ 2")
    assert rows(session, "agency_name", "name", world.a) == [
        ("Cơ quan A", None, MARCH, None),
        ("Tên giữa", MARCH, MAY, "QĐ 1"),
        ("Tên mới", MAY, None, "QĐ 2"),
    ]
    days = [date(2010, 1, 1), date(2025, 2, 28), MARCH, date(2025, 4, 30), MAY, ON]
    assert [names_at(session, world.a.id, days)[day] for day in days] == [
        "Cơ quan A", "Cơ quan A", "Tên giữa", "Tên giữa", "Tên mới", "Tên mới",
    ]  # fmt: skip
    assert world.a.name == "Tên mới"


def test_a_name_of_the_same_day_corrects_it(session: Session, world: World) -> None:
    rename(session, world, "Tên gõ sia", MARCH, "QĐ 1")
    rename(session, world, "Tên gõ sai", MARCH)
    assert rows(session, "agency_name", "name", world.a) == [
        ("Cơ quan A", None, MARCH, None),
        ("Tên gõ sai", MARCH, None, "QĐ 1"),
    ]


def test_a_name_is_not_taken_before_the_one_it_follows(session: Session, world: World) -> None:
    rename(session, world, "Tên giữa", MAY)
    before = trace(session)
    with pytest.raises(Invalid) as problem:
        rename(session, world, "Tên mới", MARCH)
    assert [error.code for error in problem.value.errors] == ["TOO_EARLY"]
    assert trace(session) == before


def test_a_name_corrected_past_the_commands_is_corrected_everywhere(session: Session, world: World) -> None:
    rename(session, world, "Tên mới", MARCH)
    session.execute(text("update agency set name = 'Tên đúng' where id = :id"), {"id": world.a.id})
    assert [row[0] for row in rows(session, "agency_name", "name", world.a)] == ["Cơ quan A", "Tên đúng"]


def test_a_29th_of_february_is_a_day_like_others(session: Session, world: World) -> None:
    leap = date(2024, 2, 29)
    rename(session, world, "Tên mới", leap)
    names = names_at(session, world.a.id, [date(2024, 2, 28), leap, date(2024, 3, 1)])
    assert list(names.values()) == ["Cơ quan A", "Tên mới", "Tên mới"]


def move(session: Session, world: World, body: Any, parent: Any, day: date, **told: Any) -> Any:
    said = {"effective_on": day, "decision": "QĐ 3", "on": ON} | told
    role = said.pop("role", "supervisor")
    version = said.pop("version", None)
    return move_agency(
        session, world.as_role(role), body.id, version, parent_id=parent.id if parent else None, **said
    )


def test_a_unit_moves_and_its_place_before_stays_with_its_dates(session: Session, world: World) -> None:
    moved = move(session, world, world.unit, world.b, MARCH, version=1)
    assert (moved.parent_id, moved.version) == (world.b.id, 2)
    assert rows(session, "agency_parent", "parent_id", world.unit) == [
        (world.a.id, None, MARCH, None),
        (world.b.id, MARCH, None, "QĐ 3"),
    ]
    assert parent_at(session, world.unit.id, date(2025, 2, 28)) == world.a.id
    assert parent_at(session, world.unit.id, MARCH) == world.b.id
    event = events(session, "agency", world.unit.id)[-1]
    assert (event.event_type, event.reason) == ("agency:move", "QĐ 3")
    assert event.detail["changed"] == {"parent_id": [world.a.id, world.b.id]}
    # Rights follow today's tree.
    assert world.as_role("officer", "b").law.tree.covers(world.b.id, world.unit.id)
    # To the top, and on the same day back again: a correction.
    move(session, world, world.unit, None, MAY)
    move(session, world, world.unit, world.a, MAY)
    assert [row[:3] for row in rows(session, "agency_parent", "parent_id", world.unit)] == [
        (world.a.id, None, MARCH),
        (world.b.id, MARCH, MAY),
        (world.a.id, MAY, None),
    ]


def test_a_move_that_cannot_be_changes_nothing(session: Session, world: World) -> None:
    grandchild = create_agency(
        session, world.as_role("sysadmin"), "Tổ", parent_id=world.unit.id, kind="UNIT", code=None,
        valid_from=MARCH, on=ON,
    )  # fmt: skip
    world.archive.valid_to = MARCH
    session.flush()
    move(session, world, grandchild, world.b, MAY)
    move(session, world, grandchild, world.unit, MAY)
    before = trace(session)
    for body, parent, day, code in (
        (world.a, world.a, MAY, "AGENCY_CYCLE"),
        (world.a, grandchild, MAY, "AGENCY_CYCLE"),
        (world.unit, world.b, date(2025, 7, 1), "IN_THE_FUTURE"),
        (world.unit, grandchild, date(2025, 2, 28), "AGENCY_CYCLE"),
        (grandchild, world.b, date(2025, 4, 30), "TOO_EARLY"),
    ):
        with pytest.raises(Invalid) as problem:
            move(session, world, body, parent, day)
        assert problem.value.errors[0].code == code
    with pytest.raises(AgencyHasEnded):
        move(session, world, world.unit, world.archive, MAY)
    with pytest.raises(AgencyHasEnded):
        move(session, world, world.archive, world.b, MAY)
    with pytest.raises(StaleVersion):
        move(session, world, world.unit, world.b, MAY, version=9)
    for role in ("officer", "agency_admin", "leader"):
        with pytest.raises(NotPermitted):
            move(session, world, world.unit, world.b, MAY, role=role)
    with pytest.raises(NotFound):
        move_agency(
            session, world.as_role("supervisor"), 10**12, None, parent_id=None, effective_on=MAY, decision=None,
            on=ON,
        )  # fmt: skip
    assert trace(session) == before


def test_a_new_body_says_since_when_it_has_an_archive(session: Session, world: World) -> None:
    said = {"parent_id": None, "kind": "DEPARTMENT", "valid_from": MARCH, "on": ON, "decision": " NQ  9 "}
    made = create_agency(
        session, world.as_role("supervisor"), "Sở mới", code="MOI", archive_since=MARCH, **said
    )
    assert made.archive_since == MARCH
    assert events(session, "agency", made.id)[0].reason == "NQ 9"
    assert rows(session, "agency_name", "name", made) == [("Sở mới", MARCH, None, None)]
    before = trace(session)
    with pytest.raises(Invalid) as problem:
        create_agency(
            session,
            world.as_role("supervisor"),
            "Sở khác",
            code="KHAC",
            archive_since=date(2025, 2, 1),
            **said,
        )
    assert [(error.field, error.code) for error in problem.value.errors] == [("archive_since", "TOO_EARLY")]
    assert trace(session) == before
