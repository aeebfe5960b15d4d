"""By when permanent records go to the historical archive, and what stands in the way: SQL shared by record and radar.

In the texts `{t}` is the file or the item. The plan is stricter than the law: three years after creation (Kế hoạch
67, II.1.d) against five years from the year of hand-over to the agency's archive (Luật Lưu trữ 33/2024).
"""

from __future__ import annotations

from collections.abc import Iterable

# A file is created when it ends, an open one is reckoned from its beginning; a document on its date of issue (R12).
FILE_CREATED = "coalesce({t}.end_date, {t}.start_date)"
ITEM_CREATED = "{t}.issued_date"


def due_by_plan(created: str) -> str:
    """SQL of the last day by the plan; 29/2 becomes 28/2."""
    return f"({created} + interval '3 years')::date"


def due_by_law(handed_over: str) -> str:
    """SQL of the last day by law; null before the hand-over to the agency's archive."""
    return f"make_date(extract(year from {handed_over} at time zone 'Asia/Ho_Chi_Minh')::int + 5, 12, 31)"


def obstacle(state: str, further: Iterable[str] = ()) -> str:
    """SQL of the first thing that stands in the way, null for nothing; `further` are `when … then …` after these."""
    return (
        "case when {t}.on_hold then 'ON_HOLD' when {t}.access_level >= 2 then 'SECRET'"
        f" when {state} = 'OPEN' then 'FILE_OPEN'"
        f" when {state} in ('CLOSED', 'SUBMITTED') then 'NOT_IN_AGENCY_ARCHIVE' {' '.join(further)} end"
    )
