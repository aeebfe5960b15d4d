"""The same rules as SQL text, for lists, counts, facets and search.

The text depends on the subject's shape only (which roles, with a place or without); ids travel as named
parameters, so that one compiled statement serves every subject of that shape. Rules are first brought to a
normal form: equal conditions merge into one test over one array, and a rule that a wider one implies is
dropped, because every OR costs each row of a page.

NULL: a literal counts only when TRUE. Negation is written IS NOT TRUE, never NOT, and positive tests stay
bare, since `(x = any(..)) is true` can use no index.
At the root of a read agencies are tested by `= any(array)`, which an index serves; below it by a bit string,
because the array would be sorted again for every parent row. The string holds one bit per agency id: with ids
beyond a million it would weigh a megabyte and the test must change. Where a filter already fixes the agency of
every row, the test on it stands in a select of its own, which PostgreSQL runs once for the statement: counting
is cheaper by it, and the planner, who would take one row in 200 to pass a test of bits, guesses half of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from policies.enforcer import SCOPES, Rule
from policies.resources import RESOURCES, Resource, UnknownFact
from policies.subject import Shape
from policies.words import FLAG_WORDS, LEVEL_WORDS, PERSON_WORDS, STATE_WORDS, US_WORDS, Literal, parse

PREFIX = "law_"
UID = f"{PREFIX}uid"
US = f"{PREFIX}us"
GRANTED = f"{PREFIX}granted"
BITS = "__bits"

ALL_LEVELS = frozenset(LEVEL_WORDS)
# NULL is restricted, so it must fall on the right side of every test
_LEVEL_SQL: Mapping[frozenset[str], str] = {
    frozenset({"public"}): "{0} = 0",
    frozenset({"restricted"}): "coalesce({0}, 1) = 1",
    frozenset({"secret"}): "{0} >= 2",
    frozenset({"public", "restricted"}): "({0} < 2) is not false",
    frozenset({"public", "secret"}): "({0} = 0 or {0} >= 2)",
    frozenset({"restricted", "secret"}): "{0} is distinct from 0",
}


class Source(NamedTuple):
    """Where allowed agencies come from: `own` the agencies of a role's grants, `tree` their subtrees."""

    kind: str
    role: str


@dataclass(frozen=True)
class Condition:
    """A conjunction in normal form: the levels and states that pass, and what remains word by word."""

    levels: frozenset[str] = ALL_LEVELS
    states: frozenset[str] = frozenset()
    states_listed: bool = False  # True: only these states pass; False: all but these (and NULL) pass
    rest: frozenset[Literal] = frozenset()

    def within(self, states: frozenset[str], listed: bool) -> "Condition":
        """The condition narrowed to a list of states, or away from one."""
        if self.states_listed:
            kept = self.states & states if listed else self.states - states
        else:
            kept = states - self.states if listed else self.states | states
        return replace(self, states=kept, states_listed=self.states_listed or listed)

    @property
    def is_possible(self) -> bool:
        contradiction = any(Literal(word, not positive) in self.rest for word, positive in self.rest)
        return bool(self.levels) and not contradiction and not (self.states_listed and not self.states)

    def implies(self, other: "Condition") -> bool:
        """Whether every row that passes this one passes the other too."""
        if self.states_listed:
            states = self.states <= other.states if other.states_listed else not self.states & other.states
        else:
            states = not other.states_listed and other.states <= self.states
        return states and self.levels <= other.levels and other.rest <= self.rest


@dataclass(frozen=True)
class Clause:
    """One disjunct: rows of these agencies (all when `fact` is None) that pass the condition."""

    fact: str | None
    sources: frozenset[Source]
    condition: Condition

    def implies(self, other: "Clause") -> bool:
        """Whether every row of this clause is one of the other's too."""
        place = other.fact is None or (
            self.fact == other.fact
            and all(s in other.sources or Source("tree", s.role) in other.sources for s in self.sources)
        )
        return place and self.condition.implies(other.condition)


class Clauses(NamedTuple):
    """The disjuncts that allow and those that deny."""

    allow: tuple[Clause, ...]
    deny: tuple[Clause, ...]


def clauses(rules: Iterable[Rule], shape: Shape) -> Clauses:
    """The rules that can speak for a subject of this shape, merged and without the implied ones."""
    merged: dict[str, dict[tuple[str | None, Condition], frozenset[Source]]] = {"allow": {}, "deny": {}}
    for rule in rules:
        sources = _sources(rule, shape)
        condition = _normal(rule, shape)
        if sources is None or condition is None:
            continue
        key = (SCOPES[rule.scope], condition)
        merged[rule.effect][key] = merged[rule.effect].get(key, frozenset()) | sources
    return Clauses(*(_without_implied(merged[effect]) for effect in ("allow", "deny")))


def _sources(rule: Rule, shape: Shape) -> frozenset[Source] | None:
    roles = dict(shape.roles)
    if rule.role == "anyone" or (rule.role == "user" and shape.signed_in):
        return frozenset() if rule.scope == "any" else None
    if rule.role not in roles:
        return None
    if rule.scope == "any":
        return frozenset()
    kind = "own" if rule.scope == "self" else "tree"
    return frozenset({Source(kind, rule.role)}) if roles[rule.role] else None


def _normal(rule: Rule, shape: Shape) -> Condition | None:
    condition, resource = Condition(), RESOURCES[rule.resource]
    for literal in parse(rule.condition):
        word, positive = literal
        if word in LEVEL_WORDS:
            passing = frozenset({word}) if positive else ALL_LEVELS - {word}
            condition = replace(condition, levels=condition.levels & passing)
        elif word in STATE_WORDS:
            condition = condition.within(resource.states[word], positive)
        elif word == "always" or ((word in PERSON_WORDS or word in US_WORDS) and not shape.signed_in):
            if positive != (word == "always"):
                return None
        else:
            condition = replace(condition, rest=condition.rest | {literal})
    return condition if condition.is_possible else None


def _without_implied(
    merged: Mapping[tuple[str | None, Condition], frozenset[Source]],
) -> tuple[Clause, ...]:
    kept: list[Clause] = []
    for (fact, condition), sources in merged.items():
        clause = Clause(fact, sources, condition)
        if any(clause.implies(other) for other in kept):
            continue
        kept = [other for other in kept if not other.implies(clause)]
        kept.append(clause)
    return tuple(kept)


def _parameter(clause: Clause) -> str:
    """The name under which a statement is given the agencies of a clause."""
    return PREFIX + "__".join(f"{kind}_{role}" for kind, role in sorted(clause.sources))


class Writer:
    """Writes clauses as SQL over the columns of one alias."""

    def __init__(
        self, resource: Resource, columns: Mapping[str, str], *, root: bool, fixed: Mapping[str, str]
    ) -> None:
        self.resource = resource
        self.columns = columns
        self.root = root
        self.fixed = fixed

    def text(self, allow: Sequence[Clause], deny: Sequence[Clause]) -> str:
        """The predicate: `true`, `false`, or a test in brackets that can stand beside `and`."""
        allowed = self._any(allow)
        if not deny or allowed == "false":
            return allowed
        return f"({allowed} and {self._any(deny)} is not true)"

    def settled(self, allow: Sequence[Clause], deny: Sequence[Clause]) -> str:
        """A test made once for the statement: where it holds, every row passes; empty when no rule gives one."""
        texts = [
            test
            for part in allow
            if part.fact is not None
            and part.condition == Condition()
            and self.resource.names[part.fact] in self.fixed
            for test in self._place(part)
        ]
        return "" if deny else " or ".join(texts)

    def _any(self, parts: Sequence[Clause]) -> str:
        # the caller's own agencies first: there most rows end the test that a count makes on each
        texts = [self._clause(part) for part in sorted(parts, key=lambda part: part.fact is None)]
        if not texts:
            return "false"
        return "true" if texts == ["true"] else f"({' or '.join(texts)})"

    def _column(self, fact: str) -> str:
        name = self.resource.names[fact]
        try:
            return self.columns[name]
        except KeyError:
            raise UnknownFact(
                f"no column {name} is mapped, which a rule about {self.resource.name} asks for"
            ) from None

    def _clause(self, clause: Clause) -> str:
        tests = [*self._place(clause), *self._condition(clause.condition)]
        return " and ".join(tests) or "true"

    def _place(self, clause: Clause) -> list[str]:
        if clause.fact is None:
            return []
        name, column = _parameter(clause), self._column(clause.fact)
        if (value := self.fixed.get(self.resource.names[clause.fact])) is not None:
            return [f"(select get_bit(cast(:{name}{BITS} as varbit), cast({value} as int)) = 1)"]
        if self.root:
            return [f"{column} = any(cast(:{name} as bigint[]))"]
        return [f"{self.bit(clause)} = 1"]

    def bit(self, clause: Clause) -> str:
        """1 where the row lies in a place that the clause reaches, else 0; empty where it asks for none."""
        if clause.fact is None:
            return ""
        name, column = _parameter(clause), self._column(clause.fact)
        return f"get_bit(cast(:{name}{BITS} as varbit), cast({column} as int))"

    def _condition(self, condition: Condition) -> list[str]:
        tests = []
        if condition.levels != ALL_LEVELS:
            tests.append(_LEVEL_SQL[condition.levels].format(self._column("access_level")))
        if condition.states:
            listed = ", ".join(f"'{state}'" for state in sorted(condition.states))
            test = f"{self._column('state')} in ({listed})"
            tests.append(test if condition.states_listed else f"({test}) is not true")
        for word, positive in sorted(condition.rest):
            test = self._word(word)
            tests.append(test if positive else f"({test}) is not true")
        return tests

    def _word(self, word: str) -> str:
        if word in FLAG_WORDS:
            return self._column(word)
        if word in PERSON_WORDS:
            return f"{self._column(PERSON_WORDS[word])} = cast(:{UID} as bigint)"
        if word in US_WORDS:
            return f"{self._column(US_WORDS[word])} = any(cast(:{US} as bigint[]))"
        return f"{self._column('id')} = any(cast(:{GRANTED} as bigint[]))"


def names_in(parts: Clauses) -> frozenset[str]:
    """Every parameter that a text over these clauses may name, at the root or below it."""
    names = set()
    for clause in (*parts.allow, *parts.deny):
        if clause.fact is not None:
            names |= {_parameter(clause), _parameter(clause) + BITS}
        for word, _ in clause.condition.rest:
            if word in PERSON_WORDS:
                names.add(UID)
            elif word in US_WORDS:
                names.add(US)
            elif word == "granted":
                names.add(GRANTED)
    return frozenset(names)
