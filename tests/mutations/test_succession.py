"""Bodies that follow each other: the days must fit, codes stay distinguishable, the source list goes along."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from hub.agencies.models import AgencyCode, SourceMembership
from hub.kit.changes import plain
from hub.records.models import ArchivalFile, Fonds, Item, Series
from tests.mutations.conftest import Ask, Town
from tests.records.world import events

pytestmark = pytest.mark.anyio

TOLD = "__typename ... on Problem { problem: code message } ... on Invalid { errors { field code message } }"
MERGE = f"""mutation($input: MergeAgenciesInput!) {{ mergeAgencies(input: $input) {{ {TOLD}
  ... on Agency {{ code isTransferSource }} }} }}"""
RENAME = f"""mutation($input: RenameAgencyInput!) {{ renameAgency(input: $input) {{ {TOLD}
  ... on Agency {{ code version }} }} }}"""
CREATE = f"mutation($input: CreateAgencyInput!) {{ createAgency(input: $input) {{ {TOLD} }} }}"


def merging(town: Town, *names: str, into: str, on: str, decision: str | None = None) -> dict[str, Any]:
    ending = [{"id": town.id(getattr(town.world, name)), "expectedVersion": 1} for name in names]
    successor = town.id(getattr(town.world, into))
    return {"predecessors": ending, "successorId": successor, "effectiveOn": on, "decision": decision}


def errors(told: dict[str, Any]) -> list[tuple[str, str]]:
    assert told["__typename"] == "Invalid", told
    return [(error["field"], error["code"]) for error in told["errors"]]


@pytest.mark.parametrize("day", ["2019-12-31", "2020-01-01"])
async def test_a_body_does_not_end_before_it_began(ask: Ask, town: Town, day: str) -> None:
    town.world.a.valid_from = date(2020, 1, 1)
    town.session.commit()
    before = town.trace()
    told = (await ask(MERGE, role="supervisor", input=merging(town, "a", into="b", on=day)))["mergeAgencies"]
    assert errors(told) == [("effectiveOn", "TOO_EARLY")]
    assert "2020-01-02 is the earliest" in told["message"]
    assert town.trace() == before
    said = merging(town, "a", into="b", on="2020-01-02")
    assert (await ask(MERGE, role="supervisor", input=said))["mergeAgencies"]["__typename"] == "Agency"


async def test_nobody_follows_before_he_is_there(ask: Ask, town: Town) -> None:
    town.world.b.valid_from = date(2025, 3, 1)
    town.session.commit()
    before = town.trace()
    said = merging(town, "a", into="b", on="2025-02-28")
    told = (await ask(MERGE, role="supervisor", input=said))["mergeAgencies"]
    assert errors(told) == [("effectiveOn", "TOO_EARLY")]
    assert town.trace() == before
    said["effectiveOn"] = "2025-03-01"
    assert (await ask(MERGE, role="supervisor", input=said))["mergeAgencies"]["__typename"] == "Agency"


async def test_a_code_ends_after_it_began(ask: Ask, town: Town) -> None:
    town.session.execute(text("update agency_code set valid_from = '2021-01-01' where value = 'A'"))
    town.session.commit()
    said = {"id": town.id(town.world.a), "expectedVersion": 1, "code": "A2"}
    before = town.trace()
    told = await ask(RENAME, role="supervisor", input={**said, "effectiveOn": "1990-01-01"})
    assert errors(told["renameAgency"]) == [("effectiveOn", "TOO_EARLY")]
    told = await ask(MERGE, role="supervisor", input=merging(town, "a", into="b", on="2020-06-01"))
    assert errors(told["mergeAgencies"]) == [("effectiveOn", "TOO_EARLY")]
    assert town.trace() == before
    done = await ask(RENAME, role="supervisor", input={**said, "effectiveOn": "2025-06-01"})
    assert done["renameAgency"] == {"__typename": "Agency", "code": "A2", "version": 2}
    # Back to the old code, but not on a day when the other one had not been taken yet.
    back = {"id": said["id"], "expectedVersion": 2, "code": "A", "effectiveOn": "2025-05-31"}
    told = await ask(RENAME, role="supervisor", input=back)
    assert errors(told["renameAgency"]) == [("effectiveOn", "TOO_EARLY")]


async def test_a_body_is_not_renamed_before_it_began(ask: Ask, town: Town) -> None:
    town.world.a.valid_from = date(2020, 1, 1)
    town.session.commit()
    before = town.trace()
    said = {"id": town.id(town.world.a), "expectedVersion": 1, "name": "Tên", "effectiveOn": "2019-12-31"}
    told = await ask(RENAME, role="supervisor", input=said)
    assert errors(told["renameAgency"]) == [("effectiveOn", "TOO_EARLY")]
    assert town.trace() == before


async def test_the_database_keeps_no_code_that_ends_before_it_begins(town: Town) -> None:
    from sqlalchemy.exc import IntegrityError

    days = {"valid_from": date(2025, 1, 1), "valid_to": date(1990, 1, 1)}
    with pytest.raises(IntegrityError, match="ck_agency_code_validity"):
        town.world.add(AgencyCode, agency_id=town.world.a.id, scheme="H26", value="x", **days)


@pytest.mark.parametrize("name", ["\u200b", "\u202e\u200b ", "\u2060\ufeff", "\u3164", "\ufe0f"])
async def test_a_name_that_nobody_sees_is_none(ask: Ask, town: Town, name: str) -> None:
    before = town.trace()
    made = await ask(CREATE, role="sysadmin", input={"name": name, "kind": "UNIT"})
    assert errors(made["createAgency"]) == [("name", "REQUIRED")]
    said = {"id": town.id(town.world.a), "expectedVersion": 1, "name": name}
    told = await ask(RENAME, role="sysadmin", input=said)
    assert errors(told["renameAgency"]) == [("name", "REQUIRED")]
    told = await ask(RENAME, role="sysadmin", input={**said, "name": "Tên", "code": name})
    assert errors(told["renameAgency"]) == [("code", "REQUIRED")]
    assert town.trace() == before


def _on_the_list(town: Town, name: str, since: date, until: date | None = None) -> None:
    key = getattr(town.world, name).id
    town.world.add(SourceMembership, agency_id=key, valid_from=since, valid_to=until, decision="QĐ 1")


def _list_of(town: Town, name: str) -> list[tuple[Any, ...]]:
    town.session.rollback()
    rows = town.session.connection().execute(
        text(
            "select valid_from, valid_to, decision from source_membership where agency_id = :id"
            " order by valid_from"
        ),
        {"id": getattr(town.world, name).id},
    )
    return [tuple(map(plain, row)) for row in rows]


async def test_the_successor_comes_onto_the_source_list(ask: Ask, town: Town) -> None:
    _on_the_list(town, "a", date(2012, 1, 1))
    town.session.commit()
    said = merging(town, "a", "archive", into="b", on="2025-06-01", decision="NQ 1656")
    done = (await ask(MERGE, role="supervisor", input=said))["mergeAgencies"]
    assert done == {"__typename": "Agency", "code": "B", "isTransferSource": True}
    assert _list_of(town, "a") == [("2012-01-01", "2025-06-01", "QĐ 1")]
    assert _list_of(town, "b") == [("2025-06-01", None, "NQ 1656: kế thừa A")]
    told = events(town.session, "agency", town.world.b.id)[-1].detail
    assert told["predecessors"] == ["A", "LTLS"]
    assert told["source_membership"]["valid_from"] == "2025-06-01"


async def test_no_body_comes_onto_the_list_by_following_one_that_was_not(ask: Ask, town: Town) -> None:
    _on_the_list(town, "a", date(2012, 1, 1), date(2025, 6, 1))  # ended on the very day
    town.session.commit()
    done = await ask(MERGE, role="supervisor", input=merging(town, "a", into="b", on="2025-06-01"))
    assert done["mergeAgencies"]["isTransferSource"] is False
    assert _list_of(town, "b") == []


async def test_what_the_successor_has_of_its_own_stays(ask: Ask, town: Town) -> None:
    _on_the_list(town, "a", date(2012, 1, 1))
    _on_the_list(town, "b", date(2025, 6, 15))
    town.session.commit()
    await ask(MERGE, role="supervisor", input=merging(town, "a", into="b", on="2025-06-01"))
    assert _list_of(town, "b") == [
        ("2025-06-01", "2025-06-15", "kế thừa A"),
        ("2025-06-15", None, "QĐ 1"),
    ]


async def test_a_member_of_the_list_does_not_get_there_twice(ask: Ask, town: Town) -> None:
    for name in ("a", "b"):
        _on_the_list(town, name, date(2012, 1, 1))
    town.session.commit()
    await ask(MERGE, role="supervisor", input=merging(town, "a", into="b", on="2025-06-01"))
    assert _list_of(town, "b") == [("2012-01-01", None, "QĐ 1")]


async def test_codes_that_meet_in_a_merger_stay_apart(ask: Ask, town: Town) -> None:
    world = town.world
    # What the first choices would be is taken too: at the successor, and at the body itself.
    for fonds, codes in ((world.fonds, ("MA.1", "MA.1.2", "A.MA.1.2")), (world.fonds_b, ("MA.1", "MA.1.2"))):
        for code in codes:
            world.add(ArchivalFile, title=f"Hồ sơ {code}", code=code, fonds=fonds, access_level=1)
    third = world.add(Fonds, title="Phông LTLS", code="P01", agency=world.archive)
    for code in ("MA.1", "A.MA.1", "B.MA.1"):
        world.add(
            ArchivalFile, title=f"Hồ sơ {code}", code=code, fonds=third, access_level=1, source_key=code
        )
    world.add(Series, title="Nhóm", code="N01", fonds=third, position=1000)
    home = world.add(ArchivalFile, title="Hồ sơ", code="H01", fonds=third, access_level=1)
    world.add(Item, subject="Văn bản", code="V01", file=home, ordinal=1, access_level=1)
    # Importers of all three used the same key for it.
    town.session.execute(text("update file set source_key = 'khoá' where code = 'MA.1'"))
    town.session.commit()
    tables = ("fonds", "series", "file", "item")
    ids = {table: _rows(town, table) for table in tables}
    said = merging(town, "a", "b", into="archive", on="2025-06-01")
    done = (await ask(MERGE, role="supervisor", input=said))["mergeAgencies"]
    assert done["__typename"] == "Agency", done
    for table in tables:
        after = _rows(town, table)
        assert set(after) == set(ids[table])  # nothing is lost
        assert {owner for owner, _ in after.values()} == {world.archive.id}
        codes = [code for _, code in after.values()]
        assert len(set(codes)) == len(codes)
        # Each still shows the code it had; whoever keeps his old one keeps it whole.
        for key, (_, code) in ids[table].items():
            assert after[key][1] == code or code in after[key][1], (table, key)
    assert sorted(code for _, code in _rows(town, "fonds").values()) == ["A.P01", "B.P01", "P01"]
    assert sorted(code for _, code in _rows(town, "item").values()) == ["A.V01", "B.V01", "V01"]
    assert sorted(code for _, code in _rows(town, "series").values()) == ["A.N01", "N01"]
    for key, code in _told(town, "a") | _told(town, "b"):
        assert key != code  # the audit names each code before and after


def _rows(town: Town, table: str) -> dict[int, tuple[int, str]]:
    town.session.rollback()
    rows = town.session.connection().execute(text(f"select id, agency_id, code from {table}"))
    return {row.id: (row.agency_id, row.code) for row in rows}


def _told(town: Town, name: str) -> set[tuple[str, str]]:
    detail = events(town.session, "agency", getattr(town.world, name).id)[-1].detail
    return {(before, after) for _, before, after in detail["recoded"]}
