"""The contract's operations on records and search, answered to every role, against plain SQL and enforce()."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import parse, validate

from hub.demo.evidence import TODAY
from hub.kit.ids import encode
from schema import build_schema
from tests.contract.conftest import ARCHIVE, ELSEWHERE, HERE, OPERATIONS, ROLES, SIGHTS, City, Hub, operation

LEVELS = {0: "OPEN", 1: "CONDITIONAL", 2: "SECRET", None: None}
EACH_SIGHT = pytest.mark.parametrize("role", SIGHTS)
# What the public may not ask for: pages of more than a hundred.
REFUSED = {"ItemPage", "IndicatorByAgency"}


def test_every_operation_of_the_contract_is_here_and_valid() -> None:
    schema = build_schema()._schema
    assert len(OPERATIONS) == 11
    for name in OPERATIONS:
        assert validate(schema, parse(operation(name))) == [], name


def variables(city: City) -> dict[str, dict[str, Any]]:
    """What each operation is asked with."""
    file = next(row for row in city.rows("file").values() if row.agency_id == city.agency(HERE).id)
    return {
        "CityScorecard": {"asOf": "2025-06-30"},
        "FileBrowse": {"text": "xây dựng"},
        "FileList": {"agency": HERE},
        "FilePage": {"agency": ARCHIVE, "origins": ["PAPER"]},
        "FileScreen": {"id": encode("ArchivalFile", file.id)},
        "FilesWithItems": {"fonds": encode("Fonds", file.fonds_id)},
        "FondsTree": {"agency": HERE},
        "IndicatorByAgency": {"asOf": "2025-06-30", "codes": ["II.1.a", "II.2.b"]},
        "ItemPage": {"agency": HERE},
        "ReturnsOverview": {"from": "2024-12-01"},
        "Search": {"text": "quy hoach chi tiet"},
    }


@pytest.mark.parametrize("role", ROLES)
def test_every_operation_answers_every_role_or_refuses_clearly(hub: Hub, role: str) -> None:
    for name, given in variables(hub.city).items():
        answer = hub.ask(name, role, **given)
        if role == "anyone" and name in REFUSED:
            assert answer.code == "COST_EXCEEDED", name
            assert answer.error["extensions"]["requestId"] == answer.response.headers["x-request-id"]
        else:
            assert answer.data, name


# ---- what a file, a fonds, an item look like


def _place(city: City, role: str, kind: str, key: int | None) -> dict[str, Any] | None:
    if key is None or not city.sees(role, kind, key):
        return None
    row = city.rows(kind)[key]
    return {
        "id": encode({"fonds": "Fonds", "series": "Series"}[kind], key),
        "code": row.code,
        "title": row.title,
    }


def _agency(city: City, key: int) -> dict[str, Any]:
    row = city.rows("agency")[key]
    return {"id": encode("Agency", key), "code": row.code, "name": row.name}


def _day(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def _file_id(row: SimpleNamespace) -> str:
    return encode("ArchivalFile", row.id)


def _item_id(row: SimpleNamespace) -> str:
    return encode("Item", row.id)


@pytest.mark.parametrize("agency", [HERE, ELSEWHERE, ARCHIVE])
@EACH_SIGHT
def test_file_list(hub: Hub, role: str, agency: str) -> None:
    city = hub.city
    listed = city.sql(
        "select f.* from file f join agency a on a.id = f.agency_id where a.code = %s order by f.id",
        agency,
    )
    expected = [
        {
            "id": _file_id(row),
            "code": row.code,
            "title": row.title,
            "startDate": _day(row.start_date),
            "endDate": _day(row.end_date),
            "origin": city.told(role, row)["origin"],
            "access": LEVELS[row.access_level],
            "fonds": _place(city, role, "fonds", row.fonds_id),
            "series": _place(city, role, "series", row.series_id),
            "agency": _agency(city, row.agency_id),
        }
        for row in city.seen(role, "file", listed)
    ]
    assert hub.ask("FileList", role, agency=agency).data["files"]["nodes"] == expected[:100]
    if (role, agency) in {
        ("officer", HERE),
        ("supervisor", ELSEWHERE),
        ("archivist", ARCHIVE),
        ("anyone", ARCHIVE),
    }:
        assert expected


@EACH_SIGHT
def test_file_page_to_the_end(hub: Hub, role: str) -> None:
    city = hub.city
    listed = city.sql(
        "select f.* from file f join agency a on a.id = f.agency_id where a.code = %s"
        " order by coalesce(f.start_date, '-infinity') desc, f.id desc",
        ARCHIVE,
    )
    seen = [
        row for row in city.seen(role, "file", listed) if city.told(role, row)["origin"] in ("PAPER", "MIXED")
    ]
    pages = hub.pages("FilePage", role, "files", agency=ARCHIVE, origins=["PAPER", "MIXED"])
    nodes = [edge["node"] for page in pages for edge in page["edges"]]
    assert [node["id"] for node in nodes] == [_file_id(row) for row in seen]
    assert [node["startDate"] for node in nodes] == [_day(row.start_date) for row in seen]
    assert {page["totalCount"] for page in pages} == {len(seen)}
    assert len(pages) == max(1, -(-len(seen) // 50)) > 1
    assert [page["pageInfo"]["endCursor"] for page in pages] == [
        page["edges"][-1]["cursor"] for page in pages
    ]


def _words(*texts: str | None) -> set[str]:
    """Words without diacritics, without the hub's own folding."""
    text = unicodedata.normalize(
        "NFD", " ".join(text for text in texts if text).replace("đ", "d").replace("Đ", "D")
    )
    plain = "".join(letter for letter in text if not unicodedata.combining(letter)).lower()
    return set("".join(letter if letter.isalnum() else " " for letter in plain).split())


def _found(wanted: str, words: set[str]) -> bool:
    *whole, start = wanted.split()
    return words.issuperset(whole) and any(word.startswith(start) for word in words)


def _facets(connection: dict[str, Any]) -> dict[str, dict[str, int]]:
    return {
        facet["field"]: {bucket["value"]: bucket["count"] for bucket in facet["buckets"]}
        for facet in connection["facets"]
    }


def _counted(values: Iterable[Any]) -> dict[str, int]:
    return dict(Counter(str(value) for value in values if value is not None))


@EACH_SIGHT
def test_file_browse_counts_facets_and_pages(hub: Hub, role: str) -> None:
    city = hub.city
    agencies = city.rows("agency")
    found = [
        row
        for row in city.rows("file").values()
        if _found("xay dung", _words(row.title, row.code, row.keywords))
    ]
    seen = city.seen(role, "file", found)
    pages = hub.pages("FileBrowse", role, "files", text="Xây DỰNG")
    assert [node["id"] for page in pages for node in page["nodes"]] == [_file_id(row) for row in seen]
    assert seen
    assert pages[0]["totalCount"] == len(seen)
    assert _facets(pages[0]) == {
        "AGENCY": _counted(agencies[row.agency_id].code for row in seen),
        "ORIGIN": _counted(city.told(role, row)["origin"] for row in seen),
        "ACCESS": _counted(LEVELS[row.access_level] for row in seen),
        "YEAR": _counted(row.start_date and row.start_date.year for row in seen),
    }
    names = {agency.code: agency.name for agency in agencies.values()}
    for facet in pages[0]["facets"]:
        for bucket in facet["buckets"]:
            assert bucket["label"] == names.get(bucket["value"], bucket["label"])
            assert bucket["label"]


@EACH_SIGHT
def test_file_screen_of_files_of_every_kind(hub: Hub, role: str) -> None:
    city = hub.city
    kept: dict[tuple[Any, ...], SimpleNamespace] = {}
    for row in city.rows("file").values():
        place = city.rows("agency")[row.agency_id].code
        key = (
            row.access_level,
            row.published,
            place if place in (HERE, ARCHIVE) else None,
            row.item_count > 2,
        )
        kept.setdefault(key, row)
    answered = 0
    for row in kept.values():
        node = hub.ask("FileScreen", role, id=_file_id(row)).data["node"]
        if not city.sees(role, "file", row.id):
            assert node is None
            continue
        answered += 1
        contents = city.contents(role, row.id)
        assert node["__typename"] == "ArchivalFile"
        assert (node["code"], node["title"], node["state"]) == (row.code, row.title, row.state)
        told = city.told(role, row)
        assert [node[name] for name in ("origin", "pageCount", "digitizedPageCount")] == list(told.values())
        assert node["access"] == LEVELS[row.access_level]
        assert node["retention"] == {"kind": row.retention_kind, "years": row.retention_years}
        assert node["fonds"] == _place(city, role, "fonds", row.fonds_id)
        assert node["series"] == _place(city, role, "series", row.series_id)
        is_open = city.rows("fonds")[row.fonds_id].state == "OPEN"
        offered = city.actors[role].offers("file", row, fonds_open=is_open)
        assert node["viewerCan"] == [re.sub("([A-Z])", r"_\1", deed).upper() for deed in offered]
        assert node["items"]["totalCount"] == len(contents)
        assert [(edge["ordinal"], edge["node"]["id"]) for edge in node["items"]["edges"]] == [
            (ordinal, _item_id(item)) for ordinal, item in contents[:20]
        ]
        assert node["items"]["pageInfo"]["hasNextPage"] == (len(contents) > 20)
    assert answered
    assert answered < len(kept)  # something is hidden from everybody


@EACH_SIGHT
def test_files_with_items(hub: Hub, role: str) -> None:
    city = hub.city
    sizes = Counter(row.fonds_id for row in city.rows("file").values() if row.item_count)
    here = next(row.id for row in city.rows("fonds").values() if row.agency_id == city.agency(HERE).id)
    for fonds in (here, sizes.most_common(1)[0][0]):
        inside = [row for row in city.rows("file").values() if row.fonds_id == fonds]
        # of a fonds that is not seen nothing is listed, as of one that is not there
        files = city.seen(role, "file", inside) if city.sees(role, "fonds", fonds) else []
        nodes = hub.ask("FilesWithItems", role, fonds=encode("Fonds", fonds)).data["files"]["nodes"]
        assert [node["id"] for node in nodes] == [_file_id(row) for row in files[:50]]
        for node, row in zip(nodes, files, strict=False):
            assert [(edge["ordinal"], edge["node"]) for edge in node["items"]["edges"]] == [
                (
                    ordinal,
                    {
                        "id": _item_id(item),
                        "number": item.number,
                        "notation": item.notation,
                        "subject": item.subject,
                        "issuedDate": _day(item.issued_date),
                    },
                )
                for ordinal, item in city.contents(role, row.id)[:10]
            ]


@EACH_SIGHT
def test_fonds_tree(hub: Hub, role: str) -> None:
    city = hub.city

    def below(kind: str, column: str, key: int) -> list[SimpleNamespace]:
        return city.seen(role, kind, (row for row in city.rows(kind).values() if getattr(row, column) == key))

    for agency in (HERE, ARCHIVE):
        expected = [
            {
                "id": encode("Fonds", fonds.id),
                "code": fonds.code,
                "title": fonds.title,
                "series": [
                    (
                        series.code,
                        [
                            (
                                file.code,
                                [
                                    (ordinal, item.subject)
                                    for ordinal, item in city.contents(role, file.id)[:5]
                                ],
                            )
                            for file in below("file", "series_id", series.id)[:10]
                        ],
                    )
                    for series in below("series", "fonds_id", fonds.id)[:5]
                ],
            }
            for fonds in below("fonds", "agency_id", city.agency(agency).id)[:2]
        ]
        nodes = hub.ask("FondsTree", role, agency=agency).data["fondsList"]["nodes"]
        assert [
            {
                "id": fonds["id"],
                "code": fonds["code"],
                "title": fonds["title"],
                "series": [
                    (
                        series["code"],
                        [
                            (
                                file["code"],
                                [
                                    (edge["ordinal"], edge["node"]["subject"])
                                    for edge in file["items"]["edges"]
                                ],
                            )
                            for file in series["files"]["nodes"]
                        ],
                    )
                    for series in fonds["seriesList"]["nodes"]
                ],
            }
            for fonds in nodes
        ] == expected


@pytest.mark.parametrize("agency", [HERE, ELSEWHERE])
@EACH_SIGHT
def test_item_page(hub: Hub, role: str, agency: str) -> None:
    if role == "anyone":
        assert hub.ask("ItemPage", role, agency=agency).code == "COST_EXCEEDED"
        return
    city = hub.city
    listed = city.sql(
        "select i.* from item i join agency a on a.id = i.agency_id where a.code = %s order by i.id", agency
    )
    expected = [
        {
            "id": _item_id(row),
            "code": row.code,
            "ordinal": row.ordinal,
            "docType": row.doc_type and {"value": row.doc_type},
            "number": row.number,
            "notation": row.notation,
            "issuedDate": _day(row.issued_date),
            "issuer": row.issuer,
            "subject": row.subject,
            "pageCount": row.page_count,
            "access": LEVELS[row.access_level],
            "origin": row.origin,
        }
        for row in city.seen(role, "item", listed)
    ]
    assert hub.ask("ItemPage", role, agency=agency).data["items"]["nodes"] == expected


@pytest.mark.parametrize("role", ROLES)
def test_returns_overview(hub: Hub, role: str) -> None:
    city = hub.city
    nodes = hub.ask("ReturnsOverview", role, **{"from": "2024-12-01"}).data["reportingPeriods"]["nodes"]
    if role == "anyone":
        assert nodes == []
        return
    periods = city.sql(
        "select * from reporting_period where deadline >= '2024-12-01' order by deadline limit 4"
    )
    assert [node["deadline"] for node in nodes] == [_day(row.deadline) for row in periods]
    told = 0
    for node, period in zip(nodes, periods, strict=True):
        returns = [row for row in city.rows("return").values() if row.period_id == period.id]
        seen = city.seen(role, "return", returns)
        handed_in = {row.agency_id for row in seen if row.state in ("SUBMITTED", "APPROVED", "ACCEPTED")}
        owing = {
            row.id
            for row in city.rows("agency").values()
            if row.archive_since is not None and row.archive_since <= period.deadline
            if row.valid_to is None or row.valid_to > period.deadline
            if city.actors[role].may("read", "return", SimpleNamespace(agency_id=row.id, id=None))
        }
        given_more = city.sql(
            "select agency_id from return_case where period_id = %s and extended_to >= %s", period.id, TODAY
        )
        late = owing - handed_in - {row.agency_id for row in given_more}
        late = late if period.returns_due_on < TODAY else set()
        assert (node["expectedCount"], node["submittedCount"]) == (len(owing), len(handed_in))
        assert node["overdue"]["totalCount"] == len(late)
        assert {one["id"] for one in node["overdue"]["nodes"]} <= {encode("Agency", key) for key in late}
        assert [one["id"] for one in node["returns"]["nodes"]] == [
            encode("AgencyReturn", row.id) for row in seen[:50]
        ]
        assert [one["difficulties"] for one in node["returns"]["nodes"]] == [
            row.difficulties for row in seen[:50]
        ]
        told += len(seen)
    assert (told > 0) == (
        role
        in {
            "clerk",
            "officer",
            "approver",
            "supervisor",
            "supervisor_head",
            "leader",
            "archivist",
            "archive_head",
        }
    )


_SEARCHED = {
    "fonds": lambda row: _words(row.title, row.code),
    "series": lambda row: _words(row.title, row.code),
    "file": lambda row: _words(row.title, row.code, row.keywords),
    "item": lambda row: _words(row.subject, row.number, row.notation),
}
_NAMES = {"fonds": "Fonds", "series": "Series", "file": "ArchivalFile", "item": "Item"}


@pytest.mark.parametrize("text", ["quy hoach chi tiet", "Sở Xây d", "van thu"])
@EACH_SIGHT
def test_search_totals_facets_and_pages(hub: Hub, role: str, text: str) -> None:
    city = hub.city
    wanted = " ".join(text.replace("ở", "o").replace("â", "a").lower().split())
    seen = {
        kind: city.seen(role, kind, (row for row in city.rows(kind).values() if _found(wanted, words(row))))
        for kind, words in _SEARCHED.items()
    }
    everything = {encode(_NAMES[kind], row.id) for kind, rows in seen.items() for row in rows}
    pages = hub.pages("Search", role, "search", text=text)
    ids = [node["id"] for page in pages for node in page["nodes"]]
    assert len(ids) == len(set(ids))
    assert set(ids) == everything
    assert everything
    assert (pages[0]["totalCount"], pages[0]["totalCountRelation"]) == (len(everything), "EXACT")
    facets = _facets(pages[0])
    assert facets["KIND"] == {kind.upper(): len(rows) for kind, rows in seen.items() if rows}
    agencies = city.rows("agency")
    assert facets["AGENCY"] == _counted(
        agencies[row.agency_id].code for rows in seen.values() for row in rows
    )
    assert facets["ACCESS"] == _counted(LEVELS[row.access_level] for rows in seen.values() for row in rows)
    for page in pages:
        for node in page["nodes"]:
            if node["__typename"] == "Item":
                home = city.rows("item")[
                    next(row.id for row in seen["item"] if _item_id(row) == node["id"])
                ].file_id
                assert (node["file"] is not None) == city.sees(role, "file", home)
