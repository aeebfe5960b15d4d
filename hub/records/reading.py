"""For whom restricted records were read: what only a delegated grant opened is read on behalf of its delegator."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.audit.reads import Read, Reads, record_reads

_ROWS = "select t.* from {} t where t.id = any(:keys)"
# A document's state is that of its file.
_INSIDE = (
    "select t.*, f.state as file_state from {} t join file f on f.id = t.file_id where t.id = any(:keys)"
)
_SELECTS = {
    "fonds": _ROWS.format("fonds"),
    "series": _ROWS.format("series"),
    "file": _ROWS.format("file"),
    "item": _INSIDE.format("item"),
    "digital": _INSIDE.format("digital_object"),
}


def write_reads(session: Session, actor: Actor, reads: Reads) -> None:
    """Write which restricted records were shown, and on whose behalf."""
    record_reads(session, reads.events(actor, _behalves(session, actor, reads.records)))


def _behalves(session: Session, actor: Actor, records: Iterable[Read]) -> dict[Read, int]:
    """The delegator of each record that the actor's own grants do not open; of one that is gone nobody is known."""
    if not actor.subject.mandates:
        return {}
    by_kind: dict[str, dict[int, Read]] = {}
    for read in records:
        by_kind.setdefault(read.kind, {})[read.id] = read
    found = {}
    for kind, reads in by_kind.items():
        for row in session.execute(text(_SELECTS[kind]), {"keys": list(reads)}).mappings():
            if mandate := actor.mandate("read", kind, SimpleNamespace(**row)):
                found[reads[row["id"]]] = mandate.on_behalf_of
    return found
