"""Which documents of a file a subject may read, as a number: a bit for each access level, published or not.

A file keeps the same bits of the documents that are in it (`file.item_access`). Where all of those are among these,
what is derived from its documents may be told as it stands; else it is reckoned from those that are read (SQL:
`hub_told_file`). A document that the file only lists may be in another custody: a rule that follows custody speaks for
none of them, so the bit LISTED is only where no such rule is needed.

A rule with any other word (mine, a state) adds no bit, and a denial takes all: less is told then, never more.
"""

from collections.abc import Mapping

from policies.predicate import ALL_LEVELS, Clause, Clauses, Writer
from policies.resources import Resource
from policies.words import LEVEL_WORDS, Literal

LISTED = 1 << 2 * len(LEVEL_WORDS)
_CUSTODY = "custodian_id"


def readable(
    parts: Clauses, resource: Resource, columns: Mapping[str, str], *, elsewhere: bool = False
) -> str:
    """SQL of the bits; `columns` gives the places of the file, `elsewhere` leaves out what follows custody."""
    writer = Writer(resource, columns, root=False, fixed={})
    allow = [] if parts.deny else [part for part in parts.allow if _bits(part)]
    follows = any(part.fact == _CUSTODY for part in allow)
    kept = [part for part in allow if part.fact != _CUSTODY] if elsewhere else allow
    terms = [f"{bit} * {_bits(part)}" if (bit := writer.bit(part)) else str(_bits(part)) for part in kept]
    if not (follows or parts.deny):
        terms.append(str(LISTED))
    return f"({' | '.join(terms) or '0'})"


def _bits(part: Clause) -> int:
    """The bits for which a clause speaks alone; none where it asks for more than level and publication."""
    condition, published = part.condition, {Literal("published", True), Literal("published", False)}
    if condition.states or condition.states_listed or not condition.rest <= published:
        return 0
    levels = [place for place, word in enumerate(LEVEL_WORDS) if word in condition.levels & ALL_LEVELS]
    flags = [flag for flag in (False, True) if Literal("published", not flag) not in condition.rest]
    return sum(1 << (2 * level + flag) for level in levels for flag in flags)
