"""Faults planted in the law are found by the agreement test and the oracle, which are needed both.

The tests are the real ones, loaded over a changed copy of `policies`; only what breaks is not made smaller.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from tests.policies.planting import FAULTS, Fault, planted

searching = settings(
    parent=settings.get_profile("hub"),
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    report_multiple_bugs=False,
)


def _random(test: Any, first: tuple[Any, ...], strategies: tuple[Any, ...], tries: int) -> Callable[[], None]:
    inner = test.hypothesis.inner_test

    @settings(searching, max_examples=tries)
    @given(st.tuples(*strategies))
    def search(drawn: tuple[Any, ...]) -> None:
        inner(*first, *drawn)

    return search


def _tests(
    engine: Engine,
    kept: Any,
    patch: pytest.MonkeyPatch,
    worlds: ModuleType,
    agreement: ModuleType,
    oracle: ModuleType,
    tries: int,
) -> dict[str, list[Callable[[], None]]]:
    """The tests by the name under which a fault calls them, the quick ones first."""
    world = (worlds.policies, worlds.trees, worlds.subjects(worlds.PLACED_ROLES), worlds.everything_rows)
    product = (worlds.subjects(agreement.GRANTABLE_ROLES), st.data())
    return {
        "agreement": [
            partial(agreement.test_on_every_pair_of_words, engine, patch),
            *(partial(agreement.test_each_role_alone_on_every_question, kept, role) for role in ("officer",)),
            partial(agreement.test_roles_at_different_agencies_add_up, kept),
            _random(agreement.test_on_random_policies, (kept, patch), world, tries),
        ],
        "oracle": [
            partial(oracle.test_each_scope_reaches_what_it_says, patch),
            _random(oracle.test_the_point_check_equals_the_oracle, (patch,), world, tries),
        ],
        "product": [_random(oracle.test_the_point_check_of_the_product_equals_the_oracle, (), product, 10)],
    }


def _fails(test: Callable[[], None]) -> bool:
    try:
        test()
    except (AssertionError, LookupError, DBAPIError):  # wrong, or refused by the law or by PostgreSQL
        return True
    return False


# All of them with HUB_EXAMPLES set, else every third: each loads the whole law anew.
PLANTED = FAULTS if "HUB_EXAMPLES" in os.environ else FAULTS[::3]


@pytest.mark.parametrize("fault", PLANTED, ids=lambda fault: fault.name)
def test_a_planted_fault_is_found(engine: Engine, tmp_path: Path, fault: Fault) -> None:
    with (
        planted(fault, tmp_path) as loaded,
        pytest.MonkeyPatch.context() as patch,
        loaded[1].asking(engine) as kept,
    ):
        tests = _tests(engine, kept, patch, *loaded, tries=300 if fault.seen_by else 20)
        for name in fault.seen_by or tests:
            assert any(map(_fails, tests[name])) == bool(fault.seen_by), name
        if fault.shared:
            agreeing = _tests(engine, kept, patch, *loaded, tries=20)["agreement"]
            assert not any(map(_fails, agreeing))


def test_both_tests_are_needed() -> None:
    assert [fault.name for fault in FAULTS if not fault.seen_by] == ["rules found by their action alone"]
    assert sum(fault.seen_by == {"agreement"} for fault in FAULTS) >= 8
    assert sum(fault.shared for fault in FAULTS) >= 2
