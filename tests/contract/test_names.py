"""Names that must exist and what they mean: words in every filter, code lists in time, ids of another type."""

from __future__ import annotations

import tomllib
from collections import Counter

import pytest
from graphql import GraphQLInputObjectType

from hub.kit.ids import encode
from hub.records.codes import LISTS
from schema import build_schema
from tests.contract.conftest import HERE, Hub

CODES = """query($name: String!, $asOf: Date) { codeList(name: $name, asOf: $asOf) {
  value label labelEn validFrom validTo legalSource } }"""


# A search has its text beside the filter; changes of access have no words of their own.
WORDLESS = {"SearchFilter", "AccessChangeFilter"}


def test_every_filter_has_text() -> None:
    kinds = build_schema()._schema.type_map.values()
    filters = [
        kind for kind in kinds if isinstance(kind, GraphQLInputObjectType) and kind.name.endswith("Filter")
    ]
    assert len(filters) >= 9
    assert [one.name for one in filters if "text" not in one.fields and one.name not in WORDLESS] == []


def test_periods_and_reports_are_found_by_words(hub: Hub) -> None:
    periods = (
        "query($text: String) { reportingPeriods(filter: { text: $text }) { totalCount nodes { deadline } } }"
    )
    found = hub.ask(periods, "staff", text="31/12/2024").data["reportingPeriods"]["nodes"]
    assert found == [{"deadline": "2024-12-31"}]
    found = hub.ask(periods, "staff", text="30/6/2025").data["reportingPeriods"]["nodes"]
    assert found == [{"deadline": "2025-06-30"}]
    every = hub.ask(periods, "staff", text=None).data["reportingPeriods"]["totalCount"]
    assert hub.ask(periods, "staff", text="67/kh ubnd").data["reportingPeriods"]["totalCount"] == every
    assert hub.ask(periods, "staff", text="khong co").data["reportingPeriods"]["totalCount"] == 0
    [row] = hub.city.sql(
        "insert into published_report (period_id, agency_id, revision, state, number) select p.id, a.id, 91,"
        " 'SUPERSEDED', '12/BC-UBND' from reporting_period p, agency a where p.deadline = '2024-12-31'"
        " and a.code = %s returning id",
        HERE,
    )
    reports = "query($text: String) { reports(filter: { text: $text }) { nodes { id } } }"
    try:
        for text in ("12/BC-UBND", "ba dinh", "31/12/2024 ba dinh", "67/KH"):
            ids = [one["id"] for one in hub.ask(reports, "supervisor", text=text).data["reports"]["nodes"]]
            assert encode("PublishedReport", row.id) in ids, text
        assert hub.ask(reports, "supervisor", text="hoan kiem 12/BC").data["reports"]["nodes"] == []
    finally:
        hub.city.connection.execute("delete from published_report where id = %s", [row.id])


@pytest.mark.parametrize("day", [None, "2021-01-01", "2025-06-30", "2025-07-01", "2026-01-01"])
def test_every_code_list_is_in_force_once(hub: Hub, day: str | None) -> None:
    for name in tomllib.loads(LISTS.read_text()):
        if name == "exclusion_basis" and day == "2021-01-01":  # of the plan, which is younger
            continue
        found = hub.ask(CODES, name=name, asOf=day).data["codeList"]
        assert found, name
        assert max(Counter(one["value"] for one in found).values()) == 1
        on = day or "2025-06-30"  # the demo's today
        assert all(one["validFrom"] <= on and (one["validTo"] or "9999") > on for one in found)
    if day in ("2025-06-30", "2025-07-01"):
        [source] = {
            one["legalSource"][:19] for one in hub.ask(CODES, name="origin", asOf=day).data["codeList"]
        }
        assert source == ("TT 02/2019/TT-BNV, " if day == "2025-06-30" else "TT 05/2025/TT-BNV, ")


def test_the_names_of_code_lists_stand_in_the_schema() -> None:
    query = build_schema()._schema.query_type
    assert query is not None
    said = query.fields["codeList"].args["name"].description or ""
    assert all(name in said for name in tomllib.loads(LISTS.read_text()))


def test_an_id_of_another_type_is_told_from_one_that_is_none(hub: Hub) -> None:
    for query in (
        "query($id: ID!) { file(id: $id) { id } }",
        "query($id: ID!) { items(filter: { fileId: $id }) { totalCount } }",
    ):
        wrong = hub.ask(query, "officer", "en", id=encode("Item", 1))
        assert wrong.code == "BAD_REQUEST"
        assert "the id of Item" in wrong.error["message"]
        assert "ArchivalFile is needed" in wrong.error["message"]
        assert "cần mã của ArchivalFile" in hub.ask(query, "officer", id=encode("Item", 1)).error["message"]
        assert "not an id given out" in hub.ask(query, "officer", "en", id="nonsense").error["message"]
