"""Documents: registered, corrected, moved, listed in other files; their places, twins and terms."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from hub.kit.errors import Invalid, NotFound, NotPermitted, StaleVersion
from hub.records import commands
from hub.records.errors import AlreadyListed, DuplicateItem, WrongState
from hub.records.facts import ItemFacts
from hub.records.models import ArchivalFile, Item, ItemListing
from tests.records.world import ON, World, events, trace

DECISION: ItemFacts = {
    "subject": "Quyết định phân công",
    "number": "12",
    "notation": "QĐ-UBND",
    "issuer": "UBND quận A",
    "issued": "05/02/2024",
}


def places(session: Session, file: Any) -> list[tuple[int, str]]:
    session.expire_all()
    own = session.exec(select(Item.ordinal, Item.code).where(Item.file_id == file.id))
    listed = session.exec(
        select(ItemListing.ordinal, Item.code)
        .where(ItemListing.file_id == file.id)
        .join(Item, Item.id == ItemListing.item_id)  # type: ignore[arg-type]
    )
    return sorted([*own, *listed])


def test_a_document_is_registered_at_the_end_of_its_file(session: Session, world: World) -> None:
    clerk = world.as_role("clerk")
    item = commands.register_item(
        session, clerk, world.file.id, {**DECISION, "code": "V02", "origin": "BORN_DIGITAL"}, on=ON
    )
    session.refresh(item)
    session.refresh(world.file)
    assert (item.ordinal, item.agency_id, item.fonds_id) == (2, world.a.id, world.fonds.id)
    assert (str(item.issued_date), item.issued_precision, item.issued_text) == (
        "2024-02-05",
        "DAY",
        "05/02/2024",
    )
    assert (item.created_by, item.version, item.retention_kind) == (clerk.id, 1, "UNKNOWN")
    assert world.file.item_count == 2
    assert [event.event_type for event in events(session, "item", item.id)] == ["item:create"]


def test_a_document_put_in_between_shifts_only_the_run_behind_it(session: Session, world: World) -> None:
    for place in (2, 3, 7):
        world.add(Item, subject=f"Số {place}", code=f"V0{place}", file=world.file, ordinal=place)
    commands.register_item(
        session, world.as_role("clerk"), world.file.id, {"subject": "x", "code": "N", "ordinal": 2}, on=ON
    )
    assert places(session, world.file) == [(1, "V01"), (2, "N"), (3, "V02"), (4, "V03"), (7, "V07")]


@pytest.mark.parametrize("state", ["CLOSED", "SUBMITTED", "ACCEPTED", "DISPOSED"])
def test_a_file_that_is_not_open_takes_no_document(session: Session, world: World, state: str) -> None:
    world.file.state = state
    session.flush()
    before = trace(session)
    with pytest.raises(WrongState):
        commands.register_item(session, world.as_role("officer"), world.file.id, {"subject": "x"}, on=ON)
    with pytest.raises(WrongState):
        commands.move_item(session, world.as_role("officer"), world.item.id, 1, file_id=world.other_file.id)
    with pytest.raises(NotPermitted):
        commands.register_item(session, world.as_role("supervisor"), world.file.id, {"subject": "x"}, on=ON)
    assert trace(session) == before


def test_a_twin_is_named_to_who_may_see_it(session: Session, world: World) -> None:
    clerk = world.as_role("clerk")
    first = commands.register_item(
        session, clerk, world.other_file.id, {**DECISION, "access_level": 1}, on=ON
    )
    before = trace(session)
    with pytest.raises(DuplicateItem) as problem:
        commands.register_item(session, clerk, world.file.id, {**DECISION, "issuer": "ubnd QUẬN A"}, on=ON)
    assert (problem.value.existing_id, problem.value.existing_code) == (first.id, first.code)
    assert trace(session) == before
    session.exec(text("update item set access_level = 2 where id = :id").bindparams(id=first.id))  # type: ignore[call-overload]
    session.expire_all()
    with pytest.raises(DuplicateItem) as problem:
        commands.register_item(session, clerk, world.file.id, DECISION, on=ON)
    assert problem.value.existing_id is None
    assert first.code not in problem.value.message_en
    assert commands.register_item(session, clerk, world.file.id, DECISION, on=ON, allow_duplicate=True).id


def test_numbers_begin_again_each_year_and_in_each_agency(session: Session, world: World) -> None:
    commands.register_item(session, world.as_role("clerk"), world.file.id, DECISION, on=ON)
    next_year: ItemFacts = {**DECISION, "issued": "2025"}
    assert commands.register_item(session, world.as_role("clerk"), world.file.id, next_year, on=ON).id
    assert commands.register_item(session, world.as_role("clerk", "b"), world.file_b.id, DECISION, on=ON).id
    undated = commands.register_item(
        session,
        world.as_role("clerk"),
        world.file.id,
        {"subject": "x", "number": "12", "notation": "QĐ-UBND"},
        on=ON,
    )
    with pytest.raises(DuplicateItem):
        commands.correct_item(session, world.as_role("clerk"), undated.id or 0, 1, {"issuer": "UBND quận A"})


def test_a_correction_changes_what_is_said_and_nothing_else(session: Session, world: World) -> None:
    item = commands.correct_item(
        session, world.as_role("clerk"), world.item.id, 1, {"subject": "Báo cáo chi", "page_count": 4}
    )
    session.refresh(item)
    assert (item.subject, item.page_count, item.ordinal, item.version) == ("Báo cáo chi", 4, 1, 2)
    assert events(session, "item", item.id)[-1].detail == {
        "changed": {"subject": ["Báo cáo thu", "Báo cáo chi"], "page_count": [None, 4]}
    }
    before = trace(session)
    with pytest.raises(StaleVersion):
        commands.correct_item(session, world.as_role("clerk"), item.id or 0, 1, {"subject": "z"})
    with pytest.raises(Invalid) as problem:
        commands.correct_item(
            session, world.as_role("clerk"), item.id or 0, 2, {"subject": None, "ordinal": 0}
        )
    assert {error.code for error in problem.value.errors} == {"REQUIRED", "BAD_ORDINAL"}
    assert trace(session) == before


def test_a_file_cannot_hold_what_must_be_kept_longer(session: Session, world: World) -> None:
    world.file.retention_kind, world.file.retention_years = "YEARS", 10
    session.flush()
    before = trace(session)
    with pytest.raises(Invalid) as problem:
        commands.register_item(
            session,
            world.as_role("clerk"),
            world.file.id,
            {"subject": "x", "retention_kind": "PERMANENT"},
            on=ON,
        )
    assert [error.code for error in problem.value.errors] == ["RETENTION_TOO_SHORT"]
    assert trace(session) == before


def test_a_document_moves_with_its_digital_objects(session: Session, world: World) -> None:
    insert = (
        "insert into digital_object (file_id, item_id, fonds_id, agency_id, custodian_id, name)"
        " select file_id, id, fonds_id, agency_id, custodian_id, 'a.pdf' from item where id = :id"
    )
    session.connection().execute(text(insert), {"id": world.item.id})
    world.add(Item, subject="Có sẵn", code="V10", file=world.other_file, ordinal=1)
    moved = commands.move_item(
        session, world.as_role("officer"), world.item.id, 1, file_id=world.other_file.id, ordinal=1
    )
    session.refresh(world.file)
    assert (moved.file_id, moved.version, world.file.item_count) == (world.other_file.id, 2, 0)
    assert places(session, world.other_file) == [(1, "V01"), (2, "V10")]
    where = session.connection().scalar(
        text("select file_id from digital_object where item_id = :id"), {"id": moved.id}
    )
    assert where == world.other_file.id
    assert events(session, "item", moved.id)[-1].detail["changed"]["file_id"] == [
        world.file.id,
        world.other_file.id,
    ]


def test_a_document_does_not_move_to_another_agency(session: Session, world: World) -> None:
    unit_fonds = commands.open_fonds(
        session, world.as_role("officer"), world.unit.id, {"title": "Phông đơn vị"}, on=ON
    )
    unit_file = world.add(ArchivalFile, title="Hồ sơ đơn vị", code="H50", fonds=unit_fonds)
    before = trace(session)
    with pytest.raises(Invalid) as problem:  # the officer holds rights in both: A and its unit
        commands.move_item(session, world.as_role("officer"), world.item.id, 1, file_id=unit_file.id)
    assert [error.code for error in problem.value.errors] == ["ANOTHER_AGENCY"]
    with pytest.raises(NotFound):
        commands.move_item(session, world.as_role("officer"), world.item.id, 1, file_id=world.file_b.id)
    assert trace(session) == before


def test_a_document_is_listed_elsewhere_and_counted_there(session: Session, world: World) -> None:
    clerk = world.as_role("clerk")
    world.add(Item, subject="Có sẵn", code="V10", file=world.other_file, ordinal=1)
    item = commands.list_item(session, clerk, world.item.id, 1, file_id=world.other_file.id)
    assert (item.version, item.file_id) == (2, world.file.id)
    assert places(session, world.other_file) == [(1, "V10"), (2, "V01")]
    before = trace(session)
    for file in (world.other_file, world.file):
        with pytest.raises(AlreadyListed):
            commands.list_item(session, clerk, item.id or 0, 2, file_id=file.id)
    assert trace(session) == before
    commands.unlist_item(session, clerk, item.id or 0, 2, file_id=world.other_file.id)
    assert places(session, world.other_file) == [(1, "V10")]
    before = trace(session)
    with pytest.raises(NotFound):
        commands.unlist_item(session, clerk, item.id or 0, 3, file_id=world.other_file.id)
    assert trace(session) == before
    assert [event.event_type for event in events(session, "item", item.id)] == ["item:list", "item:unlist"]


def test_moving_home_to_where_it_was_listed_leaves_one_place(session: Session, world: World) -> None:
    officer = world.as_role("officer")
    commands.list_item(session, officer, world.item.id, 1, file_id=world.other_file.id)
    commands.move_item(session, officer, world.item.id, 2, file_id=world.other_file.id)
    assert places(session, world.other_file) == [(1, "V01")]
    assert places(session, world.file) == []


def test_staff_list_their_own_documents_in_their_own_files_only(session: Session, world: World) -> None:
    staff = world.as_role("staff")
    before = trace(session)
    with pytest.raises(NotPermitted):  # the other file was made by nobody in particular
        commands.list_item(session, staff, world.item.id, 1, file_id=world.other_file.id)
    assert trace(session) == before
    world.other_file.created_by = staff.id
    session.flush()
    assert commands.list_item(session, staff, world.item.id, 1, file_id=world.other_file.id).version == 2


def test_a_stub_of_a_secret_document_is_only_counted(session: Session, world: World) -> None:
    officer = world.as_role("officer")
    before = trace(session)
    with pytest.raises(Invalid) as problem:
        commands.register_item(session, officer, world.file.id, {**DECISION, "access_level": 2}, on=ON)
    assert {error.field for error in problem.value.errors} == {"subject", "number", "notation", "issuer"}
    assert trace(session) == before
    stub = commands.register_item(
        session, officer, world.file.id, {"access_level": 2, "page_count": 3}, on=ON
    )
    assert stub.subject == "Văn bản thuộc danh mục bí mật nhà nước"
    with pytest.raises(NotFound):
        commands.correct_item(session, world.as_role("clerk"), stub.id or 0, 1, {"page_count": 4})
