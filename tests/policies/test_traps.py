"""The traps of Casbin that were measured before it was chosen, each shut: none of them may come back."""

from __future__ import annotations

import itertools
import sys
import threading
from types import SimpleNamespace

import pytest

from policies.enforcer import HubEnforcer, PolicyError, read_rules
from policies.law import Law, model_text
from policies.subject import ROLES, Grant, Subject
from policies.tree import AgencyTree

TREE = {1: None, 2: 1, 3: 1, 4: 2}
DENIED = """p, role:officer, file, read, tree, always, allow
p, role:staff, file, read, any, always, deny
"""
FILE = SimpleNamespace(
    id=1, agency_id=4, custodian_id=4, access_level=0, state="OPEN", published=False, on_hold=False,
    transferred=False, created_by=None, submitted_by=None,
)  # fmt: skip


def test_a_denial_overrides_whatever_the_order_of_the_rules() -> None:
    both = Subject(1, "both", (Grant("officer", 2), Grant("staff", 3)))
    for lines in itertools.permutations(
        [*DENIED.splitlines(), "p, role:user, file, read, any, always, allow"]
    ):
        law = Law(TREE, read_rules("\n".join(lines)))
        assert not law.may(both, "read", "file", FILE)
        assert law.may(Subject(2, "one", (Grant("officer", 2),)), "read", "file", FILE)


def test_a_user_named_like_a_role_has_no_role() -> None:
    law = Law(TREE, read_rules("p, role:officer, file, read, any, always, allow"))
    for name in ("officer", "role:officer", "p, role:officer"):
        assert not law.may(Subject(1, name), "read", "file", FILE)


def test_a_role_that_the_law_does_not_know_gives_nothing() -> None:
    law = Law(TREE)
    for role in ("", "*", "role:officer", "king"):
        nobody = Subject(1, "x", (Grant(role, 1),))
        everything = {(resource, action) for resource, action in law.questions if resource == "file"}
        given = {(r, a) for r, a in everything if law.may(nobody, a, r, FILE)}
        assert given == {(r, a) for r, a in everything if law.may(Subject(1, "x"), a, r, FILE)}


def test_a_live_enforcer_is_neither_loaded_nor_cleared() -> None:
    enforcer = HubEnforcer.build(model_text(), read_rules(DENIED), AgencyTree(TREE))
    both = Subject(1, "both", (Grant("officer", 2), Grant("staff", 3)))

    def join() -> None:
        enforcer.add_grouping_policy("x", "role:officer", "any:")

    for change in (enforcer.load_policy, enforcer.clear_policy, join):
        with pytest.raises(PolicyError):
            change()
        assert not enforcer.enforce(both, "file", "read", FILE)


def test_who_asks_leaves_nothing_behind() -> None:
    law = Law(TREE)
    roles = law._enforcer.rm_map["g"]
    before = dict(vars(roles))
    for ghost in range(500):
        law.may(Subject(ghost, f"ghost{ghost}", (Grant(ROLES[2 + ghost % 14], ghost),)), "read", "file", FILE)
    assert vars(roles) == before


def test_a_change_of_the_tree_is_a_swap_and_nobody_falls_between() -> None:
    """While versions follow each other, whoever is allowed stays so, and whoever is denied is never let in."""
    law = [Law(TREE, read_rules(DENIED))]
    allowed = Subject(1, "officer", (Grant("officer", 2),))
    denied = Subject(2, "both", (Grant("officer", 2), Grant("staff", 3)))
    wrong: list[str] = []
    finished = threading.Event()

    def ask() -> None:
        while not finished.is_set():
            now = law[0]
            if not now.may(allowed, "read", "file", FILE):
                wrong.append("refused")
            if now.may(denied, "read", "file", FILE):
                wrong.append("let in")

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for version in range(40):
            law[0] = Law({**TREE, 5 + version: 1}, read_rules(DENIED))
        finished.set()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert wrong == []


def test_a_move_of_an_agency_takes_effect_with_its_version() -> None:
    rules = read_rules(DENIED)
    officer = Subject(1, "officer", (Grant("officer", 2),))
    old, new = Law(TREE, rules), Law({**TREE, 4: 3}, rules)
    assert old.may(officer, "read", "file", FILE)
    assert not new.may(officer, "read", "file", FILE)
    assert old.may(officer, "read", "file", FILE)  # a version never changes
