"""The command: `python -m tests.bench [PART …] [--items N] [--data DIR]`; the parts are PARTS, all by default."""

from __future__ import annotations

import argparse
import os
import platform
from pathlib import Path

from tests.bench import audit, counters, imports, policy, reads, reports, search, writes
from tests.bench.servers import served

PARTS = ("reads", "search", "imports", "counters", "reports", "policy", "audit", "writes")


def main() -> None:
    """Run the parts asked for, all when none is named."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="ratios, side by side")
    parser.add_argument("parts", nargs="*", help=" ".join(PARTS))
    parser.add_argument("--items", type=int, default=1_000_000, help="items of the demo (1,000,000)")
    parser.add_argument("--data", type=Path, default=Path(".cache/bench"), help="folder of the demo")
    given = parser.parse_args()
    parts = given.parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no part named {', '.join(unknown)}")
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {given.items:,} items"
    )
    if "imports" in parts:
        imports.measure(given.data.parent / "bench-imports")
    if {"reads", "search"} & set(parts):
        with served(given.data, given.items) as servers:
            if "reads" in parts:
                reads.measure(servers)
            if "search" in parts:
                search.measure(servers)
    if "counters" in parts:
        counters.measure(given.data)
    if "reports" in parts:
        reports.measure(given.data.parent / "bench-reports")
    if "policy" in parts:
        policy.measure()
    if "audit" in parts:
        audit.measure(given.data.parent / "bench-audit")
    if "writes" in parts:
        writes.measure(given.data.parent / "bench-writes")


if __name__ == "__main__":
    main()
