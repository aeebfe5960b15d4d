"""Measurements side by side: the hub against hand-written SQL, scans and the ORM, interleaved in one run.

    python -m tests.bench                     everything, on a demo of 1,000,000 items (made when it is missing)
    python -m tests.bench reads --items 20000

Ratios and rates are printed, never asserted: machines differ, and a test must not fail for a busy one. What must
hold on every machine (statements for an operation, index conditions) is asserted in the tests themselves.
"""
