"""Whose exceptions by law are listed: those of the records that a body answers for on a day (R5, R13)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Select, TextualSelect, column, select, text

from hub.kpi.relations import HEIR_OF_PAIR, HEIRS

# An exception for a whole archive is its body's own and ends with it.
_ANSWERED = f"""
with recursive {HEIRS},
left_out as (
    select x.id, coalesce(f.fonds_id, i.fonds_id, s.fonds_id) as fonds_id,
           coalesce(f.creator_id, h.creator_id) as made_by
      from exclusion x
      left join file f on f.id = x.file_id
      left join item i on i.id = x.item_id
      left join file h on h.id = i.file_id
      left join series s on s.id = x.series_id
     where not x.whole_archive
),
p as (
    select l.id, coalesce(l.made_by, o.creator_id) as creator_id, coalesce(w.agency_id, o.agency_id) as owner_id
      from left_out l
      join fonds o on o.id = l.fonds_id
      left join owned w on w.fonds_id = o.id
)
select p.id, {HEIR_OF_PAIR} as agency_id from p
union all
select id, agency_id from exclusion where whole_archive
""".replace("@as_of", "cast(:answered_on as date)")


def answered(as_of: date) -> TextualSelect:
    """The exclusions, in force or not, with the agency that answers for what each leaves out at `as_of`."""
    told = text(_ANSWERED).bindparams(answered_on=as_of)
    return told.columns(column("id", BigInteger), column("agency_id", BigInteger))


def answered_by(agency_id: int, as_of: date) -> Select[tuple[int]]:
    """The keys of those that the agency answers for; for `in_`."""
    known = answered(as_of).subquery()
    return select(known.c.id).where(known.c.agency_id == agency_id)
