"""Whose exceptions by law are listed: those of the records that a body answers for on a day (R5, R13)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, TextualSelect, column, text

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
select p.id from p where {HEIR_OF_PAIR} = :answers
union all
select id from exclusion where whole_archive and agency_id = :answers
""".replace("@as_of", "cast(:answered_on as date)")


def answered_by(agency_id: int, as_of: date) -> TextualSelect:
    """The keys of the exclusions, in force or not, of what the agency answers for at `as_of`; for `in_`."""
    return text(_ANSWERED).bindparams(answers=agency_id, answered_on=as_of).columns(column("id", BigInteger))
