"""What a change of the policy does to people: who gains and who loses what, without what other rules say anyway.

    for change in changes(read_rules(old), read_rules(new)): change.role, change.rule, change.gains

A rule that a wider one of the same role, or of everybody, implies gives nothing and takes nothing away.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from policies.enforcer import Rule
from policies.predicate import clauses
from policies.subject import ROLES, Shape


class Change(NamedTuple):
    """A rule that came or went, and whether its role gains by that."""

    rule: Rule
    gains: bool


def changes(before: Sequence[Rule], after: Sequence[Rule]) -> Iterator[Change]:
    """What the roles gain and lose, in the order of roles and of the rules."""
    for role in ROLES:
        for rule in _missing(role, after, before):
            yield Change(rule, gains=rule.effect == "allow")
        for rule in _missing(role, before, after):
            yield Change(rule, gains=rule.effect == "deny")


def _missing(role: str, these: Sequence[Rule], others: Sequence[Rule]) -> Iterator[Rule]:
    """The rules of a role among these that the others neither have nor imply."""
    known = {rule[:6] for rule in others}
    for rule in these:
        if rule.role != role or rule[:6] in known:
            continue
        same = [one for one in others if one[1:3] == rule[1:3] and one.effect == rule.effect]
        if not all(_is_said(rule, same, shape) for shape in _shapes(role)):
            yield rule


def _is_said(rule: Rule, others: Sequence[Rule], shape: Shape) -> bool:
    """Whether somebody of this shape has what the rule says by the others already."""
    mine, theirs = (
        allow if rule.effect == "allow" else deny
        for allow, deny in (clauses([rule], shape), clauses(others, shape))
    )
    return all(any(clause.implies(other) for other in theirs) for clause in mine)


def _shapes(role: str) -> tuple[Shape, ...]:
    """Those who hold the role: at an agency; of the public, with and without an account."""
    if role == "anyone":
        return Shape(False, ()), Shape(True, ())
    return (Shape(True, () if role == "user" else ((role, True),)),)
