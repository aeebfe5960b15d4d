"""Reading ahead: the parser goes on in a thread of its own while the database works at what it has been given."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from hub.importers.batch import Batch

AHEAD = 5  # batches that may wait: about what is parsed while the database stores a part


def read_ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The same batches in the same order; what the parser raises is raised here."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="parser") as parser:
        waiting = deque(parser.submit(next, batches, None) for _ in range(AHEAD))
        try:
            while (batch := waiting.popleft().result()) is not None:
                waiting.append(parser.submit(next, batches, None))
                yield batch
        finally:
            parser.shutdown(cancel_futures=True)
