"""What nobody may ever do, and what each role must be able to do on a working day, asked of the policy in force."""

from __future__ import annotations

import pytest

from policies.facts import ALLOWED, ELSEWHERE, FORBIDDEN, TREE, Facts, holds
from policies.law import Law
from policies.subject import GRANTABLE_ROLES

LAW = Law(TREE)


@pytest.mark.parametrize(("role", "question", "facts"), [pytest.param(*f[1:], id=f[0]) for f in FORBIDDEN])
def test_never(role: str, question: str, facts: list[Facts]) -> None:
    assert not holds(LAW, role, question, *facts)


@pytest.mark.parametrize(("role", "question", "facts"), [pytest.param(*f[1:], id=f[0]) for f in ALLOWED])
def test_on_a_working_day(role: str, question: str, facts: list[Facts]) -> None:
    assert holds(LAW, role, question, *facts)


@pytest.mark.parametrize("role", ["anyone", "user", *GRANTABLE_ROLES])
def test_every_role_reads_the_figures_of_the_plan(role: str) -> None:
    for resource in ("agency", "plan", "indicator", "codelist"):
        assert holds(LAW, role, f"{resource}:read", ELSEWHERE)
