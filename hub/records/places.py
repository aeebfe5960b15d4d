"""Places of documents in a file: one row of numbers for its own documents and for those listed in it.

Unique by rule and not by constraint, since registers of the past use numbers twice; the file is locked
whenever a place is given out.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

from hub.records.queries import ordinals_in
from hub.records.rules.structure import make_room, next_ordinal

_SHIFT_OWN = """
update item set ordinal = ordinal + 1, version = version + 1, updated_at = now()
 where file_id = :file and ordinal = any(:places) and id is distinct from :besides
"""
_SHIFT_LISTED = """
update item_listing set ordinal = ordinal + 1 where file_id = :file and ordinal = any(:places)
"""


def place_for(session: Session, file_id: int, wanted: int | None, besides: int | None = None) -> int:
    """The place for a document that comes into the (locked) file; what stands there shifts up by one."""
    taken = ordinals_in(session, file_id, besides)
    if wanted is None:
        return next_ordinal(taken)
    if moves := make_room(set(taken), wanted):
        values = {"file": file_id, "places": list(moves), "besides": besides}
        connection = session.connection()
        connection.execute(text(_SHIFT_OWN), values)
        connection.execute(text(_SHIFT_LISTED), values)
    return wanted
