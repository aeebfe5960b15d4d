"""Which files may count otherwise on one day than on another, as far as the counters know: all that moved, and more.

A file adds to a figure in steps, each from its day on (migrations/sql/counters.sql), so one without a step between
two days counts alike on both. What the steps do not hold is taken whole: exceptions by law, documents listed in another
file, records of bodies for which another answers by then (R13), or whose place on the source list begins or ends.
"""

from __future__ import annotations

from hub.kpi.statement import Counting, is_kept


def _between(day: str) -> str:
    return f"({day} > :first_day and {day} <= :last_day)"


# To stand after `with recursive`; `:excepted_of` is the indicator whose exceptions hold.
_SHIFTED = f"""
turned (id) as (
    (select unnest(array[predecessor_id, successor_id]) from agency_succession where {_between("effective_on")}
     union
     select agency_id from source_membership where {_between("valid_from")} or {_between("valid_to")})
    union
    select s.predecessor_id from turned t join agency_succession s on s.successor_id = t.id
),
excepted as (
    select series_id, file_id, item_id from exclusion where indicator_id = :excepted_of
),
excepted_series (id) as (
    select series_id from excepted where series_id is not null
    union
    select s.id from excepted_series e join series s on s.parent_id = e.id
),
shifted (id) as materialized (
    select file_id from {{counter}}_step where {_between("day")}
    union
    select f.id from turned t join file f on f.creator_id = t.id
    union
    select f.id from fonds_owner w join file f on f.fonds_id = w.fonds_id where {_between("w.valid_to")}
    union
    select file_id from excepted where file_id is not null
    union
    select i.file_id from excepted e join item i on i.id = e.item_id
    union
    select f.id from excepted_series e join file f on f.series_id = e.id
    union
    select file_id from item_listing
    union
    select i.file_id from item_listing l join item i on i.id = l.item_id
)"""

# A condition on a file f.
IS_SHIFTED = "f.id in (select id from shifted)"


def shifted(one: Counting) -> str | None:
    """The common table expressions of `shifted` (id); None where no counter is kept for this counting."""
    return _SHIFTED.format(counter=one.measure.name) if is_kept(one) else None
