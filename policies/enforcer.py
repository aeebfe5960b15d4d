"""Casbin asked about one record: may this subject do this to that row?

One enforcer is one policy and one tree, and never changes: `load_policy()` on a live enforcer clears its
roles first and lets people in who are denied. Roles come from the subject's own grants, not from Casbin's
store. Only the rules of the asked (resource, action) and of roles that the subject holds are shown to Casbin, through a
context variable, so cost follows the few that could speak and threads do not meet.
"""

import csv
import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple, SupportsIndex

import casbin
from casbin.persist.adapter import Adapter
from casbin.rbac.role_manager import RoleManager
from casbin.util import SimpleEval

from policies.resources import RESOURCES, Facts
from policies.subject import ROLES, Subject
from policies.tree import AgencyTree
from policies.words import FACT_OF, parse, when

SCOPES: Mapping[str, str | None] = {
    "any": None,
    "self": "agency_id",
    "tree": "agency_id",
    "hold": "custodian_id",
}
ROLE_PREFIX = "role:"


class PolicyError(ValueError):
    """A line of policy.csv that cannot be law: which line, and what is wrong with it."""


class Rule(NamedTuple):
    """One rule for one role, resource and action; `line` is where it stands in policy.csv."""

    role: str
    resource: str
    action: str
    scope: str
    condition: str
    effect: str
    line: int

    def __str__(self) -> str:
        return ", ".join(("p", ROLE_PREFIX + self.role, *self[1:6]))


def read_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a policy text, alternatives expanded. Raises PolicyError on any unknown word."""
    rules: list[Rule] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        fields = [field.strip() for field in next(csv.reader([line]))]
        try:
            rules.extend(_expand(fields, number))
        except ValueError as fault:
            raise PolicyError(f"policy line {number}: {fault}: {line.strip()}") from None
    return tuple(rules)


def _expand(fields: Sequence[str], number: int) -> Iterator[Rule]:
    if len(fields) != 7 or fields[0] != "p":
        raise ValueError("a rule is p, role, resources, actions, scope, conditions, effect")
    _, prefixed, resources, actions, scope, condition, effect = fields
    role = prefixed.removeprefix(ROLE_PREFIX)
    if role == prefixed or role not in ROLES:
        raise ValueError(f"unknown role {prefixed!r}")
    if scope not in SCOPES:
        raise ValueError(f"unknown scope {scope!r}")
    if effect not in ("allow", "deny"):
        raise ValueError(f"unknown effect {effect!r}")
    needed = [SCOPES[scope], *(FACT_OF.get(literal.word) for literal in parse(condition))]
    for name, action in itertools.product(resources.split("|"), actions.split("|")):
        if name not in RESOURCES or not action.isidentifier():
            raise ValueError(f"unknown resource or action {name}:{action}")
        missing = [fact for fact in needed if fact is not None and fact not in RESOURCES[name].names]
        if missing:
            raise ValueError(f"{name} has no {missing[0]}")
        yield Rule(role, name, action, scope, condition, effect, number)


class _Rules(Adapter):
    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules

    def load_policy(self, model: Any) -> None:
        model.model["p"]["p"].policy.extend([ROLE_PREFIX + rule.role, *rule[1:6]] for rule in self.rules)


class _Roles(RoleManager):
    """Casbin's g(subject, role, domain), answered from the subject's grants and the tree."""

    domain_matching_func = None

    def __init__(self, tree: AgencyTree) -> None:
        self.tree = tree

    def clear(self) -> None:
        """Nothing is stored."""

    def add_link(self, *_: Any) -> None:
        raise PolicyError("grants live in role_grant, not in the policy")

    delete_link = add_link

    def has_link(self, subject: Subject, role: str, domain: str) -> bool:
        held = subject.holds(role.removeprefix(ROLE_PREFIX))
        scope, _, place = domain.partition(":")  # Casbin passes a domain on as text only
        if not held or scope == "any":
            return bool(held)
        if not place:
            return False
        agency = int(place)
        if scope == "self":
            return any(grant.agency_id == agency for grant in held)
        return any(
            grant.agency_id is not None and self.tree.covers(grant.agency_id, agency) for grant in held
        )

    def get_roles(self, subject: Subject, *_: Any) -> list[str]:
        return list(subject.roles)

    def get_users(self, *_: Any) -> list[str]:
        return []

    def print_roles(self) -> None:
        """Nothing is stored."""


def _domain(scope: str, row: Facts) -> str:
    fact = SCOPES[scope]
    agency = None if fact is None else getattr(row, fact)
    return f"{scope}:{'' if agency is None else agency}"


_shown: ContextVar[list[list[str]] | None] = ContextVar("shown", default=None)


class _Buckets(list[list[str]]):
    """The policy list, of which Casbin sees only the rules that are now shown."""

    def __init__(self, rules: Sequence[list[str]]) -> None:
        super().__init__(rules)
        self.of: dict[tuple[str, str], list[list[str]]] = {}
        for rule in rules:
            self.of.setdefault((rule[1], rule[2]), []).append(rule)

    def _seen(self) -> list[list[str]]:
        shown = _shown.get()
        return list(super().__iter__()) if shown is None else shown

    def spoken(self, subject: Subject, resource: str, action: str) -> list[list[str]]:
        """The rules about an action on a resource that are of a role the subject holds somewhere."""
        rules = self.of.get((resource, action), [])
        return [rule for rule in rules if subject.holds(rule[0].removeprefix(ROLE_PREFIX))]

    def __iter__(self) -> Iterator[list[str]]:
        return iter(self._seen())

    def __len__(self) -> int:
        return len(self._seen())

    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        return self._seen()[index]


class HubEnforcer(casbin.Enforcer):
    """Immutable once built: another policy or tree is another enforcer."""

    tree: AgencyTree
    buckets: _Buckets
    _is_built = False

    @classmethod
    def build(cls, model: str, rules: Sequence[Rule], tree: AgencyTree) -> "HubEnforcer":
        """An enforcer of these rules over this tree of agencies."""
        enforcer = cls(casbin.Enforcer.new_model(text=model), _Rules(rules))
        roles = _Roles(tree)
        enforcer.rm_map["g"] = roles
        enforcer.model["g"]["g"].rm = roles
        enforcer.add_function("dom", _domain)
        enforcer.add_function("when", when)
        assertion = enforcer.model["p"]["p"]
        enforcer.buckets = assertion.policy = _Buckets(list(assertion.policy))
        enforcer._parsed = {}
        enforcer._is_built = True
        return enforcer

    def load_policy(self) -> None:
        """Only while it is built: a live one would be without roles for a moment, and let in who is denied."""
        if self._is_built:
            raise PolicyError("an enforcer is never loaded anew; another policy is another enforcer")
        super().load_policy()

    def clear_policy(self) -> None:
        """Never: the law does not fall silent while it is asked."""
        raise PolicyError("an enforcer is never cleared; another policy is another enforcer")

    def _get_expression(self, expression: str, functions: Any = None) -> SimpleEval:
        # the stock enforcer parses the matcher again at every call
        parsed = self._parsed.get(expression)
        if parsed is None:
            parsed = casbin.Enforcer._get_expression(expression, functions).ast_parsed_value
            self._parsed[expression] = parsed
        evaluator = SimpleEval("", functions)
        evaluator.ast_parsed_value = parsed
        return evaluator

    def reaches(self, subject: Subject, rule: Rule, row: Facts) -> bool:
        """Whether the subject holds the rule's role at an agency from which the scope reaches the row."""
        return bool(self.rm_map["g"].has_link(subject, ROLE_PREFIX + rule.role, _domain(rule.scope, row)))

    def decide(self, subject: Subject, resource: str, action: str, row: Facts) -> tuple[bool, list[str]]:
        """Whether it is allowed, and the rule that decided; no rule when none spoke."""
        spoken = self.buckets.spoken(subject, resource, action)
        if not spoken:
            return False, []  # an empty list would be matched once against empty strings
        token = _shown.set(spoken)
        try:
            allowed, rule = self.enforce_ex(subject, resource, action, row)
        finally:
            _shown.reset(token)
        return bool(allowed), list(rule)
