"""What a visitor may be told of the records that a page names; of one that he may not see, nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.audit.reads import READS
from hub.records.models import ArchivalFile, Fonds, Item, Series
from hub.records.personal import FLAG, MASK, WORDS, masked

KINDS: Mapping[str, type[Any]] = {"fonds": Fonds, "series": Series, "file": ArchivalFile, "item": Item}
FILE_STATE = "(select f.state from file f where f.id = item.file_id)"


@dataclass(frozen=True)
class ShownRecord:
    """A record by its code and title; words that name persons are masked for who has no need of them."""

    agency_id: int
    code: str
    title: str


def shown_records(
    session: Session, actor: Actor, named: Iterable[tuple[str, int]]
) -> dict[tuple[str, int], ShownRecord]:
    """Those of the records (kind, key) that he may see; one statement for each kind that there is."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for kind, key in named:
        wanted[kind].append(key)
    found = {}
    for kind, keys in wanted.items():
        table = KINDS[kind]
        further: dict[str, Any] = {"file_state": FILE_STATE} if kind == "item" else {}
        hidden = masked(actor, kind, kind) if kind in WORDS else "false"
        rows = session.execute(
            select(table, text(hidden).bindparams(**actor.values(hidden))).where(
                table.id.in_(keys), actor.sees(kind, table, **further)
            )
        )
        for row, is_masked in rows:
            title = row.subject if kind == "item" else row.title
            found[kind, row.id] = ShownRecord(row.agency_id, row.code, MASK if is_masked else title)
            if (row.access_level != 0 or getattr(row, FLAG, False)) and (reads := READS.get()) is not None:
                reads.add(kind, row.id, row.agency_id)
    return found
