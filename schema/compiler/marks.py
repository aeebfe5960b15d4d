"""Restricted rows say so in the answer itself, and the mark is taken out before the answer goes out.

Which restricted records an answer holds only the answer knows: rows are nested, cut at the end of a page, and shown
twice. So the statement sets a mark behind each such row, and whoever joins the answer takes the marks out and tells
the audit. An answer without a restricted row is searched for twelve letters and nothing else.

The mark begins with a number of this process, so that no stored text can be taken for one.
"""

from __future__ import annotations

import secrets

from hub.access.actor import Actor
from hub.audit.reads import READS
from hub.records.personal import FLAG, WORDS

_NONCE = secrets.token_hex(6)
_SOUGHT = _NONCE.encode()


def restricted(resource: str, t: str) -> str:
    """SQL: whether reading the row is audited: it is restricted, or holds personal data. Unknown counts as restricted
    where there is content; a fonds or a series is arrangement, and mostly has no mode of its own.
    """
    level = f"{t}.access_level"
    if resource in ("fonds", "series"):
        return f"{level} > 0"
    personal = f" or {t}.{FLAG}" if resource in WORDS else ""
    return f"{level} is distinct from 0{personal}"


def mark(resource: str, t: str) -> str:
    """SQL of the mark of a row: empty where the row is not restricted. It is the same text inside and outside JSON."""
    said = f"'{_NONCE}{resource}:' || {t}.id || ':' || {t}.agency_id || ';'"
    return f"case when {restricted(resource, t)} then {said} else '' end"


def unmarked(data: bytes, actor: Actor | None) -> bytes:
    """The answer without marks; what they say is told to READS."""
    first, *marked = data.split(_SOUGHT)
    if not marked:
        return data
    said, _, rest = zip(*(piece.partition(b";") for piece in marked), strict=True)
    reads = READS.get()
    if reads is not None:
        reads.agent = actor
        for one in {*said}:
            kind, key, agency = one.split(b":")
            reads.add(kind.decode(), int(key), int(agency))
    return b"".join((first, *rest))
