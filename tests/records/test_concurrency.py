"""Two writers at once, on two real connections of the role the application logs in as."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, create_engine

from hub.access.acting import acting
from hub.access.actor import Actor
from hub.kit.db import as_app, sqlalchemy_url
from hub.kit.errors import HubError, Invalid, NotPermitted, StaleVersion
from hub.kit.idempotency import keep, taken
from hub.kit.seam import Seam
from hub.plan.exclusions import propose_exclusion, return_exclusion
from hub.plan.load import load_plan
from hub.records import commands
from hub.records.codes import load_code_lists
from hub.records.errors import (
    DuplicateItem,
    FondsClosed,
    FondsClosedForWork,
    FondsHasOpenFiles,
    OwnSubmission,
    ReferenceCodeTaken,
)
from hub.records.ledger import refusal
from hub.records.models import Series
from tests.conftest import Prepared
from tests.records.world import ON, World, settle

Deed = Callable[[Session], Any]


@pytest.fixture
def database(prepared: Prepared) -> Iterator[str]:
    """A database of the test's own with the small city."""
    with prepared("settled", settle) as (dsn, _):
        yield dsn


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """An engine of the application."""
    engine = create_engine(sqlalchemy_url(as_app(database)))
    yield engine
    engine.dispose()


@pytest.fixture
def world(database: str) -> Iterator[World]:
    """The small city, committed by the owner: the application seats nobody whom no one has granted a role."""
    owner = create_engine(sqlalchemy_url(database))
    with Session(owner, expire_on_commit=False) as session:
        world = World(session)
        session.commit()
        yield world
    owner.dispose()


def at_once(engine: Engine, actor: Actor, *deeds: Deed) -> list[Any]:
    """The answer or the problem of each deed, every one in a transaction of its own, started together."""
    seam, start = Seam(engine), threading.Barrier(len(deeds))
    answers: list[Any] = [None] * len(deeds)

    def run(place: int, deed: Deed) -> None:
        start.wait(10)
        try:
            answers[place] = seam.change_now(acting(actor, deed))
        except HubError as problem:
            answers[place] = problem

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def problems(answers: list[Any]) -> list[type]:
    return [type(answer) for answer in answers if isinstance(answer, HubError)]


def test_of_two_writers_on_one_version_the_second_is_told(engine: Engine, world: World) -> None:
    clerk, key = world.as_role("clerk"), world.file.id
    answers = at_once(
        engine,
        clerk,
        lambda s: commands.describe_file(s, clerk, key, 1, {"title": "Một"}),
        lambda s: commands.describe_file(s, clerk, key, 1, {"keywords": "hai"}),
    )
    assert problems(answers) == [StaleVersion]
    with Session(engine) as session:
        row = session.connection().execute(
            text("select title, keywords, version from file where id = :k"), {"k": key}
        )
        assert tuple(row.one()) in {("Một", None, 2), ("Hồ sơ thu chi", "hai", 2)}
        audited = session.connection().scalar(
            text("select count(*) from audit_event where event_type = 'file:update'")
        )
        assert audited == 1


def test_documents_registered_at_once_get_different_places(engine: Engine, world: World) -> None:
    clerk, key = world.as_role("clerk"), world.file.id

    def register(session: Session) -> Any:
        item = commands.register_item(session, clerk, key, {"subject": "x"}, on=ON)
        return item.ordinal, item.code

    answers = at_once(engine, clerk, *[register] * 4)
    assert sorted(place for place, _ in answers) == [2, 3, 4, 5]
    assert len({code for _, code in answers}) == 4


def test_of_two_twins_registered_at_once_the_second_waits_and_is_refused(
    engine: Engine, world: World
) -> None:
    clerk = world.as_role("clerk")
    said: Any = {"subject": "x", "number": "1", "notation": "QĐ", "issuer": "UBND"}
    answers = while_it_lasts(
        engine,
        clerk,
        lambda first: commands.register_item(first, clerk, world.file.id, said, on=ON),
        lambda second: commands.register_item(second, clerk, world.other_file.id, said, on=ON),
    )
    assert problems(answers) == [DuplicateItem]


def while_it_lasts(engine: Engine, actor: Actor, first: Deed, second: Deed) -> list[Any]:
    """What the second deed answers, begun while the first is done and not yet committed, and seen to wait for it."""
    answers: list[Any] = []

    def late() -> None:
        try:
            answers.append(Seam(engine).change_now(acting(actor, second)))
        except HubError as problem:
            answers.append(problem)

    with Session(engine) as session:
        acting(actor, first)(session)
        thread = threading.Thread(target=late)
        thread.start()
        while thread.is_alive() and not _somebody_waits(engine):
            pass
        session.commit()
    thread.join(30)
    return answers


def _somebody_waits(engine: Engine) -> bool:
    with engine.connect() as connection:
        # Who waits for a row waits for a transaction, which is of no database; its other locks are.
        waiting = "select count(*) from pg_locks l where not l.granted and exists (select from pg_locks o"
        mine = " join pg_database d on d.oid = o.database where o.pid = l.pid and d.datname = current_database())"
        return bool(connection.scalar(text(waiting + mine)))


def test_one_code_asked_for_twice_at_once_is_given_once(engine: Engine, world: World) -> None:
    clerk = world.as_role("clerk")
    said: Any = {"title": "x", "code": "H99"}
    answers = at_once(
        engine, clerk, *[lambda s: commands.open_file(s, clerk, world.fonds.id, said, on=ON)] * 2
    )
    assert problems(answers) == [ReferenceCodeTaken]


def test_two_moves_at_once_close_no_circle(engine: Engine, world: World) -> None:
    officer = world.as_role("officer")
    other = world.add(Series, title="x", code="N02", fonds=world.fonds)
    world.session.commit()
    answers = at_once(
        engine,
        officer,
        lambda s: commands.move_series(s, officer, world.series.id, 1, parent_id=other.id),
        lambda s: commands.move_series(s, officer, other.id, 1, parent_id=world.series.id),
    )
    assert problems(answers) == [Invalid]


def test_one_key_used_twice_at_once_does_one_deed(engine: Engine, world: World) -> None:
    clerk = world.as_role("clerk")

    def deed(session: Session) -> Any:
        kept = taken(session, clerk.id or 0, "k1", "openFile", "hash")
        if kept is not None:
            return kept
        file = commands.open_file(session, clerk, world.fonds.id, {"title": "x"}, on=ON)
        keep(session, clerk.id or 0, "k1", {"id": file.id})
        return {"id": file.id}

    first, second = at_once(engine, clerk, deed, deed)
    assert first == second
    with Session(engine) as session:
        assert session.connection().scalar(text("select count(*) from file where title = 'x'")) == 1


@pytest.mark.parametrize("opening_first", [True, False])
@pytest.mark.parametrize("deed", ["open", "reopen"])
def test_a_fonds_is_not_closed_while_a_file_in_it_is_opened(
    engine: Engine, world: World, deed: str, opening_first: bool
) -> None:
    officer = world.as_role("officer")
    for row in (world.file, world.other_file):
        row.state = "CLOSED"
    world.session.commit()
    opening: Deed = {
        "open": lambda s: commands.open_file(s, officer, world.fonds.id, {"title": "x"}, on=ON),
        "reopen": lambda s: commands.reopen_file(s, officer, world.file.id, None),
    }[deed]

    def closing(session: Session) -> Any:
        return commands.close_fonds(session, officer, world.fonds.id, None, closed_on=ON, on=ON)

    if opening_first:
        assert problems(while_it_lasts(engine, officer, opening, closing)) == [FondsHasOpenFiles]
    else:
        refused = FondsClosed if deed == "open" else FondsClosedForWork
        assert problems(while_it_lasts(engine, officer, closing, opening)) == [refused]


def test_the_database_speaks_of_an_own_submission_in_the_same_words() -> None:
    problem = refusal("ck_file_accepted_by_another", "H01")
    assert isinstance(problem, OwnSubmission)
    assert problem.problem_code == "NOT_PERMITTED"


def test_what_is_proposed_for_exclusion_at_once_is_one_proposal_that_its_proposer_does_not_decide(
    engine: Engine, world: World
) -> None:
    load_plan(world.session)
    load_code_lists(world.session)
    world.session.commit()
    officer, head = world.as_role("officer"), world.as_role("supervisor_head")

    def propose(session: Session) -> Any:
        asked = {"basis_code": "PAPER_ORIGINAL", "legal_basis": "Luật X", "valid_from": ON}
        return propose_exclusion(session, officer, "67/KH-UBND", "II.1.a", "item", world.item.id, **asked).id

    (key,) = set(at_once(engine, officer, *[propose] * 4))
    both = replace(head, subject=replace(head.subject, id=officer.id))
    assert problems(at_once(engine, both, lambda s: return_exclusion(s, both, key, 1, "Sai"))) == [
        NotPermitted
    ]
    assert at_once(engine, head, lambda s: return_exclusion(s, head, key, 1, "Sai").state) == ["REJECTED"]
