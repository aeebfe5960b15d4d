"""Agencies: entered, renamed, merged; records follow the successor, history stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from hub.agencies.commands import create_agency, rename_agency
from hub.agencies.errors import AgencyCodeTaken, AgencyHasEnded
from hub.agencies.models import AgencyCode, AgencySuccession
from hub.kit.errors import Invalid, NotFound, NotPermitted, StaleVersion
from hub.records.commands import list_item, merge_agencies
from hub.records.models import ArchivalFile, Item
from tests.records.world import ON, World, events, trace

DAY = date(2025, 6, 1)


def test_home_affairs_enters_a_unit_under_its_body(session: Session, world: World) -> None:
    agency = create_agency(
        session, world.as_role("supervisor"), " Phòng  Nội vụ ", parent_id=world.b.id, kind="UNIT", code="B.1",
        valid_from=DAY, on=ON,
    )  # fmt: skip
    assert (agency.name, agency.code, agency.parent_id, agency.version) == (
        "Phòng Nội vụ",
        "B.1",
        world.b.id,
        1,
    )
    [code] = session.exec(select(AgencyCode).where(AgencyCode.agency_id == agency.id))
    assert (code.value, code.valid_from) == ("B.1", DAY)
    assert events(session, "agency", agency.id)[0].event_type == "agency:create"
    before = trace(session)
    for role in ("clerk", "officer", "agency_admin", "leader"):
        with pytest.raises(NotPermitted):
            create_agency(
                session,
                world.as_role(role),
                "x",
                parent_id=world.a.id,
                kind="UNIT",
                code=None,
                valid_from=None,
                on=ON,
            )
    with pytest.raises(Invalid) as problem:
        create_agency(
            session,
            world.as_role("sysadmin"),
            " ",
            parent_id=None,
            kind="?",
            code=None,
            valid_from=None,
            on=ON,
        )
    assert {error.code for error in problem.value.errors} == {"REQUIRED", "UNKNOWN_KIND"}
    with pytest.raises(AgencyCodeTaken):
        create_agency(
            session,
            world.as_role("sysadmin"),
            "x",
            parent_id=None,
            kind="UNIT",
            code="A",
            valid_from=None,
            on=ON,
        )
    assert trace(session) == before


def test_a_renamed_body_keeps_its_old_code_with_its_dates(session: Session, world: World) -> None:
    actor = world.as_role("supervisor")
    agency = rename_agency(
        session, actor, world.a.id, 1, name="Phường A", code="A-MOI", effective_on=DAY, decision="QĐ 1", on=ON
    )
    assert (agency.name, agency.code, agency.version) == ("Phường A", "A-MOI", 2)
    codes = session.exec(select(AgencyCode).where(AgencyCode.agency_id == world.a.id))
    assert {code.value: code.valid_to for code in codes} == {"A": DAY, "A-MOI": None}
    event = events(session, "agency", world.a.id)[-1]
    assert event.detail["changed"]["name"] == ["Cơ quan A", "Phường A"]
    assert event.reason == "QĐ 1"
    before = trace(session)
    with pytest.raises(StaleVersion):
        rename_agency(
            session, actor, world.a.id, 1, name="x", code=None, effective_on=DAY, decision=None, on=ON
        )
    with pytest.raises(AgencyCodeTaken):
        rename_agency(
            session, actor, world.a.id, 2, name=None, code="B", effective_on=ON, decision=None, on=ON
        )
    with pytest.raises(NotPermitted):
        rename_agency(
            session,
            world.as_role("officer"),
            world.a.id,
            2,
            name="x",
            code=None,
            effective_on=DAY,
            decision=None,
            on=ON,
        )
    assert trace(session) == before


def test_records_of_merged_bodies_follow_the_successor(session: Session, world: World) -> None:
    clash = world.add(ArchivalFile, title="Đã có mã này", code="A.H01", fonds=world.fonds_b)
    list_item(session, world.as_role("officer"), world.item.id, 1, file_id=world.other_file.id)
    merger = merge_agencies(
        session,
        world.as_role("supervisor"),
        [(world.a.id, 1)],
        world.b.id,
        effective_on=DAY,
        decision="NQ 1656",
        on=ON,
    )
    session.execute(text("set constraints all immediate"))
    session.expire_all()
    taken = {(one.kind, one.before): one.after for one in merger.recoded}
    assert taken == {
        ("fonds", "P01"): "A.P01",
        ("file", "H01"): "A.H01.2",  # A.H01 was taken at the successor
        ("item", "V01"): "A.V01",
    }
    assert clash.code == "A.H01"
    assert (world.fonds.agency_id, world.fonds.creator_id, world.fonds.custodian_id) == (
        world.b.id,
        world.a.id,
        world.b.id,
    )
    assert (world.fonds.state, world.fonds.closed_on, world.fonds_b.state) == ("CLOSED", DAY, "OPEN")
    for row in (world.series, world.file, world.other_file, world.item):
        assert (row.agency_id, row.custodian_id) == (world.b.id, world.b.id)
    assert world.file.creator_id == world.a.id
    assert (world.a.valid_to, world.unit.parent_id, world.a.version) == (DAY, world.b.id, 2)
    [step] = session.exec(select(AgencySuccession))
    assert (step.predecessor_id, step.successor_id, step.effective_on) == (world.a.id, world.b.id, DAY)
    event = events(session, "agency", world.a.id)[-1]
    assert event.event_type == "agency:merge"
    assert ["file", "H01", "A.H01.2"] in event.detail["recoded"]
    assert event.detail["successor"] == "B"
    assert events(session, "agency", world.b.id)[-1].detail["predecessors"] == ["A"]


def test_rights_at_an_ended_body_are_ended(session: Session, world: World) -> None:
    merge_agencies(
        session,
        world.as_role("sysadmin"),
        [(world.a.id, None)],
        world.b.id,
        effective_on=DAY,
        decision=None,
        on=ON,
    )
    assert world.as_role("clerk").subject.grants == ()
    assert world.as_role("clerk", "b").subject.grants
    assert world.as_role("clerk", "b").may("update", "file", session.get_one(ArchivalFile, world.file.id))


def test_a_merger_that_cannot_be_is_refused_whole(session: Session, world: World) -> None:
    actor = world.as_role("supervisor")

    def merge(predecessors: Sequence[tuple[int, int | None]], successor: int, day: date = DAY) -> None:
        merge_agencies(session, actor, predecessors, successor, effective_on=day, decision=None, on=ON)

    before = trace(session)
    for predecessors, successor, day in (
        ([], world.b.id, DAY),
        ([(world.a.id, None)] * 2, world.b.id, DAY),
        ([(world.a.id, None)], world.a.id, DAY),
        ([(world.a.id, None)], world.unit.id, DAY),
        ([(world.a.id, None)], world.b.id, date(2026, 1, 1)),
    ):
        with pytest.raises(Invalid):
            merge(predecessors, successor, day)
    with pytest.raises(NotFound):
        merge([(10**12, None)], world.b.id)
    with pytest.raises(StaleVersion):
        merge([(world.a.id, 9)], world.b.id)
    actor = world.as_role("agency_admin")
    with pytest.raises(NotPermitted):
        merge([(world.a.id, None)], world.b.id)
    assert trace(session) == before
    actor = world.as_role("supervisor")
    merge([(world.a.id, None)], world.b.id)
    before = trace(session)
    with pytest.raises(AgencyHasEnded):
        merge([(world.b.id, None)], world.a.id)
    assert trace(session) == before


def test_two_bodies_with_the_same_codes_merge_into_a_third(session: Session, world: World) -> None:
    merger = merge_agencies(
        session,
        world.as_role("supervisor"),
        [(world.b.id, None), (world.a.id, None)],
        world.archive.id,
        effective_on=DAY,
        decision=None,
        on=ON,
    )
    assert {(one.kind, one.after) for one in merger.recoded} == {
        ("fonds", "B.P01"),
        ("file", "B.H01"),
        ("item", "B.V01"),
    }
    owners = set(session.exec(select(Item.agency_id)))
    assert owners == {world.archive.id}
