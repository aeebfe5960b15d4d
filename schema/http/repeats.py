"""Requests that come again: what the same bytes were understood as, so that they are read once and not all day.

Whatever else the meaning of a request depends on is part of its key: the registered documents, and the shape and the
policy of who asks. Who he is, what he may see and what is left of his minute are found out with every request.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from hub.kit.kept import Kept
from schema.compiler import Bound

KEPT = 512
# A list's screen takes 3.4 kB with its statements' values, and its plan 70 kB, which `Plans` may have let go of.
ROOM = 40_000_000
VALUE = 2_000  # bytes of a statement's value where it names agencies
LONGEST = 4_096  # bytes; a longer request is read anew


class Ready(NamedTuple):
    """A request as compiled statements with their values; `cost` in rows."""

    bound: Bound
    cost: int


class Repeats:
    """The requests of this process that a plan answers wholly, least recently asked out first."""

    def __init__(self) -> None:
        self._kept: Kept[Hashable, Ready] = Kept(KEPT, ROOM)

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: Hashable, length: int) -> Ready | None:
        """What a request of so many bytes was understood as; None for one that is new."""
        if length > LONGEST:  # to look it up would be to read it
            return None
        return self._kept.find(key)

    def keep(self, key: Hashable, length: int, ready: Ready) -> None:
        """Remember a request of so many bytes."""
        if length <= LONGEST:
            plan = ready.bound.plan
            self._kept.keep(key, ready, length + plan.size + VALUE * plan.values)
