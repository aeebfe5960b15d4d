"""A change of the policy, told as who gains and who loses what, and refused where it allows what is forbidden."""

from __future__ import annotations

from policies.changes import changes
from policies.enforcer import read_rules
from policies.facts import broken, hindered
from policies.law import policy_text

OLD = """p, role:anyone, file, read, any, public+published, allow
p, role:clerk, file, read|close, self, !secret, allow
p, role:leader, file, read, any, always, allow
p, role:anyone, file, close, any, submitted_by_me, deny
"""


def _told(new: str) -> list[tuple[str, str, str]]:
    found = changes(read_rules(OLD), read_rules(new))
    return [("+" if gains else "-", rule.role, f"{rule.resource}:{rule.action}") for rule, gains in found]


def test_nothing_changes_with_order_comments_and_alternatives() -> None:
    lines = OLD.replace("read|close", "close").splitlines()
    new = "\n".join(["# another order", *reversed(lines), "p, role:clerk, file, read, self, !secret, allow"])
    assert _told(new) == []


def test_a_rule_more_is_gained_and_a_rule_less_is_lost() -> None:
    assert _told(OLD + "p, role:clerk, file, delete, self, always, allow") == [("+", "clerk", "file:delete")]
    assert _told(OLD.replace("read|close", "close")) == [("-", "clerk", "file:read")]


def test_a_wider_scope_is_a_gain_and_a_narrower_one_a_loss() -> None:
    wider = OLD.replace("read|close, self", "read|close, tree")
    assert _told(wider) == [("+", "clerk", "file:read"), ("+", "clerk", "file:close")]
    back = changes(read_rules(wider), read_rules(OLD))
    assert [gains for _, gains in back] == [False, False]


def test_what_a_wider_rule_says_anyway_is_no_change() -> None:
    assert _told(OLD + "p, role:leader, file, read, any, !secret, allow") == []
    assert _told(OLD + "p, role:clerk, file, read, any, public+published, allow") == []


def test_a_denial_is_a_loss_and_its_end_a_gain() -> None:
    assert _told(OLD + "p, role:anyone, file, read, any, on_hold, deny") == [("-", "anyone", "file:read")]
    assert _told(OLD.rsplit("p, role:anyone", 1)[0]) == [("+", "anyone", "file:close")]


def test_the_policy_in_force_breaks_nothing_and_hinders_nothing() -> None:
    rules = read_rules(policy_text())
    assert list(broken(rules)) == []
    assert list(hindered(rules)) == []
    assert list(changes(rules, rules)) == []


def test_a_forbidden_fact_and_hindered_work_are_named() -> None:
    more = policy_text() + "\np, role:leader, digital, read, any, always, allow\n"
    assert "a leader reads content" in set(broken(read_rules(more)))
    assert "an officer accepts what he handed over himself" in set(broken(read_rules(_without_denials())))
    fewer = [rule for rule in read_rules(policy_text()) if rule.role != "clerk"]
    assert "a clerk opens a series" in set(hindered(fewer))


def _without_denials() -> str:
    return "\n".join(line for line in policy_text().splitlines() if not line.endswith("deny"))
