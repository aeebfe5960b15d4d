"""A body is dissolved: another takes over, or the historical archive takes the records."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from hub.agencies.models import AgencySuccession, SourceMembership
from hub.kit.errors import Invalid, NotPermitted, StaleVersion
from hub.records.commands import dissolve_agency, merge_agencies
from hub.records.models import ArchivalFile
from tests.records.world import ON, World, events, trace

DAY = date(2025, 3, 1)


def dissolve(session: Session, world: World, body: Any, to: Any = None, **told: Any) -> Any:
    said = {
        "records_to": to.id if to else None, "effective_on": DAY, "decision": "QĐ 55",
        "decided_on": date(2025, 2, 20), "on": ON,
    } | told  # fmt: skip
    role, version = said.pop("role", "supervisor"), said.pop("version", None)
    made = dissolve_agency(session, world.as_role(role), body.id, version, **said)
    session.execute(text("set constraints all immediate"))
    session.expire_all()
    return made


@pytest.fixture
def archive(world: World) -> Any:
    world.archive.is_historical_archive = True
    world.session.flush()
    return world.archive


def test_another_body_takes_over(session: Session, world: World) -> None:
    made = dissolve(session, world, world.a, world.b, version=1)
    assert (made.agency.valid_to, made.taker.id) == (DAY, world.b.id)
    assert {(one.kind, one.after) for one in made.recoded} == {
        ("fonds", "A.P01"), ("file", "A.H01"), ("item", "A.V01"),
    }  # fmt: skip
    assert (world.fonds.agency_id, world.fonds.state, world.fonds.end_year) == (world.b.id, "CLOSED", 2025)
    assert (world.file.agency_id, world.file.creator_id, world.file.state) == (world.b.id, world.a.id, "OPEN")
    assert world.unit.parent_id == world.b.id
    [step] = session.exec(select(AgencySuccession))
    assert (step.kind, step.decision, step.decided_on) == ("DISSOLVED", "QĐ 55", date(2025, 2, 20))
    event = events(session, "agency", world.a.id)[-1]
    assert (event.event_type, event.reason, event.detail["successor"]) == ("agency:dissolve", "QĐ 55", "B")
    assert events(session, "agency", world.b.id)[-1].detail["predecessors"] == ["A"]


def test_the_body_above_takes_over_when_nobody_is_named(session: Session, world: World) -> None:
    assert dissolve(session, world, world.unit).taker.id == world.a.id


def test_records_of_a_body_on_the_source_list_go_to_the_historical_archive(
    session: Session, world: World, archive: Any
) -> None:
    world.add(SourceMembership, agency_id=world.a.id, valid_from=date(2012, 1, 1), decision="QĐ 1")
    closed = world.add(
        ArchivalFile, title="Đã kết thúc", code="H03", fonds=world.fonds, state="CLOSED", access_level=1,
        closed_on=date(2024, 5, 1), work_ended_on=date(2024, 5, 1),
    )  # fmt: skip
    gone = world.add(
        ArchivalFile, title="Đã hủy", code="H04", fonds=world.fonds, state="DISPOSED", access_level=1
    )
    made = dissolve(session, world, world.a)
    assert made.taker.id == archive.id
    assert made.recoded == ()
    # As by any transfer: the archive keeps it, the body stays creator and owner.
    for row in (world.fonds, world.series, world.file, world.item, closed):
        assert (row.agency_id, row.custodian_id, row.transferred) == (world.a.id, archive.id, True)
    assert (world.file.state, world.file.transferred_on, world.file.closed_on) == ("TRANSFERRED", DAY, DAY)
    assert (closed.state, closed.closed_on, closed.transferred_on) == ("TRANSFERRED", date(2024, 5, 1), DAY)
    assert (gone.state, gone.transferred, gone.custodian_id) == ("DISPOSED", False, archive.id)
    assert (world.fonds.state, world.unit.parent_id) == ("CLOSED", world.city.id)
    [step] = session.exec(select(AgencySuccession))
    assert (step.kind, step.successor_id) == ("ARCHIVED", archive.id)
    assert world.as_role("archivist").may("update", "file", session.get_one(ArchivalFile, closed.id))
    assert world.as_role("clerk").subject.grants == ()
    # The archive is no source: it does not come onto the list.
    listed = session.exec(select(SourceMembership)).all()
    assert [(one.agency_id, one.valid_to) for one in listed] == [(world.a.id, DAY)]


def test_a_dissolution_that_cannot_be_is_refused_whole(session: Session, world: World, archive: Any) -> None:
    before = trace(session)

    def refused(body: Any, to: Any = None, **told: Any) -> list[tuple[str, str]]:
        with pytest.raises(Invalid) as problem:
            dissolve(session, world, body, to, **told)
        assert trace(session) == before
        return [(error.field, error.code) for error in problem.value.errors]

    assert refused(world.a, world.b, decision=" ") == [("decision", "REQUIRED")]
    assert refused(world.a, world.b, decided_on=date(2025, 7, 1)) == [("decided_on", "IN_THE_FUTURE")]
    assert refused(world.a, world.b, effective_on=date(2025, 7, 1)) == [("effective_on", "IN_THE_FUTURE")]
    assert refused(world.a, world.a)[0] == ("records_to_id", "SUCCESSOR_AMONG_PREDECESSORS")
    assert refused(world.a, world.unit)[0] == ("records_to_id", "SUCCESSOR_AMONG_PREDECESSORS")
    assert refused(archive, world.b) == [("records_to_id", "NOT_AN_ARCHIVE")]
    with pytest.raises(StaleVersion):
        dissolve(session, world, world.a, world.b, version=9)
    for role in ("officer", "agency_admin", "leader"):
        with pytest.raises(NotPermitted):
            dissolve(session, world, world.a, world.b, role=role)
    assert trace(session) == before


def test_who_takes_must_be_plain(session: Session, world: World) -> None:
    with pytest.raises(Invalid) as problem:  # no body above, no historical archive
        dissolve(session, world, world.city)
    assert [(error.field, error.code) for error in problem.value.errors] == [("records_to_id", "REQUIRED")]


def test_a_historical_archive_merges_only_into_another(session: Session, world: World, archive: Any) -> None:
    before = trace(session)
    with pytest.raises(Invalid) as problem:
        merge_agencies(
            session, world.as_role("supervisor"), [(archive.id, None)], world.b.id, effective_on=DAY, decision=None,
            on=ON,
        )  # fmt: skip
    assert [error.code for error in problem.value.errors] == ["NOT_AN_ARCHIVE"]
    assert trace(session) == before
