"""Which of the records behind a number the caller may see: joins and a condition over a relation of (kind, id)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hub.access.actor import Actor
from hub.audit.reads import READS
from hub.records import personal

# The law's word for a kind of record, which is its table, and how it is called in the joins.
ALIASES = {"file": "f", "item": "i", "fonds": "o", "agency": "g"}
_FACTS = (
    "agency_id",
    "custodian_id",
    "access_level",
    "published",
    "on_hold",
    "transferred",
    "created_by",
)

_NAMES = """coalesce(i.code, f.code, o.code, g.code, '') as code,
               case when {masked} then '{mask}' else coalesce(i.subject, f.title, o.title, g.name, '') end as title,
               coalesce(g.name, '') as owner, g.id as owner_id,
               (coalesce(i.id, f.id) is not null and coalesce(i.access_level, f.access_level) is distinct from 0)
                   or coalesce(i.has_personal_data, f.has_personal_data, false)
                   or coalesce(o.access_level, 0) > 0 as is_restricted"""
_OWNER = "coalesce(i.agency_id, f.agency_id, o.agency_id)"


def names(actor: Actor) -> str:
    """What people know a record by; beside `named(source)`. The owner is the body that owns it now."""
    masked = f"coalesce({personal.masked(actor, 'item', 'i')}, {personal.masked(actor, 'file', 'f')}, false)"
    return _NAMES.format(masked=masked, mask=personal.MASK)


def shown(rows: Iterable[Any]) -> None:
    """Tell the audit which restricted records a page names: rows with `kind` and `id` beside `names`.

    Where a list only leads to records (GraphQL), they are read, and told, by themselves.
    """
    reads = READS.get()
    if reads is not None and reads.lists:
        for row in rows:
            if row.is_restricted:
                reads.add(row.kind, row.id, row.owner_id)


def joined(source: str) -> str:
    """Joins that bring the record of each row of `source` (kind, id), whatever its kind."""
    return " ".join(
        f"left join {kind} {alias} on {source}.kind = '{kind}' and {alias}.id = {source}.id"
        for kind, alias in ALIASES.items()
    )


def named(source: str) -> str:
    """Joins that bring the record of each row of `source` and the body that owns it, for `names`."""
    records = " ".join(
        f"left join {kind} {alias} on {source}.kind = '{kind}' and {alias}.id = {source}.id"
        for kind, alias in ALIASES.items()
        if kind != "agency"
    )
    return f"{records} left join agency g on g.id = case {source}.kind when 'agency' then {source}.id else {_OWNER} end"


def visible(actor: Actor, source: str) -> str:
    """SQL that is true for rows whose record the caller may read; it stands beside `joined(source)`."""
    seen = " ".join(f"when '{kind}' then {_may_read(actor, kind, alias)}" for kind, alias in ALIASES.items())
    return f"(case {source}.kind {seen} end) is true"


def _may_read(actor: Actor, kind: str, alias: str) -> str:
    columns = {name: f"{alias}.{name}" for name in ("id", *(() if kind == "agency" else _FACTS))}
    return f"({actor.predicate(kind, 'read', columns, root=False)})"
