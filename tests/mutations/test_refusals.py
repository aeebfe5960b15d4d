"""What is refused is refused for its true reason, in words for people, and changes nothing."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from hub.records.models import ArchivalFile, Item
from tests.mutations.conftest import Ask, Town

pytestmark = pytest.mark.anyio

TOLD = """__typename ... on Node { id } ... on Problem { problem: code message path }
  ... on Invalid { errors { field code message } }"""
_AGAIN = {
    "DuplicateItem": "... on DuplicateItem { existing { id } }",
    "WrongState": "... on WrongState { state allowed }",
    "ReferenceCodeTaken": "... on ReferenceCodeTaken { referenceCode }",
    "FondsClosed": "... on FondsClosed { closedOn }",
}


async def do(
    ask: Ask, deed: str, *facts: str, role: str = "officer", language: str = "en", **said: Any
) -> Any:
    told = f"{TOLD} {' '.join(_AGAIN[fact] for fact in facts)}"
    query = f"mutation($input: {deed[0].upper()}{deed[1:]}Input!) {{ {deed}(input: $input) {{ {told} }} }}"
    answer = await ask(query, role=role, language=language, input=said)
    assert isinstance(answer, dict), answer
    return answer[deed]


def broken(told: dict[str, Any]) -> list[tuple[str, str]]:
    assert told["__typename"] == "Invalid", told
    return [(error["field"], error["code"]) for error in told["errors"]]


# ---- codes -------------------------------------------------------------------------------------------------


async def test_a_correction_never_takes_a_code_from_another(ask: Ask, town: Town) -> None:
    world = town.world
    world.add(Item, subject="Văn bản", code="V02", file=world.file, ordinal=2, access_level=1)
    town.session.commit()
    before = town.trace()
    file = {"id": town.id(world.file), "expectedVersion": 1, "code": "H02"}
    told = await do(ask, "describeFile", "ReferenceCodeTaken", **file)
    assert (told["__typename"], told["referenceCode"]) == ("ReferenceCodeTaken", "H02")
    assert told["path"] == ["input", "code"]
    item = {"id": town.id(world.item), "expectedVersion": 1, "code": "V02", "subject": "Khác"}
    told = await do(ask, "correctItem", "ReferenceCodeTaken", role="clerk", **item)
    assert (told["__typename"], told["referenceCode"]) == ("ReferenceCodeTaken", "V02")
    assert town.trace() == before


async def test_codes_of_agencies_are_refused_with_the_code_asked_for(ask: Ask, town: Town) -> None:
    world = town.world
    # Only the column holds it, in no scheme: the database finds out when the row is stored.
    town.session.execute(text("delete from agency_code where value = 'B'"))
    town.session.commit()
    before = town.trace()
    said = {"id": town.id(world.a), "expectedVersion": 1, "code": "B", "name": "Khác"}
    told = await do(ask, "renameAgency", "ReferenceCodeTaken", role="sysadmin", **said)
    assert (told["__typename"], told["referenceCode"]) == ("ReferenceCodeTaken", "B")
    assert town.trace() == before


# ---- who accepts -------------------------------------------------------------------------------------------


async def test_whoever_submitted_is_told_that_another_must_accept(ask: Ask, town: Town) -> None:
    id = town.id(town.world.file)
    for version, deed in enumerate(("closeFile", "submitFile"), 1):
        assert (await do(ask, deed, id=id, expectedVersion=version))["__typename"] == "ArchivalFile"
    before = town.trace()
    told = await do(ask, "acceptFile", id=id, expectedVersion=3)
    assert (told["__typename"], told["problem"]) == ("NotPermitted", "NOT_PERMITTED")
    assert "Whoever submitted" in told["message"]
    assert "administrator" not in told["message"]
    told = await do(ask, "acceptFile", language="vi", id=id, expectedVersion=3)
    assert "người khác" in told["message"]
    assert "quản trị" not in told["message"]
    assert town.trace() == before
    assert town.denials()[-1] == ("file:accept", "NOT_PERMITTED", town.world.file.id)
    # Who sees nothing of it learns nothing of who submitted it.
    assert (await do(ask, "acceptFile", role="officer", id=town.id(town.world.file_b), expectedVersion=1))[
        "problem"
    ] == "NOT_FOUND"


async def test_a_state_is_told_in_words_of_the_language(ask: Ask, town: Town) -> None:
    said = {"id": town.id(town.world.file), "expectedVersion": 1}
    told = await do(ask, "reopenFile", "WrongState", **said)
    assert told["message"] == "It is open; this can be done only while it is closed."
    assert (told["state"], told["allowed"]) == ("OPEN", ["CLOSED"])
    told = await do(ask, "reopenFile", language="vi", **said)
    assert told["message"] == "Đang ở trạng thái «đang mở»; bước này chỉ làm được ở trạng thái «đã kết thúc»."
    town.session.execute(text("update file set state = 'ACCEPTED' where code = 'H01'"))
    town.session.commit()
    item = {"id": town.id(town.world.item), "expectedVersion": 1, "fileId": town.id(town.world.other_file)}
    told = await do(ask, "moveItem", language="vi", **item)
    assert (told["__typename"], "đã tiếp nhận" in told["message"]) == ("WrongState", True)
    assert not any(word in told["message"] for word in ("ACCEPTED", "OPEN", "TRANSFERRED"))


async def test_a_fonds_is_shut_and_not_finished(ask: Ask, town: Town) -> None:
    town.session.execute(
        text("update fonds set state = 'CLOSED', closed_on = '2025-01-01' where code = 'P01'")
    )
    town.session.commit()
    said = {"id": town.id(town.world.fonds), "expectedVersion": 1}
    told = await do(ask, "closeFonds", "WrongState", language="vi", **said)
    assert (told["__typename"], "«đã đóng»" in told["message"]) == ("WrongState", True)


# ---- a closed fonds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("began", ["2020", None])
async def test_no_file_of_a_closed_fonds_is_opened_again(ask: Ask, town: Town, began: str | None) -> None:
    world = town.world
    for row, start in ((world.file, date(2020, 1, 1) if began else None), (world.other_file, None)):
        row.state, row.start_date, row.closed_on = "CLOSED", start, date(2025, 5, 1)
    town.session.commit()
    fonds = {"id": town.id(world.fonds), "expectedVersion": 1, "closedOn": "2025-06-01"}
    assert (await do(ask, "closeFonds", **fonds))["__typename"] == "Fonds"
    before = town.trace()
    said = {"id": town.id(world.file), "expectedVersion": 1}
    told = await do(ask, "reopenFile", "FondsClosed", **said)
    assert (told["__typename"], told["closedOn"], told["path"]) == ("FondsClosed", "2025-06-01", None)
    assert town.trace() == before


@pytest.mark.parametrize(
    ("dates", "closing"),
    [
        ({"start_date": date(2023, 5, 1)}, "2023-04-30"),
        ({"start_date": date(2020, 1, 1), "end_date": date(2024, 3, 9)}, "2024-03-08"),
        # «2024» ends in 2024, on some day after it began.
        ({"start_date": date(2024, 6, 15), "end_date": date(2024, 1, 1)}, "2024-06-14"),
        ({}, "2025-07-01"),
    ],
)
async def test_a_fonds_is_closed_after_its_newest_file_and_by_today(
    ask: Ask, town: Town, dates: dict[str, date], closing: str
) -> None:
    for row in (town.world.file, town.world.other_file):
        row.state = "CLOSED"
    for name, day in dates.items():
        setattr(town.world.other_file, name, day)
    town.session.commit()
    before = town.trace()
    said = {"id": town.id(town.world.fonds), "expectedVersion": 1}
    told = await do(ask, "closeFonds", **said, closedOn=closing)
    assert [field for field, _ in broken(told)] == ["closedOn"]
    assert town.trace() == before
    if dates:
        next_day = date.fromisoformat(closing).toordinal() + 1
        told = await do(ask, "closeFonds", **said, closedOn=date.fromordinal(next_day).isoformat())
        assert told["__typename"] == "Fonds"


async def test_an_end_of_work_that_was_said_outlives_a_reopening(ask: Ask, town: Town) -> None:
    id = town.id(town.world.file)
    await do(ask, "describeFile", id=id, expectedVersion=1, workEndedOn="2025-03-01")
    await do(ask, "closeFile", id=id, expectedVersion=2)
    assert (await do(ask, "reopenFile", id=id, expectedVersion=3))["__typename"] == "ArchivalFile"
    town.session.rollback()
    town.session.expire_all()
    file = town.session.get_one(ArchivalFile, town.world.file.id)
    assert (file.closed_on, file.work_ended_on) == (None, date(2025, 3, 1))


# ---- documents ---------------------------------------------------------------------------------------------

LETTER = {
    "subject": "Quyết định",
    "number": "1",
    "notation": "QĐ-UBND",
    "issuer": "UBND Thành phố",
    "access": "OPEN",
}


@pytest.mark.parametrize("deed", ["moveItem", "listItem"])
async def test_no_place_is_before_the_first(ask: Ask, town: Town, deed: str) -> None:
    before = town.trace()
    said = {"id": town.id(town.world.item), "expectedVersion": 1, "fileId": town.id(town.world.other_file)}
    for ordinal in (0, -1):
        assert ("ordinal", "BAD_ORDINAL") in broken(await do(ask, deed, **said, ordinal=ordinal))
    assert town.trace() == before
    told = await do(ask, deed, **said, ordinal=None)
    assert told["__typename"] == "Item"


@pytest.mark.parametrize("notation", ["qđ-ubnd", "Qđ-ubnd", "QĐ-UBND"])
async def test_a_twin_is_found_however_its_notation_is_written(ask: Ask, town: Town, notation: str) -> None:
    said = {**LETTER, "fileId": town.id(town.world.file)}
    first = await do(ask, "registerItem", role="clerk", **said)
    before = town.trace()
    told = await do(ask, "registerItem", "DuplicateItem", role="clerk", **{**said, "notation": notation})
    assert (told["__typename"], told.get("existing")) == ("DuplicateItem", {"id": first["id"]})
    assert town.trace() == before


def test_the_search_for_twins_uses_its_index(town: Town) -> None:
    connection = town.session.connection()
    connection.execute(text("set local enable_seqscan = off"))
    plan = "\n".join(
        connection.scalars(
            text(
                "explain select * from item where agency_id = 1 and number = '1'"
                " and lower(notation) = lower('QĐ-UBND') and lower(issuer) = lower('UBND')"
            )
        )
    )
    assert "ix_item_duplicate" in plan
    assert "lower" in next(line for line in plan.splitlines() if "Index Cond" in line)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"issuedDate": "2025-07-01"}, [("issuedDate", "IN_THE_FUTURE")]),
        ({"issuedDate": "7/2025"}, [("issuedDate", "IN_THE_FUTURE")]),
        ({"issuedDate": "2026"}, [("issuedDate", "IN_THE_FUTURE")]),
        ({"arrivalDate": "2025-07-01"}, [("arrivalDate", "IN_THE_FUTURE")]),
        ({"issuedDate": "2025-03-02", "arrivalDate": "2025-03-01"}, [("arrivalDate", "BEFORE_ISSUED")]),
        ({"issuedDate": "3/2025", "arrivalDate": "2025-02-28"}, [("arrivalDate", "BEFORE_ISSUED")]),
        ({"issuedDate": "2025-06-30", "arrivalDate": "2025-06-30"}, []),
        ({"issuedDate": "2025", "arrivalDate": "2025-01-01"}, []),
        ({"issuedDate": "6/2025"}, []),
    ],
)
async def test_a_document_is_issued_by_today_and_arrives_after_that(
    ask: Ask, town: Town, dates: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    before = town.trace()
    new = {"fileId": town.id(town.world.file), "subject": "Văn bản", "access": "OPEN", **dates}
    old = {"id": town.id(town.world.item), "expectedVersion": 1, **dates}
    for deed, said in (("registerItem", new), ("correctItem", old)):
        told = await do(ask, deed, role="clerk", **said)
        if expected:
            assert broken(told) == expected
        else:
            assert told["__typename"] == "Item"
    assert (town.trace() == before) == bool(expected)


async def test_what_was_written_long_ago_does_not_stop_another_correction(ask: Ask, town: Town) -> None:
    town.world.item.issued_date, town.world.item.arrival_date = date(2024, 5, 2), date(2024, 5, 1)
    town.session.commit()
    said = {"id": town.id(town.world.item), "expectedVersion": 1}
    told = await do(ask, "correctItem", role="clerk", **said, keywords="thu")
    assert told["__typename"] == "Item"
    # The other day is asked about as soon as one of them is said.
    told = await do(
        ask, "correctItem", role="clerk", **{**said, "expectedVersion": 2}, issuedDate="2024-05-03"
    )
    assert broken(told) == [("arrivalDate", "BEFORE_ISSUED")]


@pytest.mark.parametrize("title", ["\u200b", " \u202e\u200b", "\ufeff\u2060", "\u3164"])
async def test_a_title_that_nobody_sees_is_none(ask: Ask, town: Town, title: str) -> None:
    before = town.trace()
    fonds, file = town.id(town.world.fonds), town.id(town.world.file)
    for deed, said, field in (
        ("openFonds", {"agencyId": town.id(town.world.a), "title": title}, "title"),
        ("openSeries", {"fondsId": fonds, "title": title, "access": "OPEN"}, "title"),
        ("openFile", {"fondsId": fonds, "title": title, "access": "OPEN"}, "title"),
        ("openFile", {"fondsId": fonds, "title": "Hồ sơ", "code": title, "access": "OPEN"}, "code"),
        ("registerItem", {"fileId": file, "subject": title, "access": "OPEN"}, "subject"),
        ("describeFile", {"id": file, "expectedVersion": 1, "title": title}, "title"),
    ):
        assert broken(await do(ask, deed, **said)) == [(field, "REQUIRED")], deed
    assert town.trace() == before


@pytest.mark.parametrize("key", ["", " ", "\u200b"])
async def test_an_empty_key_protects_nobody_and_is_refused(ask: Ask, town: Town, key: str) -> None:
    before = town.trace()
    said = {"fondsId": town.id(town.world.fonds), "title": "x", "access": "OPEN"}
    told = await do(ask, "openFile", **said, idempotencyKey=key)
    assert [field for field, _ in broken(told)] == ["idempotencyKey"]
    assert town.trace() == before
    assert (await do(ask, "openFile", **said, idempotencyKey=None))["__typename"] == "ArchivalFile"


async def test_documents_moved_crosswise_at_once_are_moved_or_stale_and_nobody_is_blamed(
    ask: Ask, town: Town
) -> None:
    world = town.world
    other = world.add(Item, subject="Khác", code="V02", file=world.other_file, ordinal=1, access_level=1)
    town.session.commit()
    crossing = (
        {"id": town.id(world.item), "fileId": town.id(world.other_file)},
        {"id": town.id(other), "fileId": town.id(world.file)},
    )
    back = (
        {"id": town.id(world.item), "fileId": town.id(world.file)},
        {"id": town.id(other), "fileId": town.id(world.other_file)},
    )
    for turn in range(12):
        town.session.rollback()
        versions = dict(iter(town.session.connection().execute(text("select id, version from item")).all()))
        said = [
            {**move, "expectedVersion": versions[item.id]}
            for move, item in zip((back if turn % 2 else crossing), (world.item, other), strict=True)
        ]
        # Each twice, so that one of the two comes second to a document that has just left its file.
        answers = await asyncio.gather(
            *(do(ask, "moveItem", role="clerk", **move) for move in (*said, *said))
        )
        kinds = sorted(answer["__typename"] for answer in answers)
        assert kinds == ["Item", "Item", "StaleVersion", "StaleVersion"], answers
    assert town.denials() == []
