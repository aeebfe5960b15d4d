"""Labels in both languages, and what has no value: how many, and which."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.conftest import HERE, City, Hub

FACETS = """{ files { totalCount facets { field unknownCount buckets { value label labelEn count } } }
  items { totalCount facets { field unknownCount buckets { value label labelEn count } } }
  search(text: "quyet dinh") { facets { field unknownCount buckets { value label labelEn count } } } }"""
UNKNOWN = """query($file: FileFilter!, $item: ItemFilter!) {
  files(filter: $file) { totalCount nodes { origin access startDate } facets { field unknownCount buckets { count } } }
  items(filter: $item) { totalCount nodes { origin access issuedDate } } }"""
CUT = """query($by: BreakdownBy!) { indicators(asOf: "2025-06-30", codes: ["II.1.a", "II.2.b"]) {
  indicator { unit unitEn } side { unit unitEn }
  breakdown(by: $by) { nodes { label year numerator denominator excluded missing result } } } }"""


def _buckets(facets: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    return {one["field"]: {bucket["value"]: bucket for bucket in one["buckets"]} for one in facets}


def test_every_label_is_told_in_both_languages(hub: Hub) -> None:
    data = hub.ask(FACETS, "supervisor").data
    files, items, hits = (_buckets(data[name]["facets"]) for name in ("files", "items", "search"))
    told = {
        "ORIGIN": ("BORN_DIGITAL", "gốc điện tử", "Created electronically"),
        "ACCESS": ("OPEN", "công khai", "Open to everybody"),
        "STATE": ("SUBMITTED", "đã nộp", "Handed to the agency's archive"),
        "RETENTION": ("PERMANENT", "vĩnh viễn", "Permanently"),
    }
    for field, (value, vietnamese, english) in told.items():
        if value in files[field]:
            assert (files[field][value]["label"], files[field][value]["labelEn"]) == (vietnamese, english)
    assert (items["DOC_TYPE"]["02"]["label"], items["DOC_TYPE"]["02"]["labelEn"]) == (
        "Quyết định",
        "Decision",
    )
    assert (hits["KIND"]["ITEM"]["label"], hits["KIND"]["ITEM"]["labelEn"]) == ("văn bản", "Document")
    name = hub.city.agency(HERE).name
    assert files["AGENCY"][HERE]["label"] == files["AGENCY"][HERE]["labelEn"] == name
    coded = '{ items(filter: { docTypes: ["02"] }, first: 1) { nodes { docType { value label labelEn } } } }'
    [node] = hub.ask(coded, "supervisor").data["items"]["nodes"]
    assert node["docType"] == {"value": "02", "label": "Quyết định", "labelEn": "Decision"}


@pytest.mark.parametrize("role", ["officer", "archive_head", "supervisor"])
def test_what_a_facet_leaves_out_is_told_and_found(hub: Hub, role: str) -> None:
    city = hub.city
    with _more_unknown(city):
        data = hub.ask(FACETS, role).data
        for name, kind in (("files", "file"), ("items", "item")):
            seen = city.seen(role, kind, city.sql(_ROWS[kind]))
            for facet in data[name]["facets"]:
                whole = sum(bucket["count"] for bucket in facet["buckets"]) + facet["unknownCount"]
                assert whole == data[name]["totalCount"] == len(seen)
            told = {facet["field"]: facet["unknownCount"] for facet in data[name]["facets"]}
            origins = [city.told(role, row)["origin"] if kind == "file" else row.origin for row in seen]
            assert told["ORIGIN"] == origins.count(None) > 0
            assert told["ACCESS"] == sum(row.access_level is None for row in seen)
        for column, field, nodes in (
            ("origin", "origin", "ORIGIN"),
            ("access", "access", "ACCESS"),
            ("startDate", "startDate", "YEAR"),
        ):
            item = "issuedDate" if column == "startDate" else column
            counts = []
            for unknown in (True, False):
                asked = {"file": {f"{field}Unknown": unknown}, "item": {f"{item}Unknown": unknown}}
                found = hub.ask(UNKNOWN, role, **asked).data
                for name, told in (("files", column), ("items", item)):
                    assert all((node[told] is None) == unknown for node in found[name]["nodes"])
                counts.append(found["files"]["totalCount"])
                # its own facet shows what else could be chosen
                [facet] = [one for one in found["files"]["facets"] if one["field"] == nodes]
                whole = sum(bucket["count"] for bucket in facet["buckets"]) + facet["unknownCount"]
                assert whole == data["files"]["totalCount"]
            assert sum(counts) == data["files"]["totalCount"]


@contextlib.contextmanager
def _more_unknown(city: City) -> Iterator[None]:
    """Files and items whose origin, date or access mode is not known, in the agency of the agency roles."""
    own = city.sql(
        "select f.* from file f where f.agency_id = %s and f.access_level = 0 and f.published limit 1",
        city.agency(HERE).id,
    )[0]
    keys = []
    for level in (0, None):
        [row] = city.sql(
            "insert into file (fonds_id, agency_id, creator_id, custodian_id, code, title, title_sort, state,"
            " access_level, published) values (%s, %s, %s, %s, %s, 'Không rõ', 'k', 'CLOSED', %s, true)"
            " returning id",
            *(own.fonds_id, own.agency_id, own.agency_id, own.custodian_id, f"KR{level}", level),
        )
        keys.append(row.id)
        city.sql(
            "insert into item (file_id, fonds_id, agency_id, custodian_id, code, subject, access_level, published,"
            " ordinal) values (%s, %s, %s, %s, %s, 'Không rõ', %s, true, 1) returning id",
            *(row.id, own.fonds_id, own.agency_id, own.custodian_id, f"KRI{level}", level),
        )
    kept = dict(city._rows), dict(city._known)
    city._rows.clear()
    city._known.clear()
    try:
        yield
    finally:
        city.connection.execute("delete from item where file_id = any(%s)", [keys])
        city.connection.execute("delete from file where id = any(%s)", [keys])
        for known, before in zip((city._rows, city._known), kept, strict=True):
            known.clear()
            known.update(before)  # type: ignore[arg-type]


_ROWS = {
    "file": "select t.* from file t order by t.id",
    "item": "select t.*, f.state as file_state from item t join file f on f.id = t.file_id order by t.id",
}


def test_the_lines_of_a_breakdown_speak_the_callers_language(hub: Hub) -> None:
    def labels(by: str, language: str) -> list[str]:
        values = hub.ask(CUT, "anyone", language, by=by).data["indicators"]
        return [line["label"] for value in values for line in value["breakdown"]["nodes"]]

    assert "Năm 2021" in labels("YEAR", "vi")
    assert "2021" in labels("YEAR", "en")
    assert "Quận, huyện, thị xã" in labels("KIND", "vi")
    assert "Districts" in labels("KIND", "en")
    assert labels("AGENCY", "vi") == labels("AGENCY", "en")
    first, second = hub.ask(CUT, by="AGENCY").data["indicators"]
    assert first["indicator"] == {"unit": "văn bản", "unitEn": "document"}
    assert second["indicator"] == {"unit": "trang", "unitEn": "page"}
    assert all(side["unitEn"] and side["unitEn"] != side["unit"] for side in first["side"] + second["side"])


def test_years_outside_the_window_have_no_line(hub: Hub) -> None:
    by_year = hub.ask(CUT, by="YEAR").data["indicators"]
    for value in by_year:
        lines = value["breakdown"]["nodes"]
        assert lines
        for line in lines:
            assert (
                line["denominator"] or line["excluded"] or line["missing"] or line["result"] == "MISSING_DATA"
            )
    years = [line["year"] for line in by_year[0]["breakdown"]["nodes"]]
    assert min(years) == 2020
    # an agency that should report and has nothing is a line all the same
    by_agency = hub.ask(CUT, by="AGENCY").data["indicators"][0]["breakdown"]["nodes"]
    assert any(line["denominator"] == 0 for line in by_agency)
