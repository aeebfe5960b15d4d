"""One version of the law: the rules of policy.csv over one tree of agencies, for points and for lists.

    law.may(subject, "close", "file", row)          one record, asked of Casbin
    law.predicate(subject.shape, "file", "read", {"agency_id": "f.agency_id", …}, root=True)   SQL text
    law.values(subject, names_of(sql))               the values of its :law_… parameters

Immutable: another tree of agencies is another Law. Both forms come from the same rules.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from policies.bits import readable
from policies.enforcer import SCOPES, HubEnforcer, Rule, read_rules
from policies.predicate import BITS, GRANTED, PREFIX, UID, US, Clauses, Writer, clauses, names_in
from policies.resources import RESOURCES, Facts
from policies.subject import Shape, Subject
from policies.tree import AgencyTree
from policies.words import FACT_OF, WORDS, parse

_HERE = Path(__file__).parent
_NAME = re.compile(rf"(?<!:):({PREFIX}\w+)")
_BLOCK = 1024
_CONTENT = ("digital", "copy")
_NOTHING: Mapping[str, str] = {}
_OPEN = frozenset({"public"})


@dataclass(frozen=True)
class Step:
    """One rule that was looked at, and the first thing that kept it from speaking (None: it spoke)."""

    rule: Rule
    obstacle: str | None


@dataclass(frozen=True)
class Decision:
    """An answer with its reason: the rule that decided, and every rule that was looked at."""

    allowed: bool
    rule: Rule | None
    steps: tuple[Step, ...]


@cache
def model_text() -> str:
    """The Casbin model."""
    return (_HERE / "model.conf").read_text(encoding="utf-8")


@cache
def policy_text() -> str:
    """The policy of the product."""
    return (_HERE / "policy.csv").read_text(encoding="utf-8")


@dataclass(frozen=True, eq=False)
class Policy:
    """One version of the rules, never changed: another text is another policy. `version` names it in audit events."""

    version: str
    text: str
    rules: tuple[Rule, ...]

    @classmethod
    def of(cls, text: str) -> "Policy":
        """The policy of a text. Raises PolicyError for one that cannot be law."""
        return cls(hashlib.sha256(text.encode()).hexdigest()[:12], text, read_rules(text))


@cache
def product() -> Policy:
    """The policy that came with this code."""
    return Policy.of(policy_text())


# The one in force in this process; swapped as a whole, so that nobody ever meets half of it.
_IN_FORCE: list[Policy] = []


def in_force() -> Policy:
    """The policy that new requests of this process are decided under."""
    return _IN_FORCE[0] if _IN_FORCE else product()


def put_in_force(policy: Policy) -> None:
    """Let requests that begin now be decided under this policy; those that run keep theirs."""
    _IN_FORCE[:] = [policy]


def policy_version() -> str:
    """The name of the policy in force, for events of those who ask under no law of their own."""
    return in_force().version


def columns_of(rule: Rule) -> frozenset[str]:
    """The columns that a rule asks of its rows, by their names in `resources.py`."""
    facts = {SCOPES[rule.scope], *(FACT_OF.get(word) for word, _ in parse(rule.condition))}
    return frozenset(RESOURCES[rule.resource].names[fact] for fact in facts if fact is not None)


def names_of(sql: str) -> tuple[str, ...]:
    """The law's parameters in a statement, in order of first appearance."""
    return tuple(dict.fromkeys(_NAME.findall(sql)))


class Law:
    """The rules over a tree; `parents` gives each agency's parent, the rules are the product's unless given."""

    def __init__(
        self,
        parents: Mapping[int, int | None],
        rules: Iterable[Rule] | None = None,
        *,
        policy: Policy | None = None,
    ) -> None:
        self.policy = policy or (product() if rules is None else Policy("", "", tuple(rules)))
        self.rules = self.policy.rules
        self.tree = AgencyTree(parents)
        self._enforcer = HubEnforcer.build(model_text(), self.rules, self.tree)
        self._by_question: dict[tuple[str, str], list[Rule]] = {}
        for rule in self.rules:
            self._by_question.setdefault((rule.resource, rule.action), []).append(rule)
        # two blocks of slack: an agency younger than this law must not fall off the string
        self._bits = (self.tree.highest_id // _BLOCK + 2) * _BLOCK
        self._clauses = lru_cache(8192)(self._compile)
        self._value = lru_cache(8192)(self._compute)

    @property
    def questions(self) -> tuple[tuple[str, str], ...]:
        """Every (resource, action) that some rule speaks about."""
        return tuple(sorted(self._by_question))

    def may(self, subject: Subject, action: str, resource: str, row: object, **known: Any) -> bool:
        """Whether the subject may do the action to the row; `known` are facts the row itself lacks."""
        if subject.reads_only and not _is_reading(resource, action):
            return False
        facts = Facts(RESOURCES[resource], row, known)
        return self._enforcer.decide(subject, resource, action, facts)[0]

    def predicate(
        self,
        shape: Shape,
        resource: str,
        action: str,
        columns: Mapping[str, str],
        *,
        root: bool,
        fixed: Mapping[str, str] = _NOTHING,
    ) -> str:
        """SQL that is true for the rows a subject of this shape may do the action to.

        `columns` gives the SQL of each column by its name in `resources.py`; `root` says whether the table is
        the one the statement starts from; `fixed` gives columns that hold one and the same value in every row
        left, as SQL that names no row. Raises UnknownFact when a needed column is not mapped.
        """
        allow, deny = self._clauses(shape, resource, action)
        return Writer(RESOURCES[resource], columns, root=root, fixed=fixed).text(allow, deny)

    def readable(
        self, shape: Shape, resource: str, columns: Mapping[str, str], *, elsewhere: bool = False
    ) -> str:
        """SQL of the bits of what a subject of this shape may read of the parts of a row (policies/bits.py)."""
        parts = self._clauses(shape, resource, "read")
        return readable(parts, RESOURCES[resource], columns, elsewhere=elsewhere)

    def settled(
        self,
        shape: Shape,
        resource: str,
        action: str,
        columns: Mapping[str, str],
        *,
        fixed: Mapping[str, str],
    ) -> str:
        """SQL that names no row: where it is true, a subject of this shape may do the action to every row.

        Empty when no rule can say so. `columns` and `fixed` are those of `predicate`.
        """
        allow, deny = self._clauses(shape, resource, action)
        return Writer(RESOURCES[resource], columns, root=False, fixed=fixed).settled(allow, deny)

    def reaches_restricted(self, shape: Shape, resource: str, action: str = "read") -> bool:
        """Whether a subject of this shape may do the action to any row that is not openly accessible."""
        allow, _ = self._clauses(shape, resource, action)
        return any(clause.condition.levels != _OPEN for clause in allow)

    def reaches_any(self, shape: Shape, resource: str, action: str) -> bool:
        """Whether a subject of this shape may do the action to any row."""
        return bool(self._clauses(shape, resource, action).allow)

    def covers(self, shape: Shape, resource: str, action: str, whatever: str = "read") -> bool:
        """Whether a subject of this shape may do the action to every row to which he may do `whatever`."""
        allow, deny = self._clauses(shape, resource, action)
        wanted, _ = self._clauses(shape, resource, whatever)
        return not deny and all(any(one.implies(other) for other in allow) for one in wanted)

    def columns(self, resource: str, action: str) -> frozenset[str]:
        """The columns that predicates of this question may ask for."""
        return frozenset().union(*map(columns_of, self._by_question.get((resource, action), ())))

    def values(self, subject: Subject, names: Iterable[str] | None = None) -> dict[str, Any]:
        """The values of the named parameters, or of all that statements of this shape can name."""
        wanted = self._names(subject.shape) if names is None else names
        return {name: self._one(subject, name) for name in wanted}

    def decide(self, subject: Subject, action: str, resource: str, row: object, **known: Any) -> Decision:
        """The answer of `may` with its reason, for `hub explain` and for audit."""
        facts = Facts(RESOURCES[resource], row, known)
        allowed, fields = self._enforcer.decide(subject, resource, action, facts)
        looked_at = self._by_question.get((resource, action), [])
        if subject.reads_only and not _is_reading(resource, action):
            return Decision(False, None, tuple(Step(rule, "the device reads only") for rule in looked_at))
        decided = next((rule for rule in looked_at if [_prefixed(rule), *rule[1:6]] == fields), None)
        steps = tuple(Step(rule, self._obstacle(rule, subject, facts)) for rule in looked_at)
        return Decision(allowed, decided, steps)

    def reaches(self, subject: Subject, rule: Rule, row: object, **known: Any) -> bool:
        """Whether one of the subject's grants gives the rule's role at a place from which it reaches the row."""
        return self._enforcer.reaches(subject, rule, Facts(RESOURCES[rule.resource], row, known))

    def _obstacle(self, rule: Rule, subject: Subject, facts: Facts) -> str | None:
        if not subject.holds(rule.role):
            return f"role {rule.role} is not held"
        if not self._enforcer.reaches(subject, rule, facts):
            return f"scope {rule.scope} does not reach the record"
        for word, positive in parse(rule.condition):
            if WORDS[word](subject, facts) != positive:
                return f"condition {'' if positive else '!'}{word} does not hold"
        return None

    def _compile(self, shape: Shape, resource: str, action: str) -> Clauses:
        silent = shape.reads_only and not _is_reading(resource, action)
        return clauses(() if silent else self._by_question.get((resource, action), ()), shape)

    def _names(self, shape: Shape) -> list[str]:
        found: set[str] = set()
        for resource, action in self._by_question:
            found |= names_in(self._clauses(shape, resource, action))
        return sorted(found)

    def _one(self, subject: Subject, name: str) -> Any:
        if name == UID:
            return subject.id
        if name == GRANTED:
            return _array(subject.granted_ids)
        if name == US:
            return _array(subject.us)
        return self._value(subject.grants, name)

    def _compute(self, grants: tuple[tuple[str, int | None], ...], name: str) -> str:
        """Agencies as PostgreSQL reads them from text: an array literal, or a string of bits by agency id."""
        agencies: set[int] = set()
        for part in name.removeprefix(PREFIX).removesuffix(BITS).split("__"):
            kind, _, wanted = part.partition("_")
            for role, agency in grants:
                if role == wanted and agency is not None:
                    agencies.update([agency] if kind == "own" else self.tree.subtree(agency))
        if not name.endswith(BITS):
            return _array(agencies)
        bits = bytearray(b"0" * self._bits)
        for agency in agencies:
            if agency < self._bits:
                bits[agency] = 49  # "1"
        return bits.decode()


def _array(ids: Iterable[int]) -> str:
    """Ids as PostgreSQL reads an array from text."""
    return "{" + ",".join(map(str, sorted(ids))) + "}"


def _is_reading(resource: str, action: str) -> bool:
    """Whether it only reads, and no content: all that an enrolled device may."""
    return action == "read" and resource not in _CONTENT


def _prefixed(rule: Rule) -> str:
    return str(rule).split(", ")[1]
