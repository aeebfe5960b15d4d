"""Totals from the tally of records, which has a few rows where the table has one for each record.

The tally stands in for the table where all that is asked of a row is asked of columns that the tally tells apart: then
what holds for one record of a group holds for all. That is seen in the finished text, the law's predicate included, so
that no new condition and no new rule can be counted wrong: it is counted in the table, as long as it asks for more.
"""

from __future__ import annotations

import re

from hub.records.models.tally import GROUP, KINDS
from schema.compiler.declarations import Record


def tallied(record: Record, t: str, where: str) -> str:
    """SQL of the number of rows `t` for which `where` holds; empty where the tally cannot say it."""
    named = re.findall(rf"\b{t}\b(?:\.(\w+))?", where)
    if record.name not in KINDS or not set(named) <= set(GROUP):
        return ""
    return f"(select hub_sum({t}.n) from record_tally {t} where {t}.kind = '{record.name}' and {where})"
