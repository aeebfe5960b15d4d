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

    def go_on(self, rows: int) -> None:
        """Begin to read the next `rows` and no more, or the rest where there are fewer."""
        self._is_awaited.clear()
        self._next = self._thread.submit(self._read, rows)

    def part(self, rows: int) -> list[Batch]:
        """What was begun, as far as it has come; else the next `rows`. An empty list at the end."""
        waiting, self._next = self._next, None
        if waiting is not None:
            self._is_awaited.set()
            return waiting.result()
        self._is_awaited.clear()
        return self._read(rows)

    def close(self) -> None:
        """End the thread, once it has read what it has begun."""
        self._is_awaited.set()
        self._thread.shutdown()

    def _read(self, rows: int) -> list[Batch]:
        part: list[Batch] = []
        while rows > 0 and (batch := next(self._batches, None)) is not None:
            part.append(batch)
            rows -= len(batch.rows)
            if self._is_awaited.is_set():
                break
        return part
