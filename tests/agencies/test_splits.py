"""A body is split: named fonds, series, files and units go where they are said to, the rest to the first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from hub.agencies.errors import AgencyHasEnded
from hub.agencies.models import AgencySuccession, SourceMembership
from hub.kit.errors import Invalid, NotPermitted, StaleVersion
from hub.records.commands import list_item, merge_agencies, split_agency
from hub.records.commands.succession import Part
from hub.records.models import ArchivalFile, Fonds, Item, Series
from tests.records.world import ON, World, events, trace

DAY = date(2025, 3, 1)


def split(session: Session, world: World, body: Any, *parts: Part, **told: Any) -> Any:
    said = {"effective_on": DAY, "decision": "NQ 202", "decided_on": date(2025, 2, 20), "on": ON} | told
    role, version = said.pop("role", "supervisor"), said.pop("version", None)
    made = split_agency(session, world.as_role(role), body.id, version, parts, **said)
    session.execute(text("set constraints all immediate"))
    session.expire_all()
    return made


def place(row: Any) -> tuple[Any, ...]:
    return row.agency_id, row.custodian_id


def test_what_is_not_named_goes_to_the_first(session: Session, world: World) -> None:
    c = world._agency("C", world.city, "COMMUNE")
    made = split(session, world, world.a, Part(world.b.id), Part(c.id, series=[world.series.id]), version=1)
    assert (made.agency.valid_to, made.agency.version) == (DAY, 2)
    [part] = session.exec(select(Fonds).where(Fonds.agency_id == c.id))
    assert place(world.series) == (c.id, c.id)
    assert world.series.fonds_id == part.id
    assert (part.creator_id, part.state, part.closed_on, part.end_year) == (world.a.id, "CLOSED", DAY, 2025)
    assert part.title == "Phông A (phần giao Cơ quan C)"
    for row in (world.fonds, world.file, world.other_file, world.item):
        assert place(row) == (world.b.id, world.b.id)
    assert world.file.creator_id == world.a.id
    assert (world.fonds.state, world.fonds.closed_on) == ("CLOSED", DAY)
    assert world.file.state == "OPEN"  # as it is worked on
    assert world.unit.parent_id == world.b.id
    steps = session.exec(select(AgencySuccession).order_by(AgencySuccession.successor_id))  # type: ignore[arg-type]
    assert {
        (one.predecessor_id, one.successor_id, one.kind, one.decision, one.decided_on) for one in steps
    } == {
        (world.a.id, world.b.id, "DIVIDED", "NQ 202", date(2025, 2, 20)),
        (world.a.id, c.id, "DIVIDED", "NQ 202", date(2025, 2, 20)),
    }
    event = events(session, "agency", world.a.id)[-1]
    assert (event.event_type, event.reason, event.detail["goes_on"]) == ("agency:split", "NQ 202", False)
    assert {one["successor"]: one["moved"]["fonds"] for one in event.detail["parts"]} == {"B": 1, "C": 1}
    assert ["file", "H01", "A.H01"] in next(
        one["recoded"] for one in event.detail["parts"] if one["successor"] == "B"
    )
    assert events(session, "agency", c.id)[-1].detail["predecessors"] == ["A"]
    assert world.as_role("clerk").subject.grants == ()
    owners = session.execute(text("select fonds_id, agency_id, valid_to from fonds_owner order by fonds_id"))
    assert {tuple(row) for row in owners} == {(world.fonds.id, world.a.id, DAY), (part.id, world.a.id, DAY)}


def test_the_nearest_word_counts(session: Session, world: World) -> None:
    """File before series, series before the one above it, that before the fonds."""
    c = world._agency("C", world.city, "COMMUNE")
    below = world.add(Series, title="Thu", code="N02", fonds=world.fonds, parent_id=world.series.id)
    lowest = world.add(Series, title="Phí", code="N03", fonds=world.fonds, parent_id=below.id)

    def file(code: str, series: Any) -> Any:
        return world.add(
            ArchivalFile, title=code, code=code, fonds=world.fonds, series_id=series.id, access_level=1
        )

    in_series, in_below, in_lowest, named = (
        file("S1", world.series), file("S2", below), file("S3", lowest), file("S4", lowest),
    )  # fmt: skip
    item = world.add(Item, subject="Văn bản", code="V9", file=in_below, ordinal=1, access_level=1)
    fonds = world.add(Fonds, title="Phông khác", code="P02", agency=world.a)
    split(
        session, world, world.a,
        Part(world.b.id, series=[lowest.id]),
        Part(c.id, fonds=[fonds.id], series=[world.series.id], files=[named.id, world.file.id]),
    )  # fmt: skip
    homes = {row.code.removeprefix("A."): row.agency_id for row in session.exec(select(ArchivalFile))}
    assert {code: homes[code] for code in ("S1", "S2", "S3", "S4")} == {
        "S1": c.id, "S2": c.id, "S3": world.b.id, "S4": c.id,
    }  # fmt: skip
    assert (fonds.agency_id, item.agency_id, item.fonds_id) == (c.id, c.id, in_below.fonds_id)
    assert (below.parent_id, lowest.parent_id) == (world.series.id, None)  # its upper series went elsewhere
    assert (in_series.series_id, in_below.series_id, in_lowest.series_id) == (
        world.series.id,
        below.id,
        lowest.id,
    )
    assert named.series_id is None
    assert (world.file.agency_id, world.item.agency_id, world.other_file.agency_id) == (
        c.id,
        c.id,
        world.b.id,
    )
    assert world.item.fonds_id == world.file.fonds_id == named.fonds_id == in_series.fonds_id
    assert lowest.fonds_id == in_lowest.fonds_id == world.fonds.id
    assert fonds.title == "Phông khác"
    assert len(session.exec(select(Fonds)).all()) == 4  # A's two, B's, and the part


def test_a_body_may_go_on_while_a_part_leaves(session: Session, world: World) -> None:
    c = world._agency("C", world.city, "COMMUNE")
    made = split(
        session,
        world,
        world.a,
        Part(world.a.id),
        Part(c.id, files=[world.other_file.id], units=[world.unit.id]),
    )
    assert (made.agency.valid_to, made.agency.version) == (None, 2)
    assert (world.fonds.agency_id, world.fonds.state) == (world.a.id, "OPEN")
    assert place(world.file) == (world.a.id, world.a.id)
    assert place(world.other_file) == (c.id, c.id)
    assert session.get_one(Fonds, world.other_file.fonds_id).state == "CLOSED"
    assert world.unit.parent_id == c.id
    assert world.as_role("clerk").subject.grants
    [step] = session.exec(select(AgencySuccession))
    assert (step.kind, step.successor_id) == ("SEPARATED", c.id)
    # Forgotten on the day: it follows by a second one of the same step.
    split(session, world, world.a, Part(world.a.id), Part(c.id, fonds=[world.fonds.id]))
    assert (world.fonds.agency_id, world.fonds.state) == (c.id, "CLOSED")
    assert len(session.exec(select(AgencySuccession)).all()) == 1


def test_duties_go_to_every_part(session: Session, world: World) -> None:
    c = world._agency("C", world.city, "COMMUNE")
    world.a.archive_since = date(2010, 1, 1)
    c.archive_since = date(2024, 1, 1)
    world.add(SourceMembership, agency_id=world.a.id, valid_from=date(2012, 1, 1), decision="QĐ 1")
    session.flush()
    split(session, world, world.a, Part(world.b.id), Part(c.id))
    listed = session.exec(select(SourceMembership.agency_id).where(SourceMembership.valid_to.is_(None)))  # type: ignore[union-attr]
    assert sorted(listed) == sorted([world.b.id, c.id])
    assert (world.a.archive_until, world.b.archive_since, c.archive_since) == (DAY, DAY, date(2024, 1, 1))
    told = events(session, "agency", world.b.id)[-1].detail
    assert told["archive_since"] == "2025-03-01"


def test_papers_under_way_go_along(session: Session, world: World) -> None:
    from hub.requests.models import UseRequest
    from hub.transfers.models import Transfer

    def add(code: str, fonds: Any, **told: Any) -> Any:
        return world.add(
            Transfer, code=code, agency_id=fonds.agency_id, custodian_id=world.archive.id, fonds_id=fonds.id,
            registered_on=DAY, **told,
        )  # fmt: skip

    mine, same = add("GN1", world.fonds), add("GN1", world.fonds_b)
    done = add("GN2", world.fonds, state="ACCEPTED", accepted_at=date(2025, 1, 1))
    asked = {
        "agency_id": world.a.id,
        "custodian_id": world.a.id,
        "received_on": DAY,
        "file_id": world.file.id,
    }
    waiting = world.add(UseRequest, state="SUBMITTED", **asked)
    answered = world.add(UseRequest, state="COMPLETED", completed_on=DAY, **asked)
    c = world._agency("C", world.city, "COMMUNE")
    split(session, world, world.a, Part(c.id), Part(world.b.id, fonds=[world.fonds.id]))
    assert (mine.agency_id, mine.code) == (world.b.id, f"A.{mine.id}.GN1")
    assert (same.agency_id, same.code, done.agency_id) == (world.b.id, "GN1", world.a.id)
    assert place(waiting) == (world.b.id, world.b.id)
    assert place(answered) == (world.a.id, world.a.id)


def test_a_split_that_cannot_be_is_refused_whole(session: Session, world: World) -> None:
    a, b, c = world.a.id, world.b.id, world._agency("C", world.city, "COMMUNE").id
    before = trace(session)

    def refused(*parts: Part, **told: Any) -> list[tuple[str, str]]:
        with pytest.raises(Invalid) as problem:
            split(session, world, world.a, *parts, **told)
        assert trace(session) == before
        return [(error.field, error.code) for error in problem.value.errors]

    assert refused() == [("parts", "PARTS")]
    assert refused(Part(b)) == [("parts", "PARTS")]
    assert refused(Part(a)) == [("parts", "PARTS")]
    assert refused(Part(b), Part(b)) == [("parts", "PARTS")]
    assert refused(Part(b), Part(a)) == [("parts", "ITSELF_FIRST")]
    assert refused(Part(b), Part(world.unit.id)) == [("parts", "SUCCESSOR_BELOW")]
    assert refused(Part(b), Part(c, fonds=[world.fonds_b.id])) == [("parts.fonds_ids", "NOT_ITS_OWN")]
    assert refused(Part(b), Part(c, files=[world.file_b.id])) == [("parts.file_ids", "NOT_ITS_OWN")]
    assert refused(Part(b), Part(c, series=[10**12])) == [("parts.series_ids", "NOT_ITS_OWN")]
    assert refused(Part(b), Part(c, units=[world.archive.id])) == [("parts.unit_ids", "NOT_ITS_OWN")]
    twice = {"files": [world.file.id]}
    assert refused(Part(b, **twice), Part(c, **twice)) == [("parts.file_ids", "NAMED_TWICE")]
    assert refused(Part(b), Part(c), effective_on=date(2025, 7, 1)) == [("effective_on", "IN_THE_FUTURE")]
    assert refused(Part(b), Part(c), decided_on=date(2025, 7, 1)) == [("decided_on", "IN_THE_FUTURE")]
    with pytest.raises(StaleVersion):
        split(session, world, world.a, Part(b), Part(c), version=9)
    for role in ("officer", "agency_admin", "leader"):
        with pytest.raises(NotPermitted):
            split(session, world, world.a, Part(b), Part(c), role=role)
    assert trace(session) == before


def test_a_body_that_merged_and_whose_heir_is_split(session: Session, world: World) -> None:
    c = world._agency("C", world.city, "COMMUNE")
    merge_agencies(
        session, world.as_role("supervisor"), [(world.a.id, None)], world.b.id, effective_on=date(2024, 2, 29),
        decision=None, on=ON,
    )  # fmt: skip
    session.expire_all()
    before = trace(session)
    with pytest.raises(Invalid) as problem:  # not before A went into it
        split(session, world, world.b, Part(c.id), Part(world.archive.id), effective_on=date(2024, 2, 28))
    assert [error.code for error in problem.value.errors] == ["TOO_EARLY"]
    with pytest.raises(AgencyHasEnded):
        split(session, world, world.a, Part(c.id), Part(world.archive.id))
    with pytest.raises(AgencyHasEnded):
        split(session, world, world.b, Part(c.id), Part(world.a.id))
    assert trace(session) == before
    split(
        session,
        world,
        world.b,
        Part(c.id, fonds=[world.fonds_b.id]),
        Part(world.archive.id, fonds=[world.fonds.id]),
    )
    assert (world.fonds.creator_id, world.fonds.agency_id) == (world.a.id, world.archive.id)
    owners = session.execute(
        text("select agency_id, valid_to from fonds_owner where fonds_id = :id order by valid_to"),
        {"id": world.fonds.id},
    )
    assert [tuple(row) for row in owners] == [(world.a.id, date(2024, 2, 29)), (world.b.id, DAY)]
    assert (world.fonds.closed_on, world.fonds_b.closed_on) == (date(2024, 2, 29), DAY)


def test_a_listing_is_not_torn(session: Session, world: World) -> None:
    c = world._agency("C", world.city, "COMMUNE")
    list_item(session, world.as_role("officer"), world.item.id, 1, file_id=world.other_file.id)
    before = trace(session)
    with pytest.raises(Invalid) as problem, session.begin_nested():
        split(session, world, world.a, Part(world.b.id), Part(c.id, files=[world.other_file.id]))
    assert [(error.field, error.code) for error in problem.value.errors] == [("parts", "LISTING_TORN")]
    assert "H02" in problem.value.errors[0].message_vi
    assert trace(session) == before
    both = [world.file.id, world.other_file.id]
    split(session, world, world.a, Part(world.b.id), Part(c.id, files=both))
    assert {world.file.agency_id, world.other_file.agency_id, world.item.agency_id} == {c.id}
