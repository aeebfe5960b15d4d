"""The words of a condition, each in a total Python form: true or false, never unknown.

A condition is `word+!word+…`. NULL follows three rules: an unknown access level is restricted, an unknown
flag is not set, and nothing is mine that has no author. The SQL form of the same words is in predicate.py; a
property test holds the two equal.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from policies.resources import Facts
from policies.subject import Subject

# modes 01, 02, 03 of a record are levels 0, 1, 2
LEVEL_WORDS = ("public", "restricted", "secret")
STATE_WORDS = ("draft", "submitted", "approved", "disposed", "issued")
FLAG_WORDS = ("published", "on_hold", "transferred", "of_unit")
PERSON_WORDS: Mapping[str, str] = {
    "mine": "created_by",
    "about_me": "about_user",
}
# The same of me and of everybody with whom a delegation binds me: two who act for each other count as one.
US_WORDS: Mapping[str, str] = {
    "submitted_by_me": "submitted_by",
    "approved_by_me": "approved_by",
    "about_us": "about_user",
}

# which fact of a row a word looks at
FACT_OF: Mapping[str, str] = {
    **dict.fromkeys(LEVEL_WORDS, "access_level"),
    **dict.fromkeys(STATE_WORDS, "state"),
    **{word: word for word in FLAG_WORDS},
    **PERSON_WORDS,
    **US_WORDS,
    "granted": "id",
}


class Literal(NamedTuple):
    """A word or its negation."""

    word: str
    positive: bool


def _always(subject: Subject, row: Facts) -> bool:
    return True


def _public(subject: Subject, row: Facts) -> bool:
    return bool(row.access_level == 0)


def _restricted(subject: Subject, row: Facts) -> bool:
    return row.access_level is None or row.access_level == 1


def _secret(subject: Subject, row: Facts) -> bool:
    return row.access_level is not None and row.access_level >= 2


def _granted(subject: Subject, row: Facts) -> bool:
    return row.id in subject.granted_ids


def _flag(word: str) -> Callable[[Subject, Facts], bool]:
    return lambda subject, row: getattr(row, word) is True


def _state(word: str) -> Callable[[Subject, Facts], bool]:
    return lambda subject, row: row.state_is(word)


def _person(fact: str) -> Callable[[Subject, Facts], bool]:
    return lambda subject, row: subject.id is not None and getattr(row, fact) == subject.id


def _us(fact: str) -> Callable[[Subject, Facts], bool]:
    return lambda subject, row: getattr(row, fact) in subject.us


WORDS: Mapping[str, Callable[[Subject, Facts], bool]] = {
    "always": _always,
    "public": _public,
    "restricted": _restricted,
    "secret": _secret,
    "granted": _granted,
    **{word: _flag(word) for word in FLAG_WORDS},
    **{word: _state(word) for word in STATE_WORDS},
    **{word: _person(fact) for word, fact in PERSON_WORDS.items()},
    **{word: _us(fact) for word, fact in US_WORDS.items()},
}


@lru_cache(4096)
def parse(condition: str) -> tuple[Literal, ...]:
    """The literals of a condition. Raises ValueError for a word that is not in the list."""
    literals = []
    for token in condition.split("+"):
        literal = Literal(token.removeprefix("!"), not token.startswith("!"))
        if literal.word not in WORDS:
            raise ValueError(f"unknown word {token!r}; the words are {', '.join(sorted(WORDS))}")
        literals.append(literal)
    return tuple(literals)


def when(condition: str, subject: Subject, row: Facts) -> bool:
    """Whether every literal of the condition holds for this subject and row."""
    return all(WORDS[word](subject, row) == positive for word, positive in parse(condition))
