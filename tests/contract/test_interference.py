"""What somebody may not see changes no byte of what he is told."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from hub.kit.ids import encode
from tests.contract.conftest import ARCHIVE, ELSEWHERE, HERE, City, Hub

FILES = """query($agency: String!) { files(filter: { agencyCodes: [$agency] }, first: 100) {
  nodes { code itemCount origin items(first: 3) { totalCount nodes { id } } } } }"""
FILE = """query($id: ID!) { file(id: $id) { itemCount items { totalCount } } }"""
COUNTS = """{ files { totalCount facets { field buckets { value count } } } items { totalCount
  facets { field buckets { value count } } } fondsList { totalCount } seriesList { totalCount } transfers { totalCount }
  agencies(first: 100) { nodes { code fondsList(first: 1) { totalCount } } } }"""
DEEP = """query($text: String!) { search(text: $text, first: 20) { totalCount totalCountRelation
  facets { field buckets { value label count } } edges { cursor highlight node { __typename ... on Node { id } } }
  pageInfo { hasNextPage endCursor } } }"""


def _asked(city: City, role: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield COUNTS, {}
    for text in ("xây dựng", "quy hoach chi tiet", "canary"):
        yield DEEP, {"text": text}
        yield "FileBrowse", {"text": text}
        yield "Search", {"text": text}
    for agency in (HERE, ELSEWHERE, ARCHIVE):
        yield "FileList", {"agency": agency}
        yield "FilePage", {"agency": agency}
        yield "FondsTree", {"agency": agency}
        yield FILES, {"agency": agency}
        yield "ItemPage", {"agency": agency}
    yield "ReturnsOverview", {"from": "2024-12-01"}
    # for a clerk of the agency this file is open
    for query in ("FileScreen", FILE):
        yield query, {"id": encode("ArchivalFile", _open_file(city).id)}


def _open_file(city: City) -> Any:
    key = city.agency(HERE).id
    return next(
        row
        for row in city.rows("file").values()
        if row.agency_id == key and row.access_level == 0 and row.published and row.origin == "BORN_DIGITAL"
    )


_COLUMNS = "fonds_id, agency_id, creator_id, custodian_id"


@contextlib.contextmanager
def _more_hidden_rows(city: City) -> Iterator[None]:
    """Records of an agency where nobody of the two has a right, secret ones in the clerk's own, and dealings."""
    sql = city.sql
    there, here = city.agency(ELSEWHERE).id, city.agency(HERE).id
    text = "Quy hoạch chi tiết xây dựng canary mật"
    fonds = sql(
        "insert into fonds (agency_id, creator_id, custodian_id, code, title, title_sort, access_level) values"
        " (%s, %s, %s, 'AN', %s, 'a', 1) returning id", there, there, there, text,
    )[0].id  # fmt: skip
    series = sql(
        "insert into series (fonds_id, agency_id, custodian_id, code, title, title_sort, position) values"
        " (%s, %s, %s, 'AN', %s, 'a', 0) returning id", fonds, there, there, text,
    )[0].id  # fmt: skip
    own = _open_file(city)
    files = [
        sql(
            f"insert into file ({_COLUMNS}, series_id, code, title, title_sort, state, access_level, published,"
            " start_date) values (%s, %s, %s, %s, %s, %s, %s, 'a', 'CLOSED', %s, %s, '2024-02-02') returning id",
            *(home, agency, agency, agency, above, code, text, level, published),
        )[0].id
        for home, agency, above, code, level, published in (
            (fonds, there, series, "AN1", 1, True),
            (fonds, there, None, "AN2", 0, False),
            (own.fonds_id, here, None, "AN3", 2, True),
        )
    ]
    items = [
        sql(
            "insert into item (file_id, fonds_id, agency_id, custodian_id, code, subject, access_level, published,"
            " ordinal, issued_date, origin) select f.id, f.fonds_id, f.agency_id, f.custodian_id, f.code || n, f.title,"
            # A file's origin is a fact of the file, derived from all its items: those added are of the same.
            " f.access_level, f.published, n, '2024-03-03', %s from file f, generate_series(1, 4) n"
            " where f.id = %s returning id",
            *(own.origin, file),
        )
        for file in files
    ]
    listed = items[2][0].id
    sql(
        "insert into item_listing (file_id, item_id, agency_id, ordinal) values (%s, %s, %s, 0) returning 1 as one",
        *(own.id, listed, here),
    )
    # Secret, at home in the file that is open: a stub without pages, since pages are a fact of the whole file.
    stub = sql(
        "insert into item (file_id, fonds_id, agency_id, custodian_id, code, subject, access_level, published, ordinal,"
        " issued_date, origin, page_count) select id, fonds_id, agency_id, custodian_id, code || '.S', %s, 2, true,"
        " 9999, '2024-03-03', origin, 0 from file where id = %s returning id",
        *(text, own.id),
    )[0].id
    transfer = sql(
        "insert into transfer (code, agency_id, custodian_id, state, channel, registered_on) values"
        " ('AN', %s, %s, 'REGISTERED', 'MANUAL', '2025-01-01') returning id", there, there,
    )[0].id  # fmt: skip
    try:
        yield
    finally:
        for statement, values in (
            ("delete from transfer where id = %s", transfer),
            ("delete from item_listing where item_id = %s", listed),
            ("delete from item where file_id = any(%s)", files),
            ("delete from item where id = %s", stub),
            ("delete from file where id = any(%s)", files),
            ("delete from series where id = %s", series),
            ("delete from fonds where id = %s", fonds),
        ):
            city.connection.execute(statement, [values])


def test_rows_that_are_not_seen_change_no_byte_of_an_answer(hub: Hub) -> None:
    roles = ("anyone", "clerk")

    def answers(*roles: str) -> dict[tuple[str, str, str], bytes]:
        return {
            (role, query, str(given)): hub.ask(query, role, **given).said
            for role in roles
            for query, given in _asked(hub.city, role)
            if not (role == "anyone" and query == "ItemPage")
        }

    before, supervised = answers(*roles), answers("supervisor")
    with _more_hidden_rows(hub.city):
        meanwhile, told = answers(*roles), answers("supervisor")
    changed = [key for key in before if before[key] != meanwhile[key]]
    assert changed == []
    # They were there: somebody who may see them is told.
    different = {key[1] for key in supervised if supervised[key] != told[key]}
    assert {
        COUNTS,
        DEEP,
        "FileBrowse",
        "Search",
        "FileList",
        "FilePage",
        "FondsTree",
        "ItemPage",
        FILES,
    } <= different
    assert answers(*roles) == before


def test_what_is_hidden_and_what_is_not_there_look_alike(hub: Hub) -> None:
    city = hub.city
    hidden = {
        "ArchivalFile": "file", "Item": "item", "Fonds": "fonds", "Series": "series", "DigitalObject": "digital",
        "Transfer": "transfer", "AgencyReturn": "return",
    }  # fmt: skip
    for role in ("anyone", "clerk"):
        for name, kind in hidden.items():
            key = next(key for key in city.rows(kind) if not city.sees(role, kind, key))
            for query in (
                "query($id: ID!) { node(id: $id) { id } }",
                "query($id: ID!) { nodes(ids: [$id]) { id } }",
            ):
                absent = hub.ask(query, role, id=encode(name, 999_999_999))
                unseen = hub.ask(query, role, id=encode(name, key))
                assert absent.said == unseen.said
        one = next(row for row in city.rows("file").values() if not city.sees(role, "file", row.id))
        by_code = "query($agency: String!, $code: String!) { file(agencyCode: $agency, code: $code) { id } }"
        agency = city.rows("agency")[one.agency_id].code
        assert hub.ask(by_code, role, agency=agency, code=one.code).data == {"file": None}
        assert hub.ask(by_code, role, agency=agency, code="không có").data == {"file": None}
