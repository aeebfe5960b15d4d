"""Restricted rows say so in the answer itself, and the mark is taken out before the answer goes out.

Which restricted records an answer holds only the answer knows: rows are nested, cut at the end of a page, and shown
twice. So the statement sets a mark behind each such row, and whoever joins the answer takes the marks out and tells
the audit. An answer without a restricted row is searched for one sign and nothing else.

A mark stands between two signs U+0001, which JSON never holds as they are: no stored text can be taken for one. It
must therefore stand beside JSON text, never inside a value that is yet to become JSON.
"""

from __future__ import annotations

from hub.access.actor import Actor
from hub.audit.reads import READS
from hub.records.personal import FLAG, WORDS

_SIGN = b"\x01"


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
    """SQL of the mark of a row, as `Reads.add_all` takes it: empty where the row is not restricted."""
    said = f"E'\\x01' || {t}.agency_id || '/{resource}:' || {t}.id || E'\\x01'"
    return f"case when {restricted(resource, t)} then {said} else '' end"


def unmarked(data: bytes, actor: Actor | None) -> bytes:
    """The answer without marks; what they say is told to READS."""
    if _SIGN not in data:
        return data
    pieces = data.split(_SIGN)
    reads = READS.get()
    if reads is not None:
        reads.agent = actor
        reads.add_all(b" ".join(pieces[1::2]).decode().split())
    return b"".join(pieces[::2])
