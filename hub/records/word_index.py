"""The index of words: the words of new records wait beside it until they are merged, and are found all the same.

To merge is dear, 10 µs a file, and cheaper the more there is; so it is done when a list has been stored, and every ten
minutes by the worker, before searches feel it (migration 91). Autovacuum does it too.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session


def merge_words(session: Session) -> int:
    """Merge the words that wait, of committed records and of those on their way; of how many pages."""
    return session.execute(text("select hub_merge_words()")).scalar_one()
