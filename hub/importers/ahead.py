"""Reading ahead: the next part of a file is parsed in a thread of its own while the database stores the last one.

Only during one long statement: two threads of Python at a time would take turns, and the database would wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from hub.importers.batch import Batch


class Ahead:
    """The batches of a parser, some rows at a time; what it raises is raised by `part`."""

    def __init__(self, batches: Iterator[Batch]) -> None:
        self._batches = batches
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="parser")
        self._next: Future[list[Batch]] | None = None
        self._is_awaited = Event()
        self._is_closed = False

    def go_on(self, least: int, most: int) -> None:
        """Begin to read: `least` rows in any case, and on until there are `most` or they are asked for."""
        self._is_awaited.clear()
        self._next = self._thread.submit(self._read, least, most)

    def part(self, rows: int) -> list[Batch]:
        """What was begun, else the next `rows`, with the rest of a batch; an empty list at the end."""
        waiting, self._next = self._next, None
        if waiting is not None:
            self._is_awaited.set()
            return waiting.result()
        return self._read(rows, rows)

    def close(self) -> None:
        """End the thread, once it has read the batch it has begun."""
        self._is_closed = True
        self._thread.shutdown()

    def _read(self, least: int, most: int) -> list[Batch]:
        part: list[Batch] = []
        rows = 0
        while rows < (least if self._is_awaited.is_set() else most) and not self._is_closed:
            batch = next(self._batches, None)
            if batch is None:
                break
            part.append(batch)
            rows += len(batch.rows)
        return part
