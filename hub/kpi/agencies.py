"""Which agency a code means: the one that bears it, else the one that bore it.

Codes change (đổi tên, hợp nhất, mã định danh mới), and letters, spreadsheets and links go on using the old ones.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

# SQL of the key of the agency that `{code}` means, null for none. An old code that several bore means nobody.
AGENCY_OF_CODE = (
    "coalesce((select a.id from agency a where a.code = {code}),"
    " (select min(c.agency_id) from agency_code c where c.value = {code} having count(distinct c.agency_id) = 1))"
)

_FOUND = text(
    f"select a.id, a.code from agency a where a.id = {AGENCY_OF_CODE.replace('{code}', 'cast(:code as text)')}"
)


def agency_by_code(session: Session, code: str) -> tuple[int, str] | None:
    """The key and the present code of the agency that a present or former code means."""
    row = session.execute(_FOUND, {"code": code}).first()
    return None if row is None else (row.id, row.code)
