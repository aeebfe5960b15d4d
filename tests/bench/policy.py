"""One decision and one predicate at the size of a city: 700 agencies, 10,000 users, the policy of the product.

Every call meets another person, another question and another record, so that nothing is answered from memory but
what the law itself keeps; a predicate is also built with nothing kept at all.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from types import SimpleNamespace

from policies.law import Law, names_of
from policies.resources import RESOURCES
from policies.subject import GRANTABLE_ROLES, Grant, Subject

AGENCIES, USERS, CALLS, ROUNDS = 700, 10_000, 4_000, 5
_CITY = ("supervisor", "supervisor_head", "leader", "finance", "itsec", "sysadmin")


def measure() -> None:
    """Print the medians beside the goals."""
    chance = random.Random(67)
    law = Law(
        {1: None, **{agency: chance.randint(1, max(1, agency // 8)) for agency in range(2, AGENCIES + 1)}}
    )
    people = [_person(chance, number) for number in range(1, USERS + 1)]
    questions = list(law.questions)
    asked = [(chance.choice(people), *chance.choice(questions)) for _ in range(CALLS)]
    spoken = dict.fromkeys(questions, 0)
    for rule in law.rules:
        spoken[(rule.resource, rule.action)] += 1
    largest = max(spoken, key=lambda one: spoken[one])
    hard = [(who, *largest) for who, _, _ in asked]
    rows = {name: [_row(chance, name) for _ in range(50)] for name in RESOURCES}
    columns = {name: {one: f"t.{one}" for one in RESOURCES[name].names.values()} for name in RESOURCES}

    def decide(who: Subject, resource: str, action: str) -> None:
        law.may(who, action, resource, chance.choice(rows[resource]))

    def predicate(who: Subject, resource: str, action: str) -> None:
        sql = law.predicate(who.shape, resource, action, columns[resource], root=True)
        law.values(who, names_of(sql))

    def anew(who: Subject, resource: str, action: str) -> None:
        law._clauses.cache_clear()
        law._value.cache_clear()
        predicate(who, resource, action)

    print(f"\n{AGENCIES} agencies, {USERS:,} users, {len({rule.line for rule in law.rules})} rules")
    most = f"{':'.join(largest)}, {spoken[largest]} rules"
    for name, call, which, goal in (
        ("one decision", decide, asked, 0.2),
        (f"one decision on {most}", decide, hard, 0.2),
        ("one predicate", predicate, asked, 0.3),
        (f"one predicate on {most}", predicate, hard, 0.3),
        ("the same, nothing kept", anew, hard, 0.3),
    ):
        middle, slow = _milliseconds(call, which)
        print(f"  {name:<40}{middle:8.3f} ms   slowest of a hundred {slow:6.3f} ms   (goal: {goal})")
    began = time.perf_counter()
    Law(dict.fromkeys(range(1, AGENCIES + 1)))
    print(f"  a new version of the law                {(time.perf_counter() - began) * 1000:8.1f} ms")


def _milliseconds(
    call: Callable[[Subject, str, str], None], asked: Sequence[tuple[Subject, str, str]]
) -> tuple[float, float]:
    """The median of the rounds' medians, and of their slowest hundredths."""
    middles, slows = [], []
    for one in asked[:200]:
        call(*one)
    for _ in range(ROUNDS):
        taken = []
        for one in asked:
            began = time.perf_counter()
            call(*one)
            taken.append((time.perf_counter() - began) * 1000)
        taken.sort()
        middles.append(statistics.median(taken))
        slows.append(taken[len(taken) * 99 // 100])
    return statistics.median(middles), statistics.median(slows)


def _person(chance: random.Random, number: int) -> Subject:
    roles = chance.sample(GRANTABLE_ROLES, chance.choice((1, 1, 1, 2, 3)))
    grants = [Grant(role, None if role in _CITY else chance.randint(1, AGENCIES)) for role in roles]
    return Subject(number, f"user{number}", tuple(grants))


def _row(chance: random.Random, resource: str) -> SimpleNamespace:
    some = {
        "id": chance.randint(1, 10**6),
        "agency_id": chance.randint(1, AGENCIES),
        "custodian_id": chance.randint(1, AGENCIES),
        "access_level": chance.choice((0, 0, 1, 2, None)),
        "state": chance.choice(("OPEN", "CLOSED", "SUBMITTED", "ACCEPTED")),
    }
    flags = ("published", "on_hold", "transferred")
    return SimpleNamespace(
        **{
            name: some[fact] if fact in some else fact not in flags and chance.randint(1, USERS)
            for fact, name in RESOURCES[resource].names.items()
        }
    )
