"""Wider access, deed by deed: who proposes, what joins, what is replaced, and what the database itself refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from hub.access.models import RoleGrant
from hub.records import commands
from hub.records.commands.access import named
from hub.records.errors import OwnProposal, RecordPublished, WrongState
from hub.records.models import AccessChange
from tests.records.world import World, events, trace


def changes(session: Session) -> list[AccessChange]:
    return list(session.exec(select(AccessChange).order_by(AccessChange.id)))  # type: ignore[arg-type]


def test_what_one_person_proposes_is_one_change_and_anothers_replaces_it(
    session: Session, world: World
) -> None:
    officer, clerk = world.as_role("officer"), world.as_role("clerk")
    world.file.has_personal_data = True
    session.flush()
    commands.describe_file(session, officer, world.file.id, 1, {"access_level": 0})
    commands.describe_file(session, officer, world.file.id, 1, {"has_personal_data": False})
    [change] = changes(session)
    assert (change.access_after, change.personal_after, change.version) == (0, False, 2)
    commands.describe_file(session, clerk, world.file.id, 1, {"access_level": 0, "keywords": "thu"})
    replaced, waiting = changes(session)
    assert (replaced.state, waiting.state, waiting.proposed_by) == ("REPLACED", "PROPOSED", clerk.id)
    assert (waiting.access_after, waiting.personal_after) == (0, True)  # what the other proposed is not in it
    assert (world.file.access_level, world.file.keywords) == (1, "thu")
    commands.confirm_access_change(session, officer, waiting.id or 0, 1)
    assert (world.file.access_level, world.file.has_personal_data) == (0, True)


def test_a_document_is_opened_by_two_and_its_state_is_that_of_its_file(
    session: Session, world: World
) -> None:
    commands.correct_item(session, world.as_role("clerk"), world.item.id, 1, {"access_level": 0})
    [change] = changes(session)
    assert named(change) == ("item", world.item.id)
    world.file.state = "SUBMITTED"
    session.flush()
    before = trace(session)
    with pytest.raises(WrongState):
        commands.confirm_access_change(session, world.as_role("officer"), change.id or 0, 1)
    assert trace(session) == before
    world.file.state = "OPEN"
    session.flush()
    commands.confirm_access_change(session, world.as_role("officer"), change.id or 0, 1)
    assert world.item.access_level == 0
    assert [event.event_type for event in events(session, "item", world.item.id)] == ["item:confirm_access"]


def test_whoever_acts_for_the_proposer_does_not_confirm(session: Session, world: World) -> None:
    officer = world.user("officer")
    [grant] = session.exec(select(RoleGrant).where(RoleGrant.user_id == officer.id)).all()
    delegated: dict[str, Any] = {
        "user_id": world.colleague.id, "role": "officer", "agency_id": world.a.id, "valid_from": date(2025, 1, 1),
        "valid_to": date(2026, 1, 1), "on_behalf_of": officer.id, "delegated_from": grant.id,
    }  # fmt: skip
    session.add(RoleGrant(**delegated))
    session.flush()
    commands.describe_file(session, world.as_role("officer"), world.file.id, 1, {"access_level": 0})
    [change] = changes(session)
    before = trace(session)
    with pytest.raises(OwnProposal):
        commands.confirm_access_change(session, world.as_colleague(), change.id or 0, 1)
    assert trace(session) == before
    # and the other way round: what the delegate proposes for the officer, the officer does not confirm
    commands.describe_file(session, world.as_colleague(), world.other_file.id, 1, {"access_level": 0})
    with pytest.raises(OwnProposal):
        commands.confirm_access_change(session, world.as_role("officer"), changes(session)[1].id or 0, 1)
    told = events(session, "accesschange", changes(session)[1].id)
    assert [event.event_type for event in told] == ["accesschange:create"]


def test_what_was_published_meanwhile_keeps_its_mode(session: Session, world: World) -> None:
    commands.describe_file(session, world.as_role("officer"), world.file.id, 1, {"access_level": 0})
    world.file.published = True
    session.flush()
    with pytest.raises(RecordPublished):
        commands.confirm_access_change(session, world.as_role("approver"), changes(session)[0].id or 0, 1)
    assert world.file.access_level == 1


@pytest.mark.parametrize(
    ("said", "constraint"),
    [
        ("state = 'CONFIRMED', decided_at = now(), decided_by = proposed_by", "confirmed_by_another"),
        ("state = 'CONFIRMED', decided_at = now(), decided_by = null", "confirmed_by_another"),
        ("state = 'REJECTED'", "decided"),
        ("access_after = 2", "opens"),
        ("item_id = (select min(id) from item)", "of_one"),
    ],
)
def test_the_database_refuses_what_no_deed_does(
    session: Session, world: World, said: str, constraint: str
) -> None:
    commands.describe_file(session, world.as_role("officer"), world.file.id, 1, {"access_level": 0})
    with pytest.raises(IntegrityError, match=f"ck_access_change_{constraint}"), session.begin_nested():
        session.connection().execute(text(f"update access_change set {said}"))
