"""Whoever is shown a restricted record leaves a trace, once for a request and record; other reads cost nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Engine, event, text
from sqlmodel import select

from hub.access.models import RoleGrant
from hub.kit.ids import encode
from hub.records.models import ArchivalFile, Item
from tests.mutations.conftest import Ask, Town, anyio_backend, ask, town
from tests.records.world import ON

__all__ = ["anyio_backend", "ask", "town"]
pytestmark = pytest.mark.anyio

FILE = "query($id: ID!) { file(id: $id) { title items(first: 10) { nodes { subject } } } }"


def reads(town: Town) -> list[Any]:
    """Agent, agency, object and records of each read in the trail."""
    town.session.rollback()
    rows = town.session.connection().execute(
        text(
            "select agent_id, agency_id, object_type, object_id, detail -> 'records' as records, request_id"
            " from audit_event where event_type = 'record:read' order by id"
        )
    )
    return list(rows)


def record(row: Any) -> str:
    return f"{'file' if isinstance(row, ArchivalFile) else 'item'}:{row.id}"


@pytest.fixture
def shelf(town: Town) -> tuple[Town, list[Any]]:
    """Twelve files of A, every third open, each with a document of the same mode."""
    world = town.world
    files = []
    for number in range(12):
        level = 0 if number % 3 == 0 else 1 if number % 3 == 1 else None
        file = world.add(
            ArchivalFile, title=f"Kệ {number}", code=f"K{number:02}", fonds=world.fonds, access_level=level
        )
        world.add(
            Item, subject=f"Tờ {number}", code=f"T{number:02}", file=file, ordinal=1, access_level=level
        )
        files.append(file)
    town.session.commit()
    return town, files


async def test_a_restricted_file_and_its_document_are_one_event(town: Town, ask: Ask) -> None:
    data = await ask(FILE, role="officer", id=town.id(town.world.file))
    assert data["file"] == {"title": "Hồ sơ thu chi", "items": {"nodes": [{"subject": "Báo cáo thu"}]}}
    [read] = reads(town)
    assert read.agent_id == town.world.user("officer").id
    assert read.agency_id == town.world.a.id
    assert read.records == [record(town.world.file), record(town.world.item)]
    assert read.request_id


async def test_the_second_request_by_the_quick_way_is_told_as_the_first(town: Town, ask: Ask) -> None:
    for _ in range(3):
        await ask(FILE, role="officer", id=town.id(town.world.file))
    assert [read.records for read in reads(town)] == [[record(town.world.file), record(town.world.item)]] * 3


async def test_one_record_alone_is_the_object_of_the_event(town: Town, ask: Ask) -> None:
    await ask(
        "query($id: ID!) { node(id: $id) { ... on Item { number } } }",
        role="officer",
        id=town.id(town.world.item),
    )
    [read] = reads(town)
    assert (read.object_type, read.object_id) == ("item", town.world.item.id)


async def test_a_record_shown_twice_is_told_once(town: Town, ask: Ask) -> None:
    query = """query($id: ID!) { one: file(id: $id) { title } two: file(id: $id) { code }
                                 items(first: 5) { nodes { file { code title } } } }"""
    await ask(query, role="officer", id=town.id(town.world.file))
    [read] = reads(town)
    assert sorted(read.records) == sorted({record(town.world.file), record(town.world.item)})


async def test_a_page_tells_of_the_rows_it_shows_and_of_no_other(
    shelf: tuple[Town, list[Any]], ask: Ask
) -> None:
    town, files = shelf
    query = """query { files(first: 4, orderBy: ID_ASC, filter: {text: "ke"})
                       { nodes { code } pageInfo { hasNextPage endCursor } totalCount } }"""
    data = await ask(query, role="officer")
    assert [node["code"] for node in data["files"]["nodes"]] == ["K00", "K01", "K02", "K03"]
    assert data["files"]["pageInfo"]["hasNextPage"]
    [read] = reads(town)
    assert read.records == [record(files[1]), record(files[2])]


@pytest.mark.parametrize(
    "fields",
    ["id", "title", "sheetCount", "origin", "access", "sheetCount origin", "__typename", "agency { code }",
     "items(first: 1) { totalCount }", "languages", "retention { kind }", "createdAt",
     "a_key_of_more_than_sixty_three_letters_so_that_postgresql_would_cut_it: title",
     "a_key_of_more_than_sixty_three_letters_so_that_postgresql_would_cut_it: sheetCount"],
)  # fmt: skip
async def test_whatever_is_asked_of_it_a_read_is_a_read(town: Town, ask: Ask, fields: str) -> None:
    data = await ask(
        f"query($id: ID!) {{ file(id: $id) {{ {fields} }} }}", role="officer", id=town.id(town.world.file)
    )
    assert "mark" not in str(data)
    assert "\x01" not in str(data)
    assert [read.records for read in reads(town)] == [[record(town.world.file)]]


async def test_search_tells_of_hits_and_of_highlights(town: Town, ask: Ask) -> None:
    data = await ask('{ search(text: "thu chi") { edges { highlight } } }', role="officer")
    assert data["search"]["edges"] == [{"highlight": "Hồ sơ <mark>thu</mark> <mark>chi</mark>"}]
    await ask('{ search(text: "thu chi") { nodes { ... on ArchivalFile { title } } } }', role="officer")
    assert [read.records for read in reads(town)] == [[record(town.world.file)]] * 2


async def test_counts_and_facets_are_no_reads(town: Town, ask: Ask) -> None:
    await ask("{ files { totalCount facets { field buckets { value count } } } }", role="officer")
    assert reads(town) == []


async def test_nodes_and_the_answer_of_a_mutation_are_told(town: Town, ask: Ask) -> None:
    ids = [town.id(town.world.file), town.id(town.world.item)]
    await ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", role="officer", ids=ids)
    query = """mutation($id: ID!, $v: Int!) { describeFile(input: {id: $id, expectedVersion: $v, keywords: "thu"})
               { ... on ArchivalFile { title } ... on Problem { code } } }"""
    data = await ask(query, role="officer", id=ids[0], v=1)
    assert data["describeFile"] == {"title": "Hồ sơ thu chi"}
    assert [read.records for read in reads(town)] == [
        [record(town.world.file), record(town.world.item)],
        [record(town.world.file)],
    ]


async def test_open_records_leave_no_event_and_cost_no_statement(
    shelf: tuple[Town, list[Any]], ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, files = shelf
    said: list[str] = []
    taken: list[AsyncConnectionPool[Any]] = []
    take = AsyncConnectionPool.getconn

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    async def noted(pool: AsyncConnectionPool[Any], timeout: float | None = None) -> Any:
        taken.append(pool)
        return await take(pool, timeout)

    event.listen(Engine, "before_cursor_execute", note)
    monkeypatch.setattr(AsyncConnectionPool, "getconn", noted)
    try:
        await ask(FILE, role="officer", id=encode("ArchivalFile", files[0].id))
        assert len(taken) == 1  # to read, and none to write
        await ask(FILE, role="officer", id=encode("ArchivalFile", files[1].id))
        assert len(taken) == 3
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert said == []  # no worker thread stands between the record and its reader
    [read] = reads(town)
    assert record(files[1]) in read.records


async def test_a_stored_text_cannot_pass_for_a_mark(town: Town, ask: Ask) -> None:
    """A title that reads as a mark is shown as it is."""
    title = "\x019/file:9\x01"
    file = town.world.add(ArchivalFile, title=title, code="M", fonds=town.world.fonds, access_level=0)
    town.session.commit()
    data = await ask(
        "query($id: ID!) { file(id: $id) { title } }", role="officer", id=encode("ArchivalFile", file.id)
    )
    assert data["file"]["title"] == title
    data = await ask('{ search(text: "file") { edges { highlight } } }', role="officer")
    assert data["search"]["edges"] == [{"highlight": "\x019/<mark>file</mark>:9\x01"}]
    assert reads(town) == []


async def test_who_is_shown_nothing_has_read_nothing(town: Town, ask: Ask) -> None:
    assert await ask(FILE, role="leader", id=town.id(town.world.file)) == {"file": None}
    assert await ask(FILE, role="officer", place="b", id=town.id(town.world.file)) == {"file": None}
    assert reads(town) == []


async def test_what_only_a_delegated_grant_opens_is_read_on_behalf_of_its_delegator(
    town: Town, ask: Ask
) -> None:
    """Ủy quyền: the officer of A stands in for the one of B; records of both in one answer are two events."""
    world = town.world
    deputy, away = world.user("officer"), world.user("officer", "b")
    own = town.session.exec(select(RoleGrant).where(RoleGrant.user_id == away.id)).one()
    world.add(
        RoleGrant, user_id=deputy.id, role="officer", agency_id=world.b.id, on_behalf_of=away.id,
        delegated_from=own.id, valid_from=ON, valid_to=ON + timedelta(days=7),
    )  # fmt: skip
    town.session.commit()
    ids = [town.id(row) for row in (world.file, world.file_b, world.item, world.item_b)]
    await ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", role="officer", ids=ids)
    town.session.rollback()
    told = town.session.connection().execute(
        text(
            "select agent_id, agency_id, on_behalf_of, detail -> 'records' as records from audit_event"
            " where event_type = 'record:read' order by agency_id"
        )
    )
    assert [tuple(row) for row in told] == [
        (deputy.id, world.a.id, None, [record(world.file), record(world.item)]),
        (deputy.id, world.b.id, away.id, [record(world.file_b), record(world.item_b)]),
    ]
