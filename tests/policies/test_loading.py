"""A policy that cannot be law fails when it is loaded, and says which line."""

from __future__ import annotations

import importlib.metadata
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from hub.access.errors import NAMES
from policies.actions import ACTIONS
from policies.enforcer import PolicyError, read_rules
from policies.law import Law, policy_text
from policies.matrix import matrix
from policies.resources import RESOURCES, UnknownFact
from policies.subject import ROLES, Grant, Subject

TREE = {1: None, 2: 1, 3: 1}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("p, role:king, file, read, any, always, allow", "unknown role"),
        ("p, clerk, file, read, any, always, allow", "unknown role"),
        ("p, role:clerk, scroll, read, any, always, allow", "unknown resource"),
        ("p, role:clerk, file, read it, any, always, allow", "unknown resource or action"),
        ("p, role:clerk, file, read, nearby, always, allow", "unknown scope"),
        ("p, role:clerk, file, read, any, lucky, allow", "unknown word"),
        ("p, role:clerk, file, read, any, public+!lucky, allow", "unknown word"),
        ("p, role:clerk, file, read, any, , allow", "unknown word"),
        ("p, role:clerk, file, read, any, always, perhaps", "unknown effect"),
        ("p, role:clerk, file, read, any, always", "a rule is"),
        ("g, mai, role:clerk, 1, 2, 3, 4", "a rule is"),
        ("p, role:clerk, agency, read, any, published, allow", "agency has no published"),
        ("p, role:clerk, plan, read, self, always, allow", "plan has no agency_id"),
        ("p, role:clerk, kpi, read, hold, always, allow", "kpi has no custodian_id"),
    ],
)
def test_a_line_that_cannot_be_law_is_refused_with_its_number(line: str, fault: str) -> None:
    with pytest.raises(PolicyError, match=f"line 3: {fault}"):
        read_rules(f"# comment\n\n{line}\n")


def test_without_rules_nothing_is_allowed() -> None:
    law = Law(TREE, [])
    assert not law.may(Subject(1), "read", "file", SimpleNamespace())
    assert law.predicate(Subject(1).shape, "file", "read", {}, root=True) == "false"


def test_an_action_nobody_speaks_about_is_refused() -> None:
    law = Law(TREE)
    everything = Subject(1, "all", tuple(Grant(role, 1) for role in ROLES[2:]))
    assert not law.may(everything, "burn", "file", SimpleNamespace())
    assert law.predicate(everything.shape, "file", "burn", {}, root=False) == "false"


def test_a_predicate_over_a_missing_column_is_a_fault() -> None:
    law, clerk = Law(TREE), Subject(1, "clerk", (Grant("clerk", 2),))
    with pytest.raises(UnknownFact, match="no column access_level"):
        law.predicate(clerk.shape, "file", "read", {"agency_id": "f.agency_id", "published": "x"}, root=True)


def test_every_deed_is_spoken_of_by_some_rule() -> None:
    questions = set(Law(TREE).questions)
    assert {deed.mutation for deed in ACTIONS.values() if (deed.resource, deed.act) not in questions} == set()


def test_every_resource_has_a_name_in_both_languages() -> None:
    assert set(NAMES) == set(RESOURCES)


def test_the_text_of_a_predicate_is_the_same_for_everybody_of_a_shape() -> None:
    law, columns = Law(TREE), {name: name for name in RESOURCES["file"].names}
    one = Subject(1, "one", (Grant("clerk", 2), Grant("leader")))
    two = Subject(2, "two", (Grant("leader"), Grant("clerk", 3), Grant("clerk", 2)))
    elsewhere = Subject(3, "three", (Grant("clerk"), Grant("leader")))

    texts = [law.predicate(s.shape, "file", "read", columns, root=True) for s in (one, two, elsewhere)]

    assert one.shape == two.shape
    assert texts[0] == texts[1]
    assert elsewhere.shape != one.shape
    assert "agency_id" not in texts[2]
    assert (law.values(one)["law_own_clerk"], law.values(two)["law_own_clerk"]) == ("{2}", "{2,3}")


def test_rules_that_say_the_same_become_one_test() -> None:
    law, columns = Law(TREE), {name: name for name in RESOURCES["file"].names}

    def text(*grants: Grant) -> str:
        return law.predicate(Subject(1, "x", grants).shape, "file", "read", columns, root=True)

    assert text(Grant("supervisor"), Grant("staff", 2), Grant("leader")) == text(Grant("supervisor"))
    both = text(Grant("staff", 2), Grant("clerk", 3))
    assert both.count("any(") == 1
    assert ":law_own_clerk__own_staff" in both


def test_a_younger_agency_does_not_fall_off_the_string_of_bits() -> None:
    law, clerk = Law(TREE), Subject(1, "clerk", (Grant("clerk", 2),))
    bits = law.values(clerk, ["law_own_clerk__bits"])["law_own_clerk__bits"]
    assert len(bits) >= max(TREE) + 1024
    assert [place for place, bit in enumerate(bits) if bit == "1"] == [2]


def test_an_agency_in_a_cycle_lies_in_no_subtree() -> None:
    law = Law({1: None, 2: 3, 3: 2})
    assert law.tree.subtree(2) == []
    assert not law.tree.covers(3, 2)
    assert not law.tree.covers(2, 2)


def test_threads_do_not_meet() -> None:
    law = Law(TREE)
    row = SimpleNamespace(
        id=1,
        agency_id=2,
        custodian_id=2,
        access_level=0,
        state="OPEN",
        published=False,
        on_hold=False,
        transferred=False,
        created_by=7,
        submitted_by=None,
    )
    people = [Subject(7, "a", (Grant("officer", 2),)), Subject(8, "b", (Grant("officer", 3),)), Subject(None)]
    questions = [
        (resource, act) for resource, act in law.questions if resource in ("file", "fonds", "series")
    ]
    expected = {(who, q): law.may(who, q[1], q[0], row) for who in people for q in questions}
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(4):
            wrong.extend(
                key for key in expected if law.may(key[0], key[1][1], key[1][0], row) != expected[key]
            )

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert set(expected.values()) == {True, False}
    assert wrong == []


def test_the_older_distribution_of_the_same_import_name_is_not_installed() -> None:
    assert {dist.metadata["Name"] for dist in importlib.metadata.distributions()} & {"casbin"} == set()


def test_the_role_matrix_is_the_committed_one() -> None:
    golden = (Path(__file__).parent / "matrix.txt").read_text(encoding="utf-8")
    found = matrix(read_rules(policy_text())) + "\n"
    assert found == golden, "python -m policies.matrix > tests/policies/matrix.txt, then read the diff"
