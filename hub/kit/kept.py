"""What is kept in memory for whoever comes again: so many, and so many bytes in all, since strangers fill it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Values by their keys, least recently asked for out first; `most` bounds their number, `room` their bytes."""

    def __init__(self, most: int, room: int) -> None:
        self._most, self._room = most, room
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._taken = 0

    def __len__(self) -> int:
        return len(self._values)

    def find(self, key: K) -> V | None:
        """The value, which is now the last to go."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def keep(self, key: K, value: V, size: int) -> None:
        """Keep a value of so many bytes, about; one that is larger than all the room is not kept."""
        _, before = self._values.pop(key, (None, 0))
        self._values[key] = value, size
        self._taken += size - before
        while len(self._values) > self._most or self._taken > self._room:
            _, (_, left) = self._values.popitem(last=False)
            self._taken -= left
