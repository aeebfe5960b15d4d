"""Times that can be compared: the candidates take turns, call by call, and the median of medians counts."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 5


def interleaved(
    candidates: Mapping[str, Callable[[], object]], *, calls: int = 40, rounds: int = ROUNDS
) -> dict[str, float]:
    """Milliseconds of one call of each candidate: the median of `rounds` medians of `calls` calls each."""
    for call in candidates.values():
        for _ in range(8):  # plans are made, statements prepared, caches warm
            call()
    medians: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        taken: dict[str, list[float]] = {name: [] for name in candidates}
        gc.collect()
        gc.disable()
        for _ in range(calls):
            for name, call in candidates.items():
                began = time.perf_counter()
                call()
                taken[name].append((time.perf_counter() - began) * 1000)
        gc.enable()
        for name, times in taken.items():
            medians[name].append(statistics.median(times))
    return {name: statistics.median(times) for name, times in medians.items()}


def seconds(call: Callable[[], object]) -> float:
    """Wall time of one call."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
