"""Personal data: flagged by rule or by hand, read by those with a need, and not a word told to others."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from hub.records.models import ArchivalFile, Item
from hub.records.personal import MASK, is_of_procedure
from tests.audit.test_reads import reads, record
from tests.mutations.conftest import Ask, Town, anyio_backend, ask, town

__all__ = ["anyio_backend", "ask", "town"]
pytestmark = pytest.mark.anyio

TITLE = "Hồ sơ giải quyết thủ tục hành chính của ông Nguyễn Văn Khánh"
OPEN = """mutation($f: ID!, $t: String!, $p: Boolean) { openFile(input: {fondsId: $f, title: $t, access: OPEN,
  hasPersonalData: $p}) { ... on ArchivalFile { id version title hasPersonalData } ... on Problem { code } } }"""
REGISTER = """mutation($f: ID!) { registerItem(input: {fileId: $f, subject: "Đơn của ông Khánh", access: OPEN,
  issuer: "Nguyễn Văn Khánh", signer: {name: "Nguyễn Văn Khánh"}, keywords: "Khánh", description: "của Khánh"})
  { ... on Item { id hasPersonalData } ... on Problem { code } } }"""
DESCRIBE = """mutation($id: ID!, $v: Int!, $p: Boolean) { describeFile(input: {id: $id, expectedVersion: $v,
  hasPersonalData: $p}) { ... on ArchivalFile { version hasPersonalData } ... on Problem { code } } }"""
ALL = """query($file: ID!, $item: ID!, $on: Date!) {
  file(id: $file) { code title keywords description decisionNote hasPersonalData
    changes(first: 5) { nodes { eventType detail reason } } items(first: 2) { nodes { subject } } }
  item(id: $item) { subject issuer keywords description signer { name } changes(first: 5) { nodes { detail } } }
  files(first: 5, orderBy: TITLE_ASC) { edges { cursor node { title } } totalCount
    facets { field buckets { value count } } }
  found: files(first: 5, filter: {text: "Khanh"}) { totalCount nodes { title } }
  items(first: 5, filter: {text: "Khanh"}) { totalCount facets { field buckets { value count } unknownCount } }
  search(text: "nguyen van khanh", first: 5) { totalCount edges { highlight } facets { field buckets { value count } } }
  recordAsOf(id: $file, on: $on) { values history { reason changed } }
  auditEvents(first: 5, filter: {objectIds: [$file, $item], eventTypes: ["file:update", "item:create"]}) {
    nodes { eventType detail reason isRedacted } } }"""
MASKED_FOR = ("anyone", "supervisor", "supervisor_head", "leader")


@pytest.fixture
def flagged(town: Town) -> tuple[Town, dict[str, Any]]:
    """A published file of a person's procedure with its document, both openly accessible, and one without."""
    world = town.world
    known = {"access_level": 0, "published": True, "has_personal_data": True}
    file = world.add(
        ArchivalFile,
        title=TITLE,
        title_sort="n",
        code="TT01",
        fonds=world.fonds,
        keywords="Khánh",
        description="Nhà ông Khánh",
        decision_note="Đủ giấy của ông Khánh",
        **known,
    )
    item = world.add(
        Item,
        subject="Đơn của ông Nguyễn Văn Khánh",
        code="TT01.1",
        file=file,
        ordinal=1,
        issuer="Nguyễn Văn Khánh",
        signer_name="Nguyễn Văn Khánh",
        keywords="Khánh",
        description="Số nhà của ông Khánh",
        **known,
    )
    world.add(
        ArchivalFile,
        title="Kế hoạch năm",
        title_sort="k",
        code="KH",
        fonds=world.fonds,
        access_level=0,
        published=True,
    )
    town.session.commit()
    return town, {"file": file, "item": item}


def test_titles_of_procedures_are_known() -> None:
    for title in (
        TITLE,
        "HO SO GIAI QUYET TTHC",
        "HỒ SƠ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
        "GİẢİ QUYẾT THỦ TỤC HÀNH CHÍNH",
        "Giải quyết hồ sơ thủ tục hành chính về đất đai",
        "Hồ sơ TTHC 2023",
    ):
        assert is_of_procedure(title), title
    for title in (None, "", "Kế hoạch cải cách thủ tục hành chính", "Giải quyết khiếu nại", "Rà soát TTHC"):
        assert not is_of_procedure(title), title


async def test_a_file_of_a_procedure_is_flagged_by_rule_and_so_is_what_lies_in_it(
    town: Town, ask: Ask
) -> None:
    f = town.id(town.world.fonds)
    made = (await ask(OPEN, f=f, t=TITLE))["openFile"]
    assert made["hasPersonalData"] is True
    assert (await ask(REGISTER, f=made["id"]))["registerItem"]["hasPersonalData"] is True
    assert (await ask(OPEN, f=f, t=TITLE, p=False))["openFile"]["hasPersonalData"] is False
    assert (await ask(OPEN, f=f, t="Danh sách hộ nghèo", p=True))["openFile"]["hasPersonalData"] is True
    assert (await ask(OPEN, f=f, t="Kế hoạch"))["openFile"]["hasPersonalData"] is False


async def test_flagging_a_file_flags_its_documents_and_the_trail_says_so(town: Town, ask: Ask) -> None:
    made = (await ask(OPEN, f=town.id(town.world.fonds), t="Danh sách hộ nghèo"))["openFile"]
    item = (await ask(REGISTER, f=made["id"]))["registerItem"]
    assert item["hasPersonalData"] is False
    done = await ask(DESCRIBE, id=made["id"], v=made["version"], p=True)
    assert done["describeFile"]["hasPersonalData"] is True
    data = await ask("query($id: ID!) { item(id: $id) { hasPersonalData changes(first: 1) { nodes { detail } } } }",
                     role="officer", id=item["id"])  # fmt: skip
    assert data["item"]["hasPersonalData"] is True
    assert data["item"]["changes"]["nodes"][0]["detail"] == {"changed": {"has_personal_data": [False, True]}}


async def test_who_has_a_need_reads_the_words_and_is_told_of(flagged: Any, ask: Ask) -> None:
    town, rows = flagged
    query = "query($id: ID!) { file(id: $id) { title items { nodes { subject signer { name } } } } }"
    data = await ask(query, role="officer", id=town.id(rows["file"]))
    assert data["file"]["title"] == TITLE
    assert data["file"]["items"]["nodes"][0]["signer"]["name"] == "Nguyễn Văn Khánh"
    [read] = reads(town)
    assert read.records == [record(rows["file"]), record(rows["item"])]


@pytest.mark.parametrize("role", MASKED_FOR)
async def test_who_has_none_reads_no_word(flagged: Any, ask: Ask, role: str) -> None:
    town, rows = flagged
    ids = {name: town.id(row) for name, row in rows.items()}
    data = await ask(ALL, role=role, on="2099-01-01", **ids)
    assert data["file"]["title"] == data["item"]["subject"] == MASK, data
    assert data["file"]["hasPersonalData"] is True
    assert data["file"]["keywords"] is data["item"]["issuer"] is None
    assert data["found"]["totalCount"] == data["items"]["totalCount"] == data["search"]["totalCount"] == 0
    assert "Khánh" not in str(data)
    assert (
        sum(bucket["count"] for bucket in data["files"]["facets"][0]["buckets"])
        == data["files"]["totalCount"] - 1
    )


@pytest.mark.parametrize("role", MASKED_FOR)
async def test_masked_words_change_no_byte_of_any_answer(flagged: Any, ask: Ask, role: str) -> None:
    """By no search, no order, no cursor and no history can the words be found out."""
    town, rows = flagged
    ids = {name: town.id(row) for name, row in rows.items()}
    before = await ask(ALL, role=role, on="2099-01-01", **ids)
    words = "title = 'An', title_sort = 'a', keywords = 'Bình', description = 'Chi', decision_note = 'Dung'"
    item = "subject = 'An', issuer = 'Bình', keywords = 'Chi', description = 'Dung', signer_name = 'Em'"
    for table, sets in (("file", words), ("item", item)):
        town.session.connection().execute(text(f"update {table} set {sets} where has_personal_data"))
    town.session.commit()
    assert await ask(ALL, role=role, on="2099-01-01", **ids) == before
