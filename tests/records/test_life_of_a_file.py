"""Whatever people try in whatever order, a file moves only along its life, and nobody accepts what he submitted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from hub.kit.errors import Problem
from hub.records import commands
from hub.records.rules.states import STEPS
from tests.records.world import ON, World

DEEDS: dict[str, Callable[..., Any]] = {
    "close": lambda s, actor, key: commands.close_file(s, actor, key, None, on=ON),
    "reopen": lambda s, actor, key: commands.reopen_file(s, actor, key, None),
    "submit": lambda s, actor, key: commands.submit_file(s, actor, key, None),
    "accept": lambda s, actor, key: commands.accept_file(s, actor, key, None),
    "return": lambda s, actor, key: commands.send_back_file(s, actor, key, None, "lý do"),
    "update": lambda s, actor, key: commands.describe_file(s, actor, key, None, {"keywords": str(actor.id)}),
}
PEOPLE = ("staff", "clerk", "officer", "approver", "client", "supervisor", "archivist", "anyone")


@settings(max_examples=30)
@given(walk=st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(sorted(DEEDS))), max_size=12))
def test_no_walk_leaves_the_life_of_a_file(session: Session, walk: list[tuple[str, str]]) -> None:
    with session.begin_nested() as everything:
        world = World(session)
        key = world.file.id
        people = {role: world.as_role(role) for role in PEOPLE}
        for role, deed in [*walk, ("officer", "accept")]:
            session.expire_all()
            before = (world.file.state, world.file.version)
            try:
                with session.begin_nested():
                    DEEDS[deed](session, people[role], key)
            except Problem:
                session.expire_all()
                assert (world.file.state, world.file.version) == before
                continue
            session.expire_all()
            assert world.file.version > before[1] or deed == "update"
            if deed in STEPS:
                assert before[0] in STEPS[deed].starts
                assert world.file.state == STEPS[deed].leads_to
            else:
                assert world.file.state == before[0]
            assert world.file.accepted_by is None or world.file.accepted_by != world.file.submitted_by
            assert (world.file.state == "ACCEPTED") == (world.file.accepted_by is not None)
        everything.rollback()
