"""Worked cases 1, 2, 6 and 11 over HTTP: hand-overs in time, and files online on no restriction list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlmodel import Session, create_engine

from hub.access.actor import the_public
from hub.access.commands import create_token, create_user, grant_role, seat_operator
from hub.access.queries import actor_for_user
from hub.kit.db import sqlalchemy_url
from tests.contract import conftest
from tests.contract.conftest import Clone, Hub, served
from tests.kpi.city import City
from tests.kpi.test_described_online import online
from tests.kpi.test_timely_transfers import at, city_file, document

QUERY = """query($code: String!, $asOf: Date!, $agency: String) {
  indicators(codes: [$code], asOf: $asOf, agencyCode: $agency) {
    numerator denominator missing percent result statusText side { code numerator denominator }
    shortfall(first: 10) { totalCount hiddenCount } } }"""


def build(city: City) -> None:
    """One agency with three documents, and two historical archives, one for each case of II.2.c."""
    agency = city.agency("P")
    city.source(agency)
    fonds = city.fonds(agency)
    for issued, accepted in (
        (date(2020, 6, 30), at(2023, 6, 30, 23, 30)),
        (date(2020, 7, 1), None),
        (date(2020, 2, 29), at(2023, 3, 1)),
    ):
        item = document(city, fonds, issued)
        if accepted:
            city.transfer(city_file(city, item), accepted=accepted)
    sixth, eleventh = city.fonds(city.archive("SIXTH")), city.fonds(city.archive("ELEVENTH"))
    for _ in range(5):
        online(city, sixth)
        online(city, eleventh)
    online(city, sixth, level=2)
    online(city, sixth, access_provenance="HD169_blank")
    online(city, sixth, access_level=None)
    for fonds, number in ((sixth, 2), (eleventh, 5)):
        for file in [online(city, fonds, access_level=1) for _ in range(number)][:2]:
            city.listed("RESTRICTED", file_id=file)


@pytest.fixture(scope="module")
def cases(clone: Clone) -> Iterator[Hub]:
    """The application over that city."""
    with clone() as dsn:
        engine = create_engine(sqlalchemy_url(dsn))
        with Session(engine) as session:
            build(City(session))
            seat_operator(session)
            administrator = actor_for_user(session)
            user = create_user(session, administrator, "lan", "Lan")
            grant_role(session, administrator, user, "supervisor", valid_from=date(2020, 1, 1))
            tokens = {"supervisor": create_token(session, administrator, user, "test")}
            session.commit()
        engine.dispose()
        with (
            psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as owner,
            served(conftest.City(dsn, owner, tokens, {"anyone": the_public()})) as hub,
        ):
            yield hub


def ask(hub: Hub, code: str, as_of: str, agency: str | None = None, role: str = "anyone") -> dict[str, Any]:
    [value] = hub.ask(QUERY, role, code=code, asOf=as_of, agency=agency).data["indicators"]
    value["side"] = {one["code"]: (one["numerator"], one["denominator"]) for one in value["side"]}
    found: dict[str, Any] = value
    return found


def test_a_hand_over_counts_until_the_last_minute_of_its_day(cases: Hub) -> None:
    """Worked case 1."""
    value = ask(cases, "II.1.d", "2023-06-30")
    assert (value["numerator"], value["denominator"], value["percent"]) == (1, 2, "50.00")
    assert value["side"]["II.1.d.late"] == (1, 2)
    assert value["shortfall"] == {"totalCount": 0, "hiddenCount": 1}
    assert ask(cases, "3.6", "2023-06-30")["numerator"] == 1


@pytest.mark.parametrize("agency", [None, "P"])
def test_before_2023_there_is_nothing_to_count(cases: Hub, agency: str | None) -> None:
    """Worked case 2."""
    value = ask(cases, "II.1.d", "2021-12-31", agency)
    assert (value["numerator"], value["denominator"], value["percent"]) == (0, 0, None)
    assert (value["result"], value["statusText"]) == ("NOT_APPLICABLE", "không phát sinh")


def test_files_online_of_those_on_no_restriction_list(cases: Hub) -> None:
    """Worked cases 6 and 11."""
    sixth, eleventh = (
        ask(cases, "II.2.c", "2025-06-30", code, "supervisor") for code in ("SIXTH", "ELEVENTH")
    )
    assert (sixth["numerator"], sixth["denominator"], sixth["percent"]) == (6, 8, "75.00")
    assert (sixth["missing"], sixth["result"]) == (1, "NOT_MET")
    assert (eleventh["numerator"], eleventh["denominator"], eleventh["percent"]) == (5, 8, "62.50")
    assert eleventh["side"]["II.2.c.conditional"] == (3, 8)
    city = ask(cases, "II.2.c", "2025-06-30")
    assert (city["numerator"], city["denominator"], city["percent"]) == (11, 16, "68.75")
