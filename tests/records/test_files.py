"""Files: opened, described, closed, handed over; who may, what stands in the way, what is left behind."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from hub.kit.errors import Invalid, NotFound, NotPermitted, StaleVersion
from hub.records import commands
from hub.records.errors import (
    AgencyEnded,
    FileNotNumbered,
    FondsClosed,
    RecordPublished,
    ReferenceCodeTaken,
    WrongState,
)
from hub.records.facts import FileFacts
from hub.records.models import ArchivalFile, Item, Series
from tests.records.world import ON, World, events, trace


def codes_of(problem: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {error.field: error.code for error in problem.value.errors}


def test_a_clerk_opens_a_file_and_the_audit_tells_what_was_said(session: Session, world: World) -> None:
    clerk = world.as_role("clerk")
    file = commands.open_file(
        session,
        clerk,
        world.fonds.id,
        {
            "title": "  Hồ sơ   kiểm tra 2024 ",
            "code": "H09",
            "series_id": world.series.id,
            "start": "3/2024",
            "end": "2024",
            "retention_kind": "YEARS",
            "retention_years": 20,
            "access_level": 0,
            "languages": ["vie"],
        },
        on=ON,
    )
    session.refresh(file)
    assert (file.title, file.code, file.state, file.version) == ("Hồ sơ kiểm tra 2024", "H09", "OPEN", 1)
    assert (str(file.start_date), str(file.start_latest)) == ("2024-03-01", "2024-03-31")
    assert (file.start_precision, file.start_text) == ("MONTH", "3/2024")
    assert (file.agency_id, file.creator_id, file.created_by) == (world.a.id, world.a.id, clerk.id)
    assert file.title_sort
    [event] = events(session, "file", file.id)
    assert (event.event_type, event.agent_id, event.agency_id) == ("file:create", clerk.id, world.a.id)
    assert event.detail["after"]["title"] == "Hồ sơ kiểm tra 2024"


def test_a_file_without_a_code_gets_a_provisional_one_of_its_own(session: Session, world: World) -> None:
    clerk = world.as_role("clerk")
    files = [commands.open_file(session, clerk, world.fonds.id, {"title": "Hồ sơ"}, on=ON) for _ in range(2)]
    assert [file.code for file in files] == [f"TAM-2025-{file.id}" for file in files]
    with pytest.raises(Invalid) as problem:
        commands.open_file(session, clerk, world.fonds.id, {"title": "Hồ sơ", "code": "TAM-2025-7"}, on=ON)
    assert codes_of(problem) == {"code": "RESERVED_CODE"}


def test_a_code_is_used_once_in_an_agency_and_again_in_another(session: Session, world: World) -> None:
    clerk = world.as_role("clerk")
    taken = world.file_b.code
    with session.begin_nested(), pytest.raises(ReferenceCodeTaken) as problem:
        commands.open_file(session, clerk, world.fonds.id, {"title": "Hồ sơ", "code": taken}, on=ON)
    assert problem.value.reference_code == taken
    other = world.add(ArchivalFile, title="Chỉ của B", code="H77", fonds=world.fonds_b)
    assert commands.open_file(
        session, clerk, world.fonds.id, {"title": "Hồ sơ", "code": other.code}, on=ON
    ).id


def test_every_broken_rule_is_named_at_once(session: Session, world: World) -> None:
    before = trace(session)
    with pytest.raises(Invalid) as problem:
        commands.open_file(
            session,
            world.as_role("clerk"),
            world.fonds.id,
            {
                "title": "x" * 1001,
                "start": "31/02/2020",
                "total_doc": -1,
                "retention_kind": "YEARS",
                "description": "a\x00b",
            },
            on=ON,
        )
    assert codes_of(problem) == {
        "title": "TOO_LONG",
        "start_date": "BAD_DATE",
        "total_doc": "NEGATIVE",
        "retention_years": "RETENTION_YEARS",
        "description": "BAD_CHARACTER",
    }
    with pytest.raises(Invalid) as problem:
        commands.open_file(
            session,
            world.as_role("clerk"),
            world.fonds.id,
            {"title": " ", "start": "2021", "end": "2020"},
            on=ON,
        )
    assert codes_of(problem) == {"title": "REQUIRED", "end_date": "DATES_ORDER"}
    assert trace(session) == before


def test_a_file_stands_in_a_series_of_its_own_fonds(session: Session, world: World) -> None:
    officer = world.as_role("officer")
    foreign = world.add(Series, title="Nhóm của phông khác", code="N09", fonds=world.fonds_b)
    unseen = trace(session)
    with pytest.raises(NotFound):
        commands.open_file(session, officer, world.fonds.id, {"title": "x", "series_id": foreign.id}, on=ON)
    second = commands.open_fonds(session, officer, world.a.id, {"title": "Phông thứ hai"}, on=ON)
    other = commands.open_series(session, officer, second.id or 0, {"title": "Nhóm"}, on=ON)
    with pytest.raises(Invalid) as problem:
        commands.open_file(session, officer, world.fonds.id, {"title": "x", "series_id": other.id}, on=ON)
    assert codes_of(problem) == {"series_id": "ANOTHER_FONDS"}
    assert unseen["file"] == trace(session)["file"]


def test_a_closed_fonds_takes_only_what_began_before_it_closed(session: Session, world: World) -> None:
    officer = world.as_role("officer")
    world.file.state = world.other_file.state = "CLOSED"
    session.flush()
    fonds = commands.close_fonds(session, officer, world.fonds.id, world.fonds.version, closed_on=ON, on=ON)
    assert (fonds.state, fonds.version) == ("CLOSED", 2)
    for start in (None, "2025-07-01"):
        with pytest.raises(FondsClosed):
            commands.open_file(session, officer, world.fonds.id, {"title": "Mới", "start": start}, on=ON)
    assert commands.open_file(
        session, officer, world.fonds.id, {"title": "Tồn đọng", "start": "2011"}, on=ON
    ).id
    with pytest.raises(FondsClosed):
        commands.open_series(session, officer, world.fonds.id, {"title": "Mới"}, on=ON)


def test_a_body_that_has_ended_opens_no_file(session: Session, world: World) -> None:
    world.a.valid_to = ON
    session.flush()
    before = trace(session)
    with pytest.raises(AgencyEnded):
        commands.open_file(session, world.as_role("clerk"), world.fonds.id, {"title": "Mới"}, on=ON)
    assert trace(session) == before


def test_absent_is_left_alone_and_none_clears(session: Session, world: World) -> None:
    clerk = world.as_role("clerk")
    world.file.keywords, world.file.description = "thu, chi", "chú giải"
    session.flush()
    file = commands.describe_file(session, clerk, world.file.id, 1, {"keywords": None, "title": "Hồ sơ chi"})
    session.refresh(file)
    assert (file.title, file.keywords, file.description, file.version) == ("Hồ sơ chi", None, "chú giải", 2)
    event = events(session, "file", file.id)[-1]
    assert event.detail["changed"] == {
        "title": ["Hồ sơ thu chi", "Hồ sơ chi"],
        "keywords": ["thu, chi", None],
    }


def test_saying_what_is_already_said_changes_nothing(session: Session, world: World) -> None:
    before = trace(session)
    commands.describe_file(session, world.as_role("clerk"), world.file.id, 1, {"title": world.file.title})
    assert trace(session) == before


def test_a_stale_version_is_refused_with_the_current_one(session: Session, world: World) -> None:
    clerk = world.as_role("clerk")
    commands.describe_file(session, clerk, world.file.id, 1, {"title": "Một"})
    before = trace(session)
    with pytest.raises(StaleVersion) as problem:
        commands.describe_file(session, clerk, world.file.id, 1, {"title": "Hai"})
    assert problem.value.current == 2
    assert trace(session) == before


def test_the_life_of_a_file_is_walked_by_the_right_people(session: Session, world: World) -> None:
    staff, officer = world.as_role("staff"), world.as_role("officer")
    key = world.file.id
    for expected, walk in enumerate(
        (
            lambda v: commands.close_file(session, staff, key, v, on=ON),
            lambda v: commands.reopen_file(session, staff, key, v, "thiếu văn bản"),
            lambda v: commands.close_file(session, staff, key, v, on=ON),
            lambda v: commands.submit_file(session, staff, key, v),
            lambda v: commands.send_back_file(session, officer, key, v, "thiếu mục lục"),
            lambda v: commands.submit_file(session, staff, key, v),
            lambda v: commands.accept_file(session, officer, key, v),
        ),
        start=1,
    ):
        assert walk(expected).version == expected + 1
    session.refresh(world.file)
    file = world.file
    assert (file.state, file.submitted_by, file.accepted_by) == ("ACCEPTED", staff.id, officer.id)
    assert file.accepted_at is not None
    assert file.work_ended_on == ON
    told = [(event.event_type, event.reason) for event in events(session, "file", key)]
    assert told == [
        ("file:close", None),
        ("file:reopen", "thiếu văn bản"),
        ("file:close", None),
        ("file:submit", None),
        ("file:return", "thiếu mục lục"),
        ("file:submit", None),
        ("file:accept", None),
    ]
    for refused in (commands.reopen_file, commands.submit_file):
        with pytest.raises(WrongState) as problem:
            refused(session, officer, key, None)
        assert problem.value.state == "ACCEPTED"


@pytest.mark.parametrize("state", ["OPEN", "CLOSED", "SUBMITTED", "ACCEPTED", "TRANSFERRED"])
@pytest.mark.parametrize("deed", ["close", "reopen", "submit", "accept", "return"])
def test_a_step_starts_only_from_its_own_state(session: Session, world: World, deed: str, state: str) -> None:
    starts = {
        "close": "OPEN",
        "reopen": "CLOSED",
        "submit": "CLOSED",
        "accept": "SUBMITTED",
        "return": "SUBMITTED",
    }
    officer, key = world.as_role("officer"), world.file.id
    steps = {
        "close": lambda: commands.close_file(session, officer, key, 1, on=ON),
        "reopen": lambda: commands.reopen_file(session, officer, key, 1),
        "submit": lambda: commands.submit_file(session, officer, key, 1),
        "accept": lambda: commands.accept_file(session, officer, key, 1),
        "return": lambda: commands.send_back_file(session, officer, key, 1, "lý do"),
    }
    world.file.state = state
    world.file.submitted_by = world.user("staff").id if state == "SUBMITTED" else None
    session.flush()
    before = trace(session)
    if starts[deed] == state:
        assert steps[deed]().version == 2
    else:
        with pytest.raises(WrongState):
            steps[deed]()
        assert trace(session) == before


def test_who_submits_does_not_accept(session: Session, world: World) -> None:
    officer, key = world.as_role("officer"), world.file.id
    world.file.state = "CLOSED"
    session.flush()
    commands.submit_file(session, officer, key, 1)
    before = trace(session)
    with pytest.raises(NotPermitted):
        commands.accept_file(session, officer, key, 2)
    assert trace(session) == before


def test_a_file_closes_only_when_its_documents_are_numbered(session: Session, world: World) -> None:
    world.add(Item, subject="Thứ hai", code="V02", file=world.file, ordinal=1)
    before = trace(session)
    with pytest.raises(FileNotNumbered) as problem:
        commands.close_file(session, world.as_role("clerk"), world.file.id, 1, on=ON)
    assert problem.value.ordinals == (1,)
    assert trace(session) == before


def test_a_file_is_kept_as_long_as_its_longest_document(session: Session, world: World) -> None:
    clerk = world.as_role("clerk")
    world.item.retention_kind = "PERMANENT"
    session.flush()
    short: FileFacts = {"retention_kind": "YEARS", "retention_years": 10}
    before = trace(session)
    with pytest.raises(Invalid) as problem:
        commands.describe_file(session, clerk, world.file.id, 1, short)
    assert codes_of(problem) == {"retention": "RETENTION_TOO_SHORT"}
    assert trace(session) == before
    file = commands.describe_file(session, clerk, world.file.id, 1, {"retention_kind": "PERMANENT"})
    assert file.retention_kind == "PERMANENT"
    with pytest.raises(Invalid):
        commands.correct_item(
            session, clerk, world.item.id, 1, {"retention_kind": "YEARS", "retention_years": 999}
        )


def test_a_change_of_access_mode_stands_in_the_audit(session: Session, world: World) -> None:
    commands.describe_file(session, world.as_role("officer"), world.other_file.id, 1, {"access_level": None})
    assert events(session, "file", world.other_file.id)[-1].detail["changed"] == {"access_level": [1, None]}
    world.file.published = True
    session.flush()
    before = trace(session)
    with pytest.raises(RecordPublished):
        commands.describe_file(session, world.as_role("officer"), world.file.id, 1, {"access_level": 0})
    assert trace(session) == before


def test_content_of_mode_03_is_refused_and_a_stub_is_counted(session: Session, world: World) -> None:
    officer = world.as_role("officer")
    before = trace(session)
    with pytest.raises(Invalid) as problem:
        commands.open_file(
            session,
            officer,
            world.fonds.id,
            {"title": "Kế hoạch mật", "description": "nội dung mật", "access_level": 2},
            on=ON,
        )
    assert codes_of(problem) == {"title": "SECRET_CONTENT", "description": "SECRET_CONTENT"}
    assert "mật" not in "".join(error.message_en for error in problem.value.errors)
    assert trace(session) == before
    stub = commands.open_file(session, officer, world.fonds.id, {"access_level": 2, "total_doc": 4}, on=ON)
    assert stub.title == "Hồ sơ thuộc danh mục bí mật nhà nước"
    with pytest.raises(Invalid) as problem:
        commands.describe_file(session, officer, stub.id or 0, 1, {"title": "Tên thật"})
    assert codes_of(problem) == {"title": "SECRET_CONTENT"}


def test_nobody_puts_a_record_out_of_his_own_sight(session: Session, world: World) -> None:
    before = trace(session)
    with pytest.raises(NotPermitted):
        commands.open_file(session, world.as_role("clerk"), world.fonds.id, {"access_level": 2}, on=ON)
    session.delete(world.item)
    session.flush()
    before = trace(session)
    with pytest.raises(NotPermitted):
        commands.describe_file(session, world.as_role("clerk"), world.file.id, 1, {"access_level": 2})
    assert trace(session) == before


def test_a_stub_leaves_no_text_in_the_audit_and_only_the_head_declassifies(
    session: Session, world: World
) -> None:
    officer = world.as_role("officer")
    session.delete(world.item)
    session.flush()
    stub = commands.describe_file(session, officer, world.file.id, 1, {"access_level": 2})
    assert stub.title == "Hồ sơ thuộc danh mục bí mật nhà nước"
    assert "thu chi" not in str(events(session, "file", stub.id)[-1].detail)
    before = trace(session)
    with pytest.raises(NotPermitted):
        commands.describe_file(session, officer, world.file.id, 2, {"access_level": 1})
    assert trace(session) == before


def test_a_described_document_keeps_its_file_from_becoming_a_stub(session: Session, world: World) -> None:
    before = trace(session)
    with pytest.raises(Invalid) as problem:
        commands.describe_file(session, world.as_role("officer"), world.file.id, 1, {"access_level": 2})
    assert codes_of(problem) == {"access_level": "DOCUMENTS_DESCRIBED"}
    assert trace(session) == before


def test_staff_work_on_their_own_files_only(session: Session, world: World) -> None:
    before = trace(session)
    with pytest.raises(NotPermitted):
        commands.close_file(session, world.as_colleague(), world.file.id, 1, on=ON)
    assert trace(session) == before
    assert commands.close_file(session, world.as_role("staff"), world.file.id, 1, on=ON).state == "CLOSED"


def test_a_clerk_cannot_close_another_agencys_file(session: Session, world: World) -> None:
    before = trace(session)
    with pytest.raises(NotFound):
        commands.close_file(session, world.as_role("clerk"), world.file_b.id, 1, on=ON)
    with pytest.raises(NotFound):
        commands.close_file(session, world.as_role("clerk"), 10**12, 1, on=ON)
    with pytest.raises(NotPermitted):  # Home Affairs sees every file and changes none
        commands.close_file(session, world.as_role("supervisor"), world.file_b.id, 1, on=ON)
    assert trace(session) == before
