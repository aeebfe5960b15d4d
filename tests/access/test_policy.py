"""A policy put into force while the hub runs: taken up with the next request, whole, and never half."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from hub.access import policy
from hub.access.queries import actor_for_user, law
from hub.cli import main
from hub.migrate import is_guarded
from policies.law import in_force, policy_text, product, put_in_force
from tests.mutations.conftest import Ask, Town, anyio_backend, ask, town
from tests.records.world import ON

__all__ = ["anyio_backend", "ask", "town"]

FILES = "{ files(first: 50) { totalCount } }"
CLOSE = """mutation($id: ID!, $v: Int!) { closeFile(input: {id: $id, expectedVersion: $v}) {
  ... on ArchivalFile { state } ... on Problem { code } } }"""
CLERK = "p, role:clerk, fonds|series|file|item|digital, read, self, !secret, allow"
# The clerk reads no file any more; the public reads no agency; staff of an agency may close any of its files.
STRICTER = policy_text().replace(CLERK, CLERK.replace("|file", "")).replace(
    "p, role:anyone, agency|plan", "p, role:anyone, plan"
) + "\np, role:staff, file, close, self, draft, allow\n"  # fmt: skip


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    """One process, one installation: what a test has put into force goes with it."""
    yield
    put_in_force(product())


@pytest.fixture
def hub(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Runs `hub policy adopt`."""
    monkeypatch.setenv("HUB_DSN", town.dsn)

    def run(body: str | None, *words: str) -> int:
        file = tmp_path / "policy.csv"
        file.write_text(body or "")
        return main(["policy", "adopt", *([str(file)] if body is not None else ["--release"]), *words])

    return run


def events(town: Town) -> list[tuple[str, str, str]]:
    rows = town.session.connection().execute(
        text(
            "select event_type, outcome, policy_version from audit_event"
            " where event_type in ('policy:update', 'file:close') order by id"
        )
    )
    town.session.rollback()
    return [tuple(row) for row in rows]  # type: ignore[misc]


@pytest.mark.anyio
async def test_it_is_taken_up_without_a_restart_and_events_say_under_which(
    town: Town, ask: Ask, hub: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    world, old = town.world, product().version
    id, agencies = town.id(world.other_file), "{ agencies(first: 1) { totalCount } }"
    for _ in range(2):  # the second by the kept plan
        assert (await ask(FILES, role="clerk"))["files"]["totalCount"] == 2
    assert (await ask(agencies, role="anyone"))["agencies"]["totalCount"] > 1
    assert (await ask(CLOSE, role="staff", id=id, v=1))["closeFile"]["code"] == "NOT_PERMITTED"
    assert await asyncio.to_thread(hub, STRICTER, "--reason", "QĐ 12") == 0
    new = policy.Policy.of(STRICTER).version
    assert new in capsys.readouterr().err
    for _ in range(2):
        assert (await ask(FILES, role="clerk"))["files"]["totalCount"] == 0
    assert (await ask(agencies, role="anyone"))["agencies"]["totalCount"] == 0
    # the database itself lets him, too
    assert (await ask(CLOSE, role="staff", id=id, v=1))["closeFile"] == {"state": "CLOSED"}
    with psycopg.connect(town.dsn) as connection:
        assert is_guarded(connection)
    assert main(["policy", "show", "--json"]) == 0
    assert f'"version":"{new}"' in capsys.readouterr().out
    assert await asyncio.to_thread(hub, None) == 0
    assert (await ask(FILES, role="clerk"))["files"]["totalCount"] == 2
    assert events(town) == [
        ("file:close", "denied", old),
        ("policy:update", "success", old),
        ("file:close", "success", new),
        ("policy:update", "success", new),
    ]


def test_what_cannot_be_law_or_is_forbidden_is_refused_and_the_old_one_stays(
    town: Town, hub: Callable[..., int], capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    before = town.trace(), in_force()
    assert hub(policy_text() + "\np, role:leader, digital, read, any, always, allow\n") == 1
    assert "forbidden: a leader reads content" in capsys.readouterr().out
    assert hub(policy_text() + "\np, role:clerk, file, read, self, sometimes, allow\n") == 2
    assert "sometimes" in capsys.readouterr().err
    assert hub(STRICTER, "--as", "officer.a") == 2
    # a law under which nobody could put another in its place
    for lost in (
        "p, role:anyone, agency, read, any, always, allow\n",
        policy_text().replace("apikey|policy|", "apikey|"),
    ):
        capsys.readouterr()
        assert hub(lost) == 2
        assert "policy:update" in capsys.readouterr().err
    assert (town.trace(), in_force()) == before
    # written past the command, or by a newer release: this process stays with what it has, and says so
    with psycopg.connect(town.dsn, autocommit=True) as connection:
        connection.execute("insert into policy_version (version, text) values ('broken', 'p, role:clerk, x')")
        connection.execute("update policy_state set policy_version = 'broken'")
    assert law(town.session).policy is before[1]
    assert "policy broken is refused" in caplog.text
    assert main(["policy", "show"]) == 0
    assert "broken" in capsys.readouterr().err


def test_requests_in_flight_keep_theirs_and_nobody_meets_half_of_one(
    town: Town, hub: Callable[..., int]
) -> None:
    """Threads ask while policies follow each other: each decides as the policy says that it began under."""
    row, old = town.world.file, product().version
    new = policy.Policy.of(STRICTER).version
    begun, swapped, finished = threading.Barrier(4), threading.Event(), threading.Event()

    def asks() -> set[tuple[str, bool, bool]]:
        from sqlalchemy.orm import Session

        found = set()
        with Session(town.session.get_bind()) as session:
            first = actor_for_user(session, "clerk.a", today=ON)  # type: ignore[arg-type]
            begun.wait()
            swapped.wait(60)
            # in flight: read before, decided after
            found.add(
                (
                    first.policy_version,
                    first.may("read", "file", row),
                    first.may("read", "item", row, file_state="OPEN"),
                )
            )
            while not finished.is_set():
                session.rollback()
                now = actor_for_user(session, "clerk.a", today=ON)  # type: ignore[arg-type]
                found.add(
                    (
                        now.policy_version,
                        now.may("read", "file", row),
                        now.may("read", "item", row, file_state="OPEN"),
                    )
                )
        return found

    with ThreadPoolExecutor(3) as threads:
        running = [threads.submit(asks) for _ in range(3)]
        begun.wait()
        assert hub(STRICTER) == 0
        swapped.set()
        for body in (None, STRICTER):
            assert hub(body) == 0
        finished.set()
        told: set[Any] = set().union(*(one.result() for one in running))
    assert told <= {(old, True, True), (new, False, True)}
    assert (old, True, True) in told
