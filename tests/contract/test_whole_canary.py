"""No text of anybody's rows reaches somebody who may not read them, by any field of the whole schema.

`HUB_EXAMPLES` says how many random operations each role is asked beside those that cover the schema; with it every
role is asked every operation, without it each operation goes to two roles in turn.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from random import Random
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)
from sqlmodel import Session
from starlette.routing import Route

from hub.access.queries import actor_for_user, user_by_name
from hub.access.sessions import cookie_name, open_link, redeem_link
from hub.web.routes import routes
from reports.brief import render_brief
from reports.build import build_report
from reports.figures import as_csv, as_json
from reports.html import render_html
from reports.workbook import render_workbook
from schema import build_schema
from tests.conftest import Cities
from tests.contract.conftest import ELSEWHERE, HERE, ROLES, Hub, served, stirred_city
from tests.contract.marks import MARK, Readers, mark
from tests.contract.walk import NAMED, Walk

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


# Few roles see stored files or hand-overs, and few records have any.
_OWN = f'files(filter: {{agencyCodes: ["{HERE}"]}}, first: 100)'
STORED = f"{{ {_OWN} {{ nodes {{ digitalObjects(first: 5) {{ nodes {{ name }} }} }} }} }}"
HANDED_OVER = "{ transfers(first: 50) { nodes { code decisionNote minutesNumber } } }"


def _figures(hub: Hub) -> tuple[str, ...]:
    data = hub.ask('{ indicators(asOf: "2025-06-30") { id } }', "supervisor").data
    return tuple(one["id"] for one in data["indicators"])


def test_no_field_of_the_schema_tells_what_its_reader_may_not_see(marked: tuple[Hub, Readers]) -> None:
    hub, readers = marked
    walk = Walk(build_schema()._schema, hub.city, 67, _figures(hub))
    operations = [STORED, HANDED_OVER, *walk.covering(), *walk.probing(), *walk.random(EXAMPLES or 20)]
    told: set[str] = set()
    refused: list[str] = []
    asked = 0
    for number, operation in enumerate(operations):
        roles = ROLES if EXAMPLES else {ROLES[number % len(ROLES)]}
        if operation in (STORED, HANDED_OVER) or "digitalObjects" in operation:
            roles = {*roles, "officer", "archivist"}  # few roles see any
        if any(name in operation for name in ("indicatorChange(", "dataQuality(", "transferRadar(")):
            roles = {*roles, "supervisor"}  # for who reads the figures
        for role in roles:
            answer = hub.ask(operation, role)
            asked += 1
            if "errors" in answer.body:
                codes = {one["extensions"]["code"] for one in answer.body["errors"]}
                assert codes <= ANSWERED, (role, operation, answer.text[:600])
                refused.append(operation)
            assert readers.leaks(role, answer.text) == set(), (role, operation)
            told |= {kind for kind, _ in MARK.findall(answer.text)}
    assert walk.reachable() - walk.covered == set()
    assert len(refused) * 5 < asked
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


# What stands in an address, by the start of the address or the name of its part; several parts are parted by "|".
_SECRET, _DIGEST = "x" * 43, "0" * 64
PARTS = {
    "/periods/{id}/agencies/{code}": (f"9|{HERE}", f"9|{ELSEWHERE}"),
    "/periods/{id}": ("9", "1"),
    "/returns/{id}/attachments": ("1|1",),
    "/returns/{id}": ("1",),
    "/reports/jobs/{id}": ("1", "2"),
    "/reports/{id}": ("1", "2", "60"),
    "/exclusions/{id}": ("1", "2", "3"),
    "/agencies/{code}": (HERE, ELSEWHERE),
    "/indicators/{code}": (f"II.1.a?agency={HERE}", f"II.1.a?agency={ELSEWHERE}", "II.2.b"),
    "/users/{name}": ("demo.clerk", "demo.supervisor"),
    "{secret}": (_SECRET,),
    "{sha256}": (_DIGEST,),
    "{named": ("1", "2", _DIGEST),
    "{name}": ("nobody",),
}
# Pages about people go to everybody; the others, which count and take long, to every fourth role in turn.
PEOPLE = ("/users", "/sessions", "/account", "/access-changes", "/returns/", "/exclusions")
# Who prints reports, and who sees least.
PRINTING = ("anyone", "officer", "supervisor", "leader")


def pages() -> Iterator[str]:
    """An address or more of every page, whatever pages there are."""
    for route in routes():
        assert isinstance(route, Route)
        if "GET" not in (route.methods or ()):
            continue
        if "{" not in route.path:
            yield route.path
            continue
        words = next(words for part, words in PARTS.items() if part in route.path)
        for word in words:
            path, _, query = word.partition("?")
            values = path.split("|")
            filled = re.sub(
                r"\{[^}]+\}", lambda _, left=values: left.pop(0) if len(left) > 1 else left[0], route.path
            )  # type: ignore[misc]
            yield filled + (f"?{query}" if query else "")


def _cookie(hub: Hub, role: str) -> dict[str, str]:
    """The session of a role, by the link that an administrator would send."""
    if role == "anyone":
        return {}

    def sign_in(session: Session) -> str:
        user = user_by_name(session, f"demo.{role}")
        return redeem_link(session, open_link(session, actor_for_user(session), user)).secret

    secret = hub.app.state.services.seam.change_now(sign_in)
    return {"cookie": f"{cookie_name(secure=False)}={secret}"}


def test_no_page_tells_what_its_reader_may_not_see(marked: tuple[Hub, Readers]) -> None:
    hub, readers = marked
    told: dict[str, set[int]] = {}
    listed = list(pages())
    foreign = [
        row.name for row in hub.city.sql("select name from app_user where name like 'foreign.%' limit 2")
    ]
    returns = [
        row.id
        for row in hub.city.sql(
            "select r.id from agency_return r join agency a on a.id = r.agency_id"
            f" where a.code in ('{HERE}', '{ELSEWHERE}') order by r.id desc limit 4"
        )
    ]
    # Who reads a return is told who wrote, decided and checks it; Home Affairs, who there may be asked to check. Who
    # reads what is excluded is told who proposed and decided it.
    acting = {
        ("user", row.by_id)
        for row in hub.city.sql(
            "select by_id from return_turn union select user_id from role_grant where role like 'supervisor%'"
            " union select proposed_by from exclusion union select approved_by from exclusion"
        )
    }
    listed += [*(f"/users/{name}" for name in foreign), *(f"/returns/{key}" for key in returns)]
    for place, role in enumerate(ROLES):
        cookies = _cookie(hub, role)
        for number, page in enumerate(listed):
            if not page.startswith(PEOPLE) and not EXAMPLES and (number + place) % 8:
                continue
            answer = hub.runner.run(hub.http.get(page, headers=cookies))
            assert answer.status_code < 500, (role, page)
            leaks = readers.leaks(role, answer.text + str(answer.headers))
            if page.startswith(("/periods", "/returns", "/exclusions")):
                leaks -= acting
            assert leaks == set(), (role, page)
            told.setdefault(page, set()).add(answer.status_code)
    # Nearly every page was shown to somebody; the others lead elsewhere, or say that nothing is there.
    shown = {page for page, codes in told.items() if 200 in codes}
    assert {
        "/",
        "/sessions",
        "/users",
        "/access-changes",
        "/radar",
        "/account",
        "/periods",
        "/reports",
        *map("/users/{}".format, foreign),
        *map("/returns/{}".format, returns),
    } <= (shown)


def _cells(book: bytes) -> str:
    """Every text of a workbook."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        return " ".join(parts.read(name).decode(errors="replace") for name in parts.namelist())


def test_no_report_in_any_form_tells_what_its_reader_may_not_see(marked: tuple[Hub, Readers]) -> None:
    """PDF is printed from the HTML looked at here."""
    hub, readers = marked
    seam = hub.app.state.services.seam
    for role in PRINTING:
        actor = hub.city.actors[role]
        for agency in (None, HERE, ELSEWHERE):
            report = seam.read_now(
                partial(build_report, actor=actor, period=date(2025, 6, 30), agency_code=agency)
            )
            made = datetime(2025, 7, 1, tzinfo=UTC)
            forms = [render_html(report), as_json(report)]
            if role in ("anyone", "officer"):
                forms += [render_brief(report), as_csv(report), _cells(render_workbook(report, made))]
            for number, form in enumerate(forms):
                assert readers.leaks(role, form) == set(), (role, agency, number)
                assert len(form) > 200


# ---- mutations

_NOUNS = {
    "Fonds": "Fonds", "Series": "Series", "File": "ArchivalFile", "Item": "Item", "Agency": "Agency",
    "Grant": "RoleGrant", "User": "AppUser", "Return": "AgencyReturn",
    "Period": "ReportingPeriod", "Report": "PublishedReport",
}  # fmt: skip
# Who may do much, little, and nothing; each asks for records of everybody.
DOING = ("anyone", "clerk", "officer", "client", "leader", "agency_admin", "archivist")
_DEPTH = 2


_ENDED = re.compile(r'"__typename": ?"(\w+)"')


class Deeds:
    """Every mutation of the schema with ids of records of everybody, and all that its answer could tell."""

    def __init__(self, walk: Walk, rng: Random) -> None:
        self._walk, self._rng, self.schema = walk, rng, walk.schema

    def __iter__(self) -> Iterator[str]:
        root = self.schema.mutation_type
        assert root is not None
        for name, field in root.fields.items():
            given = ", ".join(
                f"{one}: {self._value(argument.type, one, name)}" for one, argument in field.args.items()
            )
            yield f"mutation {{ {name}({given}){self._selection(field.type, _DEPTH)} }}"

    def _value(self, kind: Any, name: str, deed: str) -> str:
        bare = get_nullable_type(kind)
        if isinstance(bare, GraphQLList):
            return f"[{self._value(bare.of_type, name, deed)}]"
        if isinstance(bare, GraphQLInputObjectType):
            asked = {
                one: field.type
                for one, field in bare.fields.items()
                if isinstance(field.type, GraphQLNonNull) or _is_named(field.type) or self._rng.random() < 0.4
            }
            return "{" + ", ".join(f"{one}: {self._value(it, one, deed)}" for one, it in asked.items()) + "}"
        if isinstance(bare, GraphQLEnumType):
            return self._rng.choice(list(bare.values))
        if _is_named(bare):
            noun = next((word for word in _NOUNS if deed.endswith(word)), "") if name == "id" else ""
            kind = NAMED.get(name) or _NOUNS.get(noun) or self._rng.choice(sorted(_NOUNS.values()))
            return self._walk._id(kind)
        return self._walk._scalar(str(bare), name, deed)

    def _selection(self, kind: Any, depth: int) -> str:
        named = get_named_type(kind)
        if is_leaf_type(named):
            return ""
        shapes: dict[str, str] = {}
        told = " ".join(
            f"... on {one.name} {{ {self._fields(one, depth, shapes)} }}"
            for one in self._walk._objects(named)
        )
        return f" {{ __typename {told} }}"

    def _fields(self, kind: GraphQLObjectType, depth: int, shapes: dict[str, str]) -> str:
        """Renamed only where two kinds mean different things by a name: there is a limit to other names."""
        told = []
        for name, field in kind.fields.items():
            leaf = is_leaf_type(get_named_type(field.type))
            if field.args or (not leaf and depth <= 1):
                continue
            shape = str(field.type)
            alias = "" if shapes.setdefault(name, shape) == shape else f"{kind.name}_{name}: "
            told.append(f"{alias}{name}{self._selection(field.type, depth - 1)}")
        return " ".join(told) or "__typename"


def _is_named(kind: Any) -> bool:
    return str(get_named_type(kind)) == "ID"


def test_no_answer_of_a_mutation_tells_what_its_asker_may_not_see(marked: tuple[Hub, Readers]) -> None:
    """The last of this city: some of it is done."""
    hub, readers = marked
    walk = Walk(build_schema()._schema, hub.city, 7, ())
    told: Counter[str] = Counter()
    for seed in range(EXAMPLES or 1):
        for deed in Deeds(walk, Random(seed)):
            for role in DOING:
                answer = hub.ask(deed, role)
                codes = {one["extensions"]["code"] for one in answer.body.get("errors", ())}
                assert "INTERNAL" not in codes, (role, deed, answer.text[:500])
                assert readers.leaks(role, answer.text) == set(), (role, deed)
                told.update(codes)
                told.update(_ENDED.findall(answer.text))
    assert told["NotFound"] > told["NotPermitted"] > 0, told
    assert told["BAD_REQUEST"] + told["COST_EXCEEDED"] < sum(told.values()) / 4, told
