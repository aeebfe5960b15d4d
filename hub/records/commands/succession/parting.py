"""A fonds whose series and files go different ways is parted: what leaves gets a fonds of its own, same creator.

Owners stand on the fonds, and everything in it follows by foreign key; a part that is to have another owner
therefore needs another fonds. The most special word counts: of the file, of its series, of the series above, of
the fonds; what nobody named goes to the first successor.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from hub.access.actor import Actor
from hub.agencies.models import Agency
from hub.kit.errors import FieldError, Invalid
from hub.records.ledger import added
from hub.records.models import Fonds
from hub.records.queries import new_key
from hub.records.rules.structure import free_code

# Which successor (by id) was named for a fonds, a series or a file (by id).
Named = Mapping[int, int]


class Ways(NamedTuple):
    """Where fonds, series and files were said to go."""

    fonds: Named
    series: Named
    files: Named


def part_fonds(
    session: Session,
    actor: Actor,
    agency: Agency,
    ways: Ways,
    main: int,
    heirs: Mapping[int, Agency],
) -> dict[int, int]:
    """Part the fonds of a body so that each goes one way; which successor each goes to, by fonds.

    Raises Invalid for records that are not the body's, and for a listing that would be torn.
    """
    home = _fonds_of(session, agency, ways)
    way = {fonds: ways.fonds.get(fonds, main) for fonds in home["all"]}
    new: dict[tuple[int, int], int] = {}

    def place(fonds: int, successor: int) -> int:
        """The fonds that holds what goes from this one to the successor."""
        if way[fonds] == successor:
            return fonds
        if (fonds, successor) not in new:
            made = _part_of(session, actor, session.get_one(Fonds, fonds), heirs[successor])
            new[fonds, successor] = made
        return new[fonds, successor]

    series = _series_of(session, home["parted"])
    where = {key: _way_of(key, series, ways, way) for key in series}
    placed = {key: place(series[key].fonds, where[key]) for key in series}
    files = {key: place(fonds, ways.files[key]) for key, fonds in home["files"].items()}
    if new:
        _move(session, series, placed, files)
    way |= {made: successor for (_, successor), made in new.items()}
    _untorn(session, way)
    return way


class _Series(NamedTuple):
    fonds: int
    parent: int | None


def _fonds_of(session: Session, agency: Agency, ways: Ways) -> dict[str, dict[int, int]]:
    """All fonds of the body, those that are to be parted, and the fonds of the named files."""
    connection = session.connection()
    found = {}
    wrong = []
    for table, named in (("fonds", ways.fonds), ("series", ways.series), ("file", ways.files)):
        fonds = "id" if table == "fonds" else "fonds_id"
        rows = connection.execute(
            text(f"select id, {fonds} as fonds from {table} where id = any(:ids) and agency_id = :agency"),
            {"ids": list(named), "agency": agency.id},
        )
        found[table] = {row.id: row.fonds for row in rows}
        wrong += [table for key in named if key not in found[table]]
    if wrong:
        raise Invalid([_not_its_own(table) for table in dict.fromkeys(wrong)])
    everything = connection.scalars(
        text("select id from fonds where agency_id = :agency order by id for update"), {"agency": agency.id}
    )
    parted = {*found["series"].values(), *found["file"].values()}
    return {
        "all": {key: key for key in everything},
        "parted": {key: key for key in parted},
        "files": found["file"],
    }


def _series_of(session: Session, fonds: Collection[int]) -> dict[int, _Series]:
    rows = session.connection().execute(
        text("select id, fonds_id, parent_id from series where fonds_id = any(:fonds) order by id"),
        {"fonds": list(fonds)},
    )
    return {row.id: _Series(row.fonds_id, row.parent_id) for row in rows}


def _way_of(key: int, series: Mapping[int, _Series], ways: Ways, way: Named) -> int:
    """The successor that a series goes to: its own, or that of the nearest one above, or its fonds'."""
    at: int | None = key
    while at is not None:
        if at in ways.series:
            return ways.series[at]
        at = series[at].parent
    return way[series[key].fonds]


def _part_of(session: Session, actor: Actor, fonds: Fonds, heir: Agency) -> int:
    """A fonds for what leaves one: described like it, made by the same creator."""
    taken = set(
        session.connection().scalars(
            text("select code from fonds where agency_id = :id and starts_with(code, :prefix)"),
            {"id": fonds.agency_id, "prefix": f"{fonds.code}."},
        )
    )
    key = new_key(session, Fonds)
    part = Fonds(
        id=key,
        agency_id=fonds.agency_id,
        creator_id=fonds.creator_id,
        custodian_id=fonds.custodian_id,
        code=free_code(f"{fonds.code}.T", taken),
        title=f"{fonds.title} (phần giao {heir.name})",
        state=fonds.state,
        closed_on=fonds.closed_on,
        start_year=fonds.start_year,
        end_year=fonds.end_year,
        history=fonds.history,
        languages=fonds.languages,
        access_level=fonds.access_level,
        published=fonds.published,
        transferred=fonds.transferred,
        metadata_schema=fonds.metadata_schema,
        created_by=actor.id,
    )
    added(session, actor, part)
    # Who owned the whole owned the part.
    session.connection().execute(
        text(
            "insert into fonds_owner (fonds_id, agency_id, valid_to)"
            " select :part, agency_id, valid_to from fonds_owner where fonds_id = :whole"
        ),
        {"part": key, "whole": fonds.id},
    )
    return key


# One statement, since a series, those below it and its files must lie in one fonds at its end. A series or file
# whose own series goes another way stands at the top of its fonds.
_MOVE = """
with place (id, fonds_id, parent_id) as (
    select * from unnest(cast(:series as bigint[]), cast(:fonds as bigint[]), cast(:parents as bigint[]))
),
named (id, fonds_id) as (select * from unnest(cast(:files as bigint[]), cast(:file_fonds as bigint[]))),
moved_series as (
    update series s set fonds_id = p.fonds_id, parent_id = p.parent_id, version = s.version + 1, updated_at = now()
      from place p
     where p.id = s.id and (s.fonds_id, s.parent_id) is distinct from (p.fonds_id, p.parent_id)
)
update file f
   set fonds_id = t.fonds_id, series_id = case when t.series_fonds = t.fonds_id then f.series_id end,
       version = f.version + 1, updated_at = now()
  from (select f.id, p.fonds_id as series_fonds, coalesce(n.fonds_id, p.fonds_id, f.fonds_id) as fonds_id
          from file f
          left join named n on n.id = f.id
          left join place p on p.id = f.series_id
         where f.series_id in (select id from place) or n.id is not null) t
 where t.id = f.id and (f.fonds_id <> t.fonds_id or t.series_fonds <> t.fonds_id)
"""


def _move(
    session: Session, series: Mapping[int, _Series], placed: Mapping[int, int], files: Mapping[int, int]
) -> None:
    parents: Sequence[int | None] = [
        one.parent if one.parent is not None and placed[one.parent] == placed[key] else None
        for key, one in series.items()
    ]
    session.connection().execute(
        text(_MOVE),
        {
            "series": list(series),
            "fonds": [placed[key] for key in series],
            "parents": parents,
            "files": list(files),
            "file_fonds": list(files.values()),
        },
    )


_TORN = """
with way (fonds_id, successor_id) as (select * from unnest(cast(:fonds as bigint[]), cast(:ways as bigint[])))
select f.code
  from item_listing l
  join file f on f.id = l.file_id
  join item i on i.id = l.item_id
  join way a on a.fonds_id = f.fonds_id
  join way b on b.fonds_id = i.fonds_id
 where a.successor_id <> b.successor_id
 group by f.code order by f.code
"""
_SHOWN = 5


def _untorn(session: Session, way: Named) -> None:
    """A document and the files that list it belong to one body. Raises Invalid."""
    values = {"fonds": list(way), "ways": list(way.values())}
    codes = list(session.connection().scalars(text(_TORN), values))
    if codes:
        shown = ", ".join(codes[:_SHOWN]) + (" …" if len(codes) > _SHOWN else "")
        raise Invalid(
            [
                FieldError(
                    "parts",
                    "LISTING_TORN",
                    f"Hồ sơ {shown} liệt kê văn bản của hồ sơ được giao cho cơ quan khác. Hãy giao các hồ sơ đó cho"
                    " cùng một cơ quan, hoặc bỏ liệt kê trước.",
                    f"Files {shown} list documents of files that go to another body. Give them to the same body, or"
                    " take the documents off their lists first.",
                )
            ]
        )


def _not_its_own(field: str) -> FieldError:
    return FieldError(
        f"parts.{field}_ids",
        "NOT_ITS_OWN",
        "Có mã không phải của cơ quan bị chia, tách. Chỉ chia được những gì cơ quan đó đang quản lý.",
        "One of these does not belong to the body that is split. Only what it has can be shared out.",
    )
