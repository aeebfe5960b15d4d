"""The record mutations of the contract, tried by every role on records of its own reach and beyond it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from hub.kit.ids import encode
from tests.conftest import Cities
from tests.contract.conftest import ARCHIVE, ELSEWHERE, HERE, ROLES, City, Hub, served, small_city

# Who may do what to unpublished, restricted records that he made himself at his own agency.
AGENCY: dict[str, tuple[str, ...]] = {
    "openFonds": ("officer",),
    "closeFonds": ("officer",),
    "openSeries": ("clerk", "officer", "client"),
    "moveSeries": ("clerk", "officer"),
    "openFile": ("staff", "clerk", "officer", "client"),
    "describeFile": ("staff", "clerk", "officer", "client"),
    "closeFile": ("staff", "clerk", "officer", "client"),
    "reopenFile": ("staff", "clerk", "officer"),
    "submitFile": ("staff", "clerk", "officer", "client"),
    "acceptFile": ("officer",),
    "sendBackFile": ("officer",),
    "registerItem": ("staff", "clerk", "officer", "client"),
    "correctItem": ("staff", "clerk", "officer", "client"),
    "moveItem": ("staff", "clerk", "officer", "client"),
    "listItem": ("staff", "clerk", "officer", "client"),
    "unlistItem": ("staff", "clerk", "officer", "client"),
    "createAgency": ("supervisor", "sysadmin"),
    "renameAgency": ("supervisor", "sysadmin"),
    "mergeAgencies": ("supervisor", "sysadmin"),
    "moveAgency": ("supervisor", "sysadmin"),
    "splitAgency": ("supervisor", "sysadmin"),
    "dissolveAgency": ("supervisor", "sysadmin"),
}
DEEDS = tuple(AGENCY)
# The archivist does the same in the custody of the Historical Archive, but hands nothing over to itself.
CUSTODY = dict.fromkeys(
    (
        "openSeries", "moveSeries", "openFile", "describeFile", "closeFile", "reopenFile", "registerItem",
        "correctItem", "moveItem", "listItem", "unlistItem",
    ),
    ("archivist",),
)  # fmt: skip
# Who reads such records, and is told that he may not do this to them; the rest do not find them.
READERS = {
    HERE: {"staff", "clerk", "officer", "approver", "client", "supervisor", "supervisor_head"},
    ARCHIVE: {"archivist", "archive_head", "supervisor", "supervisor_head"},
    ELSEWHERE: {"supervisor", "supervisor_head"},
}
# Agencies are seen by everybody.
ON_AGENCIES = {
    "openFonds", "createAgency", "renameAgency", "mergeAgencies", "moveAgency", "splitAgency", "dissolveAgency",
}  # fmt: skip
# What makes something new knows no version.
WITHOUT_VERSION = {"openFonds", "openSeries", "openFile", "registerItem", "createAgency"}
RECORDS = (
    "agency", "agency_code", "agency_name", "agency_parent", "agency_succession", "fonds", "fonds_owner",
    "series", "file", "item", "item_listing", "digital_object",
    "transfer", "transfer_entry", "kept_answer",
)  # fmt: skip


@pytest.fixture(scope="module")
def hub(cities: Cities) -> Iterator[Hub]:
    """A small city of its own, since it changes."""
    with small_city(cities) as city, served(city) as hub:
        yield hub


@dataclass
class Maker:
    """Writes records for one attempt straight into the tables."""

    city: City
    agency: str
    role: str

    def __post_init__(self) -> None:
        self.place = self.city.agency(self.agency).id
        actor = self.city.actors[self.role].id
        self.author = actor if actor is not None else self.city.actors["user"].id

    def add(self, table: str, **values: Any) -> int:
        """One row with a code of its own; returns its id."""
        row = {"agency_id": self.place, "custodian_id": self.place, "created_by": self.author, **values}
        if table in ("fonds", "file"):
            row["creator_id"] = self.place
        if table != "item":
            row["title_sort"] = "a"
        row |= {"code": f"T-{self.role}-{table}-{next(_numbers)}", "access_level": 1}
        row["subject" if table == "item" else "title"] = "Thử nghiệm"
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        [made] = self.city.sql(f"insert into {table} ({names}) values ({marks}) returning id", *row.values())
        return int(made.id)

    def fonds(self) -> int:
        return self.add("fonds")

    def series(self, fonds: int | None = None) -> int:
        return self.add("series", fonds_id=fonds or self.fonds(), position=1000)

    def file(self, state: str = "OPEN", fonds: int | None = None) -> int:
        other = self.city.actors["finance"].id
        return self.add(
            "file",
            fonds_id=fonds or self.fonds(),
            state=state,
            submitted_by=other if state == "SUBMITTED" else None,
        )

    def item(self, file: int) -> int:
        [home] = self.city.sql("select fonds_id from file where id = %s", file)
        return self.add("item", file_id=file, fonds_id=home.fonds_id, ordinal=1)

    def unit(self) -> int:
        """A new unit of the agency."""
        number = next(_numbers)
        [made] = self.city.sql(
            "insert into agency (code, name, name_sort, kind, parent_id) values (%s, 'Đơn vị', 'a', 'UNIT', %s)"
            " returning id",
            f"T-{number}",
            self.place,
        )
        return int(made.id)

    def input(self, deed: str) -> dict[str, Any]:
        """A valid input of the deed on records made for it."""
        match deed:
            case "openFonds":
                return {"agencyId": encode("Agency", self.place), "title": "Phông mới"}
            case "closeFonds":
                return {"id": encode("Fonds", self.fonds()), "expectedVersion": 1}
            case "openSeries":
                return {"fondsId": encode("Fonds", self.fonds()), "title": "Nhóm mới", "access": "OPEN"}
            case "moveSeries":
                return {"id": encode("Series", self.series()), "expectedVersion": 1, "parentId": None}
            case "openFile":
                return {"fondsId": encode("Fonds", self.fonds()), "title": "Hồ sơ mới", "access": "OPEN"}
            case "describeFile":
                return {**self._of_file("OPEN"), "keywords": "đất đai"}
            case "closeFile":
                return self._of_file("OPEN")
            case "reopenFile" | "submitFile":
                return self._of_file("CLOSED")
            case "acceptFile":
                return self._of_file("SUBMITTED")
            case "sendBackFile":
                return {**self._of_file("SUBMITTED"), "reason": "thiếu trang"}
            case "registerItem":
                return {"fileId": encode("ArchivalFile", self.file()), "subject": "Văn bản", "access": "OPEN"}
            case "correctItem":
                return {**self._of_item(self.file()), "subject": "Trích yếu đúng"}
            case "moveItem" | "listItem" | "unlistItem":
                return self._of_two_files(listed=deed == "unlistItem")
            case "createAgency":
                return {"name": "Phòng mới", "kind": "UNIT", "parentId": encode("Agency", self.place)}
            case "renameAgency":
                return {"id": encode("Agency", self.unit()), "expectedVersion": 1, "name": "Tên mới"}
            case "mergeAgencies":
                ending = {"id": encode("Agency", self.unit()), "expectedVersion": 1}
                return {"predecessors": [ending], "successorId": encode("Agency", self.unit())}
            case "moveAgency":
                one = {"id": encode("Agency", self.unit()), "expectedVersion": 1}
                return {**one, "parentId": encode("Agency", self.unit())}
            case "splitAgency":
                one = {"id": encode("Agency", self.unit()), "expectedVersion": 1}
                return {**one, "parts": [{"successorId": encode("Agency", self.unit())} for _ in range(2)]}
            case "dissolveAgency":
                one = {"id": encode("Agency", self.unit()), "expectedVersion": 1}
                taker = encode("Agency", self.unit())
                return {**one, "recordsToId": taker, "decision": "QĐ 1", "decidedOn": "2025-01-02"}
        raise KeyError(deed)

    def _of_file(self, state: str) -> dict[str, Any]:
        file = self.file(state)
        self.item(file)
        # an item moves its file's version on, or does not; the caller sends what he saw
        return {"id": encode("ArchivalFile", file), "expectedVersion": self._version("file", file)}

    def _of_item(self, file: int) -> dict[str, Any]:
        item = self.item(file)
        return {"id": encode("Item", item), "expectedVersion": self._version("item", item)}

    def _of_two_files(self, *, listed: bool) -> dict[str, Any]:
        fonds = self.fonds()
        one, other = self.file(fonds=fonds), self.file(fonds=fonds)
        given = self._of_item(one)
        if listed:
            self.city.sql(
                "insert into item_listing (file_id, item_id, agency_id, ordinal)"
                " select %s, id, agency_id, 1 from item where file_id = %s returning 1 as one",
                *(other, one),
            )
        return {**given, "fileId": encode("ArchivalFile", other)}

    def _version(self, table: str, key: int) -> int:
        return int(self.city.sql(f"select version from {table} where id = %s", key)[0].version)


_numbers = count(1)


def digest(city: City) -> str:
    """All that a deed on records could touch."""
    found = hashlib.sha256()
    for table in RECORDS:
        [row] = city.sql(f"select md5(string_agg(t::text, '|' order by t::text)) as digest from {table} t")
        found.update(f"{table}:{row.digest}".encode())
    return found.hexdigest()


def denials(city: City) -> list[tuple[Any, ...]]:
    """The denied attempts in the audit: who, what, why, of which record."""
    rows = city.sql(
        "select agent_id, event_type, reason, object_id from audit_event where outcome = 'denied' order by id"
    )
    return [(row.agent_id, row.event_type, row.reason, row.object_id) for row in rows]


def attempt(
    hub: Hub, deed: str, role: str, given: dict[str, Any], language: str | None = None
) -> dict[str, Any]:
    """What the mutation answers: the record's type and id, or the problem."""
    kind = deed[0].upper() + deed[1:]
    query = f"""mutation($input: {kind}Input!) {{ {deed}(input: $input) {{ __typename ... on Node {{ id }}
      ... on Problem {{ code message path }}
      {"" if deed in WITHOUT_VERSION else "... on StaleVersion { current }"} }} }}"""
    answer: dict[str, Any] = hub.ask(query, role, language, input=given).data[deed]
    return answer


def test_these_are_the_mutations_of_the_contract(hub: Hub) -> None:
    found = hub.ask("{ __schema { mutationType { fields { name } } } }").data["__schema"]["mutationType"][
        "fields"
    ]
    assert {field["name"] for field in found} >= set(DEEDS)


MADE = {"Fonds": "Fonds", "Series": "Series", "File": "ArchivalFile", "Item": "Item", "Agency": "Agency"}


def _kind(deed: str) -> str:
    return (
        "Agency"
        if deed == "mergeAgencies"
        else next(name for word, name in MADE.items() if deed.endswith(word))
    )


@pytest.mark.parametrize("role", ROLES)
def test_whoever_may_does_it_and_whoever_may_not_changes_nothing(hub: Hub, role: str) -> None:
    city = hub.city
    wrong: list[Any] = []
    for agency in (HERE, ELSEWHERE, ARCHIVE):
        allowed = {
            HERE: AGENCY,
            ARCHIVE: {**{deed: AGENCY[deed] for deed in DEEDS[-6:]}, **CUSTODY},
            ELSEWHERE: {deed: AGENCY[deed] for deed in DEEDS[-6:]},
        }[agency]
        maker = Maker(city, agency, role)
        given = {deed: maker.input(deed) for deed in DEEDS}
        before, told = digest(city), len(denials(city))
        refused = [deed for deed in DEEDS if role not in allowed.get(deed, ())]
        for deed in refused:
            answer = attempt(hub, deed, role, given[deed])
            seen = role in READERS[agency] or deed in ON_AGENCIES
            if answer.get("code") != ("NOT_PERMITTED" if seen else "NOT_FOUND"):
                wrong.append((agency, deed, answer))
        assert digest(city) == before, agency
        # Each denial stands in the audit under its author; the public is not written down.
        written = denials(city)[told:]
        if role == "anyone":
            assert written == []
        else:
            assert len(written) == len(refused)
            assert {one[0] for one in written} <= {city.actors[role].id}
        for deed in DEEDS:
            if deed not in refused:
                answer = attempt(hub, deed, role, given[deed])
                if answer["__typename"] != _kind(deed):
                    wrong.append((agency, deed, answer))
        assert (digest(city) != before) == (len(refused) < len(DEEDS))
    assert wrong == []


@pytest.mark.parametrize("role", ["staff", "client"])
def test_who_owns_only_his_own_files_leaves_those_of_colleagues_alone(hub: Hub, role: str) -> None:
    city = hub.city
    maker = Maker(city, HERE, "officer")
    deeds = ("describeFile", "closeFile", "submitFile", "correctItem", "moveItem", "listItem", "unlistItem")
    given = {deed: maker.input(deed) for deed in deeds}
    before = digest(city)
    for deed in deeds:
        assert attempt(hub, deed, role, given[deed])["code"] == "NOT_PERMITTED", deed
    assert digest(city) == before


def test_who_submitted_a_file_does_not_accept_it(hub: Hub) -> None:
    given = Maker(hub.city, HERE, "officer").input("submitFile")
    assert attempt(hub, "submitFile", "officer", given)["__typename"] == "ArchivalFile"
    before = digest(hub.city)
    again = {**given, "expectedVersion": given["expectedVersion"] + 1}
    assert attempt(hub, "acceptFile", "officer", again)["code"] == "NOT_PERMITTED"
    assert digest(hub.city) == before


def _doer(deed: str) -> str:
    return "supervisor" if deed in DEEDS[-6:] else "officer"


@pytest.mark.parametrize("deed", DEEDS)
def test_the_same_key_answers_again_without_a_second_change(hub: Hub, deed: str) -> None:
    city, role = hub.city, _doer(deed)
    given = {**Maker(city, HERE, role).input(deed), "idempotencyKey": f"key-{deed}"}
    first = attempt(hub, deed, role, given)
    assert first["__typename"] == _kind(deed), first
    after = digest(city)
    assert attempt(hub, deed, role, given) == first
    assert digest(city) == after
    other = {**given, **Maker(city, HERE, role).input(deed)}
    other |= {"title": "Khác"} if "title" in other else {}
    other |= {"name": "Khác"} if "name" in other else {}
    between = digest(city)
    assert attempt(hub, deed, role, other)["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert digest(city) == between


@pytest.mark.parametrize("deed", [deed for deed in DEEDS if deed not in WITHOUT_VERSION])
def test_an_old_version_is_told_the_present_one(hub: Hub, deed: str) -> None:
    city, role = hub.city, _doer(deed)
    given = Maker(city, HERE, role).input(deed)
    if deed == "mergeAgencies":
        present = given["predecessors"][0]["expectedVersion"]
        given["predecessors"][0]["expectedVersion"] = present + 41
    else:
        present = given["expectedVersion"]
        given["expectedVersion"] = present + 41
    before = digest(city)
    answer = attempt(hub, deed, role, given)
    assert (answer["__typename"], answer["code"], answer["current"]) == (
        "StaleVersion",
        "STALE_VERSION",
        present,
    )
    english = attempt(hub, deed, role, given, "en")
    assert english["message"] != answer["message"]
    assert digest(city) == before


FORGED = ["", "x", encode("Agency", "x"), encode("ArchivalFile", 999_999_999), encode("Nothing", 1), "QQ\0"]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_forged_id_names_nothing(hub: Hub, deed: str) -> None:
    city, role = hub.city, _doer(deed)
    given = Maker(city, HERE, role).input(deed)
    before = digest(city)
    for name in (name for name in given if name.endswith("Id") or name == "id"):
        for forged in FORGED:
            if forged == "" and name == "parentId":
                continue
            answer = hub.ask(
                f"mutation($input: {deed[0].upper() + deed[1:]}Input!) {{ {deed}(input: $input) {{ __typename"
                " ... on Problem { code message } } }",
                role,
                input={**given, name: forged},
            )
            if "errors" in answer.body:
                assert answer.code == "BAD_REQUEST", (name, forged, answer.text)
            else:
                assert answer.data[deed]["code"] == "NOT_FOUND", (name, forged, answer.text)
    assert digest(city) == before


BROKEN: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "a day that is not": ("openFile", {"startDate": "31/02/2020"}, {"startDate"}),
    "an end before the start": ("openFile", {"startDate": "2022", "endDate": "2020"}, {"endDate"}),
    "no title": ("openFile", {"title": "  "}, {"title"}),
    "a nul": ("openFile", {"title": "a\0b"}, {"title"}),
    "half a letter": ("openFile", {"title": "a\ud800"}, {"title"}),
    "negative pages": ("openFile", {"pageCount": -1}, {"pageCount"}),
    "years without a number": ("openFile", {"retention": {"kind": "YEARS"}}, {"retention.years"}),
    "a million years": (
        "openFile",
        {"retention": {"kind": "YEARS", "years": 1_000_000}},
        {"retention.years"},
    ),
    "a subject of 200,000 letters": ("registerItem", {"subject": "x" * 200_000}, {"subject"}),
    "an unknown type of document": ("registerItem", {"docType": "không có"}, {"docType"}),
    "a place before the first": ("registerItem", {"ordinal": 0}, {"ordinal"}),
    "an unknown language": ("registerItem", {"languages": ["elvish"]}, {"languages"}),
    "content of mode 03": ("registerItem", {"access": "SECRET"}, {"subject"}),
    "a key of 10,000 letters": ("openFile", {"idempotencyKey": "k" * 10_000}, {"idempotencyKey"}),
    "a code of blanks": ("openFile", {"code": " "}, {"code"}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_rules_are_problems_that_name_the_field(hub: Hub, name: str) -> None:
    deed, said, fields = BROKEN[name]
    given = {**Maker(hub.city, HERE, "officer").input(deed), **said}
    before = digest(hub.city)
    query = f"""mutation($input: {deed[0].upper() + deed[1:]}Input!) {{ {deed}(input: $input) {{ __typename
      ... on Invalid {{ code message errors {{ row field message }} }} }} }}"""
    told = hub.ask(query, "officer", input=given)
    assert digest(hub.city) == before
    if "errors" in told.body:
        assert told.code == "BAD_REQUEST", told.text
        return
    assert told.data[deed]["__typename"] == "Invalid", told.text
    assert {error["field"] for error in told.data[deed]["errors"]} >= fields
    english = hub.ask(query, "officer", "en", input=given).data[deed]
    assert [error["message"] for error in english["errors"]] != [
        error["message"] for error in told.data[deed]["errors"]
    ]
