"""Fonds go from one body to another on a day, with everything in them; codes stay distinguishable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from hub.agencies.models import Agency
from hub.records.rules.structure import free_code


class Recoded(NamedTuple):
    """A record whose code was already used at the successor."""

    kind: str
    id: int
    before: str
    after: str


class Passage(NamedTuple):
    """What went along: how many of each kind, and what had to get another code."""

    moved: dict[str, int]
    recoded: list[Recoded]

    def told(self) -> dict[str, Any]:
        """For the audit."""
        return {
            "moved": self.moved,
            "recoded": [[one.kind, one.before, one.after] for one in self.recoded],
        }


def fonds_of(session: Session, agency_id: int) -> list[int]:
    """The fonds a body owns, held against changes until the end of the transaction."""
    statement = text("select id from fonds where agency_id = :id order by id for update")
    return list(session.connection().scalars(statement, {"id": agency_id}))


def close_fonds_of(session: Session, agency_id: int, day: date, fonds: Sequence[int] | None = None) -> int:
    """Close what a body made, all of it or some fonds, on the first day on which it adds nothing more."""
    statement = text(
        "update fonds set state = 'CLOSED', closed_on = :day, version = version + 1, updated_at = now(),"
        " end_year = coalesce(end_year, cast(extract(year from cast(:day as date) - 1) as integer))"
        " where creator_id = :id and state = 'OPEN' and (cast(:fonds as bigint[]) is null or id = any(:fonds))"
    )
    values = {"id": agency_id, "day": day, "fonds": None if fonds is None else list(fonds)}
    return _count(session.connection().execute(statement, values))


def pass_on(
    session: Session,
    agency: Agency,
    successor_id: int,
    fonds: Sequence[int],
    day: date,
    *,
    rest: bool,
) -> Passage:
    """Give fonds to a successor; with `rest` also what the body keeps of others and what it was dealing with.

    A code that the successor uses already gets the predecessor's code before it.
    """
    recoded = _recode(session, agency, successor_id, fonds)
    values = {
        "id": agency.id,
        "successor": successor_id,
        "fonds": list(fonds),
        "day": day,
        "rest": rest,
        "prefix": f"{agency.code}.",
    }
    moved = {
        name: _count(session.connection().execute(text(statement), values))
        for name, statement in _PASSING.items()
    }
    return Passage(moved, recoded)


# Owners of series, files, items, listings and digital objects follow the fonds by the database's own cascade.
# Papers under way (a transfer not yet accepted, a reader's request, a proposed exclusion) are about these records;
# their tables belong to slices above this one. Who was asked or handed over is not rewritten once it is done.
_KEPT = "custodian_id = :id and (:rest or fonds_id = any(:fonds))"
_PASSING = {
    "owners": "insert into fonds_owner (fonds_id, agency_id, valid_to)"
    " select id, :id, :day from fonds where id = any(:fonds)",
    "fonds": "update fonds set agency_id = :successor, version = version + 1, updated_at = now()"
    " where id = any(:fonds)",
    "kept_fonds": "update fonds set custodian_id = :successor where custodian_id = :id"
    " and (:rest or id = any(:fonds))",
    "kept_series": "update series set custodian_id = :successor, version = version + 1, updated_at = now()"
    f" where {_KEPT}",
    "kept_files": "update file set custodian_id = :successor, version = version + 1, updated_at = now()"
    f" where {_KEPT}",
    "transfers": "update transfer t set agency_id = :successor, version = version + 1, updated_at = now(),"
    " code = case when exists (select from transfer o where o.agency_id = :successor and o.code = t.code)"
    " then :prefix || t.id || '.' || t.code else t.code end"
    " where t.agency_id = :id and t.state <> 'ACCEPTED' and (:rest or t.fonds_id = any(:fonds))",
    "requests": "update use_request r set agency_id = case when agency_id = :id then :successor else agency_id end,"
    " custodian_id = case when custodian_id = :id then :successor else custodian_id end, version = version + 1"
    " where :id in (agency_id, custodian_id) and state in ('DRAFT', 'SUBMITTED', 'APPROVED') and (:rest or exists"
    " (select from file f where f.id = r.file_id and f.fonds_id = any(:fonds)))",
    "exclusions": "update exclusion x set agency_id = :successor, version = version + 1, updated_at = now()"
    " where agency_id = :id and state = 'PROPOSED' and (:rest or :successor in"
    " ((select s.agency_id from series s where s.id = x.series_id), (select f.agency_id from file f"
    " where f.id = x.file_id), (select i.agency_id from item i where i.id = x.item_id)))",
}

_TABLES = {"fonds": "id", "series": "fonds_id", "file": "fonds_id", "item": "fonds_id"}

_CLASHES = """
select r.id, r.code from {table} r join {table} s on s.agency_id = :successor and s.code = r.code
 where r.{fonds} = any(:fonds) order by r.id
"""
_TAKEN = "select code from {table} where agency_id in (:id, :successor) and starts_with(code, :prefix)"
_RECODE = """
update {table} r set code = n.code, version = r.version + 1, updated_at = now()
  from unnest(cast(:ids as bigint[]), cast(:codes as text[])) n(id, code) where r.id = n.id
"""
# An importer finds its records again by this key; the ones that clash are told apart by who brought them.
_REKEY = """
update {table} r set source_key = :prefix || r.id || ':' || r.source_key
  from {table} s
 where r.{fonds} = any(:fonds) and s.agency_id = :successor and s.source_key = r.source_key
"""


def _recode(session: Session, agency: Agency, successor_id: int, fonds: Sequence[int]) -> list[Recoded]:
    """Give the records whose codes the successor uses the body's code before their own."""
    connection = session.connection()
    recoded = []
    for table, column in _TABLES.items():
        names = {"table": table, "fonds": column}
        values = {
            "id": agency.id,
            "successor": successor_id,
            "fonds": list(fonds),
            "prefix": f"{agency.code}.",
        }
        clashes = connection.execute(text(_CLASHES.format(**names)), values).all()
        taken = set(connection.scalars(text(_TAKEN.format(**names)), values)) if clashes else set()
        fresh = []
        for key, code in clashes:
            fresh.append(Recoded(table, key, code, free_code(f"{agency.code}.{code}", taken)))
            taken.add(fresh[-1].after)
        if fresh:
            keys, codes = [one.id for one in fresh], [one.after for one in fresh]
            connection.execute(text(_RECODE.format(**names)), {"ids": keys, "codes": codes})
        connection.execute(text(_REKEY.format(**names)), {**values, "prefix": f"{agency.code}:"})
        recoded += fresh
    return recoded


def end_grants(session: Session, agency_id: int, on: date) -> int:
    """End the rights held at the body; a grant holds up to, not including, its last day."""
    statement = text(
        "update role_grant set valid_to = greatest(valid_from, :on)"
        " where agency_id = :id and (valid_to is null or valid_to > :on)"
    )
    return _count(session.connection().execute(statement, {"id": agency_id, "on": on}))


def _count(result: Any) -> int:
    return int(result.rowcount)
