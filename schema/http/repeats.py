"""Requests that come again: what the same bytes were understood as, so that they are read once and not all day.

Whatever else the meaning of a request depends on is part of its key: the registered documents, and the shape and the
policy of who asks. Who he is, what he may see and what is left of his minute are found out with every request.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple

from schema.compiler import Bound

# A list's screen takes 3.4 kB with its statements' values: 2 MB when full of those.
KEPT = 512
LONGEST = 4_096  # bytes; a longer request is read anew


class Ready(NamedTuple):
    """A request as compiled statements with their values; `cost` in rows."""

    bound: Bound
    cost: int


class Repeats:
    """The requests of this process that a plan answers wholly, least recently asked out first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Ready] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: Hashable, length: int) -> Ready | None:
        """What a request of so many bytes was understood as; None for one that is new."""
        if length > LONGEST:  # to look it up would be to read it
            return None
        ready = self._kept.get(key)
        if ready is not None:
            self._kept.move_to_end(key)
        return ready

    def keep(self, key: Hashable, length: int, ready: Ready) -> None:
        """Remember a request of so many bytes."""
        if length <= LONGEST:
            self._kept[key] = ready
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
