"""No text of anybody's rows reaches somebody who may not read them, by any field of the whole schema.

`HUB_EXAMPLES` says how many random operations each role is asked beside those that cover the schema; with it every
role is asked every operation, without it each operation goes to two roles in turn.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from functools import partial

import pytest
from sqlmodel import Session

from hub.access.queries import actor_for_user, user_by_name
from hub.access.sessions import cookie_name, open_link, redeem_link
from reports.build import build_report
from reports.figures import as_json
from reports.html import render_html
from schema import build_schema
from tests.conftest import Cities
from tests.contract.conftest import ELSEWHERE, HERE, ROLES, Hub, served, stirred_city
from tests.contract.marks import MARK, Readers, mark
from tests.contract.walk import Walk

EXAMPLES = int(os.environ.get("HUB_EXAMPLES", "0"))
ITEMS = 400
ANSWERED = {"COST_EXCEEDED", "BAD_REQUEST", "NOT_FOUND", "NOT_PERMITTED", "UNAUTHENTICATED"}


@pytest.fixture(scope="module")
def marked(cities: Cities) -> Iterator[tuple[Hub, Readers]]:
    """The application over a small city in which every text is marked, and who may be told which mark."""
    with stirred_city(cities, ITEMS) as city:
        mark(city)
        with served(city) as hub:
            yield hub, Readers(city)


def _figures(hub: Hub) -> tuple[str, ...]:
    data = hub.ask('{ indicators(asOf: "2025-06-30") { id } }', "supervisor").data
    return tuple(one["id"] for one in data["indicators"])


def test_no_field_of_the_schema_tells_what_its_reader_may_not_see(marked: tuple[Hub, Readers]) -> None:
    hub, readers = marked
    walk = Walk(build_schema()._schema, hub.city, 67, _figures(hub))
    operations = [*walk.covering(), *walk.probing(), *walk.random(EXAMPLES or 60)]
    told: set[str] = set()
    refused: list[str] = []
    asked = 0
    for number, operation in enumerate(operations):
        roles = ROLES if EXAMPLES else {ROLES[(number + step) % len(ROLES)] for step in (0, 7)}
        if "digitalObjects" in operation:
            roles = {*roles, "officer"}  # few roles see any
        for role in roles:
            answer = hub.ask(operation, role)
            asked += 1
            if "errors" in answer.body:
                codes = {one["extensions"]["code"] for one in answer.body["errors"]}
                assert codes <= ANSWERED, (role, operation, answer.text[:600])
                refused.append(operation)
            assert readers.leaks(role, answer.text) == set(), (role, operation)
            told |= {kind for kind, _ in MARK.findall(answer.text)}
    print(told, len(refused), asked, len(operations), refused[::9])
    assert walk.reachable() - walk.covered == set()
    assert len(refused) * 10 < asked
    assert told >= {
        "fonds",
        "series",
        "file",
        "item",
        "digital",
        "transfer",
        "return",
        "audit",
        "user",
        "grant",
    }


PAGES = (
    "/", "/annex", "/agencies", "/quality", "/radar",
    *(f"/agencies/{code}{more}" for code in (HERE, ELSEWHERE) for more in ("", "/quality")),
    *(f"/indicators/{code}?agency={agency}" for code in ("II.1.a", "II.2.b") for agency in (HERE, ELSEWHERE)),
)  # fmt: skip
# Who prints reports, and who sees least.
PRINTING = ("anyone", "officer", "supervisor", "leader")


def test_no_page_and_no_report_tells_what_its_reader_may_not_see(marked: tuple[Hub, Readers]) -> None:
    hub, readers = marked
    seam = hub.app.state.services.seam
    for role in ROLES:
        cookies = {}
        if role != "anyone":

            def sign_in(session: Session, role: str = role) -> str:
                user = user_by_name(session, f"demo.{role}")
                link = open_link(session, actor_for_user(session), user)
                return redeem_link(session, link).secret

            cookies = {"cookie": f"{cookie_name(secure=False)}={seam.change_now(sign_in)}"}
        for page in PAGES:
            told = hub.runner.run(hub.http.get(page, headers=cookies))
            assert told.status_code < 500, (role, page)
            assert readers.leaks(role, told.text) == set(), (role, page)
        actor = hub.city.actors[role]
        for agency in (None, HERE, ELSEWHERE) if role in PRINTING else ():
            report = seam.read_now(
                partial(build_report, actor=actor, period=date(2025, 6, 30), agency_code=agency)
            )
            assert readers.leaks(role, render_html(report) + as_json(report)) == set(), (role, agency)
