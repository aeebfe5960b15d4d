"""What a file tells of its documents, told of those that the caller may see.

As long as these are all, which one number of the file says, it is the column; else it is reckoned from them, in the
same way (migrations/sql/told_files.sql). So what is hidden changes no answer, neither the field nor a filter nor a
count by it.
"""

from __future__ import annotations

_WHOLE = "{t}.item_access & ~{bits Item {t}} = 0"
_PART = "(hub_told_file({t}.id, {bits Item {t}}, {bits elsewhere Item {t}}))"


def told(column: str) -> str:
    """SQL of a column of the file `{t}` that is derived from its documents."""
    return f"case when {_WHOLE} then {{t}}.{column} else {_PART}.{column} end"


def holds(column: str, test: str) -> str:
    """SQL of a test on such a column: `{c}` in the test is the column. The planner takes it for half of the rows."""
    whole, part = (test.replace("{c}", f"{one}.{column}") for one in ("{t}", _PART))
    return f"case when {_WHOLE} then {whole} else {part} end"
