"""What makes a record known to more people: a lower access mode, a lifted flag of personal data.

An unknown mode is treated as conditional (policies/words.py), so that saying "open" of it opens it, too.
"""

from __future__ import annotations

CONDITIONAL = 1


def is_wider(before: int | None, after: int | None) -> bool:
    """Whether more people may see a record of the level `after` than one of `before`."""
    return _rank(after) < _rank(before)


def is_tighter(before: int | None, after: int | None) -> bool:
    """Whether fewer people may see it."""
    return _rank(after) > _rank(before)


def _rank(level: int | None) -> int:
    return CONDITIONAL if level is None else level
