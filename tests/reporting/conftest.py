"""A city that reports, behind HTTP: districts with a unit each, Home Affairs, a person in every role.

One database for a module; each test opens a period of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import namedtuple_row
from sqlmodel import Session, create_engine
from starlette.applications import Starlette

from hub.access.commands import create_token
from hub.access.models import AppUser, RoleGrant
from hub.access.queries import actor_for_user
from hub.agencies.models import Agency
from hub.app import create_app
from hub.kit.db import sqlalchemy_url
from hub.kit.ids import encode
from hub.kit.vietnamese import sort_key
from hub.plan.load import load_plan
from hub.settings import Settings

TODAY = date(2025, 6, 30)
PLAN = "67/KH-UBND"
SINCE = date(2012, 1, 1)
PEOPLE = (
    ("officer", "A"), ("approver", "A"), ("clerk", "A"), ("officer", "A.1"), ("approver", "A.1"), ("officer", "B"),
    ("approver", "B"), ("supervisor", "SNV"), ("supervisor_head", "SNV"), ("leader", "TP"), ("staff", "A"),
    ("officer", "TP"), ("approver", "TP"), ("user", ""), ("officer", "A-second"), ("finance", "SNV"),
    ("sysadmin", ""),
)  # fmt: skip


@dataclass
class Half:
    """The hub over the city: asks as a person, knows everybody's and everything's id."""

    dsn: str
    owner: psycopg.Connection[Any]
    tokens: dict[tuple[str, str], str]
    agencies: dict[str, int]
    app: Starlette
    http: httpx.AsyncClient
    runner: asyncio.Runner
    days: Iterator[tuple[int, int, int]] = field(
        default_factory=lambda: iter(
            [(year, *half) for year in range(2031, 2090) for half in ((6, 30), (12, 31))]
        )
    )

    def ask(self, query: str, role: str, place: str = "A", language: str = "en", **variables: Any) -> Any:
        """The data of an answer."""
        answer = self._answer(query, role, place, language, variables)
        assert "errors" not in answer, json.dumps(answer)[:1500]
        return answer["data"]

    def refused(self, query: str, role: str, place: str = "A", **variables: Any) -> str:
        """The code of the error for which a whole operation fails."""
        answer = self._answer(query, role, place, "en", variables)
        assert answer.get("data") is None
        return str(answer["errors"][0]["extensions"]["code"])

    def _answer(self, query: str, role: str, place: str, language: str, variables: dict[str, Any]) -> Any:
        return self.runner.run(self.answer(query, role, place, language, **variables))

    async def answer(self, query: str, role: str, place: str, language: str = "en", **variables: Any) -> Any:
        """The whole answer, to a test that asks several at once."""
        headers = {"accept-language": language}
        if role != "anyone":
            headers["authorization"] = f"Bearer {self.tokens[role, place]}"
        sent = {"query": query, "variables": variables}
        return (await self.http.post("/graphql", json=sent, headers=headers)).json()

    def do(
        self, deed: str, role: str, place: str = "A", /, selects: str = "", language: str = "en", **said: Any
    ) -> Any:
        """The answer of one mutation: its type, what its record says, and more of it by `selects`."""
        return self.ask(asking(deed, selects), role, place, language, input=said)[deed]

    def sql(self, text: str, *values: Any) -> list[Any]:
        """Rows by the owner."""
        found = self.owner.execute(text, values or None)
        return found.fetchall() if found.description else []

    def agency(self, code: str) -> str:
        """The global id of an agency."""
        return encode("Agency", self.agencies[code])

    def period(self, deadline: date | None = None, **days: Any) -> Any:
        """A period of the test's own, open."""
        deadline = deadline or date(*next(self.days))
        opened = self.do(
            "openPeriod", "supervisor_head", "SNV", plan=PLAN, deadline=deadline.isoformat(),
            **{name: day.isoformat() for name, day in days.items()},
        )  # fmt: skip
        assert opened["__typename"] == "ReportingPeriod", opened
        return opened

    def begun(self, period: Any, code: str = "A", **said: Any) -> Any:
        """A return with what it must say, as a draft."""
        texts = {"results": "Đã số hóa 120 hồ sơ.", "difficulties": "Thiếu kinh phí."} | said
        row = self.do(
            "saveReturn", "officer", code, periodId=period["id"], agencyId=self.agency(code), **texts
        )
        assert row["__typename"] == "AgencyReturn", row
        return row

    def step(self, deed: str, role: str, place: str, row: Any, **said: Any) -> Any:
        """The next turn of a return, from the version it has."""
        return self.do(deed, role, place, id=row["id"], expectedVersion=row["version"], **said)

    def approved(self, period: Any, code: str = "A") -> Any:
        """A return that its head has approved."""
        row = self.step("submitReturn", "officer", code, self.begun(period, code))
        return self.step("approveReturn", "approver", code, row)


def asking(deed: str, selects: str = "") -> str:
    """The text of one mutation, its input in a variable."""
    kind = deed[0].upper() + deed[1:]
    record, told = _ANSWERS.get(deed, ("AgencyReturn", "returnState: state"))
    return (
        f"mutation($input: {kind}Input!) {{ {deed}(input: $input) {{ __typename"
        f" ... on {record} {{ id {'' if record == 'Job' else 'version'} {told} {selects} }}"
        " ... on Problem { code message path } ... on Invalid { errors { row field code message } } } }"
    )


_ANSWERS = {
    **dict.fromkeys(
        ("openPeriod", "updatePeriod", "closePeriod", "reopenPeriod"),
        ("ReportingPeriod", "periodState: state deadline returnsDueOn unitReturnsDueOn dataCutoff"),
    ),
    **dict.fromkeys(
        ("draftReports", "submitReports", "publishReports"), ("Job", "kind jobState: state total")
    ),
    **dict.fromkeys(
        ("extendReturn", "assignReviewer", "noteCall", "setContact"),
        ("ReturnCase", "dueOn extendedTo reviewer contact { name phone } notes { kind note promisedOn by }"),
    ),
}


def seat(session: Session, agencies: dict[str, int]) -> dict[tuple[str, str], str]:
    """A key for everybody."""
    operator = actor_for_user(session, today=TODAY)
    tokens = {}
    for role, place in PEOPLE:
        at = agencies.get(place.split("-")[0])
        user = AppUser(name=f"{role}.{place}", full_name=f"{role} {place}", agency_id=at)
        session.add(user)
        session.flush()
        if role != "user":
            session.add(
                RoleGrant(
                    user_id=user.id or 0, role=role, agency_id=at, valid_from=date(2020, 1, 1), reason="test"
                )
            )
            session.flush()
        tokens[role, place] = create_token(session, operator, user, "test", stepped_up=True)
    return tokens


def build(session: Session, districts: int = 0) -> dict[str, int]:
    """The agencies; `districts` adds as many more, without units."""
    found: dict[str, int] = {}
    more = [(f"Q{n:03}", "TP", "DISTRICT") for n in range(districts)]
    for code, parent, kind in (
        ("TP", "", "CITY"), ("SNV", "TP", "DEPARTMENT"), ("A", "TP", "DISTRICT"), ("B", "TP", "DISTRICT"),
        ("C", "TP", "DISTRICT"), ("A.1", "A", "UNIT"), ("A.2", "A", "UNIT"), *more,
    ):  # fmt: skip
        row = Agency(
            code=code, name=f"Cơ quan {code}", name_sort=sort_key(f"Cơ quan {code}"), kind=kind,
            parent_id=found.get(parent), valid_from=date(1997, 1, 1),
            archive_since=None if code in ("TP", "A.2") else SINCE,
        )  # fmt: skip
        session.add(row)
        session.flush()
        found[code] = row.id or 0
    return found


@contextlib.contextmanager
def reporting(dsn: str, districts: int = 0, **changed: Any) -> Iterator[Half]:
    """A city in this database, served; the rest are settings."""
    engine = create_engine(sqlalchemy_url(dsn))
    with Session(engine) as session:
        load_plan(session)
        agencies = build(session, districts)
        tokens = seat(session, agencies)
        session.commit()
    engine.dispose()
    app = create_app(
        Settings(
            dsn=dsn, profile="development", pool_size=2, today=TODAY, **{"request_timeout": 120_000} | changed
        )
    )
    owner = psycopg.connect(dsn, autocommit=True, row_factory=namedtuple_row)
    with owner, asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        runner.run(stack.enter_async_context(app.router.lifespan_context(app)))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub.test", timeout=60)
        http = runner.run(stack.enter_async_context(client))
        try:
            yield Half(dsn, owner, tokens, agencies, app, http, runner)
        finally:
            runner.run(stack.aclose())


@pytest.fixture(scope="module")
def stopped_clock() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUB_TODAY", TODAY.isoformat())
        yield


@pytest.fixture(scope="module")
def half(clone: Callable[[], contextlib.AbstractContextManager[str]], stopped_clock: None) -> Iterator[Half]:
    """The city of this module's tests."""
    with clone() as dsn, reporting(dsn) as half:
        yield half
