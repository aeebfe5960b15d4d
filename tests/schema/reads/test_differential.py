"""Whatever is asked, the compiled statement answers as graphql-core over permitted rows does."""

from __future__ import annotations

import json
import os

import pytest
from graphql import parse, validate

from tests.schema.reads.desk import Desk
from tests.schema.reads.operations import Writer
from tests.schema.reads.reference import Reference

# For each person; more of them find rarer faults.
OPERATIONS = int(os.environ.get("HUB_OPERATIONS", "30"))


@pytest.mark.parametrize("who", ["anyone", "clerk", "officer", "archivist", "supervisor", "leader", "staff"])
def test_compiled_answers_equal_those_of_plain_rows(desk: Desk, reference: Reference, who: str) -> None:
    actor = desk.world.actors[who]
    for seed in range(OPERATIONS):
        text, variables = Writer(reference.schema, desk.world, hash_of(who, seed)).operation()
        errors = validate(reference.schema, parse(text))
        assert not errors, (seed, errors[0].message, text)
        expected = reference.answer(text, actor, variables)
        answer = json.loads(desk.raw(text, actor, variables))
        assert json.dumps(answer) == json.dumps(expected), (seed, text, variables)


def hash_of(who: str, seed: int) -> int:
    """A seed for each person and turn."""
    return sum(map(ord, who)) * 100_003 + seed
