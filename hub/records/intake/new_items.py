"""A part of a long list: items that are new, each in a file that is there, and twin of no other.

As with `new_files`, they need no plan; whatever is not so is for the whole list to decide (`plan_items`, `checks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlmodel import Session

from hub.access.actor import Actor
from hub.records.intake.checks import ask
from hub.records.intake.kinds import Kind
from hub.records.intake.plan import Intake, found
from hub.records.intake.plan_items import DESIGNATION, KEY, MARK
from hub.records.intake.stage import Cursor
from hub.records.intake.write import OF_ITEM, PROVISIONAL, insert, spoken_of_items, staged_of
from hub.records.rules.states import CONTENTS_CHANGE_IN

# Of the columns of the stage, those that are asked for here.
STAGED = staged_of("item") | {
    "row",
    "code",
    "ordinal",
    "parent_ref",
    "file_code",
    "source_key",
    "source_hash",
}


class _Homes(NamedTuple):
    """The files of a fonds that a part adds to: whether they held any before the list, what they hold, what comes."""

    fonds_id: int
    needs_plan: bool
    had_items: bool
    held: int
    new: int


def are_all_new_items(
    session: Session, cursor: Cursor, actor: Actor, intake: Intake, kinds: Iterable[Kind]
) -> bool:
    """Whether all staged items may be stored as they are; finds their files on the way.

    None of their kinds needs a plan, and all rows of the list say a place or none does. A key or code that is there
    already breaks its constraint only when they are stored. Raises NotPermitted when the actor may not create them.
    """
    values = {**intake.values, "states": list(CONTENTS_CHANGE_IN)}
    cursor.execute(_HOMES, values)
    homes = [_Homes(*row) for row in cursor.execute(_AT_HOME, values)]
    if any(home.needs_plan for home in homes):
        return False
    # What a file holds is counted anew with each part that adds to it.
    if sum(home.held for home in homes) > sum(home.new for home in homes):
        return False
    for home in homes:
        for access_level in {kind.access_level for kind in kinds}:
            ask(session, actor, intake, "item", home.fonds_id, access_level)
    if any(home.had_items for home in homes) and found(cursor, _SAME_PLACE, values):
        return False
    return not (found(cursor, _TWINS_IN_STAGE, values) or found(cursor, _TWINS, values))


def write_new_items(
    cursor: Cursor, intake: Intake, provided: Mapping[str, frozenset[str]], are_placed: bool
) -> int:
    """Store the staged items, of which `are_all_new_items` has said yes; how many.

    `are_placed` tells whether the list says their places; else they stand in its order.
    """
    return cursor.execute(_staged(provided["item"], are_placed), intake.values).rowcount


# As `plan_items` finds them, of each part those that no part before it has named; a file whose number and code are
# those of two is none. One look by an index for each: a part names few of the files that an agency has.
_HOMES = f"""
insert into pg_temp.import_home (mark, file_id, had_items)
select n.mark, case when c.id <> d.id then null else coalesce(c.id, d.id) end, coalesce(c.item_count, d.item_count) > 0
  from (select distinct {MARK} as mark, parent_ref, file_code from pg_temp.import_stage s) n
  left join lateral (select id, item_count from file
                      where agency_id = %(agency)s and source_key = n.parent_ref limit 1) c on true
  left join lateral (select id, item_count from file
                      where agency_id = %(agency)s and code = n.file_code limit 1) d on true
 where not exists (select from pg_temp.import_home h where h.mark = n.mark)
"""

# Of each fonds; a file needs a plan where there is none, where nothing may come in, or nothing but secrets.
_AT_HOME = f"""
select f.fonds_id, bool_or(f.id is null or f.state <> all(%(states)s) or f.access_level is not distinct from 2),
       bool_or(h.had_items), sum(f.item_count), sum(n.new)
  from (select {MARK} as mark, count(*) as new from pg_temp.import_stage s group by 1) n
  join pg_temp.import_home h on h.mark = n.mark left join file f on f.id = h.file_id
 group by f.fonds_id
"""

# Two documents of one designation are one, or may be (NĐ 30/2020 PL VI, III.1.h); which, is for the plan to say. It
# compares the numbers of a list whatever their case, those of documents that are there as they are written.
_TWINS_IN_STAGE = f"""
with designated as materialized (
    select s.number, s.notation, s.issuer, s.start_date
      from pg_temp.import_stage s where s.number is not null and s.issuer is not null
)
(select from designated where lower(number) <> upper(number) limit 1)
union all
(select from designated s
  where s.number in (select number from designated group by number having count(*) > 1)
  group by {DESIGNATION} having count(*) > 1
  limit 1)
"""

# The same with those that are there. Looked up one by one by their index: PostgreSQL knows nothing of what was stored
# a moment ago, and would look through all of it.
_TWINS = """
with sought as materialized (
    select s.number, lower(s.notation) as notation, lower(s.issuer) as issuer, extract(year from s.start_date) as year
      from pg_temp.import_stage s where s.number is not null and s.issuer is not null
), met as (
    select w.issuer, w.year, x.issuer as its_issuer, x.issued_date from sought w
     cross join lateral (
         select x.issuer, x.issued_date from item x
          where x.agency_id = %(agency)s and x.number = w.number and lower(x.notation) = w.notation
            and hashtext(lower(x.issuer)) = hashtext(w.issuer) offset 0) x
    union all
    select w.issuer, w.year, x.issuer, x.issued_date from sought w
     cross join lateral (
         select x.issuer, x.issued_date from item x
          where x.agency_id = %(agency)s and x.number = w.number and lower(x.notation) is null
            and hashtext(lower(x.issuer)) = hashtext(w.issuer) offset 0) x
     where w.notation is null
)
select from met
 where lower(its_issuer) = issuer
   and (year is null or issued_date is null or extract(year from issued_date) = year)
 limit 1
"""

# A document of the same number in the same place, in a file that held some before the list.
_SAME_PLACE = f"""
select from pg_temp.import_stage s join pg_temp.import_home h on h.mark = {MARK}
 cross join lateral (
     select x.number, x.notation from item x where x.file_id = h.file_id and x.ordinal = s.ordinal offset 0) x
 where h.had_items and s.source_key like '|%%'
   and x.number = s.number and lower(x.notation) is not distinct from lower(s.notation)
 limit 1
"""

# Items without a place stand as in `plan_items` after what their file holds, in the order of the sheet. What it holds
# is asked once for each file: without the offset it is asked for every item.
_HELD = f"""
join (select o.file_id, greatest(coalesce((select max(ordinal) from item where file_id = o.file_id), 0),
                                 coalesce((select max(ordinal) from item_listing where file_id = o.file_id), 0)) as last
        from (select distinct h.file_id
                from pg_temp.import_stage s join pg_temp.import_home h on h.mark = {MARK}) o
      offset 0) held on held.file_id = f.id"""
_NEXT = "held.last + row_number() over (partition by f.id order by s.row)"


def _staged(provided: frozenset[str], are_placed: bool) -> str:
    fixed = {
        "id": "t.id",
        "file_id": "f.id",
        "ordinal": "s.ordinal" if are_placed else _NEXT,
        **OF_ITEM,
        "code": f"coalesce(s.code, {PROVISIONAL})",
        "source_key": KEY,
    }
    # Keys are drawn as the stage is read, from its beginning, however it is joined.
    source = f"""
from (select nextval('item_id_seq') as id, * from pg_temp.import_stage) s
cross join lateral (select s.id) t
join pg_temp.import_home h on h.mark = {MARK}
join file f on f.id = h.file_id{"" if are_placed else _HELD}"""
    return insert("item", fixed, spoken_of_items(provided), source)
