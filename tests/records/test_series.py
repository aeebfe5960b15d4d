"""Series and fonds: opened, nested, moved; no circles, no other fonds, nobody renumbered without need."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session

from hub.kit.errors import Invalid, NotFound, NotPermitted
from hub.records import commands
from hub.records.errors import FondsHasOpenFiles, WrongState
from hub.records.models import Series
from hub.records.queries import siblings_of
from tests.records.world import ON, World, events, trace


def order(session: Session, world: World, parent: Any = None) -> list[str]:
    session.expire_all()
    return [one.code for one in siblings_of(session, world.fonds.id, parent and parent.id, None)]


def test_series_stand_in_the_order_they_were_opened_and_moved(session: Session, world: World) -> None:
    officer = world.as_role("officer")
    made = {
        code: commands.open_series(session, officer, world.fonds.id, {"title": code, "code": code}, on=ON)
        for code in ("N02", "N03", "N04")
    }
    assert order(session, world) == ["N01", "N02", "N03", "N04"]
    commands.move_series(session, officer, made["N04"].id or 0, 1, parent_id=None, after_id=world.series.id)
    assert order(session, world) == ["N01", "N04", "N02", "N03"]
    commands.move_series(session, officer, made["N03"].id or 0, 1, parent_id=None, first=True)
    assert order(session, world) == ["N03", "N01", "N04", "N02"]
    moved = commands.move_series(session, officer, made["N02"].id or 0, 1, parent_id=made["N03"].id)
    assert order(session, world, made["N03"]) == ["N02"]
    assert events(session, "series", moved.id)[-1].detail["changed"]["parent_id"] == [None, made["N03"].id]


def test_siblings_are_spaced_again_only_when_no_room_is_left(session: Session, world: World) -> None:
    officer = world.as_role("officer")
    world.add(Series, title="x", code="N02", fonds=world.fonds, position=1001)
    third = world.add(Series, title="x", code="N03", fonds=world.fonds, position=5000)
    commands.move_series(session, officer, third.id, 1, parent_id=None, after_id=world.series.id)
    assert order(session, world) == ["N01", "N03", "N02"]


def test_a_series_does_not_stand_under_itself_or_in_another_fonds(session: Session, world: World) -> None:
    officer = world.as_role("officer")
    child = world.add(Series, title="x", code="N02", fonds=world.fonds, parent_id=world.series.id)
    grandchild = world.add(Series, title="x", code="N03", fonds=world.fonds, parent_id=child.id)
    foreign = world.add(Series, title="x", code="N02", fonds=world.fonds_b)
    before = trace(session)
    for parent in (world.series, child, grandchild):
        with pytest.raises(Invalid) as problem:
            commands.move_series(session, officer, world.series.id, 1, parent_id=parent.id)
        assert problem.value.errors[0].code == "SERIES_CYCLE"
    with pytest.raises(NotFound):
        commands.move_series(session, officer, world.series.id, 1, parent_id=foreign.id)
    with pytest.raises(Invalid):
        commands.move_series(session, officer, world.series.id, 1, parent_id=None, after_id=grandchild.id)
    assert trace(session) == before


def test_an_officer_opens_a_fonds_of_a_unit_and_a_clerk_does_not(session: Session, world: World) -> None:
    fonds = commands.open_fonds(
        session, world.as_role("officer"), world.unit.id, {"title": "Phông đơn vị"}, on=ON
    )
    assert (fonds.agency_id, fonds.creator_id, fonds.custodian_id) == (world.unit.id,) * 3
    assert fonds.code == f"TAM-2025-{fonds.id}"
    before = trace(session)
    for role, place in (("clerk", "a"), ("officer", "b"), ("supervisor", "a"), ("anyone", "a")):
        with pytest.raises(NotPermitted):
            commands.open_fonds(session, world.as_role(role, place), world.unit.id, {"title": "x"}, on=ON)
    assert trace(session) == before


def test_a_fonds_closes_when_its_files_are_closed(session: Session, world: World) -> None:
    officer = world.as_role("officer")
    before = trace(session)
    with pytest.raises(FondsHasOpenFiles) as problem:
        commands.close_fonds(session, officer, world.fonds.id, 1, closed_on=ON, on=ON)
    assert problem.value.count == 2
    assert trace(session) == before
    world.file.state = world.other_file.state = "CLOSED"
    session.flush()
    commands.close_fonds(session, officer, world.fonds.id, 1, closed_on=ON, on=ON)
    with pytest.raises(WrongState):
        commands.close_fonds(session, officer, world.fonds.id, 2, closed_on=ON, on=ON)
